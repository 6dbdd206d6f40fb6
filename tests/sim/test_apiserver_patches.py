"""The four kinds of patch, as pure functions: the standards' own examples, and that nothing breaks them."""

import contextlib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aksess_sim.services.apiserver.objects.refusals import Refusal
from aksess_sim.services.apiserver.patches.json_patch import apply_json_patch
from aksess_sim.services.apiserver.patches.merge_patch import apply_merge_patch
from aksess_sim.services.apiserver.patches.server_side_apply import Appliers
from aksess_sim.services.apiserver.patches.strategic import apply_strategic_patch

JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "containers",
                    "ports",
                    "containerPort",
                    "env",
                    "finalizers",
                    "$patch",
                    "$retainKeys",
                    "$setElementOrder/env",
                    "$deleteFromPrimitiveList/finalizers",
                    "metadata",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("document", "operations", "expected"),
    [
        # RFC 6902 appendix A, by number.
        ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"baz": "qux", "foo": "bar"}),
        ({"foo": ["bar", "baz"]}, [{"op": "add", "path": "/foo/1", "value": "q"}], {"foo": ["bar", "q", "baz"]}),
        ({"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["bar", "baz"]}),
        ({"baz": "qux"}, [{"op": "replace", "path": "/baz", "value": "boo"}], {"baz": "boo"}),
        (
            {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
            [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
            {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
        ),
        ({"baz": "qux"}, [{"op": "test", "path": "/baz", "value": "qux"}], {"baz": "qux"}),
        ({"foo": ["bar"]}, [{"op": "add", "path": "/foo/-", "value": ["abc"]}], {"foo": ["bar", ["abc"]]}),
        ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
        ({"a": {"b/c": 1}}, [{"op": "copy", "from": "/a/b~1c", "path": "/d"}], {"a": {"b/c": 1}, "d": 1}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": {"b": 2}}], {"b": 2}),
    ],
)
def test_json_patch(document: Any, operations: Any, expected: Any) -> None:
    before = deepcopy(document)
    assert apply_json_patch(document, operations) == expected
    assert document == before


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ({}, 400),
        (["add"], 400),
        ([{"op": "add", "path": "/a"}], 400),
        ([{"op": "jump", "path": "/a"}], 400),
        ([{"op": "remove", "path": "a"}], 400),
        ([{"op": "remove", "path": "/none"}], 422),
        ([{"op": "test", "path": "/list/0", "value": 2}], 422),
        ([{"op": "add", "path": "/list/5", "value": 2}], 422),
        ([{"op": "replace", "path": "/list/01", "value": 2}], 422),
        ([{"op": "add", "path": "/list/0/x/y", "value": 2}], 422),
    ],
)
def test_json_patches_that_cannot_be(operations: Any, code: int) -> None:
    with pytest.raises(Refusal) as refused:
        apply_json_patch({"list": [1]}, operations)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        # RFC 7386 appendix A.
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "foo"}, None, None),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(target: Any, patch: Any, expected: Any) -> None:
    assert apply_merge_patch(target, patch) == expected


