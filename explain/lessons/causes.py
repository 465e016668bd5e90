"""Causes: why a derivative is probably wrong, or is undefined, in the words of the page's language.

``numeric.checks.causes`` gives each as its key and the values in it. To add one: its sentence under "cause." and its key in every
locale; the tests hold the English ones against those that ``print(report)`` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Expr, Symbol

from derive.steps import Local, Total
from numeric.checks.causes import Cause
from numeric.reports import UNDEFINED, Check

from ..document import Block, Inline, Paragraph, Text
from ..formula import Formula, Relation, row
from ..locales import Locale, Part
from ..notation import SUM, Board

__all__ = ["reasons", "told_cause"]

NAMED = ("node", "other", "factor", "matrix")  # values that are the name of something, where they are text
MOST_CLAIMS = 8
_LEADS: Mapping[str, str] = {UNDEFINED: "cause.lead"}  # of others the likely cause is told


def reasons(board: Board, words: Locale, checks: Iterable[tuple[Formula, Check]]) -> list[Block]:
    """A paragraph for each different cause of what is wrong or undefined, with the derivatives that it explains."""
    found: dict[tuple[str, Cause], list[Part]] = {}
    for formula, one in checks:
        if one.cause:
            found.setdefault((one.verdict, one.cause), []).append(formula)
    return [
        Paragraph((*_few(words, claims), Text(": "), *told_cause(board, words, cause), Text(".")), words.say(_LEADS.get(verdict, "survey.cause")))
        for (verdict, cause), claims in found.items()
    ]


def _few(words: Locale, claims: list[Part]) -> tuple[Inline, ...]:
    return words.joined(claims) if len(claims) <= MOST_CLAIMS else words.listed([*claims[: MOST_CLAIMS - 1], "…"])


def told_cause(board: Board, words: Locale, cause: Cause) -> tuple[Inline, ...]:
    """The cause as a sentence without its full stop; in its own words where it is no more than text."""
    if not cause.parts:
        return (Text(cause),)
    clauses = [words.say(f"cause.{key}", **{name: _part(board, words, name, value) for name, value in values.items()}) for key, values in cause.parts]
    return tuple(part for place, clause in enumerate(clauses) for part in (*(words.say("cause.and") if place else ()), *clause))


def _part(board: Board, words: Locale, name: str, value: Any) -> Part:
    if isinstance(value, tuple):
        return words.joined([row(_formula(board, one), Relation("="), board.inside(board.number(number), SUM)) for one, number in value])
    if isinstance(value, Local | Total | Expr):
        return _formula(board, value)
    return board.name(Symbol(value)) if name in NAMED and value.isidentifier() else value


def _formula(board: Board, value: Any) -> Formula:
    return board.claim(value) if isinstance(value, Local | Total) else board.formula(value)
