"""Where attached files lie in the place the command runs in, and how the command then names them. Pure.

What lies below the working directory keeps its place, so that the command needs no change; anything else gets a folder
of its own, in which the files still lie to each other as they did.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from aksess.attachments.mention import Found, Mention

ELSEWHERE = "attached"


def base_of(found: Found, cwd: Path, number: int) -> PurePosixPath:
    """The folder that stands for `found.root`; `number` keeps the ones from elsewhere apart."""
    if found.root.is_relative_to(cwd):
        return PurePosixPath(found.root.relative_to(cwd))
    return PurePosixPath(f"{ELSEWHERE}-{number}")


def placed(found: Found, base: PurePosixPath) -> dict[str, bytes]:
    """Files by their path in the place the command runs in."""
    return {str(base / path.relative_to(found.root)): content for path, content in found.files.items()}


def name_of(mention: Mention, found: Found, base: PurePosixPath, cwd: Path) -> str:
    """How the command names it there: as it was typed, where that still leads to it."""
    typed = PurePosixPath(mention.path)
    if found.root.is_relative_to(cwd) and not typed.is_absolute() and ".." not in typed.parts and mention.path != "-":
        return mention.path
    there = str(base / found.named.relative_to(found.root))
    return f"./{there}" if there.startswith("-") else there


def rewritten(words: Sequence[str], names: Iterable[tuple[Mention, str]]) -> list[str]:
    """The words with each mention's path replaced."""
    new = list(words)
    for mention, name in sorted(names, key=lambda pair: -pair[0].start):
        word = new[mention.index]
        new[mention.index] = word[: mention.start] + name + word[mention.end :]
    return new
