"""aksess's plan in the hands of the real az: its template is foreseen and deployed, the rest is typed as it says."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from clients.shells import Done, Shell


def aksess(shell: Shell, *words: str) -> Done:
    return shell.run(sys.executable, "-m", "aksess", *words)


def plan(shell: Shell, name: str, *words: str) -> dict[str, Any]:
    done = aksess(shell, "vnet", "plan", "-g", "rg-demo", "-n", name, "-o", "json", *words)
    assert done.code == 0, done
    found: dict[str, Any] = done.json
    return found


def typed(shell: Shell, line: str) -> None:
    """A line that the template told, as somebody types it."""
    words = shlex.split(line)
    assert words[0] == "az"
    done = shell.run(*words)
    assert done.code == 0, done


@pytest.mark.parametrize("name", ["vault", "web"])
def test_az_makes_all_of_a_plan(ada: Shell, tmp_path: Path, name: str) -> None:
    file = tmp_path / "template.json"
    before = plan(ada, name, "--out", str(file))
    template = json.loads(file.read_text())
    for line in template["metadata"]["before"]:
        typed(ada, line)
    group = ("--resource-group", before["group"], "--name", before["deployment"]["name"], "--template-file", str(file))
    foreseen = ada.az("deployment", "group", "what-if", *group, "--no-pretty-print")
    kinds = {one["changeType"] for one in foreseen["changes"] if one["changeType"] not in ("Ignore", "NoChange")}
    assert kinds == {"Create"}
    made = ada.az("deployment", "group", "create", *group)
    assert made["properties"]["provisioningState"] == "Succeeded"
    for line in template["metadata"].get("afterwards", ()):
        typed(ada, line)
    after = plan(ada, name)
    assert after["done"], after
    assert {one["action"] for one in [*after["deployment"]["pieces"], *after["afterwards"]]} <= {"keep", "adopt"}


def test_a_second_deployment_by_az_changes_nothing(ada: Shell, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    before = plan(ada, "vault", "--out", str(file))
    for line in json.loads(file.read_text())["metadata"]["before"]:
        typed(ada, line)
    group = ("--resource-group", before["group"], "--template-file", str(file))
    ada.az("deployment", "group", "create", *group)
    again = ada.az("deployment", "group", "what-if", *group, "--no-pretty-print")
    left = [one for one in again["changes"] if one["changeType"] not in ("NoChange", "Ignore")]
    assert not left, left
