"""Real kubectl through a Bastion host, over a tunnel in the way of az's extension, to a private cluster."""

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients.shells import PROGRAMS, Done, Shell

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Tunnel:
    """A tunnel that listens, and kubectl that goes through it."""

    shell: Shell
    process: "subprocess.Popen[str]"
    port: int
    server_name: str

    def command(self, *words: str) -> list[str]:
        server = [f"--server=https://127.0.0.1:{self.port}", f"--tls-server-name={self.server_name}"]
        return ["kubectl", *server, "--request-timeout=20s", *words]

    def kubectl(self, *words: str) -> Done:
        return self.shell.run(*self.command(*words))


@contextmanager
def tunnel(shell: Shell, *words: str) -> Iterator[Tunnel]:
    """A tunnel to `vault`; it ends, and deletes what it does, with the block."""
    shell.get_credentials("vault")
    group = shell.az("group", "show", "-n", "rg-hub")["id"]
    host = shell.az("resource", "show", "--ids", f"{group}/providers/Microsoft.Network/bastionHosts/hub-bastion")
    cluster = shell.aks("show", "vault")
    python, program = str(shell.world.clients / "bin" / "python"), str(PROGRAMS / "bastion_tunnel.py")
    process = subprocess.Popen(
        [python, program, host["properties"]["dnsName"], cluster["id"], *words],
        env=dict(shell.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout
        yield Tunnel(shell, process, int(process.stdout.readline()), cluster["fqdn"])
        _, err = process.communicate(timeout=60)
        assert "Traceback" not in err, err


def sessions(shell: Shell) -> dict[str, Any]:
    told: list[dict[str, Any]] = json.loads(shell.world.verb("bastion", "-o", "json"))
    [host] = [host for host in told if host["name"] == "hub-bastion"]
    return host


def test_kubectl_reaches_a_private_cluster_and_every_session_is_deleted(ada: Shell) -> None:
    assert ada.kubectl("get", "ns", "--request-timeout=5s").code == 1
    with tunnel(ada) as through:
        assert "kube-system" in through.kubectl("get", "ns", "-o", "name").out
        assert through.kubectl("auth", "can-i", "create", "pods").out == "yes\n"
    host = sessions(ada)
    assert host["opened"] == host["deleted"] > 0
    assert (host["live"], host["left_behind"]) == (0, 0)


def test_twenty_at_once_go_through_one_tunnel(ada: Shell) -> None:
    with tunnel(ada) as through:
        crowd = [ada.start(*through.command("get", "nodes", "-o", "name")) for _ in range(20)]
        outputs = [process.communicate(timeout=120) for process in crowd]
        assert [process.returncode for process in crowd] == [0] * 20, outputs
        assert len({out for out, _ in outputs}) == 1
    assert sessions(ada)["left_behind"] == 0


def test_random_bytes_arrive_whole_both_ways(ada: Shell, tmp_path: Path) -> None:
    data = os.urandom(8 * MEBIBYTE)
    (tmp_path / "sent").write_bytes(data)
    with tunnel(ada) as through:
        pod = through.kubectl("get", "pods", "-n", "demo", "-o", "name").out.split()[0]
        words = through.command("exec", "-i", "-n", "demo", pod, "--")
        sum_of = subprocess.run(
            [*words, "sha256sum"], env=dict(ada.environment), input=data, capture_output=True, timeout=120, check=False
        )
        assert sum_of.stdout.split()[0].decode() == hashlib.sha256(data).hexdigest(), sum_of.stderr
        echo = subprocess.run(
            [*words, "cat"], env=dict(ada.environment), input=data, capture_output=True, timeout=120, check=False
        )
        assert hashlib.sha256(echo.stdout).digest() == hashlib.sha256(data).digest(), echo.stderr


def test_one_token_passed_from_connection_to_connection_leaves_sessions_behind(ada: Shell) -> None:
    """azure-cli-extensions#10137: only the last one can still be deleted."""
    with tunnel(ada, "--shared") as through:
        for _ in range(4):
            assert through.kubectl("get", "ns", "-o", "name").code == 0
    host = sessions(ada)
    assert host["deleted"] == 1
    assert host["left_behind"] == host["opened"] - 1 > 0


def test_maintenance_ends_what_stands_and_new_connections_work_again(ada: Shell) -> None:
    with tunnel(ada) as through:
        watch = ada.start(*through.command("get", "ns", "-w", "--request-timeout=0"))
        assert watch.stdout
        assert "NAME" in watch.stdout.readline()
        ada.world.verb("bastion", "restart", "hub-bastion")
        assert watch.wait(30) is not None
        watch.communicate()
        deadline = time.monotonic() + 30
        while through.kubectl("get", "ns").code != 0:
            assert time.monotonic() < deadline
    assert sessions(ada)["cut"] >= 1


def test_a_tunnel_that_is_killed_leaves_its_sessions_behind(ada: Shell) -> None:
    with tunnel(ada) as through:
        watch = ada.start(*through.command("get", "ns", "-w", "--request-timeout=0"))
        assert watch.stdout
        assert "NAME" in watch.stdout.readline()
        through.process.kill()
        watch.communicate(timeout=30)
    host = sessions(ada)
    assert host["live"] == 0
    assert host["left_behind"] == host["opened"] - host["deleted"] > 0


def test_who_may_not_read_the_host_is_refused(ada: Shell) -> None:
    host = sessions(ada)["host"]
    cluster = ada.world.cluster("vault")["id"]
    ben = ada.world.open("ben", ada.home.parent / "ben")
    script = "curl -s -d resource=https://management.azure.com/ -H Metadata:true $MSI_ENDPOINT | jq -r .access_token"
    token = ben.run("sh", "-c", script).out.strip()
    form = [f"resourceId={cluster}", "protocol=tcptunnel", "workloadHostPort=443", f"aztoken={token}"]
    fields = [word for field in form for word in ("--data-urlencode", field)]
    done = ben.run("curl", "-s", "-w", "%{http_code}", *fields, f"https://{host}/api/tokens")
    assert done.out.endswith("403"), done
    assert token not in done.out
