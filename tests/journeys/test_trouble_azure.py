"""Azure throttles, fails, breaks off, loses its answer, refuses the token, or is not there at all."""

import asyncio
from typing import Any

import pytest

from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage
from journeys.staged import all_closed, nothing_changes, on_stage, records, refused

ARM = "management.azure.com"
WEB = "/subscriptions/*/managedclusters/web"
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def fault(kind: Kind, **about: Any) -> Fault:
    return Fault(kind, **about)


IN_PASSING = {
    "put-429": (
        fault(Kind.STATUS, method="PUT", path=WEB, status=429, code="Throttled", headers={"Retry-After": "40"})
    ),
    "put-503": fault(Kind.STATUS, method="PUT", path=WEB, status=503),
    "put-409-busy": fault(Kind.STATUS, method="PUT", path=WEB, status=409, code="OperationNotAllowed"),
    "put-412": fault(Kind.STATUS, method="PUT", path=WEB, status=412, code="PreconditionFailed"),
    "put-etag": fault(Kind.STATUS, method="PUT", path=WEB, status=409, code="EtagMismatch"),
    "put-cut": fault(Kind.CUT, method="PUT", path=WEB),
    "put-answer-lost": fault(Kind.CUT_AFTER, method="PUT", path=WEB),
    "get-429": fault(Kind.STATUS, method="GET", path=WEB, status=429, headers={"Retry-After": "3"}, count=2),
    "get-500": fault(Kind.STATUS, method="GET", path=WEB, status=500, count=2),
    "get-cut": fault(Kind.CUT, method="GET", path=WEB, count=2),
    "operation-503": fault(Kind.STATUS, method="GET", path="*/operations/*", status=503, count=3),
    "operation-cut": fault(Kind.CUT, method="GET", path="*/operations/*", count=3),
    "ledger-503": fault(Kind.STATUS, method="PUT", path="*/deployments/*", status=503),
    "ledger-cut": fault(Kind.CUT, method="PUT", path="*/deployments/*"),
    "ledger-answer-lost": fault(Kind.CUT_AFTER, method="PUT", path="*/deployments/*"),
    "ledger-list-500": fault(Kind.STATUS, method="GET", path="*/deployments", status=500, count=2),
    "permissions-500": fault(Kind.STATUS, method="GET", path="*/permissions", status=500, count=None),
    "permissions-403": fault(Kind.STATUS, method="GET", path="*/permissions", status=403, count=None),
    "network-502": fault(Kind.STATUS, method="CONNECT", host=ARM, status=502, count=2),
}


@pytest.mark.parametrize("name", IN_PASSING)
@on_stage()
async def test_what_passes_is_lived_through_and_nothing_is_lost(on: Stage, name: str) -> None:
    ada = on.shell()
    before = on.ranges("web")
    on.azure.faults.arm(fault(**{**vars(IN_PASSING[name]), "struck": 0}))
    allowed = await ada.run("allow", "-n", "web", "-o", "json")
    assert allowed.code == 0, allowed
    assert allowed.data["proven"] is True
    assert on.ranges("web") == [*before, ada.address]
    assert [status for status in on.puts("web") if status == 200] in ([200], []), "one write was enough"
    assert (await ada.run("revoke", "-n", "web")).code == 0
    all_closed(on, "web", before)


@on_stage()
async def test_azure_is_given_the_time_it_asks_for(on: Stage) -> None:
    on.azure.faults.arm(
        fault(Kind.STATUS, method="PUT", path=WEB, status=429, headers={"Retry-After": "40"}, message="too many")
    )
    played = await on.shell().run("allow", "-n", "web")
    assert "Azure throttles: too many; waiting 40 s" in played.stderr
    tried = on.azure.journal.find(method="PUT", path="/managedclusters/web")
    assert tried[1].elapsed - tried[0].elapsed >= 40


@on_stage()
async def test_throttled_for_too_long_is_said_and_the_lease_taken_back(on: Stage) -> None:
    before = on.ranges("web")
    on.azure.faults.arm(
        fault(Kind.STATUS, method="PUT", path=WEB, status=429, headers={"Retry-After": "400"}, count=None)
    )
    played = await on.shell().run("allow", "-n", "web")
    refused(played, 73, "throttled", "Azure throttles", "try again in 400 s")
    all_closed(on, "web", before)


@on_stage()
async def test_an_outage_before_anything_is_opened(on: Stage) -> None:
    on.azure.faults.arm(fault(Kind.STATUS, host=ARM, status=503, message="on fire", count=None))
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "web")
        refused(played, 73, "azure-failing", "Azure failed (503 ServiceUnavailable): on fire", "try again in a minute")


@on_stage()
async def test_an_outage_while_the_way_is_open_says_who_can_finish(on: Stage) -> None:
    ada = on.shell()
    before = on.ranges("web")
    held = await ada.hold("connect", "-n", "web", "--for", "10m")
    await on.settled()
    on.azure.faults.arm(fault(Kind.STATUS, host=ARM, status=503, count=None))
    await asyncio.sleep(300)
    assert "the lease could not be renewed" in held.stderr
    await held.interrupt()
    assert "finish it from anywhere: aksess sweep -g rg-demo -n web" in held.stderr
    assert not held.kubeconfig.exists(), "what is ours on this machine is gone all the same"
    on.azure.faults.clear()
    await asyncio.sleep(15 * 60)
    assert (await on.shell().run("sweep", "-n", "web")).code == 0
    all_closed(on, "web", before)


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.CUT_AFTER])
@on_stage()
async def test_connections_that_always_break(on: Stage, kind: Kind) -> None:
    on.azure.faults.arm(fault(kind, host=ARM, count=None))
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "web")
        refused(played, 72, "azure-answer-lost", "management.azure.com gave no answer", "HTTPS_PROXY")


