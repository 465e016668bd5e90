"""Expressions of single numbers, applied to the entries of matrices of one shape; and products of matrices that must fit.

SymPy applies a function of one number entry by entry; what reads several matrices in one function is ``Entrywise`` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Add, Expr, HadamardPower, HadamardProduct, Lambda, MatAdd, MatMul, MatrixExpr, Mul, OneMatrix, Pow, Symbol
from sympy.matrices.exceptions import ShapeError

from ..errors import DeriveError

__all__ = ["Entrywise", "entrywise", "hadamard", "multiplied"]

_ARGUMENTS = tuple(Symbol(f"z{number}") for number in range(1, 10))


class Entrywise(MatrixExpr):
    """A function of several numbers, applied to the entries at the same place of as many matrices."""

    @property
    def function(self) -> Lambda:
        """The function, of as many letters as there are matrices."""
        return self.args[0]  # type: ignore[return-value]

    @property
    def matrices(self) -> tuple[Any, ...]:
        """The matrices, all of one shape."""
        return self.args[1:]

    @property
    def shape(self) -> Any:
        """The shape of each of the matrices."""
        return self.matrices[0].shape

    def _entry(self, i: Any, j: Any, **options: Any) -> Expr:
        return self.function(*(one[i, j] for one in self.matrices))  # type: ignore[operator]

    def _sympystr(self, printer: Any) -> str:
        body: Any = self.function.expr
        names = dict(zip(self.function.signature, self.matrices, strict=True))
        return f"{body.func.__name__}({', '.join(printer._print(names.get(one, one)) for one in body.args)})"


def multiplied(*factors: Any) -> MatrixExpr:
    """The matrix product of the factors. Raises DeriveError, with both shapes, where they do not fit."""
    try:
        return MatMul(*factors).doit(deep=False)
    except (ShapeError, ValueError):
        shapes = " times ".join(f"{factor} of shape {tuple(factor.shape)}" for factor in factors)
        raise DeriveError(f"{shapes}: the inner sizes differ") from None


def hadamard(*factors: MatrixExpr) -> MatrixExpr:
    """The product of the matrices entry by entry; a matrix of ones is left out, and numbers are gathered in front."""
    number, kept = Mul(), []
    for factor in factors:
        size, inner = factor.as_coeff_matrices() if isinstance(factor, MatMul) else (Mul(), [factor])
        number, body = number * size, inner[0] if len(inner) == 1 else MatMul(*inner)
        kept += [] if isinstance(body, OneMatrix) else [body]
    whole = HadamardProduct(*kept) if len(kept) > 1 else kept[0] if kept else OneMatrix(*factors[0].shape)
    return whole if number == 1 else MatMul(number, whole)


def entrywise(expression: Expr, matrices: Mapping[Symbol, MatrixExpr], shape: tuple[Any, Any]) -> MatrixExpr:
    """A scalar expression applied to the entries of matrices of one shape: products become Hadamard products.

    Letters that stand for no matrix are numbers, the same for all entries.
    """
    if expression in matrices:
        return matrices[expression]  # type: ignore[index]
    if not _moves(expression, matrices):
        return OneMatrix(*shape) if expression == 1 else MatMul(expression, OneMatrix(*shape))
    parts = [entrywise(part, matrices, shape) for part in expression.args if _moves(part, matrices)]
    if expression.is_Add:
        number = Add(*(part for part in expression.args if not _moves(part, matrices)))
        return MatAdd(*([entrywise(number, matrices, shape)] if number else []), *parts)
    if expression.is_Mul:
        number = Mul(*(part for part in expression.args if not _moves(part, matrices)))
        body = parts[0] if len(parts) == 1 else HadamardProduct(*parts)
        return body if number == 1 else MatMul(number, body)
    if isinstance(expression, Pow) and expression.exp.is_number:
        return HadamardPower(entrywise(expression.base, matrices, shape), expression.exp)
    return _applied(expression, matrices, parts)


def _moves(expression: Any, matrices: Mapping[Symbol, MatrixExpr]) -> bool:
    """Does it read one of the matrices?"""
    return not matrices.keys().isdisjoint(expression.free_symbols)


def _applied(expression: Expr, matrices: Mapping[Symbol, MatrixExpr], parts: list[MatrixExpr]) -> MatrixExpr:
    """A function at every entry: of a letter, of one part that reads matrices, or of several."""
    inner, *others = expression.free_symbols & matrices.keys()
    if not others:
        return matrices[inner].applyfunc(lambda entry: expression.xreplace({inner: entry}))  # type: ignore[index]
    if len(parts) == 1:
        place = next(place for place, part in enumerate(expression.args) if _moves(part, matrices))
        return parts[0].applyfunc(lambda entry: expression.func(*expression.args[:place], entry, *expression.args[place + 1 :]))
    letters = iter(_ARGUMENTS)
    places = [next(letters) if _moves(part, matrices) else part for part in expression.args]
    return Entrywise(Lambda(tuple(one for one in places if one in _ARGUMENTS), expression.func(*places)), *parts)
