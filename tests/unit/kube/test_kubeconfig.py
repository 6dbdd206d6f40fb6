"""Kubeconfigs: whatever Azure hands out is read or refused in one way, and what is written only its owner can read."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aksess.errors import AzureRefused
from aksess.kube.kubeconfig import Kubeconfig, read_kubeconfig, write_private

PLAIN: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "web",
    "contexts": [
        {"name": "old", "context": {"cluster": "c", "user": "u"}},
        {"name": "web", "context": {"cluster": "c", "user": "u", "namespace": "shop"}},
    ],
    "clusters": [{"name": "c", "cluster": {"server": "https://web.hcp:443", "certificate-authority-data": "QQ=="}}],
    "users": [{"name": "u", "user": {"token": "secret"}}],
}


def test_the_current_context_is_kept_alone() -> None:
    found = read_kubeconfig(yaml.safe_dump(PLAIN))
    assert (found.context, found.server, found.host, found.authority) == (
        "web",
        "https://web.hcp:443",
        "web.hcp",
        "QQ==",
    )
    assert (found.user, found.namespace, found.signs_in) == ({"token": "secret"}, "shop", False)
    again = read_kubeconfig(json.dumps(found.to_data()))
    assert again == Kubeconfig("web", found.cluster, found.user, "shop")


def test_without_a_current_context_the_first_is_taken() -> None:
    assert read_kubeconfig(yaml.safe_dump({**PLAIN, "current-context": ""})).context == "old"


@pytest.mark.parametrize("user", [{"exec": {"command": "kubelogin"}}, {"auth-provider": {"name": "azure"}}])
def test_a_user_who_signs_in_gets_our_credential_and_no_secret(user: dict[str, Any]) -> None:
    found = Kubeconfig("web", {"server": "https://x"}, user)
    assert found.signs_in
    ours = found.with_exec(["aksess", "token"])
    assert ours.user["exec"]["command"] == "aksess"
    assert ours.user["exec"]["args"] == ["token"]
    assert list(ours.user) == ["exec"]


def test_a_tunnel_changes_where_and_not_who() -> None:
    cluster = {"server": "https://web.hcp:443", "certificate-authority-data": "QQ=="}
    given = Kubeconfig("web", cluster, {"token": "secret"}, "shop")
    ours = given.through(4711)
    assert (given.loopback, ours.loopback) == (False, True)
    assert (ours.server, ours.server_name, ours.authority) == ("https://127.0.0.1:4711", "web.hcp", "QQ==")
    assert (ours.user, ours.namespace, ours.context) == (given.user, "shop", "web")
    assert given.server == "https://web.hcp:443", "the one that was given stays as it is"
    named = Kubeconfig("web", {"server": "https://10.0.0.4/api", "tls-server-name": "web.hcp"}, {})
    assert named.through(1).cluster == {"server": "https://127.0.0.1:1/api", "tls-server-name": "web.hcp"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def mangled(path: list[Any], value: Any) -> Any:
    """The plain kubeconfig with one place in it replaced."""
    whole = json.loads(json.dumps(PLAIN))
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return whole


PLACES: list[list[Any]] = [
    ["current-context"],
    ["contexts"],
    ["contexts", 0],
    ["contexts", 1, "name"],
    ["contexts", 1, "context"],
    ["contexts", 1, "context", "cluster"],
    ["contexts", 1, "context", "user"],
    ["contexts", 1, "context", "namespace"],
    ["clusters"],
    ["clusters", 0],
    ["clusters", 0, "cluster"],
    ["clusters", 0, "cluster", "server"],
    ["users"],
    ["users", 0, "user"],
]


@given(st.sampled_from(PLACES), json_values)
def test_a_mangled_kubeconfig_is_read_or_refused_as_azures(path: list[Any], value: Any) -> None:
    try:
        found = read_kubeconfig(yaml.safe_dump(mangled(path, value)))
    except AzureRefused:
        return
    assert found.server.startswith("https://")


@given(st.text() | json_values.map(yaml.safe_dump))
def test_any_text_is_read_or_refused_as_azures(text: str) -> None:
    with pytest.raises(AzureRefused, match="cannot be read"):
        read_kubeconfig(text)


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.system [echo]", "&a [*a, *a]", "{a: {b: [", "\x00", "- - -"]
)
def test_dangerous_yaml_is_refused(text: str) -> None:
    with pytest.raises(AzureRefused):
        read_kubeconfig(text)


@pytest.mark.parametrize("server", ["http://web", "ftp://web", "", "web:443", None])
def test_a_server_that_is_not_https_is_refused(server: Any) -> None:
    with pytest.raises(AzureRefused, match="https"):
        read_kubeconfig(yaml.safe_dump(mangled(["clusters", 0, "cluster", "server"], server)))


def test_what_is_written_is_private_and_never_goes_through_what_is_there(tmp_path: Path) -> None:
    config = read_kubeconfig(yaml.safe_dump(PLAIN))
    path = tmp_path / "config"
    write_private(config, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert yaml.safe_load(path.read_text()) == config.to_data()
    with pytest.raises(FileExistsError):
        write_private(config, path)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_private(config, tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()
