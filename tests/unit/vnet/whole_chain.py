"""A Cloud Shell network as ARM shows it when everything is right, for a private and for a public API server; each test
breaks what it is about."""

import copy
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from aksess.azure import network_bodies as bodies
from aksess.azure.clusters import Cluster
from aksess.azure.ids import ClusterId
from aksess.azure.resource_ids import type_of
from aksess.azure.resources import version_of
from aksess.azure.user_settings import ShellSettings
from aksess.kube.probe import Proof, Reach
from aksess.vnet.chain import Seen
from aksess.vnet.model import Action, Part, Piece, Plan, Variant

GROUP = "/subscriptions/s/resourceGroups/g"
NODES = "/subscriptions/s/resourceGroups/mc"
CLUSTER = ClusterId("s", "g", "vault")
PRINCIPAL = "11111111-2222-3333-4444-555555555555"
SPACE = IPv4Network("10.7.0.0/24")
SHELL, RELAY_NET = IPv4Network("10.7.0.0/25"), IPv4Network("10.7.0.128/26")
EGRESS, INSIDE = IPv4Address("20.71.33.99"), "10.7.0.132"
TAGS = {"aksess": "vnet"}


def _id(kind: str, name: str, group: str = GROUP) -> str:
    namespace, *types = kind.split("/")
    names = name.split("/")
    return f"{group}/providers/{namespace}/" + "/".join(f"{t}/{n}" for t, n in zip(types, names, strict=True))


VNET, HOME = _id(bodies.VNET, "vnet-aksess"), _id(bodies.VNET, "vnet-home", NODES)
SUBNET, ENDPOINT_NET = _id(bodies.SUBNET, "vnet-aksess/aksess-shell"), _id(bodies.SUBNET, "vnet-aksess/aksess-relay")
NSG, ADDRESS, NAT = (
    _id(bodies.SECURITY_GROUP, "nsg"),
    _id(bodies.PUBLIC_ADDRESS, "pip"),
    _id(bodies.NAT_GATEWAY, "nat"),
)
PROFILE, RELAY, ENDPOINT = _id(bodies.PROFILE, "profile"), _id(bodies.RELAY, "relay"), _id(bodies.ENDPOINT, "pe")
ZONE = _id(bodies.ZONE, bodies.RELAY_ZONE)
LINK, RECORD = _id(bodies.ZONE_LINK, f"{bodies.RELAY_ZONE}/l"), f"{ZONE}/A/relay"
ZONE_GROUP = _id(bodies.ZONE_GROUP, "pe/relay")
ROLE = _id(bodies.ROLE_ASSIGNMENT, "r1", RELAY)
THERE, BACK = _id(bodies.PEERING, "vnet-aksess/there"), _id(bodies.PEERING, "vnet-home/back", NODES)
CLUSTER_LINK = _id(bodies.ZONE_LINK, "x.privatelink.westeurope.azmk8s.io/l", NODES)
RANGES = {Variant.PUBLIC: ["51.144.20.0/24", f"{EGRESS}/32"], Variant.PRIVATE: None}


