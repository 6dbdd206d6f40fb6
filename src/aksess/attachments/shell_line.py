"""Command lines for a shell: exact quoting of words, and the commands inside a line somebody else wrote. Pure."""

import shlex
from collections.abc import Sequence

from aksess.errors import BadInput

_BETWEEN = frozenset({";", "&", "&&", "|", "||", "|&", "(", ")", "{", "}", "!", "do", "then", "else"})


def quoted(words: Sequence[str]) -> str:
    """One line that a POSIX shell reads back as exactly these words. Errors: BadInput for bytes that are no text."""
    line = shlex.join(words)
    return as_text(line)


def as_text(line: str) -> str:
    """Errors: BadInput for what JSON could not carry."""
    try:
        line.encode()
    except UnicodeEncodeError as fault:
        raise BadInput(
            "the command holds bytes that are not UTF-8, and Azure takes text only",
            "put them into a file and attach it: --attach PATH",
            code="not-text",
        ) from fault
    return line


def commands_in(line: str) -> list[list[str]]:
    """The simple commands of a line, unquoted, without assignments before them; none when it cannot be read.

    Redirections stay among the words: only file flags are looked for in them.
    """
    commands: list[list[str]] = [[]]
    for part in line.splitlines():
        lexer = shlex.shlex(part, posix=True, punctuation_chars=";&|()")
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:
            # A quotation over several lines; what it says is the shell's affair.
            continue
        for word in words:
            if word in _BETWEEN or set(word) <= set(";&|()"):
                commands.append([])
            elif commands[-1] or "=" not in word.partition(" ")[0]:
                commands[-1].append(word)
        commands.append([])
    return [command for command in commands if command]
