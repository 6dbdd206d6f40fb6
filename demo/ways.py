"""Two of the article's ways, done right, on a simulated Azure: `make demo` runs this.

Outside it only starts the simulated Cloud Shell (`aksess-sim run`) and runs itself in it. Inside, every line after a
`$` is a command that really runs and every line below it is what it really printed. A step that does not end as told
ends the demonstration with a non-zero exit code.
"""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
CLUSTER = ("-g", "rg-demo", "-n", "web")
SPEED = "20"
PLAIN = f"{Path(sys.executable).name} demo/plain.py"


@dataclass(frozen=True)
class Step:
    """A command as typed, what it should show, and whether it should succeed."""

    told: str
    typed: str
    shows: str
    succeeds: bool = True


def steps(kubectl: bool) -> list[Step]:
    """With kubectl on PATH kubectl speaks; without it the API server's own answer is shown."""
    get_pods = "kubectl get pods -A" if kubectl else f"{PLAIN} version"
    refused = "Unable to connect" if kubectl else "no answer"
    pods = "kube-system" if kubectl else "gitVersion"
    return [
        Step("The address this Cloud Shell is seen from:", f"{PLAIN} address", "."),
        Step(
            "A kubeconfig, straight from Azure (it never tests whether it works):", f"{PLAIN} kubeconfig", "azmk8s.io"
        ),
        Step("The API server admits other addresses only, so:", get_pods, refused, succeeds=False),
        Step("Which ways are there, and why?", "aksess connect -g rg-demo -n web --explain", "allowlist  yes"),
        Step(
            "Open it, look around while it is open, close it:",
            f"aksess connect -g rg-demo -n web --reason 'the demo' --wait -- sh demo/while-open.sh '{get_pods}' {pods}",
            "shut again",
        ),
        Step("The ranges are what they were:", f"{PLAIN} ranges", "/32"),
        Step("And plainly refused again:", get_pods, refused, succeeds=False),
        Step(
            "A private cluster has no ranges. A Bastion stands in the hub that its network is peered with:",
            f"aksess connect -g rg-demo -n vault -- {get_pods}",
            pods,
        ),
    ]


def outside() -> int:
    """Start a world of its own and stand in its Cloud Shell."""
    print(f"A simulated Azure, {SPEED} times as fast as the real one. Nothing leaves this machine.", flush=True)
    inside = [sys.executable, __file__, "inside"]
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(BIN / "aksess-sim"), "run", "--as", "ada", "--speed", SPEED, "--", *inside]
    return subprocess.run(command, env=environment, cwd=HERE.parent, check=False).returncode


def inside() -> int:
    """In the simulated Cloud Shell."""
    kubectl = shutil.which("kubectl") is not None
    if not kubectl:
        print("There is no kubectl on PATH: the API server's own answer stands in for it.")
    os.environ["KUBECONFIG"] = str(Path(os.environ["HOME"]) / "kubeconfig")
    began = time.monotonic()
    for number, step in enumerate(steps(kubectl), 1):
        if fault := play(number, step):
            print(f"\nNot as told: {fault}", flush=True)
            return 1
    print(f"\nDone in {time.monotonic() - began:.0f} s: opened, proven, used, closed, proven shut; and a tunnel.")
    return 0


def play(number: int, step: Step) -> str:
    """Run one step in sight of the reader; empty when it ended as told, else what was wrong."""
    print(f"\n{number}. {step.told}\n$ {step.typed}", flush=True)
    run = subprocess.run(
        ["sh", "-c", step.typed], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    # kubectl says the same line once for each try; one is enough to read.
    lines = {line.partition("] ")[2] or line: line for line in reversed(run.stdout.splitlines())}
    print("\n".join(f"  {line}" for line in reversed(lines.values())), flush=True)
    if (run.returncode == 0) is not step.succeeds:
        return f"`{step.typed}` ended with exit code {run.returncode}"
    return "" if step.shows in run.stdout else f"`{step.typed}` did not show `{step.shows}`"


if __name__ == "__main__":
    sys.exit(inside() if sys.argv[1:] == ["inside"] else outside())
