"""One formula as text, without a page around it."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from derive.errors import DeriveError, UnknownNameError
from derive.written import Written

from .notation import NOTATIONS, Board, Notation
from .writers.latex import formula

__all__ = ["latex"]


def latex(expression: Expr | Written, notation: str | Notation = "net-out", labels: Mapping[str, str] | None = None) -> str:
    """The LaTeX of one expression for mathematics mode, its terms and factors in the order of a hand.

    labels are words in the place of names. Raises DeriveError for what is no expression, and for an unknown notation.
    """
    if not isinstance(expression, Expr | Written):
        raise DeriveError(f"{expression!r} is no expression; parse_expression reads one from text")
    if isinstance(notation, str):
        if notation not in NOTATIONS:
            raise UnknownNameError("notation", notation, NOTATIONS)
        notation = NOTATIONS[notation]
    return formula(Board(notation, labels=labels or {}).formula(expression)).strip()
