"""The status of long-running operations; a signed address needs no further right, as ARM's own do."""

import hmac
from typing import Any
from urllib.parse import urlencode

from aksess_sim.services.arm.authentication import authorize
from aksess_sim.services.arm.clusters import POLL_SECONDS
from aksess_sim.services.arm.exchange import HOST, Answer, Asked, retry_after
from aksess_sim.services.arm.routing import SUBSCRIPTION, Route
from aksess_sim.world.clock import iso
from aksess_sim.world.operations import Operation
from aksess_sim.world.quotas import Quota
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import within

_LOCATION = SUBSCRIPTION + "/providers/Microsoft.ContainerService/locations/{location}"
_ANY_LOCATION = SUBSCRIPTION + "/providers/{namespace}/locations/{location}"
_VERSION = "2025-01-01"


def routes() -> list[Route]:
    """AKS operations, those of other providers, and the results of ARM's own asynchronous deletions."""
    return [
        Route("GET", _LOCATION + "/operations/{operation}", _status, bare=True),
        Route("GET", _ANY_LOCATION + "/operations/{operation}", _status_elsewhere),
        Route("GET", _ANY_LOCATION + "/operationResults/{operation}", _result),
        Route("GET", SUBSCRIPTION + "/operationresults/{operation}", _result),
    ]


def operation_asked(asked: Asked, action: str) -> Operation:
    """The operation that the path names, for whoever has its signed address or the right.

    Raises Refused.
    """
    operation = asked.world.operations.find(asked.names["operation"])
    signed = operation and hmac.compare_digest(operation.ticket.encode(), asked.query.get("h", "").encode())
    if not signed:
        authorize(asked.world, asked.person, action, asked.subscription)
    if operation is None or not within(operation.resource, asked.subscription):
        raise Refused("NotFound", f"The entity was not found: operation {asked.names['operation']}.")
    return operation


def status_body(operation: Operation) -> dict[str, Any]:
    """The body of an operation's status, with error when it failed."""
    body: dict[str, Any] = {
        "name": operation.id,
        "status": operation.status,
        "startTime": iso(operation.started),
    }
    if operation.ended:
        body["endTime"] = iso(operation.ended)
    if operation.error:
        body["error"] = {"code": operation.error.code, "message": operation.error.message}
    return body


def _status(asked: Asked) -> Answer:
    """Failed, too, arrives with 200."""
    asked.world.quotas.spend(Quota.OPERATION_GET, asked.subscription)
    operation = operation_asked(asked, "Microsoft.ContainerService/locations/operations/read")
    running = operation.status == "InProgress"
    headers = {"Retry-After": retry_after(asked.world, min(POLL_SECONDS, operation.duration))} if running else {}
    return Answer(status_body(operation), 200, headers)


def operation_headers(asked: Asked, kind: str, operation: Operation, *, location: bool = False) -> dict[str, str]:
    """Where to follow an operation of a resource provider; deletions name the place of their result too."""
    place = f"{HOST}{asked.subscription}/providers/{kind.partition('/')[0]}/locations/westeurope"
    query = f"?api-version={_VERSION}&h={operation.ticket}"
    headers = {
        "Azure-AsyncOperation": f"{place}/operations/{operation.id}{query}",
        "Retry-After": retry_after(asked.world, min(POLL_SECONDS, operation.duration)),
    }
    return headers | ({"Location": f"{place}/operationResults/{operation.id}{query}"} if location else {})


def _status_elsewhere(asked: Asked) -> Answer:
    operation = operation_asked(asked, f"{asked.names['namespace']}/locations/operations/read")
    running = operation.status == "InProgress"
    headers = {"Retry-After": retry_after(asked.world, min(POLL_SECONDS, operation.duration))} if running else {}
    return Answer(status_body(operation), 200, headers)


def _result(asked: Asked) -> Answer:
    operation = operation_asked(asked, "Microsoft.Resources/subscriptions/operationresults/read")
    if operation.status == "InProgress":
        headers = {
            "Location": f"{HOST}{asked.path}?{urlencode(asked.query)}",
            "Retry-After": retry_after(asked.world, operation.duration),
        }
        return Answer(None, 202, headers)
    if operation.error:
        raise Refused(operation.error.code, operation.error.message, details=operation.error.details)
    return Answer(operation.result) if operation.result else Answer(None, 204)


def result_address(asked: Asked, operation: Operation) -> str:
    """Where the result of ARM's own operation is asked for."""
    version = asked.query.get("api-version", "2025-04-01")
    return f"{HOST}{asked.subscription}/operationresults/{operation.id}?api-version={version}&h={operation.ticket}"
