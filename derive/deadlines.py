"""A deadline for SymPy's heuristics, which now and then do not end: a limit, an expansion."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .errors import DeriveError

__all__ = ["TooLongError", "within"]

AGAIN = 0.1  # seconds until what was swallowed, by a destructor or the collector of garbage, is raised once more


class TooLongError(DeriveError):
    """Something took longer than it may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what stands inside with TooLongError once it has used up its time: that of the processor, so that a busy machine decides no less.

    Works in every thread: another one watches the clock, and raises an exception in this one between two of its steps. It
    cannot end a single call into C that takes long. Where a system does not tell the time of a thread, it is that of the clock.
    """
    over = type("_Over", (BaseException,), {})  # of its own, so that deadlines within deadlines do not meet; passes every except Exception
    ended, ident, used = threading.Event(), threading.get_ident(), _stopwatch()

    def watch() -> None:
        rest = seconds
        while not ended.wait(rest):
            rest = seconds - used()
            if rest <= 0 and not ended.is_set():
                rest = AGAIN
                _raise_in(ident, over)

    watcher = threading.Thread(target=watch, name=f"deadline of {seconds:g} s", daemon=True)
    try:
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()
    except over:
        ended.set()
        raise TooLongError(f"it takes longer than {seconds:g} s") from None


def _stopwatch() -> Callable[[], float]:
    """The seconds that this thread has worked since now, to be asked from any thread."""
    if not hasattr(time, "pthread_getcpuclockid"):
        begun = time.monotonic()
        return lambda: time.monotonic() - begun
    clock = time.pthread_getcpuclockid(threading.get_ident())
    begun = time.clock_gettime(clock)
    return lambda: time.clock_gettime(clock) - begun


def _raise_in(ident: int, error: type[BaseException]) -> None:
    """Raise an exception in another thread, before its next step in Python."""
    from ctypes import c_ulong, py_object, pythonapi

    pythonapi.PyThreadState_SetAsyncExc(c_ulong(ident), py_object(error))
