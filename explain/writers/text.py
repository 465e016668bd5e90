# ruff: noqa: D102 (each method prints the kind that it is named after)
"""Plain text for a terminal: formulas stacked in two dimensions, lines no wider than asked for.

Pictures are left out. With ``ascii`` every character is ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Literal

from .. import document as d
from ..formula import Formula, Lines, Row
from . import Options, Page, Writer, cited, equation_numbers, one_line, titled
from .boxes import Box, beside, cell_len, stacked
from .folding import Line, folded, inlines_of, starts_with_relation
from .text_formulas import NO_BREAK, TextFormulas, to_ascii

__all__ = ["TextWriter", "as_text", "formula", "title_of", "write"]

WIDTH = 80
NARROWEST = 20
MARGIN = 4  # of a displayed formula
INDENT = 2  # of a line that goes on with a term
WHOLE = 16  # a formula in the line that is no longer is not broken
GAP = 3  # between a formula and its reason


def write(document: d.Document, options: Options) -> Page:
    """The document as plain text, ``options.width`` columns wide (80 where None), at least 20."""
    writer = TextWriter(equation_numbers(document), options.ascii, max(options.width or WIDTH, NARROWEST))
    text = writer.body(titled(document)).replace(NO_BREAK, " ")
    return Page("\n".join(line.rstrip() for line in text.split("\n")) + "\n")


def title_of(document: d.Document, ascii: bool = False) -> str:
    """The title of the document as plain characters on one line."""
    return as_text(document.title, {}, ascii)


def as_text(parts: Iterable[d.Inline], numbers: Mapping[str, str], ascii: bool = False) -> str:
    """Inlines as plain characters on one line; ``numbers`` are those of the equations."""
    return TextWriter(numbers, ascii, WIDTH).line(parts).replace(NO_BREAK, " ")


def formula(node: Formula, ascii: bool = False) -> str:
    """One formula as characters, stacked in two dimensions."""
    return "\n".join(line.rstrip() for line in TextFormulas(True, ascii)(node).lines).replace(NO_BREAK, " ")


@dataclass(frozen=True)
class TextWriter(Writer):
    """Prints blocks as lines of characters and inlines as text; ``room`` is the number of columns."""

    numbers: Mapping[str, str]
    ascii: bool
    room: int

    def sign(self, text: str) -> str:
        """The text as it may be printed here."""
        return to_ascii(text) if self.ascii else text

    def text(self, part: d.Text) -> str:
        return self.sign(one_line(part.text))

    def math(self, part: d.Math) -> str:
        shown = TextFormulas(False, self.ascii).flat(part.formula)
        return shown.replace(" ", NO_BREAK) if cell_len(shown) <= WHOLE else shown

    def strong(self, part: d.Strong) -> str:
        return self.line(part.parts)

    def emphasis(self, part: d.Emphasis) -> str:
        return self.line(part.parts)

    def cite(self, part: d.Cite) -> str:
        return f"({cited(self.numbers, part.label)})"

    def heading(self, block: d.Heading) -> str:
        lines = wrapped(self.line(block.parts), self.room)
        rule = _RULES[self.ascii].get(block.level, "") * max(map(cell_len, lines))
        return "\n".join([*lines, rule] if rule else lines)

    def paragraph(self, block: d.Paragraph) -> str:
        lead = f"{self.line(block.lead)} " if block.lead else ""
        return "\n".join(wrapped(lead + self.line(block.parts), self.room))

    def equation(self, block: d.Equation) -> str:
        number = f"({cited(self.numbers, block.label)})" if block.label else ""
        room = self.room - MARGIN - (len(number) + 2 if number else 0)
        boxed = TextFormulas(True, self.ascii)
        shown = folded(block.formula, lambda node: boxed(node).width, room, INDENT)
        rows = list(self.aligned(shown.rows if isinstance(shown, Lines) else ((Row(()), shown, None),), room, boxed))
        rows[-1] = beside(rows[-1].padded(room + 2, 0), Box((number,)))
        return "\n".join(" " * MARGIN + line for line in _apart(rows))

    def aligned(self, rows: tuple[Line, ...], room: int, boxed: TextFormulas) -> Iterator[Box]:
        """Each line as a box, its reason in a column of its own, or right behind it, or below it, as there is room."""
        lefts = [boxed(left) for left, _, _ in rows]
        side = max(one.width for one in lefts)
        whole = [beside(left.padded(side, 1), _indented(boxed(right), right)) for left, (_, right, _) in zip(lefts, rows, strict=True)]
        reasons = [f"({self.line(inlines_of(why))})".replace(" ", NO_BREAK) if why else "" for _, _, why in rows]
        column = max(one.width for one in whole) + GAP
        beside_all = column + max(map(cell_len, reasons)) <= room
        for box, reason in zip(whole, reasons, strict=True):
            start = column if beside_all else box.width + GAP
            if not reason or start + cell_len(reason) <= room:
                yield beside(box.padded(start, 0), Box((reason,))) if reason else box
            else:
                words = wrapped(reason.replace(NO_BREAK, " "), room - side - GAP)
                yield stacked([box, *(Box((" " * (side + GAP) + line,)) for line in words)], box.base, 0)

    def items(self, block: d.Items) -> str:
        marks = [f"{number}. " if block.numbered else f"{self.sign('•')} " for number in range(block.start, block.start + len(block.items))]
        width = max(map(len, marks), default=0)
        inner = replace(self, room=max(self.room - width, NARROWEST))
        items = (_hung(mark.rjust(width), inner.body(item)) for mark, item in zip(marks, block.items, strict=True))
        return ("\n\n" if any(len(item) > 1 for item in block.items) else "\n").join(items)

    def table(self, block: d.Table) -> str:
        return "\n".join(filter(None, (table_lines(block, self), "\n".join(wrapped(self.line(block.caption), self.room)))))

    def figure(self, block: d.Figure) -> str:
        return ""

    def code(self, block: d.Code) -> str:
        lines = (line.expandtabs(4) for line in block.source.splitlines())
        return "\n".join(" " * MARGIN + self.sign("".join(char for char in line if char.isprintable())) for line in lines)


def _indented(box: Box, right: Formula) -> Box:
    return box if starts_with_relation(right) else beside(Box((" " * INDENT,)), box)


def _apart(boxes: Sequence[Box]) -> Iterator[str]:
    """The lines of the boxes, with an empty one before and after a box of several lines."""
    for before, box in zip((boxes[0], *boxes), boxes, strict=False):
        if before is not box and max(len(before.lines), len(box.lines)) > 1:
            yield ""
        yield from box.lines


_RULES: tuple[Mapping[int, str], Mapping[int, str]] = ({1: "═", 2: "─"}, {1: "=", 2: "-"})


def _hung(mark: str, text: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([mark + first, *(" " * cell_len(mark) + line for line in rest)])


def wrapped(text: str, room: int) -> list[str]:
    """The words in lines of at most so many cells; only a single word longer than a line is cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= room:
            lines[-1] = joined
        else:
            lines += _cut(word, room)
    return [line for line in lines if line] or [""]


