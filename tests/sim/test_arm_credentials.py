"""Kubeconfigs: which one, for whom, to which name."""

import base64
from typing import Any

import pytest
import yaml

from aksess_sim.world.loader import load_world, read_world
from sim.arm_client import VERSION, Arm, arm


async def kubeconfig(client: Arm, name: str, action: str = "listClusterUserCredential", **query: str) -> Any:
    reply = await client("POST", f"{client.cluster(name)}/{action}", query=VERSION | query)
    assert reply.status == 200
    (entry,) = reply.body["kubeconfigs"]
    return yaml.safe_load(base64.b64decode(entry["value"]))


@pytest.mark.parametrize("role", ["User", "Admin"])
async def test_a_local_account_is_a_token_and_the_clusters_own_authority(role: str) -> None:
    async with arm(load_world()) as client:
        web = client.world.cluster_named("web")
        web.ca_pem = b"its own"
        config = await kubeconfig(client, "web", f"listCluster{role}Credential")
        user = f"cluster{role}_rg-demo_web"
        assert config["users"] == [{"name": user, "user": {"token": web.token_secret}}]
        assert config["contexts"] == [{"context": {"cluster": "web", "user": user}, "name": "web"}]
        assert config["current-context"] == config["clusters"][0]["name"] == "web"
        server = config["clusters"][0]["cluster"]
        assert server["server"] == f"https://{web.hosts[0]}:443"
        assert base64.b64decode(server["certificate-authority-data"]) == b"its own"


async def test_people_of_an_entra_cluster_sign_in_with_kubelogin() -> None:
    async with arm(load_world()) as client:
        config = await kubeconfig(client, "entra", format="exec")
        plugin = config["users"][0]["user"]["exec"]
        assert (plugin["command"], plugin["args"][:3]) == ("kubelogin", ["get-token", "--login", "devicecode"])
        options = dict(zip(plugin["args"][1::2], plugin["args"][2::2], strict=True))
        assert options["--server-id"] == "6dae42f8-4368-4678-94ff-3960e28e3630"
        assert options["--tenant-id"] == client.world.people.tenant_id


async def test_a_disabled_local_account_is_not_handed_out() -> None:
    async with arm(load_world()) as client:
        reply = await client("POST", client.cluster("entra") + "/listClusterAdminCredential")
        assert reply.status == 400
        assert "set to disable local accounts" in reply.body["message"]


async def test_without_entra_a_disabled_local_account_leaves_nothing() -> None:
    world = read_world("people: {ada: {roles: [Owner]}}\nclusters: {web: {local_accounts: false}}")
    async with arm(world) as client:
        assert (await client("POST", client.cluster("web") + "/listClusterUserCredential")).status == 400


async def test_a_private_cluster_is_named_privately_unless_its_public_name_is_asked_for() -> None:
    async with arm(load_world()) as client:
        public, private = client.world.cluster_named("vault").hosts
        servers = [
            (await kubeconfig(client, "vault", **query))["clusters"][0]["cluster"]["server"]
            for query in ({}, {"server-fqdn": "public"})
        ]
        assert servers == [f"https://{private}:443", f"https://{public}:443"]


async def test_a_public_name_that_is_off_cannot_be_asked_for() -> None:
    world = read_world(
        """
        people: {ada: {roles: [Owner]}}
        networks: {v: {subnets: {n: {}}}}
        clusters: {web: {private: true, public_fqdn: false, network: v/n}}
        """
    )
    async with arm(world) as client:
        query = VERSION | {"server-fqdn": "public"}
        assert (await client("POST", client.cluster("web") + "/listClusterUserCredential", query=query)).status == 400


async def test_the_admin_credential_needs_its_own_right() -> None:
    world = read_world(
        "people: {u: {roles: [{role: Azure Kubernetes Service Cluster User Role, at: web}]}}\nclusters: {web: {}}"
    )
    async with arm(world) as client:
        web = client.cluster("web")
        assert (await client("POST", web + "/listClusterUserCredential", "u")).status == 200
        assert (await client("POST", web + "/listClusterAdminCredential", "u")).status == 403
