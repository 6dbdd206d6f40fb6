"""Moments at which something else happens that should not be possible; each was once done wrong."""

import asyncio
from datetime import timedelta

import pytest

from aksess.leases.keeper import Keeper
from aksess.leases.model import Lease
from aksess_sim.faults import Fault, Kind
from journeys.stage import Shell, Stage, play, stage
from journeys.trouble import admin_edits

WEB = ("-g", "rg-demo", "-n", "web")


def test_what_an_administrator_lists_after_a_lease_stays() -> None:
    """Likely in life: someone tries aksess, then lists the address for good."""

    async def scene() -> None:
        async with stage() as on:
            ada = on.shell()
            held = await ada.hold("connect", *WEB)
            await held.interrupt()
            await on.settled()
            assert admin_edits(on, lambda entries: [*entries, ada.address])
            await on.settled()
            assert (await on.shell("ada").run("sweep", *WEB)).code == 0
            assert ada.address in on.ranges("web")
            listed = await ada.run("leases", *WEB)
            assert "left?" in listed.stdout, "yet it is said that a lease had it before"
            lease = listed.stdout.split(f"{ada.address}")[1].split("\n")[0].split()[-1]
            assert (await ada.run("revoke", *WEB, "--lease", lease)).code == 0
            assert ada.address not in on.ranges("web"), "and there is a way to take it out"

    play(scene())


def test_a_renewal_does_not_undo_a_revocation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The renewal has read its lease, the revocation comes in between, the renewal writes."""
    reached, go_on = asyncio.Event(), asyncio.Event()
    renewed = Lease.renewed

    async def scene() -> None:
        async with stage() as on:
            ada, zoe = on.shell("ada"), on.shell("ada")
            held = await ada.hold("connect", *WEB, "--for", "10m")
            record = Keeper.renew

            async def slow(self: Keeper, lease: Lease, lasts: timedelta) -> Lease | None:
                known = await self.ledger.again(lease)
                assert known is not None
                reached.set()
                await go_on.wait()
                again = renewed(known, known.ends + lasts)
                await self.ledger.record(again)
                return again

            monkeypatch.setattr(Keeper, "renew", slow)
            await reached.wait()
            assert (await zoe.run("revoke", *WEB, "--all")).code == 0
            go_on.set()
            monkeypatch.setattr(Keeper, "renew", record)
            await on.settled()
            assert (await zoe.run("sweep", *WEB)).code == 0
            assert ada.address not in on.ranges("web")
            await held.interrupt()

    play(scene())


@pytest.mark.parametrize(
    ("status", "code", "exit_code", "says"),
    [
        (409, "ScopeLocked", 74, "a lock forbids changes"),
        (403, "RequestDisallowedByPolicy", 74, "an Azure policy forbids it"),
    ],
)
def test_what_no_other_try_can_cure_is_said_at_once(status: int, code: str, exit_code: int, says: str) -> None:
    async def scene() -> None:
        async with stage() as on:
            fault = Fault(Kind.STATUS, method="PUT", path="*/managedclusters/web", status=status, code=code, count=None)
            on.azure.faults.arm(fault)
            refused = await on.shell().run("allow", *WEB)
            assert refused.code == exit_code, refused
            assert says in refused.stderr
            assert len(on.puts("web")) == 1

    play(scene())


def test_a_redirect_is_no_success() -> None:
    async def scene() -> None:
        async with stage() as on:
            path = "*/providers/microsoft.resources/deployments/*"
            on.azure.faults.arm(Fault(Kind.STATUS, method="PUT", path=path, status=302, code="Found", count=None))
            refused = await on.shell().run("allow", *WEB)
            assert refused.code == 71, refused
            assert on.puts("web") == []

    play(scene())


def test_progress_that_may_not_be_read_closes_nothing() -> None:
    async def scene() -> None:
        async with stage() as on:
            fault = Fault(Kind.STATUS, path="*/operations/*", status=403, code="AuthorizationFailed", count=None)
            on.azure.faults.arm(fault)
            allowed = await on.shell().run("allow", *WEB)
            assert allowed.code == 0, allowed

    play(scene())


def test_leases_of_dead_shells_make_nobody_wait() -> None:
    async def scene() -> None:
        async with stage() as on:
            for _ in range(12):
                await _dies(on, on.shell("ada"))
            await asyncio.sleep(3600)
            ada = on.shell("ada")
            allowed = await ada.run("allow", *WEB)
            assert allowed.code == 0, allowed
            assert allowed.seconds < 62, "the update time, and no turns waited for the dead"
            assert on.ranges("web")[-1] == ada.address
            assert len(on.ranges("web")) == 3, "their entries went with the same write"

    play(scene())


async def _dies(on: Stage, shell: Shell) -> None:
    """Allowed for a minute, and never heard of again."""
    assert (await shell.run("allow", *WEB, "--for", "1m", "--ip", shell.address)).code == 0
    await on.settled()
