"""The tenant and its subscriptions, to whoever holds any role in them (Subscriptions REST reference)."""

from typing import Any

from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import SUBSCRIPTION, Route
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import subscription_path
from aksess_sim.world.state import Subscription, World


def routes() -> list[Route]:
    """Tenants and subscriptions; no right is asked for, they show what the caller has a part in."""
    return [
        Route("GET", "/tenants", _tenants),
        Route("GET", "/subscriptions", _list),
        Route("GET", SUBSCRIPTION, _get),
    ]


def _tenants(asked: Asked) -> Answer:
    people = asked.world.people
    name = people.domain.split(".")[0].title()
    tenant = {
        "id": f"/tenants/{people.tenant_id}",
        "tenantId": people.tenant_id,
        "displayName": name,
        "defaultDomain": people.domain,
        "tenantCategory": "Home",
        "domains": [people.domain],
    }
    return Answer({"value": [tenant]})


def _list(asked: Asked) -> Answer:
    seen = [s for s in asked.world.subscriptions.values() if _sees(asked, s)]
    return page(asked, [_body(asked.world, subscription) for subscription in seen])


def _get(asked: Asked) -> Answer:
    subscription = asked.world.subscriptions[asked.names["subscription"].lower()]
    if not _sees(asked, subscription):
        raise Refused("SubscriptionNotFound", f"The subscription '{subscription.id}' could not be found.")
    return Answer(_body(asked.world, subscription))


def _sees(asked: Asked, subscription: Subscription) -> bool:
    return asked.world.people.present_under(asked.person, subscription_path(subscription.id))


def _body(world: World, subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription_path(subscription.id),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.id,
        "tenantId": world.people.tenant_id,
        "displayName": subscription.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
