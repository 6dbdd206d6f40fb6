"""What `invoke`, `connect` and `kubectl` do alike with a command that runs inside the cluster."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from aksess.attachments.parcel import Parcel
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.errors import AzureRefused, OutputIncomplete
from aksess.routes.base import Ran, Runner
from aksess.routes.invoke_output import (
    Piece,
    beginning,
    check_same,
    is_wrapped,
    joined,
    may_be_cut,
    read_piece,
    wrapped,
)


@dataclass(frozen=True)
class Written:
    """What a command wrote; `missing` says what of it did not come back."""

    output: bytes
    missing: OutputIncomplete | None = None


async def run_in_cluster(app: App, runner: Runner, parcel: Parcel, cluster: str, form: str = "table") -> int:
    """To its end; its output to stdout, its own exit code."""
    result = await wait_for(app, runner, await runner.begin(parcel))
    return tell(app, cluster, result, written_by(result), form)


async def run_whole(app: App, runner: Runner, parcel: Parcel, cluster: str, *, again: bool, form: str = "table") -> int:
    """The same, with all of its output; a piece beyond the first takes another run, which `again` allows."""
    pieces: list[Piece] = []
    while True:
        start = pieces[-1].end if pieces else 0
        result = await wait_for(app, runner, await runner.begin(wrapping(parcel, start)))
        piece = read_piece(result.logs)
        pieces.append(piece)
        if piece.end >= piece.packed:
            return tell(app, cluster, result, Written(joined(pieces)), form)
        if not again:
            return tell(app, cluster, result, Written(beginning(piece), _too_long(piece)), form)
        check_same(pieces)
        app.console.stage(f"{piece.end} of {piece.packed} packed characters came; running it again for the next")


def wrapping(parcel: Parcel, start: int = 0) -> Parcel:
    """The same command, for its output packed."""
    return replace(parcel, line=wrapped(parcel.line, start))


async def wait_for(app: App, runner: Runner, begun: Ran) -> Ran:
    """Errors: why it could not run to its end. Interrupted, it runs on, and that is said."""
    try:
        return await runner.finish(begun)
    except asyncio.CancelledError:
        app.console.note(f"the command runs on in the cluster; its result: {runner.later(begun.id)}")
        raise


def written_by(result: Ran) -> Written:
    """Packed output (of --full --detach) is unpacked."""
    if is_wrapped(result.logs):
        piece = read_piece(result.logs)
        if piece.end < piece.packed:
            return Written(beginning(piece), _too_long(piece))
        return Written(joined([piece]))
    return Written(result.logs.encode(), _cut() if may_be_cut(result.logs) else None)


def tell(app: App, cluster: str, result: Ran, written: Written, form: str) -> int:
    """The output to stdout, or all about the command as data. Output that is cut is not a success."""
    if result.exit_code is None:
        raise AzureRefused("Azure did not say how the command ended", "look at what it would have changed")
    if form == "table":
        app.console.output(written.output)
    else:
        show(Result(command_data(cluster, result, written), (), ()), form, app.console)
    if written.missing is not None:
        app.console.error(written.missing)
        return result.exit_code or written.missing.exit_code
    return result.exit_code


def command_data(cluster: str, result: Ran, written: Written | None = None) -> dict[str, Any]:
    """The keys are a promise: tests pin them."""
    return {
        "cluster": cluster,
        "command": {
            "id": result.id,
            "state": result.state,
            "exitCode": result.exit_code,
            "started": result.started or None,
            "finished": result.finished or None,
            "output": written.output.decode(errors="replace") if written else None,
            "complete": written.missing is None if written else None,
        },
    }


def _cut() -> OutputIncomplete:
    return OutputIncomplete(
        "the output reaches the 512 kB that Azure keeps; what came after them is missing",
        "fetch the whole with --full, or ask for less",
        code="output-cut",
    )


def _too_long(piece: Piece) -> OutputIncomplete:
    return OutputIncomplete(
        f"only the beginning of the output came: of {piece.packed} packed characters {piece.end} fit into one run",
        "further runs fetch the rest: --full --repeat, for a command that may run more than once",
        code="output-too-long",
    )
