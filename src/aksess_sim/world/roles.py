"""Azure's built-in roles that this world knows, with their real ids (Azure built-in roles reference)."""

from aksess_sim.world.people import Role

_AKS = "Microsoft.ContainerService/managedClusters"
_EVERY_READER_NEEDS = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/deployments/*",
)

_ROLES = (
    Role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", ("*",)),
    Role(
        "Contributor",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
        ),
    ),
    Role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", ("*/read",)),
    Role(
        "Network Contributor",
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
        ("Microsoft.Network/*", *_EVERY_READER_NEEDS),
    ),
    Role(
        "Azure Kubernetes Service Cluster User Role",
        "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        (f"{_AKS}/listClusterUserCredential/action", f"{_AKS}/read"),
    ),
    Role(
        "Azure Kubernetes Service Cluster Admin Role",
        "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
        (f"{_AKS}/listClusterAdminCredential/action", f"{_AKS}/runcommand/action", f"{_AKS}/read"),
    ),
    Role(
        "Azure Kubernetes Service Contributor Role",
        "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
        (f"{_AKS}/read", f"{_AKS}/write", "Microsoft.Resources/deployments/*"),
    ),
)

BUILT_IN = {role.name: role for role in _ROLES}
"""Role definitions by name, spelled as Azure spells them."""
