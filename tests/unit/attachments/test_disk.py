"""What is read from the disk: all that was named, nothing that was not."""

import os
from pathlib import Path

import pytest

from aksess.attachments.disk import MOST_FILES, Disk
from aksess.attachments.mention import Found, Kind, Mention
from aksess.errors import BadInput


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"# {name}\n")


def look(root: Path, path: str, kind: Kind, stdin: bytes = b"") -> Found:
    found = Disk(root, lambda: stdin).look(Mention(0, 0, len(path), path, kind))
    assert found is not None
    return found


def names(root: Path, found: Found) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in found.files)


def refused(root: Path, path: str, kind: Kind) -> BadInput:
    with pytest.raises(BadInput) as fault:
        look(root, path, kind)
    return fault.value


TREE = ("a.yaml", "b.yml", "c.json", "d.txt", "sub/e.yaml", "sub/f.txt")
TAKEN = {
    Kind.MANIFESTS: ["a.yaml", "b.yml", "c.json"],
    Kind.MANIFESTS_BELOW: ["a.yaml", "b.yml", "c.json", "sub/e.yaml"],
    Kind.FILES_IN: ["a.yaml", "b.yml", "c.json", "d.txt"],
    Kind.TREE: sorted(TREE),
}


@pytest.mark.parametrize(("kind", "taken"), TAKEN.items())
def test_a_folder_is_taken_as_its_reader_reads_it(tmp_path: Path, kind: Kind, taken: list[str]) -> None:
    write(tmp_path, *TREE)
    assert names(tmp_path, look(tmp_path, ".", kind)) == taken


def test_a_file_a_pattern_and_stdin(tmp_path: Path) -> None:
    write(tmp_path, *TREE)
    assert names(tmp_path, look(tmp_path, "d.txt", Kind.FILE)) == ["d.txt"]
    assert names(tmp_path, look(tmp_path, "*.y*ml", Kind.MANIFESTS)) == ["a.yaml", "b.yml"]
    assert list(look(tmp_path, "-", Kind.MANIFESTS, b"typed").files.values()) == [b"typed"]


def test_a_pipe_is_read_as_a_file(tmp_path: Path) -> None:
    """As in `kubectl apply -f <(make-manifest)`."""
    reading, writing = os.pipe()
    os.write(writing, b"made")
    os.close(writing)
    try:
        assert list(look(tmp_path, f"/dev/fd/{reading}", Kind.MANIFESTS).files.values()) == [b"made"]
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [
        ("none.yaml", Kind.MANIFESTS, "attachment-missing"),
        ("none*.yaml", Kind.MANIFESTS, "attachment-missing"),
        ("none", Kind.TREE, "attachment-missing"),
        ("sub", Kind.FILE, "attachment-folder"),
        ("empty", Kind.MANIFESTS, "nothing-to-attach"),
        ("sub", Kind.KUSTOMIZATION, "kustomization-missing"),
    ],
)
def test_what_cannot_be_taken_is_named(tmp_path: Path, path: str, kind: Kind, code: str) -> None:
    write(tmp_path, *TREE)
    (tmp_path / "empty").mkdir()
    fault = refused(tmp_path, path, kind)
    assert (fault.code, str(tmp_path / path) in fault.sentence) == (code, True)


def test_only_a_chart_is_a_chart(tmp_path: Path) -> None:
    write(tmp_path, "chart/Chart.yaml", "chart/templates/x.yaml", "other/x", "packed.tgz")
    assert names(tmp_path, look(tmp_path, "chart", Kind.CHART)) == ["chart/Chart.yaml", "chart/templates/x.yaml"]
    assert names(tmp_path, look(tmp_path, "packed.tgz", Kind.CHART)) == ["packed.tgz"]
    for word in ("other", "bitnami/nginx", "web"):
        assert Disk(tmp_path, bytes).look(Mention(0, 0, 1, word, Kind.CHART)) is None


@pytest.mark.parametrize("target", ["../secret", "../elsewhere", "."])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, target: str) -> None:
    write(tmp_path, "secret", "elsewhere/x", "named/a", "named/sub/b")
    (tmp_path / "named" / "link").symlink_to(target)
    fault = refused(tmp_path, "named", Kind.TREE)
    assert (fault.code, "link" in fault.sentence) == ("attachment-link", True)


def test_a_link_within_the_folder_and_a_link_that_was_named_are_followed(tmp_path: Path) -> None:
    write(tmp_path, "secret", "named/a", "named/sub/b")
    (tmp_path / "named" / "sub" / "link").symlink_to("../a")
    (tmp_path / "by-name").symlink_to("secret")
    assert names(tmp_path, look(tmp_path, "named", Kind.TREE)) == ["named/a", "named/sub/b", "named/sub/link"]
    assert look(tmp_path, "by-name", Kind.FILE).files[tmp_path / "by-name"] == b"# secret\n"


def test_what_is_no_file_is_refused_in_a_tree(tmp_path: Path) -> None:
    write(tmp_path, "named/a")
    os.mkfifo(tmp_path / "named" / "pipe")
    assert refused(tmp_path, "named", Kind.TREE).code == "attachment-kind"


def test_too_many_files_are_not_even_read(tmp_path: Path) -> None:
    write(tmp_path, *(f"named/{number}" for number in range(MOST_FILES + 1)))
    assert refused(tmp_path, "named", Kind.TREE).code == "attachments-too-many"


def test_a_kustomization_brings_all_it_refers_to(tmp_path: Path) -> None:
    write(tmp_path, "base/d.yaml", "parts/x.yaml", "over/p.yaml", "over/unrelated")
    (tmp_path / "base/kustomization.yml").write_text("resources: [d.yaml]")
    (tmp_path / "parts/Kustomization").write_text("resources: [x.yaml, ../base]")
    (tmp_path / "over/kustomization.yaml").write_text(
        "resources: [../base, https://x.example/y]\ncomponents: [../parts]\npatches: [{path: p.yaml}]"
    )
    found = look(tmp_path / "over", ".", Kind.KUSTOMIZATION)
    assert (found.named, found.root) == (tmp_path / "over", tmp_path)
    assert names(tmp_path, found) == [
        "base/d.yaml",
        "base/kustomization.yml",
        "over/kustomization.yaml",
        "over/p.yaml",
        "parts/Kustomization",
        "parts/x.yaml",
    ]


def test_a_kustomization_that_refers_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [., ../" + tmp_path.name + "]")
    assert names(tmp_path, look(tmp_path, ".", Kind.KUSTOMIZATION)) == ["kustomization.yaml"]


@pytest.mark.parametrize(
    ("text", "code"), [("resources: [gone.yaml]", "attachment-missing"), ("resources: [", "kustomization-bad")]
)
def test_a_kustomization_that_cannot_be_followed_is_named(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "kustomization.yaml").write_text(text)
    fault = refused(tmp_path, ".", Kind.KUSTOMIZATION)
    assert (fault.code, "kustomization.yaml" in fault.sentence) == (code, True)
