"""Patterns: parts of the page's expressions that overflow or cancel, and the code that stands in their place.

To add one: a function of the writer and an expression, whose parts are code already, that gives the code or None, in the
module of its kind; and its name in ``PATTERNS``, under the head that the expression has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, Mul, Pow, log

from derive.written import Written

from .logarithm_patterns import beside_log1p, erfc, expm1, log1p, log_of_multiple, log_of_rest, log_ratio, logsumexp, softplus, xlogy
from .quotient_patterns import direction, logistic, odds, of_elu, root_of_squares, share
from .residual_patterns import categorical_from_logits, cross_entropy, cross_entropy_from_logits, ends, margin, residual
from .stable import value_of

if TYPE_CHECKING:
    from .writer import Writer

__all__ = ["PATTERNS", "stable"]


def stable(writer: Writer, code: Written | Expr) -> Written | Expr:
    """The code itself, or what stands for it: a name that has this meaning, or the form of a pattern."""
    if isinstance(code, Written) and _long(code):
        return code
    value = value_of(code)
    if value in writer.meaning:
        return writer.meaning[value]
    if value.is_Add and -value in writer.meaning:
        return Written("neg", (writer.meaning[-value],))
    found = next((one for pattern in PATTERNS.get(type(value), ()) if (one := pattern(writer, value)) is not None), code)
    return writer.meaning.get(found, found) if isinstance(found, Expr) else found


def _long(code: Written) -> bool:
    """Is this a sum or a product that no pattern can mean? (It is dear to build the expression of a long one.)"""
    if code.head == "+":
        return len(code.args) > 2
    return code.head == "*" and not any(isinstance(arg, log) for arg in code.args)


OF_SUMS = (residual, cross_entropy, cross_entropy_from_logits, categorical_from_logits, margin, ends, log_ratio, beside_log1p, expm1, erfc)
OF_PRODUCTS = (odds, direction, of_elu, xlogy, share)
OF_LOGARITHMS = (log_of_multiple, log_of_rest, logsumexp, softplus, log1p)
PATTERNS: Mapping[type, tuple[Callable[[Any, Expr], Expr | Written | None], ...]] = {
    Add: OF_SUMS,
    Mul: OF_PRODUCTS,
    log: OF_LOGARITHMS,
    Pow: (logistic, root_of_squares),
}
