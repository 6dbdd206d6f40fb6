"""A deployment request becomes what is to be made, with everything ARM checks before it begins (its preflight)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aksess_sim.world.deploying.evaluation import Scope
from aksess_sim.world.deploying.items import Item, items_of
from aksess_sim.world.deploying.requests import check_template
from aksess_sim.world.people import People, Person
from aksess_sim.world.providers import Providers
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import subscription_of, subscription_path
from aksess_sim.world.tags import check_tags

Body = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the functions `resourceGroup()` and `subscription()` answer."""

    group: Mapping[str, Any]
    subscription: Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """What a template makes, and the place where its expressions are worked out."""

    items: list[Item]
    scope: Scope


class Reader:
    """Reads the requests of one world; nothing changes, but for `prepare`."""

    def __init__(self, people: People, providers: Providers, facts: Callable[[str], Facts]) -> None:
        self._people = people
        self._providers = providers
        self._facts = facts

    def read(self, group: str, sent: Body, person: Person | None) -> Reading:
        """What `person` would deploy to a group; nobody in particular may deploy templates without resources.

        Raises Refused: `InvalidTemplate`, `InvalidTemplateDeployment`, `MissingSubscriptionRegistration` and more.
        """
        check_template(sent)
        check_tags(sent.get("tags") or {})
        properties = sent["properties"]
        template = properties["template"]
        facts = self._facts(group)
        scope = Scope(
            _parameters(template, properties), template.get("variables") or {}, facts.group, facts.subscription
        )
        items = items_of(template, scope)
        if items and person is None:
            raise Refused("InvalidTemplate", "A template with resources is deployed by somebody.")
        if person:
            self._check_rights(items, person)
            self._check_providers(items, person)
        return Reading(items, scope)

    def prepare(self, reading: Reading) -> None:
        """Register the providers that a template needs (Azure resource providers and types: templates do)."""
        for item in reading.items:
            if not item.scope:
                self._providers.register(subscription_of(item.id), item.kind.partition("/")[0])

    def _check_rights(self, items: list[Item], person: Person) -> None:
        missing = [item for item in items if not self._people.allowed(person, f"{item.kind}/write", _place(item))]
        if not missing:
            return
        sentences = "', '".join(
            f"Authorization failed for template resource '{item.id.rpartition('/')[2]}' of type '{item.kind}'. The "
            f"client '{person.user_principal_name}' with object id '{person.object_id}' does not have permission to "
            f"perform action '{item.kind}/write' at scope '{item.id}'."
            for item in missing
        )
        raise Refused("InvalidTemplateDeployment", f"Deployment failed with multiple errors: '{sentences}'")

    def _check_providers(self, items: list[Item], person: Person) -> None:
        for item in items:
            subscription, namespace = subscription_of(item.id), item.kind.partition("/")[0]
            if not self._people.allowed(person, f"{namespace}/register/action", subscription_path(subscription)):
                self._providers.require(subscription, namespace)


def _place(item: Item) -> str:
    """A right on a role assignment is one at the scope it is for."""
    return item.scope or item.id


def _parameters(template: Body, properties: Body) -> dict[str, Any]:
    given = properties.get("parameters") or {}
    declared = template.get("parameters") or {}
    return {name: given[name]["value"] if name in given else rule["defaultValue"] for name, rule in declared.items()}
