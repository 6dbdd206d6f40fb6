"""The programs in every container: a handful that need no file system, and a shell that runs lines of them.

Enough for `kubectl exec POD -- COMMAND` and a short interactive look around; nothing here touches this machine.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of

NOT_FOUND = 127
SHELLS = ("sh", "/bin/sh", "bash", "/bin/bash", "ash")


@dataclass(frozen=True)
class Outcome:
    """How a program ended: what it wrote and its exit code."""

    output: str = ""
    errors: str = ""
    code: int = 0


@dataclass(frozen=True)
class Container:
    """Where a program runs."""

    pod: Manifest
    name: str

    def environment(self) -> dict[str, str]:
        """The variables every container has, and those of its manifest."""
        own = next(item for item in self.pod["spec"]["containers"] if item["name"] == self.name)
        plain = {item["name"]: item["value"] for item in own.get("env") or () if "value" in item}
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "HOSTNAME": name_of(self.pod), "KUBERNETES_SERVICE_HOST": "10.0.0.1", **plain}


def exists(program: str) -> bool:
    """Whether a container has such a program."""
    return program.rpartition("/")[2] in _PROGRAMS or program in SHELLS


def run(container: Container, command: list[str], stdin: str = "") -> Outcome:
    """Run one command to its end; the program must exist."""
    program, arguments = command[0], command[1:]
    if program in SHELLS:
        script = arguments[1] if arguments[:1] == ["-c"] and len(arguments) > 1 else stdin
        return run_script(container, script)
    return _PROGRAMS[program.rpartition("/")[2]](container, arguments, stdin)


def run_script(container: Container, script: str) -> Outcome:
    """Run the lines of a shell script, until one of them is `exit`; `;` parts lines, quotes are honoured."""
    output, errors, code = "", "", 0
    for line in script.replace(";", "\n").splitlines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            return Outcome(output, f"{errors}sh: syntax error: {error}\n", 2)
        if not words:
            continue
        if words[0] == "exit":
            return Outcome(output, errors, _exit_code(words, code))
        if not exists(words[0]):
            errors, code = f"{errors}sh: {words[0]}: not found\n", NOT_FOUND
            continue
        outcome = run(container, words)
        output, errors, code = output + outcome.output, errors + outcome.errors, outcome.code
    return Outcome(output, errors, code)


def _exit_code(words: list[str], code: int) -> int:
    return int(words[1]) & 0xFF if len(words) > 1 and words[1].isdecimal() else code


def _env(container: Container, _arguments: list[str], _stdin: str) -> Outcome:
    return Outcome("".join(f"{key}={value}\n" for key, value in container.environment().items()))


def _printenv(container: Container, arguments: list[str], stdin: str) -> Outcome:
    if not arguments:
        return _env(container, arguments, stdin)
    value = container.environment().get(arguments[0])
    return Outcome(f"{value}\n") if value is not None else Outcome(code=1)


_DIRECTORIES = ["bin", "dev", "etc", "home", "lib", "proc", "root", "run", "sbin", "sys", "tmp", "usr", "var"]

_Program = Callable[[Container, list[str], str], Outcome]

_PROGRAMS: dict[str, _Program] = {
    "cat": lambda _container, _arguments, stdin: Outcome(stdin),
    "echo": lambda _container, arguments, _stdin: Outcome(" ".join(arguments) + "\n"),
    "env": _env,
    "false": lambda _container, _arguments, _stdin: Outcome(code=1),
    "hostname": lambda container, _arguments, _stdin: Outcome(name_of(container.pod) + "\n"),
    "id": lambda _container, _arguments, _stdin: Outcome("uid=0(root) gid=0(root) groups=0(root)\n"),
    "ls": lambda _container, _arguments, _stdin: Outcome("\n".join(_DIRECTORIES) + "\n"),
    "printenv": _printenv,
    "pwd": lambda _container, _arguments, _stdin: Outcome("/\n"),
    "true": lambda _container, _arguments, _stdin: Outcome(),
    "uname": lambda _container, _arguments, _stdin: Outcome("Linux\n"),
    "whoami": lambda _container, _arguments, _stdin: Outcome("root\n"),
}
