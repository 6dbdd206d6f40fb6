"""az reads and writes a person's own Cloud Shell settings, which only `az rest` can."""

import json
from typing import Any

from clients.shells import Done, Shell

URL = "https://management.azure.com/providers/Microsoft.Portal/userSettings/cloudconsole?api-version=2023-02-01-preview"


def rest(shell: Shell, method: str, body: Any = None) -> Done:
    words = [] if body is None else ["--body", json.dumps(body)]
    return shell.run("az", "rest", "--method", method, "--url", URL, *words)


def test_settings_are_written_read_and_forgotten(ada: Shell) -> None:
    assert "Not Found" in rest(ada, "get").err
    wanted = {"properties": {"preferredShellType": "bash", "networkType": "Default", "sessionType": "Ephemeral"}}
    assert rest(ada, "put", wanted).json == wanted
    assert rest(ada, "get").json == wanted
    assert rest(ada, "delete").code == 0
    assert rest(ada, "get").code == 1


def test_a_region_without_isolation_is_refused(ada: Shell) -> None:
    group = "/subscriptions/s/resourceGroups/g/providers"
    network = {
        "networkProfileResourceId": f"{group}/Microsoft.Network/networkProfiles/p",
        "relayNamespaceResourceId": f"{group}/Microsoft.Relay/namespaces/r",
        "location": "centralus",
    }
    done = rest(ada, "put", {"properties": {"networkType": "Isolated", "vnetSettings": network}})
    assert done.code == 1
    assert "InvalidLocation" in done.err
