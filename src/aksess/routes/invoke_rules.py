"""When a command may be run inside the cluster. Pure."""

from collections.abc import Sequence

from aksess.azure.command_refusals import disabled
from aksess.azure.commands import READ_ACTION, RUN_ACTION
from aksess.azure.refusals import missing_right
from aksess.errors import AksessError, RouteRefused
from aksess.routes.base import Facts, RouteName, Wishes
from aksess.routes.invoke_verbs import program, talks

UNASKED = frozenset({"kubectl", "helm"})
"""What runs there as it would here; of anything else only its owner knows."""


def refuse(facts: Facts, wishes: Wishes) -> AksessError | None:
    """Why this way must not or cannot be taken, or None."""
    if not wishes.command:
        return RouteRefused(
            "Command Invoke runs single commands; a shell or a kubeconfig needs an endpoint",
            "give the command: aksess invoke ... -- CMD, or take another route",
            code="needs-endpoint",
        )
    if wishes.via is not RouteName.INVOKE and program(wishes.command) not in UNASKED:
        return RouteRefused(
            f"`{program(wishes.command)}` would run inside the cluster and not here, which nobody asked for",
            "ask for it: --via invoke",
            code="runs-elsewhere",
        )
    if fault := refuse_talk(wishes.command):
        return fault
    if not facts.cluster.runs_commands:
        return disabled(facts.cluster.id.name)
    if lacking := facts.lacking((RUN_ACTION, READ_ACTION)):
        return missing_right(*lacking[0])
    return None


def refuse_talk(command: Sequence[str]) -> RouteRefused | None:
    """Known without a look at any cluster: one request goes there, one answer comes back."""
    if why := talks(command):
        return RouteRefused(
            f"`{' '.join(command)[:80]}` {why}, and Command Invoke sends one request and gets one answer",
            "take a route with an endpoint: aksess connect or aksess kubectl, --via direct, bastion or allowlist",
            code="interactive",
        )
    return None
