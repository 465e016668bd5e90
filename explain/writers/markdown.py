# ruff: noqa: D102 (each method prints the kind that it is named after)
"""Markdown with TeX formulas, in the dialects of those who read it.

``write`` is for what most programs read (Jupyter, VS Code, pandoc), ``github``, ``myst`` and ``quarto`` for those
three. To add a dialect: one ``Dialect``, one function, one row in ``WRITERS``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from .. import document as d
from .. import formula as f
from . import Options, Page, Writer, cited, equation_numbers, figures, one_line, titled
from .folding import folded, inlines_of, items_of, slashed, starts_with_relation
from .latex_formulas import LatexFormulas, guarded, joined
from .widths import Widths

__all__ = ["Dialect", "MarkdownWriter", "escaped", "github", "myst", "quarto", "write"]

ROOM = 40.0
INDENT = 1.0


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of Markdown writes what the kinds do not agree about; each entry is given text that is ready to print."""

    inline: Callable[[str], str]
    displayed: Callable[[str, str, str], str]  # the formula, its label, its number; both empty where it has none
    cite: Callable[[str, str], str]  # label, number
    figure: Callable[[str, str, str], str]  # file, description, caption
    opening: Callable[[str, str], str] = lambda title, language: ""


def write(document: d.Document, options: Options) -> Page:
    """The document as Markdown with formulas between dollar signs; pictures are SVG files beside it."""
    return _page(document, options, PLAIN)


def github(document: d.Document, options: Options) -> Page:
    """The document as GitHub reads it."""
    return _page(document, options, GITHUB)


def myst(document: d.Document, options: Options) -> Page:
    """The document as MyST, for Sphinx and Jupyter Book; equations keep their labels."""
    return _page(document, options, MYST)


def quarto(document: d.Document, options: Options) -> Page:
    """The document as Quarto; equations keep their labels, as far as Quarto allows them."""
    return _page(document, options, QUARTO)


def _page(document: d.Document, options: Options, dialect: Dialect) -> Page:
    writer = MarkdownWriter(dialect, equation_numbers(document), options.pictures)
    opening = dialect.opening(writer.line(document.title), document.language)
    body = writer.body(document.blocks if opening else titled(document))
    return Page(f"{opening}{body}\n", figures(document, "svg") if options.pictures else {})


_SPECIAL = re.compile(r"[\\`*_{}\[\]<>$#~|@^&!]|:(?=\S)|-(?=-)|(?<=-)-")
_OPENS_BLOCK = re.compile(r"^(\s*)([-+=](?=\s|$|-|=)|\d+(?=[.)]))")


