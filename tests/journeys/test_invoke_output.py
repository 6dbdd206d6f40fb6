"""Output over Azure's limit is told, never silently cut; --full fetches the whole of it, or says why it could not."""

import hashlib
import json

import pytest

from journeys.stage import Stage
from journeys.staged import on_stage

LONG = "seq 1 500000"
"""About 3.4 MB, 1.4 MB packed."""
PLAIN = "i=0; while [ $i -lt 60000 ]; do echo 'the same line of fifty characters, again and again'; i=$((i+1)); done"
"""About 3 MB, a few kB packed."""


@on_stage()
async def test_output_over_the_limit_is_told_and_is_no_success(on: Stage) -> None:
    ada = on.shell()
    played = await ada.run("invoke", "-n", "vault", LONG)
    assert (played.code, len(played.stdout)) == (78, 524288)
    assert "error [output-cut]: the output reaches the 512 kB" in played.stderr
    assert "--full" in played.stderr
    told = await ada.run("invoke", "-n", "vault", "-o", "json", f"{LONG}; exit 3")
    assert told.code == 3, "the command's own failure comes first"
    assert json.loads(told.stdout)["command"]["complete"] is False


@on_stage()
async def test_full_fetches_three_megabytes_in_one_run(on: Stage) -> None:
    played = await on.shell().run("invoke", "-n", "vault", "--full", f"{PLAIN}; exit 5")
    assert (played.code, played.stdout.count("\n")) == (5, 60000)
    assert len(on.pods.seen) == 1


@on_stage()
async def test_full_runs_again_only_when_that_is_allowed(on: Stage) -> None:
    ada = on.shell()
    partly = await ada.run("invoke", "-n", "vault", "--full", LONG)
    assert (partly.code, len(on.pods.seen)) == (78, 1)
    assert "error [output-too-long]: only the beginning of the output came" in partly.stderr
    assert partly.stdout.startswith("1\n2\n3\n")
    assert len(partly.stdout) > 600_000, "more than without --full"
    whole = await ada.run("invoke", "-n", "vault", "--full", "--repeat", LONG)
    assert whole.code == 0, whole.stderr
    assert len(on.pods.seen) == 1 + 3
    expected = "".join(f"{number}\n" for number in range(1, 500_001))
    assert hashlib.sha256(whole.stdout.encode()).digest() == hashlib.sha256(expected.encode()).digest()


@on_stage()
async def test_pieces_of_different_outputs_are_never_put_together(on: Stage) -> None:
    played = await on.shell().run("invoke", "-n", "vault", "--full", "--repeat", "head -c 600000 /dev/urandom")
    assert (played.code, played.stdout) == (78, "")
    assert "error [output-changed]" in played.stderr
    assert len(on.pods.seen) == 2


@pytest.mark.parametrize("text", ["", "x", "no end of line", "é漢\n"])
@on_stage()
async def test_full_changes_nothing_of_a_short_output(on: Stage, text: str) -> None:
    played = await on.shell().run("invoke", "-n", "vault", "--full", "--", "printf", "%s", text)
    assert (played.code, played.stdout) == (0, text)


@on_stage()
async def test_an_image_without_the_tools_is_told(on: Stage) -> None:
    programs = on.folder / "programs"
    programs.mkdir()
    (programs / "mktemp").write_text("#!/bin/sh\necho 'mktemp: not found' >&2; exit 127\n")
    (programs / "mktemp").chmod(0o755)
    on.pods.programs = programs
    played = await on.shell().run("invoke", "-n", "vault", "--full", "--", "echo", "x")
    assert (played.code, "error [output-unreadable]" in played.stderr) == (78, True)
    assert "mktemp: not found" in played.stderr
