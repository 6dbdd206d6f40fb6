"""The programs in every container, by name. Nothing they do touches this machine."""

import errno
import os
import posixpath

from aksess_sim.services.apiserver.containers import archives, looking, reading, shell
from aksess_sim.services.apiserver.containers.process import NOT_FOUND, Process, Program

BROKEN_PIPE = 141
"""128 and the number of SIGPIPE."""
SHELLS = ("sh", "bash", "ash")


def exists(program: str) -> bool:
    """Whether a container has such a program."""
    return posixpath.basename(program) in _PROGRAMS


def is_shell(program: str) -> bool:
    """Whether a program is a shell, which takes care of its terminal itself."""
    return posixpath.basename(program) in SHELLS


async def run(process: Process) -> int:
    """Run one command to its end; its exit code. A name that is none can only come from a shell."""
    program = _PROGRAMS.get(posixpath.basename(process.command[0]))
    try:
        if program is not None:
            return await _judged(program, process)
        await process.stderr.write(f"sh: {process.command[0]}: not found\n".encode())
    except BrokenPipeError:
        return BROKEN_PIPE
    return NOT_FOUND


async def _judged(program: Program, process: Process) -> int:
    """Run a program; what its files refuse and numbers beyond reason, it complains about."""
    try:
        return await program(process)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        await process.complain(f"{where}{os.strerror(error.errno or errno.EIO)}")
    except (ValueError, OverflowError):
        await process.complain("invalid number")
    return 1


async def _shell(process: Process) -> int:
    return await shell.run(process, run)


_PROGRAMS: dict[str, Program] = {
    **looking.PROGRAMS,
    **reading.PROGRAMS,
    **archives.PROGRAMS,
    **dict.fromkeys(SHELLS, _shell),
}
