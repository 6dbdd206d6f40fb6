"""Deployments of templates: checked, foreseen, begun once, followed to their end, told in the fault's own words."""

from collections.abc import Callable
from typing import Any

import pytest

from aksess.azure.arm import Json, Reply
from aksess.azure.template_deployments import Change, Step, TemplateDeployments
from aksess.clock import Clock
from aksess.errors import AzureRefused, AzureUnreachable, Conflict, NotFound
from journeys.stage import play
from unit.azure.scripted_arm import Answers, ScriptedArm

GROUP = "/subscriptions/s/resourceGroups/g"
ONE = f"{GROUP}/providers/Microsoft.Resources/deployments/net"
STEPS = f"{GROUP}/deployments/net/operations"
NSG = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/n"
RESULT = "https://management.azure.com/result"
TEMPLATE: Json = {"resources": []}


def state(word: str, error: Json | None = None) -> Json:
    return {"properties": {"provisioningState": word, **({"error": error} if error else {})}}


def operation(id_: str, word: str, message: Any = None, what: str = "Create") -> Json:
    target = {"id": id_, "resourceType": "T"}
    told = {"provisioningOperation": what, "provisioningState": word, "targetResource": target}
    return {"properties": told | ({"statusMessage": message} if message else {})}


def scene(answers: Answers, act: Callable[[TemplateDeployments], Any]) -> tuple[Any, ScriptedArm]:
    arm = ScriptedArm(answers)

    async def run() -> Any:
        return await act(TemplateDeployments(arm.arm, Clock()))

    return play(run()), arm


def deploy(answers: Answers) -> tuple[list[list[Step]], ScriptedArm]:
    told: list[list[Step]] = []
    _, arm = scene(answers, lambda one: one.run(GROUP, "net", TEMPLATE, {"aksess": "vnet"}, told.append))
    return told, arm


@pytest.mark.parametrize("answer", [Reply(200, {}, {"properties": {}}), Reply(202, {"Location": RESULT}, {})])
def test_a_good_template_passes_the_check(answer: Reply) -> None:
    answers: Answers = {("POST", f"{ONE}/validate"): answer, ("GET", RESULT): Reply(200, {}, {})}
    scene(answers, lambda one: one.check(GROUP, "net", TEMPLATE))


def test_what_the_check_finds_is_an_error() -> None:
    found = {"error": {"code": "InvalidTemplateDeployment", "details": [{"code": "Bad", "message": "it is bad"}]}}
    with pytest.raises(AzureRefused, match="Bad: it is bad"):
        scene({("POST", f"{ONE}/validate"): Reply(400, {}, found)}, lambda one: one.check(GROUP, "net", TEMPLATE))


def test_what_if_tells_what_would_really_change() -> None:
    effect = {"path": "tags.a", "propertyChangeType": "Modify"}
    none = {"path": "properties.b", "propertyChangeType": "NoEffect"}
    changes = [
        {"resourceId": "1", "changeType": "Create"},
        {"resourceId": "2", "changeType": "NoChange"},
        {"resourceId": "3", "changeType": "Modify", "delta": [effect, none]},
        {"resourceId": "4", "changeType": "Modify", "delta": [none]},
    ]
    answers: Answers = {
        ("POST", f"{ONE}/whatIf"): Reply(202, {"Location": RESULT, "Retry-After": "1"}, {}),
        ("GET", RESULT): [
            Reply(202, {"Location": RESULT}, {}),
            Reply(200, {}, {"status": "Succeeded", "properties": {"changes": changes}}),
        ],
    }
    found, _ = scene(answers, lambda one: one.what_if(GROUP, "net", TEMPLATE))
    assert found == [
        Change("1", "Create"),
        Change("2", "NoChange"),
        Change("3", "Modify", ("tags.a",)),
        Change("4", "NoChange"),
    ]
    assert [one.changes for one in found] == [True, False, True, False]


def test_a_failed_what_if_is_an_error() -> None:
    body = {"status": "Failed", "error": {"code": "Bad", "message": "it is bad"}}
    with pytest.raises(AzureRefused, match="it is bad"):
        scene({("POST", f"{ONE}/whatIf"): Reply(200, {}, body)}, lambda one: one.what_if(GROUP, "net", TEMPLATE))


