"""S1, S5: never more open than before, and only what aksess added is removed. Callers come and go over every kind of
list; after each step the list is what it was, plus exactly those who hold a lease and were not listed anyway.
"""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.stage import Shell, Stage, play, stage
from journeys.trouble import (
    SEAL,
    WEB,
    Underway,
    admin_edits,
    admits,
    die,
    never_more_open,
    opened,
    start,
    watched_writes,
    web_world,
)
from properties import examples

HELD = ("connect", "--via", "allowlist", *WEB, "--print-kubeconfig")
LISTED, INSIDE, SHARED, ALONE = "40.68.115.7", "51.144.20.9", "20.90.1.1", "20.90.1.2"
ADDRESSES = (LISTED, INSIDE, SHARED, SHARED, ALONE)
"""The callers: listed by itself, inside a listed network, two behind one address, one alone."""

lists = st.one_of(
    st.just([SEAL]),
    st.lists(
        st.sampled_from([f"{LISTED}/32", "51.144.20.0/24", "AzureCloud", f"{SHARED}/32", "20.33.0.0/16"]),
        min_size=1,
        unique=True,
    ),
)
steps = st.lists(
    st.tuples(st.sampled_from(["allow", "revoke", "connect", "leave", "die", "sweep"]), st.integers(0, 4)),
    min_size=1,
    max_size=9,
)


@dataclass
class Callers:
    """Who is where, and what each has open. A shell of an hour ago still counts until its lease is over."""

    on: Stage
    shells: list[Shell] = field(default_factory=list)
    held: dict[int, Underway] = field(default_factory=dict)
    allowed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        # A person each: `revoke` ends all leases of whoever calls it.
        self.shells = [self.on.shell(f"p{number}", address=address) for number, address in enumerate(ADDRESSES)]

    @property
    def leased(self) -> set[str]:
        """Addresses that somebody holds a lease on."""
        return {f"{ADDRESSES[number]}/32" for number in {*self.held, *self.allowed}}

    async def step(self, verb: str, number: int) -> None:
        shell = self.shells[number]
        match verb:
            case "allow" if number not in self.held:
                assert (await shell.run("allow", *WEB)).code == 0
                self.allowed.add(number)
            case "revoke" if number not in self.held:
                assert (await shell.run("revoke", *WEB)).code == 0
                self.allowed.discard(number)
            case "connect" if number not in self.held:
                way = start(shell, *HELD)
                assert await opened(way), way.said
                self.held[number] = way
            case "leave" if number in self.held:
                way = self.held.pop(number)
                way.interrupt()
                assert (await way.ended()).code == 130
            case "die" if number in self.held:
                die(self.on, shell)
                await self._time_passes()
                self.held.pop(number).interrupt()
                self.shells[number] = self.on.shell(f"p{number}", address=ADDRESSES[number])
                assert (await self.on.shell("zoe").run("sweep", *WEB)).code == 0
            case "sweep":
                await self._time_passes()
                assert (await self.on.shell("zoe").run("sweep", *WEB)).code == 0
        await asyncio.sleep(60)
        self.on.azure.world.settle()

    async def _time_passes(self) -> None:
        """Leases without a living shell run out."""
        await asyncio.sleep(3600)
        self.allowed.clear()


PEOPLE = "\n".join(["people:", "  zoe: {roles: [Owner]}", *(f"  p{n}: {{roles: [Owner]}}" for n in range(5))])


@examples(20)
@given(before=lists, walk=steps)
def test_the_list_is_what_it_was_plus_those_who_hold_a_lease(before: list[str], walk: list[tuple[str, int]]) -> None:
    async def scene() -> None:
        world = web_world(before).replace("\npeople:", f"\n{PEOPLE}")
        async with stage(world) as on:
            callers = Callers(on)
            with watched_writes(on) as writes:
                for verb, number in walk:
                    await callers.step(verb, number)
                    wanted = {one for one in callers.leased if not admits(before, one)}
                    expected = {*(one for one in before if one != SEAL), *wanted} or {SEAL}
                    assert set(on.ranges("web")) == expected, (verb, number)
                    assert set(on.cluster("web").enforced) == expected
                for number in tuple(callers.held):
                    await callers.step("leave", number)
                await callers.step("sweep", 0)
            assert on.ranges("web") == before
            never_more_open(writes, [f"{one}/32" for one in ADDRESSES])

    play(scene())


@pytest.mark.parametrize("address", ["20.90.4.0/28", "20.90.4.0/24"])
def test_a_range_is_leased_only_where_policy_allows_its_size(address: str) -> None:
    async def scene() -> None:
        async with stage(web_world()) as on:
            ada = on.shell()
            before = on.ranges("web")
            refused = await ada.run("allow", *WEB, "--ip", address)
            assert refused.code == 2, refused
            assert "error [range-wide]" in refused.stderr
            ada.environment["AKSESS_WIDEST"] = "28"
            wide = await ada.run("allow", *WEB, "--ip", address)
            assert wide.code == (0 if address.endswith("/28") else 2), wide
            assert on.ranges("web") == ([*before, address] if wide.code == 0 else before)

    play(scene())


@examples(15)
@given(st.sampled_from(["0.0.0.0/0", "0.0.0.0", "0.0.0.0/1", "128.0.0.0/1", "AzureCloud", "10.0.0.0/28", "::/0", ""]))
def test_what_must_never_be_listed_is_not_even_recorded(address: str) -> None:
    async def scene() -> None:
        async with stage(web_world()) as on:
            ada = on.shell()
            ada.environment["AKSESS_WIDEST"] = "8"
            with watched_writes(on) as writes:
                refused = await ada.run("allow", *WEB, f"--ip={address}")
            assert refused.code == 2, refused
            assert writes.accepted == []
            assert [one for one in on.azure.journal if one.method == "PUT"] == []

    play(scene())


@examples(20)
@given(st.floats(0, 100), st.booleans())
def test_an_administrator_may_shut_somebody_out_in_the_middle(when: float, and_lists_again: bool) -> None:
    """What was taken out of the list by hand is not put in again on the way out, and what else stands there stays."""

    async def scene() -> None:
        async with stage(web_world()) as on:
            ada = on.shell(address=ALONE)
            before = on.ranges("web")
            way = start(ada, *HELD)
            await asyncio.sleep(when)
            admin_edits(on, lambda ranges: [one for one in ranges if one != ada.address])
            if and_lists_again:
                admin_edits(on, lambda ranges: [*ranges, "20.33.0.0/16"])
                before = on.ranges("web") if "20.33.0.0/16" in on.ranges("web") else before
                before = [one for one in before if one != ada.address]
            await asyncio.sleep(200)
            way.interrupt()
            await way.ended()
            await on.settled()
            assert on.ranges("web") == before

    play(scene())
