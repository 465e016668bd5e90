"""Limits of time that a busy machine does not break: the processor's, not those of the clock on the wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

__all__ = ["at_most"]


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails where what stands inside takes longer. The limit is far above what it takes: it holds that an answer comes, not how fast."""
    begun = process_time()
    yield
    assert process_time() - begun < seconds
