"""Steps that tests of network resources share: bodies as people write them, a PUT or DELETE followed to its end."""

from dataclasses import dataclass
from typing import Any

from sim.arm_client import Arm, Reply

Body = dict[str, Any]

NETWORK = "Microsoft.Network"
SMALL = "people: {ada: {roles: [Owner]}, cat: {roles: [Reader]}}\ngroups: {rg-demo: {}}"
"""A world with little in it, where every provider is registered."""
CONTAINERS = "Microsoft.ContainerInstance/containerGroups"


@dataclass(frozen=True)
class Steps:
    """One person's hand on the resources of rg-demo."""

    client: Arm
    person: str = "ada"

    def id(self, path: str, provider: str = NETWORK) -> str:
        """The id of `virtualNetworks/v` and the like."""
        return f"{self.client.group}/providers/{provider}/{path}"

    async def put(self, id_: str, properties: Body | None = None, **top: Any) -> Reply:
        """PUT and wait; the answer of a GET afterwards, or of the PUT when it was refused."""
        body = {"location": "westeurope", "properties": properties or {}} | top
        sent = await self.client("PUT", id_, self.person, body=body)
        if sent.status >= 400:
            return sent
        await self.wait(sent)
        return await self.client("GET", id_)

    async def delete(self, id_: str) -> Reply:
        """DELETE and wait; the answer of the DELETE."""
        sent = await self.client("DELETE", id_, self.person)
        if sent.status == 202:
            await self.wait(sent)
        return sent

    async def wait(self, sent: Reply) -> None:
        """Until the operation of an answer has ended."""
        address = sent.headers.get("Azure-AsyncOperation")
        while address and (await self.client.follow(address, self.person)).body["status"] == "InProgress":
            await self.client.world.clock.sleep(1)

    async def vnet(self, name: str, space: str, **subnets: Body) -> str:
        """A network with subnets, each a prefix or properties; its id."""
        id_ = self.id(f"virtualNetworks/{name}")
        inner = [{"name": key, "properties": value} for key, value in subnets.items()]
        reply = await self.put(id_, {"addressSpace": {"addressPrefixes": [space]}, "subnets": inner})
        assert reply.status == 200, reply.body
        return id_

    async def address(self, name: str) -> str:
        """A Standard public address; its id."""
        id_ = self.id(f"publicIPAddresses/{name}")
        reply = await self.put(id_, {"publicIPAllocationMethod": "Static"}, sku={"name": "Standard"})
        assert reply.status == 200, reply.body
        return id_

    async def gateway(self, name: str) -> str:
        """A NAT gateway with an address of its own; its id."""
        address = await self.address(f"{name}-ip")
        id_ = self.id(f"natGateways/{name}")
        reply = await self.put(id_, {"publicIpAddresses": [{"id": address}]}, sku={"name": "Standard"})
        assert reply.status == 200, reply.body
        return id_

    async def peer(self, here: str, there: str) -> Reply:
        """One half of a peering."""
        name = there.rpartition("/")[2]
        return await self.put(
            f"{here}/virtualNetworkPeerings/to-{name}",
            {"remoteVirtualNetwork": {"id": there}, "allowVirtualNetworkAccess": True},
        )

    async def relay(self, name: str) -> str:
        """A Relay namespace; its id."""
        id_ = self.id(f"namespaces/{name}", "Microsoft.Relay")
        reply = await self.put(id_, sku={"name": "Standard"})
        assert reply.status == 200, reply.body
        return id_

    async def endpoint(self, name: str, service: str, subnet: str) -> Reply:
        """A private endpoint to a Relay namespace."""
        connection = {"name": name, "properties": {"privateLinkServiceId": service, "groupIds": ["namespace"]}}
        properties = {"subnet": {"id": subnet}, "privateLinkServiceConnections": [connection]}
        return await self.put(self.id(f"privateEndpoints/{name}"), properties)


def delegated(prefix: str, **more: Any) -> Body:
    """Properties of a subnet that Cloud Shell can start in."""
    delegation = {"name": "shell", "properties": {"serviceName": CONTAINERS}}
    return {"addressPrefix": prefix, "delegations": [delegation]} | more


def plain(prefix: str, **more: Any) -> Body:
    """Properties of any other subnet."""
    return {"addressPrefix": prefix} | more
