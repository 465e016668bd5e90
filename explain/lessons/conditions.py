"""Conditions: where something holds or is proved, in words and formulas."""

from __future__ import annotations

from typing import Any

from sympy.logic.boolalg import And

from ..document import Inline
from ..formula import Formula, Name, Relation, row
from ..locales import Locale
from ..notation import Board

__all__ = ["kinks", "relation", "told_domain"]

SIGNS = {"==": "=", "!=": "≠", ">=": "≥", "<=": "≤"}
MOST_KINKS = 6  # that are named


def relation(board: Board, condition: Any) -> Formula:
    """A relation of SymPy's as a formula."""
    sign = str(condition.rel_op)
    return row(board.formula(condition.lhs), Relation(SIGNS.get(sign, sign)), board.formula(condition.rhs))


def told_domain(board: Board, words: Locale, domain: Any) -> tuple[Inline, ...]:
    """A domain as a list of conditions in words."""
    return words.joined([relation(board, condition) for condition in sorted(And.make_args(domain), key=str)])


def kinks(board: Board, words: Locale, domain: Any) -> tuple[Inline, ...]:
    """The conditions that keep away from kinks; of many of them the first."""
    conditions = sorted(And.make_args(domain), key=str)
    named = [relation(board, condition) for condition in conditions[:MOST_KINKS]]
    return words.joined([*named, *([Name("…")] if len(conditions) > MOST_KINKS else [])])
