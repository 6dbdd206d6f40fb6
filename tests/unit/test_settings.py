"""Settings: the environment before the file, errors that name the variable, secrets that stay masked."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.errors import BadInput
from aksess.settings import OBSERVERS, Secret, Settings, masked, read_settings_file, settings_file, wants_debug


def home(folder: Path, **kept: str) -> dict[str, str]:
    """An environment whose settings file holds this."""
    file = folder / ".config" / "aksess" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(kept))
    return {"HOME": str(folder)}


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    settings = Settings.from_environment({"HOME": str(tmp_path)})
    assert (settings.cluster, settings.subscription, settings.ledger) == (None, None, "deployments")
    assert (settings.widest_prefix, settings.observers) == (32, OBSERVERS)
    assert settings.state_folder == tmp_path / ".local" / "state" / "aksess"


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    environment = home(tmp_path, cluster="kept", ledger="local")
    assert Settings.from_environment(environment).cluster == "kept"
    assert Settings.from_environment(environment).ledger == "local"
    said = {**environment, "AKSESS_CLUSTER": "said", "AKSESS_LEDGER": "deployments"}
    assert (Settings.from_environment(said).cluster, Settings.from_environment(said).ledger) == ("said", "deployments")


@pytest.mark.parametrize(
    ("variables", "subscription"),
    [
        ({"AKSESS_SUBSCRIPTION": "a", "AZURE_SUBSCRIPTION_ID": "b"}, "a"),
        ({"AZURE_SUBSCRIPTION_ID": "b"}, "b"),
        ({"AKSESS_SUBSCRIPTION": "", "AZURE_SUBSCRIPTION_ID": "b"}, "b"),
    ],
)
def test_the_nearer_variable_wins(tmp_path: Path, variables: dict[str, str], subscription: str) -> None:
    assert Settings.from_environment({"HOME": str(tmp_path), **variables}).subscription == subscription


@pytest.mark.parametrize("value", ["table", "LOCAL", "local "])
def test_an_unknown_ledger_is_refused_by_name(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadInput, match="AKSESS_LEDGER"):
        Settings.from_environment({"HOME": str(tmp_path), "AKSESS_LEDGER": value})


@given(st.text())
def test_the_widest_range_is_a_prefix_from_8_to_32_or_refused(value: str) -> None:
    environment = {"HOME": "/nonexistent", "AKSESS_WIDEST": value}
    if value.strip("/") in {str(prefix) for prefix in range(8, 33)}:
        assert Settings.from_environment(environment).widest_prefix == int(value.strip("/"))
    else:
        with pytest.raises(BadInput, match="AKSESS_WIDEST"):
            Settings.from_environment(environment)


@pytest.mark.parametrize("value", ["32", "/28", "8", "\N{SUPERSCRIPT TWO}4", "", "7", "33", "0x18", "24.0"])
def test_prefixes_people_type(value: str) -> None:
    environment = {"HOME": "/nonexistent", "AKSESS_WIDEST": value}
    if value in ("32", "/28", "8"):
        assert Settings.from_environment(environment).widest_prefix == int(value.strip("/"))
    else:
        with pytest.raises(BadInput, match="AKSESS_WIDEST"):
            Settings.from_environment(environment)


@pytest.mark.parametrize(("value", "debug"), [("", False), ("0", False), ("1", True), ("yes", True)])
def test_debug(value: str, debug: bool) -> None:
    assert wants_debug({"AKSESS_DEBUG": value}) is debug


def test_observers_are_split_by_commas(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "AKSESS_OBSERVERS": "https://a,,https://b"}
    assert Settings.from_environment(environment).observers == ("https://a", "https://b")


def test_the_file_lies_where_xdg_says() -> None:
    assert settings_file({"XDG_CONFIG_HOME": "/c", "HOME": "/h"}) == Path("/c/aksess/settings.json")
    assert settings_file({"HOME": "/h"}) == Path("/h/.config/aksess/settings.json")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4))
def test_a_file_that_aksess_did_not_write_is_refused(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.json"
    file.write_text(json.dumps(content))
    with pytest.raises(BadInput, match="settings file"):
        read_settings_file(file)


@given(st.text(min_size=1))
def test_a_secret_is_masked_wherever_it_is_shown(value: str) -> None:
    secret = Secret(value)
    for shown in (
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r}",
        str([secret]),
        str({1: secret}),
    ):
        assert shown.replace("Secret(***)", "***") in ("***", "[***]", "{1: ***}")
    assert secret.reveal() == value


part = st.text(st.characters(blacklist_characters="/", blacklist_categories=["Z", "C"]), min_size=8)


@given(part, part)
def test_a_proxys_password_never_survives(user: str, password: str) -> None:
    said = masked(f"407, url='http://{user}:{password}@127.0.0.1:8080' and http://host/path")
    assert said == "407, url='http://***@127.0.0.1:8080' and http://host/path"


@given(st.text(st.characters(blacklist_characters="@")))
def test_what_holds_no_password_stays_as_it_is(text: str) -> None:
    assert masked(text) == text
