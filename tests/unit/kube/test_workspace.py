"""The private folder of an open route: only its owner's, and gone on every way out."""

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
