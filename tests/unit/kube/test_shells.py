"""The sub-shell's start-up file: the person's own is read first, and no name can smuggle a command into it."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.kube.shells import sub_shell


def test_bash_gets_a_start_up_file_that_reads_the_persons_own(tmp_path: Path) -> None:
    shell = sub_shell({"SHELL": "/bin/bash"}, tmp_path, "web via direct")
    start = tmp_path / "bashrc"
    assert shell.command == ["/bin/bash", "--rcfile", str(start), "-i"]
    assert start.read_text().startswith("[ -f ~/.bashrc ] && . ~/.bashrc\n")
    assert "web via direct" in start.read_text()
    assert subprocess.run(["bash", "-n", start], check=False).returncode == 0


def test_zsh_finds_its_own_folder_again(tmp_path: Path) -> None:
    shell = sub_shell({"SHELL": "/usr/bin/zsh", "ZDOTDIR": "/mine"}, tmp_path, "web via direct")
    assert shell.variables == {"ZDOTDIR": str(tmp_path), "AKSESS_ZDOTDIR": "/mine"}
    assert (tmp_path / ".zshrc").exists()


@pytest.mark.parametrize("environment", [{}, {"SHELL": "/bin/sh"}, {"SHELL": "/bin/fish", "PS1": "> "}])
def test_any_other_shell_gets_a_prompt(tmp_path: Path, environment: dict[str, str]) -> None:
    shell = sub_shell(environment, tmp_path, "web")
    assert shell.command == [environment.get("SHELL", "/bin/sh"), "-i"]
    assert shell.variables == {"PS1": f"[web] {environment.get('PS1', '$ ')}"}


@given(st.text() | st.text("$(`)'\"\\;&|!\n aksess", max_size=20))
def test_a_sign_is_never_code(tmp_path_factory: pytest.TempPathFactory, sign: str) -> None:
    folder = tmp_path_factory.mktemp("shell")
    sub_shell({"SHELL": "bash"}, folder, sign)
    plain = (folder / "bashrc").read_text().splitlines()[-1]
    inner = plain.removeprefix("PS1='[").split("$(aksess_left)", 1)[0]
    assert not set(inner) & set("$`'\"\\;&|!\n(){}")
