"""Names are the same in every run, fit Azure's rules, and are told apart; ownership is read from the tag."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.ids import ClusterId
from aksess.vnet.model import Names, assignment_name, made_by_us, stem_of

WEB = ClusterId("s", "rg-demo", "web")
VNET = "/subscriptions/s/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/hub"


def test_a_stem_is_the_same_however_it_is_written() -> None:
    assert stem_of(WEB) == stem_of(ClusterId("S", "RG-Demo", "WEB"))
    assert stem_of(WEB, VNET) == stem_of(WEB, VNET.upper() + "/")
    assert stem_of(WEB).startswith("aksess-web-")


def test_two_clusters_and_two_networks_have_different_stems() -> None:
    others = [stem_of(ClusterId("s", "rg-other", "web")), stem_of(WEB, VNET), stem_of(WEB, VNET + "2")]
    assert len({stem_of(WEB), *others}) == 4


def test_a_network_of_ours_keeps_its_stem_for_the_next_cluster() -> None:
    ours = VNET.replace("hub", Names(stem_of(WEB)).network)
    assert stem_of(ClusterId("s", "rg-demo", "vault"), ours) == stem_of(WEB)


@given(st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", fullmatch=True))
def test_every_name_fits_azures_rules(cluster: str) -> None:
    names = Names(stem_of(ClusterId("s", "g", cluster)), "westeurope")
    assert re.fullmatch(r"[a-z][a-z0-9-]{4,48}[a-z0-9]", names.relay)
    assert max(map(len, (names.network, names.endpoint, names.link))) <= 64
    assert len(names.profile) <= 80


def test_a_role_assignment_has_one_name() -> None:
    name = assignment_name("/a/B", "role", "principal")
    assert name == assignment_name("/A/b", "ROLE", "Principal")
    assert name != assignment_name("/a/b", "role", "another")
    assert uuid.UUID(name)


@pytest.mark.parametrize(
    ("tags", "ours"),
    [({"aksess": "vnet"}, True), ({"Aksess": "vnet"}, True), ({"aksess": "other"}, False), (None, False), ({}, False)],
)
def test_ownership_is_the_tag(tags: object, ours: bool) -> None:
    assert made_by_us({"tags": tags}) is ours
    assert made_by_us(None) is False
