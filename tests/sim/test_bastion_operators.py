"""What the holder of a world sees of its Bastion hosts, and maintenance, as typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.terminal import Terminal

WORLD = Path(__file__).parents[1] / "worlds" / "bastions.yaml"
EXCHANGE = """
import json, os, sys, urllib.parse, urllib.request
host, cluster = sys.argv[1:]
def ask(method, url, form=None, **headers):
    data = urllib.parse.urlencode(form).encode() if form else None
    return urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method))
resource = {"resource": "https://management.azure.com/"}
token = json.load(ask("POST", os.environ["MSI_ENDPOINT"], resource, Metadata="true"))["access_token"]
form = {"resourceId": cluster, "protocol": "tcptunnel", "workloadHostPort": "443", "aztoken": token}
sessions = [json.load(ask("POST", f"https://{host}/api/tokens", form)) for _ in range(3)]
node = {"X-Node-Id": sessions[0]["nodeId"]}
ask("DELETE", f"https://{host}/api/tokens/" + sessions[0]["authToken"], **node)
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("runtime"), {})
    assert terminal.type("up", "--background", "--speed", "60", "--world", str(WORLD)).returncode == 0
    yield terminal
    assert terminal.type("down").returncode == 0


def test_sessions_are_counted_as_they_come_and_go(here: Terminal) -> None:
    told = here.told("status")
    [own] = [host for host in told["bastions"] if host["name"] == "own"]
    [cluster] = [cluster for cluster in told["clusters"] if cluster["name"] == "own"]
    assert (own["sku"], own["capacity"], own["waiting"], own["left_behind"]) == ("Standard", 120, 0, 0)
    done = here.type("run", "--", "python3", "-c", EXCHANGE, own["host"], cluster["id"])
    assert done.returncode == 0, done.stderr
    [own] = [host for host in here.told("bastion") if host["name"] == "own"]
    assert (own["granted"], own["deleted"], own["waiting"] + own["orphaned"]) == (3, 1, 2)


def test_every_host_is_told_in_a_line(here: Terminal) -> None:
    lines = here.type("bastion").stdout.splitlines()
    assert len(lines) == 10
    assert "rg-demo/basic (Basic): no native clients" in lines
    assert "rg-demo/updating (Standard): not available" in lines
    assert "rg-hosts/hub (Premium): 0 live, 0 waiting, 0 orphaned of 80; 0 opened, 0 deleted, 0 left behind" in lines


def test_status_tells_of_hosts_too(here: Terminal) -> None:
    lines = here.type("status").stdout.splitlines()
    assert "  rg-demo/disabled   Bastion Standard: no native clients" in lines
    assert "  rg-hosts/hub        Bastion Premium: 0 live, 0 orphaned" in lines


def test_maintenance_is_ordered_by_name(here: Terminal) -> None:
    done = here.type("bastion", "restart", "rg-demo/managed", "-o", "json")
    [host] = json.loads(done.stdout)
    assert (host["name"], host["available"]) == ("managed", False)


@pytest.mark.parametrize(
    ("words", "code"), [(("restart",), 2), (("list", "own"), 2), (("restart", "nobody"), 68), (("reboot", "own"), 2)]
)
def test_what_makes_no_sense_is_refused(here: Terminal, words: tuple[str, ...], code: int) -> None:
    done = here.type("bastion", *words)
    assert done.returncode == code
    assert done.stderr
