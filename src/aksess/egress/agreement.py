"""From what observers said to one address, or to the sentence that says why there is none. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from aksess.egress.observers import ENOUGH, Observation
from aksess.errors import EgressUnclear
from aksess.ranges import not_public

NAME_IT = "name it yourself: --ip ADDRESS"


def agree(heard: Sequence[Observation]) -> IPv4Address:
    """The address at least two observers agree on, with none that differs. Errors: EgressUnclear, a code a cause."""
    said = {one.observer: address for one in heard if (address := _read(one)) is not None}
    fourth = {observer: address for observer, address in said.items() if isinstance(address, IPv4Address)}
    if said and not fourth:
        raise EgressUnclear(
            "this shell reaches the internet over IPv6 only; AKS takes IPv4 only in its authorized ranges",
            f"{NAME_IT}, or use another route",
            code="egress-ipv6-only",
        )
    if len(fourth) < ENOUGH:
        raise EgressUnclear(
            f"fewer than {ENOUGH} observers told an address ({_faults(heard)})", NAME_IT, code="egress-unseen"
        )
    if len(set(fourth.values())) > 1:
        told = ", ".join(f"{observer} saw {address}" for observer, address in sorted(fourth.items()))
        raise EgressUnclear(
            f"observers disagree about this shell's address: {told}",
            f"traffic leaves by more than one way, or an observer lies; {NAME_IT}",
            code="egress-disagreement",
        )
    address = next(iter(fourth.values()))
    if reason := not_public(address):
        raise EgressUnclear(
            f"observers see this shell as {address}, {reason}",
            f"something between rewrites answers; {NAME_IT}",
            code="egress-not-public",
        )
    return address


def _read(observation: Observation) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(observation.text) if not observation.fault else None
    except ValueError:
        return None


def _faults(heard: Sequence[Observation]) -> str:
    def one(observation: Observation) -> str:
        return f"{observation.observer}: {observation.fault or (observation.text[:40] or 'nothing')!r}"

    return "; ".join(map(one, heard)) or "none answered"
