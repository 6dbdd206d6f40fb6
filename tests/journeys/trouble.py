"""Trouble on purpose, for the safety tests: crashes, slow ways, an administrator who edits, and an eye on every write.

All of it works from outside the product: armed faults, the world's own clusters, and what its journal saw.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any
from unittest.mock import patch

from aksess.cli.running import App, run
from aksess_sim.faults import Fault, Kind
from aksess_sim.world.operations import Operation
from aksess_sim.world.people import Person
from aksess_sim.world.preconditions import Preconditions
from aksess_sim.world.refusals import Refused
from journeys.stage import Played, Shell, Stage

ARM = "management.azure.com"
WEB = ("-g", "rg-demo", "-n", "web")
SEAL = "0.0.0.0/32"
BEFORE = ("51.144.20.0/24", "40.68.115.7/32")
"""What a cluster lists in these tests unless they say otherwise."""


def web_world(
    ranges: Sequence[str] | None = BEFORE, *, update: float = 12, effective_after: float = 4, more: str = ""
) -> str:
    """A world with one cluster `web` (None: open to everyone), two owners, and a service tag that may be listed."""
    listed = "" if ranges is None else f"ranges: [{', '.join(ranges)}], "
    timings = f"{{update: {update}, effective_after: {effective_after}, blocked_connect: 4}}"
    return f"""
people:
  ada: {{roles: [Owner]}}
  zoe: {{roles: [Owner]}}
service_tags: {{AzureCloud: [13.64.0.0/16]}}
clusters:
  web: {{{listed}service_tags: true, timings: {timings}}}
{more}"""


@dataclass
class Underway:
    """A command that has been started and may be waited for, interrupted or forgotten."""

    app: App
    task: "asyncio.Task[int]"

    @property
    def said(self) -> str:
        return str(self.app.console.stderr.getvalue())  # type: ignore[attr-defined]

    @property
    def printed(self) -> str:
        return str(self.app.console.stdout.getvalue())  # type: ignore[attr-defined]

    async def ended(self) -> Played:
        """Its end, however it comes: an interrupted command has the exit code 130."""
        await asyncio.wait({self.task})
        code = 130 if self.task.cancelled() else self.task.result()
        return Played(code, self.printed, self.said, 0)

    def interrupt(self) -> None:
        """A signal."""
        self.task.cancel()


def start(shell: Shell, *argv: str) -> Underway:
    """A command that runs beside whatever comes next."""
    app = shell.app()
    return Underway(app, shell.stage.tasks.create_task(run(argv, app), name=" ".join(argv)))


async def opened(way: Underway) -> bool:
    """Wait until a held way is open; False when it ended without."""
    while not way.printed and not way.task.done():
        await asyncio.wait({way.task}, timeout=0.05)
    return bool(way.printed)


def die(on: Stage, shell: Shell, *, after: int = 0, mid_request: bool = False) -> Fault:
    """What Azure sees of a power-off once `after` more requests have passed; `mid_request` lets it do one more and
    loses the answer. Returns the fault that swallows everything from then on."""
    session = shell.session.caller.session
    if after:
        on.azure.faults.arm(Fault(Kind.SLOW, host=ARM, session=session, count=after, seconds=0))
    if mid_request:
        on.azure.faults.arm(Fault(Kind.CUT_AFTER, host=ARM, session=session))
    return on.azure.faults.arm(Fault(Kind.CUT, host=ARM, session=session, count=None))


def slow(on: Stage, shell: Shell, seconds: float, count: int | None = None) -> None:
    """The way from this shell to ARM takes so long for each request: requests of several shells then cross."""
    on.azure.faults.arm(Fault(Kind.SLOW, host=ARM, session=shell.session.caller.session, count=count, seconds=seconds))


def asked(on: Stage, shell: Shell | None = None, *, of: str = ARM) -> int:
    """How many requests a shell (or anyone) has sent to a host."""
    session = shell.session.caller.session if shell else None
    return sum(1 for one in on.azure.journal if one.host == of and session in (None, one.session))


@contextmanager
def before_requests(on: Stage, act: Callable[[int], None], shell: Shell | None = None) -> Iterator[None]:
    """Call `act` with a running number just before ARM sees each request (of one shell, or of all)."""
    numbers = iter(range(10**6))
    take = on.azure.faults.take
    session = shell.session.caller.session if shell else None

    def meddled(method: str, host: str, path: str, by: str | None) -> Fault | None:
        if host == ARM and method != "CONNECT" and session in (None, by):
            on.azure.world.settle()
            act(next(numbers))
        return take(method, host, path, by)

    with patch.object(on.azure.faults, "take", meddled):
        yield


def admin_edits(on: Stage, change: Callable[[list[str]], list[str]], name: str = "web") -> bool:
    """An administrator's change of the list, made and in force at once, as if its operation had taken no time.

    False when the cluster is busy: Azure would refuse.
    """
    cluster = on.cluster(name)
    if on.azure.world.operations.running_on(cluster.id):
        return False
    ranges = change(on.ranges(name))
    cluster.body["properties"].setdefault("apiServerAccessProfile", {})["authorizedIPRanges"] = ranges
    cluster.body["eTag"] = str(uuid.uuid4())
    cluster.enforced = tuple(ranges)
    return True


@dataclass
class Write:
    """One accepted PUT of a cluster: the list before and after it."""

    before: list[str]
    after: list[str]


@dataclass
class Writes:
    """Every PUT of every cluster: the accepted ones, and how many were refused."""

    accepted: list[Write] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@contextmanager
def watched_writes(on: Stage) -> Iterator[Writes]:
    """Look over the shoulder of the resource provider."""
    seen = Writes()
    put = on.azure.world.updates.put

    def watched(cluster: Any, sent: Any, preconditions: Preconditions, person: Person) -> Operation:
        before = list(cluster.ranges)
        try:
            operation = put(cluster, sent, preconditions, person)
        except Refused as refused:
            seen.refused.append(refused.code)
            raise
        seen.accepted.append(Write(before, list(cluster.ranges)))
        return operation

    with patch.object(on.azure.world.updates, "put", watched):
        yield seen


def never_more_open(writes: Writes, leased: Sequence[str]) -> None:
    """S1 for every write: no empty list where there was one, a seal alone, nothing new but what is leased."""
    for write in writes.accepted:
        assert write.after or not write.before, write
        assert SEAL not in write.after or write.after == [SEAL], write
        assert set(write.after) <= {*write.before, *leased, SEAL}, write


def admits(ranges: Sequence[str], address: str) -> bool:
    """Whether a list lets an address in, in the test's own words."""
    wanted = IPv4Network(address)
    found = [IPv4Network(one) for one in ranges if one[0].isdigit() and one != SEAL]
    return any(wanted.subnet_of(one) for one in found)
