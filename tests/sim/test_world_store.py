"""Where resources are kept: by id whatever its case, children that exist only inside their parents included."""

import pytest

from aksess_sim.world.network_bodies import PEERING, PUBLIC_IP, SECURITY_RULE, SUBNET, VNET
from aksess_sim.world.resource_ids import kind_of, parent_of
from aksess_sim.world.resources.store import Body, Store, inside, is_inline

GROUP = "/subscriptions/s/resourceGroups/rg"
V = f"{GROUP}/providers/{VNET}/v"


def vnet(id_: str = V) -> Body:
    return {"id": id_, "type": VNET, "properties": {"subnets": [], "virtualNetworkPeerings": []}}


def subnet(name: str, note: str = "") -> Body:
    return {"id": f"{V}/subnets/{name}", "name": name, "type": SUBNET, "note": note}


def test_children_live_in_their_parents_json_and_nowhere_else() -> None:
    store = Store()
    store.put(vnet())
    store.put(subnet("a"))
    store.put(subnet("b"))
    store.put(subnet("A", "again"))
    body = store.find(V.upper())
    assert body is not None
    assert [child.get("note") for child in body["properties"]["subnets"]] == ["again", ""]
    assert store.find(f"{V}/SUBNETS/a") == subnet("A", "again")
    assert [child["name"] for child in inside(body)] == ["A", "b"]
    assert [child["name"] for child in store.of_kind(SUBNET.upper())] == ["A", "b"]
    assert store.below(GROUP) == [body]
    store.remove(f"{V}/subnets/a")
    assert [child["name"] for child in store.of_kind(SUBNET, V)] == ["b"]
    store.remove(V)
    assert store.find(f"{V}/subnets/b") is None


def test_what_is_below_goes_with_it_and_neighbours_of_longer_names_stay() -> None:
    store = Store()
    zone = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/a"
    for id_ in (zone, f"{zone}/A/x", f"{zone}b"):
        store.put({"id": id_, "type": kind_of(id_), "properties": {}})
    store.remove(zone)
    assert [body["id"] for body in store.below(GROUP)] == [f"{zone}b"]


@pytest.mark.parametrize("kind", [SUBNET, PUBLIC_IP])
def test_what_was_found_may_be_taken_out_and_put_back_while_it_is_gone_through(kind: str) -> None:
    store = Store()
    store.put(vnet())
    ids = [f"{V}/subnets/{n}" if kind == SUBNET else f"{GROUP}/providers/{kind}/{n}" for n in range(40)]
    for id_ in ids:
        store.put({"id": id_, "type": kind})
    seen = []
    for body in store.of_kind(kind):
        seen.append(body["id"])
        store.remove(body["id"])
        store.put(body)
    assert seen == ids
    assert [body["id"] for body in store.of_kind(kind)] == ids


def test_ids_tell_kind_parent_and_whether_they_are_inline() -> None:
    role = f"{V}/providers/Microsoft.Authorization/roleAssignments/r"
    assert (kind_of(V), kind_of(f"{V}/subnets/s"), kind_of(role)) == (
        VNET,
        SUBNET,
        "Microsoft.Authorization/roleAssignments",
    )
    assert kind_of(GROUP) == ""
    assert parent_of(f"{V}/subnets/s") == V
    inline = [
        f"{GROUP}/providers/{kind.replace('/', '/x/', 2).replace('/x/', '/', 1)}/y" for kind in (PEERING, SECURITY_RULE)
    ]
    assert all(map(is_inline, inline))
    assert not is_inline(V)
