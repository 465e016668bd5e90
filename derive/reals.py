"""Reals: absolute values and insertions where every symbol is a real number, which SymPy does not know of its own.

For it |e^x| is e^(re x). Whatever builds an absolute value of something that is no mere name does so by ``absolute``,
and what puts expressions in the places of names by ``put_in``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Abs, Expr, Mul, S, conjugate, exp, im, postorder_traversal, re

__all__ = ["absolute", "over_reals", "put_in"]


def absolute(value: Expr) -> Expr:
    """|u|, exponentials and other powers of positive bases taken out: they are not negative, whatever their exponent is."""
    sides: tuple[list[Expr], list[Expr]] = [], []
    for factor in Mul.make_args(value):
        sides[isinstance(factor, exp) or bool(factor.is_Pow and factor.base.is_extended_nonnegative)].append(factor)
    return Mul(Abs(Mul(*sides[False])), *sides[True])


def put_in(expression: Expr, known: Mapping[Any, Expr], then: Callable[[Expr], Expr] = lambda one: one) -> Expr:
    """The expression with others in the places of some parts; ``then`` is applied to it, and before to what is in |…|."""
    found = dict(known)
    for part in postorder_traversal(expression) if expression.has(Abs) else ():
        if isinstance(part, Abs) and part not in found:
            found[part] = absolute(then(part.args[0].xreplace(found)))
    return then(expression.xreplace(found))


def over_reals(expression: Expr) -> Expr:
    """An expression of SymPy's as it reads over the real numbers: re(u) is u and im(u) is 0."""
    if not expression.has(re, im, conjugate):
        return expression
    return expression.replace(im, lambda _: S.Zero).replace(re, lambda part: part).replace(conjugate, lambda part: part)
