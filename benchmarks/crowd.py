"""Many callers on one cluster at the same moment: who gets in, who is lost, how many writes it takes."""

import time
from dataclasses import dataclass
from typing import Any

from benchmarks.world import ARTICLE, SimulatedWorld, simulated_world

CALLERS = 20
SPEED = 6.0
UPDATE = 90 / SPEED
FOREIGN = ("51.144.20.0/24", "40.68.115.7/32")


@dataclass(frozen=True)
class Crowd:
    """How it went."""

    who: str
    present: int
    foreign: int
    accepted: int
    refused: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.who}: {self.present} of {CALLERS} addresses listed, {self.foreign} of {len(FOREIGN)} foreign "
            f"entries intact, {self.accepted} PUTs accepted and {self.refused} refused, all ended after "
            f"{self.seconds / UPDATE:.1f} update times"
        )


def measure() -> list[Crowd]:
    return [
        _crowd("aksess allow", "aksess allow -g rg-demo -n web"),
        _crowd("the article's script", f"az login --identity -o none && bash {ARTICLE} rg-demo web"),
    ]


def _crowd(who: str, command: str) -> Crowd:
    addresses = [f"20.90.7.{number}" for number in range(1, CALLERS + 1)]
    with simulated_world(speed=SPEED) as world:
        began = time.monotonic()
        started = [world.start("bash", "-c", command, address=address) for address in addresses]
        for process in started:
            process.communicate()
        seconds = time.monotonic() - began
        puts = [one["status"] for one in world.ask("journal", "--method", "PUT", "--path", "managedClusters/web")]
        ranges = _ranges(world)
    return Crowd(
        who,
        present=sum(f"{address}/32" in ranges for address in addresses),
        foreign=sum(entry in ranges for entry in FOREIGN),
        accepted=sum(status in (200, 201) for status in puts),
        refused=sum(status not in (200, 201) for status in puts),
        seconds=seconds,
    )


def _ranges(world: SimulatedWorld) -> list[str]:
    status: dict[str, Any] = world.ask("status")
    return next(list(one["ranges"]) for one in status["clusters"] if one["name"] == "web")
