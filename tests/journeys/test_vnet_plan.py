"""`aksess vnet plan`, whole: what it says, what it writes, what it refuses; and it never changes anything."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aksess.session import ClusterName, Session, open_session
from aksess.settings import Settings
from aksess.vnet.template import template
from journeys.networks import applied
from journeys.stage import Shell, Stage
from journeys.staged import nothing_changes, on_stage, refused

VAULT, WEB = ("-g", "rg-demo", "-n", "vault"), ("-g", "rg-demo", "-n", "web")
SPACES = """
group: rg-a
location: {location}
people: {{ada: {{roles: [Owner]}}}}
networks:
  home: {{space: 10.50.0.0/16, subnets: {{nodes: {{prefix: 10.50.0.0/22}}}}}}
  tight: {{space: 10.61.0.0/28, subnets: {{all: {{prefix: 10.61.0.0/28}}}}}}
clusters:
  inside: {{private: true, network: home/nodes}}
"""


@on_stage()
async def test_everything_is_said_before_anything_is_made(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("vnet", "plan", *VAULT)
    assert played.code == 0, played
    for said in (
        "private API server",
        "peering, both halves (new)",
        "register Microsoft.Relay",
        "In resource group rg-demo (westeurope), by one template",
        "USD a month",
        "price list",
        "everybody who will use it",
    ):
        assert said in played.stdout, played
    assert "to make it so: aksess vnet apply -g rg-demo -n vault" in played.stderr
    assert "Rights you lack" not in played.stdout


@on_stage()
async def test_a_reader_learns_who_could_do_it(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell("cat").run("vnet", "plan", *VAULT)
    assert played.code == 0, played
    assert "somebody who is Owner at" in played.stdout
    assert "az network vnet peering create" in played.stdout
    assert "Microsoft.Authorization/roleAssignments/write" in played.stdout


@on_stage()
async def test_scripts_get_the_whole_of_it(on: Stage) -> None:
    played = await on.shell().run("vnet", "plan", *WEB, "-o", "json")
    assert played.code == 0, played
    data = played.data
    assert (data["version"], data["variant"], data["group"], data["done"]) == (1, "public", "rg-demo", False)
    assert len(data["admitted"]) == 1
    assert data["cost"]["source"] == "price list"
    assert data["cost"]["usdPerMonth"] == pytest.approx(54.08)
    assert data["register"] == ["Microsoft.CloudShell", "Microsoft.Relay"]
    assert {one["action"] for one in data["deployment"]["pieces"]} == {"create"}


@on_stage()
async def test_template_and_picture_are_written(on: Stage) -> None:
    shell = on.shell()
    out, picture = on.folder / "template.json", on.folder / "plan.svg"
    with nothing_changes(on):
        played = await shell.run("vnet", "plan", *VAULT, "--out", str(out), "--diagram", str(picture))
    assert played.code == 0, played
    template = json.loads(out.read_text())
    assert "parameters" not in template
    assert len(template["resources"]) == 11
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 - our own text
    assert str(out) in played.stderr


@on_stage()
async def test_a_file_that_cannot_be_written(on: Stage) -> None:
    nowhere = str(on.folder / "nowhere" / "template.json")
    refused(await on.shell().run("vnet", "plan", *VAULT, "--out", nowhere), 2, "file-unwritable", nowhere)


@on_stage()
async def test_the_same_plan_in_every_run(on: Stage) -> None:
    shell = on.shell()
    first = await shell.run("vnet", "plan", *VAULT, "-o", "json")
    assert (await shell.run("vnet", "plan", *VAULT, "-o", "json")).data["deployment"] == first.data["deployment"]


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        ((*VAULT, "--public"), 68, "cluster-private"),
        ((*WEB, "--private"), 68, "cluster-public"),
        ((*VAULT, "--private", "--public"), 2, "bad-input"),
        ((*VAULT, "--address-space", "10.50.4.0/24"), 2, "space-overlaps"),
        ((*VAULT, "--address-space", "10.60.4.0/24"), 2, "space-overlaps"),
        ((*VAULT, "--address-space", "10.90.0.0/28"), 2, "space-small"),
        ((*VAULT, "--address-space", "10.90.0.1/24"), 2, "space-malformed"),
        ((*VAULT, "--address-space", "20.1.0.0/24"), 2, "space-unfit"),
        ((*VAULT, "--vnet", "rg-hub/vnet-hub", "--address-space", "10.61.0.0/24"), 2, "space-outside"),
        ((*VAULT, "--vnet", "rg-hub/vnet-hub", "--location", "eastus"), 2, "network-region"),
        ((*VAULT, "--vnet", "nothing-here"), 2, "network-unknown"),
        ((*VAULT, "--location", "centralus"), 68, "shell-region"),
    ],
)
@on_stage()
async def test_what_cannot_be_is_refused(on: Stage, words: tuple[str, ...], exit_code: int, code: str) -> None:
    with nothing_changes(on):
        refused(await on.shell().run("vnet", "plan", *words), exit_code, code)


@on_stage(SPACES.format(location="germanywestcentral"))
async def test_a_cluster_where_cloud_shell_does_not_stand(on: Stage) -> None:
    named = ("-g", "rg-a", "-n", "inside")
    refused(await on.shell().run("vnet", "plan", *named), 68, "shell-region", "--location westeurope")
    elsewhere = await on.shell().run("vnet", "plan", *named, "--location", "westeurope", "-o", "json")
    assert elsewhere.data["location"] == "westeurope"


@on_stage(SPACES.format(location="norwayeast"))
async def test_a_region_that_nobody_documents_and_a_network_without_room(on: Stage) -> None:
    named = ("-g", "rg-a", "-n", "inside")
    played = await on.shell().run("vnet", "plan", *named)
    assert "nobody documents" in played.stdout, played
    refused(await on.shell().run("vnet", "plan", *named, "--vnet", "tight"), 68, "space-full", "tight")


@on_stage()
async def test_prices_are_kept_where_the_settings_say(on: Stage) -> None:
    shell = on.shell()
    await shell.run("vnet", "plan", *VAULT)
    assert len(kept_prices(shell.environment["HOME"])) == 1
    again = await shell.run("vnet", "plan", *VAULT, "-o", "json")
    assert again.data["cost"]["source"] == "price list, kept"


@asynccontextmanager
async def session_of(shell: Shell) -> AsyncIterator[Session]:
    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        yield session


def kept_prices(home: str) -> list[Path]:
    return list(Path(home).rglob("prices.json"))


@on_stage()
async def test_a_plan_of_what_stands_writes_it_as_it_stands(on: Stage) -> None:
    """Whatever others set on it meanwhile: whoever deploys the template again must not take it away."""
    shell = on.shell()
    await applied(shell, "vault")
    async with session_of(shell) as session:
        cluster = await session.find(ClusterName("vault", "rg-demo"))
        wishes = await session.networks.wishes(cluster)
        first = await session.networks.plan(cluster, wishes)
        resources = session.networks.surveyor.resources
        network = await resources.read(first.network)
        assert network
        theirs = {"name": "theirs", "properties": {"addressPrefix": "10.254.0.0/24"}}
        network["properties"]["addressSpace"]["addressPrefixes"].append("10.254.0.0/24")
        network["properties"]["subnets"].append(theirs)
        await resources.write(first.network, {**network, "tags": {**network["tags"], "team": "web"}})
        plan = await session.networks.plan(cluster, wishes)
        assert plan.done
        again = template(plan)
        assert len(again["resources"]) == len(plan.deployment)
        deployments = session.networks.applying.deployments
        foreseen = await deployments.what_if(plan.group_path, "again", again)
        assert not [(one.id, one.fields) for one in foreseen if one.changes]


WORLD_OF_TWO = """
group: rg-a
unregistered: []
people:
  ada: {roles: [{role: Owner, at: rg-a}, {role: Reader, at: rg-b}]}
groups: {rg-b: {}}
networks:
  home: {space: 10.50.0.0/16, subnets: {nodes: {prefix: 10.50.0.0/22}}}
  theirs: {group: rg-b, space: 10.61.0.0/16}
clusters:
  inside: {private: true, network: home/nodes}
"""


@on_stage(WORLD_OF_TWO)
async def test_a_network_that_is_not_yours(on: Stage) -> None:
    shell, named = on.shell(), ("-g", "rg-a", "-n", "inside", "--vnet", "rg-b/theirs")
    planned = await shell.run("vnet", "plan", *named)
    assert planned.code == 0, planned
    assert "Microsoft.Network/virtualNetworks/subnets/write" in planned.stdout
    with nothing_changes(on):
        refused(await shell.run("vnet", "apply", *named, "--yes"), 66, "network-not-yours", "theirs")
