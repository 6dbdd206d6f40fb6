"""A shell that does not start in the network of its person's settings, as that person sees it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.terminal import Terminal

SET = """
import json, urllib.parse, urllib.request

def ask(url, data=None, method=None, **headers):
    return urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)).read()

form = urllib.parse.urlencode({"resource": "https://management.azure.com/"}).encode()
token = json.loads(ask("http://localhost:50342/oauth2/token", form, Metadata="true"))["access_token"]
network = {"networkProfileResourceId": "/subscriptions/s/p", "relayNamespaceResourceId": "/subscriptions/s/r"}
settings = {"properties": {"networkType": "Isolated", "vnetSettings": network}}
address = "https://management.azure.com/providers/Microsoft.Portal/userSettings/cloudconsole?api-version=2023-02-01-preview"
ask(address, json.dumps(settings).encode(), "PUT", Authorization=f"Bearer {token}")
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, {})
    assert terminal.type("up", "--background").returncode == 0
    yield terminal
    assert terminal.type("down").returncode == 0


def test_the_person_reads_azures_words_and_the_journal_names_the_link(here: Terminal) -> None:
    done = here.type("run", "--", sys.executable, "-c", SET)
    assert done.returncode == 0, done.stderr
    failed = here.type("run", "--", "true")
    assert failed.returncode == 69
    assert "Sorry, your Cloud Shell failed to provision." in failed.stderr
    assert "aksess-sim journal --method START" in failed.stderr
    assert "network profile" not in failed.stderr
    [entry] = here.told("journal", "--method", "START")
    assert (entry["status"], entry["person"]) == (409, "ada")
    assert entry["detail"].startswith("network profile: ")
    assert here.type("run", "--network", "vnet-vault/shell", "--", "true").returncode == 0
    assert here.type("run", "--as", "cat", "--", "true").returncode == 0