def _wrapped_words(text: str, room: int) -> list[str]:
    """The words in lines of so many cells, or of the longest word where that is longer."""
    return wrapped(text, max(room, *map(cell_len, text.split(" "))))


def _cut(word: str, room: int) -> list[str]:
    if cell_len(word) <= room:
        return [word]
    if NO_BREAK in word:
        return wrapped(word.replace(NO_BREAK, " "), room)
    end = next(at for at in range(1, len(word) + 1) if cell_len(word[: at + 1]) > room)
    return [word[:end], *_cut(word[end:], room)]


def table_lines(block: d.Table, writer: TextWriter) -> str:
    """The table in columns, cells wrapped where it would be wider than the page."""
    # Rich is slow to import and most pages have no table.
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    heads, rows = [writer.line(cell) for cell in block.head], [[writer.line(cell) for cell in cells] for cells in block.rows]
    if _wide(heads, rows, writer.room):
        heads = ["\n".join(_wrapped_words(head, max(map(cell_len, column), default=0))) for head, *column in zip(heads, *rows, strict=True)]
    crowded = _wide(heads, rows, writer.room)
    table = Table(box=box.ASCII if writer.ascii else box.SIMPLE_HEAD, safe_box=False, pad_edge=writer.ascii, padding=(0, 1, 0, 0 if crowded else 1))
    for head, letter in zip(heads, block.align, strict=True):
        table.add_column(Text(head), justify=_JUSTIFY[letter], overflow="fold")
    for cells in rows:
        table.add_row(*map(Text, cells))
    page = StringIO()
    console = Console(file=page, width=writer.room, color_system=None, force_terminal=False, legacy_windows=False, _environ={})
    console.print(table)
    return "\n".join(line for line in page.getvalue().split("\n") if line.strip())


def _wide(heads: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> bool:
    """Is a table wider than the page?"""
    columns = zip([head.split("\n") for head in heads], *rows, strict=True)
    return sum(max(map(cell_len, [*head, *cells])) + GAP for head, *cells in columns) > room


_JUSTIFY: Mapping[str, Literal["left", "center", "right"]] = {"l": "left", "c": "center", "r": "right"}
