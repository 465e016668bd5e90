"""The order in which a hand writes terms and factors, where it is not known how they were written.

Factors: numbers, then weights and other coefficients, then letters each with what is made of it (out, 1 − out),
then sums and functions. Terms: falling degree, with a positive term in front.
"""

from __future__ import annotations

import re
from typing import Any

from sympy import Expr, Function, Mul

from derive.names import split

__all__ = ["factor_key", "in_order", "is_below", "sign_into_a_difference"]

COEFFICIENTS = frozenset({"w", "alpha", "eta", "delta", "theta", "lamda"})


def is_below(factor: Expr) -> bool:
    """Does a factor belong under the fraction line?"""
    return factor.is_Pow and factor.exp.is_Number and bool(factor.exp.is_negative)


def sign_into_a_difference(product: Expr) -> tuple[Expr, list[Expr]]:
    """The coefficient and the factors; a minus sign turns the first difference round: −(t − 1) is 1 − t."""
    number, rest = product.as_coeff_Mul()
    factors = list(Mul.make_args(rest))
    turned = next((place for place, one in enumerate(factors) if number < 0 and _starts_backwards(one)), None)
    if turned is not None:
        factors[turned] = -factors[turned]
        number = -number
    return number, factors


def _starts_backwards(factor: Expr) -> bool:
    """A sum of two terms that reads better with its sign changed: t − 1 as against 1 − t."""
    if not (factor.is_Add and len(factor.args) == 2):
        return False
    number, rest = factor.as_coeff_Add()
    return bool(number.is_negative) and not rest.could_extract_minus_sign()


def in_order(sum_: Expr) -> list[Expr]:
    """The terms of a sum as a hand writes them: falling degree if that starts with a plus, else rising, else a plus first."""
    falling = sorted(sum_.args, key=_term_key)
    if not falling[0].could_extract_minus_sign():
        return falling
    rising = falling[::-1]
    if not rising[0].could_extract_minus_sign():
        return rising
    first = next((term for term in falling if not term.could_extract_minus_sign()), falling[0])
    return [first, *(term for term in falling if term is not first)]


def _term_key(term: Expr) -> tuple[Any, ...]:
    _, rest = term.as_coeff_Mul()
    factors = sorted(map(factor_key, Mul.make_args(rest)))
    return (-_degree(rest), factors)


def _degree(product: Expr) -> float:
    powers = [(factor.as_base_exp()) for factor in Mul.make_args(product)]
    return sum(float(power) for base, power in powers if base.is_Symbol and power.is_Number)


def factor_key(factor: Expr) -> tuple[Any, ...]:
    """Weights and other coefficients first, then letters, each with what is made of it (out, 1 − out), then the rest by size."""
    base, power = factor.as_base_exp()
    if factor.is_Number:
        return (0, (), 0)
    names = sorted((_natural(one.name) for one in factor.free_symbols), key=_letter_rank)
    shape = 0 if base.is_Symbol else 1
    group = 3 if base.is_Function else 4 if base.has(Function) else 1 if len(names) <= 1 else 2
    falling = -power if power.is_Number else int(power.could_extract_minus_sign())  # e^z comes before e^(−z)
    return (group, [_letter_rank(name) for name in names], shape, falling, str(factor) if shape else "")


def _letter_rank(name: tuple[Any, ...]) -> tuple[Any, ...]:
    return (0 if name[0] in COEFFICIENTS else 1, name)


def _natural(name: str) -> tuple[Any, ...]:
    """The name in parts that sort as people count: w2 before w10."""
    base, subscripts = split(name)
    return (base, tuple((re.sub(r"\d+", "", part), int("0" + re.sub(r"\D", "", part))) for part in subscripts))
