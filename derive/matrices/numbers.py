"""Numbers made of matrix products: the entry of a 1×1 product, the sum of all entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Add, Expr, Identity, MatAdd, OneMatrix, S, Transpose, ZeroMatrix, default_sort_key

from .heads import Scalar, SumOfEntries
from .parts import hadamard, parts_of, powers_of, scaled, transposed

__all__ = ["scalar", "sum_of"]


def scalar(matrix: Any) -> Expr:
    """The entry of a 1×1 matrix, as a number."""
    number, matrices = parts_of(matrix)
    body = scaled(S.One, matrices)
    if isinstance(body, MatAdd):
        return number * Add(*map(scalar, body.args))
    if isinstance(body, Transpose):
        return number * scalar(body.arg)
    if isinstance(body, OneMatrix | Identity):
        return number
    if isinstance(body, ZeroMatrix):
        return S.Zero
    return number * (_number_of(list(matrices)) if len(matrices) > 1 else Scalar(body))


def _number_of(factors: list[Any]) -> Expr:
    """The number that a product from a row to a column is: a sum of entries where ones stand at an end, else the product."""
    if isinstance(factors[0], OneMatrix) or isinstance(factors[-1], OneMatrix):
        inner = [one for place, one in enumerate(factors) if place not in (0, len(factors) - 1) or not isinstance(one, OneMatrix)]
        return sum_of(scaled(S.One, inner)) if inner else factors[0].shape[1]
    if len(factors) == 2:
        entries = hadamard(transposed(factors[0]), factors[1])
        if isinstance(entries, OneMatrix) or len(powers_of(entries)[1]) < sum(len(powers_of(one)[1]) for one in factors) - _doubled(factors):
            return sum_of(entries)
    written, turned = scaled(S.One, factors), transposed(scaled(S.One, factors))
    return Scalar(min(written, turned, key=lambda one: (len(one.atoms(Transpose)), default_sort_key(one))))


def _doubled(factors: Sequence[Any]) -> int:
    """Factors that merely stand twice: xᵀx is left as it is."""
    left, right = (dict(powers_of(one)[1]) for one in (transposed(factors[0]), factors[1]))
    return sum(1 for base in left if base in right and left[base] + right[base] > 0)


def sum_of(matrix: Any) -> Expr:
    """The sum of all entries."""
    number, matrices = parts_of(matrix)
    body = scaled(S.One, matrices)
    if isinstance(body, OneMatrix):
        return number * body.shape[0] * body.shape[1]
    return S.Zero if isinstance(body, ZeroMatrix) else number * SumOfEntries(body)
