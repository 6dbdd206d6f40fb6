"""What a program on this machine does through a tunnel: plain blocking sockets, large reads and writes."""

import socket
import threading
import time
from statistics import median

MIB = 1 << 20
ROUNDS = 2000
OPENINGS = 60
STALL_SECONDS = 2.0


def say(port: int, letter: bytes, count: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.sendall(letter + count.to_bytes(8, "big"))
    return made


def upload(port: int, count: int, letter: bytes = b"U") -> float:
    """MiB a second."""
    began = time.perf_counter()
    with say(port, letter, count) as made:
        block = bytes(MIB)
        for _ in range(count // MIB):
            made.sendall(block)
        assert made.recv(1) == b"k"
    return count / MIB / (time.perf_counter() - began)


def download(port: int, count: int) -> float:
    """MiB a second."""
    began = time.perf_counter()
    with say(port, b"D", count) as made:
        receive(made, count)
    return count / MIB / (time.perf_counter() - began)


def receive(made: socket.socket, count: int) -> None:
    buffer = bytearray(MIB)
    while count:
        got = made.recv_into(buffer, min(count, MIB))
        assert got, "cut short"
        count -= got


def round_trip(port: int) -> float:
    """Microseconds for one byte there and back, the median."""
    taken = []
    with say(port, b"E", 0) as made:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            made.sendall(b"x")
            assert made.recv(1) == b"x"
            taken.append(time.perf_counter() - began)
    return median(taken) * 1e6


def opening(port: int) -> float:
    """Milliseconds from connect to the first byte that came back, the median."""
    taken = []
    for _ in range(OPENINGS):
        began = time.perf_counter()
        with say(port, b"E", 0) as made:
            made.sendall(b"x")
            assert made.recv(1) == b"x"
        taken.append(time.perf_counter() - began)
    return median(taken) * 1e3


def together(port: int, connections: int, count: int) -> float:
    """Seconds until so many connections, all open at once, have each received so many bytes."""
    began = time.perf_counter()
    opened = [say(port, b"D", count) for _ in range(connections)]
    threads = [threading.Thread(target=receive, args=(one, count)) for one in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in opened:
        one.close()
    return time.perf_counter() - began


def stalled(port: int, count: int) -> None:
    """Each way, the side that should read does not, for a while."""
    with say(port, b"D", count) as made:
        time.sleep(STALL_SECONDS)
        receive(made, count)
    upload(port, count, b"W")
