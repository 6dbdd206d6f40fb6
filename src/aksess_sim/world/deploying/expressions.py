"""The template language, as far as Cloud Shell's quickstart and plain templates use it; pure.

Source: ARM docs template-expressions, template-functions-*. What is not known here is refused as `InvalidTemplate`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aksess_sim.world.refusals import Refused

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<mark>[()\[\],.]))")


@dataclass(frozen=True)
class Call:
    """A function and what it is given."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Member:
    """`of.key` or `of[key]`."""

    of: "Node"
    key: "Node"


Node = str | int | Call | Member


def is_expression(value: object) -> bool:
    """Is it `[...]`? `[[` begins a literal that begins with a bracket."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]") and not value.startswith("[[")


def literal(value: str) -> str:
    """A string that is no expression: `[[x` means `[x`."""
    return value[1:] if value.startswith("[[") else value


def parsed(text: str) -> Node:
    """The expression in `[...]`. Raises Refused `InvalidTemplate`."""
    tokens = list(_tokens(text[1:-1], text))
    node, rest = _node(tokens, text)
    if rest:
        raise wrong(text, f"'{rest[0][1]}' was not expected")
    return node


def calls(node: Node) -> Iterator[str]:
    """The names of all functions called, as written."""
    if isinstance(node, Call):
        yield node.name
        for argument in node.arguments:
            yield from calls(argument)
    elif isinstance(node, Member):
        yield from calls(node.of)
        yield from calls(node.key)


def wrong(text: str, why: str) -> Refused:
    """ARM's sentence about an expression that it cannot process."""
    message = f"Unable to process template language expression '{text}': {why}. Please see https://aka.ms/arm-functions"
    return Refused("InvalidTemplate", f"{message} for usage details.")


_Tokens = list[tuple[str, str]]


def _tokens(text: str, whole: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise wrong(whole, f"'{text[at:].strip()[0]}' at position {at + 1} is not part of the language")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _node(tokens: _Tokens, whole: str) -> tuple[Node, _Tokens]:
    if not tokens:
        raise wrong(whole, "it ends too early")
    (kind, value), rest = tokens[0], tokens[1:]
    node: Node
    if kind == "text":
        node = value[1:-1].replace("''", "'")
    elif kind == "number":
        node = int(value)
    elif kind == "name" and rest[:1] == [("mark", "(")]:
        arguments, rest = _arguments(rest[1:], whole)
        node = Call(value, arguments)
    else:
        raise wrong(whole, f"'{value}' was not expected")
    return _members(node, rest, whole)


def _arguments(tokens: _Tokens, whole: str) -> tuple[tuple[Node, ...], _Tokens]:
    found: list[Node] = []
    while tokens[:1] != [("mark", ")")]:
        node, tokens = _node(tokens, whole)
        found.append(node)
        if tokens[:1] == [("mark", ",")]:
            tokens = tokens[1:]
        elif tokens[:1] != [("mark", ")")]:
            raise wrong(whole, "a closing parenthesis is missing")
    return tuple(found), tokens[1:]


def _members(node: Node, tokens: _Tokens, whole: str) -> tuple[Node, _Tokens]:
    while tokens and tokens[0] in (("mark", "."), ("mark", "[")):
        if tokens[0][1] == ".":
            if len(tokens) < 2 or tokens[1][0] != "name":
                raise wrong(whole, "a property name is missing after '.'")
            node, tokens = Member(node, tokens[1][1]), tokens[2:]
            continue
        key, tokens = _node(tokens[1:], whole)
        if tokens[:1] != [("mark", "]")]:
            raise wrong(whole, "a closing bracket is missing")
        node, tokens = Member(node, key), tokens[1:]
    return node, tokens
