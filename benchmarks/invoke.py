"""One kubectl command inside a private cluster, by Command Invoke: aksess and az against the pod's own time."""

from benchmarks.table import Row
from benchmarks.world import simulated_world

RUNS = 3
SPEED = 1.0
POD = (3 + 2) / SPEED
"""Seconds until the simulated pod is scheduled and has started."""
INSIDE = "benchmarks/commands.py"


def measure() -> list[Row]:
    """Seconds of each, and seconds beyond the pod's own: its start, and the command while it runs."""
    with simulated_world(speed=SPEED) as world:
        found = world.run("bash", "-c", f"az login --identity -o none && python3 {INSIDE} {RUNS} {POD}")
    if found.code != 0:
        raise RuntimeError(found.output)
    pairs = [tuple(map(float, line.split())) for line in found.output.splitlines()]
    ours, theirs = pairs[0::2], pairs[1::2]
    return [
        Row(
            "kubectl by Command Invoke", [whole for whole, _ in ours], [whole for whole, _ in theirs], "az aks command"
        ),
        Row("the pod's own part of it", [pod for _, pod in ours], [pod for _, pod in theirs], "same"),
        Row(
            "beyond the pod's own",
            [whole - pod for whole, pod in ours],
            [whole - pod for whole, pod in theirs],
            "same",
        ),
    ]
