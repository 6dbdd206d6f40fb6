"""Every resource type that can be written in this world, by its lower-case name; and the regions there are."""

from collections.abc import Mapping

from aksess_sim.world.resources.egress import NAT_GATEWAYS, PUBLIC_ADDRESSES
from aksess_sim.world.resources.network_profiles import NETWORK_PROFILES
from aksess_sim.world.resources.private_dns import DNS_LINKS, DNS_RECORDS, DNS_ZONES
from aksess_sim.world.resources.private_endpoints import PRIVATE_ENDPOINTS, ZONE_GROUPS
from aksess_sim.world.resources.relays import RELAY_CONNECTIONS, RELAYS
from aksess_sim.world.resources.rules import Rules
from aksess_sim.world.resources.security_groups import SECURITY_GROUPS, SECURITY_RULES
from aksess_sim.world.resources.storage import STORAGE_ACCOUNTS, STORAGE_CHILDREN
from aksess_sim.world.resources.subnets import SUBNETS
from aksess_sim.world.resources.virtual_networks import PEERINGS, VNETS

_ALL = (
    VNETS,
    SUBNETS,
    PEERINGS,
    SECURITY_GROUPS,
    SECURITY_RULES,
    PUBLIC_ADDRESSES,
    NAT_GATEWAYS,
    NETWORK_PROFILES,
    PRIVATE_ENDPOINTS,
    ZONE_GROUPS,
    DNS_ZONES,
    DNS_LINKS,
    DNS_RECORDS,
    RELAYS,
    RELAY_CONNECTIONS,
    STORAGE_ACCOUNTS,
    *STORAGE_CHILDREN,
)
RULES: Mapping[str, Rules] = {rules.kind.lower(): rules for rules in _ALL}

REGIONS = (
    "australiaeast",
    "brazilsouth",
    "canadacentral",
    "centralindia",
    "centralus",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "germanywestcentral",
    "italynorth",
    "japaneast",
    "koreacentral",
    "northcentralus",
    "northeurope",
    "norwayeast",
    "polandcentral",
    "southafricanorth",
    "southcentralus",
    "southeastasia",
    "spaincentral",
    "swedencentral",
    "switzerlandnorth",
    "uaenorth",
    "uksouth",
    "ukwest",
    "westcentralus",
    "westeurope",
    "westus",
    "westus2",
    "westus3",
)
"""Enough of Azure's regions to tell a region from a slip of the pen."""
