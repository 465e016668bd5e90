"""Folding: a formula that is too wide becomes aligned lines that fit.

How wide a formula is the writer measures; where it may be broken ``breaking`` knows; this room shares the width among
the column of left sides and the lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..document import Inline
from ..formula import Formula, Lines, Relation, Row, row
from .breaking import Items, Width, broken, half_open, relations
from .slashing import items_of, quotient, slashed

__all__ = ["Line", "folded", "inlines_of", "items_of", "line_pieces", "quotient", "slashed", "split", "starts_with_relation"]

Line = tuple[Formula, Formula, "tuple[object, ...] | None"]

EMPTY = Row(())
# Of the room that the column of left sides may take; the one is taken that needs the fewest lines, and no other is tried where
# everything fits and no fence is broken up.
_SHARES = (1 / 2, 1 / 3, 1 / 6, 0.0)


def folded(formula: Formula, width: Width, room: float, indent: float) -> Formula:
    """The formula itself where it fits the room, otherwise Lines whose rows fit; rows of Lines are folded one by one.

    ``indent`` is what a line that opens with no relation is moved in by.
    """
    if isinstance(formula, Lines):
        rows = formula.rows
    elif width(formula) <= room:
        return formula
    else:
        rows = ((*split(formula), None),)
    found = []
    for side in dict.fromkeys(_column(rows, width, share * room) for share in _SHARES):
        lines = Lines(tuple(one for line in rows for one in _row_folded(line, width, room, side, indent)))
        over = max(_widest(lines, width, indent) - room, 0.0)
        found.append((over, len(lines.rows), lines))
        if not over and not any(half_open(right) for _, right, _ in lines.rows):
            break
    return min(found, key=lambda one: one[:2])[2]


def _column(rows: tuple[Line, ...], width: Width, widest: float) -> float:
    """The width of the column of those left sides that are no wider than ``widest``."""
    return max((width(left) for left, _, _ in rows if width(left) <= widest), default=0.0)


def _widest(lines: Lines, width: Width, indent: float) -> float:
    left = max(width(line[0]) for line in lines.rows)
    return left + max(width(right) + (0 if starts_with_relation(right) else indent) for _, right, _ in lines.rows)


def line_pieces(formula: Formula, width: Width, longest: float) -> list[Formula]:
    """The formula of a line of text whole, or cut before its relations where it is longer than that."""
    if width(formula) <= longest:
        return [formula]
    return [row(part) for part in relations(items_of(formula))]


def split(formula: Formula) -> tuple[Formula, Formula]:
    """What stands before the first relation, and the rest; nothing before where there is no relation."""
    items = items_of(formula)
    first = next((place for place, item in enumerate(items) if isinstance(item, Relation) and item.sign != ","), 0)
    return row(items[:first]), row(items[first:])


def starts_with_relation(right: Formula) -> bool:
    """Whether a line's right side opens with its relation, and does not go on with a term of the line before."""
    return isinstance(items_of(right)[0] if items_of(right) else right, Relation)


def inlines_of(reason: tuple[object, ...] | None) -> tuple[Inline, ...]:
    """The parts of a line's reason; none where there is no reason."""
    return tuple(part for part in reason or () if isinstance(part, Inline))


def _row_folded(line: Line, width: Width, room: float, side: float, indent: float) -> Iterator[Line]:
    """The row as rows that fit; ``side`` is the width of the column of left sides, which a wider left side leaves."""
    left, right, reason = line
    if width(left) > side:
        yield from ((EMPTY, part, None) for part in _balanced(items_of(left), width, room - side - indent))
        left = EMPTY
    *before, last = _balanced(items_of(right), width, room - side - indent)
    for part in before:
        yield left, part, None
        left = EMPTY
    yield left, last, reason


def _balanced(items: Items, width: Width, room: float) -> list[Formula]:
    """As few lines as the room allows, and not a full one before one that is nearly empty."""
    lines = broken(items, width, room)
    for share in (0.9, 0.8, 0.7) if len(lines) > 1 else ():
        narrower = broken(items, width, share * room)
        if len(narrower) == len(lines) and sum(map(half_open, narrower)) <= sum(map(half_open, lines)):
            lines = narrower
    return lines