def plan(variant: Variant) -> Plan:
    at, private = "westeurope", variant is Variant.PRIVATE
    gateway = None if private else NAT
    inside = {
        "aksess-shell": bodies.shell_subnet(at, SHELL, NSG, gateway),
        "aksess-relay": bodies.relay_subnet(RELAY_NET),
    }
    made: list[tuple[Part, str, Any]] = [(Part.SECURITY_GROUP, NSG, bodies.security_group(at, TAGS, SHELL))]
    if not private:
        made += [(Part.ADDRESS, ADDRESS, bodies.public_address(at, TAGS))]
        made += [(Part.NAT_GATEWAY, NAT, bodies.nat_gateway(at, TAGS, ADDRESS))]
    made += [
        (Part.NETWORK, VNET, bodies.virtual_network(at, TAGS, SPACE, inside)),
        (Part.PROFILE, PROFILE, bodies.network_profile(at, TAGS, SUBNET, "aksess-shell")),
        (Part.RELAY, RELAY, bodies.relay(at, TAGS)),
        (Part.ENDPOINT, ENDPOINT, bodies.private_endpoint(at, TAGS, "pe", ENDPOINT_NET, RELAY)),
        (Part.ZONE, ZONE, bodies.zone(TAGS)),
        (Part.ZONE_LINK, LINK, bodies.zone_link(TAGS, VNET)),
        (Part.ZONE_RECORD, ZONE_GROUP, bodies.zone_group(ZONE)),
        (Part.RELAY_ROLE, ROLE, bodies.role_assignment("s", bodies.CONTRIBUTOR, PRINCIPAL)),
    ]
    after: list[tuple[Part, str, Any]] = [
        (Part.PEERING_THERE, THERE, bodies.peering(HOME)),
        (Part.PEERING_BACK, BACK, bodies.peering(VNET)),
        (Part.CLUSTER_LINK, CLUSTER_LINK, bodies.zone_link(TAGS, VNET)),
    ]
    return Plan(
        cluster=CLUSTER,
        variant=variant,
        location=at,
        network=VNET,
        network_is_ours=True,
        prefixes={Part.SHELL_SUBNET: SHELL, Part.RELAY_SUBNET: RELAY_NET},
        subnets={Part.SHELL_SUBNET: SUBNET, Part.RELAY_SUBNET: ENDPOINT_NET},
        cluster_network=HOME if private else None,
        principal=PRINCIPAL,
        tags=TAGS,
        deployment=tuple(_piece(*one) for one in made),
        afterwards=tuple(_piece(*one) for one in after) if private else (),
        admitted=() if private else (ADDRESS,),
    )


def whole(variant: Variant) -> Seen:
    """Everything right, asked from a shell that stands inside."""
    made = plan(variant)
    standing = {one.id: {"id": one.id, "name": one.name, **copy.deepcopy(one.body)} for one in made.pieces}
    for body in standing.values():
        body.setdefault("properties", {})["provisioningState"] = "Succeeded"
    for inside in standing[VNET]["properties"]["subnets"]:
        id_ = f"{VNET}/subnets/{inside['name']}"
        standing[id_] = {"id": id_, **inside}
    for half in {THERE, BACK} & set(standing):
        standing[half]["properties"]["peeringState"] = "Connected"
    if ADDRESS in standing:
        standing[ADDRESS]["properties"]["ipAddress"] = str(EGRESS)
    standing[ENDPOINT]["properties"]["customDnsConfigs"] = [{"fqdn": "relay", "ipAddresses": [INSIDE]}]
    standing[RECORD] = {"id": RECORD, "properties": {"aRecords": [{"ipv4Address": INSIDE}]}}
    profile = {"authorizedIPRanges": RANGES[variant], "enablePrivateCluster": variant is Variant.PRIVATE}
    return Seen(
        plan=made,
        cluster=Cluster(CLUSTER, {"properties": {"apiServerAccessProfile": profile}}),
        standing=standing,
        settings=ShellSettings(ShellSettings({}).inside(PROFILE, RELAY, "westeurope", "s")),
        security_group=NSG,
        record=RECORD,
        proof=Proof(Reach.OPEN, 0.2, 200),
        egress=EGRESS if variant is Variant.PUBLIC else IPv4Address("20.1.2.3"),
        ours=(EGRESS,) if variant is Variant.PUBLIC else (),
    )


def changed(seen: Seen, id_: str, **properties: Any) -> Seen:
    """With these properties of one body; None takes a property away."""
    body = copy.deepcopy(seen.standing[id_])
    assert isinstance(body, dict)
    body["properties"] = {k: v for k, v in {**body["properties"], **properties}.items() if v is not None}
    return replace(seen, standing={**seen.standing, id_: body})


def without(seen: Seen, id_: str) -> Seen:
    return replace(seen, standing={**seen.standing, id_: None})


def judged(seen: Seen, part: Part, action: Action, *differs: str) -> Seen:
    """With another judgement of one piece."""
    told = replace(
        seen.plan,
        deployment=tuple(
            replace(one, action=action, differs=differs) if one.part is part else one for one in seen.plan.deployment
        ),
    )
    return replace(seen, plan=told)


def _piece(part: Part, id_: str, body: Any) -> Piece:
    return Piece(part, id_, version_of(type_of(id_)), body, "why", (), Action.KEEP)
