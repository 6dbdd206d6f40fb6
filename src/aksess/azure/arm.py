"""Azure Resource Manager as raw JSON: get, list, put, post. Knows no resource type.

Raw JSON, so that a property this program has never heard of survives a read and a write. The token goes to ARM's own
host and nowhere else, whatever address a next link or an operation names.
"""

from collections.abc import AsyncIterator, Container, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest

from aksess.azure.pipeline import Pipeline, raise_for, raise_unreachable
from aksess.errors import AzureRefused
from aksess.settings import ARM

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One answer: HTTP status, headers (names ignore case) and the JSON body, `{}` when there is none."""

    status: int
    headers: Mapping[str, str]
    body: Json


class Arm:
    """Every call raises the errors of `refusals.py`, or AzureUnreachable when no answer came."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def get(self, path: str, api_version: str, **params: str) -> Json:
        return (await self.send("GET", path, {"api-version": api_version, **params})).body

    async def items(self, path: str, api_version: str, **params: str) -> AsyncIterator[Json]:
        """Every item of every page."""
        page = await self.get(path, api_version, **params)
        while True:
            for item in page.get("value") or ():
                yield item
            if not (following := page.get("nextLink")):
                return
            page = (await self.send("GET", following, {})).body

    async def send(
        self,
        method: str,
        address: str,
        params: Mapping[str, str],
        body: Json | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        retry: bool = True,
        reads: bool = False,
        patience: float | None = None,
        answers: Container[int] = (),
    ) -> Reply:
        """One request; `address` is a path below ARM or a full address at ARM's host.

        `retry=False` for writes whose repetition must be decided by the caller: azure-core would otherwise repeat
        any refusal that carries Retry-After, a 409 included. `reads`: a POST that changes nothing and may be repeated
        like any read. `patience`: seconds to wait for the answer, where Azure may take longer than it usually does.
        `answers`: refusing statuses that are answers here, such as the 400 of a validation that finds something.
        """
        request = HttpRequest(method, at_arm(address), params=dict(params), headers=dict(headers or {}), json=body)
        options: Json = {} if retry else {"retry_total": 0}
        options |= {"retry_on_methods": frozenset({method})} if reads else {}
        options |= {"read_timeout": patience} if patience else {}
        try:
            response = (await self._pipeline.run(request, **options)).http_response
        except AzureError as fault:
            raise_unreachable(fault)
        if response.status_code not in answers:
            raise_for(response)
        try:
            found = response.json() if response.content else {}
        except ValueError as fault:
            raise AzureRefused(
                f"{method} {urlsplit(address).path} was answered with something that is not JSON",
                "a proxy or a captive portal may stand between; check HTTPS_PROXY",
                status=response.status_code,
            ) from fault
        return Reply(response.status_code, response.headers, found if isinstance(found, dict) else {"value": found})


def at_arm(address: str) -> str:
    """The full address, refused when it leads to another host: the token must not go there."""
    if address.startswith("/"):
        return ARM + address
    wanted, parts = urlsplit(ARM), urlsplit(address)
    if (parts.scheme, parts.hostname, parts.port or 443) == (wanted.scheme, wanted.hostname, 443):
        return address
    raise AzureRefused(
        f"an answer points to `{parts.scheme}://{parts.hostname}`, which is not Azure Resource Manager",
        "do not go on through this network: something between here and Azure changes answers",
    )
