"""Numbers as a language writes them: the decimal point of a page's formulas, the thousands of a count in a sentence.

Everywhere else a number has a point and no groups, so that one page is computed for every language; ``localized`` sets
them last, when the page is written. Only where there are no formulas, as in the description of a picture, a number is
``measured`` at once. The marks are fields of the ``Locale``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ..document import Document
from ..formula import Node, Number

__all__ = ["counted", "localized", "measured"]

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def counted(count: int, thousands: str) -> str:
    """A count with its thousands set apart: 20,000."""
    return f"{count:,}".replace(",", thousands)


def measured(value: float, point: str, digits: int = 4) -> str:
    """A number with so many significant digits as plain words have it: −2, 0.0409, 3 · 10⁻¹¹, ∞."""
    shown, _, exponent = f"{value:.{digits}g}".replace("inf", "∞").replace("-", "−").partition("e")
    power = f" · 10{str(int(exponent.replace('−', '-'))).translate(RAISED)}" if exponent else ""
    return shown.replace(".", point) + power


def localized(document: Document, point: str) -> Document:
    """The page with that mark in the place of the point of every number in its formulas."""
    if point == ".":
        return document
    return replace(document, title=_marked(document.title, point), blocks=_marked(document.blocks, point))


def _marked(part: Any, point: str) -> Any:
    if isinstance(part, Number):
        return Number(re.sub(r"(?<=\d)\.(?=\d)", point, part.text))
    if isinstance(part, Node):
        return replace(part, **{name: _marked(getattr(part, name), point) for name in part.__slots__})  # type: ignore[type-var]
    return tuple(_marked(one, point) for one in part) if isinstance(part, tuple) else part
