"""Azure's errors on the wire: one table of statuses, and who wraps.

ARM puts an error into `error`; the AKS resource provider often answers it bare (terraform-azurerm-aks#604).
"""

from typing import Any

from aksess_sim.services.arm.exchange import Answer, Page
from aksess_sim.world.refusals import Refused

_STATUS = {
    "AuthenticationFailed": 401,
    "InvalidAuthenticationToken": 401,
    "InvalidAuthenticationTokenAudience": 401,
    "ExpiredAuthenticationToken": 401,
    "AuthorizationFailed": 403,
    "LinkedAuthorizationFailed": 403,
    "InvalidTemplateDeployment": 403,
    "NotFound": 404,
    "SubscriptionNotFound": 404,
    "ResourceGroupNotFound": 404,
    "ResourceNotFound": 404,
    "DeploymentNotFound": 404,
    "InvalidResourceType": 404,
    "ParentResourceNotFound": 404,
    "RoleAssignmentNotFound": 404,
    "InvalidResourceNamespace": 404,
    "HttpMethodNotAllowed": 405,
    "OperationNotAllowed": 409,
    "DeploymentActive": 409,
    "DeploymentCannotBeCancelled": 409,
    "InvalidResourceLocation": 409,
    "InvalidResourceGroupLocation": 409,
    "ResourceGroupBeingDeleted": 409,
    "ResourceGroupDeletionBlocked": 409,
    "CannotDeleteResource": 409,
    "RoleAssignmentExists": 409,
    "StorageAccountAlreadyTaken": 409,
    "NamespaceUnavailable": 409,
    "MissingSubscriptionRegistration": 409,
    "CannotUnregisterProvider": 409,
    "PreConditionFailed": 412,
    "PreconditionFailed": 412,
    "RequestEntityTooLarge": 413,
    "AnotherOperationInProgress": 429,
    "RetryableError": 429,
    "Throttled": 429,
    "SubscriptionRequestsThrottled": 429,
}
_BY_ARM_ITSELF = (
    "MissingApiVersionParameter",
    "SubscriptionNotFound",
    "AuthorizationFailed",
    "LinkedAuthorizationFailed",
    "ResourceGroupNotFound",
    "ResourceNotFound",
    "InvalidRequestContent",
    "LocationRequired",
    "InvalidResourceLocation",
)
"""Said before the resource provider sees a request, so never bare."""
_TOO_LARGE = Page(
    "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n"
    "<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
"""The web server in front of the AKS resource provider says no in words of its own (azure-cli#22870, #23203)."""


def refusal(refused: Refused, *, bare: bool = False, retry_after: str | None = None) -> Answer:
    """A refusal as an answer: status by its code (400 unless listed), bare as the AKS resource provider answers."""
    status = _STATUS.get(refused.code, 400)
    headers = {"Retry-After": retry_after} if retry_after else {}
    if refused.code == "RequestEntityTooLarge":
        return Answer(_TOO_LARGE, status, headers)
    error: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.details:
        error["details"] = list(refused.details)
    if bare and refused.code not in _BY_ARM_ITSELF:
        return Answer(error | {"details": None, "subcode": ""}, status, headers)
    return Answer({"error": error}, status, headers)


def not_found(kind: str, name: str, group: str) -> Refused:
    """ARM's sentence about a resource that is not there; `kind` is `Microsoft.ContainerService/managedClusters`."""
    return Refused(
        "ResourceNotFound",
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )
