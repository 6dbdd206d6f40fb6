"""A private folder for one open route: the kubeconfig kubectl reads while it is open, gone afterwards.

A killed process cannot remove its own, so whoever makes one removes those of this person that nobody holds any more.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from aksess.kube.kubeconfig import Kubeconfig, write_private

PREFIX = "aksess-"
HELD = "held"
"""A file whose lock goes with the process that made the folder, however that ends."""


@contextmanager
def workspace(kubeconfig: Kubeconfig, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yields the path of a kubeconfig that only this person can read; the folder is removed at the end."""
    runtime = environment.get("XDG_RUNTIME_DIR")
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=runtime if runtime and Path(runtime).is_dir() else None))
    held = _hold(folder)
    try:
        _remove_abandoned(folder.parent)
        path = folder / "config"
        write_private(kubeconfig, path)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _hold(folder: Path) -> int:
    """Locked before it has its name, so that nobody ever sees it unlocked while its owner lives."""
    unnamed = folder / f"{HELD}.new"
    descriptor = os.open(unnamed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    unnamed.rename(folder / HELD)
    return descriptor


def _remove_abandoned(parent: Path) -> None:
    """What cannot be judged stays; folders without the file are not ours, or still being made."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and not folder.is_symlink() and _abandoned(folder / HELD):
                shutil.rmtree(folder)


def _abandoned(held: Path) -> bool:
    """Errors: OSError when there is no such file, or somebody holds it."""
    descriptor = os.open(held, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
    return True
