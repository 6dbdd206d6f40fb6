"""What a PUT does to a cluster: round trips, one at a time, propagation, roll-back, rights."""

import copy
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aksess_sim.world.clusters import Cluster
from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.operations import Operation, OperationError
from aksess_sim.world.preconditions import Preconditions
from aksess_sim.world.refusals import Refused
from aksess_sim.world.state import World

NEW = "73.140.245.7"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=8,
)


def put(
    world: World, cluster: Cluster, body: dict[str, Any], person: str = "ada", etag: str | None = None
) -> Operation:
    return world.updates.put(cluster, body, Preconditions(etag), world.person(person))


def with_ranges(cluster: Cluster, *ranges: str) -> dict[str, Any]:
    body = copy.deepcopy(cluster.body)
    body["properties"]["apiServerAccessProfile"]["authorizedIPRanges"] = list(ranges)
    return body


async def after(world: World, seconds: float) -> None:
    await world.clock.sleep(seconds)
    world.settle()


def places(body: dict[str, Any]) -> list[Callable[[dict[str, Any]], Any]]:
    """Objects at every depth of a cluster's body."""
    return [
        lambda b: b,
        lambda b: b["properties"],
        lambda b: b["properties"]["apiServerAccessProfile"],
        lambda b: b["properties"]["networkProfile"]["loadBalancerProfile"],
        lambda b: b["properties"]["agentPoolProfiles"][0],
        lambda b: b["properties"]["futureFeature"]["depth"],
        lambda b: b["identity"],
    ]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 6), JSON)
async def test_a_field_nobody_has_heard_of_survives_at_every_depth(place: int, value: Any) -> None:
    world = load_world()
    web = world.cluster_named("web")
    sent = copy.deepcopy(web.body)
    where = places(sent)[place]
    where(sent)["neverHeardOf"] = value
    put(world, web, sent)
    await after(world, 90)
    assert where(web.body)["neverHeardOf"] == value
    assert where(web.body).keys() == where(sent).keys()


READ_ONLY = ("id", "name", "type", "eTag", "systemData", "kind")
READ_ONLY_PROPERTIES = ("provisioningState", "powerState", "fqdn", "maxAgentPools", "resourceUID", "status")


@settings(deadline=None, max_examples=40)
@given(st.sets(st.sampled_from(READ_ONLY)), st.sets(st.sampled_from(READ_ONLY_PROPERTIES)), JSON)
async def test_read_only_fields_are_ignored_whether_sent_or_not(top: set[str], below: set[str], value: Any) -> None:
    world = load_world()
    web = world.cluster_named("web")
    before, sent = copy.deepcopy(web.body), copy.deepcopy(web.body)
    for key in READ_ONLY:
        sent.pop(key, None) if key in top else sent.update({key: value})
    for key in READ_ONLY_PROPERTIES:
        properties = sent["properties"]
        properties.pop(key, None) if key in below else properties.update({key: value})
    put(world, web, sent)
    await after(world, 90)
    web.body["eTag"] = before["eTag"]
    web.body["properties"]["agentPoolProfiles"][0]["eTag"] = before["properties"]["agentPoolProfiles"][0]["eTag"]
    assert web.body == before


async def test_arm_shows_new_ranges_at_once_and_the_api_server_enforces_them_later() -> None:
    world = load_world()
    web, newcomer, former = world.cluster_named("web"), IPv4Address(NEW), IPv4Address("40.68.115.7")
    put(world, web, with_ranges(web, NEW))
    assert web.ranges == [f"{NEW}/32"]
    await after(world, 59)
    assert not web.admits(newcomer)
    assert web.admits(former)
    await after(world, 1)
    assert web.admits(newcomer)
    assert not web.admits(former)
    assert web.body["properties"]["provisioningState"] == "Updating"
    await after(world, 30)
    assert web.body["properties"]["provisioningState"] == "Succeeded"
    assert web.admits(newcomer)


