"""A deadline for SymPy's heuristics, which now and then do not end: a limit, an expansion."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from .errors import DeriveError

__all__ = ["TooLongError", "within"]


class TooLongError(DeriveError):
    """Something took longer than it may."""


class _Over(BaseException):
    """Passes every ``except Exception`` on its way out."""


def _is_callback(frame: FrameType) -> bool:
    """Does the collector of garbage call this, or what this was called by? It would swallow the exception, and the deadline with it."""
    return frame.f_code.co_name.endswith("callback") or (frame.f_back is not None and frame.f_back.f_code.co_name.endswith("callback"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what stands inside with TooLongError once the time is over.

    Works in every thread, by a profile function that looks at the clock at each call: it cannot end a
    single call into C that takes long, and makes everything about half as fast.
    """
    before, end = sys.getprofile(), monotonic() + seconds

    def look(frame: FrameType, event: str, argument: object) -> None:
        if monotonic() > end and not _is_callback(frame):
            raise _Over

    sys.setprofile(look)
    try:
        yield
    except _Over:
        raise TooLongError(f"it takes longer than {seconds:g} s") from None
    finally:
        sys.setprofile(before)
