"""How a machine tries to connect: as a kernel does, into silence again and again until its patience is over."""

from aksess_sim.internet.caller import Caller
from aksess_sim.internet.gateway import Gateway
from aksess_sim.internet.reachability import Reach

FIRST_RETRANSMISSION = 1.0
"""World seconds after which a kernel repeats its SYN; each later wait is twice as long (RFC 6298 section 2)."""


async def knock(gateway: Gateway, caller: Caller, host: str, port: int) -> Reach:
    """What becomes of a connect from `caller`; it takes as long as it takes."""
    wait, left = FIRST_RETRANSMISSION, gateway.patience(host)
    while True:
        gateway.settle()
        reach = gateway.reach(caller, host, port)
        if reach is not Reach.SILENT or left <= 0:
            return reach
        await gateway.clock.sleep(min(wait, left))
        left -= wait
        wait *= 2