@pytest.mark.parametrize(("effective", "update"), [(60, 90), (120, 90)])
async def test_a_failed_operation_takes_everything_back(effective: float, update: float) -> None:
    timings = f"timings: {{effective_after: {effective}, update: {update}}}"
    world = read_world(
        f"people: {{ada: {{roles: [Owner]}}}}\nclusters: {{web: {{ranges: [51.144.20.0/24], {timings}}}}}"
    )
    web = world.cluster_named("web")
    world.operations.fail_next(web.id, OperationError("InternalOperationError", "it broke"))
    operation = put(world, web, with_ranges(web, NEW))
    await after(world, update)
    assert operation.status == "Failed"
    assert operation.error == OperationError("InternalOperationError", "it broke")
    assert web.ranges == ["51.144.20.0/24"]
    assert web.body["properties"]["provisioningState"] == "Failed"
    await after(world, 600)
    assert not web.admits(IPv4Address(NEW))
    put(world, web, with_ranges(web, NEW))
    await after(world, 600)
    assert web.admits(IPv4Address(NEW))


async def test_one_operation_at_a_time_on_one_cluster() -> None:
    world = load_world()
    web, sealed = world.cluster_named("web"), world.cluster_named("sealed")
    put(world, web, with_ranges(web, NEW))
    with pytest.raises(Refused, match=r"OperationNotAllowed.*in progress"):
        put(world, web, with_ranges(web, "20.1.1.1"))
    with pytest.raises(Refused, match="OperationNotAllowed"):
        world.updates.patch_tags(web, {"a": "b"}, Preconditions())
    assert web.ranges == [f"{NEW}/32"]
    put(world, sealed, with_ranges(sealed, NEW))
    await after(world, 90)
    put(world, web, with_ranges(web, "20.1.1.1"))
    assert web.ranges == ["20.1.1.1/32"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0, 200), min_size=1, max_size=15))
async def test_however_writes_are_spaced_only_one_runs_and_the_last_accepted_holds(pauses: list[float]) -> None:
    world = load_world()
    web, accepted = world.cluster_named("web"), ["51.144.20.0/24", "40.68.115.7/32"]
    running: list[Operation] = []
    for number, pause in enumerate(pauses):
        await after(world, pause)
        running = [operation for operation in running if operation.status == "InProgress"]
        try:
            running.append(put(world, web, with_ranges(web, f"20.1.1.{number}")))
            accepted = [f"20.1.1.{number}/32"]
        except Refused:
            assert running
        assert len(running) == 1 or not running
    await after(world, 200)
    assert web.ranges == list(web.enforced) == accepted


async def test_a_wrong_etag_changes_nothing_and_every_write_makes_a_new_one() -> None:
    world = load_world()
    web = world.cluster_named("web")
    before = copy.deepcopy(web.body)
    with pytest.raises(Refused, match="PreConditionFailed"):
        put(world, web, with_ranges(web, NEW), etag='"other"')
    assert web.body == before
    put(world, web, with_ranges(web, NEW), etag=f'"{before["eTag"]}"')
    assert web.body["eTag"] != before["eTag"]
    pools = web.body["properties"]["agentPoolProfiles"], before["properties"]["agentPoolProfiles"]
    assert pools[0][0]["eTag"] != pools[1][0]["eTag"]


@pytest.mark.parametrize(
    ("match", "none_match", "etag", "code"),
    [
        (None, None, "e", None),
        ("", "", "e", None),
        ("*", None, "e", None),
        ("*", None, None, "PreConditionFailed"),
        ('"e"', None, "e", None),
        ("e", None, "e", None),
        ("x", None, "e", "PreConditionFailed"),
        (None, "*", "e", "PreConditionFailed"),
        (None, "*", None, None),
        (None, "e", "e", "BadRequest"),
        ("e", "*", "e", "BadRequest"),
    ],
)
def test_the_table_of_preconditions(
    match: str | None, none_match: str | None, etag: str | None, code: str | None
) -> None:
    if code is None:
        Preconditions(match, none_match).check(etag)
    else:
        with pytest.raises(Refused, match=code):
            Preconditions(match, none_match).check(etag)


