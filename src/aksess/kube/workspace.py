"""A private folder for one open route: the kubeconfig kubectl reads while it is open, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from aksess.kube.kubeconfig import Kubeconfig, write_private


@contextmanager
def workspace(kubeconfig: Kubeconfig, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yields the path of a kubeconfig that only this person can read; the folder is removed at the end."""
    runtime = environment.get("XDG_RUNTIME_DIR")
    folder = Path(tempfile.mkdtemp(prefix="aksess-", dir=runtime if runtime and Path(runtime).is_dir() else None))
    try:
        path = folder / "config"
        write_private(kubeconfig, path)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)
