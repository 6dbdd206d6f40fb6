"""Rights that are missing: which action, at which scope; and a ledger that may not be written."""

import asyncio

import pytest

from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage
from journeys.staged import all_closed, nothing_changes, on_stage, records, refused

CONTAINERS = "Microsoft.ContainerService/managedClusters"
NARROW = f"""
people:
  zoe: {{roles: [Owner]}}
  dan: {{roles: [Viewer]}}
roles:
  Viewer: {{actions: ["*/read", {CONTAINERS}/listClusterUserCredential/action]}}
clusters:
  web: {{ranges: [51.144.20.0/24]}}
"""
WEB = "/subscriptions/*/managedclusters/web"


@pytest.mark.parametrize("command", [("allow",), ("connect",), ("connect", "--print-kubeconfig")])
@on_stage()
async def test_a_reader_may_not_have_the_kubeconfig(on: Stage, command: tuple[str, ...]) -> None:
    cat = on.shell("cat")
    with nothing_changes(on):
        played = await cat.run(*command, "-g", "rg-demo", "-n", "web")
        scope = on.cluster("web").id
        refused(played, 66, "rights-missing", f"the right {CONTAINERS}/listClusterUserCredential/action at {scope}")
        refused(played, 66, "rights-missing", "ask an owner for a role that holds it")


@on_stage()
async def test_a_reader_may_read_the_leases(on: Stage) -> None:
    cat = on.shell("cat")
    with nothing_changes(on):
        assert (await cat.run("leases", "-n", "web")).code == 0
        assert (await cat.run("sweep", "-n", "web")).code == 0, "there is nothing to sweep, so nothing to write"


@on_stage()
async def test_a_contributor_on_one_cluster_does_not_see_another(on: Stage) -> None:
    ben = on.shell("ben")
    with nothing_changes(on):
        played = await ben.run("allow", "-g", "rg-demo", "-n", "entra")
        refused(played, 66, "rights-missing", f"the right {CONTAINERS}/read at {on.cluster('entra').id}")
        refused(await ben.run("leases", "-n", "entra"), 64, "cluster-unknown")


@on_stage(NARROW)
async def test_the_missing_write_is_said_before_the_lease_is_recorded(on: Stage) -> None:
    dan = on.shell("dan")
    with nothing_changes(on):
        played = await dan.run("allow", "-n", "web")
        refused(played, 66, "rights-missing", f"the right {CONTAINERS}/write at {on.cluster('web').id}")
        explained = await dan.run("connect", "-n", "web", "--explain", "-o", "json")
        assert explained.code == 66
        assert f"{CONTAINERS}/write" in {one["route"]: one for one in explained.data["routes"]}["allowlist"]["why"]


@on_stage()
async def test_the_ledger_refuses_one_who_may_only_write_the_cluster(on: Stage) -> None:
    ben = on.shell("ben")
    before = on.ranges("web")
    played = await ben.run("allow", "-g", "rg-demo", "-n", "web")
    refused(played, 71, "ledger-refused", "the right Microsoft.Resources/deployments/write at /subscriptions/")
    refused(played, 71, "ledger-refused", "--ledger local", "nobody else can then clean it up")
    assert (on.ranges("web"), on.puts("web"), records(on)) == (before, [], [])


@on_stage()
async def test_a_local_ledger_opens_and_the_same_machine_sweeps(on: Stage) -> None:
    ben = on.shell("ben")
    before = on.ranges("web")
    local = ("-g", "rg-demo", "-n", "web", "--ledger", "local", "-o", "json")
    allowed = await ben.run("allow", *local, "--for", "1m")
    assert allowed.data["proven"] is True
    assert on.ranges("web") == [*before, ben.address]
    assert records(on) == []
    file = next(on.folder.glob("*/.local/state/aksess/leases.json"))
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    await on.settled()
    elsewhere = await on.shell("ben").run("sweep", *local)
    assert elsewhere.data["removed"] == [], "another machine knows nothing of it"
    swept = await ben.run("sweep", *local)
    assert swept.data["removed"] == [ben.address]
    assert on.ranges("web") == before


