# ruff: noqa: D102 (each method prints the kind that it is named after)
"""Typst: a page that the typst compiler sets as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from .. import document as d
from ..formula import Formula, Lines
from . import Options, Page, Writer, cited, equation_numbers, figures, titled
from .folding import Line, folded, inlines_of, slashed, starts_with_relation
from .frames import height
from .latex import stands_apart
from .reasons import INDENT, Placed, placed
from .text import title_of
from .typst_formulas import TypstFormulas, escaped, string
from .widths import Widths

__all__ = ["HANGUL_FONTS", "TypstWriter", "formula", "write"]

ROOM = 38.3
ITEM = 2.0
WHOLE = 26.0  # ems: a numbered formula that is no higher stays on one page

# Typst takes the first of these that the machine has; its own fonts have no Hangul.
HANGUL_FONTS = (
    "Noto Serif KR", "Noto Serif CJK KR", "Source Han Serif K", "Source Han Serif KR", "NanumMyeongjo", "Nanum Myeongjo", "UnBatang", "Batang",
    "AppleMyungjo", "Noto Sans KR", "Noto Sans CJK KR", "NanumGothic", "Nanum Gothic", "Malgun Gothic", "Apple SD Gothic Neo",
)  # fmt: skip


def write(document: d.Document, options: Options) -> Page:
    """The document as Typst, with its pictures as SVG files beside it."""
    body = TypstWriter(equation_numbers(document), options.pictures).body(titled(document))
    others = () if body.isascii() else HANGUL_FONTS
    fonts, formula_fonts = (", ".join(map(string, (first, *others))) for first in ("New Computer Modern", "New Computer Modern Math"))
    page = PAGE.format(title=string(title_of(document)), language=string(document.language), fonts=fonts, formula_fonts=formula_fonts, body=body)
    return Page(page, figures(document, "svg") if options.pictures else {})


def formula(node: Formula, display: bool = True) -> str:
    """One formula as the inside of Typst's dollar signs."""
    return TypstFormulas(display)(node)


_DISPLAYED, _IN_LINE = TypstFormulas(), TypstFormulas(display=False)


