"""Templates of a Cloud Shell network, for tests: the resource set of Microsoft's quickstart, said with expressions.

Types and api-versions are those of Azure/azure-quickstart-templates demos/cloud-shell-vnet; the wording is ours.
"""

from typing import Any

Body = dict[str, Any]

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_VNET = "Microsoft.Network/virtualNetworks"


def template(*resources: Body, **parts: Any) -> Body:
    """A template of these resources."""
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **parts, "resources": list(resources)}


def resource(kind: str, name: str, properties: Body | None = None, *, version: str = "2024-05-01", **top: Any) -> Body:
    """One resource of a template."""
    body = {"type": kind, "apiVersion": version, "name": name}
    return body | ({} if properties is None else {"properties": properties}) | top


def network(name: str, space: str, *subnets: Body, **top: Any) -> Body:
    """A network in westeurope, with subnets inside."""
    properties = {"addressSpace": {"addressPrefixes": [space]}, "subnets": list(subnets)}
    return resource(_VNET, name, properties, location="westeurope", **top)


def _subnet(name: str, prefix: str, *after: str, **properties: Any) -> Body:
    full = f"[format('{{0}}/{{1}}', parameters('vnet'), '{name}')]"
    sent = {"addressPrefix": f"[parameters('{prefix}')]"} | properties
    depends = [f"[resourceId('{_VNET}/subnets', parameters('vnet'), '{one}')]" for one in after]
    return resource(f"{_VNET}/subnets", full, sent, version="2020-04-01", dependsOn=depends)


def _role(scope: str, role: str) -> Body:
    kind, name = scope.rsplit("/", 1)
    properties = {
        "roleDefinitionId": f"[resourceId('Microsoft.Authorization/roleDefinitions', '{role}')]",
        "principalId": "[parameters('principal')]",
    }
    return resource(
        "Microsoft.Authorization/roleAssignments",
        f"[guid('{role}', parameters('principal'), '{name}')]",
        properties,
        version="2020-04-01-preview",
        scope=scope,
        dependsOn=[f"[resourceId('{kind}', '{name}')]"],
    )


def quickstart() -> Body:
    """Subnets in a network there is, a profile, a relay with its endpoint, a zone with its record, two roles."""
    here = "[parameters('location')]"
    storage = [{"service": "Microsoft.Storage", "locations": [here]}]
    service = {"serviceName": "Microsoft.ContainerInstance/containerGroups"}
    containers = f"[resourceId('{_VNET}/subnets', parameters('vnet'), 'containers')]"
    address = {"name": "ipconfig", "properties": {"subnet": {"id": containers}}}
    interface = {"name": "eth", "properties": {"ipConfigurations": [address]}}
    relay = "[resourceId('Microsoft.Relay/namespaces', 'relay-qs')]"
    endpoint = "resourceId('Microsoft.Network/privateEndpoints', 'pe')"
    connection = {"name": "pe", "properties": {"privateLinkServiceId": relay, "groupIds": ["namespace"]}}
    relays = f"[resourceId('{_VNET}/subnets', parameters('vnet'), 'relays')]"
    zone = "[resourceId('Microsoft.Network/privateDnsZones', variables('zone'))]"
    found = f"[first(first(reference({endpoint}).customDnsConfigs).ipAddresses)]"
    zone_kind, old = "Microsoft.Network/privateDnsZones", "2020-01-01"
    return template(
        _subnet("containers", "prefix1", serviceEndpoints=storage, delegations=[{"name": "d", "properties": service}]),
        resource(
            "Microsoft.Network/networkProfiles",
            "aci-networkProfile-westeurope",
            {"containerNetworkInterfaceConfigurations": [interface]},
            version="2019-11-01",
            location=here,
            dependsOn=[containers],
        ),
        _role("Microsoft.Network/networkProfiles/aci-networkProfile-westeurope", NETWORK_CONTRIBUTOR),
        resource(
            "Microsoft.Relay/namespaces",
            "relay-qs",
            version="2018-01-01-preview",
            location=here,
            sku={"name": "Standard", "tier": "Standard"},
        ),
        _role("Microsoft.Relay/namespaces/relay-qs", CONTRIBUTOR),
        _subnet("relays", "prefix2", "containers", privateEndpointNetworkPolicies="Disabled"),
        resource(
            "Microsoft.Network/privateEndpoints",
            "pe",
            {"privateLinkServiceConnections": [connection], "subnet": {"id": relays}},
            version="2020-04-01",
            location=here,
            dependsOn=[relay, relays],
        ),
        _subnet("storage", "prefix3", "relays", serviceEndpoints=storage),
        resource(zone_kind, "[variables('zone')]", version=old, location="global"),
        resource(
            f"{zone_kind}/A",
            "[format('{0}/{1}', variables('zone'), 'relay-qs')]",
            {"ttl": 3600, "aRecords": [{"ipv4Address": found}]},
            version=old,
            dependsOn=[zone, f"[{endpoint}]"],
        ),
        resource(
            f"{zone_kind}/virtualNetworkLinks",
            "[format('{0}/{1}', variables('zone'), 'relay-qs')]",
            {
                "registrationEnabled": False,
                "virtualNetwork": {"id": f"[resourceId('{_VNET}', parameters('vnet'))]"},
            },
            version=old,
            location="global",
            dependsOn=[zone],
        ),
        parameters={name: {"type": "string"} for name in ("vnet", "principal", "prefix1", "prefix2", "prefix3")}
        | {"location": {"type": "string", "defaultValue": "[resourceGroup().location]"}},
        variables={
            "zone": "[if(equals(toLower(environment().name), 'azureusgovernment'), 'no', "
            "'privatelink.servicebus.windows.net')]"
        },
        outputs={"subnet": {"type": "string", "value": containers}},
    )


def quickstart_values(vnet: str, principal: str, space: str = "10.9") -> Body:
    """Its parameters, for a network whose address space begins so."""
    values = {"vnet": vnet, "principal": principal}
    values |= {f"prefix{number}": f"{space}.{number}.0/26" for number in (1, 2, 3)}
    return {name: {"value": value} for name, value in values.items()}
