"""`az deployment group`: validate, what-if, create and their failures, with the official Cloud Shell template's set."""

import json
from pathlib import Path
from typing import Any

import pytest

from clients.shells import GROUP, Done, Shell
from sim.network_steps import plain
from sim.shell_templates import network, quickstart, quickstart_values, resource, template

SERVICE = "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9"


def write(folder: Path, name: str, content: Any) -> str:
    path = folder / name
    path.write_text(json.dumps(content, indent=2))
    return str(path)


def deployment(shell: Shell, verb: str, *words: str) -> Done:
    return shell.run("az", "deployment", "group", verb, "-g", GROUP, *words, seconds=120)


@pytest.fixture
def official(ada: Shell, tmp_path: Path) -> list[str]:
    """The words that name the template and its values, for a network that is there."""
    ada.az("provider", "register", "--namespace", "Microsoft.Relay", "--wait")
    ada.az("network", "vnet", "create", "-g", GROUP, "-n", "v", "--address-prefixes", "10.9.0.0/16")
    principal = ada.az("ad", "sp", "show", "--id", SERVICE)["id"]
    parameters = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": quickstart_values("v", principal),
    }
    files = write(tmp_path, "template.json", quickstart()), write(tmp_path, "values.json", parameters)
    return ["--template-file", files[0], "--parameters", f"@{files[1]}"]


def test_the_official_set_is_validated_foreseen_and_made(ada: Shell, official: list[str]) -> None:
    validated = deployment(ada, "validate", *official, "-o", "json")
    assert validated.json["properties"]["provisioningState"] == "Succeeded"
    foreseen = deployment(ada, "what-if", *official, "--no-pretty-print").json["changes"]
    assert [change["changeType"] for change in foreseen].count("Create") == 11
    made = deployment(ada, "create", *official, "--name", "shell", "-o", "json")
    assert made.code == 0, made
    assert len(made.json["properties"]["outputResources"]) == 11
    operations = ada.az("deployment", "operation", "group", "list", "-g", GROUP, "-n", "shell")
    assert {one["properties"]["provisioningState"] for one in operations} == {"Succeeded"}
    endpoint = ada.az("network", "private-endpoint", "show", "-g", GROUP, "-n", "pe")
    [name] = endpoint["customDnsConfigs"]
    record = ["record-set", "a", "show", "-g", GROUP, "-z", "privatelink.servicebus.windows.net", "-n", "relay-qs"]
    assert ada.az("network", "private-dns", *record)["aRecords"] == [{"ipv4Address": name["ipAddresses"][0]}]
    again = deployment(ada, "what-if", *official)
    assert "Resource changes: 11 no change" in again.out, again
    assert deployment(ada, "create", *official, "--name", "shell").code == 0


def test_what_if_prints_what_would_change(ada: Shell, tmp_path: Path) -> None:
    before = write(
        tmp_path, "a.json", template(network("v", "10.9.0.0/16", {"name": "s", "properties": plain("10.9.0.0/24")}))
    )
    after = write(
        tmp_path, "b.json", template(network("v", "10.9.0.0/16", {"name": "s", "properties": plain("10.9.0.0/25")}))
    )
    assert "+ Microsoft.Network/virtualNetworks/v" in deployment(ada, "what-if", "--template-file", before).out
    assert deployment(ada, "create", "--template-file", before).code == 0
    told = deployment(ada, "what-if", "--template-file", after).out
    assert "~ Microsoft.Network/virtualNetworks/v" in told
    assert '"10.9.0.0/24" => "10.9.0.0/25"' in told


def test_a_failure_is_told_with_what_is_inside_it(ada: Shell, tmp_path: Path) -> None:
    subnet = {"name": "s", "properties": plain("10.9.0.0/24")}
    overlapping = resource(
        "Microsoft.Network/virtualNetworks/subnets",
        "v/t",
        plain("10.9.0.0/25"),
        dependsOn=["[resourceId('Microsoft.Network/virtualNetworks', 'v')]"],
    )
    file = write(tmp_path, "t.json", template(network("v", "10.9.0.0/16", subnet), overlapping))
    done = deployment(ada, "create", "--template-file", file, "--name", "bad")
    assert done.code == 1
    assert '"code": "DeploymentFailed"' in done.err
    assert "NetcfgSubnetRangesOverlap" in done.err
    assert ada.az("network", "vnet", "show", "-g", GROUP, "-n", "v")["name"] == "v"


def test_a_template_that_means_nothing_is_refused_by_validation(ada: Shell, tmp_path: Path) -> None:
    file = write(tmp_path, "t.json", template(resource("Microsoft.Web/sites", "x")))
    for verb in ("validate", "create", "what-if"):
        done = deployment(ada, verb, "--template-file", file)
        assert done.code == 1
        assert "InvalidTemplate" in done.err, done
