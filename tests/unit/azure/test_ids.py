"""Resource ids: parsed without regard to case, and nothing that could leave its place in a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.ids import ClusterId, check_group, check_name
from aksess.errors import BadInput

names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,20}[A-Za-z0-9])?", fullmatch=True)
groups = st.from_regex(r"[A-Za-z0-9_().-]{0,20}[A-Za-z0-9_()-]", fullmatch=True)
ids = st.builds(ClusterId, st.uuids().map(str), groups, names)


@given(ids)
def test_an_id_survives_being_written_and_read(one: ClusterId) -> None:
    assert ClusterId.parse(str(one)) == one
    assert ClusterId.parse(f" {one}/\n") == one


@given(ids)
def test_ids_compare_without_case(one: ClusterId) -> None:
    assert ClusterId.parse(one.path.upper()).key == one.key


@given(st.text())
def test_what_is_no_id_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="is not the resource id"):
        ClusterId.parse(text)


@given(st.text())
def test_a_name_that_passes_cannot_leave_its_place_in_a_path(text: str) -> None:
    for check in (check_name, check_group):
        try:
            passed = check(text)
        except BadInput:
            continue
        assert not set(passed) & set("/\\?#%& \n\r\t")
        assert passed != ".."


@pytest.mark.parametrize("name", ["a", "web", "a_b-c", "1", "a" * 63])
def test_names_azure_allows(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "a/b", "a" * 64, "..", "web\n", "wéb"])
def test_names_azure_does_not_allow(name: str) -> None:
    with pytest.raises(BadInput):
        check_name(name)


@pytest.mark.parametrize("group", ["", ".", "a.", "a/b", "a" * 91, "a b", "rg\n"])
def test_groups_azure_does_not_allow(group: str) -> None:
    with pytest.raises(BadInput):
        check_group(group)
