"""azure-mgmt-containerservice, synchronous: read, list, write under an etag, and a stale etag. Prints what it saw."""

import json
import sys

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.mgmt.containerservice import ContainerServiceClient
from shell_token import ShellCredential

subscription, address = sys.argv[1:]
clusters = ContainerServiceClient(ShellCredential(), subscription, polling_interval=1).managed_clusters
only_if_unchanged = {"match_condition": MatchConditions.IfNotModified}

first = clusters.get("rg-demo", "web")
first["properties"]["futureKnob"] = {"depth": [1, 2]}
first.api_server_access_profile.authorized_ip_ranges.append(address)
done = clusters.begin_create_or_update("rg-demo", "web", first, etag=first.e_tag, **only_if_unchanged).result()
try:
    clusters.begin_create_or_update("rg-demo", "web", first, etag=first.e_tag, **only_if_unchanged).result()
    stale = "was accepted"
except ResourceModifiedError as error:
    stale = f"{type(error).__name__} {error.error.code}"
again = clusters.get("rg-demo", "web")
again.api_server_access_profile.authorized_ip_ranges.remove(address)
last = clusters.begin_create_or_update("rg-demo", "web", again, etag=again.e_tag, **only_if_unchanged).result()

seen = {
    "names": [cluster.name for cluster in clusters.list()],
    "in the group": len(list(clusters.list_by_resource_group("rg-demo"))),
    "ranges": done.api_server_access_profile.authorized_ip_ranges,
    "state": done.provisioning_state,
    "etag changed": first.e_tag != done.e_tag,
    "stale": stale,
    "unknown field": last["properties"].get("futureKnob"),
    "ranges at the end": last.api_server_access_profile.authorized_ip_ranges,
}
sys.stdout.write(json.dumps(seen))
