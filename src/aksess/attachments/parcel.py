"""What is sent: the line to run, and the files it needs, from a command as it was typed here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from aksess.attachments.disk import Disk
from aksess.attachments.helm import helm_mentions
from aksess.attachments.kubectl import kubectl_mentions
from aksess.attachments.limits import MOST_REQUEST, too_large
from aksess.attachments.mention import Found, Kind, Mention
from aksess.attachments.package import packed
from aksess.attachments.placing import base_of, name_of, placed, rewritten
from aksess.attachments.shell_line import as_text, commands_in, quoted
from aksess.errors import BadInput

MENTIONS = {"kubectl": kubectl_mentions, "helm": helm_mentions}


@dataclass(frozen=True)
class Parcel:
    """`line` is for a shell, whose working directory holds `files`; `context` is those files as Azure takes them."""

    line: str
    files: dict[str, bytes] = field(default_factory=dict)
    context: str = field(default="", repr=False)


def is_line(command: Sequence[str]) -> bool:
    """One word is a line for the shell, as ssh has it; several arrive exactly as they were typed."""
    return len(command) == 1


def parcel(command: Sequence[str], attach: Sequence[str], disk: Disk) -> Parcel:
    """Errors: BadInput for files that are missing, unfit or too large; nothing is sent then."""
    files: dict[str, bytes] = {}
    for path in attach:
        _take(files, disk, _whole(path))
    if is_line(command):
        line = as_text(command[0])
        _take_from_line(files, disk, line)
    else:
        line = quoted(_taken(files, disk, command))
    context = packed(files)
    size = len(line.encode()) + len(context)
    if size > MOST_REQUEST:
        raise too_large({Path(name): len(content) for name, content in files.items()}, size, MOST_REQUEST)
    return Parcel(line, files, context)


def mentions(words: Sequence[str]) -> list[Mention]:
    """What a command names on this disk; of programs other than kubectl and helm nothing is known."""
    find = MENTIONS.get(PurePosixPath(words[0]).name)
    return find(words) if find else []


def _taken(files: dict[str, bytes], disk: Disk, words: Sequence[str]) -> list[str]:
    """The words as they are to be there; what they mention goes into `files`."""
    names = [(one, name) for one in mentions(words) if (name := _take(files, disk, one)) is not None]
    return rewritten(words, names)


def _take(files: dict[str, bytes], disk: Disk, mention: Mention) -> str | None:
    """Its name there; None when it mentions no file after all."""
    found = disk.look(mention)
    if found is None:
        return None
    base = base_of(found, disk.cwd, _elsewhere(files))
    files |= placed(found, base)
    return name_of(mention, found, base, disk.cwd)


def _elsewhere(files: dict[str, bytes]) -> int:
    return 1 + len({name.split("/")[0] for name in files if name.startswith("attached-")})


def _take_from_line(files: dict[str, bytes], disk: Disk, line: str) -> None:
    """A line is not rewritten: what it names must lie below the working directory, or be made where it runs."""
    for words in commands_in(line):
        for one in mentions(words):
            if one.path == "-" or "$" in one.path or not _is_here(disk, one):
                continue
            found = disk.look(one)
            if found is not None:
                _stays(one, found, disk)
                files |= placed(found, base_of(found, disk.cwd, 0))


def _is_here(disk: Disk, mention: Mention) -> bool:
    path = disk.absolute(mention.path)
    return path.exists() or (path.parent.is_dir() and any(path.parent.glob(path.name)))


def _stays(mention: Mention, found: Found, disk: Disk) -> None:
    base = base_of(found, disk.cwd, 0)
    if found.root.is_relative_to(disk.cwd) and name_of(mention, found, base, disk.cwd) == mention.path:
        return
    raise BadInput(
        f"`{mention.path}` lies outside the folder you stand in, and a shell line is sent as it is",
        "go to a folder that holds it and name it from there, or give the command as words of its own",
        code="path-outside",
    )


def _whole(path: str) -> Mention:
    return Mention(0, 0, len(path), path, Kind.TREE)
