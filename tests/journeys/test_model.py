"""An afternoon of several people on one cluster, generated: they open, close, die, sweep and edit while Azure has its
troubles. S1 to S5 hold at every write, and in the end the list is what the administrator made of it.
"""

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto

from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.faults import Fault, Kind
from aksess_sim.world.preconditions import Preconditions
from aksess_sim.world.refusals import Refused
from journeys.stage import Shell, Stage, play, stage
from journeys.trouble import (
    ARM,
    BEFORE,
    SEAL,
    WEB,
    Underway,
    admin_edits,
    die,
    never_more_open,
    slow,
    start,
    watched_writes,
    web_world,
)
from properties import examples

CLUSTER_PATH = "*/managedclusters/web"
LEDGER_PATH = "*/deployments*"
LISTED_BEFORE = "40.68.115.7"
SHARED = "20.90.1.1"
ADDRESSES = (SHARED, SHARED, "20.90.1.2", LISTED_BEFORE)
"""Where the shells stand: two behind one address, one alone, one that is listed anyway."""


class Verb(Enum):
    """What may happen. The number beside it says to whom, or which of its kind."""

    CONNECT = auto()
    ALLOW = auto()
    REVOKE = auto()
    SWEEP = auto()
    INTERRUPT = auto()
    DIE = auto()
    DIE_IN_A_REQUEST = auto()
    SLOW_WAY = auto()
    ADMIN_ADDS = auto()
    ADMIN_REMOVES = auto()
    ADMIN_REMOVES_ANY = auto()
    ADMIN_KEEPS_IT_BUSY = auto()
    TROUBLE = auto()


TROUBLES = (
    Fault(Kind.STATUS, ARM, "PUT", CLUSTER_PATH, status=412, code="PreConditionFailed"),
    Fault(Kind.STATUS, ARM, "PUT", CLUSTER_PATH, status=409, code="EtagMismatch"),
    Fault(Kind.STATUS, ARM, "PUT", CLUSTER_PATH, status=409, code="OperationNotAllowed"),
    Fault(Kind.STATUS, ARM, "PUT", CLUSTER_PATH, status=429, code="Throttled", headers={"Retry-After": "7"}),
    Fault(Kind.STATUS, ARM, "PUT", CLUSTER_PATH, status=500, code="InternalServerError"),
    Fault(Kind.STATUS, ARM, "*", LEDGER_PATH, status=503, count=2),
    Fault(Kind.STATUS, ARM, "GET", CLUSTER_PATH, status=429, code="Throttled", headers={"Retry-After": "3"}),
    Fault(Kind.CUT, ARM, "PUT", CLUSTER_PATH),
    Fault(Kind.CUT_AFTER, ARM, "PUT", CLUSTER_PATH),
    Fault(Kind.CUT_AFTER, ARM, "PUT", LEDGER_PATH),
    Fault(Kind.CUT, ARM, "*", LEDGER_PATH, count=3),
    Fault(Kind.OPERATION_FAILS, ARM, "PUT", CLUSTER_PATH, code="InternalOperationError"),
)


@dataclass(frozen=True)
class Action:
    """`which` picks a shell, an address or a trouble; `then` are the seconds until the next action."""

    verb: Verb
    which: int
    then: float


actions = st.builds(
    Action, st.sampled_from(Verb), st.integers(0, 11), st.sampled_from([0, 0, 0.3, 1, 2, 5, 9, 25, 60, 240, 700])
)


