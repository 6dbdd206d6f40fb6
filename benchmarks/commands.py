"""Runs inside a simulated Cloud Shell: one command by aksess and by az, in turn; how long each took, to stdout.

Two numbers a line: all seconds, and the pod's own. The command tells itself how long it ran; the time until the pod has
started is the world's, given as the second argument.
"""

import subprocess
import sys
import time

LINE = "b=$(date +%s.%N); kubectl get pods -A >/dev/null; echo $b $(date +%s.%N)"
CLUSTER = ["-g", "rg-demo", "-n", "vault"]


def seconds(command: list[str]) -> tuple[float, float]:
    """All of it, and the part that the command itself ran."""
    began = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    whole = time.monotonic() - began
    start, end = done.stdout.split()[-2:]
    return whole, float(end) - float(start)


for _ in range(int(sys.argv[1])):
    ours = seconds(["aksess", "invoke", *CLUSTER, "--", "sh", "-c", LINE])
    theirs = seconds(["az", "aks", "command", "invoke", *CLUSTER, "--command", LINE, "--query", "logs", "-o", "tsv"])
    for whole, command in (ours, theirs):
        print(whole, command + float(sys.argv[2]))
