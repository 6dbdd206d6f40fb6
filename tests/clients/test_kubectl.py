"""kubectl behind authorized ranges: refused before, admitted after, as the cluster decides."""

import json

from clients.shells import Shell

ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"


def test_a_blocked_shell_is_admitted_after_az_has_updated_the_ranges(ada: Shell) -> None:
    ada.get_credentials("web")
    refused = ada.kubectl("get", "nodes")
    assert refused.code == 1
    assert "Unable to connect to the server" in refused.err
    ada.aks("update", "web", "--api-server-authorized-ip-ranges", f"51.144.20.0/24,{ada.address}")
    nodes = ada.kubectl("get", "nodes", "-o", "json").json["items"]
    assert {condition["status"] for node in nodes for condition in node["status"]["conditions"]
            if condition["type"] == "Ready"} == {"True"}  # fmt: skip


def test_an_open_cluster_answers_anybody_with_credentials(ada: Shell) -> None:
    ada.get_credentials("open")
    assert "kube-system" in ada.kubectl("get", "ns", "-o", "name").out


def test_credentials_of_one_cluster_do_not_open_another(ada: Shell) -> None:
    ada.get_credentials("open")
    done = ada.kubectl("get", "ns", "--token", "not-this-one")
    assert done.code == 1
    assert "must be logged in" in done.err


def test_nodes_whose_own_egress_is_shut_out_are_lost(ada: Shell) -> None:
    """A NAT gateway's address is not admitted by itself; az replaces the list and the nodes lose the API server."""
    ada.aks("update", "nat", "--api-server-authorized-ip-ranges", ada.address)
    ada.get_credentials("nat")
    nodes = ada.kubectl("get", "nodes", "--no-headers").out.splitlines()
    assert nodes
    assert all("NotReady" in node for node in nodes)


def test_an_entra_token_of_az_is_taken(ada: Shell) -> None:
    ada.aks("update", "entra", "--api-server-authorized-ip-ranges", ada.address)
    ada.get_credentials("entra")
    token = ada.az("account", "get-access-token", "--resource", ENTRA_SERVER)["accessToken"]
    view = ada.kubectl("config", "view", "--raw", "-o", "json").json
    view["users"][0]["user"] = {"token": token}
    kubeconfig = ada.home / "entra.json"
    kubeconfig.write_text(json.dumps(view))
    whoami = ada.kubectl("--kubeconfig", str(kubeconfig), "auth", "whoami", "-o", "json").json
    assert whoami["status"]["userInfo"]["username"] == "ada@contoso.onmicrosoft.com"


def test_a_private_cluster_answers_from_a_linked_network_only(ada: Shell) -> None:
    ada.get_credentials("vault")
    assert ada.kubectl("get", "ns").code == 1
    inside = ada.world.open("ada", ada.home, network="vnet-hub/shell")
    done = inside.kubectl("get", "ns")
    assert done.code == 0, done
