"""S8: secrets stay in. No token, key or proxy password is in what a command prints, logs or records, not even when it
fails in the worst place with AKSESS_DEBUG on; kubeconfigs are private and gone at the end.
"""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.cli import running
from aksess_sim.faults import Fault, Kind
from journeys.stage import Shell, Stage, play, stage
from journeys.staged import records
from journeys.trouble import ARM, WEB, Underway, opened, start, web_world
from properties import examples

HELD = ("connect", *WEB, "--print-kubeconfig")
BREAKS = (
    Fault(Kind.CUT, count=None),
    Fault(Kind.CUT_AFTER, count=None),
    Fault(Kind.STATUS, status=401, code="ExpiredAuthenticationToken", count=None),
    Fault(Kind.STATUS, status=500, code="InternalServerError", count=None),
    Fault(Kind.STATUS, status=403, code="AuthorizationFailed", count=None),
)


@contextmanager
def minted(on: Stage) -> Iterator[list[str]]:
    """Every token the world hands out from now on."""
    tokens: list[str] = []
    mint = on.azure.world.tokens.mint

    def watched(*args: Any, **options: Any) -> str:
        tokens.append(mint(*args, **options))
        return tokens[-1]

    with patch.object(on.azure.world.tokens, "mint", watched):
        yield tokens


@contextmanager
def logged() -> Iterator[list[str]]:
    """What AKSESS_DEBUG=1 writes, tracebacks included, through the product's own handler."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, logger = Kept(), logging.getLogger("aksess")
    handler.setFormatter(running._Masking("%(asctime)s %(name)s %(message)s"))
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def told(on: Stage, way: Underway, lines: list[str]) -> str:
    """Everything that somebody else may come to see."""
    journal = [vars(entry) for entry in on.azure.journal]
    return "\n".join([way.printed, way.said, *lines, json.dumps(journal), json.dumps(records(on))])


def keeps_its_secrets(on: Stage, shell: Shell, text: str, tokens: list[str]) -> None:
    secrets = [*tokens, *(one.rpartition(".")[2] for one in tokens), on.cluster("web").token_secret]
    for secret in [*secrets, shell.session.password]:
        assert secret not in text


def is_private(kubeconfig: Path, secret: str) -> None:
    """It may hold the secret: nobody else can read it."""
    assert secret in kubeconfig.read_text()
    assert kubeconfig.stat().st_mode & 0o777 == 0o600
    assert kubeconfig.parent.stat().st_mode & 0o777 == 0o700


def files_under(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


@examples(20)
@given(after=st.integers(0, 16), how=st.sampled_from(BREAKS), later=st.floats(0, 1200))
def test_nothing_that_is_said_logged_or_recorded_holds_a_secret(after: int, how: Fault, later: float) -> None:
    """All ways out: it breaks at some request, or opens and is interrupted later."""

    async def scene() -> None:
        async with stage(web_world()) as on:
            ada = on.shell()
            runtime = on.folder / "runtime"
            runtime.mkdir(mode=0o700)
            ada.environment |= {"AKSESS_DEBUG": "1", "XDG_RUNTIME_DIR": str(runtime)}
            session = ada.session.caller.session
            on.azure.faults.arm(Fault(Kind.SLOW, host=ARM, session=session, count=after, seconds=0))
            on.azure.faults.arm(replace(how, host=ARM, session=session))
            with minted(on) as tokens, logged() as lines:
                way = start(ada, *HELD)
                if await opened(way):
                    is_private(Path(way.printed.strip()), on.cluster("web").token_secret)
                    await asyncio.sleep(later)
                way.interrupt()
                await way.ended()
            assert tokens
            assert lines
            keeps_its_secrets(on, ada, told(on, way, lines), tokens)
            assert files_under(runtime) == []
            assert list(runtime.iterdir()) == []
            assert files_under(Path(ada.environment["HOME"])) == []

    play(scene())


@pytest.mark.parametrize("host", ["management.azure.com", "localhost", "api.ipify.org", "*.azmk8s.io"])
def test_a_broken_way_tells_no_proxy_password(host: str) -> None:
    async def scene() -> None:
        async with stage(web_world()) as on:
            ada = on.shell()
            ada.environment["AKSESS_DEBUG"] = "1"
            on.azure.faults.arm(Fault(Kind.STATUS, host=host, method="CONNECT", status=407, count=None))
            on.azure.faults.arm(Fault(Kind.CUT, host=host, count=None))
            with minted(on) as tokens, logged() as lines:
                way = start(ada, "allow", *WEB)
                await way.ended()
            keeps_its_secrets(on, ada, told(on, way, lines), tokens)

    play(scene())