@on_stage()
async def test_a_local_ledger_that_cannot_be_written_opens_nothing(on: Stage) -> None:
    ada = on.shell()
    ada.environment["XDG_STATE_HOME"] = str(on.folder / "ca.pem")
    with nothing_changes(on):
        played = await ada.run("allow", "-n", "web", "--ledger", "local")
        refused(played, 71, "ledger-refused", "the lease cannot be recorded", "use the deployments ledger")


@on_stage()
async def test_a_damaged_local_ledger_is_named_and_left_alone(on: Stage) -> None:
    ada = on.shell()
    ada.environment["XDG_STATE_HOME"] = str(on.folder / "state")
    (on.folder / "state" / "aksess").mkdir(parents=True)
    file = on.folder / "state" / "aksess" / "leases.json"
    file.write_text("[half a rec")
    with nothing_changes(on):
        refused(await ada.run("leases", "-n", "web", "--ledger", "local"), 71, "ledger-refused", str(file), "mend it")
        assert (await ada.run("allow", "-n", "web", "--ledger", "local")).code == 71
    assert file.read_text() == "[half a rec"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (
            {"status": 403, "code": "RequestDisallowedByPolicy", "message": "Disallowed by policy."},
            "Disallowed by policy.",
        ),
        ({"status": 409, "code": "DeploymentQuotaExceeded", "message": "exceeds the quota of '800'"}, "quota of '800'"),
        ({"status": 404, "code": "ResourceGroupNotFound", "message": "no group"}, "no group"),
        ({"status": 400, "code": "InvalidTemplate", "message": "bad"}, "bad"),
        ({"status": 503, "count": None, "message": "down"}, "down"),
    ],
    ids=["policy", "quota", "group", "template", "outage"],
)
@on_stage()
async def test_a_refused_record_means_that_nothing_is_opened(on: Stage, fault: dict[str, object], says: str) -> None:
    ada = on.shell()
    on.azure.faults.arm(Fault(Kind.STATUS, method="PUT", path="*/deployments/*", **fault))  # type: ignore[arg-type]
    before = on.ranges("web")
    for command in (("allow",), ("connect", "--print-kubeconfig")):
        refused(await ada.run(*command, "-n", "web"), 71, "ledger-refused", says)
        on.azure.faults.clear()
        on.azure.faults.arm(Fault(Kind.STATUS, method="PUT", path="*/deployments/*", **fault))  # type: ignore[arg-type]
    assert (on.ranges("web"), on.puts("web"), records(on)) == (before, [], [])


@on_stage()
async def test_a_right_missing_on_a_linked_resource_is_named_with_its_scope(on: Stage) -> None:
    ada = on.shell()
    before = on.ranges("web")
    subnet = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/n"
    message = (
        f"The client 'ada' with object id 'x' has permission to perform action '{CONTAINERS}/write' on scope '/web'; "
        "however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/"
        f"action' on the linked scope(s) '{subnet}' (respectively) or the linked scope(s) are invalid."
    )
    linked = Fault(Kind.STATUS, method="PUT", path=WEB, status=403, code="LinkedAuthorizationFailed", message=message)
    on.azure.faults.arm(linked)
    played = await ada.run("allow", "-n", "web")
    refused(played, 66, "rights-missing", "Microsoft.Network/virtualNetworks/subnets/join/action", subnet)
    all_closed(on, "web", before)


@on_stage()
async def test_a_right_that_is_lost_while_the_way_is_open_is_said_with_who_can_finish(on: Stage) -> None:
    ada = on.shell()
    held = await ada.hold("connect", "-n", "web")
    await on.settled()
    lost = "does not have authorization to perform action 'Microsoft.Resources/deployments/write' over scope '/s/x'"
    for method in ("PUT", "POST"):
        on.azure.faults.arm(
            Fault(Kind.STATUS, method=method, status=403, code="AuthorizationFailed", message=lost, count=None)
        )
    await held.interrupt()
    assert "could not be marked as ended" in held.stderr, held.stderr
    assert "finish it from anywhere: aksess sweep -g rg-demo -n web" in held.stderr
    on.azure.faults.clear()
    await asyncio.sleep(31 * 60)
    assert (await on.shell().run("sweep", "-n", "web")).code == 0
    assert ada.address not in on.ranges("web")
