"""The first way from end to end: a shell that is shut out, its lease, its proof, its closing."""

import asyncio

from journeys.stage import play, stage


def test_allow_proves_and_revoke_restores() -> None:
    async def scene() -> None:
        async with stage() as on:
            ada = on.shell("ada")
            before = on.ranges("web")
            allowed = await ada.run("allow", "-g", "rg-demo", "-n", "web", "--reason", "INC-7", "-o", "json")
            assert allowed.code == 0, allowed
            assert allowed.data["proven"] is True
            assert on.ranges("web") == [*before, ada.address]
            listed = await ada.run("leases", "-n", "web", "-o", "json")
            assert [(one["state"], one["reason"]) for one in listed.data["leases"]] == [("live", "INC-7")]
            revoked = await ada.run("revoke", "-n", "web")
            assert revoked.code == 0, revoked
            assert on.ranges("web") == before
            assert on.puts("web") == [200, 200]

    play(scene())


def test_connect_holds_renews_and_closes() -> None:
    async def scene() -> None:
        async with stage() as on:
            ada = on.shell("ada")
            before = on.ranges("web")
            held = await ada.hold("connect", "-g", "rg-demo", "-n", "web", "--for", "10m")
            assert ada.address in on.ranges("web")
            assert held.kubeconfig.stat().st_mode & 0o777 == 0o600
            await asyncio.sleep(45 * 60)
            lease = (await ada.run("leases", "-n", "web", "-o", "json")).data["leases"][0]
            assert lease["state"] == "live"
            assert on.puts("web") == [200]
            await held.interrupt()
            assert not held.kubeconfig.exists()
            assert on.ranges("web") == before

    play(scene())
