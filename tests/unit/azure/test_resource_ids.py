"""The parts of resource ids, whatever case somebody wrote them in."""

import pytest

from aksess.azure import resource_ids as ids

GROUP = "/subscriptions/s1/resourceGroups/rg-a"
VNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
SUBNET = f"{VNET}/subnets/shell"
ROLE = f"{VNET}/providers/Microsoft.Authorization/roleAssignments/1"


@pytest.mark.parametrize(
    ("id_", "kind"),
    [
        (VNET, "Microsoft.Network/virtualNetworks"),
        (f"{VNET}/", "Microsoft.Network/virtualNetworks"),
        (SUBNET, "Microsoft.Network/virtualNetworks/subnets"),
        (ROLE, "Microsoft.Authorization/roleAssignments"),
        (VNET.replace("providers", "Providers"), "Microsoft.Network/virtualNetworks"),
        ("/providers/Microsoft.Portal/userSettings/cloudconsole", "Microsoft.Portal/userSettings"),
        (GROUP, "Microsoft.Resources/resourceGroups"),
        (GROUP.lower(), "Microsoft.Resources/resourceGroups"),
        ("/subscriptions/s1", ""),
    ],
)
def test_the_type(id_: str, kind: str) -> None:
    assert ids.type_of(id_) == kind


def test_the_other_parts() -> None:
    assert ids.name_of(SUBNET) == "shell"
    assert ids.parent_of(SUBNET) == VNET
    assert ids.group_path_of(ROLE) == GROUP
    assert ids.group_path_of("/subscriptions/s1") == ""
    assert ids.group_of(SUBNET.lower()) == "rg-a"
    assert ids.subscription_of(SUBNET) == "s1"
    assert ids.subscription_of("/providers/Microsoft.Portal/userSettings/x") == ""


def test_ids_are_the_same_in_any_case() -> None:
    assert ids.same(VNET, VNET.upper() + "/")
    assert not ids.same(VNET, SUBNET)


def test_an_id_is_built_and_taken_apart() -> None:
    assert ids.resource_id(GROUP, "Microsoft.Network/virtualNetworks/subnets", "net", "shell") == SUBNET
    assert ids.resource_id(VNET, "Microsoft.Authorization/roleAssignments", "1") == ROLE
    with pytest.raises(ValueError, match="zip"):
        ids.resource_id(GROUP, "Microsoft.Network/virtualNetworks/subnets", "net")
    assert (ids.names_of(SUBNET), ids.names_of(ROLE)) == ("net/shell", "1")
    assert (ids.scope_of(SUBNET), ids.scope_of(ROLE)) == (GROUP, VNET)
