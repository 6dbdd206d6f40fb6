"""`leases` and `revoke`: whose leases are shown and ended, and which entries nobody accounts for."""

from journeys.stage import Stage
from journeys.staged import all_closed, nothing_changes, on_stage, refused


@on_stage()
async def test_leases_list_foreign_entries_beside_ours(on: Stage) -> None:
    ada = on.shell()
    foreign = on.ranges("web")
    assert (await ada.run("allow", "-n", "web", "--reason", "INC-7")).code == 0
    listed = await ada.run("leases", "-n", "web", "-o", "json")
    assert listed.data["foreign"] == foreign
    assert listed.data["authorizedRanges"] == [*foreign, ada.address]
    assert [(one["address"], one["reason"], one["added"]) for one in listed.data["leases"]] == [
        (ada.address, "INC-7", True)
    ]
    shown = (await ada.run("leases", "-n", "web")).stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["ADDRESS", ada.address, *foreign]
    assert all("foreign" in line and "not added by aksess" in line for line in shown[2:])


@on_stage()
async def test_an_address_that_was_listed_before_stays_foreign(on: Stage) -> None:
    inside = on.shell(address="40.68.115.7")
    before = on.ranges("web")
    assert (await inside.run("allow", "-n", "web")).code == 0
    listed = await inside.run("leases", "-n", "web", "-o", "json")
    assert ("40.68.115.7/32" in listed.data["foreign"], listed.data["leases"][0]["added"]) == (True, False)
    assert (await inside.run("revoke", "-n", "web")).code == 0
    assert (on.ranges("web"), on.puts("web")) == (before, [])


@on_stage()
async def test_ended_leases_are_history(on: Stage) -> None:
    ada = on.shell()
    assert (await ada.run("allow", "-n", "web")).code == 0
    assert (await ada.run("revoke", "-n", "web")).code == 0
    assert (await ada.run("leases", "-n", "web", "-o", "json")).data["leases"] == []
    told = (await ada.run("leases", "-n", "web", "--all", "-o", "json")).data["leases"]
    assert [(one["state"], one["settled"]) for one in told] == [("released", True)]


PAIR = """
people: {ada: {roles: [Owner]}, zoe: {roles: [Owner]}}
clusters: {web: {ranges: [51.144.20.0/24]}}
"""


@on_stage(PAIR)
async def test_revoke_ends_ones_own_and_leaves_the_others(on: Stage) -> None:
    ada, zoe = on.shell("ada"), on.shell("zoe")
    for one in (ada, zoe):
        assert (await one.run("allow", "-n", "web")).code == 0
    revoked = await ada.run("revoke", "-n", "web", "-o", "json")
    assert [one["address"] for one in revoked.data["leases"]] == [ada.address]
    assert on.ranges("web") == ["51.144.20.0/24", zoe.address]


@on_stage(PAIR)
async def test_revoke_by_id_by_address_and_all(on: Stage) -> None:
    ada, zoe = on.shell("ada"), on.shell("zoe")
    lease = (await zoe.run("allow", "-n", "web", "-o", "json")).data["lease"]["id"]
    for number in (1, 2, 3):
        assert (await zoe.run("allow", "-n", "web", "--ip", f"20.9.9.{number}")).code == 0
    by_id = await ada.run("revoke", "-n", "web", "--lease", lease, "-o", "json")
    assert [one["id"] for one in by_id.data["leases"]] == [lease]
    assert zoe.address not in on.ranges("web")
    by_address = await ada.run("revoke", "-n", "web", "--ip", "20.9.9.2", "-o", "json")
    assert [one["address"] for one in by_address.data["leases"]] == ["20.9.9.2/32"]
    everything = await ada.run("revoke", "-n", "web", "--all", "-o", "json")
    assert [one["address"] for one in everything.data["leases"]] == ["20.9.9.1/32", "20.9.9.3/32"]
    assert {one["state"] for one in everything.data["leases"]} == {"released"}
    all_closed(on, "web", ["51.144.20.0/24"])


@on_stage()
async def test_revoke_of_what_is_not_there(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        refused(await ada.run("revoke", "-n", "web", "--lease", "abc"), 2, "lease-unknown", "`abc`", "aksess leases")
        assert (await ada.run("revoke", "-n", "web", "--ip", "20.9.9.9")).code == 0
        assert (await ada.run("revoke", "-n", "web", "--all")).code == 0


@on_stage()
async def test_a_record_somebody_damaged_is_named_and_nothing_else_suffers(on: Stage) -> None:
    ada = on.shell()
    assert (await ada.run("allow", "-n", "web")).code == 0
    group = next(one for one in on.azure.world.groups if one.endswith("/rg-demo"))
    record = on.azure.world.deployments.in_group(group)[0]
    record.sent["tags"]["aksess-ends"] = "\x1b]0;soon\x07"
    before = on.ranges("web")
    listed = await ada.run("leases", "-n", "web", "-o", "json")
    assert (listed.code, listed.data["leases"]) == (0, [])
    assert f"deployment record {record.name} is damaged and ignored" in listed.stderr
    assert "\x1b" not in listed.stderr
    assert ada.address in listed.data["foreign"], "flagged, never silently removed"
    assert (await ada.run("sweep", "-n", "web")).code == 0
    assert on.ranges("web") == before
