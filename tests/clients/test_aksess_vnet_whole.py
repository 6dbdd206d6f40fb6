"""The third way by real processes: applied, a new shell inside, plain kubectl, looked at, removed; az sees the same."""

import sys
from collections.abc import Callable

import pytest

from clients.shells import GROUP, Done, Shell

Opener = Callable[..., Shell]


def vnet(shell: Shell, verb: str, name: str, *words: str) -> Done:
    return shell.run(sys.executable, "-m", "aksess", "vnet", verb, "-g", GROUP, "-n", name, *words)


@pytest.mark.parametrize("name", ["vault", "web"])
def test_plain_kubectl_from_a_shell_inside(ada: Shell, open_shell: Opener, name: str) -> None:
    before = ada.az("resource", "list", "-g", GROUP, "--query", "length(@)")
    applied = vnet(ada, "apply", name, "--yes", "--set-my-shell", "-o", "json")
    assert applied.code == 0, applied
    inside = open_shell("ada")
    inside.az("login", "--identity")
    inside.get_credentials(name)
    assert inside.kubectl("get", "nodes", "-o", "name").out.startswith("node/")
    status = vnet(inside, "status", name, "-o", "json")
    assert status.code == 0, status
    assert {one["health"] for one in status.json["chain"]} == {"ok"}, status
    removed = vnet(ada, "remove", name, "--yes", "-o", "json")
    assert removed.code == 0, removed
    assert {one["fate"] for one in removed.json["gone"]} == {"removed"}, removed
    assert ada.az("resource", "list", "-g", GROUP, "--query", "length(@)") == before


def test_what_az_breaks_is_named_and_mended(ada: Shell) -> None:
    assert vnet(ada, "apply", "vault", "--yes", "--set-my-shell").code == 0
    peering = ("network", "vnet", "peering")
    half = ada.az(
        *peering, "list", "-g", GROUP, "--vnet-name", "vnet-vault", "--query", "[?starts_with(name, 'aksess-')]"
    )
    ada.az(*peering, "delete", "-g", GROUP, "--vnet-name", "vnet-vault", "-n", half[0]["name"])
    status = vnet(ada, "status", "vault", "-o", "json")
    assert status.code == 79, status
    assert "peering back" in [one["link"] for one in status.json["chain"] if one["health"] == "broken"]
    assert vnet(ada, "apply", "vault", "--yes").code == 0
    assert vnet(ada, "status", "vault").code == 0
    states = ada.az(*peering, "list", "-g", GROUP, "--vnet-name", "vnet-vault", "--query", "[].peeringState")
    assert set(states) == {"Connected"}
