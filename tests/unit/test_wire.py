"""Which proxy, which certificates: decided once, as curl and az together would lead one to expect."""

import ssl
from pathlib import Path

import pytest
import trustme

from aksess.errors import BadInput
from aksess.wire import Wire, past_the_proxy, trusted_certificates
from journeys.stage import play

ARM = "https://management.azure.com/x"
TOKENS = "http://localhost:50342/oauth2/token"
TUNNEL = "wss://bst-1.bastion.azure.com/webtunnelv2/x"
TABLE: list[tuple[dict[str, str], str, str | None]] = [
    ({}, ARM, None),
    ({"HTTPS_PROXY": "http://p:1"}, ARM, "http://p:1"),
    ({"https_proxy": "http://p:1"}, ARM, "http://p:1"),
    ({"https_proxy": "http://lower:1", "HTTPS_PROXY": "http://upper:1"}, ARM, "http://lower:1"),
    ({"HTTP_PROXY": "http://p:1"}, ARM, None),
    ({"HTTP_PROXY": "http://p:1"}, TOKENS, "http://p:1"),
    ({"http_proxy": "http://p:1"}, TOKENS, "http://p:1"),
    ({"HTTPS_PROXY": "http://p:1"}, TOKENS, None),
    ({"ALL_PROXY": "http://p:1"}, ARM, "http://p:1"),
    ({"all_proxy": "http://p:1"}, TOKENS, "http://p:1"),
    ({"ALL_PROXY": "http://all:1", "HTTPS_PROXY": "http://https:1"}, ARM, "http://https:1"),
    ({"HTTPS_PROXY": "http://p:1"}, TUNNEL, "http://p:1"),
    ({"HTTP_PROXY": "http://p:1"}, TUNNEL, None),
    ({"ALL_PROXY": "http://p:1"}, TUNNEL, "http://p:1"),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".bastion.azure.com"}, TUNNEL, None),
    ({"HTTPS_PROXY": "p:1"}, ARM, "http://p:1"),
    ({"HTTPS_PROXY": ""}, ARM, None),
    ({"HTTPS_PROXY": "", "ALL_PROXY": "http://p:1"}, ARM, "http://p:1"),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "management.azure.com"}, ARM, None),
    ({"HTTPS_PROXY": "http://p:1", "no_proxy": "management.azure.com"}, ARM, None),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "azure.com"}, ARM, None),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".azure.com"}, ARM, None),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other.com, azure.com"}, ARM, None),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, ARM, None),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other.com,zure.com"}, ARM, "http://p:1"),
    ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ""}, ARM, "http://p:1"),
    ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "localhost"}, TOKENS, None),
    ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.1"}, TOKENS, "http://p:1"),
]


@pytest.mark.parametrize(("environment", "url", "proxy"), TABLE)
def test_the_proxy_for_an_address(environment: dict[str, str], url: str, proxy: str | None) -> None:
    async def scene() -> None:
        wire = Wire(environment)
        try:
            assert wire.proxy_for(url) == proxy
        finally:
            await wire.aclose()

    play(scene())


@pytest.mark.parametrize(
    ("environment", "hosts"),
    [
        ({}, "127.0.0.1"),
        ({"NO_PROXY": "a.example"}, "a.example,127.0.0.1"),
        ({"no_proxy": "b.example", "NO_PROXY": "a.example"}, "b.example,127.0.0.1"),
    ],
)
def test_a_command_is_told_what_goes_past_the_proxy(environment: dict[str, str], hosts: str) -> None:
    assert past_the_proxy(environment, "127.0.0.1") == {"NO_PROXY": hosts, "no_proxy": hosts}


def trusts(context: ssl.SSLContext, authority: trustme.CA) -> bool:
    wanted = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    return wanted in context.get_ca_certs(binary_form=True)


def test_each_variable_names_what_is_trusted_and_the_first_wins(tmp_path: Path) -> None:
    one, two = trustme.CA(), trustme.CA()
    for name, authority in (("one.pem", one), ("two.pem", two)):
        authority.cert_pem.write_to_path(str(tmp_path / name))
    first, second = str(tmp_path / "one.pem"), str(tmp_path / "two.pem")
    assert trusts(trusted_certificates({"SSL_CERT_FILE": first}), one)
    assert trusts(trusted_certificates({"REQUESTS_CA_BUNDLE": second}), two)
    both = trusted_certificates({"SSL_CERT_FILE": first, "REQUESTS_CA_BUNDLE": second})
    assert (trusts(both, one), trusts(both, two)) == (True, False)


@pytest.mark.parametrize("environment", [{}, {"SSL_CERT_FILE": ""}, {"REQUESTS_CA_BUNDLE": ""}])
def test_verification_is_never_off(environment: dict[str, str]) -> None:
    context = trusted_certificates(environment)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_folder_of_certificates_is_taken(tmp_path: Path) -> None:
    for name in ("SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        assert trusted_certificates({name: str(tmp_path)}).verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "", "rubbish"])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput, match=name):
        trusted_certificates({name: str(path)})
