"""What the official template made is known by how it hangs together, whole or half, whatever it is called."""

from typing import Any

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.azure.resource_ids import resource_id
from aksess.vnet.adoption import RECORD, elsewhere, recognise
from aksess.vnet.model import Names, Part
from unit.vnet.surveys import DEMO, planned, subnet, survey, vnet, with_hub

SHELLS = resource_id(DEMO, bodies.VNET, "vnet-cloudshell")
NAMES = Names("aksess-x-12345678", "westeurope")
RELAY = resource_id(DEMO, bodies.RELAY, "arn-cloudshell")
ZONE = resource_id(DEMO, bodies.ZONE, bodies.RELAY_ZONE)
PROFILE = resource_id(DEMO, bodies.PROFILE, "aci-networkProfile-westeurope")
ENDPOINT = resource_id(DEMO, bodies.ENDPOINT, "cloudshellRelayEndpoint")
NSG = resource_id(DEMO, bodies.SECURITY_GROUP, "nsg-official")
NETWORK = vnet(
    SHELLS,
    "10.61.0.0/16",
    subnet("cloudshellsubnet", "10.61.1.0/24", delegated=True, networkSecurityGroup={"id": NSG}),
    subnet("relaysubnet", "10.61.2.0/24"),
    subnet("storagesubnet", "10.61.3.0/24"),
)


def body(id_: str, made: Json, **more: Any) -> Json:
    return {**made, "id": id_, **more}


def official(*without: str) -> dict[str, tuple[Json, ...]]:
    """All that demos/cloud-shell-vnet leaves behind, by type."""
    made = {
        bodies.PROFILE: body(
            PROFILE, bodies.network_profile("westeurope", {}, f"{SHELLS}/subnets/cloudshellsubnet", "cloudshellsubnet")
        ),
        bodies.RELAY: body(RELAY, bodies.relay("westeurope", {"Environment": "cloudshell"})),
        bodies.ENDPOINT: body(
            ENDPOINT, bodies.private_endpoint("westeurope", {}, "e", f"{SHELLS}/subnets/relaysubnet", RELAY)
        ),
        bodies.ZONE: body(ZONE, bodies.zone({})),
        bodies.ZONE_LINK: body(f"{ZONE}/virtualNetworkLinks/arn-cloudshell", bodies.zone_link({}, SHELLS)),
        RECORD: body(f"{ZONE}/A/arn-cloudshell", {"properties": {"aRecords": [{"ipv4Address": "10.61.2.4"}]}}),
    }
    return {kind: (one,) for kind, one in made.items() if kind not in without}


def test_the_whole_of_it() -> None:
    known = with_hub(survey(), NETWORK, **official())
    found = recognise(known, NETWORK, NAMES)
    assert found.shell
    assert found.shell.name == "cloudshellsubnet"
    assert found.relay_subnet
    assert found.relay_subnet.name == "relaysubnet"
    assert (found.profile, found.relay, found.endpoint) == (PROFILE, RELAY, ENDPOINT)
    assert (found.zone, found.link, found.recorded) == (ZONE, f"{ZONE}/virtualNetworkLinks/arn-cloudshell", True)


def test_a_plan_uses_it_and_says_so() -> None:
    plan = planned(with_hub(survey(), NETWORK, **official()), network=SHELLS)
    used = {Part.PROFILE: PROFILE, Part.RELAY: RELAY, Part.ENDPOINT: ENDPOINT, Part.ZONE: ZONE}
    assert {part: plan.piece(part).id for part in used} == used  # type: ignore[union-attr]
    assert plan.piece(Part.SECURITY_GROUP) is None, "the subnet is guarded already"
    assert plan.piece(Part.ZONE_RECORD) is None, "the record was written by the template"
    assert Part.NETWORK not in plan.prefixes, "nothing has to be cut out of the network"
    assert any("arn-cloudshell" in note and "cloudshellsubnet" in note for note in plan.notes)


def test_the_record_of_our_own_endpoint_is_its_zone_groups_work() -> None:
    standing = official()
    [endpoint] = standing[bodies.ENDPOINT]
    standing[bodies.ENDPOINT] = ({**endpoint, "id": resource_id(DEMO, bodies.ENDPOINT, NAMES.endpoint.upper())},)
    assert not recognise(with_hub(survey(), NETWORK, **standing), NETWORK, NAMES).recorded


def test_half_of_it_is_completed() -> None:
    standing = official(bodies.ENDPOINT, bodies.ZONE, bodies.ZONE_LINK, RECORD)
    plan = planned(with_hub(survey(), NETWORK, **standing), network=SHELLS)
    assert plan.piece(Part.RELAY).id == RELAY  # type: ignore[union-attr]
    assert plan.piece(Part.ENDPOINT).name.startswith("pe-aksess-")  # type: ignore[union-attr]
    assert plan.piece(Part.ENDPOINT).body["properties"]["subnet"]["id"] == f"{SHELLS}/subnets/relaysubnet"  # type: ignore[union-attr]
    assert plan.piece(Part.ZONE_RECORD)


def test_two_relays_that_could_be_meant_are_not_guessed() -> None:
    standing = official(bodies.ENDPOINT)
    another = body(f"{RELAY}2", bodies.relay("westeurope", {"Environment": "cloudshell"}))
    standing[bodies.RELAY] = (*standing[bodies.RELAY], another)
    assert recognise(with_hub(survey(), NETWORK, **standing), NETWORK, NAMES).relay is None


def test_somebody_elses_relay_is_left_alone() -> None:
    standing = official(bodies.ENDPOINT)
    standing[bodies.RELAY] = (body(RELAY, bodies.relay("westeurope", {"team": "orders"})),)
    assert recognise(with_hub(survey(), NETWORK, **standing), NETWORK, NAMES).relay is None


def test_what_serves_another_network_is_only_mentioned() -> None:
    known = survey(standing={kind.lower(): one for kind, one in official().items()})
    plan = planned(known)
    assert plan.network_is_ours
    assert elsewhere(known, plan.network) == (SHELLS,)
    assert plan.piece(Part.RELAY).id != RELAY  # type: ignore[union-attr]
    assert any(f"--vnet {SHELLS}" in note for note in plan.notes)


def test_an_empty_network_has_nothing() -> None:
    found = recognise(survey(), vnet(SHELLS, "10.61.0.0/16"), NAMES)
    assert (found.shell, found.profile, found.relay, found.link, found.recorded) == (None, None, None, None, False)