async def test_twenty_writes_then_one_a_minute_refused_ones_counted() -> None:
    world = load_world()
    web = world.cluster_named("web")
    for _ in range(20):
        with pytest.raises(Refused, match="PreConditionFailed"):
            put(world, web, with_ranges(web, NEW), etag="other")
    with pytest.raises(Refused, match="Throttled") as refused:
        put(world, web, with_ranges(web, NEW))
    assert refused.value.retry_after == pytest.approx(60)
    await after(world, 60)
    put(world, web, with_ranges(web, NEW))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda b: b.pop("location"), "LocationRequired"),
        (lambda b: b.update(location="eastus"), "InvalidResourceLocation"),
        (lambda b: b.update(properties=None), "InvalidParameter"),
        (lambda b: b["properties"].pop("agentPoolProfiles"), "InvalidParameter"),
        (lambda b: b["properties"].update(agentPoolProfiles=[]), "InvalidParameter"),
        (lambda b: b["properties"].update(apiServerAccessProfile=[1]), "InvalidParameter"),
        (lambda b: b["properties"].update(dnsPrefix="x"), "PropertyChangeNotAllowed"),
        (lambda b: b["properties"]["networkProfile"].update(podCidr="10.9.0.0/16"), "PropertyChangeNotAllowed"),
        (
            lambda b: b["properties"]["identityProfile"]["kubeletidentity"].update(resourceId="/x"),
            "ChangeKubeletIdentityNotAllowed",
        ),
        (
            lambda b: b["properties"]["apiServerAccessProfile"].update(enablePrivateCluster=True),
            "PropertyChangeNotAllowed",
        ),
        (
            lambda b: b["properties"]["apiServerAccessProfile"].update(authorizedIPRanges=["1.2.3.4", "0.0.0.0/32"]),
            "InvalidParameter",
        ),
        (lambda b: b.update(tags={"a": "x" * 257}), "InvalidTagValue"),
    ],
)
async def test_a_body_that_breaks_a_rule_is_refused_and_changes_nothing(
    change: Callable[[Any], Any], code: str
) -> None:
    world = load_world()
    web = world.cluster_named("web")
    before, sent = copy.deepcopy(web.body), copy.deepcopy(web.body)
    change(sent)
    with pytest.raises(Refused) as refused:
        put(world, web, sent)
    assert refused.value.code == code
    assert web.body == before
    assert world.operations.running_on(web.id) is None


async def test_a_private_cluster_takes_no_ranges() -> None:
    world = load_world()
    vault = world.cluster_named("vault")
    with pytest.raises(Refused, match="Private cluster cannot be enabled with AuthorizedIPRanges"):
        put(world, vault, with_ranges(vault, NEW))


async def test_rights_are_needed_on_what_the_body_points_at() -> None:
    world = read_world(
        """
        people: {ben: {roles: [{role: Contributor, at: web}]}, ada: {roles: [Owner]}}
        networks: {v: {subnets: {n: {}}}}
        clusters: {web: {network: v/n, ranges: [51.144.20.0/24]}}
        """
    )
    web = world.cluster_named("web")
    with pytest.raises(Refused, match=r"LinkedAuthorizationFailed.*subnets/join/action"):
        put(world, web, with_ranges(web, NEW), "ben")
    put(world, web, with_ranges(web, NEW), "ada")


async def test_an_empty_list_opens_to_everyone() -> None:
    world = load_world()
    web = world.cluster_named("web")
    put(world, web, with_ranges(web))
    await after(world, 90)
    assert web.admits(IPv4Address("8.8.8.8"))
