"""Resource providers of a subscription: who is registered, and asking for it (Providers REST reference).

Reading takes no right but a part in the subscription; registering takes `NAMESPACE/register/action`, which Contributor
and Owner hold (Azure resource providers and types). A registration is answered at once and ends later.
"""

from typing import Any

from aksess_sim.services.arm.authentication import authorize, authorize_listing
from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import SUBSCRIPTION, Route
from aksess_sim.world.price_list import REGIONS
from aksess_sim.world.providers import ALWAYS, KNOWN, spelled

_ALL = SUBSCRIPTION + "/providers"
_ONE = _ALL + "/{namespace}"
_READ = "Microsoft.Resources/subscriptions/providers/read"
_VERSIONS = ["2025-04-01", "2024-05-01", "2021-07-01"]
"""What a type is said to know; any version is accepted."""


def routes() -> list[Route]:
    """Reading, registering and taking it back."""
    return [
        Route("GET", _ALL, _list),
        Route("GET", _ONE, _get),
        Route("POST", _ONE + "/register", _register),
        Route("POST", _ONE + "/unregister", _unregister),
    ]


def _list(asked: Asked) -> Answer:
    authorize_listing(asked.world, asked.person, _READ, asked.subscription)
    return page(asked, [_body(asked, name) for name in KNOWN])


def _get(asked: Asked) -> Answer:
    authorize_listing(asked.world, asked.person, _READ, asked.subscription)
    return Answer(_body(asked, spelled(asked.names["namespace"])))


def _register(asked: Asked) -> Answer:
    namespace = _allowed(asked, "register")
    asked.world.providers.register(asked.names["subscription"], namespace)
    return Answer(_body(asked, namespace))


def _unregister(asked: Asked) -> Answer:
    namespace = _allowed(asked, "unregister")
    asked.world.providers.unregister(asked.names["subscription"], namespace)
    return Answer(_body(asked, namespace))


def _allowed(asked: Asked, verb: str) -> str:
    namespace = spelled(asked.names["namespace"])
    authorize(asked.world, asked.person, f"{namespace}/{verb}/action", asked.subscription)
    return namespace


def _body(asked: Asked, namespace: str) -> dict[str, Any]:
    types = [
        {"resourceType": type_, "locations": list(REGIONS), "apiVersions": _VERSIONS, "capabilities": "None"}
        for type_ in KNOWN[namespace]
    ]
    return {
        "id": f"{asked.subscription}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationFree" if namespace in ALWAYS else "RegistrationRequired",
        "registrationState": asked.world.providers.state(asked.names["subscription"], namespace),
        "resourceTypes": types,
    }
