"""Breaking: where a formula that is too wide is cut into lines, and how one factor of it is opened.

A line ends before a relation (but after a comma); a part still too wide ends before a sum's sign, then between
factors. A single factor is opened from the outside in: a fence, whose inside is cut in the same way, with its closing end on the
last line; a matrix between its columns; a fraction as a product; a root, a power of e, a brace as what stands between brackets. Nothing is left out.

To add a way of opening: a function of a node and a row in ``_OPENED``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ..formula import Binary, Fence, Formula, Fraction, Matrix, Name, Number, Prefix, Relation, Root, Row, Script, Times, UnderBrace, row
from .slashing import items_of
from .widths import fence_size

__all__ = ["Items", "Width", "broken", "half_open", "relations"]

Items = tuple[Formula, ...]
Width = Callable[[Formula], float]

LARGEST = 4  # of the fences that have a size of their own; a larger one grows with what is inside
NOTHING, MINUS, ONE = Row(()), Prefix("−"), Number("1")


def broken(items: Items, width: Width, room: float, level: int = 0, spent: float = 0.0) -> list[Formula]:
    """The items as lines, each no wider than the room where a place to break could be found; of the first line some may be spent."""
    if width(row(items)) <= room - spent:
        return [row(items)]
    if level == len(_LEVELS):
        return _opened(items, width, room, spent)
    lines: list[Formula] = []
    joins = False
    for part in _LEVELS[level](items):
        free = room - spent if len(lines) <= 1 else room
        if joins and width(joined := row(lines[-1], part)) <= free:
            lines[-1] = joined
            continue
        beside = _beside_divisor(lines, part, width, room, spent if len(lines) == 1 else 0.0) if joins else []
        pieces = beside or broken(_signed(part), width, room, level + 1, 0.0 if lines else spent)
        lines[-1 if beside else len(lines) :] = pieces
        # What follows a part that was broken up starts a line of its own, unless only factors were moved.
        joins = len(pieces) == 1 or level > 0
    return lines


def _beside_divisor(lines: list[Formula], part: Items, width: Width, room: float, spent: float) -> list[Formula]:
    """The lines of a factor that has to be opened, begun on the line of a fraction 1/n that it is taken out of; none where they do not fit."""
    last = items_of(lines[-1])[-1]
    if width(row(part)) <= room or not (isinstance(last, Fraction) and last.above == ONE):
        return []
    pieces = _opened((*items_of(lines[-1]), *part), width, room, spent)
    return pieces if len(pieces) > 1 and max(map(width, pieces)) <= room else []


def _signed(part: Items) -> Items:
    """A line that goes on with a factor shows its sign, which two factors in one line can do without."""
    return (Times("·"), *part[1:]) if part and isinstance(part[0], Times) else part


# ---- where a line may end


def relations(items: Items) -> Iterator[Items]:
    """Cut before each relation, but after a comma."""
    start = 0
    for place, item in enumerate(items):
        end = place + 1 if isinstance(item, Relation) and item.sign == "," else place
        if isinstance(item, Relation) and end > start:
            yield items[start:end]
            start = end
    if start < len(items) or not items:
        yield items[start:]


def _sums(items: Items) -> Iterator[Items]:
    """Cut before each sign of a sum."""
    return _before(items, lambda before, item: isinstance(item, Binary) and item.sign in ("+", "−", "-"))


def _factors(items: Items) -> Iterator[Items]:
    """Cut before each factor, but not between the sign of a derivative, or a function, and what it is of."""
    return _before(items, lambda before, item: isinstance(item, Times) and not _waits(before))


def _before(items: Items, ends: Callable[[Formula, Formula], bool]) -> Iterator[Items]:
    start = 0
    for place in range(1, len(items)):
        if ends(items[place - 1], items[place]):
            yield items[start:place]
            start = place
    yield items[start:]


def _waits(item: Formula) -> bool:
    """Is this d/dx or ln, which waits for what follows it?"""
    if isinstance(item, Fraction):
        return _is_sign(items_of(item.above)[-1])
    name = item.base if isinstance(item, Script) else item
    return isinstance(name, Name) and name.style == "function"


def _is_sign(item: Formula) -> bool:
    return isinstance(item.base if isinstance(item, Script) else item, Prefix)


_LEVELS: tuple[Callable[[Items], Iterable[Items]], ...] = (relations, _sums, _factors)


# ---- how a factor is opened


def _opened(items: Items, width: Width, room: float, spent: float) -> list[Formula]:
    """The lines of a single factor with its sign; the widest part that can be opened is."""
    for place in sorted(range(len(items)), key=lambda place: -width(items[place])):
        before, item, after = items[:place], items[place], items[place + 1 :]
        inside = _bracketed(item)
        if inside is not None:
            lines = _fence_lines((*before, *inside.ahead), inside, after, width, room, spent)
        elif isinstance(item, Fraction):
            lines = _product_lines(before, item, after, width, room, spent)
        elif isinstance(item, Matrix):
            lines = _matrix_lines(before, item, after, width, room, spent)
        else:
            continue
        if len(lines) > 1:
            return lines
    return [row(items)]


@dataclass(frozen=True)
class _Bracketed:
    """A fence with its scripts, and what stands before it."""

    fence: Fence
    sub: Formula | None = None
    sup: Formula | None = None
    ahead: Items = ()

    def part(self, body: Formula, open: str = "", close: str = "") -> Formula:
        """A part of what is inside, with the ends of the fence that it shows; at the closing one stand the scripts."""
        end = Fence(body, open, close, self._tall)
        return Script(end, self.sub, self.sup) if close and (self.sub or self.sup) else end

    @cached_property
    def _tall(self) -> int:
        return min(fence_size(self.fence), LARGEST)


def _bracketed(item: Formula) -> _Bracketed | None:
    """The node as something between brackets that says the same; None where it cannot be."""
    match item:
        case Fence():
            return _Bracketed(item)
        case Script(Fence() as fence, sub, sup):
            return _Bracketed(fence, sub, sup)
        case Script(Name("e"), None, sup) if sup is not None:
            return _Bracketed(Fence(sup, "[", "]"), ahead=(Name("exp", "function"), Times()))
        case Root(body, index):
            return _Bracketed(Fence(body, "[", "]"), sup=Fraction(ONE, index or Number("2")))
        case UnderBrace(body, label):
            return _Bracketed(Fence(body, "[", "]"), label)
    return None


def _fence_lines(before: Items, item: _Bracketed, after: Items, width: Width, room: float, spent: float) -> list[Formula]:
    """The inside of a fence cut as a formula of its own; the first line has the one end, the last the other."""
    fence, part = item.fence, item.part
    inside, ahead = items_of(fence.body), spent + width(row(*before, part(NOTHING, fence.open)))
    behind = width(row(part(NOTHING, "", fence.close), *after))
    lines = broken(inside, width, room, spent=ahead)
    if width(lines[-1]) + behind > room:
        lines = broken(inside, width, room - behind, spent=ahead)
    if len(lines) == 1:
        return [row(*before, part(lines[0], fence.open, fence.close), *after)]
    first, *middle, last = lines
    items = items_of(last)
    sign = 1 if isinstance(items[0], Binary | Times | Relation) else 0
    return [row(*before, part(first, fence.open)), *middle, row(*items[:sign], part(row(items[sign:]), "", fence.close), *after)]


def _product_lines(before: Items, fraction: Fraction, after: Items, width: Width, room: float, spent: float) -> list[Formula]:
    """A fraction as a product of its numerator and one over its denominator, cut between factors."""
    above, below = items_of(fraction.above), fraction.below
    if any(_is_sign(item) and item != MINUS for item in above):  # a derivative
        return [row(*before, fraction, *after)]
    sign, factors = (above[:1], above[1:]) if above[0] == MINUS else ((), above)
    if len(list(_sums(above))) > 1:
        sign, factors = (), (Fence(fraction.above, "[", "]"),)
    over: Formula = Fraction(ONE, below)
    if width(row(*before, *sign, over)) > room - spent:
        over = Script(below if isinstance(below, Fence) else Fence(below, "[", "]"), None, Number("-1"))
    inner = (over,) if factors == (ONE,) else (over, Times(), *factors)
    whole = (*before, *sign, *inner, *after)
    return [row(whole)] if whole == (*before, fraction, *after) else broken(whole, width, room, _LEVELS.index(_factors), spent)


def _matrix_lines(before: Items, matrix: Matrix, after: Items, width: Width, room: float, spent: float) -> list[Formula]:
    """A matrix with as many columns a line as there is room for; the first line has the one bracket, the last the other."""
    count = len(matrix.rows[0])

    def part(start: int, end: int) -> Formula:
        inside = Matrix(tuple(one[start:end] for one in matrix.rows), matrix.open * (start == 0), matrix.close * (end == count))
        return row(*(before if start == 0 else ()), inside, *(after if end == count else ()))

    lines, start = [], 0
    while start < count:
        free = room - (0.0 if start else spent)
        end = max((end for end in range(start + 1, count + 1) if width(part(start, end)) <= free), default=start + 1)
        lines.append(part(start, end))
        start = end
    return lines


def half_open(formula: Formula) -> int:
    """How many ends of fences stand without the other one: what a line costs a reader who looks for it."""
    match formula:
        case Row(items):
            return sum(map(half_open, items))
        case Fence(body, open, close):
            return half_open(body) + (bool(open) != bool(close))
        case Matrix(_, open, close):
            return int(bool(open) != bool(close))
        case Script(base):
            return half_open(base)
    return 0
