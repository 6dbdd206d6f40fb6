"""Any resource by its id: what is not there is None, what may not be read is an error, what is written is at rest."""

import pytest

from aksess.azure.arm import Json, Reply
from aksess.azure.operations import Ended, Outcome
from aksess.azure.resources import Resources, version_of
from aksess.clock import Clock
from aksess.errors import AzureRefused, RightsMissing
from journeys.stage import play
from unit.azure.scripted_arm import Answers, ScriptedArm

GROUP = "/subscriptions/s/resourceGroups/g"
VNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
RELAY = f"{GROUP}/providers/Microsoft.Relay/namespaces/r"
OP = "https://management.azure.com/op"
DONE: Json = {"properties": {"provisioningState": "Succeeded"}}


def scene(answers: Answers, what: str, *given: object) -> tuple[object, ScriptedArm, float]:
    arm = ScriptedArm(answers)

    async def run() -> tuple[object, float]:
        clock = Clock()
        found = await getattr(Resources(arm.arm, clock), what)(*given)
        return found, clock.monotonic()

    found, took = play(run())
    return found, arm, took


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("Microsoft.Network/virtualNetworks/subnets", "2024-05-01"),
        ("Microsoft.Network/privateDnsZones", "2020-06-01"),
        ("microsoft.network/PRIVATEDNSZONES/virtualNetworkLinks", "2020-06-01"),
        ("Microsoft.Network/privateDnsZonesX", "2024-05-01"),
        ("Microsoft.Relay/namespaces", "2021-11-01"),
        ("Microsoft.Authorization/roleAssignments", "2022-04-01"),
        ("Microsoft.Resources/resourceGroups", "2022-09-01"),
    ],
)
def test_the_version_of_a_type(kind: str, version: str) -> None:
    assert version_of(kind) == version


def test_a_foreign_provider_has_no_version() -> None:
    with pytest.raises(KeyError):
        version_of("Microsoft.Compute/virtualMachines")


def test_what_is_not_there_is_none_and_what_is_hidden_is_an_error() -> None:
    assert scene({}, "read", VNET)[0] is None
    assert scene({("GET", VNET): DONE}, "read", VNET)[0] == DONE
    with pytest.raises(RightsMissing):
        scene({("GET", VNET): RightsMissing("no", "ask")}, "read", VNET)


@pytest.mark.parametrize(
    ("scope", "kind", "address"),
    [
        (GROUP, "Microsoft.Network/virtualNetworks", f"{GROUP}/providers/Microsoft.Network/virtualNetworks"),
        (
            "/subscriptions/s",
            "Microsoft.Relay/namespaces",
            "/subscriptions/s/providers/Microsoft.Relay/namespaces",
        ),
        (VNET, "Microsoft.Network/virtualNetworks/subnets", f"{VNET}/subnets"),
        (
            RELAY,
            "Microsoft.Authorization/roleAssignments",
            f"{RELAY}/providers/Microsoft.Authorization/roleAssignments",
        ),
    ],
)
def test_where_a_type_is_listed(scope: str, kind: str, address: str) -> None:
    found, arm, _ = scene({("GET", address): {"value": [{"id": "1"}]}}, "listed", scope, kind)
    assert found == [{"id": "1"}]
    assert arm.asked == [("GET", address)]


def test_a_scope_that_is_not_there_holds_nothing() -> None:
    assert scene({}, "listed", GROUP, "Microsoft.Network/virtualNetworks")[0] == []


def test_a_write_is_followed_and_the_resource_at_rest() -> None:
    answers = {
        ("PUT", RELAY): Reply(201, {"Azure-AsyncOperation": OP, "Retry-After": "2"}, {}),
        ("GET", OP): [{"status": "Running"}, {"status": "Succeeded"}],
        ("GET", RELAY): [{"properties": {"provisioningState": "Creating"}}, DONE],
    }
    found, arm, _ = scene(answers, "write", RELAY, {"location": "westeurope"})
    assert found == Ended(Outcome.SUCCEEDED)
    assert arm.asked.count(("PUT", RELAY)) == 1
    assert arm.asked.count(("GET", RELAY)) == 2


def test_a_write_that_fails_says_why() -> None:
    failed = {"status": "Failed", "error": {"code": "Broken", "message": "it broke"}}
    answers = {("PUT", VNET): Reply(200, {"Azure-AsyncOperation": OP}, {}), ("GET", OP): failed}
    assert scene(answers, "write", VNET, {})[0] == Ended(Outcome.FAILED, "Broken: it broke")
    answers = {("PUT", VNET): Reply(200, {}, {}), ("GET", VNET): {"properties": {"provisioningState": "Failed"}}}
    assert scene(answers, "write", VNET, {})[0] == Ended(Outcome.FAILED, "Failed")


@pytest.mark.parametrize("answer", [Reply(200, {}, {}), Reply(204, {}, {}), None])
def test_what_is_gone_is_deleted(answer: Reply | None) -> None:
    found, _, took = scene({("DELETE", VNET): answer} if answer else {}, "delete", VNET)
    assert found == Ended(Outcome.SUCCEEDED)
    assert took == 0


def test_a_deletion_is_followed_to_its_result() -> None:
    begun = Reply(202, {"Location": OP, "Retry-After": "3"}, {})
    again = Reply(202, {"Retry-After": "4"}, {})
    found, arm, took = scene({("DELETE", VNET): begun, ("GET", OP): [again, Reply(204, {}, {})]}, "delete", VNET)
    assert found == Ended(Outcome.SUCCEEDED)
    assert arm.asked.count(("GET", OP)) == 2
    assert took == 7


def test_a_deletion_that_is_refused_at_its_end_says_why() -> None:
    refused = AzureRefused("InUse: it is used", "look")
    found, _, _ = scene({("DELETE", VNET): Reply(202, {"Location": OP}, {}), ("GET", OP): refused}, "delete", VNET)
    assert found == Ended(Outcome.FAILED, "InUse: it is used")
