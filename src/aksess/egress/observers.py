"""Ask several independent services which address they see. Network only; whether they agree is `agreement.py`'s."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from aksess.clock import Clock
from aksess.tasks import owned_tasks
from aksess.wire import Wire

ENOUGH = 2
EACH_SECONDS = 6.0
GRACE_SECONDS = 1.0
"""After enough have answered, the slower ones get this long to disagree."""
_LONGEST_ANSWER = 64


@dataclass(frozen=True)
class Observation:
    """What one observer said: the address as text, or why it said nothing."""

    observer: str
    text: str = ""
    fault: str = ""


async def observe(observers: Sequence[str], wire: Wire, clock: Clock) -> list[Observation]:
    """All answers that came in time, in the order they came; HTTPS only, redirects refused.

    Over connections of their own: one that stood before keeps the address this shell had when it was made.
    """
    heard: list[Observation] = []
    enough, everybody = asyncio.Event(), asyncio.Event()

    async def hear(observer: str) -> None:
        heard.append(await _ask(observer, wire, session))
        if len(heard) == len(observers):
            everybody.set()
        if sum(not one.fault for one in heard) >= ENOUGH or everybody.is_set():
            enough.set()

    async with wire.new_session(keep_alive=False) as session, owned_tasks() as tasks:
        asked = [tasks.create_task(hear(observer), name=f"observer {observer}") for observer in observers]
        await enough.wait()
        await clock.sleep_until_set(everybody, GRACE_SECONDS)
        for task in asked:
            task.cancel()
    return heard


async def _ask(observer: str, wire: Wire, session: aiohttp.ClientSession) -> Observation:
    name = urlsplit(observer).hostname or observer
    if urlsplit(observer).scheme != "https":
        return Observation(name, fault="not asked: only HTTPS observers can be believed")
    try:
        async with session.get(
            observer,
            proxy=wire.proxy_for(observer),
            allow_redirects=False,
            headers={"Accept": "text/plain", "User-Agent": "curl/8"},
            timeout=aiohttp.ClientTimeout(total=EACH_SECONDS),
        ) as answer:
            if answer.status != 200:
                return Observation(name, fault=f"answered {answer.status}")
            text = (await answer.content.read(_LONGEST_ANSWER)).decode("ascii", "replace").strip()
            return Observation(name, text=text)
    except (aiohttp.ClientError, TimeoutError) as fault:
        return Observation(name, fault=type(fault).__name__)
