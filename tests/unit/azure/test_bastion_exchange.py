"""The exchange of tokens on the wire: what is sent, to whom, what an answer means, and that no token is ever told."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aksess.azure.bastion_exchange import PATIENCE_SECONDS, DataPlane, Grant, websocket_address
from aksess.azure.bastions import Bastion
from aksess.errors import AksessError, AzureBusy, AzureRefused, AzureUnreachable, NotSignedIn
from aksess.session import open_session
from aksess.settings import ARM_AUDIENCE, Secret, Settings
from aksess_sim.faults import Fault, Kind
from aksess_sim.world.bastions import Bastion as Host
from journeys.stage import Shell, Stage
from journeys.staged import on_stage


@dataclass
class Scene:
    """A data plane, the default world's Bastion as ARM shows it, and the host itself."""

    plane: DataPlane
    bastion: Bastion
    host: Host
    cluster: str
    on: Stage

    async def exchange(self) -> Grant:
        return await self.plane.exchange(self.bastion, self.cluster)

    def asked(self) -> int:
        """How many exchanges were tried."""
        return len([one for one in self.on.azure.journal if one.path == "/api/tokens" and one.method == "POST"])

    def arm(self, kind: Kind = Kind.STATUS, **what: Any) -> None:
        self.on.azure.faults.arm(Fault(kind, host=self.host.host, **what))


@asynccontextmanager
async def scene(on: Stage, shell: Shell | None = None) -> AsyncIterator[Scene]:
    shell = shell or on.shell()
    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        host = on.azure.world.bastions.named("hub-bastion")
        yield Scene(session.bastion.plane, Bastion(host.body), host, on.cluster("vault").id, on)


@on_stage()
async def test_every_exchange_brings_tokens_of_its_own_and_each_is_given_back(on: Stage) -> None:
    async with scene(on) as its:
        one, two = await its.exchange(), await its.exchange()
        assert len(its.host.sessions()) == 2
        assert one.auth.reveal() != two.auth.reveal()
        assert await its.plane.give_back(its.bastion, one)
        assert await its.plane.give_back(its.bastion, two), "the second exchange did not use up the first"
        assert its.host.sessions() == []
        assert await its.plane.give_back(its.bastion, one), "gone already is as good"


@on_stage()
async def test_no_token_is_logged_or_shown(on: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with scene(on) as its:
        grant = await its.exchange()
        await its.plane.give_back(its.bastion, grant)
        arm = (await its.plane.credentials.token(ARM_AUDIENCE)).secret.reveal()
        address = websocket_address(its.bastion, grant)
        told = f"{caplog.text} {grant} {grant!r} {address} {address!r}"
        assert "/api/tokens" in told
        for secret in (grant.auth.reveal(), grant.websocket.reveal(), arm):
            assert secret not in told


@on_stage()
async def test_a_token_that_is_not_accepted_is_renewed_once(on: Stage) -> None:
    async with scene(on) as its:
        its.arm(status=401, message="expired")
        await its.exchange()
        assert len(on.azure.journal.find(host="localhost")) == 2, "a fresh one was asked for"
        its.arm(status=401, message="expired", count=None)
        with pytest.raises(NotSignedIn) as fault:
            await its.exchange()
        assert fault.value.code == "bastion-token-refused"
        assert its.asked() == 4


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bastion-refused"),
        (403, "bastion-rights-missing"),
        (404, "bastion-refused"),
        (302, "bastion-refused"),
        (409, "bastion-full"),
        (429, "bastion-full"),
        (500, "bastion-restarting"),
        (503, "bastion-restarting"),
    ],
)
@on_stage()
async def test_each_refusal_is_told_in_its_own_words(on: Stage, status: int, code: str) -> None:
    async with scene(on) as its:
        its.arm(status=status, message="because of this", count=None, headers={"Location": "https://evil.example/"})
        with pytest.raises(AksessError) as fault:
            await its.exchange()
        assert fault.value.code == code
        assert "`hub-bastion`" in fault.value.sentence
        assert "because of this" in fault.value.sentence
        assert fault.value.next_step
        assert not on.azure.journal.find(host="evil.example"), "a redirect is not followed"


@on_stage()
async def test_a_restart_is_waited_for_but_not_for_long(on: Stage) -> None:
    async with scene(on) as its:
        its.arm(status=503, count=3)
        await its.exchange()
        assert its.asked() == 4
        clock, began = its.plane.clock, its.plane.clock.monotonic()
        its.arm(status=503, count=None)
        with pytest.raises(AzureBusy):
            await its.exchange()
        assert clock.monotonic() - began <= PATIENCE_SECONDS
        its.on.azure.faults.clear()
        its.arm(status=503, headers={"Retry-After": "60"}, count=None)
        began = clock.monotonic()
        with pytest.raises(AzureBusy) as fault:
            await its.exchange()
        assert (clock.monotonic() - began, fault.value.retry_after) == (0, 60), "it says for how long: not waited for"


@on_stage()
async def test_no_answer_is_told_without_what_was_sent(on: Stage) -> None:
    shell = on.shell()
    async with scene(on, shell) as its:
        its.arm(Kind.CUT)
        with pytest.raises(AzureUnreachable) as fault:
            await its.exchange()
        assert fault.value.code == "bastion-unreachable"
        assert fault.value.__cause__ is None
        assert shell.session.password not in fault.value.sentence
        grant = await its.exchange()
        its.arm(Kind.CUT, method="DELETE")
        assert await its.plane.give_back(its.bastion, grant) is False
        assert await its.plane.give_back(its.bastion, grant)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "bst-1.bastion.azure.com.evil.example",
        "evil.example/.bastion.azure.com",
        "u@evil.example:443/x.bastion.azure.com",
        "evil.example#.bastion.azure.com",
        "bst-1.bastion.azure.com\n",
        ".bastion.azure.com",
        "",
    ],
)
@on_stage()
async def test_the_token_goes_to_a_bastions_own_host_only(on: Stage, host: str) -> None:
    async with scene(on) as its:
        body = {**its.bastion.body, "properties": {**its.bastion.body["properties"], "dnsName": host}}
        with pytest.raises(AzureRefused, match="where no token may go"):
            await replace(its, bastion=Bastion(body)).exchange()
        assert its.asked() == 0


def test_the_address_of_a_websocket_holds_its_token_and_node() -> None:
    bastion = Bastion({"properties": {"dnsName": "bst-1.bastion.azure.com"}})
    address = websocket_address(bastion, Grant(Secret("a"), Secret("w/?#"), "n&1"))
    assert address.reveal() == "wss://bst-1.bastion.azure.com/webtunnelv2/w%2F%3F%23?X-Node-Id=n%261"


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '{"authToken": "a", "websocketToken": "w"}',
        '{"authToken": null, "websocketToken": "w", "nodeId": "n"}',
        '{"authToken": "a", "websocketToken": "", "nodeId": "n"}',
        '{"authToken": "a", "websocketToken": "w", "nodeId": "n\\r\\nHost: elsewhere"}',
        '{"authToken": "a", "websocketToken": "w", "nodeId": "\\u00e9"}',
    ],
)
@on_stage()
async def test_tokens_that_could_not_be_sent_back_are_an_answer_that_means_nothing(on: Stage, body: str) -> None:
    async with scene(on) as its:
        its.arm(status=200, body=body)
        with pytest.raises(AzureRefused, match="answered an exchange without"):
            await its.exchange()
