"""Naming: a refusal that comes from deeper rooms is opened with the argument that was typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["naming"]


@contextmanager
def naming(argument: str) -> Iterator[None]:
    """Open the message of a DeriveError with the argument that it is about."""
    from derive.errors import DeriveError

    try:
        yield
    except DeriveError as error:
        raise DeriveError(f"{argument}: {error}") from None
