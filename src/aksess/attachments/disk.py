"""Read what a command's mentions name on this disk. The only file here that touches it; it changes nothing.

A folder is taken as its user would expect it to be read, never through a link that leads out of it: such a link would
send what nobody named.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aksess.attachments.kustomize import NAMES, references
from aksess.attachments.limits import too_large, too_many
from aksess.attachments.mention import Found, Kind, Mention
from aksess.errors import BadInput

MANIFEST = (".yaml", ".yml", ".json")
MOST_FILES = 1000
MOST_BYTES = 64_000_000
"""Unpacked. More is not read: it would never fit a request."""


@dataclass(frozen=True)
class Disk:
    """`stdin` is read once at most, when something asks for `-`."""

    cwd: Path
    stdin: Callable[[], bytes]

    def look(self, mention: Mention) -> Found | None:
        """None for a word that turns out to name no file. Errors: BadInput."""
        if mention.path == "-" and mention.kind in (Kind.FILE, Kind.MANIFESTS, Kind.MANIFESTS_BELOW):
            place = Path("/dev/stdin")
            return Found(place, place.parent, {place: self.stdin()})
        path = self.absolute(mention.path)
        if mention.kind is Kind.CHART and not _is_chart(path):
            return None
        if mention.kind is Kind.KUSTOMIZATION:
            return _kustomized(path)
        if mention.kind in (Kind.MANIFESTS, Kind.MANIFESTS_BELOW) and not path.exists():
            return _matching(path)
        if not path.exists():
            raise _missing(path)
        if not path.is_dir():
            return Found(path, path.parent, _read([path]))
        if mention.kind is Kind.FILE:
            raise BadInput(f"`{path}` is a folder, and a file is needed here", "name a file", code="attachment-folder")
        files = _read(_below(path, path, mention.kind))
        if not files:
            raise BadInput(
                f"there is nothing to attach in `{path}`", "name a folder with files", code="nothing-to-attach"
            )
        return Found(path, path, files)

    def absolute(self, path: str) -> Path:
        """Without `..`, links left as they are."""
        return Path(os.path.normpath(self.cwd / path))


def _matching(path: Path) -> Found:
    """A pattern that reached kubectl unexpanded, as kubectl reads it: within one folder."""
    matching = sorted(path.parent.glob(path.name)) if any(mark in path.name for mark in "*?[") else []
    if not matching:
        raise _missing(path)
    return Found(path, path.parent, _read(one for one in matching if one.is_file()))


def _is_chart(path: Path) -> bool:
    return (path / "Chart.yaml").is_file() or (path.suffix == ".tgz" and path.is_file())


def _below(folder: Path, root: Path, kind: Kind) -> Iterator[Path]:
    """The files that this kind of mention takes, in order. Errors: BadInput for what leads out, or is no file."""
    whole = kind not in (Kind.MANIFESTS, Kind.MANIFESTS_BELOW)
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if kind not in (Kind.MANIFESTS, Kind.FILES_IN):
                yield from _below(_inside(path, root), root, kind)
        elif path.is_file():
            if whole or path.suffix in MANIFEST:
                yield _inside(path, root)
        elif whole:
            raise BadInput(f"`{path}` is neither a file nor a folder", "take it out", code="attachment-kind")


def _inside(path: Path, root: Path) -> Path:
    """Errors: BadInput for a link that leads out of the folder, or back to a folder it lies in."""
    real = path.resolve()
    back = real.is_dir() and path.parent.resolve().is_relative_to(real)
    if not path.is_symlink() or (real.is_relative_to(root.resolve()) and not back):
        return path
    raise BadInput(
        f"`{path}` is a link to `{real}`, {'a folder it lies in' if back else 'out of the folder that was named'}",
        "replace it by the file itself, or name that file",
        code="attachment-link",
    )


def _kustomized(folder: Path) -> Found:
    """The kustomization and all it refers to; its root is the folder that holds them all."""
    files: dict[Path, bytes] = {}
    _follow(folder, files, set())
    root = Path(os.path.commonpath([folder, *(path.parent for path in files)]))
    for path in files:
        for one in (path, *path.parents):
            if one != root and one.is_relative_to(root):
                _inside(one, root)
    return Found(folder, root, files)


def _follow(folder: Path, files: dict[Path, bytes], seen: set[Path]) -> None:
    if folder in seen:
        return
    seen.add(folder)
    path = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if path is None:
        raise BadInput(
            f"`{folder}` holds no kustomization.yaml", "check the folder's name", code="kustomization-missing"
        )
    files |= _read([path])
    try:
        referred = references(files[path].decode())
    except ValueError as fault:
        raise BadInput(
            f"`{path}` cannot be read: {fault}", "mend it; `kubectl kustomize` shows the same", code="kustomization-bad"
        ) from fault
    for one in referred:
        target = Path(os.path.normpath(folder / one))
        if target.is_dir():
            _follow(target, files, seen)
        elif target.is_file():
            files |= _read([target])
        else:
            raise _missing(target, f", which `{path}` refers to")
        if len(files) > MOST_FILES:
            raise too_many(folder, MOST_FILES)


def _read(paths: Iterable[Path]) -> dict[Path, bytes]:
    """Errors: BadInput for what cannot be read, and for more than could ever be sent."""
    files: dict[Path, bytes] = {}
    total = 0
    for path in paths:
        total += path.stat().st_size
        if total > MOST_BYTES:
            raise too_large({path: total}, total, MOST_BYTES)
        if len(files) == MOST_FILES:
            raise too_many(path.parent, MOST_FILES)
        try:
            files[path] = path.read_bytes()
        except OSError as fault:
            raise BadInput(
                f"`{path}` cannot be read: {fault.strerror}", "check its rights", code="attachment-unreadable"
            ) from fault
    return files


def _missing(path: Path, why: str = "") -> BadInput:
    return BadInput(f"there is no `{path}` here{why}", "check the path; nothing was sent", code="attachment-missing")