@dataclass(frozen=True)
class TypstWriter(Writer):
    """Prints blocks and inlines as Typst; ``room`` is the width of the text in ems."""

    numbers: Mapping[str, str] = field(default_factory=dict)
    pictures: bool = True
    room: float = ROOM

    def text(self, part: d.Text) -> str:
        return escaped(part.text)

    def math(self, part: d.Math) -> str:
        return f"${_IN_LINE(slashed(part.formula))}$"

    def strong(self, part: d.Strong) -> str:
        return f"#strong[{''.join(map(self._in_bold, part.parts))}];"

    def emphasis(self, part: d.Emphasis) -> str:
        # Without the semicolon a bracket or another semicolon that follows would belong to the call.
        return f"#emph[{self.line(part.parts)}];"

    def cite(self, part: d.Cite) -> str:
        cited(self.numbers, part.label)
        return f"(#ref(label({string(part.label)})))"

    def body(self, blocks: Iterable[d.Block], between: str = "\n\n") -> str:
        """The blocks below each other; a paragraph stays on the page of the formula that it announces."""
        listed = list(blocks)
        announcing = [isinstance(one, d.Paragraph) and isinstance(after, d.Equation) for one, after in pairwise([*listed, None])]
        printed = (f"#block(sticky: true)[{self(one)}]" if sticky else self(one) for one, sticky in zip(listed, announcing, strict=True))
        return between.join(filter(None, printed))

    def heading(self, block: d.Heading) -> str:
        return f"{'=' * block.level} {''.join(map(self._in_bold, block.parts))}"

    def _in_bold(self, part: d.Inline) -> str:
        return f"$bold({_IN_LINE(slashed(part.formula))})$" if isinstance(part, d.Math) else self(part)

    def paragraph(self, block: d.Paragraph) -> str:
        lead = f"#strong[{''.join(map(self._in_bold, block.lead))}]; " if block.lead else ""
        return lead + self.line(block.parts)

    def equation(self, block: d.Equation) -> str:
        width = Widths()
        shown = folded(block.formula, width, self.room, INDENT)
        inside = self.aligned(shown, width) if isinstance(shown, Lines) else _DISPLAYED(shown)
        if not block.label:
            return f"$ {inside} $"
        numbered = f'#math.equation(block: true, numbering: "(1)", $ {inside} $)#label({string(block.label)})'
        # Typst would repeat the number on both pages of a formula that is broken; a long one has to be.
        return f"#block(breakable: false)[{numbered}]" if height(d.Equation(shown), self.room) < WHOLE else numbered

    def aligned(self, lines: Lines, width: Widths) -> str:
        """Aligned lines, each with its reason where it finds room."""
        return " \\\n  ".join(row for one in placed(lines.rows, width, self.room) for row in self._row(one))

    def _row(self, one: Placed) -> tuple[str, ...]:
        cells = _cells(one.line)
        reason = f"#reason[({self.line(inlines_of(one.line[2]))})];"
        return {
            "none": (cells,),
            "column": (f"{cells} & &quad {reason}",),
            "behind": (f"{cells} wide {reason}",),
            "below": (cells, f"&quad {reason}"),
            "wrapped": (cells, f"&quad #box(width: {one.space:.1f}em)[#set align(left); {reason}]"),
        }[one.place]

    def items(self, block: d.Items) -> str:
        inner = replace(self, room=self.room - ITEM)
        kind = f"#enum(start: {block.start}, tight: false," if block.numbered else "#list(tight: false,"
        return kind + "".join(f"\n[{inner.body(item)}\n]," for item in block.items) + ")"

    def table(self, block: d.Table) -> str:
        apart = stands_apart(block, self.room, 1.0)
        letters = block.align[apart:]
        align = ", ".join({"l": "left", "c": "center", "r": "right"}[letter] for letter in letters)
        rows = "\n".join(self._cells(one, apart) for one in block.rows)
        table = f"table(columns: {len(letters)}, align: ({align},), stroke: none, table.hline(),\n"
        table += f"table.header({self._cells(block.head, apart)} table.hline()),\n{rows}\ntable.hline())"
        caption = f"\n\n#align(center, text(size: 0.92em)[{self.line(block.caption)}])" if block.caption else ""
        return f"#align(center, {table}){caption}"

    def _cells(self, cells: tuple[tuple[d.Inline, ...], ...], apart: bool) -> str:
        """One row of a table; the first cell above the others where it stands apart."""
        first = f"table.cell(colspan: {len(cells) - 1}, align: left)[{self.line(cells[0])}], " if apart else ""
        return first + " ".join(f"[{self.line(cell)}]," for cell in cells[apart:])

    def figure(self, block: d.Figure) -> str:
        if not self.pictures:
            return ""
        picture = f"image({string(block.stem + '.svg')}, alt: {string(block.alt)})"
        return f"#figure({picture}, caption: [{self.line(block.caption)}], numbering: none, supplement: none)"

    def code(self, block: d.Code) -> str:
        source = "\n".join("".join(char for char in line.expandtabs(4) if char.isprintable()) for line in block.source.splitlines())
        quoted = source.replace("\\", "\\\\").replace('"', '\\"')
        return f'#raw(block: true, lang: {string(block.language)}, "{quoted}")'


def _cells(line: Line) -> str:
    left, right, _ = line
    shown = _DISPLAYED(right)
    return f"{_DISPLAYED(left)} &{shown}" if starts_with_relation(right) or not shown else f"{_DISPLAYED(left)} &quad {shown}"


PAGE = """#set document(title: {title})
#set page(paper: "a4", margin: (x: 30mm, y: 25mm), numbering: "1")
#set text(lang: {language}, size: 11pt, font: ({fonts},))
#set par(justify: true, spacing: 1.1em)
#set math.equation(supplement: none, number-align: end + bottom)
#show math.equation.where(block: true): set block(breakable: true)
#show math.equation: set text(font: ({formula_fonts},))
#show heading: set par(justify: false)
#show table: set par(justify: false)
#let reason(body) = {{ set par(justify: false); text(size: 0.92em, body) }}
#show heading: set block(above: 1.6em, below: 1em)
#show raw.where(block: true): set text(size: 0.9em)

{body}
"""
