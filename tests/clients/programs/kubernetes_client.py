"""The `kubernetes` client: reads, writes, watches and reads a log. Prints what it saw.

It finds the proxy in the environment but leaves its user and password out (docs/findings.md), so they are added.
"""

import json
import os
import sys
from urllib.parse import unquote, urlsplit

from kubernetes import client, config, watch
from urllib3 import make_headers

config.load_kube_config()
settings = client.Configuration.get_default_copy()
proxy = urlsplit(os.environ["HTTPS_PROXY"])
settings.proxy_headers = make_headers(proxy_basic_auth=f"{proxy.username}:{unquote(proxy.password)}")
core = client.CoreV1Api(client.ApiClient(settings))

body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="judge"), data={"word": "one"})
core.create_namespaced_config_map("default", body)
core.patch_namespaced_config_map("judge", "default", {"data": {"word": "two"}})
word = core.read_namespaced_config_map("judge", "default").data["word"]
events = watch.Watch().stream(core.list_namespaced_config_map, "default", timeout_seconds=1)
watched = [event["type"] for event in events if event["object"].metadata.name == "judge"]
core.delete_namespaced_config_map("judge", "default")
try:
    core.read_namespaced_config_map("judge", "default")
    gone = None
except client.ApiException as error:
    gone = error.status

pod = core.list_namespaced_pod("demo").items[0]
seen = {
    "version": client.VersionApi(core.api_client).get_code().git_version,
    "nodes": len(core.list_node().items),
    "word": word,
    "watched": watched,
    "after deletion": gone,
    "log": bool(core.read_namespaced_pod_log(pod.metadata.name, "demo")),
}
sys.stdout.write(json.dumps(seen))
