"""Folding: how a formula is rewritten to suit its line; where one that is too wide is broken.

In a line of text a fraction becomes a quotient with a slash, unless it is a factor or made of two numbers.

A displayed line ends before a relation; a part still too wide ends before a sum's sign, then between factors, then
before a sum's sign inside a fence. A fraction too wide is written as a product that can be broken. How
wide a formula is the writer measures; this room only chooses the places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..document import Inline
from ..formula import Binary, Fence, Formula, Fraction, Lines, Number, Prefix, Relation, Row, Script, Times, row

__all__ = ["Line", "folded", "inlines_of", "items_of", "line_pieces", "quotient", "slashed", "split", "starts_with_relation"]

Items = tuple[Formula, ...]
Width = Callable[[Formula], float]
Line = tuple[Formula, Formula, "tuple[object, ...] | None"]

EMPTY = Row(())
_SHARES = (1 / 2, 1 / 3, 1 / 6, 0.0)  # of the room that the column of left sides may take; the first is taken in which everything fits


def slashed(formula: Formula) -> Formula:
    """The formula as it stands in a line of text."""
    if isinstance(formula, Fence):
        return Fence(slashed(formula.body), formula.open, formula.close)
    items = items_of(formula)
    around = (None, *items, None)
    return row(*(_slashed(item, around[place], around[place + 2]) for place, item in enumerate(items)))


def _slashed(item: Formula, before: Formula | None, after: Formula | None) -> Formula:
    if not isinstance(item, Fraction):
        return slashed(item) if isinstance(item, Fence) else item
    factor = isinstance(before, Times | Fence) or isinstance(after, Times | Fence)
    if factor or (isinstance(item.above, Number) and isinstance(item.below, Number)):
        return item
    return quotient(item)


def quotient(fraction: Fraction) -> Formula:
    """The fraction with a slash, its parts in brackets where they would fall apart without."""
    above, below = _fenced(fraction.above, Binary, Relation, Fraction), _fenced(fraction.below, Binary, Relation, Fraction, Times)
    return row(above, Prefix("/"), below)


def _fenced(part: Formula, *kinds: type) -> Formula:
    return Fence(part) if any(isinstance(item, kinds) for item in items_of(part)) else part


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
    best, least = None, 0.0
    for share in _SHARES:
        lines = _in_column(rows, width, room, share * room, indent)
        over = _widest(lines, width, indent) - room
        if over <= 0:
            return lines
        if best is None or over < least:
            best, least = lines, over
    return best or formula


def _in_column(rows: tuple[Line, ...], width: Width, room: float, widest: float, indent: float) -> Lines:
    """The rows folded, those left sides in a column of their own that are no wider than ``widest``."""
    side = max((width(left) for left, _, _ in rows if width(left) <= widest), default=0.0)
    return Lines(tuple(one for line in rows for one in _row_folded(line, width, room, side, indent)))


def _widest(lines: Lines, width: Width, indent: float) -> float:
    left = max(width(line[0]) for line in lines.rows)
    return left + max(width(right) + (0 if starts_with_relation(right) else indent) for _, right, _ in lines.rows)


def line_pieces(formula: Formula, width: Width, longest: float) -> list[Formula]:
    """The formula of a line of text whole, or cut before its relations where it is longer than that."""
    if width(formula) <= longest:
        return [formula]
    return [row(part) for part in _relations(items_of(formula))]


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
    *before, last = map(_signed, _balanced(items_of(right), width, room - side - indent))
    for part in before:
        yield left, part, None
        left = EMPTY
    yield left, last, reason


def _balanced(items: Items, width: Width, room: float) -> list[Formula]:
    """As few lines as the room allows, and not a full one before one that is nearly empty."""
    lines = _fold(items, width, room)
    for share in (0.9, 0.8, 0.7) if len(lines) > 1 else ():
        narrower = _fold(items, width, share * room)
        if len(narrower) == len(lines):
            lines = narrower
    return lines


def _signed(line: Formula) -> Formula:
    """A line that goes on with a factor shows its sign, which two factors in one line can do without."""
    items = items_of(line)
    return row(Times("·"), items[1:]) if items and isinstance(items[0], Times) else line


def items_of(formula: Formula) -> Items:
    """The nodes side by side that make up a formula."""
    return formula.items if isinstance(formula, Row) else (formula,)


def _fold(items: Items, width: Width, room: float, level: int = 0) -> list[Formula]:
    """The items as lines, each no wider than the room where a place to break could be found."""
    if width(row(items)) <= room or level == len(_LEVELS):
        return [row(items)]
    lines: list[Formula] = []
    joins = False
    for part in _LEVELS[level](items):
        pieces = _fold(part, width, room, level + 1)
        if joins and len(pieces) == 1 and width(joined := row(lines[-1], pieces[0])) <= room:
            lines[-1] = joined
        else:
            lines += pieces
        # What follows a part that was broken up starts a line of its own, unless only factors were moved.
        joins = len(pieces) == 1 or level > 0
    return lines


def _before(kind: type, *signs: str) -> Callable[[Items], Iterator[Items]]:
    """A way to cut items: before each node of the kind that has one of the signs, any sign where none is named."""

    def cut(items: Items) -> Iterator[Items]:
        start = 0
        for place, item in enumerate(items):
            if place > start and isinstance(item, kind) and (not signs or item.sign in signs):  # type: ignore[attr-defined]
                yield items[start:place]
                start = place
        yield items[start:]

    return cut


def _factors(items: Items) -> Iterator[Items]:
    """Cut before each factor, but not between the sign of a derivative and what it is the derivative of."""
    start = 0
    for place, item in enumerate(items):
        if place > start and isinstance(item, Times) and not _is_operator(items[place - 1]):
            yield items[start:place]
            start = place
    yield items[start:]


def _is_operator(item: Formula) -> bool:
    """Is this d/dx, which waits for a function?"""
    last = items_of(item.above)[-1:] if isinstance(item, Fraction) else ()
    return any(isinstance(one.base if isinstance(one, Script) else one, Prefix) for one in last)


def _relations(items: Items) -> Iterator[Items]:
    """Cut before each relation, but after a comma."""
    start = 0
    for place, item in enumerate(items):
        end = place + 1 if isinstance(item, Relation) and item.sign == "," else place
        if isinstance(item, Relation) and end > start:
            yield items[start:end]
            start = end
    if start < len(items) or not items:
        yield items[start:]


def _fences(items: Items) -> Iterator[Items]:
    """Cut inside fences, after commas or before the signs of a sum; each part keeps the one end of the fence that it shows."""
    line: Items = ()
    for item in items:
        first, *rest = _opened(item) if isinstance(item, Fence) else [(item,)]
        line += first
        for part in rest:
            yield line
            line = part
    yield line


def _opened(fence: Fence) -> list[Items]:
    body = items_of(fence.body)
    parts = list((_relations if any(isinstance(one, Relation) for one in body) else _sums)(body))
    opens, closes = [fence.open, *[""] * (len(parts) - 1)], [*[""] * (len(parts) - 1), fence.close]
    return [_part_of_fence(part, open, close) for part, open, close in zip(parts, opens, closes, strict=True)]


def _part_of_fence(part: Items, open: str, close: str) -> Items:
    sign = part[:1] if part and isinstance(part[0], Binary) else ()
    return (*sign, Fence(row(part[len(sign) :]), open, close))


def _fractions(items: Items) -> Iterator[Items]:
    """Cut inside numerators, each written as one over the denominator times a fence."""
    return _fences(tuple(part for item in items for part in (_beside(item) if isinstance(item, Fraction) else (item,))))


def _beside(fraction: Fraction) -> Items:
    if len(list(_sums(items_of(fraction.above)))) == 1:
        return (fraction,)
    return (Fraction(Number("1"), fraction.below), Times(), Fence(fraction.above, "[", "]"))


_sums = _before(Binary, "+", "−", "-")

_LEVELS: tuple[Callable[[Items], Iterable[Items]], ...] = (_relations, _sums, _factors, _fences, _fractions, _factors)
