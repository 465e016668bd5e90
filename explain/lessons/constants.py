"""Names that a reader would take for a constant: what a page says of a name e, or of one that is written pi."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol, exp, pi

from ..document import Block, Paragraph
from ..locales import Locale
from ..notation import Board

__all__ = ["names_apart"]

APART = {"e": exp(Symbol("u")), "pi": pi}  # with what stands for the constant


def names_apart(names: Iterable[str], board: Board, words: Locale) -> list[Block]:
    """Which of the names are no constants, and how these are written."""
    found = [name for name in APART if name in set(names) and name not in board.labels]
    said = [words.say(f"names.apart.{name}", name=board.name(Symbol(name)), constant=board.formula(APART[name])) for name in found]
    return [Paragraph(words.in_line(said))] if said else []
