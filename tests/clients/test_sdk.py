"""The Azure SDK and the `kubernetes` client as programs in a simulated Cloud Shell."""

from clients.shells import Shell

EVERY = ["web", "open", "sealed", "nat", "vault", "inner", "entra", "asleep"]
BEFORE = ["51.144.20.0/24", "40.68.115.7/32"]


def subscription(shell: Shell) -> str:
    return str(shell.world.cluster("web")["id"].split("/")[2])


def test_the_synchronous_client(ada: Shell) -> None:
    assert ada.program("sdk_sync", subscription(ada), ada.address) == {
        "names": EVERY,
        "in the group": len(EVERY),
        "ranges": [*BEFORE, ada.address],
        "state": "Succeeded",
        "etag changed": True,
        "stale": "ResourceModifiedError PreConditionFailed",
        "unknown field": {"depth": [1, 2]},
        "ranges at the end": BEFORE,
    }


def test_the_asynchronous_client(ada: Shell) -> None:
    assert ada.program("sdk_async", subscription(ada), ada.address) == {
        "names": EVERY,
        "ranges": [*BEFORE, ada.address],
        "state": "Succeeded",
        "stale": "ResourceModifiedError PreConditionFailed",
    }


def test_the_kubernetes_client(ada: Shell) -> None:
    ada.get_credentials("open")
    assert ada.program("kubernetes_client") == {
        "version": "v1.33.5",
        "nodes": 3,
        "word": "two",
        "watched": ["ADDED"],
        "after deletion": 404,
        "log": True,
    }
