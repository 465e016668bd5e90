"""Matrix expressions entry by entry, for the tests: as arrays of numbers by numpy, and as SymPy matrices of symbols.

Both are evaluators of their own, head by head: they share nothing with the rules and the algebra that they test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import add, matmul, mul, pow
from typing import Any

import numpy as np
from sympy import (
    Add,
    Determinant,
    DiagMatrix,
    DiagonalOf,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableMatrix,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    Mul,
    OneMatrix,
    Pow,
    Trace,
    Transpose,
    ZeroMatrix,
    lambdify,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.activations import defined
from derive.matrices.heads import ENTRY, Det, EntryPower, LogDet, Norm1, Norm2, OfMatrix, Scalar, Softmax, SumOfEntries, Tr

Values = Mapping[Any, Any]
STEP = 1e-5


# ---- numbers


def value(one: Any, arrays: Values) -> Any:
    """The number or array that an expression is; ``arrays`` may say it of whole parts too, which are then not looked into."""
    if one in arrays:
        return arrays[one]
    if not one.args and one.is_number:
        return float(one)
    if type(one) in _ARRAYS:
        return _ARRAYS[type(one)](one, arrays)
    return of_entries(one.func(ENTRY))(value(one.args[0], arrays))  # a function of one number


def of_entries(function: Any) -> Callable[[Any], Any]:
    made = lambdify(ENTRY, defined(function), [{"Heaviside": np.heaviside}, "numpy"])
    return lambda entries: made(entries) + 0 * entries


def _folded(join: Callable[[Any, Any], Any]) -> Callable[[Any, Values], Any]:
    return lambda one, arrays: reduce(join, (value(arg, arrays) for arg in one.args))


def _on(function: Callable[[Any], Any]) -> Callable[[Any, Values], Any]:
    return lambda one, arrays: function(value(one.args[0], arrays))


def _product(one: Any, arrays: Values) -> Any:
    number, factors = one.as_coeff_matrices()
    for known in arrays:  # a product of which the value is said may stand between other factors
        own = list(known.args) if isinstance(known, MatMul) else []
        start = next((start for start in range(len(factors)) if own and list(factors[start : start + len(own)]) == own), None)
        factors = factors if start is None else [*factors[:start], known, *factors[start + len(own) :]]
    return value(number, arrays) * reduce(matmul, (value(factor, arrays) for factor in factors))


def _softmax(entries: Any) -> Any:
    powers = np.exp(entries)
    return powers / (powers.sum(axis=1, keepdims=True) if entries.shape[1] != 1 else powers.sum())


def _sizes(one: Any) -> list[int]:
    return [int(size) for size in one.shape]


_ARRAYS: dict[type, Callable[[Any, Values], Any]] = {
    **dict.fromkeys((Add, MatAdd), _folded(add)),
    **dict.fromkeys((Mul, HadamardProduct), _folded(mul)),
    **dict.fromkeys((Pow, HadamardPower, EntryPower), _folded(pow)),
    MatMul: _product,
    MatPow: lambda one, arrays: np.linalg.matrix_power(value(one.base, arrays), int(one.exp)),
    Transpose: _on(np.transpose),
    Inverse: _on(np.linalg.inv),
    Det: _on(np.linalg.det),
    LogDet: _on(lambda a: np.log(np.linalg.det(a))),
    Tr: _on(np.trace),
    Scalar: _on(lambda a: a[0, 0]),
    SumOfEntries: _on(np.sum),
    Norm1: _on(lambda a: np.abs(a).sum()),
    Norm2: _on(lambda a: np.sqrt((a**2).sum())),
    Softmax: _on(_softmax),
    DiagMatrix: _on(lambda a: np.diag(a[:, 0])),
    DiagonalOf: _on(lambda a: np.diag(a)[:, None]),
    Identity: lambda one, arrays: np.eye(int(one.shape[0])),
    OneMatrix: lambda one, arrays: np.ones(_sizes(one)),
    ZeroMatrix: lambda one, arrays: np.zeros(_sizes(one)),
    ElementwiseApplyFunction: lambda one, arrays: of_entries(one.function(ENTRY))(value(one.expr, arrays)),
}


def numerical_gradient(function: Callable[[Any], Any], at: Any, symmetric: bool = False) -> Any:
    """The derivative of a number by central differences; of a symmetric matrix, the two entries of a pair share one step."""
    if np.ndim(at) == 0:
        return (function(at + STEP) - function(at - STEP)) / (2 * STEP)
    found = np.zeros_like(at)
    for place in np.ndindex(*at.shape):
        change = np.zeros_like(at)
        change[place] = STEP
        change = (change + change.T) / 2 if symmetric else change
        found[place] = (function(at + change) - function(at - change)) / (2 * STEP)
    return found


def numerical_jacobian(function: Callable[[Any], Any], at: Any) -> Any:
    """The Jacobian of a column by a column, by central differences."""
    return np.hstack([(function(at + STEP * one[:, None]) - function(at - STEP * one[:, None])) / (2 * STEP) for one in np.eye(len(at))])


# ---- symbols


def entries(one: Any, values: Values) -> Any:
    """The expression as a SymPy matrix, or a number, of the entries of its letters."""
    if one in values:
        return values[one]
    if type(one) in _MATRICES:
        return _MATRICES[type(one)](one, values)
    if isinstance(one, OfMatrix | Softmax):
        return entries(one.definition, values)
    return one.func(*(entries(arg, values) for arg in one.args)) if one.args else one


def _each(join: Callable[[Any, Any], Any]) -> Callable[[Any, Values], Any]:
    """Entry by entry; a number goes with every entry."""

    def pair(left: Any, right: Any) -> Any:
        if not hasattr(left, "shape"):
            return right.applyfunc(lambda entry: join(left, entry))
        if not hasattr(right, "shape"):
            return left.applyfunc(lambda entry: join(entry, right))
        return ImmutableMatrix(*left.shape, lambda row, col: join(left[row, col], right[row, col]))

    return lambda one, values: reduce(pair, (entries(arg, values) for arg in one.args))


def _of(function: Callable[[Any], Any]) -> Callable[[Any, Values], Any]:
    return lambda one, values: function(entries(one.args[0], values))


def _matrix_product(one: Any, values: Values) -> Any:
    number, factors = one.as_coeff_matrices()
    return entries(number, values) * reduce(mul, (entries(factor, values) for factor in factors))


_MATRICES: dict[type, Callable[[Any, Values], Any]] = {
    MatAdd: _each(add),
    HadamardProduct: _each(mul),
    **dict.fromkeys((HadamardPower, EntryPower), _each(pow)),
    MatMul: _matrix_product,
    MatPow: lambda one, values: entries(one.base, values) ** one.exp,
    Transpose: _of(lambda matrix: matrix.T),
    Inverse: _of(lambda matrix: matrix.inv()),
    Trace: _of(lambda matrix: matrix.trace()),
    Determinant: _of(lambda matrix: matrix.det()),
    Scalar: _of(lambda matrix: matrix[0, 0]),
    DiagMatrix: _of(lambda column: ImmutableMatrix.diag(*column)),
    DiagonalOf: _of(lambda matrix: matrix.diagonal().T),
    Identity: lambda one, values: ImmutableMatrix.eye(int(one.shape[0])),
    OneMatrix: lambda one, values: ImmutableMatrix.ones(*_sizes(one)),
    ZeroMatrix: lambda one, values: ImmutableMatrix.zeros(*_sizes(one)),
    ElementwiseApplyFunction: lambda one, values: entries(one.expr, values).applyfunc(one.function),
}
