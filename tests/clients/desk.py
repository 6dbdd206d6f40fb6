"""A person's place for one kubectl: an API server in a thread of this process, kubeconfigs for three users, manifests.

Where kubectl is a dispatcher (as Google's is), the versions stand beside it as `kubectl.1.NN` and each is tried.
"""

import asyncio
import os
import re
import shlex
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
import trustme
import yaml
from aiohttp import web

from aksess_sim.services.apiserver.identity import NodeView, User
from aksess_sim.services.apiserver.server import ApiServer
from aksess_sim.world.clock import WorldClock

NODE = "aks-nodepool1-1-vmss000000"
PEOPLE = {
    "Bearer writer": User("ada@contoso.example", "0a", ("system:authenticated",), may_write=True),
    "Bearer reader": User("cat@contoso.example", "0c", ("system:authenticated",), may_write=False),
}
POD = """
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: main, image: nginx, ports: [{containerPort: 80}, {containerPort: 8443}]}]}
"""


def kubectls(oldest: int) -> list[Path]:
    """The kubectl binaries to try, oldest first; without any, the tests fail."""
    found = shutil.which("kubectl")
    if found is None:
        return [Path("kubectl")]
    siblings = {
        int(match[1]): path
        for path in Path(found).resolve().parent.iterdir()
        if (match := re.fullmatch(r"kubectl\.1\.(\d+)", path.name))
    }
    return [siblings[minor] for minor in sorted(siblings) if minor >= oldest] or [Path(found)]


@dataclass(frozen=True)
class Step:
    """One command line, its exit code, and a pattern its whole output must contain."""

    command: str
    pattern: str
    code: int = 0
    user: str = "writer"


@dataclass(frozen=True)
class Desk:
    """kubectl, a kubeconfig for each user, some manifests; commands are written without `kubectl`."""

    kubectl: Path
    home: Path

    def arguments(self, command: str, user: str = "writer") -> list[str]:
        context = [f"--kubeconfig={self.home / 'kubeconfig.yaml'}", f"--context={user}"]
        verb, *rest = shlex.split(command)
        return [str(self.kubectl), verb, *context, f"--cache-dir={self.home / user}", *rest]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        return kept | {"HOME": str(self.home), "TERM": "dumb"}

    def run(self, step: Step) -> tuple[int, str]:
        """A step's exit code, and its output and complaints as one text."""
        done = subprocess.run(
            self.arguments(step.command, step.user),
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout

    def feed(self, command: str, stdin: bytes | IO[bytes]) -> subprocess.CompletedProcess[bytes]:
        """Run a command with this on its standard input."""
        given = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        return subprocess.run(
            self.arguments(command),
            cwd=self.home,
            env=self.environment(),
            capture_output=True,
            timeout=60,
            check=False,
            **given,  # type: ignore[call-overload]
        )

    def have_pod(self) -> None:
        """Make the pod `one`."""
        assert self.feed("create --validate=false -f -", POD.encode()).returncode == 0

    @contextmanager
    def reading(self, command: str) -> Iterator[Iterator[str]]:
        """The lines of a command that goes on until it is ended."""
        with subprocess.Popen(
            self.arguments(command),
            cwd=self.home,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                yield iter(process.stdout)
            finally:
                process.terminate()


@contextmanager
def desk_of(kubectl: Path, home: Path, files: Mapping[str, str]) -> Iterator[Desk]:
    """A desk with an API server of the kubectl's own version."""
    if not kubectl.is_file():
        pytest.fail("kubectl is not on PATH: these tests need the real one")
    for name, text in files.items():
        (home / name).write_text(text)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(home / "ca.pem")
    minor = re.fullmatch(r"kubectl\.1\.(\d+)", kubectl.name)
    with _serving(authority, version=f"1.{minor[1] if minor else 33}.2") as port:
        (home / "kubeconfig.yaml").write_text(yaml.safe_dump(_kubeconfig(port, home / "ca.pem")))
        yield Desk(kubectl, home)


def _kubeconfig(port: int, ca: Path) -> dict[str, object]:
    users = ("writer", "reader", "nobody")
    cluster = {"server": f"https://localhost:{port}", "certificate-authority": str(ca)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": user}} for user in users],
        "contexts": [{"name": user, "context": {"cluster": "c", "user": user, "namespace": "demo"}} for user in users],
    }


@contextmanager
def _serving(authority: trustme.CA, *, version: str) -> Iterator[int]:
    """An API server on a loopback port, in a thread with a loop of its own."""
    ready, ports = threading.Event(), list[int]()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        ends.append(lambda: loop.call_soon_threadsafe(over.set))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        server = ApiServer(
            version=version,
            clock=WorldClock(speed=10),
            authenticate=lambda header: PEOPLE.get(header or ""),
            nodes=lambda: [NodeView(f"aks-nodepool1-1-vmss00000{number}", True, version) for number in range(2)],
        )
        runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        ports.append(runner.addresses[0][1])
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10), "the API server did not start"
        yield ports[0]
    finally:
        for end in ends:
            end()
        thread.join(10)
        assert not thread.is_alive(), "the API server did not end"
