"""How bytes leave this machine: one set of trusted certificates and one proxy decision, used everywhere.

Libraries differ in which variables they honour (a person with only REQUESTS_CA_BUNDLE set pleases az but no asyncio
client), so both are decided here, once. TLS is always verified; there is no switch.
"""

import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # public in urllib, absent from typeshed

import aiohttp

from aksess.errors import BadInput


class Wire:
    """Holds the trusted certificates, the proxy rules and one HTTP session. Close it with `aclose`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.trust = trusted_certificates(environment)
        self.session = self.new_session()

    def new_session(self, trust: ssl.SSLContext | None = None, *, keep_alive: bool = True) -> aiohttp.ClientSession:
        """A session of its own, e.g. one that trusts a cluster's CA only. The caller closes it."""
        connector = aiohttp.TCPConnector(ssl=trust or self.trust, force_close=not keep_alive, limit=0)
        session = aiohttp.ClientSession(connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        # aiohttp would send a PUT a second time when its connection breaks; repeating a write is decided above.
        session._retry_connection = False  # noqa: SLF001 - there is no public switch
        return session

    def proxy_for(self, url: str) -> str | None:
        """The proxy's URL for this address, or None; HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY as curl has them."""
        parts = urlsplit(url)
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)  # a websocket begins as a request
        names = (f"{scheme}_proxy", "all_proxy")
        proxy = next(filter(None, (_either_case(self._environment, name) for name in names)), None)
        if proxy is None:
            return None
        without = _either_case(self._environment, "no_proxy") or ""
        if proxy_bypass_environment(parts.hostname or "", {"no": without}):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    async def aclose(self) -> None:
        await self.session.close()


def past_the_proxy(environment: Mapping[str, str], host: str) -> dict[str, str]:
    """NO_PROXY with this host added, in both spellings, for the commands we start: not all of them read the same."""
    hosts = ",".join(filter(None, [_either_case(environment, "no_proxy"), host]))
    return {"NO_PROXY": hosts, "no_proxy": hosts}


def trusted_certificates(environment: Mapping[str, str]) -> ssl.SSLContext:
    """SSL_CERT_FILE or SSL_CERT_DIR, else REQUESTS_CA_BUNDLE, else the system's. Errors: BadInput."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        if path := environment.get(name):
            return _from_path(name, Path(path))
    if folder := environment.get("SSL_CERT_DIR"):
        return _from_path("SSL_CERT_DIR", Path(folder))
    return ssl.create_default_context()


def _from_path(name: str, path: Path) -> ssl.SSLContext:
    try:
        if path.is_dir():
            return ssl.create_default_context(capath=str(path))
        return ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as fault:
        raise BadInput(
            f"{name} names {path}, which holds no certificates that can be read ({fault})",
            f"mend {name} or unset it to trust the system's certificates",
        ) from fault


def _either_case(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name) or environment.get(name.upper()) or None