@dataclass
class Afternoon:
    """The people, what they have under way, and what the list should come to."""

    on: Stage
    foreign: list[str] = field(default_factory=lambda: list(BEFORE))
    shells: list[Shell] = field(default_factory=list)
    underway: list[tuple[Shell, Underway]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shells = [self.on.shell("ada", address=address) for address in ADDRESSES]

    def act(self, action: Action) -> None:
        """Let it begin; nothing is waited for."""
        place = action.which % len(self.shells)
        shell = self.shells[place]
        match action.verb:
            case Verb.CONNECT:
                self._start(shell, "connect", "--via", "allowlist", "--for", "5m", "--print-kubeconfig", *WEB)
            case Verb.ALLOW:
                self._start(shell, "allow", *WEB, "--for", "5m")
            case Verb.REVOKE:
                self._start(shell, "revoke", *WEB)
            case Verb.SWEEP:
                self._start(self.on.shell("zoe"), "sweep", *WEB)
            case Verb.INTERRUPT:
                for owner, command in self.underway:
                    if owner is shell:
                        command.interrupt()
            case Verb.DIE | Verb.DIE_IN_A_REQUEST:
                die(self.on, shell, mid_request=action.verb is Verb.DIE_IN_A_REQUEST)
                self.shells[place] = self.on.shell("ada", address=ADDRESSES[place])
            case Verb.SLOW_WAY:
                slow(self.on, shell, 0.2 * action.which, count=6)
            case Verb.TROUBLE:
                trouble = TROUBLES[action.which % len(TROUBLES)]
                self.on.azure.faults.arm(Fault(**vars(trouble)))
            case _:
                self._administer(action)

    def _start(self, shell: Shell, *argv: str) -> None:
        self.underway.append((shell, start(shell, *argv)))

    def _administer(self, action: Action) -> None:
        entry = f"51.105.7.{action.which}/32"
        match action.verb:
            case Verb.ADMIN_ADDS if entry not in self.foreign:
                if admin_edits(self.on, lambda ranges: [*(one for one in ranges if one != SEAL), entry]):
                    self.foreign.append(entry)
            case Verb.ADMIN_REMOVES if self.foreign:
                gone = self.foreign[action.which % len(self.foreign)]
                if admin_edits(self.on, lambda ranges: [one for one in ranges if one != gone] or [SEAL]):
                    self.foreign.remove(gone)
            case Verb.ADMIN_REMOVES_ANY:
                gone = f"{ADDRESSES[action.which % len(ADDRESSES)]}/32"
                if admin_edits(self.on, lambda ranges: [one for one in ranges if one != gone] or [SEAL]):
                    self.foreign = [one for one in self.foreign if one != gone]
            case Verb.ADMIN_KEEPS_IT_BUSY:
                cluster = self.on.cluster("web")
                try:
                    self.on.azure.world.updates.patch_tags(cluster, {"day": str(action.which)}, Preconditions())
                except Refused:
                    return

    async def goes_home(self) -> None:
        """Everybody ends; Azure is well again; after the last lease's end one sweep, by somebody from elsewhere."""
        for _, command in self.underway:
            command.interrupt()
        for _, command in self.underway:
            await command.ended()
        self.on.azure.faults.clear()
        await asyncio.sleep(3600)
        swept = await self.on.shell("zoe").run("sweep", *WEB)
        assert swept.code == 0, swept
        await self.on.settled()


@examples(60)
@given(st.lists(actions, min_size=2, max_size=14))
def test_whatever_happens_the_list_comes_to_what_the_administrator_made_of_it(afternoon: list[Action]) -> None:
    async def scene() -> None:
        async with stage(web_world()) as on:
            people = Afternoon(on)
            on.cluster("web").body["properties"]["xUnknown"] = unknown = {"deep": [{"er": 1.50}, None, "ß"]}
            with watched_writes(on) as writes:
                for action in afternoon:
                    on.azure.world.settle()
                    people.act(action)
                    await asyncio.sleep(action.then)
                    on.azure.world.settle()
                    assert on.ranges("web"), "S1"
                    assert set(people.foreign) <= set(on.ranges("web")), "S3"
                await people.goes_home()
            never_more_open(writes, [f"{address}/32" for address in ADDRESSES])
            assert on.ranges("web") == (people.foreign or [SEAL])
            assert list(on.cluster("web").enforced) == on.ranges("web")
            assert on.cluster("web").body["properties"]["xUnknown"] == unknown

    play(scene())
