"""A deadline for SymPy's heuristics, which now and then do not end: a limit, an expansion."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from .errors import DeriveError

__all__ = ["TooLongError", "within"]


ENDED = ("sympy.", "mpmath.", "derive.")  # whose calls may be left in the middle


class TooLongError(DeriveError):
    """Something took longer than it may."""


class _Over(BaseException):
    """Passes every ``except Exception`` on its way out."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what stands inside with TooLongError once the time is over.

    Works in every thread, by a profile function that looks at the clock at each call: it cannot end a
    single call into C that takes long, and makes everything about half as fast.
    """
    before, end = sys.getprofile(), monotonic() + seconds

    def look(frame: FrameType, event: str, argument: object) -> None:
        # Elsewhere, in what the collector of garbage calls say, an exception would be swallowed.
        if monotonic() > end and frame.f_globals.get("__name__", "").startswith(ENDED):
            raise _Over

    sys.setprofile(look)
    try:
        yield
    except _Over:
        raise TooLongError(f"it takes longer than {seconds:g} s") from None
    finally:
        sys.setprofile(before)
