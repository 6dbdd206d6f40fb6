"""Asks the control host of the world that is up; blocking, and without a library that would slow the start."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from aksess_sim.cli import problems
from aksess_sim.cli.state import WorldRecord

SECONDS = 10


def ask(record: WorldRecord, method: str, path: str, body: object = None) -> Any:
    """The control host's JSON answer. Raises WorldIsSilent, Refused and ShellFailed."""
    place = urlsplit(record.control)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
    try:
        connection.request(
            method,
            path,
            None if body is None else json.dumps(body),
            {"Authorization": f"Bearer {record.token}", "Content-Type": "application/json"},
        )
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
        raise problems.WorldIsSilent(f"the world of process {record.pid} does not answer: {error}") from error
    finally:
        connection.close()
    if response.status == http.client.CONFLICT:
        raise problems.ShellFailed(answer["error"])
    if response.status != http.client.OK:
        raise problems.Refused(answer.get("error", f"the world answered {response.status}"))
    return answer
