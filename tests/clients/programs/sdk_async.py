"""azure-mgmt-containerservice, asynchronous: read, list, write under an etag, and a stale etag. Prints what it saw."""

import asyncio
import json
import sys
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.mgmt.containerservice.aio import ContainerServiceClient
from shell_token import AsyncShellCredential

subscription, address = sys.argv[1:]


async def judge() -> dict[str, Any]:
    async with ContainerServiceClient(AsyncShellCredential(), subscription, polling_interval=1) as client:
        clusters = client.managed_clusters
        only_if_unchanged = {"match_condition": MatchConditions.IfNotModified}
        first = await clusters.get("rg-demo", "web")
        first.api_server_access_profile.authorized_ip_ranges.append(address)
        write = await clusters.begin_create_or_update("rg-demo", "web", first, etag=first.e_tag, **only_if_unchanged)
        done = await write.result()
        try:
            await clusters.begin_create_or_update("rg-demo", "web", first, etag=first.e_tag, **only_if_unchanged)
            stale = "was accepted"
        except ResourceModifiedError as error:
            stale = f"{type(error).__name__} {error.error.code}"
        return {
            "names": [cluster.name async for cluster in clusters.list()],
            "ranges": done.api_server_access_profile.authorized_ip_ranges,
            "state": done.provisioning_state,
            "stale": stale,
        }


sys.stdout.write(json.dumps(asyncio.run(judge())))
