"""Frames: which blocks go on one slide, so that each has one idea and nothing runs off.

A slide begins with every heading, every titled paragraph and every numbered formula; what is higher than a
slide goes on with the next. Heights are estimated in ems. A picture is at least as high as its words can be read, and
grows into the room that its slide has left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from .. import document as d
from ..formula import Formula, Fraction, Lines, Row, Script, UnderBrace
from .folding import Line, folded, starts_with_relation
from .latex import stands_apart
from .reasons import placed
from .widths import Widths, inlines_width, tallness

__all__ = ["Frame", "capacity", "facts_in", "frames", "height", "picture_height", "steps", "walk_height"]

CAPACITY = 17.5  # ems between the title and the foot of a slide of 160 mm × 90 mm
LINE, GAP, DISPLAY = 1.3, 0.5, 1.9  # a line of text, what follows a paragraph, what surrounds a displayed formula
TABLE_ROW, CODE_LINE = 1.6, 1.05
PICTURE, POINTS = 11.0, 10.95  # the height that suffices for any picture; of an em
LEAST, MOST = 0.8, 1.25  # of a picture's own size, at which its words are as large as the slide's
WALKED = (7.5, 8.2)  # what a picture above a formula has, what it may have where its words would be too small
AROUND = 1.0  # what surrounds a picture
INDENT = 1.0
EMPTY = Row(())

Inlines = tuple[d.Inline, ...]
_ROW_HEIGHTS = (1.6, 1.8, 2.8, 3.2, 3.6)
_MATRIX_LINE, _BRACE, _SCRIPTS = 1.3, 1.4, 0.3
_BELOW = {"below": 1.7, "wrapped": 2.9}  # what a reason adds that stands below its line


@dataclass(frozen=True, slots=True)
class Frame:
    """One slide: its title, the heading it stands under, its blocks, and whether they are higher than a slide."""

    title: Inlines
    heading: Inlines
    blocks: tuple[d.Block, ...]
    crowded: bool = False


def frames(blocks: Iterable[d.Block], room: float, pictures: bool = True) -> Iterator[Frame]:
    """The slides in order; ``room`` is the width of their text in ems. A heading of level 1 or 2 opens with an empty slide."""
    waiting = deque(prepared for block in blocks for prepared in _prepared(block, room, pictures))
    frame = Frame((), (), ())
    while waiting:
        block = waiting.popleft()
        if isinstance(block, d.Heading) or (isinstance(block, d.Paragraph) and block.lead):
            if frame.blocks:
                yield frame
            frame = _opened(frame, block)
            if isinstance(block, d.Heading) and block.level < 3:
                yield frame
            rest = d.Paragraph(block.parts) if isinstance(block, d.Paragraph) and block.parts else None
            waiting.extendleft([rest] if rest else [])
            continue
        frame, later = _filled(frame, block, room)
        if later is not None:
            frame, moved = _moved(frame, later, room) if later is block else (frame, [])
            yield frame
            frame = replace(frame, blocks=(), crowded=False)
            waiting.extendleft([later, *moved])
    if frame.blocks:
        yield frame


def _filled(frame: Frame, block: d.Block, room: float) -> tuple[Frame, d.Block | None]:
    """The slide with as much of the block as it holds, and what is left of the block."""
    fits, later = _divided(block, frame, room) if _joins(frame, block) else (None, block)
    if fits is None and not frame.blocks:
        # Beside a formula that is higher than what a picture leaves there is none.
        return _filled(frame, still, room) if (still := _without_walk(block)) else (replace(frame, blocks=(block,), crowded=True), None)
    return (replace(frame, blocks=(*frame.blocks, fits)) if fits else frame), later


def _opened(frame: Frame, block: d.Heading | d.Paragraph) -> Frame:
    if isinstance(block, d.Paragraph):
        return Frame(_without_stop(block.lead), frame.heading, ())
    return Frame(block.parts, frame.heading, ()) if block.level > 2 else Frame((), block.parts, ())


def _without_stop(title: Inlines) -> Inlines:
    last = title[-1]
    return (*title[:-1], d.Text(last.text.rstrip(".。 "))) if isinstance(last, d.Text) else title


def _joins(frame: Frame, block: d.Block) -> bool:
    """Whether the block may stand on the slide: a second numbered formula may not."""
    return not (isinstance(block, d.Equation) and any(isinstance(one, d.Equation) and (one.label or block.label) for one in frame.blocks))


def _moved(frame: Frame, later: d.Block, room: float) -> tuple[Frame, list[d.Block]]:
    """The slide without what belongs to the block that no longer fits: the sentence that leads over to it, or the line of which it is a remark."""
    *before, last = frame.blocks
    if before and isinstance(last, d.Paragraph) and not (isinstance(before[-1], d.Equation) and not _leads_over(last)):
        return replace(frame, blocks=tuple(before)), [last]
    if isinstance(last, d.Equation) and isinstance(later, d.Paragraph) and not _leads_over(later):
        ends, facts, joined = _lines_of(last)
        end = ([0, *ends[:-1], *facts])[-1]
        tail = joined(end, ends[-1]) if end else None
        for part in filter(None, (tail, tail and _without_walk(tail))):
            if height(part, room) + height(later, room) <= capacity(frame, room):
                return replace(frame, blocks=(*before, joined(0, end))), [part]
    return frame, []


def _leads_over(block: d.Paragraph) -> bool:
    last = block.parts[-1] if block.parts else None
    return isinstance(last, d.Text) and last.text.rstrip().endswith(":")


def _prepared(block: d.Block, room: float, pictures: bool) -> Iterator[d.Block]:
    """The block as it is divided: a formula in lines that fit, a picture as it stands on a slide; none where there are no pictures."""
    if isinstance(block, d.Figure):
        yield from [replace(block.turned() or block, caption=block.caption)] if pictures else []
    elif isinstance(block, d.Equation):
        formula = folded(block.formula, Widths(), room, INDENT)
        walk = block.walk() if pictures else ()
        fits = len(walk) - facts_in(formula) in (0, 1)  # where folding took a left side apart, the pictures have no place
        yield d.Equation(formula, block.label, _constant(walk if fits else ()))
    else:
        yield block


def _constant(walk: tuple[d.Figure, ...]) -> Callable[[], tuple[d.Figure, ...]]:
    return lambda: walk


def _without_walk(block: d.Block) -> d.Block | None:
    """A formula without its pictures, where it has some."""
    return d.Equation(block.formula, block.label) if isinstance(block, d.Equation) and block.walk() else None


def facts_in(formula: Formula) -> int:
    """How many left sides a formula has."""
    return sum(left != EMPTY for left, _, _ in formula.rows) if isinstance(formula, Lines) else 1


def height(block: d.Block, room: float) -> float:
    """The height of a block on a slide, in ems."""
    return _HEIGHTS[type(block)](block, room)


def _text_height(parts: Inlines, room: float) -> float:
    return LINE * _lines(parts, room)


def _lines(parts: Inlines, room: float) -> int:
    return ceil(1.05 * inlines_width(parts) / room)


def _row_height(line: Line) -> float:
    tall = max(tallness(line[0]), tallness(line[1]))
    rows = max((len(one.rows) for side in line[:2] for one in _within(side) if hasattr(one, "rows")), default=0)  # type: ignore[attr-defined]
    scripts = _SCRIPTS if any(map(_has_high_fraction, line[:2])) else 0.0
    return max(_ROW_HEIGHTS[min(tall, 4)] + scripts, _MATRIX_LINE * rows) + _BRACE * max(map(_braces, line[:2]))


def _has_high_fraction(node: Formula) -> bool:
    """A fraction with a name that carries something above and below, such as a unit with the number of its layer."""
    parts = (part for one in _within(node) if isinstance(one, Fraction) for side in (one.above, one.below) for part in _within(side))
    return any(isinstance(part, Script) and part.sub is not None and part.sup is not None for part in parts)


def _within(node: Formula) -> Iterator[Formula]:
    yield node
    for one in node.items if isinstance(node, Row) else filter(None, (getattr(node, "body", None),)):
        yield from _within(one)


def _braces(node: Formula) -> int:
    inner = node.items if isinstance(node, Row) else tuple(filter(None, (getattr(node, "body", None),)))
    return (1 if isinstance(node, UnderBrace) else 0) + max(map(_braces, inner), default=0)


def picture_height(figure: d.Figure, room: float, scale: float = LEAST) -> float:
    """The height in ems of a picture at a scale, no higher than suffices for any."""
    width, high = (side / POINTS for side in figure.size)
    return min(high * min(scale, room / width), PICTURE)


def walk_height(figure: d.Figure, room: float) -> float:
    """The height in ems of a picture above a formula: it leaves room for some lines, and is the same on all slides."""
    usual, most = WALKED
    return max(min(picture_height(figure, room), most), min(picture_height(figure, room, MOST), usual))


def _equation_height(block: d.Equation, room: float) -> float:
    walk = block.walk()
    above = walk_height(walk[0], room) + AROUND if walk else 0.0
    rows = block.formula.rows if isinstance(block.formula, Lines) else ((EMPTY, block.formula, None),)
    return above + DISPLAY + sum(_row_height(one.line) + _BELOW.get(one.place, 0.0) for one in placed(rows, Widths(), room))


_HEIGHTS: dict[type, Callable[..., float]] = {
    d.Paragraph: lambda block, room: _text_height((*block.lead, *block.parts), room) + GAP,
    d.Equation: _equation_height,
    d.Items: lambda block, room: sum(height(one, room - 2.6) for item in block.items for one in item) + GAP,
    d.Table: lambda block, room: TABLE_ROW * (len(block.rows) + 1) * (1 + stands_apart(block, room)) + _text_height(block.caption, room) + 2 * GAP,
    d.Figure: lambda block, room: picture_height(block, room) + AROUND + _text_height(block.caption, room),
    d.Code: lambda block, room: CODE_LINE * sum(max(1, ceil(0.45 * len(line) / room)) for line in block.source.splitlines()) + GAP,
    d.Heading: lambda block, room: _text_height(block.parts, room),
}


# The places where a block may be divided, its end the last of them; those that are better; and what stands between two.
Parts = tuple[Sequence[int], Sequence[int], Callable[[int, int], d.Block]]


def capacity(frame: Frame, room: float) -> float:
    """The height in ems that a slide has for its blocks below its title and its heading."""
    title, heading = (frame.title, frame.heading) if frame.title else (frame.heading, ())
    more = (max(_lines(parts, room / size) - 1, 0) * LINE * size for parts, size in ((title, 1.35), (heading, 0.85)))
    return CAPACITY - sum(more)


def _divided(block: d.Block, frame: Frame, room: float) -> tuple[d.Block | None, d.Block | None]:
    """What of the block the slide still holds, and what is left; a half that is not there is None."""
    space = capacity(frame, room) - sum(height(one, room) for one in frame.blocks)
    if height(block, room) <= space:
        return block, None
    if type(block) not in _PARTS:
        return None, block
    ends, better, joined = _PARTS[type(block)](block)
    fitting = [end for end in ends[:-1] if height(joined(0, end), room) <= space]
    good = [end for end in fitting if end in better]
    # On a slide of its own a block is divided wherever it must be.
    chosen = good or ([] if frame.blocks else fitting)
    if not chosen and not frame.blocks and isinstance(block, d.Equation) and not block.walk():
        # A formula of many lines goes on with its next term.
        chosen = [end for end in range(1, ends[-1]) if height(joined(0, end), room) <= space][-1:]
    if not chosen:
        return None, block
    end = _evenly(chosen, lambda end: (height(joined(0, end), room), height(joined(end, ends[-1]), room)), capacity(frame, room))
    return joined(0, end), joined(end, ends[-1])


def _evenly(ends: list[int], heights: Callable[[int], tuple[float, float]], space: float) -> int:
    """Of the places to divide at the last one, or where both halves fit a slide the one at which they differ least."""
    last = ends[-1]
    if heights(last)[1] > space:
        return last
    halves = {end: heights(end) for end in ends}
    return min((end for end in ends if halves[end][1] <= space), key=lambda end: abs(halves[end][0] - halves[end][1]))


def _lines_of(block: d.Equation) -> Parts:
    rows: tuple[Line, ...] = block.formula.rows if isinstance(block.formula, Lines) else ()
    facts = [at for at, (left, _, _) in enumerate(rows) if at and left != EMPTY]
    steps = [at for at, (left, right, _) in enumerate(rows) if at and (left != EMPTY or starts_with_relation(right))]

    def joined(start: int, end: int) -> d.Block:
        left, right, reason = rows[start]
        # A chain that goes on says again what it is about, unless it does so with a term.
        again = (one for one, _, _ in reversed(rows[: start + 1]) if one != EMPTY)
        about = next(again, left) if starts_with_relation(right) else left
        first, last = facts_in(Lines(rows[: start + 1])) - 1, None if end == len(rows) else facts_in(Lines(rows[:end]))
        part = Lines(((about, right, reason), *rows[start + 1 : end]))
        return d.Equation(part, block.label if end == len(rows) else "", _constant(block.walk()[first:last]))

    return [*steps, len(rows)], facts, joined


def _items_of(block: d.Items) -> Parts:
    ends = range(1, len(block.items) + 1)
    return ends, ends, lambda start, end: replace(block, items=block.items[start:end], start=block.start + start)


def _rows_of(block: d.Table) -> Parts:
    ends = range(1, len(block.rows) + 1)
    return ends, ends, lambda start, end: replace(block, rows=block.rows[start:end], caption=block.caption if end == ends[-1] else ())


def _source_of(block: d.Code) -> Parts:
    lines = block.source.splitlines()
    ends = range(1, len(lines) + 1)
    return ends, ends, lambda start, end: replace(block, source="\n".join(lines[start:end]))


_PARTS: dict[type, Callable[[Any], Parts]] = {d.Equation: _lines_of, d.Items: _items_of, d.Table: _rows_of, d.Code: _source_of}


def steps(rows: tuple[Line, ...]) -> tuple[int, ...]:
    """For each line the click that uncovers it, from 0; a line that only goes on with a term comes with the one before it."""
    count, order = -1, []
    for left, right, _ in rows:
        count += 1 if left != EMPTY or starts_with_relation(right) or count < 0 else 0
        order.append(count)
    return tuple(order)
