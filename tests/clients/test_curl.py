"""curl, which knows nothing of Azure: raw HTTP at ARM, and connects at API servers."""

import json

from clients.shells import GROUP, Shell

WRITE_STATUS = ("-s", "-o", "/dev/null", "-w", "%{http_code} %{http_connect}")
TOKENS = "http://localhost:50342/oauth2/token"


def token(shell: Shell, audience: str = "https://management.azure.com/") -> str:
    done = shell.run("curl", "-fsS", "-H", "Metadata: true", "-d", f"resource={audience}", TOKENS)
    return str(done.json["access_token"])


def arm(shell: Shell, path: str, *words: str) -> tuple[str, str]:
    """Status and body."""
    url = f"https://management.azure.com{path}"
    done = shell.run("curl", "-sS", "-w", "\n%{http_code}", *words, url)
    body, _, status = done.out.rpartition("\n")
    return status, body


def test_arm_answers_who_has_a_token(ada: Shell) -> None:
    path = ada.world.cluster("web")["id"] + "?api-version=2026-06-01"
    status, body = arm(ada, path, "-H", f"Authorization: Bearer {token(ada)}")
    assert (status, json.loads(body)["name"]) == ("200", "web")


def test_arm_asks_who_has_none(ada: Shell) -> None:
    path = f"/subscriptions?api-version=2022-12-01&of={GROUP}"
    status, body = arm(ada, path, "-i")
    assert status == "401"
    assert "WWW-Authenticate: Bearer" in body


def test_a_token_for_something_else_is_refused(ada: Shell) -> None:
    foreign = token(ada, "https://vault.azure.net")
    status, body = arm(ada, "/subscriptions?api-version=2022-12-01", "-H", f"Authorization: Bearer {foreign}")
    assert (status, json.loads(body)["error"]["code"]) == ("401", "InvalidAuthenticationTokenAudience")


def test_an_audience_that_cloud_shell_does_not_serve_is_refused(ada: Shell) -> None:
    done = ada.run("curl", "-sS", "-H", "Metadata: true", "-d", "resource=https://example.org", TOKENS)
    assert done.json["error"]["code"] == "AudienceNotSupported"


def test_four_observers_agree_on_the_address(ada: Shell) -> None:
    hosts = ("api.ipify.org", "ifconfig.me", "icanhazip.com", "checkip.amazonaws.com")
    seen = {ada.run("curl", "-fsS", f"https://{host}").out.strip() for host in hosts}
    assert seen == {str(ada.session.caller.address)}


def test_a_blocked_api_server_does_not_answer(ada: Shell) -> None:
    host = ada.aks("show", "web")["fqdn"]
    done = ada.run("curl", *WRITE_STATUS, f"https://{host}/version")
    assert done.code != 0
    assert done.out == "000 504"


def test_a_stopped_cluster_has_no_name(ada: Shell) -> None:
    host = ada.aks("show", "asleep")["fqdn"]
    assert ada.run("curl", *WRITE_STATUS, f"https://{host}/version").out == "000 502"


def test_nothing_leads_to_the_real_internet(ada: Shell) -> None:
    assert ada.run("curl", *WRITE_STATUS, "https://example.org/").out == "000 502"
    assert ada.run("curl", *WRITE_STATUS, "http://169.254.169.254/metadata").out == "502 000"


def test_who_is_not_in_a_shell_is_not_let_through(ada: Shell) -> None:
    proxy = f"http://127.0.0.1:{ada.session.proxy_port}"
    assert ada.run("curl", *WRITE_STATUS, "-x", proxy, "https://api.ipify.org/").out == "000 407"


def test_prices_are_for_anybody(ada: Shell) -> None:
    wanted = "$filter=serviceName eq 'NAT Gateway' and meterName eq 'Standard Gateway'"
    done = ada.run("curl", "-fsS", "-G", "https://prices.azure.com/api/retail/prices", "--data-urlencode", wanted)
    [item] = done.json["Items"]
    assert (item["retailPrice"], item["currencyCode"], item["armRegionName"]) == (0.045, "USD", "Global")
