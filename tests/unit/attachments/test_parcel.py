"""A command with its files: what worked here works there, and what goes along is exactly what was named."""

import os
import shlex
from pathlib import Path

import pytest

from aksess.attachments.disk import Disk
from aksess.attachments.limits import MOST_REQUEST, shown
from aksess.attachments.parcel import Parcel, parcel
from aksess.errors import BadInput


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("shop/a.yaml", "shop/sub/b.yaml", "shop/sp ace.yaml", "base/c.yaml", "d.yaml", "chart/Chart.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / "base/kustomization.yaml").write_text("resources: [c.yaml]")
    (tmp_path / "shop/sub/kustomization.yaml").write_text("resources: [b.yaml, ../../base]")
    return tmp_path / "shop"


def send(here: Path, *command: str, attach: tuple[str, ...] = (), stdin: bytes = b"") -> Parcel:
    return parcel(command, attach, Disk(here, lambda: stdin))


STAYS = [
    "-f a.yaml",
    "-f ./a.yaml",
    "-f sub/b.yaml",
    "-f a.yaml,sub/b.yaml",
    "--filename=a.yaml",
    "-f https://x/y.yaml",
]


@pytest.mark.parametrize("flags", STAYS)
def test_what_lies_here_is_named_as_it_was_typed(here: Path, flags: str) -> None:
    sent = send(here, "kubectl", "apply", *flags.split())
    assert sent.line == f"kubectl apply {flags}"
    assert set(sent.files) <= {"a.yaml", "sub/b.yaml"}


def test_what_lies_elsewhere_gets_a_place_and_a_name_there(here: Path) -> None:
    sent = send(here, "kubectl", "apply", "-f", "../d.yaml", "-f", f"{here}/a.yaml", "-k", "../base")
    assert sent.line == "kubectl apply -f attached-1/d.yaml -f a.yaml -k attached-2"
    assert sorted(sent.files) == ["a.yaml", "attached-1/d.yaml", "attached-2/c.yaml", "attached-2/kustomization.yaml"]


def test_files_of_one_kustomization_lie_to_each_other_as_they_did(here: Path) -> None:
    sent = send(here, "kubectl", "apply", "-k", "sub")
    assert sent.line == "kubectl apply -k attached-1/shop/sub"
    assert "attached-1/base/c.yaml" in sent.files


def test_two_paths_in_one_word_are_both_renamed(here: Path) -> None:
    sent = send(here, "kubectl", "apply", "--filename=../d.yaml,../base/c.yaml,a.yaml")
    assert sent.line == "kubectl apply --filename=attached-1/d.yaml,attached-2/c.yaml,a.yaml"


def test_stdin_goes_along_as_a_file(here: Path) -> None:
    sent = send(here, "kubectl", "apply", "-f", "-", stdin=b"typed")
    assert (sent.line, sent.files) == ("kubectl apply -f attached-1/stdin", {"attached-1/stdin": b"typed"})


def test_helm_brings_its_chart_and_values(here: Path) -> None:
    sent = send(here, "helm", "install", "web", "../chart", "-f", "sub/b.yaml", "--set-file", "x=a.yaml")
    assert sent.line == "helm install web attached-1 -f sub/b.yaml --set-file x=a.yaml"
    assert sorted(sent.files) == ["a.yaml", "attached-1/Chart.yaml", "sub/b.yaml"]


def test_whatever_else_is_needed_is_attached_by_name(here: Path) -> None:
    sent = send(here, "sh", "sub/run.sh", attach=("sub", "a.yaml"))
    assert sent.line == "sh sub/run.sh"
    assert sorted(sent.files) == ["a.yaml", "sub/b.yaml", "sub/kustomization.yaml"]


def test_words_are_quoted_and_a_line_is_sent_as_it_is(here: Path) -> None:
    words = ["kubectl", "apply", "-f", "sp ace.yaml", "$HOME", "it's"]
    assert shlex.split(send(here, *words).line) == words
    line = "kubectl get pods | wc -l > 'a b'; kubectl apply -f 'sp ace.yaml' -f sub/b.yaml -f -"
    sent = send(here, line)
    assert (sent.line, sorted(sent.files)) == (line, ["sp ace.yaml", "sub/b.yaml"])


def test_a_line_may_name_what_it_makes_itself(here: Path) -> None:
    line = 'kubectl get cm -o yaml > new.yaml; kubectl apply -f new.yaml -f "$X"'
    assert send(here, line) == Parcel(line, {}, "")


@pytest.mark.parametrize("path", ["../d.yaml", "/dev/null"])
def test_a_line_that_would_have_to_be_rewritten_is_refused(here: Path, path: str) -> None:
    with pytest.raises(BadInput) as refused:
        send(here, f"kubectl apply -f {path} | cat")
    assert (refused.value.code, path in refused.value.sentence) == ("path-outside", True)


def test_files_over_the_limit_are_refused_with_their_sizes(here: Path) -> None:
    (here / "big.yaml").write_bytes(os.urandom(MOST_REQUEST))
    with pytest.raises(BadInput) as refused:
        send(here, "kubectl", "apply", "-f", "big.yaml", "-f", "a.yaml")
    assert refused.value.code == "attachments-too-large"
    for words in ("2.0 MB", "1.5 MB", "big.yaml (1.5 MB), a.yaml (14 B)"):
        assert words in refused.value.sentence


def test_sizes_are_read_at_a_glance() -> None:
    assert [shown(size) for size in (0, 999, 1000, 12_400, 1_500_000)] == ["0 B", "999 B", "1 kB", "12 kB", "1.5 MB"]


def test_other_programs_words_are_left_alone(here: Path) -> None:
    assert send(here, "grep", "-f", "a.yaml").files == {}
