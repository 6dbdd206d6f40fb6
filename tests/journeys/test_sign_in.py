"""Every way to sign in that a variable announces: Cloud Shell, a service principal, workload identity; and none."""

from pathlib import Path

import pytest

from journeys.stage import Shell, Stage, play, stage

WORLD = """
people:
  ada: {name: Ada Lovelace, roles: [Owner]}
  ci: {name: The Pipeline, application: true, secret: right-horse, federated: "repo:x:ref:main", roles: [Owner]}
clusters:
  web: {ranges: [51.144.20.0/24]}
"""


def pipeline(on: Stage, **variables: str) -> Shell:
    """A CI runner: no Cloud Shell, only these variables."""
    shell = on.shell("ci")
    application = on.azure.world.person("ci").application
    assert application is not None
    for name in ("MSI_ENDPOINT", "ACC_CLOUD", "AZUREPS_HOST_ENVIRONMENT"):
        shell.environment.pop(name)
    shell.environment |= {
        "AZURE_CLIENT_ID": application.client_id,
        "AZURE_TENANT_ID": on.azure.world.people.tenant_id,
        **variables,
    }
    return shell


@pytest.mark.parametrize("way", ["secret", "federated"])
def test_a_pipeline_leases_and_ends(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with stage(WORLD) as on:
            assertion = tmp_path / "token"
            assertion.write_text(on.azure.world.tokens.mint_federated("repo:x:ref:main"), encoding="utf-8")
            proof = {
                "secret": {"AZURE_CLIENT_SECRET": "right-horse"},
                "federated": {"AZURE_FEDERATED_TOKEN_FILE": str(assertion)},
            }[way]
            ci = pipeline(on, **proof)
            _announce(monkeypatch, ci)
            allowed = await ci.run("allow", "-g", "rg-demo", "-n", "web", "--reason", "run 17", "-o", "json")
            assert allowed.code == 0, allowed
            assert allowed.data["lease"]["holder"]["objectId"] == on.azure.world.person("ci").object_id
            assert (await ci.run("revoke", "-n", "web")).code == 0
            assert on.ranges("web") == ["51.144.20.0/24"]

    play(scene())


def test_a_wrong_secret_is_said_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with stage(WORLD) as on:
            ci = pipeline(on, AZURE_CLIENT_SECRET="wrong-horse")
            _announce(monkeypatch, ci)
            refused = await ci.run("allow", "-g", "rg-demo", "-n", "web")
            assert refused.code == 65, refused
            assert "service principal" in refused.stderr
            assert "wrong-horse" not in refused.stderr
            assert on.puts("web") == []

    play(scene())


def _announce(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    """azure-identity reads its variables from the process."""
    for name, value in shell.environment.items():
        if name.startswith("AZURE_"):
            monkeypatch.setenv(name, value)
