"""What can be wrong with each thing although it is there."""

from typing import Any

import pytest

from aksess.azure import network_bodies as bodies
from aksess.errors import RightsMissing
from aksess.vnet.links import CHECKS, delegated, guarded, peered, recorded, shut_out
from aksess.vnet.model import Part, Variant
from unit.vnet.whole_chain import (
    ADDRESS,
    BACK,
    ENDPOINT,
    INSIDE,
    LINK,
    NAT,
    PROFILE,
    RELAY,
    SUBNET,
    changed,
    plan,
    whole,
)

PIECES = {one.id: one for variant in Variant for one in plan(variant).pieces}


def told(id_: str, **properties: Any) -> str:
    """What is said about one thing with these properties changed."""
    seen = whole(Variant.PRIVATE if id_ == BACK else Variant.PUBLIC)
    body = changed(seen, id_, **properties).body(id_)
    assert body is not None
    return CHECKS[PIECES[id_].part](body, PIECES[id_])


def shells(**properties: Any) -> str:
    body = changed(whole(Variant.PUBLIC), SUBNET, **properties).body(SUBNET)
    assert body is not None
    return delegated(body, NAT)


def test_the_subnet_of_the_shells() -> None:
    assert shells() == ""
    assert "not delegated" in shells(delegations=[])
    assert "not delegated" in shells(delegations=[{"properties": {"serviceName": "Microsoft.Sql/managedInstances"}}])
    assert "NAT gateway `nat`" in shells(natGateway=None)
    assert shells(delegations=[{"properties": {"serviceName": bodies.DELEGATION.upper()}}]) == ""


RULE = {"direction": "Outbound", "access": "Deny", "protocol": "*", "priority": 200}
ALL: dict[str, Any] = {**RULE, "destinationAddressPrefix": "*", "destinationPortRange": "*"}


@pytest.mark.parametrize(
    ("rules", "shut"),
    [
        ([], False),
        ([ALL], True),
        ([{**ALL, "destinationPortRange": "443"}], True),
        ([{**ALL, "destinationPortRange": None, "destinationPortRanges": ["80", "400-500"]}], True),
        ([{**ALL, "destinationPortRange": "8443"}], False),
        ([{**ALL, "destinationAddressPrefix": "Internet"}], True),
        ([{**ALL, "destinationAddressPrefix": None, "destinationAddressPrefixes": ["VirtualNetwork"]}], True),
        ([{**ALL, "destinationAddressPrefix": "10.9.0.0/16"}], False),
        ([{**ALL, "protocol": "Udp"}], False),
        ([{**ALL, "direction": "Inbound"}], False),
        ([ALL, {**ALL, "access": "Allow", "priority": 100}], False),
        ([{**ALL, "access": "Allow", "priority": 300}, ALL], True),
    ],
)
def test_a_security_group_that_lets_no_https_out(rules: list[dict[str, Any]], shut: bool) -> None:
    group = {"properties": {"securityRules": [{"properties": one} for one in rules]}}
    assert ("no HTTPS" in guarded("/x/nsg", group)) is shut


def test_without_a_security_group_shells_meet() -> None:
    assert "no network security group" in guarded(None, None)
    assert guarded("/x/nsg", None) == ""
    assert guarded("/x/nsg", RightsMissing("no", "ask")) == ""


@pytest.mark.parametrize(
    ("id_", "properties", "words"),
    [
        (PROFILE, {"containerNetworkInterfaceConfigurations": []}, "no subnet"),
        (ENDPOINT, {"privateLinkServiceConnections": []}, "does not lead to the relay"),
        (
            ENDPOINT,
            {
                "privateLinkServiceConnections": [
                    {
                        "properties": {
                            "privateLinkServiceId": RELAY,
                            "privateLinkServiceConnectionState": {"status": "Rejected"},
                        }
                    }
                ]
            },
            "is Rejected",
        ),
        (LINK, {"virtualNetwork": {"id": "/other"}}, "links another network"),
        (LINK, {"virtualNetworkLinkState": "InProgress"}, "is InProgress"),
        (RELAY, {"status": "Disabled"}, "is Disabled"),
        (NAT, {"publicIpAddresses": []}, "no public address"),
        (ADDRESS, {"ipAddress": None}, "no address yet"),
    ],
)
def test_each_thing_says_what_is_wrong_with_it(id_: str, properties: dict[str, Any], words: str) -> None:
    assert told(id_) == ""
    assert words in told(id_, **properties)


@pytest.mark.parametrize(
    ("properties", "other", "words"),
    [
        ({}, True, ""),
        ({"peeringState": "Initiated"}, False, ""),
        ({"peeringState": "Initiated"}, True, "Initiated, not Connected"),
        ({"peeringState": "Disconnected"}, False, "Disconnected, not Connected"),
        ({"peeringState": None}, True, "in no state"),
        ({"allowVirtualNetworkAccess": False}, True, "lets no traffic pass"),
        ({"remoteVirtualNetwork": {"id": "/other"}}, True, "another network"),
    ],
)
def test_half_a_peering(properties: dict[str, Any], other: bool, words: str) -> None:
    body = changed(whole(Variant.PRIVATE), BACK, **properties).body(BACK)
    assert body is not None
    said = peered(body, PIECES[BACK], other)
    assert words in said
    assert bool(said) is bool(words)


def _record(*addresses: str) -> dict[str, Any]:
    return {"properties": {"aRecords": [{"ipv4Address": one} for one in addresses]}}


def test_the_relays_record_leads_to_its_endpoint() -> None:
    endpoint = {"properties": {"customDnsConfigs": [{"ipAddresses": [INSIDE]}]}}
    written = {"properties": {"recordSets": [{"ipAddresses": ["10.0.0.9"]}]}}
    group = {"properties": {"privateDnsZoneConfigs": [written]}}
    assert recorded({}, endpoint, _record(INSIDE)) == ""
    assert recorded({}, None, _record("10.1.1.1")) == ""
    assert "leads to 10.1.1.1" in recorded({}, endpoint, _record("10.1.1.1"))
    assert "leads to nothing" in recorded({}, endpoint, _record())
    assert recorded(group, None, _record("10.0.0.9")) == ""
    assert "not to 10.0.0.9" in recorded(group, None, _record("10.0.0.8"))
    assert "no address record" in recorded(group, endpoint, None)
    assert recorded(group, endpoint, RightsMissing("no", "ask")) == ""


def test_what_to_look_at_is_a_command() -> None:
    assert shut_out(whole(Variant.PUBLIC).cluster).count("az aks show -g g -n vault") == 1


def test_every_check_is_of_a_part_that_is_planned() -> None:
    assert set(CHECKS) <= {one.part for one in PIECES.values()} | {Part.CLUSTER_LINK}
