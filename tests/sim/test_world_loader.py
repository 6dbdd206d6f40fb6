"""World files: short forms with defaults, and errors that name file, path and what is wrong."""

import re
from pathlib import Path

import pytest

from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.sections import WorldFileError

DOCUMENT = Path(__file__).parents[2] / "docs" / "world-files.md"


async def test_the_shortest_world_is_an_empty_file() -> None:
    world = read_world("")
    assert len(world.subscriptions) == 1
    assert not world.clusters


async def test_one_line_is_enough_for_a_cluster() -> None:
    world = read_world("clusters: {web: {ranges: [1.2.3.4, 20.1.0.0/16], timings: {update: 30}}}")
    web = world.cluster_named("web")
    assert web.ranges == list(web.enforced) == ["1.2.3.4/32", "20.1.0.0/16"]
    assert web.timings.update == 30
    assert web.timings.effective_after == world.timings.effective_after == 60
    assert web.resource_group == "rg-demo"
    assert web.id.split("/")[2] in world.subscriptions


async def test_names_may_say_their_group() -> None:
    world = read_world("groups: {rg-b: {location: northeurope}}\nclusters: {web: {}, rg-b/web: {}}")
    assert [c.resource_group for c in world.clusters.values()] == ["rg-demo", "rg-b"]
    assert [c.body["location"] for c in world.clusters.values()] == ["westeurope", "northeurope"]
    with pytest.raises(KeyError, match=r"several clusters.*rg-demo/web, rg-b/web"):
        world.cluster_named("web")


async def test_timings_of_the_file_hold_for_every_cluster_that_says_nothing() -> None:
    world = read_world("timings: {update: 5, deployment: 1}\nclusters: {a: {}, b: {timings: {update: 7}}}")
    assert [c.timings.update for c in world.clusters.values()] == [5, 7]
    assert world.timings.deployment == 1


async def test_raw_fields_are_merged_into_the_body() -> None:
    text = (
        "clusters: {web: {ranges: [1.2.3.4], body: {properties: {apiServerAccessProfile: {disableRunCommand: true}}}}}"
    )
    profile = read_world(text).cluster_named("web").access_profile
    assert profile["disableRunCommand"] is True
    assert profile["authorizedIPRanges"] == ["1.2.3.4/32"]


async def test_an_application_has_a_client_id_and_a_secret() -> None:
    world = read_world("people: {ci: {application: true, secret: s, federated: 'repo:x'}, ada: {}}")
    application = world.person("ci").application
    assert application is not None
    assert (application.secret, application.federated_subject) == ("s", "repo:x")
    assert world.people.by_client_id(application.client_id) is world.person("ci")
    assert world.person("ada").application is None


async def test_custom_roles_and_every_way_to_name_a_scope() -> None:
    world = read_world(
        """
        subscriptions: [one, two]
        groups: {rg-two: {subscription: two}}
        clusters: {web: {}, rg-two/api: {}}
        roles: {Narrow: {actions: [a/*], not_actions: [a/b]}}
        people:
          p:
            roles:
              - {role: Narrow, at: web}
              - {role: Narrow, at: rg-two/api}
              - {role: Narrow, at: rg-two}
              - {role: Narrow, at: two}
              - {role: Narrow, at: /subscriptions/x}
        """
    )
    person, api = world.person("p"), world.cluster_named("api")
    assert world.people.allowed(person, "a/c", world.cluster_named("web").id)
    assert not world.people.allowed(person, "a/b", api.id)
    assert len(world.people.roles_at(person, api.id)) == 3
    assert len(world.people.roles_at(person, "/subscriptions/x")) == 1


