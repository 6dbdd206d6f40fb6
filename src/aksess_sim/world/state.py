"""The whole simulated Azure in one object: what there is, and the rules that change it. No HTTP, no sockets."""

from dataclasses import dataclass

from aksess_sim.world.bastions import Bastions
from aksess_sim.world.clock import WorldClock
from aksess_sim.world.clusters import Cluster, Timings
from aksess_sim.world.commands import Commands
from aksess_sim.world.deploying.reading import Facts, Reader
from aksess_sim.world.deploying.runs import Workplace
from aksess_sim.world.deployments import Deployments
from aksess_sim.world.networks import Networks
from aksess_sim.world.operations import Agenda, Operations
from aksess_sim.world.people import People, Person
from aksess_sim.world.providers import Providers
from aksess_sim.world.quotas import Quotas
from aksess_sim.world.resource_ids import group_id, subscription_path, within
from aksess_sim.world.resources.store import Store
from aksess_sim.world.resources.writes import Writes
from aksess_sim.world.tokens import Tokens
from aksess_sim.world.updates import Updates
from aksess_sim.world.user_settings import UserSettings


@dataclass(frozen=True)
class Subscription:
    """A subscription: its GUID and the name people see."""

    id: str
    name: str


@dataclass(frozen=True)
class Group:
    """A resource group; `managed_by` is the cluster id for a node resource group."""

    subscription: str
    name: str
    location: str
    tags: dict[str, str]
    managed_by: str | None = None
    state: str = "Succeeded"

    @property
    def id(self) -> str:
        """Its resource id."""
        return group_id(self.subscription, self.name)


class World:
    """State and rules of one simulated Azure; everything that comes due is settled when somebody looks."""

    def __init__(self, clock: WorldClock, people: People, timings: Timings) -> None:
        self.clock = clock
        self.people = people
        self.timings = timings
        self.tokens = Tokens(clock, people.tenant_id)
        self.agenda = Agenda(clock)
        self.operations = Operations(clock, self.agenda)
        self.quotas = Quotas(clock)
        self.updates = Updates(people, self.operations, self.agenda, self.quotas)
        self.commands = Commands(clock)
        self.store = Store()
        self.networks = Networks(self.store)
        self.limits: dict[str, int] = {}
        self.resources = Writes(self.store, self.operations, people, self.clusters_inside, self.limits)
        self.providers = Providers(self.agenda, people, self.store, timings.registration)
        place = Workplace(self.agenda, self.store, self.resources, people)
        reader = Reader(people, self.providers, self.template_facts)
        self.deployments = Deployments(place, self.operations, reader, timings.deployment)
        self.user_settings = UserSettings()
        self.bastions = Bastions()
        self.subscriptions: dict[str, Subscription] = {}
        self.groups: dict[str, Group] = {}
        self.clusters: dict[str, Cluster] = {}

    def settle(self) -> None:
        """Let happen what is due by now; every request and every connection begins with it."""
        self.agenda.settle()
        self.bastions.settle(lambda id_: self.networks.find(id_) is not None)

    def person(self, name: str) -> Person:
        """The person of that name; KeyError says who there is."""
        return self.people[name]

    def cluster_by_host(self, host: str) -> Cluster | None:
        """The cluster whose API server has this name, public or private."""
        wanted = host.lower().rstrip(".")
        return next((c for c in self.clusters.values() if wanted in map(str.lower, c.hosts)), None)

    def cluster_named(self, name: str) -> Cluster:
        """The cluster of a name that only one cluster has; KeyError says which there are."""
        found = [cluster for cluster in self.clusters.values() if cluster.name.lower() == name.lower()]
        if len(found) != 1:
            names = ", ".join(f"{c.resource_group}/{c.name}" for c in found or self.clusters.values())
            problem = "several clusters are" if found else "no cluster is"
            raise KeyError(f"{problem} named `{name}`; there are: {names}")
        return found[0]

    def clusters_in(self, scope: str) -> list[Cluster]:
        """The clusters at or below a scope, in the order of the world file."""
        return [cluster for cluster in self.clusters.values() if within(cluster.id, scope)]

    def spelled(self, scope: str) -> str:
        """A scope as those who made it spell it; as given when there is no such thing."""
        known = self.store.find(scope) or self.clusters.get(scope.lower())
        if isinstance(known, Cluster):
            return known.id
        if known:
            return str(known["id"])
        group = self.groups.get(scope.lower())
        return group.id if group else scope

    def exists(self, id_: str) -> bool:
        """Is there a resource of that id?"""
        return id_.lower() in self.clusters or self.store.find(id_) is not None

    def template_facts(self, group_id: str) -> Facts:
        """What a template deployed to a group may ask about its place."""
        group = self.groups[group_id.lower()]
        subscription = self.subscriptions[group.subscription.lower()]
        properties = {"provisioningState": "Succeeded"}
        return Facts(
            {"id": group.id, "name": group.name, "location": group.location, "tags": group.tags}
            | {"type": "Microsoft.Resources/resourceGroups", "properties": properties},
            {"id": subscription_path(subscription.id), "subscriptionId": subscription.id}
            | {"displayName": subscription.name, "tenantId": self.people.tenant_id},
        )

    def clusters_inside(self, subnet: str) -> list[str]:
        """The ids of the clusters that have nodes or an API server in a subnet."""
        return [cluster.id for cluster in self.clusters.values() if subnet.lower() in cluster.subnet_ids]

    def add_subscription(self, subscription: Subscription) -> None:
        """Put a subscription into the world."""
        self.subscriptions[subscription.id.lower()] = subscription

    def add_group(self, group: Group) -> None:
        """Put a resource group into the world."""
        self.groups[group.id.lower()] = group

    def add_cluster(self, cluster: Cluster) -> None:
        """Put a cluster into the world."""
        self.clusters[cluster.id.lower()] = cluster
