"""JOINS: how the factors of a step about matrices are put together, by name.

To add a way: one row in ``JOINS``, and the sign that stands between the factors on the board.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import DiagMatrix, DiagonalOf, Identity, MatAdd, OneMatrix, S

from .algebra import inner, plus, times
from .parts import diagonal_matrix, hadamard, parts_of, scaled, transposed

__all__ = ["JOINS"]


def _diagonal_of(matrix: Any) -> Any:
    """The diagonal as a column; of an outer product it is the product of the entries."""
    if isinstance(matrix, MatAdd):
        return plus(*map(_diagonal_of, matrix.args))
    number, factors = parts_of(matrix)
    first, last = factors[0], factors[-1]
    if len(factors) == 2 and first.shape[1] == 1:
        return hadamard(number, first, transposed(last))
    if len(factors) > 1 and isinstance(last, OneMatrix):
        return times(number, *factors[:-1], OneMatrix(last.shape[0], 1))
    if len(factors) > 1 and isinstance(first, OneMatrix):
        return transposed(times(number, OneMatrix(1, first.shape[1]), *factors[1:]))
    body = scaled(S.One, factors)
    if isinstance(body, Identity | OneMatrix):
        return scaled(number, [OneMatrix(body.shape[0], 1)])
    return scaled(number, [body.args[0] if isinstance(body, DiagMatrix) else DiagonalOf(body)])


def _softmax_rows(softmax: Any, arriving: Any) -> Any:
    """P ⊙ (G − (P ⊙ G)11ᵀ): each row loses its mean under the weights P."""
    weighed = hadamard(softmax, arriving)
    cols = softmax.shape[1]
    return plus(weighed, times(S.NegativeOne, hadamard(softmax, times(weighed, OneMatrix(cols, cols)))))


JOINS: dict[str, Callable[..., Any]] = {
    "product": times,
    "entry by entry": hadamard,
    "sum of products of entries": lambda arriving, *others: inner(arriving, hadamard(*others)),
    "transposed": lambda *factors: transposed(times(*factors)),
    "diagonal": _diagonal_of,
    "diagonal matrix": diagonal_matrix,
    "symmetric part": lambda matrix: times(S.Half, plus(matrix, transposed(matrix))) if matrix != transposed(matrix) else matrix,
    "softmax of rows": _softmax_rows,
}
