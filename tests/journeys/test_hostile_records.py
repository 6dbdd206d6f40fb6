"""Whoever may write deployments may write lease records; they must get no more out of them than a lease.

Each record here was once believed. The rule is `check_record`; the harm would be done by a colleague's command, with
the colleague's rights.
"""

from datetime import datetime, timedelta

import pytest

from journeys.stage import Stage, play, stage

EMPTY = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [],
}
FOREVER = "9999-12-31T23:59:59.000000Z"


def forge(on: Stage, **over: str) -> None:
    """A record as `az deployment group create` could leave it, sound but for what is said."""
    world = on.azure.world
    now = world.clock.now()
    tags = {
        "aksess": "lease-1",
        "aksess-id": "0123456789",
        "aksess-cluster": "web",
        "aksess-address": "20.5.5.5/32",
        "aksess-holder": "mallory",
        "aksess-holder-id": "0-0",
        "aksess-reason": "",
        "aksess-created": _text(now),
        "aksess-ends": _text(now + timedelta(hours=1)),
        "aksess-state": "live",
        "aksess-added": "yes",
        "aksess-settled": "no",
        **{f"aksess-{key.replace('_', '-')}": value for key, value in over.items()},
    }
    group = next(one for one in world.groups if one.endswith("/rg-demo"))
    sent = {"tags": tags, "properties": {"mode": "Incremental", "template": EMPTY, "parameters": {}}}
    world.deployments.put(group, "aksess-lease-forged", sent)


def _text(date: datetime) -> str:
    return date.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_sound_record_is_believed() -> None:
    """So that the refusals below are for what is wrong, not for being forged."""

    async def scene() -> None:
        async with stage() as on:
            forge(on)
            assert (await on.shell().run("sweep", "-n", "web")).code == 0
            assert "20.5.5.5/32" in on.ranges("web")

    play(scene())


@pytest.mark.parametrize(
    "over",
    [
        {"address": "0.0.0.0/0"},
        {"address": "20.0.0.0/8"},
        {"address": "20.5.5.4/31"},
        {"address": "0.0.0.0/32"},
        {"address": "10.0.0.5/32"},
        {"ends": FOREVER},
        {"created": FOREVER, "ends": FOREVER},
        {"state": "released", "settled": FOREVER},
        {"id": "x/../../../../../rg-hub/providers/Microsoft.Resources/deployments/owned"},
        {"id": "?api-version=2021-04-01&z="},
        {"address": "51.144.20.0/24", "state": "released"},
    ],
    ids=lambda over: " ".join(f"{key}={value[:20]}" for key, value in over.items()),
)
def test_a_record_that_aksess_could_not_have_written_does_nothing(over: dict[str, str]) -> None:
    async def scene() -> None:
        async with stage() as on:
            before = on.ranges("web")
            forge(on, **over)
            ada = on.shell()
            swept = await ada.run("sweep", "-n", "web")
            assert swept.code == 0, swept
            assert "is damaged and ignored" in swept.stderr
            assert on.ranges("web") == before
            allowed = await ada.run("allow", "-n", "web")
            assert allowed.code == 0, "one bad record must not keep others out"
            assert (await ada.run("revoke", "-n", "web")).code == 0
            assert on.ranges("web") == before
            assert not [one for one in on.azure.journal if one.method == "PUT" and "rg-hub" in one.path.lower()]

    play(scene())


def test_policy_decides_how_wide_a_record_may_be() -> None:
    async def scene() -> None:
        async with stage() as on:
            forge(on, address="20.5.5.0/28")
            ada = on.shell()
            ada.environment["AKSESS_WIDEST"] = "28"
            assert (await ada.run("sweep", "-n", "web")).code == 0
            assert "20.5.5.0/28" in on.ranges("web")

    play(scene())
