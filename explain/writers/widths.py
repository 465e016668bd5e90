# ruff: noqa: D102 (each method measures the kind of node that it is named after)
"""Widths and heights of formulas in ems, estimated, where the fonts are another program's.

The classes of glyphs and the spaces follow TeX's Computer Modern; the fonts of the other formats are
within a few percent of them. Estimates lean to the wide side, so that what is said to fit does fit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from .. import formula as f
from ..document import Inline, Math
from . import Remembering
from .slashing import slashed

__all__ = ["LIMITS", "Widths", "fence_size", "plain_width", "tallness"]

SMALL = 0.72  # of scripts, and of fractions in the line, beside the size around them
THIN, SPACED, RELATED = 0.2, 1.25, 1.35  # a thin space; a sign between terms, a relation, with their spaces
LIMITS = frozenset({"∑", "∏", "lim", "max", "min", "argmax", "argmin"})  # take their scripts below and above in a display

_GLYPHS = {
    **dict.fromkeys("iljI.,:;'!|′ ", 0.33),
    **dict.fromkeys("acesztrf()[]", 0.44),
    **dict.fromkeys("0123456789", 0.5),
    **dict.fromkeys("mwMWω𝟙—∑∏", 0.85),
}


def plain_width(text: str) -> float:
    """The width of words in the page's text font."""
    return sum(map(_glyph, text))


def _glyph(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if unicodedata.combining(char):
        return 0.0
    return _GLYPHS.get(char) or (0.74 if char.isupper() else 0.55)


class Widths(Remembering):
    """The width of any formula, in ems of the size it is set in; ``display`` is False for a formula in the line."""

    def __init__(self, display: bool = True) -> None:
        super().__init__()
        self.fraction_scale = 1.0 if display else SMALL
        self.inner = Widths(display=False) if display else self

    def row(self, node: f.Row) -> float:
        return sum(map(self, node.items))

    def name(self, node: f.Name) -> float:
        return plain_width(node.text) + (THIN if node.style == "function" else 0)

    def number(self, node: f.Number) -> float:
        return plain_width(node.text) + (0.8 if "e" in node.text else 0.3 if node.text[:1] in "-−" else 0)

    def word(self, node: f.Word) -> float:
        return plain_width(node.text)

    def binary(self, node: f.Binary) -> float:
        return SPACED

    def prefix(self, node: f.Prefix) -> float:
        return 0.8 if node.sign in "-−" else 0.58

    def times(self, node: f.Times) -> float:
        return 0.74 if node.sign else THIN

    def relation(self, node: f.Relation) -> float:
        return 0.5 if node.sign == "," else RELATED

    def fraction(self, node: f.Fraction) -> float:
        return self.fraction_scale * max(self.inner(node.above), self.inner(node.below)) + 0.24

    def script(self, node: f.Script) -> float:
        scripts = max((SMALL * self.inner(slashed(one)) for one in (node.sub, node.sup) if one is not None), default=0)
        if isinstance(node.base, f.Name) and node.base.text in LIMITS:
            return max(self(node.base), scripts) + THIN
        return self(node.base) + scripts + 0.06

    def root(self, node: f.Root) -> float:
        return self(node.body) + 0.9 + (0.3 if node.index else 0)

    def fence(self, node: f.Fence) -> float:
        end = (0.4, 0.46, 0.6, 0.74, 0.8, 0.8)[fence_size(node)]
        return self(node.body) + end * (bool(node.open) + bool(node.close))

    def underbrace(self, node: f.UnderBrace) -> float:
        return max(self(node.body), SMALL * self.inner(node.label))

    def over(self, node: f.Over) -> float:
        return self(node.body)

    def matrix(self, node: f.Matrix) -> float:
        columns = zip(*node.rows, strict=True)
        return sum(max(map(self.inner, column)) for column in columns) + len(node.rows[0]) - 1 + 0.65 * (bool(node.open) + bool(node.close))

    def cases(self, node: f.Cases) -> float:
        return max(self.inner(value) for value, _ in node.rows) + max(self.inner(when) for _, when in node.rows) + 2.2

    def lines(self, node: f.Lines) -> float:
        return max((self(left) for left, _, _ in node.rows), default=0) + max((self(right) for _, right, _ in node.rows), default=0)


def inlines_width(parts: Iterable[Inline]) -> float:
    """The width of a run of words and formulas in one line."""
    return sum(_inline_width(part) for part in parts)


def _inline_width(part: Inline) -> float:
    if isinstance(part, Math):
        return Widths(display=False)(slashed(part.formula))
    inner = getattr(part, "parts", None)
    return plain_width(getattr(part, "text", "(00)")) if inner is None else inlines_width(inner)


TOO_TALL = 5


def tallness(node: f.Formula, display: bool = True) -> int:
    """How far a formula rises above a line of text: 0 not at all, 2 like a fraction, up to 5 like a matrix.

    A brace below the formula does not count: fences do not grow with it.
    """
    if isinstance(node, f.Fraction):
        inner = max(tallness(node.above, False), tallness(node.below, False))
        return min(inner + (2 if display else 1), TOO_TALL)
    if isinstance(node, f.Matrix | f.Cases):
        return TOO_TALL if len(node.rows) > 1 else 1
    if isinstance(node, f.Fence):
        return fence_size(node, display)
    if isinstance(node, f.Script):
        return max(tallness(node.base, display), 3 if isinstance(node.base, f.Name) and node.base.text in LIMITS and display else 0)
    inner = node.items if isinstance(node, f.Row) else (getattr(node, "body", None),)
    return max((tallness(one, display) for one in inner if one is not None), default=0)


def fence_size(node: f.Fence, display: bool = True) -> int:
    """The size of a fence from 0, a letter's, to 4; 5 where it has to grow with its body.

    Around fences of letter size it is one larger, so that the pairs are told apart. An end of a broken fence has the size of the whole.
    """
    size = max(tallness(node.body, display), node.tall)
    inner = node.body.items if isinstance(node.body, f.Row) else (node.body,)
    return 1 if size == 0 and any(isinstance(one, f.Fence) for one in inner) else size
