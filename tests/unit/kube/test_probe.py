"""The probe: an answer of the cluster's own server proves the way, nothing else does, and it leaves nothing behind."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aksess.clock import Clock
from aksess.errors import AzureRefused
from aksess.kube.kubeconfig import Kubeconfig
from aksess.kube.probe import ATTEMPT_SECONDS, BETWEEN_SECONDS, Probe, Proof, Reach, trust_of
from aksess.wire import Wire
from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage
from journeys.staged import on_stage


def probe_of(on: Stage, cluster: str, *, authority: bytes | None = None) -> tuple[Probe, Wire]:
    body = on.cluster(cluster)
    pem = body.ca_pem if authority is None else authority
    config = Kubeconfig(
        cluster,
        {
            "server": f"https://{body.hosts[0]}:443",
            "certificate-authority-data": base64.b64encode(pem).decode(),
        },
        {"token": "never sent"},
    )
    wire = Wire(on.shell(address="51.144.20.9").environment)
    return Probe(config, wire, Clock()), wire


async def attempt(on: Stage, cluster: str, *, authority: bytes | None = None) -> Proof:
    probe, wire = probe_of(on, cluster, authority=authority)
    try:
        return await probe.once()
    finally:
        await probe.aclose()
        await wire.aclose()


async def started(on: Stage, cluster: str) -> None:
    """An API server has its authority once somebody has come."""
    assert (await on.shell().run("connect", "-n", cluster, "--explain")).code in (0, 67, 68)


@on_stage()
async def test_an_answer_proves_the_way_whatever_its_status(on: Stage) -> None:
    await started(on, "web")
    assert (await attempt(on, "web")).reach is Reach.OPEN
    on.azure.faults.arm(Fault(Kind.STATUS, path="/version", status=401))
    proof = await attempt(on, "web")
    assert (proof.open, proof.status) == (True, 401)


@on_stage()
async def test_silence_is_shut_after_four_seconds(on: Stage) -> None:
    await started(on, "sealed")
    proof = await attempt(on, "sealed")
    assert (proof.reach, proof.seconds, proof.fault) == (Reach.SHUT, ATTEMPT_SECONDS, "no answer within 4 s")


@on_stage()
async def test_another_authority_is_a_stranger(on: Stage) -> None:
    await started(on, "web")
    proof = await attempt(on, "web", authority=on.azure.ca_pem)
    assert (proof.reach, proof.open) == (Reach.STRANGER, False)


@on_stage()
async def test_no_credential_is_ever_sent(on: Stage) -> None:
    await started(on, "web")
    on.azure.faults.arm(Fault(Kind.STATUS, path="/version", status=302, headers={"Location": "https://evil.example/"}))
    proof = await attempt(on, "web")
    assert (proof.open, proof.status) == (True, 302), "a redirect is an answer, and is not followed"
    assert not on.azure.journal.find(host="evil.example")


@on_stage()
async def test_it_notices_the_opening_at_once(on: Stage) -> None:
    await started(on, "sealed")
    probe, wire = probe_of(on, "sealed")
    loop = asyncio.get_running_loop()
    loop.call_later(30, setattr, on.cluster("sealed"), "enforced", ("51.144.20.9/32",))
    began = loop.time()
    proof = await probe.until_open()
    assert proof.open
    assert 29.9 <= loop.time() - began <= 30 + 2 * BETWEEN_SECONDS
    loop.call_later(30, setattr, on.cluster("sealed"), "enforced", ("0.0.0.0/32",))
    assert not (await probe.until_shut()).open
    await probe.aclose()
    await wire.aclose()


@on_stage()
async def test_giving_up_leaves_no_attempt_behind(on: Stage) -> None:
    await started(on, "sealed")
    probe, wire = probe_of(on, "sealed")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(10):
            await probe.until_open()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "probe"]
    await probe.aclose()
    await wire.aclose()


async def relay(here: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
    while data := await here.read(65536):
        there.write(data)
    there.close()


@on_stage()
async def test_a_tunnel_on_this_machine_needs_no_proxy_and_proves_the_same_server(on: Stage) -> None:
    await started(on, "web")
    shell = on.shell(address="51.144.20.9")
    host = on.cluster("web").hosts[0]
    wire = Wire(shell.environment)
    proxy = urlsplit(wire.proxy_for(f"https://{host}") or "")

    async def through_the_proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(proxy.hostname, proxy.port)
        key = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
        far_writer.write(f"CONNECT {host}:443 HTTP/1.1\r\nProxy-Authorization: Basic {key}\r\n\r\n".encode())
        await far_reader.readuntil(b"\r\n\r\n")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(relay(reader, far_writer))
            tasks.create_task(relay(far_reader, writer))

    listener = await asyncio.start_server(through_the_proxy, "127.0.0.1", 0)
    authority = base64.b64encode(on.cluster("web").ca_pem).decode()
    given = Kubeconfig("web", {"server": f"https://{host}:443", "certificate-authority-data": authority}, {})
    ours = given.through(listener.sockets[0].getsockname()[1])
    probe = Probe(ours, wire, Clock())
    assert (await probe.once()).open
    await probe.aclose()
    wrong = Probe(replace(ours, cluster={**ours.cluster, "tls-server-name": "other.example"}), wire, Clock())
    assert (await wrong.once()).reach is Reach.STRANGER
    await wrong.aclose()
    await wire.aclose()
    listener.close()
    await asyncio.sleep(1)


@pytest.mark.parametrize("data", ["not base64!", "QUJD", base64.b64encode(b"\xff\xfe").decode()])
def test_an_authority_that_is_none_is_refused(data: str) -> None:
    with pytest.raises(AzureRefused, match="certificate authority"):
        trust_of(Kubeconfig("web", {"server": "https://x", "certificate-authority-data": data}, {}))


def test_without_an_authority_public_ones_are_trusted(tmp_path: Path) -> None:
    assert trust_of(Kubeconfig("web", {"server": "https://x"}, {})) is None
