"""What is read before a plan: in this world, by people who may read all of it, some of it, or nothing beside it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from aksess.azure import network_bodies as bodies
from aksess.azure.resources import Resources
from aksess.errors import ClusterUnknown, RightsMissing
from aksess.session import ClusterName, open_session
from aksess.settings import Settings
from aksess.vnet.model import Part, Piece, Wishes
from aksess.vnet.survey import Survey
from aksess.vnet.surveyor import Reading, Surveyor, parent_scope
from journeys.stage import Stage, play
from journeys.staged import nothing_changes, on_stage
from unit.azure.scripted_arm import Answers, ScriptedArm

GROUP = "/subscriptions/s/resourceGroups/g"
RELAY = f"{GROUP}/providers/Microsoft.Relay/namespaces/r"
PRINCIPAL = "11111111-2222-3333-4444-555555555555"


async def survey(on: Stage, cluster: str, person: str = "ada", wishes: Wishes | None = None) -> Survey:
    shell = on.shell(person)
    app = shell.app()

    async def principal() -> str | None:
        return PRINCIPAL

    async def registrations(subscription: str) -> Mapping[str, str]:
        return {"microsoft.relay": f"Registered in {subscription[:4]}"}

    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        resources = Resources(session.arm, session.clock)
        reader = Surveyor(session.clusters, resources, session.credentials, principal, registrations)
        found = await session.find(ClusterName(name=cluster, group="rg-demo"))
        return await reader.survey(found, wishes or Wishes())


@on_stage()
async def test_a_private_cluster_with_its_network_neighbours_and_zone(on: Stage) -> None:
    with nothing_changes(on):
        found = await survey(on, "vault")
    assert found.cluster_network is not None
    assert found.cluster_network.name == "vnet-vault"
    assert [one.name for one in found.neighbours] == ["vnet-hub"]
    assert found.zone is not None
    assert found.zone_links is not None
    assert {one["properties"]["virtualNetwork"]["id"].rpartition("/")[2] for one in found.zone_links} == {
        "vnet-vault",
        "vnet-hub",
    }
    assert found.shell_network is None
    assert found.principal == PRINCIPAL
    assert list(found.providers) == ["microsoft.relay"]
    assert found.deployer.startswith("ada@")


@on_stage()
async def test_a_public_cluster_has_no_zone(on: Stage) -> None:
    found = await survey(on, "web")
    assert found.zone is None
    assert found.zone_links is None


@on_stage()
async def test_a_network_that_is_named_is_read_with_its_neighbours(on: Stage) -> None:
    hub = next(id_ for id_ in on.azure.world.networks.of_kind(bodies.VNET) if id_["name"] == "vnet-hub")["id"]
    found = await survey(on, "vault", wishes=Wishes(network=hub, principal="mine"))
    assert found.shell_network is not None
    assert found.shell_network.name == "vnet-hub"
    assert found.neighbours == ()
    assert found.principal == "mine"


@on_stage()
async def test_what_one_may_not_read_is_left_out_but_the_cluster(on: Stage) -> None:
    found = await survey(on, "web", "ben")
    assert found.cluster.id.name == "web"
    assert found.cluster_network is None
    assert not any(found.standing.values())
    with pytest.raises((ClusterUnknown, RightsMissing)):
        await survey(on, "vault", "ben")


def reader(answers: Answers) -> tuple[Surveyor, ScriptedArm]:
    arm = ScriptedArm(answers)

    async def nobody(*_: str) -> None:
        return None

    return Surveyor(None, Resources(arm.arm, None), None, nobody, nobody), arm  # type: ignore[arg-type]


def role(
    scope: str, name: str = "other", role_id: str = bodies.CONTRIBUTOR, principal: str = PRINCIPAL
) -> dict[str, object]:
    definition = f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{role_id}"
    properties = {"scope": scope, "roleDefinitionId": definition, "principalId": principal}
    return {"id": f"{scope}/providers/{bodies.ROLE_ASSIGNMENT}/{name}", "properties": properties}


WANTED = Piece(
    Part.RELAY_ROLE,
    f"{RELAY}/providers/{bodies.ROLE_ASSIGNMENT}/ours",
    "2022-04-01",
    bodies.role_assignment("s", bodies.CONTRIBUTOR, PRINCIPAL),
    "why",
)


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ([], None),
        ([role(RELAY)], "other"),
        ([role(RELAY.upper())], "other"),
        ([role(RELAY), role(RELAY, "ours")], "ours"),
        ([role(GROUP)], "other"),
        ([role(f"{RELAY}/hybridConnections/h")], None),
        ([role("/subscriptions/s/resourceGroups/g2")], None),
        ([role(RELAY, role_id=bodies.NETWORK_CONTRIBUTOR)], None),
        ([role(RELAY, principal="somebody")], None),
    ],
)
def test_a_role_is_held_whoever_gave_it(there: list[dict[str, object]], found: str | None) -> None:
    one, _ = reader({("GET", f"{RELAY}/providers/{bodies.ROLE_ASSIGNMENT}"): {"value": there}})
    standing = play(one.pieces([WANTED]))[WANTED.id]
    assert (standing["id"].rpartition("/")[2] if isinstance(standing, dict) else standing) == found


def test_the_pieces_of_a_plan_are_there_missing_or_hidden() -> None:
    hidden = RightsMissing("no", "ask")
    others = [f"{GROUP}/providers/{bodies.RELAY}/{name}" for name in ("a", "b", "c")]
    pieces = [replace(WANTED, part=Part.RELAY, id=one) for one in others]
    one, arm = reader({("GET", others[0]): {"id": "a"}, ("GET", others[1]): hidden})
    standing: Mapping[str, Reading] = play(one.pieces(pieces))
    assert list(standing.values()) == [{"id": "a"}, hidden, None]
    assert play(one.read(others)) == standing
    assert len(arm.asked) == 6


def test_what_an_assignment_is_about() -> None:
    assert parent_scope(WANTED.id) == RELAY
