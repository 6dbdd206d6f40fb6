"""Long commands: left to themselves, interrupted, and asked about from another shell."""

import asyncio

import pytest

from aksess.cli.running import run
from journeys.stage import Stage
from journeys.staged import on_stage, refused


@on_stage()
async def test_a_detached_command_is_resumed_from_another_shell(on: Stage) -> None:
    on.pods.takes = 600
    left = await on.shell().run("invoke", "-n", "vault", "--detach", "--", "sh", "-c", "echo done; exit 4")
    command = left.stdout.strip()
    assert (left.code, len(command)) == (0, 32)
    assert left.seconds < 10
    assert f"aksess invoke result {command} -g rg-demo -n vault --wait" in left.stderr
    fresh = on.shell()
    early = await fresh.run("invoke", "result", command, "-n", "vault")
    refused(early, 77, "still-running", command, "--wait")
    waited = await fresh.run("invoke", "result", command, "-n", "vault", "--wait")
    assert (waited.code, waited.stdout) == (4, "done\n")
    again = await on.shell().run("invoke", "result", command, "-n", "vault")
    assert (again.code, again.stdout) == (4, "done\n"), "and again, at once"
    assert len(on.pods.seen) == 1


@on_stage()
async def test_what_was_packed_is_unpacked_later(on: Stage) -> None:
    left = await on.shell().run("invoke", "-n", "vault", "--detach", "--full", "seq 1 200000")
    await asyncio.sleep(60)
    played = await on.shell().run("invoke", "result", left.stdout.strip(), "-n", "vault")
    assert played.stdout.startswith("1\n2\n")
    assert (played.code, played.stdout.endswith("200000\n")) in ((0, True), (78, False))


@on_stage()
async def test_a_detached_command_as_data(on: Stage) -> None:
    on.pods.takes = 60
    left = await on.shell().run("invoke", "-n", "vault", "--detach", "-o", "json", "--", "true")
    assert (left.data["command"]["state"], left.data["command"]["output"]) == ("running", None)


@on_stage()
async def test_an_interrupted_wait_says_that_the_command_runs_on(on: Stage) -> None:
    on.pods.takes = 600
    app = on.shell().app()
    waiting = on.tasks.create_task(run(["invoke", "-n", "vault", "--", "echo", "done"], app))
    await asyncio.sleep(60)
    waiting.cancel()
    await asyncio.wait({waiting})
    said = app.console.stderr.getvalue()  # type: ignore[attr-defined]
    assert "the command runs on in the cluster; its result: aksess invoke result " in said
    command = said.split("aksess invoke result ")[1].split()[0]
    resumed = await on.shell().run("invoke", "result", command, "--wait", "-n", "vault")
    assert (resumed.code, resumed.stdout) == (0, "done\n")


@pytest.mark.parametrize("command", ["0" * 32, "x/../y", "é", ""])
@on_stage()
async def test_an_id_that_nobody_knows(on: Stage, command: str) -> None:
    refused(await on.shell().run("invoke", "result", command, "-n", "vault"), 2, "command-unknown", "`vault`")


@on_stage()
async def test_a_result_belongs_to_its_cluster(on: Stage) -> None:
    ada = on.shell()
    command = (await ada.run("invoke", "-n", "vault", "--detach", "--", "true")).stdout.strip()
    refused(await ada.run("invoke", "result", command, "-n", "web"), 2, "command-unknown", "`web`")


@on_stage()
async def test_a_program_named_result_can_still_be_run(on: Stage) -> None:
    await on.shell().run("invoke", "-n", "vault", "--", "result", "x")
    assert on.pods.lines == ["result x"]
