"""From a shut-out shell to kubectl's first answer: aksess, and the article's script with az get-credentials."""

from benchmarks.table import Row
from benchmarks.world import ARTICLE, simulated_world

RUNS = 3
SPEED = 10.0
CLUSTER = "-g rg-demo -n web"
UPDATE, EFFECTIVE = 90 / SPEED, 60 / SPEED
"""Seconds the simulated cluster takes for an update, and until it is in force."""


def measure() -> list[Row]:
    """Seconds of each, and seconds beyond what the cluster itself needs until the change is in force."""
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(_timed(f"aksess connect {CLUSTER} -- sh -c 'kubectl get ns >&2; date +%s.%N'"))
        theirs.append(
            _timed(
                f"bash {ARTICLE} rg-demo web >&2 && az aks get-credentials {CLUSTER} -f $HOME/config >&2 && "
                "until kubectl --kubeconfig $HOME/config get ns >&2; do :; done; date +%s.%N",
                prepare="az login --identity -o none",
            )
        )
    return [
        Row("first kubectl answer", ours, theirs, "article's script"),
        Row(
            "beyond the change in force", [one - EFFECTIVE for one in ours], [one - EFFECTIVE for one in theirs], "same"
        ),
    ]


def _timed(command: str, prepare: str = ":") -> float:
    """Seconds from the command's start to the date it prints at its last line of stdout."""
    with simulated_world(speed=SPEED) as world:
        ran = world.run("bash", "-c", f"{prepare}; began=$(date +%s.%N); ended=$({command}) && echo $began $ended")
    if ran.code != 0:
        raise RuntimeError(ran.output)
    began, ended = ran.output.splitlines()[-1].split()
    return float(ended) - float(began)
