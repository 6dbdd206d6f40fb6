"""Resource providers and their registration in each subscription, which comes to an end some time after it was asked.

Sources: Azure resource providers and types (states, registration by whoever may, no unregistration while resources are
there), Providers REST reference. Decided here: Microsoft's own service principals join the tenant with the first
registration of their provider (Azure does not say when), and stay.
"""

from dataclasses import dataclass
from typing import Literal

from aksess_sim.world.cluster_body import stable_uuid
from aksess_sim.world.operations import Agenda
from aksess_sim.world.people import Application, People, Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import subscription_path
from aksess_sim.world.resources.store import Store

State = Literal["Registered", "NotRegistered", "Registering", "Unregistering", "Unregistered"]

KNOWN: dict[str, tuple[str, ...]] = {
    "Microsoft.Authorization": ("permissions", "roleAssignments", "roleDefinitions"),
    "Microsoft.CloudShell": (),
    "Microsoft.ContainerInstance": ("containerGroups", "locations"),
    "Microsoft.ContainerService": ("managedClusters", "managedClusters/agentPools", "locations/operations"),
    "Microsoft.Network": (
        "bastionHosts",
        "loadBalancers",
        "natGateways",
        "networkProfiles",
        "networkSecurityGroups",
        "privateDnsZones",
        "privateDnsZones/A",
        "privateDnsZones/virtualNetworkLinks",
        "privateEndpoints",
        "privateEndpoints/privateDnsZoneGroups",
        "publicIPAddresses",
        "virtualNetworks",
        "virtualNetworks/subnets",
        "virtualNetworks/virtualNetworkPeerings",
    ),
    "Microsoft.Portal": ("consoles", "userSettings"),
    "Microsoft.Relay": ("namespaces", "namespaces/privateEndpointConnections"),
    "Microsoft.Resources": ("deployments", "resourceGroups", "subscriptions"),
    "Microsoft.Storage": ("storageAccounts", "storageAccounts/fileServices/shares"),
}
"""Namespaces by name, with the types this world knows of them."""
ALWAYS = frozenset({"Microsoft.Authorization", "Microsoft.Portal", "Microsoft.Resources"})
"""Registered everywhere without being asked (Azure resource providers and types: free registration)."""


@dataclass(frozen=True)
class FirstParty:
    """A service of Microsoft's that acts in the tenant as a service principal; its client id is the same everywhere."""

    display_name: str
    client_id: str
    provider: str


CONTAINER_INSTANCE_SERVICE = FirstParty(
    "Azure Container Instance Service", "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9", "Microsoft.ContainerInstance"
)
"""Starts Cloud Shells in networks (Cloud Shell docs, vnet/deployment)."""
_AKS_SERVER = FirstParty(
    "Azure Kubernetes Service AAD Server", "6dae42f8-4368-4678-94ff-3960e28e3630", "Microsoft.ContainerService"
)
_SERVICES = (CONTAINER_INSTANCE_SERVICE, _AKS_SERVER)


class Providers:
    """What is registered where; `duration` is how long that takes, in world seconds."""

    def __init__(self, agenda: Agenda, people: People, store: Store, duration: float) -> None:
        self._agenda = agenda
        self._people = people
        self._store = store
        self._duration = duration
        self._states: dict[tuple[str, str], State] = {}

    def open(self, subscription: str, unregistered: frozenset[str] = frozenset()) -> None:
        """A new subscription, in which all but these are registered."""
        for namespace in KNOWN:
            if namespace in unregistered:
                self._states[_key(subscription, namespace)] = "NotRegistered"
            else:
                self._registered(subscription, namespace)

    def state(self, subscription: str, namespace: str) -> State:
        """How far it is. Raises Refused `InvalidResourceNamespace` for a namespace nobody knows."""
        return self._states.get(_key(subscription, spelled(namespace)), "NotRegistered")

    def require(self, subscription: str, namespace: str) -> None:
        """Let pass what wants to write a resource of the namespace.

        Raises Refused `MissingSubscriptionRegistration` while it is not registered; az then registers it by itself.
        """
        if self.state(subscription, namespace) != "Registered":
            message = (
                f"The subscription is not registered to use namespace '{namespace}'. "
                "See https://aka.ms/rps-not-found for how to register subscriptions."
            )
            raise Refused("MissingSubscriptionRegistration", message)

    def register(self, subscription: str, namespace: str) -> None:
        """Begin a registration; nothing happens to what is registered or on its way."""
        name = spelled(namespace)
        if self.state(subscription, name) not in ("Registered", "Registering"):
            self._states[_key(subscription, name)] = "Registering"
            self._agenda.after(self._duration, lambda: self._arrive(subscription, name))

    def unregister(self, subscription: str, namespace: str) -> None:
        """Begin to take a registration back.

        Raises Refused while resources of the namespace are there; the code is ours, Azure documents none.
        """
        name = spelled(namespace)
        scope = subscription_path(subscription)
        if name in ALWAYS or any(self._store.of_kind(f"{name}/{type_}", scope) for type_ in KNOWN[name]):
            message = (
                f"The namespace '{name}' cannot be unregistered while the subscription has resources of its types."
            )
            raise Refused("CannotUnregisterProvider", message)
        if self.state(subscription, name) in ("Registered", "Registering"):
            self._states[_key(subscription, name)] = "Unregistering"
            self._agenda.after(self._duration, lambda: self._leave(subscription, name))

    def _arrive(self, subscription: str, namespace: str) -> None:
        if self.state(subscription, namespace) == "Registering":
            self._registered(subscription, namespace)

    def _leave(self, subscription: str, namespace: str) -> None:
        if self.state(subscription, namespace) == "Unregistering":
            self._states[_key(subscription, namespace)] = "Unregistered"

    def _registered(self, subscription: str, namespace: str) -> None:
        self._states[_key(subscription, namespace)] = "Registered"
        for service in _SERVICES:
            if service.provider == namespace and self._people.by_client_id(service.client_id) is None:
                self._people.welcome(_principal(service, self._people))


def spelled(namespace: str) -> str:
    """The namespace as Azure spells it. Raises Refused `InvalidResourceNamespace`."""
    for name in KNOWN:
        if name.lower() == namespace.lower():
            return name
    raise Refused("InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


def _principal(service: FirstParty, people: People) -> Person:
    """Its object id differs in every tenant, which is what templates have to be told."""
    id_ = stable_uuid("service principal", people.tenant_id, service.client_id)
    application = Application(service.client_id, first_party=True)
    return Person(service.display_name, id_, service.display_name, "", application, reads_directory=False)


def _key(subscription: str, namespace: str) -> tuple[str, str]:
    return subscription.lower(), namespace
