"""The private folder of an open route: only its owner's, and gone on every way out."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aksess.kube.kubeconfig import Kubeconfig
from aksess.kube.workspace import workspace

CONFIG = Kubeconfig("web", {"server": "https://x"}, {"token": "secret"})


def test_it_lies_in_the_runtime_folder_and_is_private(tmp_path: Path) -> None:
    with workspace(CONFIG, {"XDG_RUNTIME_DIR": str(tmp_path)}) as path:
        assert path.parent.parent == tmp_path
        assert (path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("runtime", [None, "", "/nowhere/at/all"])
def test_without_a_runtime_folder_a_temporary_one_is_made(runtime: str | None) -> None:
    with workspace(CONFIG, {} if runtime is None else {"XDG_RUNTIME_DIR": runtime}) as path:
        assert path.exists()
    assert not path.parent.exists()


def test_an_error_removes_it_as_well(tmp_path: Path) -> None:
    def interrupted() -> None:
        with workspace(CONFIG, {"XDG_RUNTIME_DIR": str(tmp_path)}) as path:
            (path.parent / "cache").mkdir()
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert not list(tmp_path.iterdir())


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    with workspace(CONFIG, environment) as one, workspace(CONFIG, environment) as two:
        assert one != two


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    held = "from aksess.kube.workspace import workspace; from aksess.kube.kubeconfig import Kubeconfig; import os\n"
    held += (
        "with workspace(Kubeconfig('web', {'server': 'https://x'}, {}), os.environ) as path: os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", held], env={**os.environ, **environment}, check=False)
    assert killed.returncode == -signal.SIGKILL
    [left] = tmp_path.iterdir()
    assert (left / "config").exists()
    others = [tmp_path / "aksess-of-somebody-else", tmp_path / "aksess-sim"]
    for other in others:
        other.mkdir()
    (tmp_path / "aksess-link").symlink_to(others[0])
    with workspace(CONFIG, environment) as one, workspace(CONFIG, environment) as two:
        assert not left.exists()
        assert one.exists()
        assert two.exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["aksess-link", "aksess-of-somebody-else", "aksess-sim"]