ERRORS = [
    ("clusters: {web: {rangs: []}}", "w.yaml: clusters.web.rangs: unknown key; did you mean `ranges`?"),
    ("cluster: {}", "w.yaml: cluster: unknown key; did you mean `clusters`?"),
    ("zebra: 1", "w.yaml: zebra: unknown key; known keys are"),
    ("clusters: [web]", "w.yaml: clusters: must be a mapping"),
    ("clusters: {web: {ranges: 1.2.3.4}}", "w.yaml: clusters.web.ranges: must be a list, not '1.2.3.4'"),
    ("clusters: {web: {ranges: [1]}}", "w.yaml: clusters.web.ranges: must be a list of text"),
    ("clusters: {web: {ranges: [1.2.3.4/24]}}", "w.yaml: clusters.web.ranges: "),
    ("clusters: {web: {ranges: [0.0.0.0/32, 1.2.3.4]}}", "w.yaml: clusters.web.ranges: "),
    ("clusters: {web: {private: maybe}}", "w.yaml: clusters.web.private: must be true or false, not 'maybe'"),
    ("clusters: {web: {private: true}}", "w.yaml: clusters.web: a private cluster needs a `network`"),
    ("clusters: {web: {network: a/b}}", "w.yaml: clusters.web.network: no subnet `a/b`"),
    ("clusters: {web: {egress: g}}", "w.yaml: clusters.web: there is no NAT gateway `g`"),
    ("clusters: {web: {dns_links: [v]}}", "w.yaml: clusters.web.dns_links: only a private cluster"),
    (
        "clusters: {web: {timings: {updat: 3}}}",
        "w.yaml: clusters.web.timings.updat: unknown key; did you mean `update`?",
    ),
    ("timings: {update: -1}", "w.yaml: timings.update: must be a number, zero or more"),
    ("timings: {update: yes}", "w.yaml: timings.update: must be a number, zero or more"),
    ("people: {ada: {roles: [Ownr]}}", "w.yaml: people.ada.roles.role: `Ownr`: did you mean `Owner`?"),
    ("people: {a: {roles: [{role: Owner, at: wbe}]}}\nclusters: {web: {}}", "`wbe`: did you mean `web`?"),
    ("people: {a: {roles: [{role: Owner, on: web}]}}", "w.yaml: people.a.roles: the key True must be text"),
    ("networks: {v: {space: 10.0.0.0/33}}", "w.yaml: networks.v.space: `10.0.0.0/33` is not an IPv4 network"),
    (
        "networks: {v: {subnets: {n: {prefix: 11.0.0.0/24}}}}",
        "w.yaml: networks.v.subnets.n.prefix: 11.0.0.0/24 is not inside",
    ),
    ("networks: {v: {peers: [w]}}", "w.yaml: networks.v: there is no network `w`"),
    ("networks: {v: {}}\nbastions: {b: {network: v}}", "w.yaml: bastions.b.network: the network must have a subnet"),
    ("service_tags: {A: [x]}", "w.yaml: service_tags.A: "),
    ("groups: {g: {subscription: two}}", "w.yaml: groups.g.subscription: `two`: must be one of demo"),
    ("a: [", "w.yaml: not YAML: "),
    ("- a", "w.yaml: must be a mapping"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS, ids=[text for text, _ in ERRORS])
async def test_an_error_names_file_path_and_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(WorldFileError, match=re.escape(message)):
        read_world(text, "w.yaml")


async def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorldFileError, match=r"absent\.yaml: cannot be read"):
        load_world(tmp_path / "absent.yaml")


async def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text("clusters: {tiny: {}}")
    assert load_world(path, speed=9).cluster_named("tiny").name == "tiny"


async def test_the_documents_example_is_a_world() -> None:
    example = re.search(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    world = read_world(example[1])
    assert world.cluster_named("shop").ranges
    assert world.cluster_named("ledger").private


STRANGERS = [
    "zzzzzz: 1",
    "timings: {zzzzzz: 1}",
    "people: {p: {zzzzzz: 1}}",
    "people: {p: {roles: [{role: Owner, zzzzzz: 1}]}}",
    "roles: {r: {zzzzzz: 1}}",
    "groups: {g: {zzzzzz: 1}}",
    "nat_gateways: {g: {zzzzzz: 1}}",
    "networks: {v: {zzzzzz: 1}}",
    "networks: {v: {subnets: {n: {zzzzzz: 1}}}}",
    "networks: {v: {subnets: {AzureBastionSubnet: {}}}}\nbastions: {b: {network: v, zzzzzz: 1}}",
    "clusters: {c: {zzzzzz: 1}}",
    "clusters: {c: {run_command_pod: {zzzzzz: 1}}}",
]


@pytest.mark.parametrize("text", STRANGERS)
async def test_the_document_names_every_key_that_is_known(text: str) -> None:
    with pytest.raises(WorldFileError) as error:
        read_world(text)
    known = str(error.value).partition("known keys are ")[2].split(", ")
    document = DOCUMENT.read_text(encoding="utf-8")
    assert len(known) > 1
    assert [key for key in known if not re.search(rf"`{key}`|{{{key}:|, {key}:", document)] == []
