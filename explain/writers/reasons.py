"""Reasons: where the reason of each line finds room.

All stand in one column beside the lines, where the widest of both fit; otherwise each right behind its line,
or below it, there on one line or wrapped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .folding import Line, inlines_of, starts_with_relation
from .widths import Widths, inlines_width

__all__ = ["GAP", "INDENT", "SMALL", "Placed", "placed"]

INDENT = 1.0  # ems that a line is moved in by where it goes on with a term
SMALL = 0.92  # the size of a reason beside that of the text
GAP = 2.0  # ems between a formula and its reason
BRACKETS = 0.8

Place = Literal["none", "column", "behind", "below", "wrapped"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, where its reason stands, and the width in ems that a wrapped one has."""

    line: Line
    place: Place
    space: float


def placed(rows: tuple[Line, ...], width: Widths, room: float) -> Iterator[Placed]:
    """The lines, each with a place for its reason; ``room`` is the width of the text in ems."""
    left = max(width(line[0]) for line in rows)
    rights = [width(line[1]) + (0 if starts_with_relation(line[1]) else INDENT) for line in rows]
    reasons = [_width(line) for line in rows]
    column = left + max(rights) + GAP + max(reasons) <= room
    space = room - left - 2 * INDENT
    for line, right, reason in zip(rows, rights, reasons, strict=True):
        yield Placed(line, _place(line, column, left + right + GAP + reason <= room, reason <= space), space)


def _place(line: Line, column: bool, behind: bool, below: bool) -> Place:
    if not line[2]:
        return "none"
    if column:
        return "column"
    return "behind" if behind else "below" if below else "wrapped"


def _width(line: Line) -> float:
    return SMALL * inlines_width(inlines_of(line[2])) + BRACKETS if line[2] else -GAP
