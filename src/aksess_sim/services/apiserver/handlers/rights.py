"""Who may do what: readers read, writers do everything, everybody may ask about themselves."""

from aksess_sim.services.apiserver.handlers.target import Target
from aksess_sim.services.apiserver.identity import User
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.kinds import ALL_VERBS

READING = ("get", "list", "watch")
WRITING = tuple(verb for verb in ALL_VERBS if verb not in READING)

PUBLIC_PATHS = frozenset({"/version", "/healthz", "/livez", "/readyz"})
"""What Kubernetes' cluster role system:public-info-viewer gives to everybody, known or not."""


def may(user: User, verb: str) -> bool:
    """Whether a person may carry out a verb; `*` and unknown verbs count as writing."""
    return user.may_write or verb in READING


def check(user: User, verb: str, target: Target) -> None:
    """Raise Forbidden when this person may not do this here."""
    if not target.kind.stored or may(user, verb):
        return
    raise refusals.forbidden(
        target.kind,
        user=user.name,
        verb=verb,
        name=target.name,
        namespace=target.namespace,
        subresource=target.subresource,
    )
