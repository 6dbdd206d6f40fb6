"""Deployments of templates into a resource group: what they would change, and then do it, resource by resource.

A deployment is begun once; whoever comes while it runs follows it instead of starting another. Nothing here knows what
is deployed. (REST reference, Deployments and Deployment Operations; api-version as azure-cli sends it.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aksess.azure.arm import Arm, Json, Reply
from aksess.azure.deployments import API_VERSION
from aksess.azure.operations import PATIENCE_SECONDS, next_look
from aksess.azure.resources import state_of
from aksess.azure.template_faults import innermost, meaning
from aksess.clock import Clock
from aksess.errors import AzureBusy, AzureUnreachable, Conflict, NotFound

NO_CHANGE = frozenset({"NoChange", "Ignore"})
LOOK_SECONDS = 3.0
ACTIVE_TRIES = 20
MODE = "Incremental"
FAULTY = frozenset({400})
"""A normal answer of validation, and for all three the only one whose details tell what is wrong (REST reference)."""


@dataclass(frozen=True)
class Change:
    """What one resource would become. `kind` is what-if's own word: Create, Modify, Deploy, NoChange, Unsupported..."""

    id: str
    kind: str
    fields: tuple[str, ...] = ()
    """Paths of the properties that would change."""

    @property
    def changes(self) -> bool:
        return self.kind not in NO_CHANGE


@dataclass(frozen=True)
class Step:
    """One resource of a deployment as it stands now."""

    id: str
    kind: str
    state: str
    error: Any = None

    @property
    def done(self) -> bool:
        return self.state.lower() == "succeeded"


class TemplateDeployments:
    """Errors: those of `refusals.py`, and of `template_faults.py` for what a template's resources are refused."""

    def __init__(self, arm: Arm, clock: Clock) -> None:
        self._arm = arm
        self._clock = clock

    async def check(self, group: str, name: str, template: Json) -> None:
        """Validation, which changes nothing. Errors: why it would be refused; `group` is the group's id."""
        address = f"{_path(group, name)}/validate"
        reply = await self._arm.send("POST", address, _VERSION, _body(template), reads=True, answers=FAULTY)
        _raise_for((await self._result(reply)).body)

    async def what_if(self, group: str, name: str, template: Json) -> list[Change]:
        """What it would change, resource by resource, without doing it."""
        body = _body(template)
        body["properties"]["whatIfSettings"] = {"resultFormat": "FullResourcePayloads"}
        address = f"{_path(group, name)}/whatIf"
        reply = await self._result(await self._arm.send("POST", address, _VERSION, body, reads=True, answers=FAULTY))
        _raise_for(reply.body)
        found = (reply.body.get("properties") or {}).get("changes") or ()
        return [_change(one) for one in found]

    async def read(self, group: str, name: str) -> Json | None:
        """The record of a deployment; None when there is none, or Azure has trimmed it."""
        try:
            return await self._arm.get(_path(group, name), API_VERSION)
        except NotFound:
            return None

    async def forget(self, group: str, name: str) -> None:
        """Drop the record, once it runs no more. What was deployed stays."""
        for _ in range(ACTIVE_TRIES):
            try:
                await self._result(await self._arm.send("DELETE", _path(group, name), _VERSION))
            except NotFound:
                return
            except Conflict as conflict:
                if conflict.azure_code != "DeploymentActive":
                    raise
                await self._clock.sleep(LOOK_SECONDS)
            else:
                return
        raise AzureBusy(f"the deployment record {name} stays active", "run the same command again in a minute")

    async def run(
        self,
        group: str,
        name: str,
        template: Json,
        tags: Mapping[str, str],
        tell: Callable[[list[Step]], None],
    ) -> None:
        """To its end, telling how far it is after each look. One of the name that runs already is followed first, and
        then begun anew: it may be of another template. Errors: why a resource was refused, AzureUnreachable."""
        body, before = {**_body(template), "tags": dict(tags)}, await self.read(group, name)
        while True:
            try:
                reply = await self._arm.send("PUT", _path(group, name), _VERSION, body, retry=False, answers=FAULTY)
            except Conflict as conflict:
                if conflict.azure_code != "DeploymentActive":
                    raise
                await self._until_over(group, name, tell)
            except AzureUnreachable:
                # It may have begun all the same; then the record is another than that of the run before.
                await self._clock.sleep(LOOK_SECONDS)
                if await self.read(group, name) in (None, before):
                    raise
                break
            else:
                _raise_for(reply.body)
                break
        record = await self._until_over(group, name, tell)
        if state_of(record).lower() != "succeeded":
            steps = await self.steps(group, name)
            faults = [fault for one in steps if one.error for fault in innermost({"target": one.id, **one.error})]
            raise meaning(faults or innermost((record.get("properties") or {}).get("error")))

    async def steps(self, group: str, name: str) -> list[Step]:
        """Every resource it has begun so far (Deployment Operations - List)."""
        path = f"{group}/deployments/{quote(name, safe='')}/operations"
        try:
            found = [one async for one in self._arm.items(path, API_VERSION)]
        except NotFound:
            return []
        return [step for one in found if (step := _step(one.get("properties") or {}))]

    async def _until_over(self, group: str, name: str, tell: Callable[[list[Step]], None]) -> Json:
        answered = self._clock.monotonic()
        while True:
            try:
                record = await self.read(group, name) or {}
                tell(await self.steps(group, name))
                if state_of(record).lower() in ("succeeded", "failed", "canceled", ""):
                    return record
                wait, answered = LOOK_SECONDS, self._clock.monotonic()
            except (AzureBusy, AzureUnreachable) as fault:
                if self._clock.monotonic() - answered > PATIENCE_SECONDS:
                    raise
                wait = getattr(fault, "retry_after", None) or LOOK_SECONDS
            await self._clock.sleep(wait)

    async def _result(self, reply: Reply) -> Reply:
        """Follow a Location to what it promises."""
        address = reply.headers.get("Location")
        while reply.status == 202 and address:
            await self._clock.sleep(next_look(reply.headers))
            reply = await self._arm.send("GET", address, {}, answers=FAULTY)
            address = reply.headers.get("Location") or address
        return reply