def test_a_run_is_begun_once_and_told_to_its_end() -> None:
    outputs = operation("x", "Succeeded", what="EvaluateDeploymentOutput")
    told, arm = deploy(
        {
            ("PUT", ONE): Reply(201, {}, {}),
            ("GET", ONE): [NotFound("none", "look", status=404), state("Running"), state("Succeeded")],
            ("GET", STEPS): [{"value": [operation(NSG, "Running")]}, {"value": [operation(NSG, "Succeeded"), outputs]}],
        }
    )
    assert told == [[Step(NSG, "T", "Running")], [Step(NSG, "T", "Succeeded")]]
    assert arm.asked.count(("PUT", ONE)) == 1
    body = arm.sent[1][1]
    assert body is not None
    assert body["tags"] == {"aksess": "vnet"}
    assert body["properties"]["mode"] == "Incremental"


def test_one_that_runs_already_is_followed_and_then_begun_anew() -> None:
    active = Conflict("runs", "wait", status=409, azure_code="DeploymentActive")
    _, arm = deploy(
        {
            ("PUT", ONE): [active, Reply(200, {}, {})],
            ("GET", ONE): [state("Running"), state("Running"), state("Succeeded")],
            ("GET", STEPS): {"value": []},
        }
    )
    assert arm.asked.count(("PUT", ONE)) == 2


def test_another_conflict_is_nobodys_deployment() -> None:
    with pytest.raises(Conflict):
        deploy({("PUT", ONE): Conflict("x", "y", status=409, azure_code="OperationNotAllowed")})


def test_a_lost_answer_is_not_a_second_beginning() -> None:
    lost, none = AzureUnreachable("lost", "look", code="azure-answer-lost"), NotFound("none", "look", status=404)
    _, arm = deploy({("PUT", ONE): lost, ("GET", ONE): [none, state("Succeeded")], ("GET", STEPS): {"value": []}})
    assert arm.asked.count(("PUT", ONE)) == 1
    with pytest.raises(AzureUnreachable):
        deploy({("PUT", ONE): lost})


def test_the_end_of_the_run_before_is_not_taken_for_that_of_a_lost_one() -> None:
    lost = AzureUnreachable("lost", "look", code="azure-answer-lost")
    with pytest.raises(AzureUnreachable):
        deploy({("PUT", ONE): lost, ("GET", ONE): state("Succeeded"), ("GET", STEPS): {"value": []}})


def test_a_record_that_still_runs_is_dropped_when_it_is_over() -> None:
    active = Conflict("runs", "wait", status=409, azure_code="DeploymentActive")
    _, arm = scene({("DELETE", ONE): [active, Reply(202, {}, {})]}, lambda one: one.forget(GROUP, "net"))
    assert arm.asked == [("DELETE", ONE), ("DELETE", ONE)]


def test_an_azure_that_never_answers_again_is_not_waited_for_for_ever() -> None:
    lost = AzureUnreachable("lost", "look")
    with pytest.raises(AzureUnreachable):
        deploy(
            {("PUT", ONE): Reply(201, {}, {}), ("GET", ONE): [state("Running"), lost], ("GET", STEPS): {"value": []}}
        )


def test_the_resource_that_failed_is_named() -> None:
    fault = {"error": {"code": "PublicIPCountLimitReached", "message": "ten are enough"}}
    with pytest.raises(AzureRefused, match=r"ten are enough \[Microsoft.Network/networkSecurityGroups/n\]") as raised:
        deploy(
            {
                ("PUT", ONE): Reply(201, {}, {}),
                ("GET", ONE): state("Failed", {"code": "DeploymentFailed"}),
                ("GET", STEPS): {"value": [operation(NSG, "Failed", fault)]},
            }
        )
    assert raised.value.code == "quota-exceeded"


def test_a_failure_without_a_resource_is_the_records() -> None:
    with pytest.raises(AzureRefused, match="Canceled: somebody did"):
        deploy(
            {
                ("PUT", ONE): Reply(201, {}, {}),
                ("GET", ONE): state("Canceled", {"code": "Canceled", "message": "somebody did"}),
                ("GET", STEPS): {"value": []},
            }
        )


def test_what_was_trimmed_is_no_deployment_and_can_be_forgotten() -> None:
    assert scene({}, lambda one: one.read(GROUP, "net"))[0] is None
    assert scene({}, lambda one: one.forget(GROUP, "net"))[0] is None
    assert scene({}, lambda one: one.steps(GROUP, "net"))[0] == []