@on_stage()
async def test_no_network_at_all(on: Stage) -> None:
    ada = on.shell()
    on.azure.faults.arm(fault(Kind.STATUS, method="CONNECT", status=502, count=None))
    with nothing_changes(on):
        played = await ada.run("allow", "-n", "web")
        refused(played, 72, "azure-answer-lost", "gave no answer", "check the network")
        assert ada.session.password not in played.stderr, "the proxy's password is nobody's business"
        assert "http://***@127.0.0.1" in played.stderr


@on_stage()
async def test_a_proxy_that_is_not_there(on: Stage) -> None:
    ada = on.shell()
    for name in PROXIES:
        ada.environment[name] = "http://me:secret@127.0.0.1:9"
    with nothing_changes(on):
        played = await ada.run("allow", "-n", "web")
        refused(played, 72, "token-endpoint", "does not answer", "check HTTP_PROXY")
        assert "secret" not in played.stderr


@on_stage()
async def test_a_proxy_that_wants_another_password(on: Stage) -> None:
    ada = on.shell()
    for name in ("HTTPS_PROXY", "https_proxy"):
        ada.environment[name] = f"http://me:secret@127.0.0.1:{on.azure.proxy_port}"
    with nothing_changes(on):
        played = await ada.run("allow", "-n", "web")
        refused(played, 72, "azure-answer-lost", "407", "HTTPS_PROXY")
        assert "secret" not in played.stderr


@on_stage()
async def test_a_captive_portal_answers_with_a_page(on: Stage) -> None:
    on.azure.faults.arm(fault(Kind.STATUS, host=ARM, status=200, body="<html>Please sign in to the wifi", count=None))
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "web")
        refused(played, 74, "azure-refused", "something that is not JSON", "captive portal")


@on_stage()
async def test_certificates_that_are_not_trusted(on: Stage) -> None:
    ada = on.shell()
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        del ada.environment[name]
    with nothing_changes(on):
        played = await ada.run("allow", "-n", "web")
        refused(played, 72, "azure-unreachable", "CERTIFICATE_VERIFY_FAILED", "SSL_CERT_FILE")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
@on_stage()
async def test_a_bundle_that_cannot_be_read_is_named(on: Stage, name: str) -> None:
    ada = on.shell()
    for other in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        ada.environment.pop(other)
    (on.folder / "rubbish.pem").write_text("no certificate")
    for path in ("rubbish.pem", "missing.pem"):
        ada.environment[name] = str(on.folder / path)
        refused(await ada.run("leases", "-n", "web"), 2, "bad-input", f"{name} names", path, f"mend {name}")


@on_stage()
async def test_a_token_that_azure_calls_expired(on: Stage) -> None:
    message = "The access token expiry UTC time '11/23/2026' is earlier than current UTC time."
    expired = fault(Kind.STATUS, host=ARM, status=401, code="ExpiredAuthenticationToken", message=message, count=None)
    on.azure.faults.arm(expired)
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "web")
        refused(played, 65, "token-refused", "Azure does not accept the token", message, "sign in again")


@on_stage()
async def test_a_token_endpoint_that_gives_none(on: Stage) -> None:
    on.azure.faults.arm(fault(Kind.STATUS, host="localhost", status=400, code="Unsettled", count=None))
    with nothing_changes(on):
        refused(
            await on.shell().run("allow", "-n", "web"), 65, "not-signed-in", "gave no token", "Unsettled", "az login"
        )


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.HANG])
@on_stage()
async def test_a_token_endpoint_that_does_not_answer(on: Stage, kind: Kind) -> None:
    on.azure.faults.arm(fault(kind, host="localhost", count=None))
    with nothing_changes(on):
        refused(await on.shell().run("allow", "-n", "web"), 72, "token-endpoint", "does not answer", "Cloud Shell")


@pytest.mark.parametrize("body", ["", "null", "[]", '"text"', "<html>", '{"access_token": 7}', '{"error": "no"}'])
@on_stage()
async def test_a_token_endpoint_that_answers_nonsense(on: Stage, body: str) -> None:
    on.azure.faults.arm(fault(Kind.STATUS, host="localhost", status=200, body=body, count=None))
    with nothing_changes(on):
        assert (await on.shell().run("allow", "-n", "web")).code in (65, 72)


@pytest.mark.parametrize("command", [("allow",), ("connect", "--print-kubeconfig"), ("kubectl", "get", "pods")])
@on_stage()
async def test_an_audience_cloud_shell_does_not_serve_is_said_before_anything_is_opened(
    on: Stage, command: tuple[str, ...]
) -> None:
    verb, *rest = command
    on.azure.faults.arm(fault(Kind.SLOW, host="localhost", seconds=0))  # the first token, ARM's own, is given
    on.azure.faults.arm(fault(Kind.STATUS, host="localhost", status=400, code="AudienceNotSupported", count=None))
    with nothing_changes(on):
        played = await on.shell().run(verb, "-n", "entra", *rest)
        refused(played, 65, "audience-not-supported", "no token for the AKS API server (Entra sign-in)", "az login")
    assert records(on) == []


@on_stage()
async def test_a_session_of_many_hours_fetches_new_tokens(on: Stage) -> None:
    ada = on.shell()
    held = await ada.hold("connect", "-n", "web", "--for", "1h")
    await asyncio.sleep(5 * 3600)
    assert "could not be renewed" not in held.stderr
    assert ada.address in on.ranges("web")
    assert len(on.azure.journal.find(host="localhost")) >= 4
    await held.interrupt()
    assert ada.address not in on.ranges("web")
