"""How a command is stopped: by whoever ends its process or closes its terminal, as by Ctrl-C."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
_BY_SIGNAL = 128  # what shells add to a signal's number


class StoppedError(KeyboardInterrupt):
    """Why a command ends before it is done; `code` is its exit code."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = _BY_SIGNAL + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Let signals that end a process raise StoppedError within, so that what it has begun is put away first.

    A signal that is ignored stays so, as under nohup.
    """
    usual = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]
    with suppress(ValueError):  # outside of the main thread nobody may ask for signals
        for number in usual:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number in usual:
                signal.signal(number, signal.SIG_DFL)


def _stop(number: int, _: FrameType | None) -> None:
    for each in _SIGNALS:  # what is put away is put away whole
        signal.signal(each, signal.SIG_IGN)
    raise StoppedError(number)
