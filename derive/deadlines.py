"""A deadline for SymPy's heuristics, which now and then do not end: a limit, an expansion."""

from __future__ import annotations

import _weakrefset
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, thread_time
from types import FrameType

from .errors import DeriveError

__all__ = ["TooLongError", "within"]


class TooLongError(DeriveError):
    """Something took longer than it may."""


_WEAK = {weakref.__file__, _weakrefset.__file__}


class _Over(BaseException):
    """Passes every ``except Exception`` on its way out."""


def _is_callback(frame: FrameType) -> bool:
    """Does the collector of garbage call this, or what this was called by? It would swallow the exception, and the deadline with it."""
    frames = (frame, frame.f_back)
    return any(one is not None and (one.f_code.co_name.endswith(("callback", "__del__")) or one.f_code.co_filename in _WEAK) for one in frames)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what stands inside with TooLongError once it has used up its time: that of the processor, so that a busy machine decides no less.

    Works in every thread, by a profile function that looks at the clock at each call: it cannot end a
    single call into C that takes long, and makes everything about half as fast.
    """
    before, last = sys.getprofile(), thread_time() + seconds
    end = monotonic() + seconds

    def look(frame: FrameType, event: str, argument: object) -> None:
        nonlocal end
        if monotonic() > end and not _is_callback(frame):
            end = monotonic() + last - thread_time()  # the clock on the wall is the cheaper one to look at
            if monotonic() > end:
                raise _Over

    sys.setprofile(look)
    try:
        yield
    except _Over:
        raise TooLongError(f"it takes longer than {seconds:g} s") from None
    finally:
        sys.setprofile(before)
