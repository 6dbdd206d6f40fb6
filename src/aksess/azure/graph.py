"""Microsoft Graph, one question: the object id of an application's service principal in this tenant.

A token of its own, for graph.microsoft.com; it goes to that host and nowhere else. Who may not ask, or gets no answer,
is told None: the caller then asks the person.
"""

import aiohttp

from aksess.azure.credentials import Credentials
from aksess.errors import AksessError
from aksess.wire import Wire

HOST = "https://graph.microsoft.com"
ANSWER_SECONDS = 20.0


class Graph:
    def __init__(self, credentials: Credentials, wire: Wire) -> None:
        self._credentials = credentials
        self._wire = wire

    async def service_principal(self, application: str) -> str | None:
        """Its object id; None when there is none here, or Graph does not tell (serviceprincipal-list)."""
        url = f"{HOST}/v1.0/servicePrincipals"
        query = {"$filter": f"appId eq '{application}'", "$select": "id,appId"}
        try:
            token = await self._credentials.token(HOST)
            async with self._wire.session.get(
                url,
                params=query,
                headers={"Authorization": f"Bearer {token.secret.reveal()}"},
                proxy=self._wire.proxy_for(url),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            ) as answer:
                body = await answer.json()
        except (AksessError, aiohttp.ClientError, TimeoutError, ValueError):
            return None
        found = body.get("value") if isinstance(body, dict) else None
        return str(found[0]["id"]) if found and isinstance(found[0], dict) and found[0].get("id") else None
