"""The small commands and the words themselves: `use`, `token`, `completion`, help, and a command that is misspelt."""

import json
from datetime import UTC, datetime

import jwt
import pytest

from journeys.stage import Stage
from journeys.staged import nothing_changes, on_stage, refused

SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"


@on_stage()
async def test_use_keeps_shows_and_forgets_a_default(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        kept = await ada.run("use", "-n", "web")
        assert "web in rg-demo is the default now" in kept.stderr
        assert (await ada.run("use")).stdout.strip() == on.cluster("web").id
        assert (await ada.run("leases", "-o", "json")).data["cluster"] == on.cluster("web").id
        file = next(on.folder.glob("*/.config/aksess/settings.json"))
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        refused(await ada.run("use", "-n", "nosuch"), 64, "cluster-unknown", "`nosuch`")
        assert (await ada.run("use")).stdout.strip() == on.cluster("web").id, "a refusal keeps what was kept"
        assert (await ada.run("use", "--clear")).code == 0
        assert (await ada.run("use")).stdout.strip() == ""
        refused(await ada.run("leases"), 2, "no-cluster", "aksess use")


@pytest.mark.parametrize("text", ["[]", "{", '{"cluster": 7}', "\x00"])
@on_stage()
async def test_a_settings_file_that_is_damaged_is_named(on: Stage, text: str) -> None:
    ada = on.shell()
    assert (await ada.run("use", "-n", "web")).code == 0
    file = next(on.folder.glob("*/.config/aksess/settings.json"))
    file.write_text(text)
    refused(await ada.run("leases"), 2, "bad-input", str(file), "mend or remove")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1"),
        ("client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1beta1"),
        ("client.authentication.k8s.io/v1alpha1", "client.authentication.k8s.io/v1"),
        (None, "client.authentication.k8s.io/v1"),
    ],
)
@on_stage()
async def test_token_is_an_exec_credential_in_the_version_kubectl_asks_for(
    on: Stage, asked: str | None, answered: str
) -> None:
    ada = on.shell()
    if asked:
        ada.environment["KUBERNETES_EXEC_INFO"] = json.dumps({"apiVersion": asked, "kind": "ExecCredential"})
    credential = (await ada.run("token")).data
    assert (credential["apiVersion"], credential["kind"]) == (answered, "ExecCredential")
    claims = jwt.decode(credential["status"]["token"], options={"verify_signature": False})
    assert (claims["aud"], claims["upn"].split("@")[0]) == (SERVER, "ada")
    ends = datetime.strptime(credential["status"]["expirationTimestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert ends.timestamp() == claims["exp"]


@pytest.mark.parametrize("info", ["", "{", "[]", "7", '{"apiVersion": 1}'])
@on_stage()
async def test_token_lives_with_a_version_it_cannot_read(on: Stage, info: str) -> None:
    ada = on.shell()
    ada.environment["KUBERNETES_EXEC_INFO"] = info
    assert (await ada.run("token")).data["apiVersion"] == "client.authentication.k8s.io/v1"


@on_stage()
async def test_token_for_an_audience_nobody_serves(on: Stage) -> None:
    played = await on.shell().run("token", "--server-id", "https://nope.example")
    refused(played, 65, "audience-not-supported", "no token for `https://nope.example`", "az login")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@on_stage()
async def test_completion_prints_a_script_and_asks_nobody(on: Stage, shell: str) -> None:
    played = await on.shell().run("completion", shell)
    assert (played.code, "_AKSESS_COMPLETE" in played.stdout) == (0, True)
    assert not len(on.azure.journal)


@on_stage()
async def test_completion_for_another_shell_is_a_usage_error(on: Stage) -> None:
    assert (await on.shell().run("completion", "tcsh")).code == 2


@pytest.mark.parametrize(
    ("typed", "meant"), [("conect", "connect"), ("lease", "leases"), ("alow", "allow"), ("swep", "sweep")]
)
@on_stage()
async def test_a_misspelt_command_suggests_the_right_one(on: Stage, typed: str, meant: str) -> None:
    played = await on.shell().run(typed, "-n", "web")
    assert (played.code, f"Did you mean `{meant}`?" in played.stderr) == (2, True), played


@on_stage()
async def test_a_command_like_no_other_is_just_refused(on: Stage) -> None:
    played = await on.shell().run("frobnicate")
    assert (played.code, "Did you mean" in played.stderr) == (2, False), played


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("connect", "--help"), ("--version",)])
@on_stage()
async def test_help_asks_nobody(on: Stage, words: tuple[str, ...]) -> None:
    assert (await on.shell().run(*words)).code in (0, 2)
    assert not len(on.azure.journal)
