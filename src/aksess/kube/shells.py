"""The sub-shell: the person's own, with their own start-up files, and a prompt that says where they are.

The prompt's sign is written into a start-up file inside the private workspace; the person's files are read first and
are never changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LEFT = """\
aksess_left() {{
  [ -n "$AKSESS_ENDS_EPOCH" ] || return 0
  local left=$(( (AKSESS_ENDS_EPOCH - $(date +%s)) / 60 ))
  [ "$left" -gt 0 ] && printf ' %dm' "$left" || printf ' over'
}}
"""
_BASH = "[ -f ~/.bashrc ] && . ~/.bashrc\n" + _LEFT + "PS1='[{sign}$(aksess_left)] '\"$PS1\"\n"
_ZSH = (
    '[ -f "${{AKSESS_ZDOTDIR:-$HOME}}/.zshrc" ] && . "${{AKSESS_ZDOTDIR:-$HOME}}/.zshrc"\n'
    + _LEFT
    + "setopt PROMPT_SUBST\nPROMPT='[{sign}$(aksess_left)] '\"$PROMPT\"\n"
)
_ZSHENV = '[ -f "${AKSESS_ZDOTDIR:-$HOME}/.zshenv" ] && . "${AKSESS_ZDOTDIR:-$HOME}/.zshenv"\n'


@dataclass(frozen=True)
class SubShell:
    """What to run, and the variables it needs beside the caller's."""

    command: list[str]
    variables: Mapping[str, str]


def sub_shell(environment: Mapping[str, str], folder: Path, sign: str) -> SubShell:
    """Bash and zsh show sign and minutes left; any other shell shows the sign where it reads PS1."""
    shell = environment.get("SHELL") or "/bin/sh"
    name = Path(shell).name
    safe = "".join(character for character in sign if character.isalnum() or character in "-_. ")
    if name == "bash":
        start = folder / "bashrc"
        start.write_text(_BASH.format(sign=safe), encoding="utf-8")
        return SubShell([shell, "--rcfile", str(start), "-i"], {})
    if name == "zsh":
        (folder / ".zshrc").write_text(_ZSH.format(sign=safe), encoding="utf-8")
        (folder / ".zshenv").write_text(_ZSHENV, encoding="utf-8")
        variables = {"ZDOTDIR": str(folder), "AKSESS_ZDOTDIR": environment.get("ZDOTDIR", "")}
        return SubShell([shell, "-i"], variables)
    return SubShell([shell, "-i"], {"PS1": f"[{safe}] {environment.get('PS1', '$ ')}"})
