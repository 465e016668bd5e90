"""Matrix expressions in parts: coefficients, factors and powers, products entry by entry, transposes.

What is said of all three rooms of this algebra: nothing is sorted, so the order in which a hand wrote stays;
and whatever does not fit is refused with both shapes, symbolic ones too, which SymPy lets pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import (
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    Mul,
    OneMatrix,
    S,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from ..errors import DeriveError
from .heads import EntryPower, SymmetricMatrix

__all__ = ["Factors", "diagonal_matrix", "hadamard", "is_matrix", "parts_of", "powers_of", "raised", "refuse_unequal", "same", "scaled", "transposed"]

Factors = tuple[Any, ...]


def is_matrix(one: Any) -> bool:
    """Is this a matrix expression, and no number?"""
    return bool(getattr(one, "is_Matrix", False))


def same(left: Any, right: Any) -> bool:
    """Are two sizes, or two shapes, the same?"""
    if isinstance(left, tuple):
        return all(map(same, left, right))
    return left == right or (left - right).is_zero is True


def refuse_unequal(left: Any, right: Any, between: str) -> None:
    """Raise DeriveError, with both shapes, where two matrices have different ones."""
    if not same(tuple(left.shape), tuple(right.shape)):
        raise DeriveError(f"{left} of shape {tuple(left.shape)} {between} {right} of shape {tuple(right.shape)}: the shapes differ")


def parts_of(matrix: Any) -> tuple[Expr, Factors]:
    """The scalar coefficient of a matrix product, and its matrices from left to right."""
    if not isinstance(matrix, MatMul):
        return S.One, (matrix,)
    number, factors = matrix.as_coeff_matrices()
    inner = [parts_of(one) for one in factors]
    return Mul(number, *(one for one, _ in inner)), tuple(factor for _, own in inner for factor in own)


def scaled(number: Expr, factors: Sequence[Any]) -> Any:
    """The product as it stands, without looking for anything that cancels."""
    if number == 1:
        return factors[0] if len(factors) == 1 else MatMul(*factors)
    return MatMul(number, *factors)


def transposed(matrix: Any) -> Any:
    """The transpose, taken down to the letters; a symmetric matrix is its own."""
    if not is_matrix(matrix):
        return matrix
    turn = _TRANSPOSED.get(type(matrix))
    return turn(matrix) if turn else matrix.T if not isinstance(matrix, MatrixExpr) else Transpose(matrix)


_TRANSPOSED: dict[type, Callable[[Any], Any]] = {
    SymmetricMatrix: lambda one: one,
    Identity: lambda one: one,
    DiagMatrix: lambda one: one,
    Transpose: lambda one: one.arg,
    OneMatrix: lambda one: OneMatrix(*one.shape[::-1]),
    ZeroMatrix: lambda one: ZeroMatrix(*one.shape[::-1]),
    MatAdd: lambda one: MatAdd(*map(transposed, one.args)),
    MatMul: lambda one: scaled(parts_of(one)[0], [transposed(factor) for factor in reversed(parts_of(one)[1])]),
    MatPow: lambda one: MatPow(transposed(one.base), one.exp),
    Inverse: lambda one: Inverse(transposed(one.arg)),
    HadamardProduct: lambda one: HadamardProduct(*map(transposed, one.args)),
    HadamardPower: lambda one: HadamardPower(transposed(one.base), one.exp),
    EntryPower: lambda one: EntryPower(*map(transposed, one.args)),
    ElementwiseApplyFunction: lambda one: ElementwiseApplyFunction(one.function, transposed(one.expr)),
}


def hadamard(*factors: Any) -> Any:
    """The product entry by entry of matrices of one shape, and of numbers. Raises DeriveError, with both shapes, where they differ."""
    matrices = [one for one in factors if is_matrix(one)]
    number = Mul(*(one for one in factors if not is_matrix(one)))
    for other in matrices[1:]:
        refuse_unequal(matrices[0], other, "times, entry by entry,")
    powers: dict[Any, Any] = {}
    for matrix in matrices:
        own, inner = powers_of(matrix)
        number *= own
        for base, power in inner:
            powers[base] = powers.get(base, S.Zero) + power
    shape = matrices[0].shape
    if number == 0 or any(isinstance(base, ZeroMatrix) for base in powers):
        return ZeroMatrix(*shape)
    written = sorted(powers.items(), key=lambda one: bool(one[1].is_negative))  # what divides comes last
    bodies = [base if power == 1 else HadamardPower(base, power) for base, power in written if power != 0]
    body = bodies[0] if len(bodies) == 1 else HadamardProduct(*bodies) if bodies else OneMatrix(*shape)
    return scaled(number, [body])


def powers_of(matrix: Any) -> tuple[Expr, list[tuple[Any, Any]]]:
    """An entrywise product as a coefficient and its factors, each with its power."""
    number, matrices = parts_of(matrix)
    body = scaled(S.One, matrices)
    if isinstance(body, OneMatrix):
        return number, []
    if isinstance(body, HadamardPower) and is_matrix(body.base) and body.exp.is_number:
        own, inner = powers_of(body.base)
        if own == 1:
            return number, [(base, power * body.exp) for base, power in inner] if body.exp.is_Integer else [(body.base, body.exp)]
        return number, [(body.base, body.exp)]
    if not isinstance(body, HadamardProduct):
        return number, [(body, S.One)]
    found = []
    for one in body.args:
        own, inner = powers_of(one)
        number *= own
        found += inner
    return number, found


def diagonal_matrix(column: Any) -> Any:
    """The diagonal matrix of a column, its coefficient taken out."""
    number, factors = parts_of(column)
    body = scaled(S.One, factors)
    return scaled(number, [Identity(body.shape[0]) if isinstance(body, OneMatrix) else DiagMatrix(body)])


def raised(base: Any, power: Any) -> Any:
    """Every entry of the base to the power; one of both may be a number."""
    if not is_matrix(power) and is_matrix(base):
        if power == 1:
            return base
        if power == 0 or isinstance(base, OneMatrix):
            return OneMatrix(*base.shape)
    if is_matrix(base) and is_matrix(power):
        refuse_unequal(base, power, "to the power, entry by entry,")
    return EntryPower(base, power) if is_matrix(power) else HadamardPower(base, power)
