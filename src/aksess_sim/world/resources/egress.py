"""Public addresses and NAT gateways: how a subnet leaves.

Sources: Public IP Addresses and NAT Gateways REST references; NAT gateway docs nat-overview (Standard addresses only).
"""

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.addresses import stable_address
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resources.rules import Attempt, Links, Rules, Surroundings, reference
from aksess_sim.world.resources.store import Store


def _address_properties(attempt: Attempt) -> Body:
    sent = {key: value for key, value in attempt.properties.items() if key not in ("ipConfiguration", "natGateway")}
    sku = (attempt.sent.get("sku") or {}).get("name", "Standard")
    if sku == "Standard" and sent.get("publicIPAllocationMethod", "Static") != "Static":
        message = f"Standard sku publicIp {attempt.id} must have AllocationMethod set to Static."
        raise Refused("StandardSkuPublicIPAddressesMustUseStaticAllocationMethod", message)
    usual = {"publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4}
    held = {key: attempt.known[key] for key in ("ipConfiguration", "natGateway") if key in attempt.known}
    address = attempt.known.get("ipAddress") or str(stable_address("public-ip", attempt.id))
    return usual | sent | held | {"ipAddress": address, "ipTags": sent.get("ipTags") or []}


def _keep_address(around: Surroundings, body: Body) -> None:
    """Sources: the code in azure-docs#29046 and many others."""
    holder = _holder(around.store, body["id"])
    if holder:
        raise Refused(
            "PublicIPAddressCannotBeDeleted",
            f"Public IP address {body['id']} can not be deleted since it is still allocated to resource {holder}. In "
            "order to delete the public IP, disassociate/detach the Public IP address from the resource.",
        )


def _holder(store: Store, address: str) -> str | None:
    """What an address is bound to: a NAT gateway, a load balancer's frontend, a Bastion."""
    for gateway in store.of_kind(kinds.NAT_GATEWAY):
        if any(reference(ip).lower() == address.lower() for ip in gateway["properties"]["publicIpAddresses"]):
            return str(gateway["id"])
    for kind, field in ((kinds.LOAD_BALANCER, "frontendIPConfigurations"), (kinds.BASTION, "ipConfigurations")):
        for body in store.of_kind(kind):
            for one in body["properties"].get(field) or []:
                if reference(one["properties"].get("publicIPAddress")).lower() == address.lower():
                    return str(one["id"])
    return None


def _gateway_properties(attempt: Attempt) -> Body:
    addresses = attempt.properties.get("publicIpAddresses") or []
    for item in addresses:
        address = attempt.referenced(item, kinds.PUBLIC_IP, region=attempt.region)
        if (address.get("sku") or {}).get("name") != "Standard":
            message = f"NAT gateway {attempt.id} needs public addresses of the Standard SKU, not {address['id']}."
            raise Refused("NatGatewayAndPublicIpSkuMismatch", message)
        holder = _holder(attempt.around.store, address["id"])
        if holder and holder.lower() != attempt.id.lower():
            message = f"Resource {attempt.id} is referencing public IP address {address['id']} that is already "
            raise Refused("PublicIPAddressInUse", message + f"allocated to resource {holder}.")
    usual = {"idleTimeoutInMinutes": 4}
    return (
        usual
        | attempt.properties
        | {
            "publicIpAddresses": [{"id": reference(item)} for item in addresses],
            "subnets": attempt.known.get("subnets") or [],
            "resourceGuid": kinds.stable_guid(attempt.id),
        }
    )


def _gateway_links(body: Body) -> Links:
    for item in (body.get("properties") or {}).get("publicIpAddresses") or []:
        yield f"{kinds.PUBLIC_IP}/join/action", reference(item)


def _keep_gateway(around: Surroundings, body: Body) -> None:
    """Code and sentence as in Azure-Samples/Copilot-Studio-with-Azure-AI-Search#62."""
    count = sum(
        reference(subnet["properties"].get("natGateway")).lower() == body["id"].lower()
        for subnet in around.store.of_kind(kinds.SUBNET)
    )
    if count:
        raise Refused(
            "CannotDeleteNatGatewayAssociatedToSubnet",
            f"NAT Gateway {body['id']} is still configured on {count} subnets. Remove NAT Gateway from all referenced "
            "subnets and then delete NAT Gateway.",
        )


PUBLIC_ADDRESSES = Rules(
    kind=kinds.PUBLIC_IP, properties=_address_properties, top=("sku", "zones"), creation=3, keep=_keep_address
)
NAT_GATEWAYS = Rules(
    kind=kinds.NAT_GATEWAY,
    properties=_gateway_properties,
    top=("sku", "zones"),
    creation=10,
    linked=_gateway_links,
    keep=_keep_gateway,
)
