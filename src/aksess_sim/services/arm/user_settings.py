"""The caller's own Cloud Shell settings, which no role protects and nobody else sees.

Source: Cloud Shell docs, faq-troubleshooting (the address, and that a reset deletes them); what is undocumented, the
world's side says.
"""

from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.routing import Route
from aksess_sim.world.refusals import Refused

_MINE = "/providers/Microsoft.Portal/userSettings/cloudconsole"


def routes() -> list[Route]:
    """Reading, replacing and deleting them."""
    return [Route("GET", _MINE, _get), Route("PUT", _MINE, _put), Route("DELETE", _MINE, _delete)]


def _get(asked: Asked) -> Answer:
    found = asked.world.user_settings.of(asked.person)
    if found is None:
        raise Refused("NotFound", "The user has no Cloud Shell settings.")
    return Answer(found)


def _put(asked: Asked) -> Answer:
    asked.world.user_settings.put(asked.person, asked.body)
    return Answer(asked.world.user_settings.of(asked.person))


def _delete(asked: Asked) -> Answer:
    return Answer(status=200 if asked.world.user_settings.delete(asked.person) else 204)
