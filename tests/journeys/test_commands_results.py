"""What each command prints: data on stdout in three forms from one value, talk on stderr. JSON keys are a promise."""

from typing import Any

import pytest
import yaml

from journeys.stage import Stage
from journeys.staged import nothing_changes, on_stage

LEASE = ["id", "cluster", "address", "holder", "reason", "created", "ends", "state", "added", "settled"]
HOLDER = ["name", "objectId"]
ROUTE = ["route", "usable", "why", "posture", "seconds", "usdPerMonth", "nextStep"]
LEASES: dict[str, Any] = {
    "version": None,
    "cluster": None,
    "authorizedRanges": None,
    "leases": LEASE,
    "foreign": None,
    "network": None,
}
KEYS: dict[tuple[str, ...], dict[str, Any]] = {
    ("allow", "--dry-run"): {"version": None, "cluster": None, "before": None, "after": None},
    ("allow",): {"version": None, "lease": LEASE, "proven": None},
    ("leases",): LEASES,
    ("leases", "--all"): LEASES,
    ("sweep", "--dry-run"): {
        "version": None,
        "cluster": None,
        "ended": LEASE,
        "removed": None,
        "listed": None,
        "dryRun": None,
    },
    ("sweep",): {"version": None, "cluster": None, "ended": LEASE, "removed": None, "listed": None, "dryRun": None},
    ("revoke", "--dry-run"): {"version": None, "cluster": None, "leases": LEASE, "dryRun": None},
    ("revoke",): {"version": None, "cluster": None, "leases": LEASE, "dryRun": None},
    ("connect", "--explain"): {"version": None, "cluster": None, "order": None, "routes": ROUTE},
    ("connect", "--dry-run"): {"version": None, "cluster": None, "order": None, "routes": ROUTE},
}
CHANGES = {("allow",), ("revoke",)}


@pytest.mark.parametrize("command", KEYS, ids=" ".join)
@on_stage()
async def test_json_has_these_keys_in_this_order(on: Stage, command: tuple[str, ...]) -> None:
    ada = on.shell()
    if command[0] in ("leases", "revoke"):
        assert (await ada.run("allow", "-n", "web")).code == 0
    data = (await ada.run(*command, "-n", "web", "-o", "json")).data
    assert data["version"] == 1
    assert list(data) == list(KEYS[command])
    for key, inner in KEYS[command].items():
        if inner is not None:
            for one in data[key] if isinstance(data[key], list) else [data[key]]:
                assert list(one) == inner
                assert list(one.get("holder", HOLDER)) == HOLDER


@pytest.mark.parametrize("command", [one for one in KEYS if one not in CHANGES], ids=" ".join)
@on_stage()
async def test_three_forms_say_the_same_and_nothing_else_reaches_stdout(on: Stage, command: tuple[str, ...]) -> None:
    ada = on.shell()
    assert (await ada.run("allow", "-n", "web", "--ip", "20.9.9.9", "--reason", "Tïcket\t7")).code == 0
    with nothing_changes(on):
        as_json = await ada.run(*command, "-n", "web", "-o", "json")
        as_yaml = await ada.run(*command, "-n", "web", "-o", "yaml")
        as_table = await ada.run(*command, "-n", "web")
        assert {as_json.code, as_yaml.code, as_table.code} == {0}, as_json
        assert yaml.safe_load(as_yaml.stdout) == as_json.data
        assert "\t" not in as_table.stdout
    rows = as_table.stdout.splitlines()
    assert not rows or rows[0] == rows[0].upper(), "a table begins with its head"


@on_stage()
async def test_an_empty_table_leaves_stdout_empty(on: Stage) -> None:
    ada = on.shell()
    for command, says in (("revoke", "no lease of yours is open here"), ("sweep", "no lease was left over")):
        played = await ada.run(command, "-n", "web")
        assert (played.code, played.stdout, says in played.stderr) == (0, "", True), played
    open_one = await ada.run("leases", "-n", "open")
    assert "this API server is open to the whole internet" in open_one.stderr


@on_stage()
async def test_a_wrong_form_is_a_usage_error(on: Stage) -> None:
    played = await on.shell().run("leases", "-n", "web", "-o", "xml")
    assert (played.code, "'xml' is not one of 'table', 'json', 'yaml'" in played.stderr) == (2, True)


@on_stage()
async def test_a_dry_run_says_what_the_real_run_then_does(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        planned = (await ada.run("allow", "-n", "sealed", "--dry-run", "-o", "json")).data
    assert planned["before"] == ["0.0.0.0/32"]
    assert (await ada.run("allow", "-n", "sealed")).code == 0
    assert on.ranges("sealed") == planned["after"] == [ada.address]
    await on.settled()
    with nothing_changes(on):
        ending = (await ada.run("revoke", "-n", "sealed", "--dry-run", "-o", "json")).data
    assert [one["address"] for one in ending["leases"]] == [ada.address]
    assert ending["dryRun"] is True


@on_stage()
async def test_a_dry_run_of_sweep_names_what_sweep_takes_out(on: Stage) -> None:
    ada = on.shell()
    assert (await ada.run("allow", "-n", "web", "--for", "2m")).code == 0
    await on.settled()
    with nothing_changes(on):
        planned = (await ada.run("sweep", "-n", "web", "--dry-run", "-o", "json")).data
    swept = (await ada.run("sweep", "-n", "web", "-o", "json")).data
    assert planned["removed"] == swept["removed"] == [ada.address]
    assert [one["id"] for one in planned["ended"]] == [one["id"] for one in swept["ended"]]
    assert (await ada.run("sweep", "-n", "web", "-o", "json")).data["ended"] == [], "twice is safe"
