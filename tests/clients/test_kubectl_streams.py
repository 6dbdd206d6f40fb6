"""Streams as every kubectl installed here, from 1.27 on, carries them.

SPDY for exec up to 1.29 and for port-forward up to 1.30; after that WebSocket.
"""

import hashlib
import random
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pexpect
import pytest

from clients.desk import Desk, desk_of, kubectls

OLDEST = 27
MIB = 1024 * 1024


@pytest.fixture(params=kubectls(OLDEST), ids=lambda path: path.name)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(request.param, tmp_path, {}) as desk:
        desk.have_pod()
        yield desk


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bytes without any order."""
    path = tmp_path_factory.mktemp("bulk") / "bulk"
    path.write_bytes(random.Random(6).randbytes(32 * MIB))  # noqa: S311 - bytes to compare, no secret
    return path


def test_bytes_through_a_container_and_back(desk: Desk, bulk: Path) -> None:
    with bulk.open("rb") as stdin:
        done = desk.feed("exec -i one -- cat", stdin)
    assert done.returncode == 0, done.stderr
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(bulk.read_bytes()).digest()


def test_bytes_one_way(desk: Desk, bulk: Path) -> None:
    expected = hashlib.sha256(bulk.read_bytes()).hexdigest()
    with bulk.open("rb") as stdin:
        assert desk.feed("exec -i one -- sha256sum", stdin).stdout == f"{expected}  -\n".encode()
    assert len(desk.feed(f"exec one -- head -c {32 * MIB} /dev/zero", b"").stdout) == 32 * MIB


def test_three_streams_and_an_exit_code(desk: Desk) -> None:
    done = desk.feed("exec -i one -- sh -c 'cat; echo wrong >&2; exit 5'", b"right\n")
    assert (done.stdout, done.returncode) == (b"right\n", 5)
    assert b"wrong\n" in done.stderr
    assert b"exit code 5" in done.stderr


def test_typing_into_a_container(desk: Desk) -> None:
    done = desk.feed("exec --stdin one -- sh", b"hostname\nexit 5\n")
    assert (done.stdout, done.returncode) == (b"one\n", 5)


def test_a_program_that_does_not_want_its_input(desk: Desk, bulk: Path) -> None:
    with bulk.open("rb") as stdin:
        done = desk.feed("exec -i one -- head -c 5", stdin)
    assert (done.returncode, len(done.stdout)) == (0, 5)


def test_at_a_terminal(desk: Desk) -> None:
    command, *arguments = desk.arguments("exec -it one -- sh")
    terminal = pexpect.spawn(command, arguments, env=desk.environment(), timeout=20, encoding="utf-8")
    terminal.expect_exact("/ # ")
    terminal.sendline("hostname")
    terminal.expect_exact("\r\none\r\n/ # ")
    terminal.sendline("sleep 1h")
    terminal.expect_exact("sleep 1h\r\n")
    terminal.sendintr()
    terminal.expect_exact("^C\r\n/ # ")
    terminal.sendline("exit 7")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 7


def test_attaching(desk: Desk) -> None:
    with desk.reading("attach one") as lines:
        assert next(line for line in lines if "GET /healthz" in line)
    done = desk.feed("attach -i one", b"hostname\nexit 0\n")
    assert (done.stdout, done.returncode) == (b"one\n", 0)


def test_copying_both_ways(desk: Desk, bulk: Path) -> None:
    folder = desk.home / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / ("n" * 120)).write_text("a long name")
    (folder / "bulk").write_bytes(bulk.read_bytes())
    assert desk.feed(f"cp {shlex.quote(str(folder))} demo/one:/tmp", b"").returncode == 0
    assert desk.feed("exec one -- ls /tmp/folder", b"").stdout == b"bulk\nsub\n"
    done = desk.feed("cp --retries=2 demo/one:/tmp/folder back", b"")
    assert done.returncode == 0, done.stderr
    assert (desk.home / "back/bulk").read_bytes() == bulk.read_bytes()
    assert (desk.home / "back/sub" / ("n" * 120)).read_text() == "a long name"
    assert b"/tmp/none: No such file" in desk.feed("cp demo/one:/tmp/none here", b"").stdout


def test_following_logs(desk: Desk) -> None:
    with desk.reading("logs --follow one") as lines:
        assert [next(lines) for _ in range(3)][-1] == "main: ready\n"
        assert "#1" in next(lines)
        assert "#2" in next(lines)


@contextmanager
def forwarding(desk: Desk, *ports: int, to: str = "pod/one") -> Iterator[tuple[list[int], Iterator[str]]]:
    """Local ports that lead to these, and what kubectl says meanwhile."""
    with desk.reading(f"port-forward {to} {' '.join(f':{port}' for port in ports)}") as lines:
        local: dict[int, int] = {}
        while len(local) < len(ports):
            found = re.match(r"Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)", next(lines))
            if found:
                local[int(found[2])] = int(found[1])
        yield [local[port] for port in ports], lines


def answer(port: int, path: str = "/", body: bytes | None = None) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET" if body is None else "POST", path, body)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_forwarding_several_ports(desk: Desk, bulk: Path) -> None:
    with forwarding(desk, 80, 8443) as ((http, other), _):
        assert answer(http, "/a") == "one answers GET /a on port 80\n"
        assert answer(other, "/b") == "one answers GET /b on port 8443\n"
        assert f"{32 * MIB} bytes received" in answer(http, "/up", bulk.read_bytes())


def test_many_connections_through_one_forward(desk: Desk) -> None:
    with forwarding(desk, 80) as ((port,), _):
        connections = [HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(30)]
        for connection in connections:
            connection.connect()
        for number, connection in enumerate(reversed(connections)):
            connection.request("GET", f"/{number}")
        for number, connection in enumerate(reversed(connections)):
            assert connection.getresponse().read() == f"one answers GET /{number} on port 80\n".encode()
            connection.close()


def test_forwarding_to_a_service(desk: Desk) -> None:
    with forwarding(desk, 80, to="service/hello") as ((port,), _):
        assert answer(port).endswith("answers GET / on port 80\n")


def test_a_port_where_nothing_listens(desk: Desk) -> None:
    with forwarding(desk, 81) as ((port,), lines), socket.create_connection(("127.0.0.1", port)) as connection:
        assert connection.recv(1) == b""
        assert "dial tcp4 127.0.0.1:81: connect: connection refused" in next(
            line for line in lines if "refused" in line
        )


def test_many_kubectls_at_once(desk: Desk) -> None:
    command = desk.arguments("exec -i one -- sha256sum")
    running = [
        subprocess.Popen(command, env=desk.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(10)
    ]
    for number, process in enumerate(running):
        data = bytes([number]) * MIB
        assert process.communicate(data, timeout=50)[0] == f"{hashlib.sha256(data).hexdigest()}  -\n".encode()
