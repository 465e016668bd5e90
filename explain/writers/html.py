# ruff: noqa: D102 (each method prints the kind that it is named after)
"""HTML in one file: MathML formulas, no script, nothing asked of the network, light and dark.

Where the packages of the extra [html] are installed, the page carries the part of a mathematical font that
it needs, so that braces and fences stretch on every machine; otherwise the reader's own fonts are used.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from importlib.resources import files
from urllib.parse import quote

from .. import document as d
from ..formula import Formula, Lines, Row
from . import Options, Page, Writer, cited, equation_numbers, one_line, titled
from .folding import Line, folded, inlines_of, line_pieces, starts_with_relation
from .fonts import LICENCE, math_font
from .mathml import mathml
from .text import as_text, title_of
from .widths import Widths

__all__ = ["NO_FONT", "HtmlWriter", "allowed", "formula", "sheet_for", "whole", "write"]

ROOM = 40.0  # ems of the widest text column, less an equation's number
INDENT = 1.0
NO_FONT = "the page has no mathematical font of its own; pip install 'gradnotes[html]' gives it one"


def write(document: d.Document, options: Options) -> Page:
    """The document as one HTML file; pictures are in it as SVG."""
    body = HtmlWriter(equation_numbers(document)).body(titled(document), "\n")
    style, notes = sheet_for(body)
    return Page(whole(document.language, title_of(document), style, "img-src data:", body), notes=notes)


def whole(language: str, title: str, style: str, sources: str, body: str) -> str:
    """A page around its body; ``sources`` is what its policy allows besides this style and the font in it."""
    return PAGE.format(language=escape(language), title=escape(one_line(title)), style=style, allowed=allowed(style), sources=sources, body=body)


def sheet_for(body: str, also: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The style sheet of a page with that body, with the part of a font that its formulas need, and what is to be said about it.

    also are the characters that they may yet have, where that is known.
    """
    formulas = "".join(re.findall("<math.*?</math>", body))
    text = unescape(re.sub("<[^>]*>", "", formulas))
    font = (math_font(text) if also is None else math_font(text, also)) if formulas else ""
    sheet = files("explain.writers").joinpath("page.css").read_text("utf-8")
    return (FONT.format(licence=LICENCE, font=font) if font else "") + sheet, (NO_FONT,) if font is None else ()


def allowed(text: str) -> str:
    """The hash by which a policy allows a style or a script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def formula(node: Formula, display: bool = True) -> str:
    """One formula as a math element."""
    return mathml(node, display)


@dataclass(frozen=True)
class HtmlWriter(Writer):
    """Prints blocks and inlines as HTML elements; ``room`` is the width of a displayed line in ems."""

    numbers: Mapping[str, str] = field(default_factory=dict)
    room: float = ROOM

    def text(self, part: d.Text) -> str:
        return escape(one_line(part.text))

    def math(self, part: d.Math) -> str:
        return "".join(self.formula(piece, display=False) for piece in line_pieces(part.formula, Widths(display=False), LONGEST))

    def formula(self, node: Formula, display: bool) -> str:
        """One formula as a math element, set as in a display or as in a line of text."""
        return mathml(node, display)

    def strong(self, part: d.Strong) -> str:
        return f"<strong>{self.line(part.parts)}</strong>"

    def emphasis(self, part: d.Emphasis) -> str:
        return f"<em>{self.line(part.parts)}</em>"

    def cite(self, part: d.Cite) -> str:
        return f'<a href="#{escape(part.label)}">({cited(self.numbers, part.label)})</a>'

    def heading(self, block: d.Heading) -> str:
        return f"<h{block.level}{self._named(block.parts)}>{self.line(block.parts)}</h{block.level}>"

    def _named(self, parts: tuple[d.Inline, ...]) -> str:
        """A name for what is listed by its name, as headings are: browsers leave the formulas out of it."""
        if not any(isinstance(part, d.Math) for part in parts):
            return ""
        return f' aria-label="{escape(as_text(parts, self.numbers))}"'

    def paragraph(self, block: d.Paragraph) -> str:
        lead = f"<strong>{self.line(block.lead)}</strong> " if block.lead else ""
        return f"<p>{lead}{self.line(block.parts)}</p>"

    def equation(self, block: d.Equation) -> str:
        shown = folded(block.formula, Widths(), self.room, INDENT)
        rows = shown.rows if isinstance(shown, Lines) else ((Row(()), shown, None),)
        number = f'<span class="number">({cited(self.numbers, block.label)})</span>' if block.label else ""
        name = f' id="{escape(block.label)}"' if block.label else ""
        lines = "\n".join(map(self._line, rows))
        return f'<div class="equation"{name}>\n{lines}{number}\n</div>'

    def _line(self, line: Line) -> str:
        left, right, reason = line
        before = f'<span class="left">{self.formula(left, True)}</span>' if left != Row(()) else ""
        kind = "right" if before or starts_with_relation(right) else "right more"
        why = f'<span class="why">({self.line(inlines_of(reason))})</span>' if reason else ""
        return f'{before}<span class="{kind}">{self.formula(right, True)}</span>{why}'

    def items(self, block: d.Items) -> str:
        items = "\n".join(f"<li>{self.body(item, chr(10))}</li>" for item in block.items)
        start = f' start="{block.start}"' if block.numbered and block.start != 1 else ""
        tag = "ol" if block.numbered else "ul"
        return f"<{tag}{start}>\n{items}\n</{tag}>"

    def table(self, block: d.Table) -> str:
        caption = f"<caption>{self.line(block.caption)}</caption>" if block.caption else ""
        rows = "\n".join(self._cells(row, "td", block.align) for row in block.rows)
        head = self._cells(block.head, "th", block.align)
        return f'<div class="table"><table>{caption}\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody></table></div>'

    def _cells(self, cells: tuple[tuple[d.Inline, ...], ...], tag: str, align: str) -> str:
        opened = ((f' scope="col"{self._named(cell)}' if tag == "th" else "") + f' class="{letter}"' for cell, letter in zip(cells, align, strict=True))
        return "<tr>" + "".join(f"<{tag}{more}>{self.line(cell)}</{tag}>" for cell, more in zip(cells, opened, strict=True)) + "</tr>"

    def figure(self, block: d.Figure) -> str:
        # In an image no script of a picture runs, and nothing is fetched for it.
        picture = escape(_as_address(block.draw("svg").decode()))
        caption = f"<figcaption>{self.line(block.caption)}</figcaption>" if block.caption else ""
        return f'<figure><img alt="{escape(one_line(block.alt))}" src="data:image/svg+xml,{picture}">{caption}</figure>'

    def code(self, block: d.Code) -> str:
        return f'<pre tabindex="0"><code class="language-{escape(one_line(block.language))}">{escape(block.source)}</code></pre>'


def _as_address(svg: str) -> str:
    """A picture as part of an address, without its remarks and the blanks between its elements."""
    plain = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<\?xml.*?\?>|<!DOCTYPE.*?>", "", svg, flags=re.DOTALL)
    return quote(re.sub(r"\s+", " ", plain).replace("> <", "><").strip(), safe="/:;,=<>'\"?&@!$()*+ ")


LONGEST = 9.0  # ems of a formula in the line; a longer one is cut before its relations, where the line may then end

FONT = """/* {licence} */
@font-face {{ font-family: "Formulas"; src: url(data:font/woff;base64,{font}) format("woff"); }}
"""

PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; {sources}; style-src 'sha256-{allowed}'; font-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
