"""Surveys for the tests of this folder: a private cluster in a network with a peered hub, and a public one."""

import copy
from dataclasses import replace
from typing import Any

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.azure.clusters import Cluster
from aksess.azure.ids import ClusterId
from aksess.azure.resource_ids import resource_id
from aksess.vnet.design import PROVIDERS, design
from aksess.vnet.model import Plan, Wishes
from aksess.vnet.survey import Network, Survey, api_zone

DEMO, HUB_GROUP, NODES = (f"/subscriptions/s/resourceGroups/{name}" for name in ("rg-demo", "rg-hub", "MC_demo"))
HOME, HUB = resource_id(DEMO, bodies.VNET, "vnet-vault"), resource_id(HUB_GROUP, bodies.VNET, "vnet-hub")
PRINCIPAL = "11111111-2222-3333-4444-555555555555"


def vnet(id_: str, space: str, *subnets: Json, peers: dict[str, str] | None = None, **more: Any) -> Network:
    """`peers`: the other network's id to its space, both halves there."""
    halves = [
        {
            "id": f"{id_}/virtualNetworkPeerings/to-{other.rsplit('/', 1)[-1]}",
            "properties": {
                "remoteVirtualNetwork": {"id": other},
                "remoteAddressSpace": {"addressPrefixes": [spaces]},
                "peeringState": "Connected",
                "allowVirtualNetworkAccess": True,
            },
        }
        for other, spaces in (peers or {}).items()
    ]
    inside = [{**one, "id": f"{id_}/subnets/{one['name']}"} for one in subnets]
    properties = {
        "addressSpace": {"addressPrefixes": [space]},
        "subnets": inside,
        "virtualNetworkPeerings": halves,
    }
    return Network({"id": id_, "location": "westeurope", "properties": properties, **more})


def subnet(name: str, prefix: str, *, delegated: bool = False, **properties: Any) -> Json:
    delegations = [{"name": "d", "properties": {"serviceName": bodies.DELEGATION}}] if delegated else []
    return {"name": name, "properties": {"addressPrefix": prefix, "delegations": delegations, **properties}}


def cluster(name: str = "vault", *, private: bool = True, location: str = "westeurope", **properties: Any) -> Cluster:
    body = {
        "location": location,
        "properties": {
            "nodeResourceGroup": "MC_demo",
            "privateFQDN": f"{name}-1.guid.privatelink.westeurope.azmk8s.io" if private else None,
            "apiServerAccessProfile": {
                "enablePrivateCluster": private,
                "authorizedIPRanges": None if private else ["51.144.20.0/24"],
            },
            "networkProfile": {"podCidr": "10.244.0.0/16", "serviceCidr": "10.0.0.0/16"},
            "agentPoolProfiles": [{"vnetSubnetID": f"{HOME}/subnets/nodes"}],
            **properties,
        },
    }
    return Cluster(ClusterId("s", "rg-demo", name), body)


def survey(of: Cluster | None = None, **more: Any) -> Survey:
    """Everything readable, nothing there yet."""
    of = of or cluster()
    known: dict[str, Any] = {
        "deployer": "ada@contoso.example",
        "cluster_network": vnet(HOME, "10.50.0.0/16", subnet("nodes", "10.50.0.0/22"), peers={HUB: "10.60.0.0/16"}),
        "neighbours": (vnet(HUB, "10.60.0.0/16", subnet("AzureBastionSubnet", "10.60.0.0/26")),),
        "zone": api_zone(of),
        "zone_links": (),
        "principal": PRINCIPAL,
        "providers": {name.lower(): "Registered" for name in PROVIDERS},
    }
    return Survey(of, **{**known, **more})


def public(**more: Any) -> Survey:
    return survey(cluster("web", private=False, agentPoolProfiles=[]), cluster_network=None, neighbours=(), **more)


def planned(of: Survey | None = None, **wishes: Any) -> Plan:
    return design(of or survey(), Wishes(**wishes))


def as_made(plan: Plan, without: frozenset[str] = frozenset()) -> dict[str, Json]:
    """What ARM would show after this plan: each body as sent, with an id and a state of its own."""
    return {
        piece.id: {
            **copy.deepcopy(piece.body),
            "id": piece.id,
            "properties": {**copy.deepcopy(piece.body.get("properties", {})), **_STATE},
        }
        for piece in plan.pieces
        if piece.id not in without
    }


def with_hub(of: Survey, hub: Network, **standing: tuple[Json, ...]) -> Survey:
    return replace(of, shell_network=hub, standing={key.lower(): value for key, value in standing.items()})


_STATE = {"provisioningState": "Succeeded"}
