"""Role-based access: wildcards, exclusions, inheritance."""

from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.world.people import People, Person, Role
from aksess_sim.world.resource_ids import cluster_id, group_id, subscription_path, within
from aksess_sim.world.roles import BUILT_IN

SCOPE = cluster_id("s", "rg", "web")
TEXT = st.text(alphabet="ab/.", max_size=8)
PATTERN = st.text(alphabet="ab/.*", max_size=8)


def fits(pattern: str, text: str) -> bool:
    """`*` is any text, by trying every length of it."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(fits(pattern[1:], text[taken:]) for taken in range(len(text) + 1))
    return text[:1] == pattern[0] and fits(pattern[1:], text[1:])


def role(*actions: str, without: tuple[str, ...] = ()) -> Role:
    return Role("test", "0", actions, without)


@given(PATTERN, TEXT)
def test_a_star_stands_for_any_text_and_all_else_for_itself(pattern: str, action: str) -> None:
    assert role(pattern).grants(action) == fits(pattern, action)


@given(st.lists(PATTERN, max_size=3), st.lists(PATTERN, max_size=3), TEXT)
def test_an_exclusion_beats_every_grant_of_the_same_role(granted: list[str], excluded: list[str], action: str) -> None:
    expected = any(fits(p, action) for p in granted) and not any(fits(p, action) for p in excluded)
    assert role(*granted, without=tuple(excluded)).grants(action) == expected


@given(st.sampled_from(["Microsoft.X/y/read", "MICROSOFT.X/Y/READ", "microsoft.x/y/read"]))
def test_case_does_not_matter(action: str) -> None:
    assert role("Microsoft.X/*/Read").grants(action) == role("microsoft.x/y/read").grants(action)


def tenant(*held: tuple[Role, str]) -> tuple[People, Person]:
    people, person = People("t", "d"), Person("eve", "1", "Eve", "eve@d")
    people.add(person)
    for granted, scope in held:
        people.assign("eve", granted, scope)
    return people, person


def test_an_exclusion_does_not_reach_another_role() -> None:
    people, eve = tenant((role("*", without=("*/write",)), "/subscriptions/s"), (role("x/write"), SCOPE))
    assert people.allowed(eve, "x/write", SCOPE)
    assert not people.allowed(eve, "y/write", SCOPE)


def test_a_role_holds_below_its_scope_and_nowhere_else() -> None:
    people, eve = tenant((role("*"), group_id("s", "rg")))
    assert people.allowed(eve, "x", SCOPE.upper())
    assert people.allowed(eve, "x", group_id("s", "rg"))
    assert not people.allowed(eve, "x", subscription_path("s"))
    assert not people.allowed(eve, "x", cluster_id("s", "rg2", "web"))


@given(st.lists(st.sampled_from(["a", "b", "A"]), min_size=1, max_size=5), st.integers(0, 5))
def test_every_part_of_a_path_is_above_it(segments: list[str], cut: int) -> None:
    path = "/" + "/".join(segments)
    above = "/" + "/".join(segments[: max(1, cut)])
    assert within(path, above)
    assert not within(above + "x", above)


def test_built_in_roles_do_what_their_names_say() -> None:
    write, grant = "Microsoft.ContainerService/managedClusters/write", "Microsoft.Authorization/roleAssignments/write"
    can = {name: (r.grants(write), r.grants(grant)) for name, r in BUILT_IN.items()}
    assert can["Owner"] == (True, True)
    assert can["Contributor"] == (True, False)
    assert can["Reader"] == (False, False)
    assert can["Azure Kubernetes Service Cluster User Role"] == (False, False)


def test_a_subscription_shows_itself_to_whoever_holds_anything_in_it() -> None:
    people, eve = tenant((role("x"), SCOPE))
    assert people.present_under(eve, "/subscriptions/s")
    assert not people.present_under(eve, "/subscriptions/other")
