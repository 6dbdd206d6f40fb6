"""aksess token: the exec credential kubectl asks for on Entra clusters. The one command that prints a secret."""

import json

import click

from aksess.cli.running import App
from aksess.cli.work import at_work
from aksess.settings import AKS_AUDIENCE


@click.command("token")
@click.option("--server-id", default=AKS_AUDIENCE, show_default=True, help="The API server's Entra application.")
@click.pass_obj
async def command(app: App, *, server_id: str) -> int:
    """Print an ExecCredential for kubectl; put it into a kubeconfig's `exec`, and kubelogin is not needed."""
    async with at_work(app) as session:
        app.console.data(json.dumps(await session.exec_credential(server_id, _asked_version(app))))
    return 0


def _asked_version(app: App) -> str:
    """kubectl says in KUBERNETES_EXEC_INFO which version it wants (kubernetes.io, Client Authentication v1)."""
    try:
        asked = json.loads(app.console.environment["KUBERNETES_EXEC_INFO"])["apiVersion"]
    except (KeyError, ValueError, TypeError):
        return ""
    return str(asked)
