"""A world in a process of its own, and shells in it that run real programs."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aksess_sim.cli.control_client import ask
from aksess_sim.cli.state import StateDirectory, WorldRecord
from aksess_sim.cloudshell import Session, inherited
from aksess_sim.internet.caller import Caller

GROUP = "rg-demo"
PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Done:
    """What a program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"


@dataclass(frozen=True)
class World:
    """The simulated Azure, used by its command line and its control host only."""

    python: Path
    clients: Path
    runtime: Path

    def verb(self, *words: str) -> str:
        """Run `aksess-sim`; its stdout. A failure fails the test."""
        environment = {**os.environ, "AKSESS_SIM_STATE": str(self.runtime)}
        command = [str(self.python), "-m", "aksess_sim", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def cluster(self, name: str) -> dict[str, Any]:
        """A cluster as `status` tells of it: what ARM shows, what is enforced."""
        clusters = ask(self.record, "GET", "/status")["clusters"]
        return next(cluster for cluster in clusters if cluster["name"] == name)

    def requests(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """The journal's entries."""
        entries: list[dict[str, Any]] = ask(self.record, "GET", f"/journal?method={method}&path={path}")
        return entries

    def open(self, person: str, home: Path, **place: str) -> "Shell":
        """A new simulated shell; `home` is made when it is not there."""
        home.mkdir(exist_ok=True)
        told = ask(self.record, "POST", "/sessions", {"person": person, **place})
        caller = Caller(told["session"], told["person"], IPv4Address(told["address"]), told["network"])
        session = Session(caller, told["password"], told["proxy_port"], told["tenant_id"], told["location"])
        variables = session.environment(ca_file=Path(self.record.ca_file), home=home)
        path = f"{self.clients / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return Shell(self, session, {**inherited(os.environ), **variables, "PATH": path})

    @property
    def record(self) -> WorldRecord:
        """Where it is."""
        record = StateDirectory(self.runtime).find()
        assert record, "the world has gone"
        return record


@dataclass(frozen=True)
class Shell:
    """A simulated Cloud Shell with the real programs in it."""

    world: World
    session: Session
    environment: Mapping[str, str] = field(repr=False)

    @property
    def address(self) -> str:
        """Its egress address as a range."""
        return f"{self.session.caller.address}/32"

    @property
    def home(self) -> Path:
        """Its HOME."""
        return Path(self.environment["HOME"])

    def run(self, *command: str, seconds: float = 60) -> Done:
        """Run a program to its end."""
        with self.start(*command) as process:
            out, err = process.communicate(timeout=seconds)
        return Done(process.returncode, out, err)

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start a program, in a process group of its own."""
        return subprocess.Popen(
            command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def az(self, *words: str) -> Any:
        """Run az, which must succeed; its JSON, None when it prints nothing."""
        done = self.run("az", *words, "-o", "json")
        assert done.code == 0, done
        return json.loads(done.out) if done.out.strip() else None

    def aks(self, verb: str, name: str, *words: str) -> Any:
        """Run `az aks VERB` on a cluster of rg-demo."""
        return self.az("aks", verb, "-g", GROUP, "-n", name, *words)

    def get_credentials(self, name: str, *words: str) -> None:
        """Run `az aks get-credentials`, which prints nothing on stdout."""
        done = self.run("az", "aks", "get-credentials", "-g", GROUP, "-n", name, *words)
        assert done.code == 0, done

    def kubectl(self, *words: str, seconds: float = 60) -> Done:
        """Run kubectl against the cluster of the kubeconfig."""
        return self.run("kubectl", *words, seconds=seconds)

    def program(self, name: str, *arguments: str) -> Any:
        """Run one of `programs/` with the SDKs' Python; the JSON it prints."""
        done = self.run(str(self.world.clients / "bin" / "python"), str(PROGRAMS / f"{name}.py"), *arguments)
        assert done.code == 0, done
        return done.json

    def forget_clusters(self) -> None:
        """Remove the kubeconfig."""
        (self.home / ".kube" / "config").unlink(missing_ok=True)
