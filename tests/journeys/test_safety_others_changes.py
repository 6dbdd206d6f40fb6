"""S3: nobody's change is lost. Between any two requests an administrator may edit the list, and the cluster's JSON may
hold at any depth what no program has heard of; all of it is there afterwards, as it was.
"""

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from journeys.stage import play, stage
from journeys.trouble import (
    BEFORE,
    SEAL,
    WEB,
    admin_edits,
    before_requests,
    never_more_open,
    opened,
    start,
    watched_writes,
    web_world,
)
from properties import examples

HELD = ("connect", *WEB, "--print-kubeconfig")
POOL = ("51.105.7.1/32", "51.105.7.0/28", "20.33.0.0/16", "AzureCloud", *BEFORE)

edits = st.dictionaries(st.integers(0, 30), st.sampled_from(POOL), max_size=6)
"""Which entry is added (or removed, when it is listed) just before which request."""


@examples(20)
@given(edits)
def test_an_edit_between_any_two_requests_is_kept(meant: dict[int, str]) -> None:
    async def scene() -> None:
        async with stage(web_world()) as on:
            foreign = list(BEFORE)

            def edit(number: int) -> None:
                entry = meant.get(number)
                if entry is None:
                    return
                if entry in foreign:
                    if admin_edits(on, lambda ranges: [one for one in ranges if one != entry] or [SEAL]):
                        foreign.remove(entry)
                elif admin_edits(on, lambda ranges: [*(one for one in ranges if one != SEAL), entry]):
                    foreign.append(entry)

            ada = on.shell()
            with watched_writes(on) as writes, before_requests(on, edit, ada):
                way = start(ada, *HELD)
                assert await opened(way), way.said
                assert set(on.ranges("web")) == {*foreign, ada.address}
                way.interrupt()
                assert (await way.ended()).code == 130, way.said
            await on.settled()
            assert on.ranges("web") == (foreign or [SEAL])
            never_more_open(writes, [ada.address])

    play(scene())


numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PLACES = (
    (),
    ("properties",),
    ("properties", "apiServerAccessProfile"),
    ("properties", "networkProfile"),
    ("properties", "agentPoolProfiles", 0),
    ("sku",),
    ("identity",),
)
"""Objects of a cluster's JSON, from the top to the depths."""


@examples(20)
@given(st.dictionaries(st.sampled_from(PLACES), json_values, min_size=1))
def test_what_no_program_has_heard_of_survives_byte_for_byte(unknown: dict[tuple[Any, ...], Any]) -> None:
    async def scene() -> None:
        async with stage(web_world(effective_after=3)) as on:
            cluster = on.cluster("web")
            for place, value in unknown.items():
                at(cluster.body, place)["xUnknown"] = copy.deepcopy(value)
            before = without_what_azure_writes(cluster.body)
            ada = on.shell()
            assert (await ada.run("allow", *WEB)).code == 0
            assert (await ada.run("revoke", *WEB)).code == 0
            await on.settled()
            assert on.puts("web") == [200, 200]
            assert without_what_azure_writes(cluster.body) == before
            for place, value in unknown.items():
                assert json.dumps(at(cluster.body, place)["xUnknown"]) == json.dumps(value)

    play(scene())


def at(body: dict[str, Any], place: tuple[Any, ...]) -> Any:
    found: Any = body
    for step in place:
        found = found[step] if isinstance(step, int) else found.setdefault(step, {})
    return found


def without_what_azure_writes(body: dict[str, Any]) -> str:
    """The JSON as text, order and all, but for the etags and states that every operation renews."""

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept(one) for key, one in value.items() if key not in ("eTag", "provisioningState")}
        return [kept(one) for one in value] if isinstance(value, list) else value

    return json.dumps(kept(body), sort_keys=True)
