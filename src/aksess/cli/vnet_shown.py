"""Links, changes and removals in the shape people and scripts read. The keys are a promise: tests pin them."""

from typing import Any

from aksess.errors import ChainBroken
from aksess.vnet.apply import Foreseen
from aksess.vnet.chain import Link, Seen, broken, nothing_stands
from aksess.vnet.remove import Gone

LINK_COLUMNS = ("link", "health", "what is seen")
CHANGE_COLUMNS = ("resource", "change", "what differs")
GONE_COLUMNS = ("what", "fate", "name", "why")


def link_data(link: Link) -> dict[str, Any]:
    return {"link": link.name, "health": link.health.value, "seen": link.sentence, "mend": link.mend or None}


def link_row(link: Link) -> tuple[str, ...]:
    return (link.name, link.health.value, link.sentence)


def change_data(change: Foreseen) -> dict[str, Any]:
    return {"id": change.id, "change": change.kind, "differs": list(change.fields)}


def change_row(change: Foreseen) -> tuple[str, ...]:
    return (change.id.rpartition("/providers/")[2], change.kind, ", ".join(change.fields) or "-")


def gone_data(gone: Gone) -> dict[str, Any]:
    return {"what": gone.what, "id": gone.id, "fate": gone.fate.value, "why": gone.why or None}


def gone_row(gone: Gone) -> tuple[str, ...]:
    name = gone.id.rpartition("/")[2] if gone.id.startswith("/") else gone.id
    return (gone.what, gone.fate.value, name, gone.why or "-")


def check_chain(seen: Seen, links: tuple[Link, ...]) -> None:
    """Errors: ChainBroken, with the first broken link's sentence and what mends it."""
    if nothing_stands(seen):
        cluster = seen.cluster.id
        raise ChainBroken(
            f"no Cloud Shell network stands for `{cluster.name}`",
            f"see what it would be and cost: aksess vnet plan -g {cluster.group} -n {cluster.name}",
            code="nothing-applied",
        )
    faults = broken(links)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ChainBroken(f"{faults[0].name}: {faults[0].sentence}{more}", faults[0].mend)
