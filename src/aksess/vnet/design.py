"""From what is known and what is wished to a plan, or to a refusal that says what to do. Pure.

`design` decides where everything is and what it is; `compare.py` then says what of it is to be made.
"""

from collections.abc import Mapping

from aksess.azure.arm import Json
from aksess.azure.network_bodies import NAT_GATEWAY
from aksess.azure.resource_ids import group_path_of, name_of, parent_of, same
from aksess.errors import BadInput, ClusterUnfit, RouteRefused
from aksess.vnet.adoption import Found, elsewhere
from aksess.vnet.ground import Ground, choose_ground
from aksess.vnet.model import (
    TAG,
    TAG_BY,
    TAG_CLUSTER,
    TAG_VALUE,
    TAG_VALUE_LIMIT,
    Errand,
    Part,
    Piece,
    Plan,
    Variant,
    Wishes,
    stem_of,
)
from aksess.vnet.pieces import Drawing, cluster_link_piece, peering_pieces
from aksess.vnet.regions import judge_region
from aksess.vnet.spaces import KEPT_BY_AZURE
from aksess.vnet.survey import Survey, cloud_shell_profile

PROVIDERS = ("Microsoft.CloudShell", "Microsoft.ContainerInstance", "Microsoft.Network", "Microsoft.Relay")
"""azure-docs, cloud-shell/vnet/deployment, names three; without Microsoft.Network there are no networks."""


def design(survey: Survey, wishes: Wishes) -> Plan:
    """Errors: BadInput, RouteRefused and ClusterUnfit, one code for each reason."""
    variant = _variant(survey, wishes)
    ground = choose_ground(survey, wishes)
    region_note = judge_region(ground.location)
    principal = _principal(survey, wishes)
    tags = {
        TAG: TAG_VALUE,
        TAG_BY: survey.deployer[:TAG_VALUE_LIMIT],
        TAG_CLUSTER: survey.cluster.id.path[:TAG_VALUE_LIMIT],
    }
    drawing = Drawing(ground, tags, principal, nat=variant is Variant.PUBLIC or wishes.nat)
    made = drawing.pieces()
    home = group_path_of(ground.network)
    private = variant is Variant.PRIVATE
    return Plan(
        cluster=survey.cluster.id,
        variant=variant,
        location=ground.location,
        network=ground.network,
        network_is_ours=ground.ours,
        prefixes={**({Part.NETWORK: ground.block} if ground.block else {}), **ground.prefixes},
        subnets=ground.subnets,
        cluster_network=survey.cluster_network.id if private and survey.cluster_network else None,
        principal=principal,
        tags=tags,
        deployment=tuple(one for one in made if same(group_path_of(one.id), home)),
        afterwards=(
            *(one for one in made if not same(group_path_of(one.id), home)),
            *(_way_to_private(survey, ground, tags) if private else ()),
        ),
        admitted=_admitted(survey, drawing) if variant is Variant.PUBLIC else (),
        sessions=ground.prefixes[Part.SHELL_SUBNET].num_addresses - KEPT_BY_AZURE,
        registrations=_unregistered(survey),
        errands=(_settings_errand(drawing),),
        notes=tuple(filter(None, [region_note, *_notes(survey, ground, drawing, variant)])),
    )


def _variant(survey: Survey, wishes: Wishes) -> Variant:
    cluster, suits = survey.cluster, Variant.PRIVATE if survey.cluster.private else Variant.PUBLIC
    if wishes.variant is Variant.PUBLIC and cluster.private:
        raise RouteRefused(
            f"`{cluster.id.name}` is private; no public address reaches it, fixed or not",
            "leave --public out: a private one is met over a peering",
            code="cluster-private",
        )
    if wishes.variant is Variant.PRIVATE and not cluster.private:
        raise RouteRefused(
            f"`{cluster.id.name}` has a public API server, which has no address in a network of yours",
            "leave --private out: the shells get one fixed public address, which is admitted",
            code="cluster-public",
        )
    if suits is Variant.PRIVATE and survey.cluster_network is None:
        raise ClusterUnfit(
            f"the network of `{cluster.id.name}` cannot be seen, so that nothing can be joined to it",
            "ask for Reader on it; it is where the cluster's nodes are",
            code="cluster-network-unseen",
        )
    return suits


def _principal(survey: Survey, wishes: Wishes) -> str:
    if found := wishes.principal or survey.principal:
        return found
    raise RouteRefused(
        "Microsoft Graph does not tell the object id of the Azure Container Instance Service in this tenant",
        "register it (az provider register -n Microsoft.ContainerInstance) and try again; or have somebody run "
        "`az ad sp show --id 6bb8e274-af5d-4df2-98a3-4fd78b4cafd9 --query id` and give --principal ID",
        code="principal-unknown",
    )