_VERSION = {"api-version": API_VERSION}


def _path(group: str, name: str) -> str:
    return f"{group}/providers/Microsoft.Resources/deployments/{quote(name, safe='')}"


def _body(template: Json) -> dict[str, Any]:
    return {"properties": {"mode": MODE, "template": template, "parameters": {}}}


def _change(told: Json) -> Change:
    delta = told.get("delta") or ()
    fields = tuple(str(one.get("path", "")) for one in delta if one.get("propertyChangeType") != "NoEffect")
    kind = str(told.get("changeType", ""))
    # A Modify of which nothing has an effect changes nothing (ARM docs, what-if: NoEffect).
    return Change(
        str(told.get("resourceId", "")), "NoChange" if kind == "Modify" and delta and not fields else kind, fields
    )


def _step(told: Json) -> Step | None:
    """None for what is no resource, such as the evaluation of outputs."""
    target = told.get("targetResource") or {}
    if not target.get("id") or str(told.get("provisioningOperation", "Create")).lower() not in ("create", "deploy"):
        return None
    message = told.get("statusMessage")
    error = message.get("error") if isinstance(message, dict) else None
    if isinstance(message, dict) and error is None and message.get("code"):
        error = message
    return Step(
        str(target["id"]),
        str(target.get("resourceType", "")),
        str(told.get("provisioningState", "")),
        error if isinstance(error, dict) else {"message": message} if isinstance(message, str) and message else None,
    )


def _raise_for(body: Json) -> None:
    """Errors: what the answer says is wrong with the template or one of its resources."""
    if error := body.get("error") or (body if body.get("code") and body.get("message") else None):
        raise meaning(innermost(error))
