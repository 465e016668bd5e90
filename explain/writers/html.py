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
from urllib.parse import quote

from .. import document as d
from ..formula import Formula, Lines, Row
from . import Options, Page, Writer, cited, equation_numbers, one_line, titled
from .folding import Line, folded, inlines_of, line_pieces, starts_with_relation
from .fonts import LICENCE, math_font
from .mathml import mathml
from .text import title_of
from .widths import Widths

__all__ = ["HtmlWriter", "NO_FONT", "formula", "write"]

ROOM = 40.0  # ems of the widest text column, less an equation's number
INDENT = 1.0
NO_FONT = "the page has no mathematical font of its own; pip install 'gradnotes[html]' gives it one"


def write(document: d.Document, options: Options) -> Page:
    """The document as one HTML file; pictures are in it as SVG."""
    body = HtmlWriter(equation_numbers(document)).body(titled(document), "\n")
    font = math_font("".join(sorted(set(unescape(re.sub("<[^>]*>", "", "".join(re.findall("<math.*?</math>", body)))))))) if "<math" in body else ""
    style = (FONT.format(licence=LICENCE, font=font) if font else "") + STYLE
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    title = escape(one_line(title_of(document)))
    page = PAGE.format(language=escape(document.language), title=title, style=style, allowed=allowed, body=body)
    return Page(page, notes=(NO_FONT,) if font is None else ())


def formula(node: Formula, display: bool = True) -> str:
    """One formula as a math element."""
    return mathml(node, display)


@dataclass(frozen=True)
class HtmlWriter(Writer):
    """Prints blocks and inlines as HTML elements."""

    numbers: Mapping[str, str] = field(default_factory=dict)

    def text(self, part: d.Text) -> str:
        return escape(one_line(part.text))

    def math(self, part: d.Math) -> str:
        return "".join(mathml(piece, display=False) for piece in line_pieces(part.formula, Widths(display=False), LONGEST))

    def strong(self, part: d.Strong) -> str:
        return f"<strong>{self.line(part.parts)}</strong>"

    def emphasis(self, part: d.Emphasis) -> str:
        return f"<em>{self.line(part.parts)}</em>"

    def cite(self, part: d.Cite) -> str:
        return f'<a href="#{escape(part.label)}">({cited(self.numbers, part.label)})</a>'

    def heading(self, block: d.Heading) -> str:
        return f"<h{block.level}>{self.line(block.parts)}</h{block.level}>"

    def paragraph(self, block: d.Paragraph) -> str:
        lead = f"<strong>{self.line(block.lead)}</strong> " if block.lead else ""
        return f"<p>{lead}{self.line(block.parts)}</p>"

    def equation(self, block: d.Equation) -> str:
        shown = folded(block.formula, Widths(), ROOM, INDENT)
        rows = shown.rows if isinstance(shown, Lines) else ((Row(()), shown, None),)
        number = f'<span class="number">({cited(self.numbers, block.label)})</span>' if block.label else ""
        name = f' id="{escape(block.label)}"' if block.label else ""
        lines = "\n".join(map(self._line, rows))
        return f'<div class="equation"{name}>\n{lines}{number}\n</div>'

    def _line(self, line: Line) -> str:
        left, right, reason = line
        before = f'<span class="left">{mathml(left, True)}</span>' if left != Row(()) else ""
        kind = "right" if before or starts_with_relation(right) else "right more"
        why = f'<span class="why">({self.line(inlines_of(reason))})</span>' if reason else ""
        return f'{before}<span class="{kind}">{mathml(right, True)}</span>{why}'

    def items(self, block: d.Items) -> str:
        items = "\n".join(f"<li>{self.body(item, chr(10))}</li>" for item in block.items)
        start = f' start="{block.start}"' if block.numbered and block.start != 1 else ""
        tag = "ol" if block.numbered else "ul"
        return f"<{tag}{start}>\n{items}\n</{tag}>"

    def table(self, block: d.Table) -> str:
        caption = f"<caption>{self.line(block.caption)}</caption>" if block.caption else ""
        rows = "\n".join(self._cells(row, "td", block.align) for row in block.rows)
        head = self._cells(block.head, 'th scope="col"', block.align)
        return f'<div class="table"><table>{caption}\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody></table></div>'

    def _cells(self, cells: tuple[tuple[d.Inline, ...], ...], tag: str, align: str) -> str:
        end = tag.split(" ")[0]
        return "<tr>" + "".join(f'<{tag} class="{letter}">{self.line(cell)}</{end}>' for cell, letter in zip(cells, align, strict=True)) + "</tr>"

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

STYLE = """:root { color-scheme: light dark; --text: #1b1b1b; --soft: #5c5c5c; --line: #c8c8c8; --ground: #fff; --box: #f5f5f3; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e4df; --soft: #a8a59d; --line: #4a4a48; --ground: #181817; --box: #242422; --link: #8ab8ec; }
}
html { background: var(--ground); color: var(--text); font: 1.0625rem/1.55 Charter, "Bitstream Charter", "Noto Serif", "Noto Serif KR", "Nanum Myeongjo", Georgia, serif; }
body { max-width: 46rem; margin: 2.5rem auto 4rem; padding: 0 1.25rem; overflow-wrap: anywhere; }
math { font-family: "Formulas", "STIX Two Math", "Latin Modern Math", "Cambria Math", "Noto Sans Math", math; font-size: 1.06em; }
/* Chromium takes a brace to be as wide as the unstretched sign when it decides what to redraw; the shadow, unseen, makes it look further. */
munder > mo { box-shadow: 0 0 0 24em transparent; }
h1, h2, h3 { line-height: 1.25; margin: 2.2em 0 .6em; }
h1 math, h2 math, h3 math, strong math { font-weight: bold; }
h1 { font-size: 1.6rem; margin-top: 0; } h2 { font-size: 1.25rem; } h3 { font-size: 1.08rem; }
a { color: var(--link); }
p { margin: .9em 0; }
.equation { display: grid; grid-template-columns: 1fr max-content max-content fit-content(22em) 1fr max-content; align-items: baseline; gap: .55em 0; }
.equation { margin: 1em 0; padding: .15em 0; overflow-x: auto; overflow-y: hidden; }
.left { grid-column: 2; text-align: right; } .right { grid-column: 3; } .more { padding-left: 1em; }
.why { grid-column: 4; color: var(--soft); font-size: .92em; padding-left: 2em; min-width: 7em; overflow-wrap: normal; }
.number { grid-column: 6; color: var(--soft); padding-left: 1em; }
.equation:target { background: var(--box); }
.table { overflow-x: auto; } table { border-collapse: collapse; margin: 1em auto; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { caption-side: bottom; color: var(--soft); padding-top: .5em; }
th, td { padding: .25em .7em; } thead { border-top: 1px solid var(--text); border-bottom: 1px solid var(--text); } tbody { border-bottom: 1px solid var(--text); }
.l { text-align: left; } .c { text-align: center; } .r { text-align: right; }
li { margin: .5em 0; }
figure { margin: 1.4em 0; text-align: center; } figcaption { color: var(--soft); }
figure img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
pre { background: var(--box); padding: .8em 1em; overflow-x: auto; font-size: .85rem; line-height: 1.4; }
mtable.cases mtd, mtable.lines mtd { text-align: left; } mtable.lines mtd:first-child { text-align: right; }
@media print { body { max-width: none; margin: 0; } .equation { overflow: visible; break-inside: avoid; } }
"""

PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{allowed}'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
