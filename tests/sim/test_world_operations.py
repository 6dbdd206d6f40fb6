"""What comes due: in order of time, dated when it was due, whoever looks and whenever."""

from datetime import timedelta

from aksess_sim.world.clock import WorldClock
from aksess_sim.world.operations import Agenda, OperationError, Operations


async def test_what_follows_from_something_due_is_not_late_because_nobody_looked() -> None:
    clock = WorldClock(speed=2)
    agenda, happened = Agenda(clock), []
    born = clock.now()

    def again() -> None:
        happened.append((agenda.now() - born).total_seconds())
        if len(happened) < 3:
            agenda.after(10, again)

    agenda.after(10, again)
    await clock.sleep(100)
    agenda.settle()
    assert happened == [5.0, 10.0, 15.0]
    assert agenda.now() == clock.now()


async def test_an_opened_operation_ends_when_it_is_closed() -> None:
    clock = WorldClock()
    agenda = Agenda(clock)
    operations = Operations(clock, agenda)
    operation = operations.open("/x", "deployment")
    assert operations.running_on("/X") is operation
    agenda.after(7, lambda: operations.close(operation, "Failed", OperationError("C", "m")))
    await clock.sleep(60)
    agenda.settle()
    assert operations.running_on("/x") is None
    assert (operation.status, operation.error) == ("Failed", OperationError("C", "m"))
    assert operation.ended == operation.started + timedelta(seconds=7)


async def test_a_failure_that_was_ordered_strikes_once() -> None:
    clock = WorldClock()
    operations = Operations(clock, Agenda(clock))
    operations.fail_next("/X", OperationError("C", "m"))
    assert operations.failure_of("/x") == OperationError("C", "m")
    assert operations.failure_of("/x") is None