def escaped(text: str) -> str:
    """Words as Markdown prints them literally, whatever they contain."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))


def _unlike_money(text: str) -> str:
    return f"&#{ord(text[0])};{text[1:]}" if text[:1].isdigit() else text


def _started(paragraph: str) -> str:
    """A paragraph that does not look like a list or a rule."""
    return _OPENS_BLOCK.sub(lambda found: f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}", paragraph)


# Programs that set formulas on a page know few commands within \text, so other signs stand between two of them.
_IN_TEXT = {
    "\\": r"\backslash ",
    "~": r"\sim ",
    "^": r"\hat{\ }",
    "<": r"\lt ",
    ">": r"\gt ",
    "|": r"\vert ",
    "`": r"\grave{\ }",
    "*": r"\ast ",
    "[": r"\lbrack ",
    "]": r"\rbrack ",
}
_IN_TEXT |= {"[": r"\lbrack ", "]": r"\rbrack "} | {sign: f"\\{sign}" for sign in "{}$&#%_"}
_SIGN_IN_TEXT = re.compile(r"([\\~^<>|`*{}\[\]$&#%_])")


class MarkdownFormulas(LatexFormulas):
    """A formula as the TeX that KaTeX and MathJax read, with nothing in it that Markdown acts on."""

    def word(self, node: f.Word) -> str:
        parts = _SIGN_IN_TEXT.split(one_line(node.text))
        return joined(_IN_TEXT.get(part) or rf"\text{{{part}}}" for part in parts if part)

    def name(self, node: f.Name) -> str:
        return super().name(node) if node.text.replace("′", "").isalnum() else super().name(node).replace("|", r"\vert ")

    def relation(self, node: f.Relation) -> str:
        return {"<": r" \lt ", ">": r" \gt "}.get(node.sign) or super().relation(node)


_DISPLAYED, _IN_LINE = MarkdownFormulas(), MarkdownFormulas(display=False)


@dataclass(frozen=True)
class MarkdownWriter(Writer):
    """Prints blocks and inlines as one dialect of Markdown."""

    dialect: Dialect
    numbers: Mapping[str, str] = field(default_factory=dict)
    pictures: bool = True

    def line(self, parts: Iterable[d.Inline]) -> str:
        """The inlines side by side; a formula does not end before a digit, so that one is written by its number."""
        printed = ["", *map(self, parts)]
        return "".join(_unlike_money(text) if before.endswith("$") else text for before, text in pairwise(printed))

    def text(self, part: d.Text) -> str:
        return escaped(part.text)

    def math(self, part: d.Math) -> str:
        # A blank beside a dollar sign would make it a dollar sign.
        return self.dialect.inline(_IN_LINE(slashed(part.formula)).strip())

    def strong(self, part: d.Strong) -> str:
        return f"**{self.line(part.parts)}**"

    def emphasis(self, part: d.Emphasis) -> str:
        return f"*{self.line(part.parts)}*"

    def cite(self, part: d.Cite) -> str:
        return self.dialect.cite(part.label, cited(self.numbers, part.label))

    def heading(self, block: d.Heading) -> str:
        return f"{'#' * block.level} {self.line(block.parts)}"

    def paragraph(self, block: d.Paragraph) -> str:
        if not block.lead:
            return _started(self.line(block.parts).strip())
        return f"**{self.line(block.lead)}** {self.line(block.parts)}".rstrip()

    def equation(self, block: d.Equation) -> str:
        shown = folded(block.formula, Widths(), ROOM, INDENT)
        tex = self.aligned(shown) if isinstance(shown, f.Lines) else _DISPLAYED(shown).strip()
        return self.dialect.displayed(tex, block.label, cited(self.numbers, block.label) if block.label else "")

    def aligned(self, lines: f.Lines) -> str:
        """Aligned lines, their reasons in a column of their own."""
        rows = (f"{_DISPLAYED(left)} &{_right(right)}{self._reason(inlines_of(why))}" for left, right, why in lines.rows)
        return "\\begin{aligned}\n" + " \\\\\n".join(map(guarded, rows)) + "\n\\end{aligned}"

    def _reason(self, parts: tuple[d.Inline, ...]) -> str:
        # A dollar sign within a formula would end it, so formulas in a reason are not set within \text.
        return rf" &&\quad {joined(map(_within, _merged((d.Text('('), *parts, d.Text(')')))))}" if parts else ""

    def items(self, block: d.Items) -> str:
        marks = [f"{block.start + at}." if block.numbered else "-" for at in range(len(block.items))]
        return "\n\n".join(_indented(f"{mark} ", self.body(item)) for mark, item in zip(marks, block.items, strict=True))

    def table(self, block: d.Table) -> str:
        rule = " | ".join({"l": ":---", "c": ":---:", "r": "---:"}[letter] for letter in block.align)
        rows = (" | ".join(self.line(cell).strip() for cell in row) for row in block.rows)
        lines = "\n".join(f"| {row} |" for row in (" | ".join(map(self.line, block.head)), rule, *rows))
        return f"{lines}\n\n*{self.line(block.caption)}*" if block.caption else lines

    def figure(self, block: d.Figure) -> str:
        if not self.pictures:
            return ""
        return self.dialect.figure(f"{block.stem}.svg", one_line(block.alt), self.line(block.caption))

    def code(self, block: d.Code) -> str:
        longest = max(map(len, re.findall("`+", block.source)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{block.language}\n{block.source.rstrip()}\n{fence}"


def _right(right: f.Formula) -> str:
    return _DISPLAYED(right).strip() if starts_with_relation(right) or not items_of(right) else rf"\quad {_DISPLAYED(right).strip()}"


def _merged(parts: tuple[d.Inline, ...]) -> list[d.Inline]:
    """The same line with neighbouring words in one piece."""
    flat: list[d.Inline] = []
    for part in parts:
        if isinstance(part, d.Text) and flat and isinstance(flat[-1], d.Text):
            flat[-1] = d.Text(flat[-1].text + part.text)
        else:
            flat.append(part)
    return flat


def _within(part: d.Inline) -> str:
    """An inline as part of a formula."""
    if isinstance(part, d.Math):
        return _IN_LINE(slashed(part.formula))
    if isinstance(part, d.Text):
        return _IN_LINE(f.Word(part.text))
    return joined(map(_within, getattr(part, "parts", ())))


def _indented(mark: str, text: str) -> str:
    return mark + text.replace("\n", "\n" + " " * len(mark)).replace("\n" + " " * len(mark) + "\n", "\n\n")


def _tagged(tex: str, label: str, number: str) -> str:
    return f"$$\n{_with_tag(tex, number)}\n$$"


def _with_tag(tex: str, number: str) -> str:
    return rf"{tex} \tag{{{number}}}" if number else tex


def _identifier(label: str) -> str:
    """A label for Quarto, which begins with eq- and has no underscore, because that fails on its way to LaTeX."""
    return "eq-" + re.sub("[^A-Za-z0-9-]", "-", label.replace("_", "--"))


def _front_matter(title: str, language: str) -> str:
    return f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\nlang: {language}\n---\n\n" if title else ""


def _myst_math(tex: str, label: str, number: str) -> str:
    return "\n".join(("```{math}", *((f":label: {label}", "") if label else ()), tex, "```"))


def _myst_figure(file: str, description: str, caption: str) -> str:
    return f"```{{figure}} {file}\n:alt: {description}\n\n{caption}\n```"


PLAIN = Dialect(
    inline="${}$".format,
    displayed=_tagged,
    cite=lambda label, number: f"({number})",
    figure=lambda file, description, caption: f"![{escaped(description)}]({file})" + (f"\n\n*{caption}*" if caption else ""),
)

GITHUB = Dialect(
    inline="$`{}`$".format,
    displayed=lambda tex, label, number: f"```math\n{_with_tag(tex, number)}\n```",
    cite=PLAIN.cite,
    figure=PLAIN.figure,
)

MYST = Dialect(
    inline="{{math}}`{}`".format,
    displayed=_myst_math,
    cite=lambda label, number: f"{{eq}}`{label}`",
    figure=_myst_figure,
)

QUARTO = Dialect(
    inline=PLAIN.inline,
    displayed=lambda tex, label, number: f"$$\n{tex}\n$${f' {{#{_identifier(label)}}}' if label else ''}",
    cite=lambda label, number: f"([-@{_identifier(label)}])",
    figure=lambda file, description, caption: f'![{caption}]({file}){{fig-alt="{description.replace(chr(34), chr(39))}"}}',
    opening=_front_matter,
)
