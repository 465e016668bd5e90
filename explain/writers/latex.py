# ruff: noqa: D102 (each method prints the kind that it is named after)
r"""LaTeX to be taken into a lecturer's own file with ``\input``; it needs amsmath and nothing else.

Pictures appear where the file loads graphicx and they lie beside it. Nothing is wider than the text of a
standard class (345 pt).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Self

from .. import document as d
from ..formula import Binary, Formula, Lines, Relation, Word, row
from . import Options, Page, Writer, cited, equation_numbers, figures, one_line
from .folding import Line, folded, inlines_of, items_of, slashed, starts_with_relation
from .latex_formulas import DISPLAYED, IN_LINE, escaped, guarded, pieces
from .reasons import INDENT, Placed, placed
from .widths import Widths, inlines_width

__all__ = ["Latex", "formula", "stands_apart", "write"]

ROOM = 32.3  # ems: the text of article at 11 pt, where it is narrowest, less what the estimate may be wrong by
ITEM = 2.6  # what a list moves in by

COLUMN_GAP = 1.2
LONGEST = 24  # letters of a label that may stand in a formula in the line
# Long numbers in running text do not break; TeX may then stretch the blanks of a line, within this group only. A formula
# is rather broken at its relations than at the signs within its fences; aligned lines may go on with the next page.
FRAGMENT = "\\begingroup\\allowdisplaybreaks\\tolerance=2000\\emergencystretch=4em\\binoppenalty=5000\n\n{body}\n\n\\par\\endgroup\n"

_SIZES = (("", 1.0), (r"\small", 0.92), (r"\footnotesize", 0.83), (r"\scriptsize", 0.79))
_MOST_ROWS = 25  # of one table; a longer one is continued, since it cannot break across pages
_COUNTERS = ("enumi", "enumii", "enumiii", "enumiv")


def write(document: d.Document, options: Options) -> Page:
    """The blocks of the document as LaTeX, with its pictures as PDF files beside it."""
    writer = Latex(equation_numbers(document), options.pictures)
    return Page(FRAGMENT.format(body=writer.body(document.blocks)), figures(document, "pdf") if options.pictures else {})


def formula(node: Formula, display: bool = True) -> str:
    """One formula as LaTeX for mathematics mode; fences are sized for a display, or for a line of text."""
    return (DISPLAYED if display else IN_LINE)(node)


@dataclass(frozen=True)
class Latex(Writer):
    """Prints blocks and inlines as LaTeX; ``room`` is the width of the text in ems, ``depth`` that of nested numbered lists."""

    numbers: Mapping[str, str] = field(default_factory=dict)
    pictures: bool = True
    room: float = ROOM
    depth: int = 0

    def text(self, part: d.Text) -> str:
        return escaped(part.text)

    def math(self, part: d.Math) -> str:
        # What stands in a box within a formula cannot be broken: a long label leaves the formula.
        runs = groupby(items_of(slashed(part.formula)), key=lambda one: isinstance(one, Word) and len(one.text) > LONGEST)
        return "".join(self._run(tuple(items), long) for long, items in runs)

    def _run(self, items: tuple[Formula, ...], long: bool) -> str:
        """Parts of a formula in the line, those that are long labels as text."""
        if long:
            return "".join(escaped(one.text) for one in items if isinstance(one, Word))
        signs = [isinstance(items[end], Binary | Relation) for end in (0, -1)]
        return f"${'{}' * signs[0]}{IN_LINE(row(*items)).strip()}{'{}' * signs[1]}$"

    def strong(self, part: d.Strong) -> str:
        return rf"\textbf{{{_bold_math(part.parts, self.line(part.parts))}}}"

    def emphasis(self, part: d.Emphasis) -> str:
        return rf"\emph{{{self.line(part.parts)}}}"

    def cite(self, part: d.Cite) -> str:
        cited(self.numbers, part.label)
        return rf"\eqref{{{part.label}}}"

    def body(self, blocks: Iterable[d.Block], between: str = "\n\n") -> str:
        """The blocks below each other; a displayed formula belongs to the paragraph before it."""
        printed, in_paragraph = "", False
        for block in blocks:
            gap = "\n" if in_paragraph and isinstance(block, d.Equation) else between
            text = self(block)
            printed += (gap if printed and text else "") + text
            in_paragraph = isinstance(block, d.Paragraph | d.Equation)
        return printed

    def heading(self, block: d.Heading) -> str:
        command = ("section", "subsection", "subsubsection")[min(block.level, 3) - 1]
        return rf"\{command}*{{\raggedright {_bold_math(block.parts, self.line(block.parts))}}}"

    def paragraph(self, block: d.Paragraph) -> str:
        lead = rf"\medbreak\noindent\textbf{{{_bold_math(block.lead, self.line(block.lead))}}}\enspace " if block.lead else ""
        return lead + self.line(block.parts)

    def equation(self, block: d.Equation) -> str:
        # A number that finds no place beside the formula is set below it by amsmath.
        width = Widths()
        shown = folded(block.formula, width, self.room, INDENT)
        if isinstance(shown, Lines):
            return self.aligned(shown, width, block.label)
        if block.label:
            return f"\\begin{{equation}}\\label{{{block.label}}}\n  {DISPLAYED(shown)}\n\\end{{equation}}"
        return f"\\[\n  {DISPLAYED(shown)}\n\\]"

    def aligned(self, lines: Lines, width: Widths, label: str = "") -> str:
        """Aligned lines, each with its reason where it finds room."""
        rows = [self.shown(at, cells) for at, one in enumerate(placed(lines.rows, width, self.room)) for cells in self._rows(one)]
        star = "" if label else "*"
        ended = [*(f"{one} \\notag" for one in rows[:-1]), f"{rows[-1]} \\label{{{label}}}"] if label else rows
        inner = " \\\\\n".join(f"  {guarded(one)}" for one in ended)
        return f"\\begin{{alignat{star}}}{{2}}\n{inner}\n\\end{{alignat{star}}}"

    def shown(self, at: int, cells: tuple[str, ...]) -> str:
        """The cells of one row; ``at`` counts the lines of the formula, which may have two rows each."""
        return "&".join(cells)

    def _rows(self, one: Placed) -> tuple[tuple[str, ...], ...]:
        reason = f"({self.line(inlines_of(one.line[2]))})"
        left, right = _cells(one.line)
        below = rf"\parbox{{{one.space:.1f}em}}{{\small\raggedright {reason}}}" if one.place == "wrapped" else rf"\text{{\small {reason}}}"
        return {
            "none": ((left, right),),
            "column": ((left, f"{right} ", r"\qquad", rf" \text{{\small {reason}}}"),),
            "behind": ((left, rf"{right} \qquad \text{{\small {reason}}}"),),
            "below": ((left, right), ("", rf"\qquad {below}")),
            "wrapped": ((left, right), ("", rf"\qquad {below}")),
        }[one.place]

    def items(self, block: d.Items) -> str:
        inner = self.within(block)
        kind = "enumerate" if block.numbered else "itemize"
        start = f"\\setcounter{{{_COUNTERS[min(self.depth, 3)]}}}{{{block.start - 1}}}\n" if block.numbered and block.start != 1 else ""
        items = "\n".join(f"{self.item(at)} {guarded(inner.body(item))}" for at, item in enumerate(block.items))
        return f"\\begin{{{kind}}}\n{start}{items}\n\\end{{{kind}}}"

    def item(self, at: int) -> str:
        """What opens an item of a list, counted from 0."""
        return r"\item"

    def within(self, block: d.Items) -> Self:
        """The writer of what stands in an item of the list."""
        return replace(self, room=self.room - ITEM, depth=self.depth + block.numbered)

    def table(self, block: d.Table) -> str:
        apart = stands_apart(block, self.room)
        size, columns = _fitted(block if not apart else _without_first(block), self.room)
        head = rf"{self.cells(block.head, columns)} \tabularnewline \hline"
        parts = []
        most = _MOST_ROWS // 2 if apart else _MOST_ROWS
        for start in range(0, max(len(block.rows), 1), most):
            rows = "".join(f"{guarded(self.cells(one, columns))} \\tabularnewline\n" for one in block.rows[start : start + most])
            parts.append(f"\\begin{{tabular}}{{{''.join(columns)}}}\n\\hline\n{head}\n{rows}\\hline\n\\end{{tabular}}")
        caption = f"\\par\\smallskip\n{{\\small {self.line(block.caption)}}}\n" if block.caption else ""
        inside = "\n\\par\\medskip\n".join(parts)
        return f"\\begin{{center}}\\renewcommand{{\\arraystretch}}{{1.25}}{size}\n{inside}\n{caption}\\end{{center}}"

    def cells(self, cells: tuple[tuple[d.Inline, ...], ...], columns: Sequence[str]) -> str:
        """One row of a table; where it has a cell more than there are columns, the first stands above the others."""
        if len(cells) > len(columns):
            return rf"\multicolumn{{{len(columns)}}}{{l}}{{{self.line(cells[0])}}} \tabularnewline {self.cells(cells[1:], columns)}"
        return " & ".join((r"\raggedright " if column[0] == "p" else "") + self.line(one) for one, column in zip(cells, columns, strict=True))

    def figure(self, block: d.Figure) -> str:
        if not self.pictures:
            return ""
        return f"\\ifdefined\\includegraphics\n\\IfFileExists{{{block.stem}.pdf}}{{\\begin{{center}}\n{self.pictured(block)}\n\\end{{center}}}}{{}}\n\\fi"

    def pictured(self, block: d.Figure) -> str:
        """A picture and its caption."""
        caption = f"\n\\par\\smallskip\n{{\\small {self.line(block.caption)}}}" if block.caption else ""
        return self.sized(block) + caption

    def sized(self, block: d.Figure) -> str:
        """A picture from its file, as large as a page allows."""
        return rf"\includegraphics[width=0.8\linewidth,height=0.4\textheight,keepaspectratio]{{{block.stem}.pdf}}"

    def code(self, block: d.Code) -> str:
        lines = "\\\\\n".join(map(_code_line, block.source.splitlines()))
        return f"{{\\footnotesize\\ttfamily\\raggedright\\noindent\n{lines}\\par}}"


def _code_line(line: str) -> str:
    wide = line.expandtabs(4)
    words = map(_code_word, wide.split())
    indent = len(wide) - len(wide.lstrip(" "))
    return (rf"\hspace*{{{0.525 * indent:.2f}em}}" if indent else "") + (r"\ ".join(words) or r"\mbox{}")


# Signs that the typewriter font has and that TeX would act on, or take from another font.
_CODE_SIGNS = {ord(sign): rf"\char{ord(sign)}{{}}" for sign in '\\{}<>|^~_#$%&"-`'} | {ord("'"): r"\textquotesingle{}"}


def _code_word(word: str) -> str:
    parts = ((at, part) for at, part in enumerate(re.split("([^ -~]+)", word)) if part)
    return "".join(escaped(part) if at % 2 else r"\allowbreak{}".join(one.translate(_CODE_SIGNS) for one in pieces(part)) for at, part in parts)


def _bold_math(parts: tuple[d.Inline, ...], printed: str) -> str:
    """Formulas among strong words are set in bold as well."""
    return rf"\boldmath {printed}" if any(isinstance(part, d.Math) for part in parts) else printed


def _cells(line: Line) -> tuple[str, str]:
    left, right = DISPLAYED(line[0]), DISPLAYED(line[1]).strip()
    if not right or starts_with_relation(line[1]):
        return left + " ", right
    # At the start of a cell TeX would set the sign of a number as if it stood between two terms.
    signed = right.startswith("-") and not isinstance(items_of(line[1])[0], Binary)
    return left + " ", rf"\quad {'{-}' + right[1:] if signed else right}"


def stands_apart(block: d.Table, room: float, smallest: float = _SIZES[-1][1]) -> bool:
    """Does the first cell of each row need a line of its own, because even the smallest size is too large for all columns?"""
    least = sum(max(map(_least_width, column)) for column in zip(block.head, *block.rows, strict=True))
    return len(block.head) > 2 and smallest * least + COLUMN_GAP * len(block.head) > room


def _without_first(block: d.Table) -> d.Table:
    return replace(block, head=block.head[1:], rows=tuple(one[1:] for one in block.rows), align=block.align[1:])


def _fitted(block: d.Table, room: float) -> tuple[str, Sequence[str]]:
    """The largest size in which the table fits the room, and its columns; where none does, columns of words are wrapped."""
    columns = list(zip(block.head, *block.rows, strict=True))
    widths = [max(map(inlines_width, column)) for column in columns]
    space = room - COLUMN_GAP * len(widths)
    for size, scale in _SIZES:
        if scale * sum(widths) <= space:
            return size, block.align
    size, scale = _SIZES[-1]
    least = [max(map(_least_width, column)) for column in columns]
    share = max((space / scale - sum(least)) / max(sum(widths) - sum(least), 1e-9), 0.0)
    wrapped = [low + share * (width - low) for low, width in zip(least, widths, strict=True)]
    return size, [letter if low == width else rf"p{{{here:.2f}em}}" for letter, low, width, here in zip(block.align, least, widths, wrapped, strict=True)]


def _least_width(cell: Iterable[d.Inline]) -> float:
    """The width of the widest part of a cell that cannot be broken: a formula, or a word, of a long one a piece."""
    return max((max(map(inlines_width, _unbreakable(part)), default=0.0) for part in cell), default=0.0)


def _unbreakable(part: d.Inline) -> Iterable[tuple[d.Inline, ...]]:
    if isinstance(part, d.Text):
        return ((d.Text(word),) for word in " ".join(pieces(one_line(part.text))).split())
    inner = getattr(part, "parts", None)
    return ((part,),) if inner is None else (found for one in inner for found in _unbreakable(one))
