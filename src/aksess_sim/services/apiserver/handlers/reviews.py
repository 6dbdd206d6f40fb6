"""Questions about oneself: `kubectl auth can-i`, `can-i --list` and `whoami`."""

from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.handlers import rights
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.identity import User
from aksess_sim.services.apiserver.objects import kinds, refusals
from aksess_sim.services.apiserver.objects.shapes import check_shape, without_nulls
from aksess_sim.services.apiserver.wire import bodies


async def answer(call: Call) -> web.Response:
    """The review that was posted, with its status filled in."""
    body = await call.request.read()
    review = without_nulls(bodies.read_object(body, call.request.content_type))
    kind = call.target.kind
    if review.get("kind") != kind.name:
        raise refusals.bad_request(f"the object provided is a {review.get('kind')}, not a {kind.name}")
    check_shape(kind, review)
    if kind is kinds.ACCESS_REVIEWS:
        status = _access(call.user, review.get("spec") or {})
    elif kind is kinds.RULES_REVIEWS:
        status = _rules(call.user)
    else:
        status = {"userInfo": _user_info(call.user)}
    return web.json_response(review | {"metadata": {"creationTimestamp": None}, "status": status}, status=201)


def _access(user: User, spec: dict[str, Any]) -> dict[str, Any]:
    asked = spec.get("resourceAttributes") or spec.get("nonResourceAttributes") or {}
    allowed = rights.may(user, asked.get("verb", ""))
    return {"allowed": allowed} | ({} if allowed else {"reason": f'User "{user.name}" may only read here.'})


def _rules(user: User) -> dict[str, Any]:
    verbs = ["*"] if user.may_write else list(rights.READING)
    reviews = sorted({kind.group for kind in kinds.KINDS if not kind.stored})
    return {
        "resourceRules": [
            {"verbs": verbs, "apiGroups": ["*"], "resources": ["*"]},
            {
                "verbs": ["create"],
                "apiGroups": reviews,
                "resources": [kind.plural for kind in kinds.KINDS if not kind.stored],
            },
        ],
        "nonResourceRules": [{"verbs": ["*"] if user.may_write else ["get"], "nonResourceURLs": ["*"]}],
        "incomplete": False,
    }


def _user_info(user: User) -> dict[str, Any]:
    return {"username": user.name, "uid": user.uid, "groups": list(user.groups)}
