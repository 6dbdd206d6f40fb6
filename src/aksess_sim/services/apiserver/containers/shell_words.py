"""From the text of a shell script to commands: words, quotes, variables, operators. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""[ \t\r]+
    | (?P<comment> (?<!\S)\#[^\n]*)
    | (?P<redirect> 2>&1 | 1?>&2 | 2>> | 2> | >> | > | <)
    | (?P<operator> \|\| | && | [|;\n])
    | (?P<word> (?: '[^']*' | "(?: \\. | [^"\\])*" | \\(?s:.) | [^\s;|&<>'"\\])+)""",
    re.VERBOSE,
)
_PIECE = re.compile(r"""'(?P<literal>[^']*)' | "(?P<quoted>(?: \\. | [^"\\])*)" | (?P<plain>[^'"]+)""", re.VERBOSE)
_ESCAPE_OR_NAME = re.compile(r"\\(?P<kept>.)|\$(?:(?P<name>\w+|\?)|\{(?P<braced>\w+)\})", re.DOTALL)


class NotUnderstood(Exception):
    """The text is no script this shell can run."""


@dataclass(frozen=True)
class Word:
    """One word as written, quotes and all."""

    written: str

    def expanded(self, variables: Mapping[str, str]) -> list[str]:
        """What a program sees of it: one word, or none when it is nothing but an unset variable."""
        text = "".join(_piece(piece, variables) for piece in _PIECE.finditer(self.written))
        return [text] if text or "'" in self.written or '"' in self.written else []


def _piece(piece: re.Match[str], variables: Mapping[str, str]) -> str:
    if (literal := piece["literal"]) is not None:
        return literal
    return _ESCAPE_OR_NAME.sub(
        lambda found: found["kept"] or variables.get(found["name"] or found["braced"], ""),
        piece["quoted"] if piece["quoted"] is not None else piece["plain"],
    )


@dataclass(frozen=True)
class Redirection:
    """`>`, `>>`, `<`, `2>`, `2>>` to or from a file; `2>&1` and `>&2` have none."""

    operator: str
    file: Word


@dataclass
class Command:
    """One program with its arguments."""

    words: list[Word] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)


@dataclass
class Pipeline:
    """Commands joined by `|`, and what stood before them: `&&`, `||`, `;`."""

    after: str
    commands: list[Command] = field(default_factory=lambda: [Command()])

    def follows(self, code: int) -> bool:
        """Whether it is run after something that ended so."""
        return not ((self.after == "&&" and code) or (self.after == "||" and not code))


def parse(text: str) -> list[Pipeline]:
    """The pipelines of a script, in order; raises NotUnderstood."""
    pipelines, place, redirect = [Pipeline(";")], 0, ""
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            unended = text[place] in "'\"\\"
            raise NotUnderstood("unterminated quoted string" if unended else f'unexpected "{text[place]}"')
        place = token.end()
        if redirect and token["word"]:
            pipelines[-1].commands[-1].redirections.append(Redirection(redirect, Word(token["word"])))
            redirect = ""
        elif redirect and token.lastgroup:
            raise NotUnderstood(f'unexpected "{token[0]}"')
        elif "&" in (token["redirect"] or ""):
            pipelines[-1].commands[-1].redirections.append(Redirection(token["redirect"], Word("")))
        else:
            redirect = token["redirect"] or redirect
            _add(pipelines, token)
    if redirect or not pipelines[-1].commands[-1].words:
        _must_be_empty(pipelines[-1], redirect)
    return [one for one in pipelines if one.commands[0].words or one.commands[0].redirections]


def _add(pipelines: list[Pipeline], token: re.Match[str]) -> None:
    """Put a word or an operator where it belongs."""
    current = pipelines[-1]
    if token["word"]:
        current.commands[-1].words.append(Word(token["word"]))
    elif operator := token["operator"]:
        empty = not current.commands[-1].words and not current.commands[-1].redirections
        if empty and (operator not in ";\n" or len(current.commands) > 1):
            raise NotUnderstood(f'unexpected "{operator}"')
        if operator == "|":
            current.commands.append(Command())
        elif not empty:
            pipelines.append(Pipeline(";" if operator == "\n" else operator))


def _must_be_empty(last: Pipeline, redirect: str) -> None:
    """The end of a script may follow an empty line, but no operator that wants more."""
    if redirect or len(last.commands) > 1 or last.after != ";":
        raise NotUnderstood("unexpected end of file")
