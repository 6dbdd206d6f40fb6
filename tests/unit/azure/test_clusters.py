"""A cluster's body goes back as it came: one field differs, and what Azure alone writes is left out (S3)."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.clusters import PREVIEW, READ_ONLY, READ_ONLY_PROPERTIES, Cluster, Clusters, id_of
from aksess.azure.ids import ClusterId
from aksess.errors import AzureBusy, AzureRefused, RightsMissing
from journeys.stage import play
from unit.azure.scripted_arm import ScriptedArm

ID = ClusterId("s", "rg", "web")
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
KEYS = ["location", "tags", "sku", "identity", "zones", "futureField", *READ_ONLY]
PROPERTIES = ["dnsPrefix", "networkProfile", "agentPoolProfiles", "nobodyKnowsThis", *READ_ONLY_PROPERTIES]
profiles = st.dictionaries(st.sampled_from(["enablePrivateCluster", "subnetId", "authorizedIPRanges", "new"]), json)
bodies = st.builds(
    lambda top, properties, profile: {**top, "properties": {**properties, "apiServerAccessProfile": profile}},
    st.dictionaries(st.sampled_from(KEYS), json),
    st.dictionaries(st.sampled_from(PROPERTIES), json),
    profiles,
)
ranges_drawn = st.lists(st.ip_addresses(v=4).map(lambda one: f"{one}/32"), min_size=1, max_size=5)


@given(bodies, ranges_drawn)
def test_only_the_ranges_differ(body: dict[str, Any], ranges: list[str]) -> None:
    before = copy.deepcopy(body)
    sent = Cluster(ID, body).with_ranges(ranges)
    assert body == before, "the body that was read stays as it was read"
    assert sent["properties"]["apiServerAccessProfile"].pop("authorizedIPRanges") == ranges
    expected = {key: value for key, value in before.items() if key not in READ_ONLY}
    expected["properties"] = {k: v for k, v in before["properties"].items() if k not in READ_ONLY_PROPERTIES}
    expected["properties"]["apiServerAccessProfile"].pop("authorizedIPRanges", None)
    assert sent == expected


@pytest.mark.parametrize("body", [{}, {"properties": None}, {"properties": {"apiServerAccessProfile": None}}])
def test_a_cluster_without_a_profile_gets_one(body: dict[str, Any]) -> None:
    cluster = Cluster(ID, body)
    assert cluster.ranges == ()
    assert cluster.with_ranges(["1.1.1.1/32"])["properties"] == {
        "apiServerAccessProfile": {"authorizedIPRanges": ["1.1.1.1/32"]}
    }


def of(**properties: Any) -> Cluster:
    return Cluster(ID, {"properties": properties})


@pytest.mark.parametrize(
    ("state", "busy"),
    [("Succeeded", False), ("Failed", False), ("canceled", False), ("Updating", True), ("Creating", True), ("", True)],
)
def test_busy_is_every_state_that_has_not_ended(state: str, busy: bool) -> None:
    assert of(provisioningState=state).busy is busy


def test_what_the_body_says_is_read() -> None:
    assert of(powerState={"code": "Stopped"}).stopped
    assert not of().stopped
    assert of(apiServerAccessProfile={"enablePrivateCluster": True}).private
    assert of(publicNetworkAccess="Disabled").private
    assert not of(apiServerAccessProfile={}).private
    assert of(aadProfile={"managed": True}).entra
    assert (of().range_limit, of(apiServerAccessProfile={"enableVnetIntegration": True}).range_limit) == (200, 2000)
    assert of(fqdn="a", privateFQDN="b").fqdn == "a"
    assert of(fqdn=None, privateFQDN="b").fqdn == "b"
    assert of(
        agentPoolProfiles=[{"vnetSubnetID": "/b"}, {}, {"vnetSubnetID": "/a"}, {"vnetSubnetID": "/b"}]
    ).node_subnets == (
        "/a",
        "/b",
    )


@pytest.mark.parametrize(("body", "etag"), [({"eTag": "x"}, "x"), ({"etag": "y"}, "y"), ({}, None)])
def test_the_etag_in_either_spelling(body: dict[str, Any], etag: str | None) -> None:
    assert Cluster(ID, body).etag == etag


def test_the_id_of_a_listed_body() -> None:
    assert id_of({"id": ID.path.upper()}).key == ID.key


@pytest.mark.parametrize(
    ("answer", "profile"),
    [
        ({"properties": {"cloudShellProfile": {"mode": "Managed"}}}, {"mode": "Managed"}),
        ({"properties": {}}, {}),
        (AzureRefused("no such version", "look", status=400), {}),
        (RightsMissing("no", "ask"), {}),
        (AzureBusy("later", "wait"), {}),
    ],
)
def test_the_preview_of_cloud_shell_is_told_or_nothing(answer: Any, profile: dict[str, Any]) -> None:
    arm = ScriptedArm({("GET", ID.path): answer})
    assert play(Clusters(arm.arm).cloud_shell_profile(ID)) == profile
    assert arm.sent[0][2]["api-version"] == PREVIEW
