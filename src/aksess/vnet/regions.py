"""Where Cloud Shell can stand in a network: the regions are Cloud Shell's, not the cluster's. Pure.

azure-docs, cloud-shell/private-vnet: all primary regions but Central India (primary ones: persisting-shell-storage,
supported regions). What is not listed may work all the same (West Central US does, Azure/CloudShell#330), so only what
Azure was seen to refuse is refused here: InvalidLocation, Azure/CloudShell#330, #178, #366.
"""

from aksess.errors import RouteRefused

DOCUMENTED = ("eastus", "northeurope", "southcentralus", "southeastasia", "westeurope", "westus")
SEEN_TO_WORK = frozenset({"westcentralus"})
REFUSED = frozenset({"australiaeast", "centralindia", "centralus", "germanywestcentral"})


def judge_region(location: str) -> str | None:
    """A note for a region nobody documents, None for one that is known to work. Errors: RouteRefused."""
    region = plain(location)
    if region in REFUSED:
        raise RouteRefused(
            f"Cloud Shell does not stand in networks in `{region}` (Azure answers InvalidLocation)",
            f"put it elsewhere; networks of two regions can be peered: --location {DOCUMENTED[4]}, or one of "
            f"{', '.join(DOCUMENTED)}",
            code="shell-region",
        )
    if region in DOCUMENTED or region in SEEN_TO_WORK:
        return None
    return f"nobody documents that Cloud Shell stands in networks in `{region}`; if Azure refuses, choose --location"


def plain(location: str) -> str:
    """`West Europe` as `westeurope`."""
    return location.lower().replace(" ", "")
