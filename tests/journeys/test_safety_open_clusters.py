"""S2: nobody is locked out. A cluster that lists nothing is open to the world, its own nodes among it; it is listed
only on a clear order, and then the nodes stay in.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.stage import Stage, play, stage
from journeys.trouble import WEB, watched_writes, web_world
from properties import examples

NAT = """
networks: {vnet-nat: {space: 10.30.0.0/16, subnets: {nodes: {prefix: 10.30.0.0/22, nat: nat-out}}}}
nat_gateways: {nat-out: {address: 20.71.33.14}}
"""
KINDS = {
    "load-balancer": "",
    "nat-gateway": "network: vnet-nat/nodes, egress: nat-out, ",
    "firewall": "body: {properties: {networkProfile: {outboundType: userDefinedRouting}}}, ",
}


def open_world(kind: str) -> str:
    """The cluster `web`, open to everyone, whose nodes leave in this way."""
    return web_world(None, more=NAT).replace("web: {", f"web: {{{KINDS[kind]}")


def everybody_works(on: Stage) -> bool:
    return all(node.ready for node in on.cluster("web").nodes())


orders = st.lists(
    st.sampled_from(["allow", "connect", "revoke", "sweep", "allow --yes", "allow --lock-down", "connect --lock-down"]),
    min_size=1,
    max_size=5,
)


@examples(20)
@given(st.sampled_from(sorted(KINDS)), orders)
def test_an_open_cluster_is_never_written_without_a_clear_order(kind: str, said: list[str]) -> None:
    """`--lock-down` alone asks first, and a shell without a terminal cannot answer yes."""

    async def scene() -> None:
        async with stage(open_world(kind)) as on:
            ada = on.shell()
            with watched_writes(on) as writes:
                for command in said:
                    verb, *flags = command.split()
                    if verb == "connect":
                        flags += ["--via", "allowlist", "--print-kubeconfig"]
                    played = await ada.run(verb, *WEB, *flags)
                    assert played.code == (0 if verb in ("revoke", "sweep") else 68), played
                    if played.code and "--lock-down" not in flags:
                        assert "error [cluster-open]" in played.stderr
            assert (writes.accepted, writes.refused) == ([], [])
            assert on.ranges("web") == []
            assert everybody_works(on)

    play(scene())


@pytest.mark.parametrize(("kind", "stays"), [("load-balancer", ["0.0.0.0/32"]), ("nat-gateway", ["20.71.33.14/32"])])
def test_a_lock_down_keeps_the_nodes_in_and_stays_locked_when_the_last_lease_goes(kind: str, stays: list[str]) -> None:
    async def scene() -> None:
        async with stage(open_world(kind)) as on:
            ada = on.shell()
            locked = await ada.run("allow", *WEB, "--lock-down", "--yes")
            assert locked.code == 0, locked
            on.azure.world.settle()
            assert set(on.ranges("web")) == {*(one for one in stays if one != "0.0.0.0/32"), ada.address}
            assert everybody_works(on)
            assert on.cluster("web").admits(ada.session.caller.address)
            assert not on.cluster("web").admits(on.shell().session.caller.address)
            assert (await ada.run("revoke", *WEB)).code == 0
            await on.settled()
            assert list(on.cluster("web").enforced) == on.ranges("web") == stays
            assert everybody_works(on)

    play(scene())


def test_nobody_is_locked_down_whose_nodes_way_out_is_not_known_for_sure() -> None:
    async def scene() -> None:
        async with stage(open_world("firewall")) as on:
            refused = await on.shell().run("allow", *WEB, "--lock-down", "--yes")
            assert refused.code == 68, refused
            assert "error [node-egress-unknown]" in refused.stderr
            assert on.ranges("web") == []

    play(scene())
