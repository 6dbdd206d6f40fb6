"""S4 for what stands longer than a lease: a shell may die in a request of `vnet apply` or `vnet remove`; whoever comes
next finishes it, or takes all of it away, and the authorized ranges were never more open for it."""

import pytest

from journeys.networks import applied, broken, resources, vnet, works
from journeys.stage import Stage, play, stage
from journeys.trouble import die, never_more_open, watched_writes

BEFORE = ["51.144.20.0/24", "40.68.115.7/32"]
APPLYING, REMOVING = (40, 57, 85, 127, 129), (37, 40, 45, 55, 63, 72)
"""Numbers of requests: around what is recorded, begun, half deployed, listed; then taken out, half gone, forgotten."""


def addresses(on: Stage) -> list[str]:
    """What the network may be listed with."""
    ours = on.azure.world.store.of_kind("Microsoft.Network/publicIPAddresses")
    found = [one["properties"].get("ipAddress") for one in ours if "aksess" in one["name"]]
    return [f"{one}/32" for one in found if one]


async def finished(on: Stage, verb: str) -> None:
    """By another shell: everything stands and works, or nothing of it is left."""
    other = on.shell(address="20.44.10.9")
    if verb == "apply":
        assert broken(await applied(other, "web")) == []
        await on.settled()
        assert works(on, "web")
        return
    removed = await vnet(other, "remove", "web", "--yes")
    assert removed.code == 0, removed


async def dies(verb: str, after: int, then: str, *, mid_request: bool) -> bool:
    """Ada's shell dies around its request number `after`; False: it never came so far."""
    async with stage() as on:
        before = resources(on)
        ada = on.shell()
        if verb == "remove":
            await applied(on.shell(), "web")
            await on.settled()
        swallowed = die(on, ada, after=after, mid_request=mid_request)
        with watched_writes(on) as writes:
            await vnet(ada, verb, "web", "--yes")
            await on.settled()
            mine = addresses(on)
            await finished(on, then)
            mine += addresses(on)
            never_more_open(writes, mine)
            await finished(on, "remove")
        await on.settled()
        assert resources(on) == before
        assert on.ranges("web") == list(on.cluster("web").enforced) == BEFORE
        return swallowed.struck > 0


@pytest.mark.parametrize("mid_request", [False, True], ids=["before-a-request", "in-a-request"])
@pytest.mark.parametrize(
    ("verb", "after"), [*(("apply", one) for one in APPLYING), *(("remove", one) for one in REMOVING)]
)
def test_a_shell_that_dies_is_finished_by_the_next(verb: str, after: int, mid_request: bool) -> None:
    then = "apply" if (after + mid_request) % 2 else "remove"
    assert play(dies(verb, after, then, mid_request=mid_request)), "it died"
