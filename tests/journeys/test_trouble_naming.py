"""A cluster that is not the one cluster meant: none, several, an impossible name. Said before anything is looked at."""

import pytest

from journeys.stage import Stage
from journeys.staged import nothing_changes, on_stage, refused

TWINS = """
subscriptions: [one, two]
people: {ada: {roles: [Owner, {role: Owner, at: two}]}, eve: {}}
groups: {rg-far: {subscription: two}}
clusters:
  rg-a/twin: {ranges: [51.144.20.0/24]}
  rg-b/twin: {ranges: [51.144.20.0/24]}
  rg-far/twin: {ranges: [51.144.20.0/24]}
  rg-far/alone: {ranges: [51.144.20.0/24]}
"""
EVERY_COMMAND = [
    ("allow",),
    ("connect", "--explain"),
    ("connect", "--dry-run"),
    ("kubectl", "get"),
    ("leases",),
    ("revoke",),
    ("sweep",),
]


def named(command: tuple[str, ...], *name: str) -> tuple[str, ...]:
    """The command with a cluster in front of its own words, as `kubectl` needs it."""
    return (command[0], *name, *command[1:])


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=" ".join)
@on_stage()
async def test_no_cluster_of_that_name(on: Stage, command: tuple[str, ...]) -> None:
    ada = on.shell()
    with nothing_changes(on):
        bare = await ada.run(*named(command, "-n", "nosuch"))
        refused(bare, 64, "cluster-unknown", "there is no cluster `nosuch` anywhere you can see", "az aks list")
        grouped = await ada.run(*named(command, "-g", "rg-demo", "-n", "nosuch"))
        refused(grouped, 64, "cluster-unknown", "`nosuch` in resource group `rg-demo`", "az aks list")
        elsewhere = await ada.run(*named(command, "-g", "rg-nope", "-n", "web"))
        refused(elsewhere, 64, "cluster-unknown", "`web` in resource group `rg-nope`", "az aks list")


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=" ".join)
@on_stage()
async def test_no_cluster_is_named_at_all(on: Stage, command: tuple[str, ...]) -> None:
    refused(await on.shell().run(*command), 2, "no-cluster", "-g GROUP -n NAME", "aksess use")


@on_stage(TWINS)
async def test_several_of_one_name_are_listed_with_their_places(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        several = await ada.run("allow", "-n", "twin")
        refused(
            several, 64, "cluster-ambiguous", "there are 3 clusters named `twin`", "-g rg-a --sub", "-g rg-far --sub"
        )


@on_stage(TWINS)
async def test_a_group_a_path_or_an_id_says_which_one(on: Stage) -> None:
    ada = on.shell()
    wanted = next(one.id for one in on.azure.world.clusters.values() if one.resource_group == "rg-b")
    for words in (["-g", "RG-B", "-n", "TWIN"], ["-n", "rg-b/twin"], ["-n", wanted], ["-n", wanted.upper()]):
        leases = await ada.run("leases", *words, "-o", "json")
        assert leases.code == 0, leases
        assert leases.data["cluster"].lower() == wanted.lower()


@on_stage(TWINS)
async def test_a_cluster_of_another_subscription_is_found_by_its_name_alone(on: Stage) -> None:
    found = await on.shell().run("leases", "-n", "alone", "-o", "json")
    assert found.code == 0, found
    assert "/resourceGroups/rg-far/" in found.data["cluster"]


@on_stage(TWINS)
async def test_a_person_without_any_subscription_is_told_so(on: Stage) -> None:
    lost = await on.shell("eve").run("leases", "-n", "twin")
    refused(lost, 64, "cluster-unknown", "you can see no subscription at all", "ask for Reader on one")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-n", "bad name!"], "`bad name!` cannot be the name of a managed cluster"),
        (["-n", "../../evil"], "cannot be"),
        (["-n", "a" * 64], "1 to 63"),
        (["-g", "rg/../x", "-n", "web"], "`rg/../x` cannot be the name of a resource group"),
        (["-g", "ends.", "-n", "web"], "az group list"),
        (["-n", "/subscriptions/x/resourceGroups/y"], "is not the resource id of a managed cluster"),
    ],
)
@on_stage()
async def test_an_impossible_name_never_reaches_azure(on: Stage, words: list[str], says: str) -> None:
    ada = on.shell()
    impossible = await ada.run("leases", "--subscription", next(iter(on.azure.world.subscriptions)), *words)
    refused(impossible, 2, "bad-input", says)
    assert not on.azure.journal.find(host="management.azure.com")


@on_stage()
async def test_the_environment_and_the_kept_default_name_it_too(on: Stage) -> None:
    ada = on.shell()
    assert (await ada.run("use", "-n", "sealed")).code == 0
    assert (await ada.run("leases", "-o", "json")).data["authorizedRanges"] == ["0.0.0.0/32"]
    ada.environment["AKSESS_CLUSTER"] = "rg-demo/web"
    assert (await ada.run("leases", "-o", "json")).data["cluster"].endswith("/web"), "the environment comes first"
    assert (await ada.run("leases", "-n", "nat", "-o", "json")).data["cluster"].endswith("/nat"), "the word before it"
