"""How a training is told to stop, and how it ends when it was."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupted(SystemExit):
    """The training was told to stop; its checkpoint is saved and the exit status asks for another attempt."""

    STATUS = 75  # EX_TEMPFAIL of sysexits.h

    def __init__(self) -> None:
        super().__init__(self.STATUS)


@contextmanager
def orders_to_stop() -> Iterator[list[int]]:
    """Collect SIGTERM and Ctrl-C instead of dying of them; the list is empty until one comes."""
    received: list[int] = []
    before = {
        number: signal.signal(number, lambda order, _frame: received.append(order))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
