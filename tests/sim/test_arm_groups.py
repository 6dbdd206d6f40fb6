"""Resource groups: made, tagged, listed with what is in them, deleted with all of it or not at all."""

from aksess_sim.world.loader import load_world, read_world
from sim.arm_client import VERSION, Arm, arm
from sim.network_steps import SMALL, Steps, delegated, plain


def group(client: Arm, name: str = "rg-new") -> str:
    return f"{client.subscription}/resourceGroups/{name}"


async def test_the_life_of_a_group() -> None:
    async with arm(read_world(SMALL)) as client:
        assert (await client("HEAD", group(client))).status == 404
        made = await client("PUT", group(client), body={"location": "North Europe", "tags": {"a": "b"}})
        assert (made.status, made.body["location"], made.body["tags"]) == (201, "northeurope", {"a": "b"})
        assert (await client("HEAD", group(client))).status == 204
        assert (await client("PUT", group(client), body={"location": "northeurope"})).status == 200
        moved = await client("PUT", group(client), body={"location": "westeurope"})
        assert (moved.status, moved.code) == (409, "InvalidResourceGroupLocation")
        tagged = await client("PATCH", group(client), body={"tags": {"c": "d"}})
        assert tagged.body["tags"] == {"c": "d"}
        gone = await client("DELETE", group(client))
        assert gone.status == 202
        assert (await client("GET", group(client))).body["properties"]["provisioningState"] == "Deleting"
        assert (await client("DELETE", group(client))).code == "ResourceGroupBeingDeleted"
        late = f"{group(client)}/providers/Microsoft.Network/networkSecurityGroups/n"
        assert (await Steps(client).put(late)).code == "ResourceGroupBeingDeleted"
        assert (await client.follow(gone.headers["Location"])).status == 202
        await client.world.clock.sleep(31)
        assert (await client.follow(gone.headers["Location"])).status == 204
        assert (await client("GET", group(client))).code == "ResourceGroupNotFound"


async def test_groups_are_listed_by_tag() -> None:
    async with arm(read_world(SMALL)) as client:
        await client("PUT", group(client), body={"location": "northeurope", "tags": {"A": "b"}})
        for text, names in (("tagname eq 'a' and tagvalue eq 'b'", ["rg-new"]), ("tagName eq 'a'", ["rg-new"]),
                            ("tagName eq 'a' and tagValue eq 'c'", [])):  # fmt: skip
            listed = await client("GET", f"{client.subscription}/resourceGroups", query=VERSION | {"$filter": text})
            assert [one["name"] for one in listed.body["value"]] == names
        other = await client("GET", f"{client.subscription}/resourceGroups", query=VERSION | {"$filter": "size eq 1"})
        assert other.code == "InvalidFilterInQueryString"


async def test_a_place_that_is_none_and_a_reader_are_refused() -> None:
    async with arm(read_world(SMALL)) as client:
        assert (await client("PUT", group(client), body={"location": "atlantis"})).status == 400
        assert (await client("PUT", group(client), body={})).code == "LocationRequired"
        for method in ("PUT", "PATCH", "DELETE"):
            name = "rg-new" if method == "PUT" else "rg-demo"
            reply = await client(method, group(client, name), "cat", body={"location": "westeurope"})
            assert reply.code == "AuthorizationFailed", method


async def test_a_group_goes_with_all_that_is_in_it() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        gateway = await steps.gateway("out")
        vnet = await steps.vnet("v", "10.9.0.0/16", s=delegated("10.9.0.0/24", natGateway={"id": gateway}))
        zone = steps.id("privateDnsZones/a.example")
        await steps.put(zone, location="global")
        link = {"virtualNetwork": {"id": vnet}, "registrationEnabled": False}
        await steps.put(f"{zone}/virtualNetworkLinks/v", link, location="global")
        await client("DELETE", client.group)
        await client.world.clock.sleep(31)
        assert (await client("GET", client.group)).status == 404
        assert client.world.store.below(client.group) == []


async def test_a_group_with_what_others_use_stays_and_says_what() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        gateway = await steps.gateway("out")
        await client("PUT", group(client), body={"location": "westeurope"})
        vnet = f"{group(client)}/providers/Microsoft.Network/virtualNetworks/v"
        inside = {"name": "s", "properties": plain("10.9.0.0/24", natGateway={"id": gateway})}
        space = {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}, "subnets": [inside]}
        assert (await steps.put(vnet, space)).status == 200
        await steps.put(steps.id("networkSecurityGroups/free"))
        gone = await client("DELETE", client.group)
        await client.world.clock.sleep(31)
        blocked = await client.follow(gone.headers["Location"])
        assert (blocked.status, blocked.code) == (409, "ResourceGroupDeletionBlocked")
        assert "natGateways/out" in blocked.body["error"]["message"]
        assert (await client("GET", client.group)).body["properties"]["provisioningState"] == "Succeeded"
        assert [body["name"] for body in client.world.store.below(client.group)] == ["out-ip", "out"]


async def test_clusters_are_not_deleted_with_their_group() -> None:
    async with arm(load_world()) as client:
        reply = await client("DELETE", client.group)
        assert (reply.status, reply.code) == (400, "OperationNotSupported")


async def test_everything_in_a_group_is_listed_by_tag_and_by_type() -> None:
    async with arm(load_world()) as client:
        steps = Steps(client)
        space = {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}
        await steps.put(steps.id("virtualNetworks/mine"), space, tags={"Made": "by me"})

        async def names(wanted: str, person: str = "ada", scope: str = client.group) -> list[str]:
            query = VERSION | ({"$filter": wanted} if wanted else {})
            return [
                one["name"] for one in (await client("GET", f"{scope}/resources", person, query=query)).body["value"]
            ]

        assert await names("tagName eq 'made' and tagValue eq 'by me'") == ["mine"]
        assert await names("tagName eq 'made' and tagValue eq 'others'") == []
        assert "vnet-hub" in await names(
            "resourceType eq 'Microsoft.Network/virtualNetworks'", scope=client.subscription
        )
        assert {"web", "vnet-vault", "mine"} <= set(await names(""))
        assert await names("", "ben") == ["web"]
