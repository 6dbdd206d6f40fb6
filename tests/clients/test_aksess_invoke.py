"""aksess's own way through Command Invoke, with the real kubectl in the pod: a private cluster from a plain shell."""

import sys
import time
from pathlib import Path

import pytest

from clients.shells import GROUP, Done, Shell

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{answer: '42'}}\n"


def aksess(shell: Shell, folder: Path, *words: str) -> Done:
    """Run it in a folder."""
    return shell.run("sh", "-c", 'cd "$0" && exec "$@"', str(folder), sys.executable, "-m", "aksess", *words)


def invoke(shell: Shell, folder: Path, *command: str) -> Done:
    return aksess(shell, folder, "invoke", "-g", GROUP, "-n", "vault", *command)


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    """A folder of manifests, and an overlay over a base that lies beside it."""
    for name in ("dir/one", "dir/two", "base/three"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.yaml").write_text(MAP.format(name=Path(name).name))
    (tmp_path / "overlay").mkdir()
    (tmp_path / "base" / "kustomization.yaml").write_text("resources: [three.yaml]\n")
    (tmp_path / "overlay" / "values.txt").write_text("a: b\n")
    (tmp_path / "overlay" / "kustomization.yaml").write_text(
        "namePrefix: my-\nresources: [../base]\nconfigMapGenerator: [{name: made, files: [values.txt]}]\n"
    )
    return tmp_path


def test_get_as_the_short_form_goes_this_way_when_it_is_pinned(ada: Shell, tmp_path: Path) -> None:
    done = aksess(ada, tmp_path, "kubectl", "-n", "vault", "--via", "invoke", "get", "namespaces", "-o", "name")
    assert (done.code, "namespace/kube-system" in done.out.splitlines()) == (0, True), done


def test_apply_of_a_folder_and_of_a_kustomization(ada: Shell, manifests: Path) -> None:
    applied = invoke(ada, manifests, "--", "kubectl", "apply", "-f", "dir")
    assert (applied.code, sorted(applied.out.splitlines())) == (
        0,
        ["configmap/one created", "configmap/two created"],
    ), applied
    overlaid = invoke(ada, manifests / "overlay", "--", "kubectl", "apply", "-k", ".")
    assert overlaid.code == 0, overlaid
    assert "configmap/my-three created" in overlaid.out
    found = invoke(ada, manifests, "kubectl get configmaps -o name | grep my- | sort")
    assert found.out.splitlines()[-1] == "configmap/my-three", found


def test_a_failing_command_fails(ada: Shell, tmp_path: Path) -> None:
    done = invoke(ada, tmp_path, "--", "kubectl", "get", "pod", "nosuch")
    assert (done.code, "NotFound" in done.out) == (1, True), done


def test_three_megabytes_come_whole(ada: Shell, tmp_path: Path) -> None:
    line = "for i in $(seq 40); do kubectl get pods -A -o json; done"
    cut = invoke(ada, tmp_path, line)
    whole = invoke(ada, tmp_path, "--full", line)
    assert (cut.code, whole.code) == (78, 0), whole.err
    assert len(whole.out) > 2 * len(cut.out)
    assert whole.out.startswith(cut.out[:100_000])


def test_ten_minutes_detached_and_resumed(ada: Shell, tmp_path: Path) -> None:
    """Ten minutes are ten seconds here."""
    began = time.monotonic()
    left = invoke(ada, tmp_path, "--detach", "--", "sh", "-c", "sleep 10; kubectl version; exit 4")
    assert (left.code, time.monotonic() - began < 8) == (0, True), left
    early = aksess(ada, tmp_path, "invoke", "result", left.out.strip(), "-n", "vault")
    assert early.code == 77, early
    waited = aksess(ada, tmp_path, "invoke", "result", left.out.strip(), "-n", "vault", "--wait")
    assert (waited.code, "Server Version" in waited.out) == (4, True), waited


def test_an_entra_cluster_knows_whose_command_it_is(ada: Shell, tmp_path: Path) -> None:
    done = aksess(ada, tmp_path, "invoke", "-g", GROUP, "-n", "entra", "--", "kubectl", "auth", "whoami", "-o", "json")
    assert (done.code, "ada" in done.out) == (0, True), done