WEB = {"name": "web", "image": "a", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]}
SIDE = {"name": "side", "image": "b", "ports": [{"containerPort": 80}, {"containerPort": 81, "name": "admin"}]}
SPEC = {"containers": [WEB, SIDE], "tolerations": [{"key": "a"}]}


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        (SPEC, {"containers": [{"name": "side", "image": "c"}]}, SPEC | {"containers": [WEB, SIDE | {"image": "c"}]}),
        (SPEC, {"containers": [{"name": "new"}]}, SPEC | {"containers": [WEB, SIDE, {"name": "new"}]}),
        (SPEC, {"containers": [{"name": "web", "$patch": "delete"}]}, SPEC | {"containers": [SIDE]}),
        (SPEC, {"containers": [{"$patch": "replace"}, {"name": "x"}]}, SPEC | {"containers": [{"name": "x"}]}),
        (
            SPEC,
            {"$setElementOrder/containers": [{"name": "side"}, {"name": "web"}]},
            SPEC | {"containers": [SIDE, WEB]},
        ),
        (SPEC, {"tolerations": [{"key": "b"}]}, SPEC | {"tolerations": [{"key": "b"}]}),
        (WEB, {"env": [{"name": "X", "value": None}]}, WEB | {"env": [{"name": "X"}, {"name": "Y", "value": "2"}]}),
        (
            SIDE,
            {"ports": [{"containerPort": 80, "name": "http"}]},
            SIDE | {"ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81, "name": "admin"}]},
        ),
        ({"ports": [{"port": 1}]}, {"ports": [{"port": 2}]}, {"ports": [{"port": 1}, {"port": 2}]}),
        ({"finalizers": ["a"]}, {"finalizers": ["b", "a"]}, {"finalizers": ["a", "b"]}),
        ({"finalizers": ["a", "b"]}, {"$deleteFromPrimitiveList/finalizers": ["a"]}, {"finalizers": ["b"]}),
        (
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}},
            {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}},
            {"strategy": {"type": "Recreate"}},
        ),
        ({"a": {"b": 1}}, {"a": {"$patch": "replace", "c": 2}}, {"a": {"c": 2}}),
        ({"a": {"b": 1}}, {"a": {"$patch": "delete"}}, {"a": {}}),
    ],
)
def test_strategic_merge_patch(target: Any, patch: Any, expected: Any) -> None:
    before = deepcopy(target)
    assert apply_strategic_patch(target, patch) == expected
    assert target == before


def test_a_directive_that_makes_no_sense() -> None:
    with pytest.raises(Refusal):
        apply_strategic_patch({}, {"a": {"$patch": "explode"}})


@given(target=st.dictionaries(st.sampled_from(["containers", "env", "ports", "a"]), JSON_VALUES), patch=JSON_VALUES)
def test_a_strategic_patch_is_carried_out_or_refused_and_leaves_its_input_alone(target: Any, patch: Any) -> None:
    before = deepcopy((target, patch))
    with contextlib.suppress(Refusal):
        apply_strategic_patch(target, patch)
    assert (target, patch) == before


@given(target=JSON_VALUES, patch=JSON_VALUES)
def test_a_merge_patch_carried_out_twice_changes_nothing_more(target: Any, patch: Any) -> None:
    once = apply_merge_patch(target, patch)
    assert apply_merge_patch(once, patch) == once


def live(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web", "uid": "u"}, "spec": spec}


def test_what_an_applier_no_longer_names_goes_and_nothing_else() -> None:
    appliers = Appliers()
    first = {"spec": {"paused": True, "containers": [WEB, SIDE]}}
    appliers.remember("u", "me", first)
    now = live(paused=True, replicas=3, containers=[WEB, SIDE])
    merged = appliers.merge(now, {"spec": {"containers": [{"name": "web", "image": "z"}]}}, manager="me", force=False)
    assert merged["spec"] == {"replicas": 3, "containers": [{"name": "web", "image": "z", "env": []}]}


def test_two_appliers_conflict_unless_forced_or_agreed() -> None:
    appliers = Appliers()
    appliers.remember("u", "other", {"spec": {"containers": [WEB]}})
    now = live(containers=[WEB])
    agreed = {"spec": {"containers": [{"name": "web", "image": "a"}]}}
    assert appliers.merge(now, agreed, manager="me", force=False) == now
    mine = {"spec": {"containers": [{"name": "web", "image": "z"}]}}
    with pytest.raises(Refusal) as refused:
        appliers.merge(now, mine, manager="me", force=False)
    assert refused.value.message == (
        'Apply failed with 1 conflict: conflict with "other": .spec.containers[name="web"].image'
    )
    assert appliers.merge(now, mine, manager="me", force=True)["spec"]["containers"][0]["image"] == "z"


@given(first=JSON_VALUES, second=JSON_VALUES)
@example(first={"containers": [{"$patch": "replace"}, {"name": "a"}]}, second={})
@example(first=None, second={"containers": [{"$patch": None}]})
def test_applying_anything_is_carried_out_or_refused(first: Any, second: Any) -> None:
    appliers = Appliers()
    appliers.remember("u", "me", {"spec": first})
    now = apply_strategic_patch(live(), {"spec": deepcopy(first)}) if isinstance(first, dict) and not first else live()
    with contextlib.suppress(Refusal):
        merged = appliers.merge(now, {"spec": second}, manager="me", force=True)
        assert merged["metadata"] == {"name": "web", "uid": "u"}