def _way_to_private(survey: Survey, ground: Ground, tags: Mapping[str, str]) -> tuple[Piece, ...]:
    """Nothing where the shells stand in the cluster's own network, which AKS has linked already."""
    home = survey.cluster_network
    if home is None or same(home.id, ground.network):
        return ()
    here = survey.shell_network if survey.shell_network and same(survey.shell_network.id, ground.network) else None
    there, back = here.peering_with(home.id) if here else None, home.peering_with(ground.network)
    names = (
        name_of(there.id) if there else stem_of(survey.cluster.id, home.id),
        name_of(back.id) if back else ground.names.link,
    )
    halves = peering_pieces(ground, home.id, names)
    if survey.zone is None:
        return halves
    return (*halves, cluster_link_piece(ground, survey.zone, _link_to(survey, ground.network), tags))


def _link_to(survey: Survey, network: str) -> str | None:
    for link in survey.zone_links or ():
        if same(((link.get("properties") or {}).get("virtualNetwork") or {}).get("id"), network):
            return str(link["id"])
    return None


def _admitted(survey: Survey, drawing: Drawing) -> tuple[str, ...]:
    """Nothing where the API server is open to everyone: an entry would shut all others out (S2)."""
    if not survey.cluster.ranges:
        return ()
    if drawing.address:
        return (drawing.address,)
    gateway = _standing_gateway(survey, drawing)
    found = (gateway.get("properties") or {}) if gateway else {}
    if not found.get("publicIpAddresses") or found.get("publicIpPrefixes"):
        raise BadInput(
            f"the addresses of the NAT gateway `{name_of(drawing.gateway or '')}` cannot be told one by one",
            "name a network whose gateway has single public addresses, or leave --vnet out",
            code="gateway-unfit",
        )
    return tuple(str(one["id"]) for one in found["publicIpAddresses"])


def _standing_gateway(survey: Survey, drawing: Drawing) -> Json | None:
    return next((one for one in survey.of_kind(NAT_GATEWAY) if same(one.get("id"), drawing.gateway)), None)


def _unregistered(survey: Survey) -> tuple[str, ...]:
    """None when the states could not be read: the deployment would then say it."""
    states = survey.providers
    return tuple(one for one in PROVIDERS if states and states.get(one.lower(), "").lower() != "registered")


def _settings_errand(drawing: Drawing) -> Errand:
    profile, relay = name_of(drawing.profile), name_of(drawing.relay)
    return Errand(
        "everybody who will use it",
        "let their own Cloud Shell stand there: a setting of each person, which nobody can make for another",
        f"aksess vnet apply --set-my-shell, or in the portal: Cloud Shell, Settings, Reset user settings; then "
        f"Show advanced settings, Show VNET isolation settings, network profile `{profile}`, relay `{relay}`",
    )


def _notes(survey: Survey, ground: Ground, drawing: Drawing, variant: Variant) -> tuple[str, ...]:
    told = []
    cluster = survey.cluster
    if mode := cloud_shell_profile(cluster):
        told.append(
            f"AKS itself connects Cloud Shell to this cluster (preview cloudShellProfile, mode {mode}): prefer that, "
            "from the cluster's page in the portal; what is planned here stands beside it"
        )
    if not ground.ours and (adopted := _adopted(ground.found)):
        told.append(f"used as it stands in and beside `{name_of(ground.network)}`: {', '.join(adopted)}")
    told += [
        f"`{name_of(one)}` already serves Cloud Shell; to use it instead: --vnet {one}"
        for one in elsewhere(survey, ground.network)
    ]
    if variant is Variant.PUBLIC and not cluster.ranges:
        told.append("the API server is open to the whole internet; no entry is added, which would shut all others out")
    if drawing.gateway is None:
        told.append("shells reach the internet as the subnet lets them, from no fixed address; --nat gives them one")
    home = survey.cluster_network
    if variant is Variant.PRIVATE and home and same(group_path_of(home.id), cluster.node_group_path):
        told.append("the cluster's network is one AKS keeps; under node group lockdown Azure refuses the peering back")
    here = survey.shell_network
    if here and same(here.id, ground.network) and here.dns_servers:
        told.append(
            f"`{here.name}` asks its own DNS servers ({', '.join(here.dns_servers)}), which must forward these names "
            "to Azure's 168.63.129.16: the links of zones are not enough"
        )
    if ground.found.shell and ground.found.shell.route_table:
        table = name_of(ground.found.shell.route_table)
        told.append(f"the route table `{table}` decides how shells leave; through a firewall, its address is seen")
    return tuple(told)


def _adopted(found: Found) -> list[str]:
    ids = (found.profile, found.relay, found.endpoint, found.link and parent_of(found.link))
    subnets = [one.name for one in (found.shell, found.relay_subnet) if one]
    return [*subnets, *(name_of(one) for one in ids if one)]
