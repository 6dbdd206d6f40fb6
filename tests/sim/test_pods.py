"""Real pods: what a command finds and leaves, and that nothing of it stays. On a real event loop, as processes need."""

import asyncio
import contextlib
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aksess_sim.pods import PROCESSES, Ended, LocalPods, Work


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where pods make their directories; empty again after each test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def work(command: str, **more: object) -> Work:
    plain = Work(f"command-{uuid.uuid4().hex}", command, {}, "kind: Config\n", "http://proxy.invalid:1", 1_000_000)
    return replace(plain, **more)  # type: ignore[arg-type]


def run(command: str, **more: object) -> Ended:
    return asyncio.run(LocalPods().run(work(command, **more)))


def processes_of(name: str) -> list[str]:
    found = []
    for process in PROCESSES.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"HOSTNAME={name}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
    return found


def test_both_streams_arrive_in_order_and_the_exit_code_is_the_commands() -> None:
    assert run("echo one; echo two >&2; echo three; exit 7") == Ended(7, b"one\ntwo\nthree\n")


@pytest.mark.parametrize(("command", "code"), [("kill -9 $$", 137), ("nothing-of-that-name", 127), ("if", 2)])
def test_other_ends(command: str, code: int) -> None:
    assert run(command).exit_code == code


def test_it_starts_among_the_attached_files() -> None:
    files = {"cm.yaml": b"kind: ConfigMap\n", "charts/web/values.yaml": b"a: 1\n"}
    ended = run("cat cm.yaml ./charts/web/values.yaml; find . -type f | wc -l", files=files)
    assert ended == Ended(0, b"kind: ConfigMap\na: 1\n2\n")


def test_its_environment_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "not yours")
    monkeypatch.setenv("KUBECONFIG", "/home/mine")
    ended = run('env; cat "$KUBECONFIG"; stat -c %a "$KUBECONFIG/../.." "$HOME/.."')
    assert b"not yours" not in ended.output
    assert b"/home/mine" not in ended.output
    assert b"kind: Config\n" in ended.output
    assert b"HTTPS_PROXY=http://proxy.invalid:1\n" in ended.output
    assert ended.output.endswith(b"700\n")


def test_it_reads_nothing_from_anywhere() -> None:
    assert run("cat; echo end").output == b"end\n"


def test_a_command_may_be_longer_than_an_argument() -> None:
    assert run(f": {'x' * 300_000}\necho done").output == b"done\n"


def test_the_beginning_of_long_output_is_kept() -> None:
    ended = run("echo first; head -c 3000000 /dev/zero; exit 3", most_output=1000)
    assert (ended.exit_code, len(ended.output), ended.output[:6]) == (3, 1000, b"first\n")


@pytest.mark.parametrize("left", ["sleep 60 &", "setsid sleep 60 &", "setsid sh -c 'sleep 60; sleep 60' &"])
def test_what_it_started_ends_with_it(left: str) -> None:
    job = work(f"{left} sleep 0.2; echo end")
    assert asyncio.run(LocalPods().run(job)).output == b"end\n"
    assert processes_of(job.name) == []


def test_where_the_kernel_shows_no_environment_its_group_ends_with_it(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aksess_sim.pods.PROCESSES", tmp_path_factory.mktemp("no-proc"))
    job = work("sleep 60 & echo end")
    assert asyncio.run(LocalPods().run(job)).output == b"end\n"
    assert processes_of(job.name) == []


def test_cancelled_it_leaves_nothing() -> None:
    job = work("setsid sleep 60 & sleep 60")

    async def begin_and_cancel() -> None:
        async with asyncio.timeout(0.3):
            await LocalPods().run(job)

    with pytest.raises(TimeoutError):
        asyncio.run(begin_and_cancel())
    assert processes_of(job.name) == []


def test_files_that_cannot_be_laid_out_are_an_error() -> None:
    with pytest.raises(OSError, match="exists"):
        run("ls", files={"a": b"", "a/b": b""})


@settings(deadline=None, max_examples=20)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_text_in_quotes_arrives_as_typed(text: str) -> None:
    quoted = "'" + text.replace("'", "'\"'\"'") + "'"
    assert run(f"printf %s {quoted}").output == text.encode()
