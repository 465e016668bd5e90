"""What arrives at the arguments of a matrix expression, given what arrives at the expression itself.

Each function takes an expression of one head and gives pairs: an argument, and the derivative of f by it as a sum
of ordered products, in which ``ARRIVING`` stands for the derivative of f by the expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sympy import DiagMatrix, Dummy, Inverse, OneMatrix, S, Transpose, log

from ..rules import slope
from ..steps import Term
from .algebra import entrywise, plus, tidied, times
from .heads import ENTRY
from .parts import is_matrix, parts_of, raised, scaled, transposed

__all__ = [
    "ARRIVING", "MakeParts", "Parts", "beside", "coefficient", "each", "entry_function", "entry_powers", "entry_slope", "factors", "function",
    "inner_factors", "inverse", "inverse_of", "is_quadratic", "is_square", "is_traced_square", "less_one", "log_of_determinant", "matrix_power",
    "others", "paired", "power", "quadratic", "softmax", "softmax_rows", "squared", "turned",
]  # fmt: skip

ARRIVING = Dummy("arriving")
Parts = Iterable[tuple[Any, tuple[Term, ...]]]
MakeParts = Callable[[Any], Parts]


def turned(matrix: Any) -> Any:
    """The transpose in the form of a textbook."""
    return transposed(tidied(matrix))


# ---- numbers


def each(sum_: Any) -> Parts:
    """The terms of a sum: all of it arrives at each."""
    return [(term, ((ARRIVING,),)) for term in sum_.args]


def others(product: Any) -> Parts:
    """The factors of a product whose order does not matter: beside what arrives stand the others."""
    for place, factor in enumerate(product.args):
        yield factor, ((ARRIVING, *product.args[:place], *product.args[place + 1 :]),)


def power(power: Any) -> Parts:
    """The base and the exponent of a power of numbers."""
    base, exponent = power.args
    return [(base, ((ARRIVING, exponent, base ** (exponent - 1)),)), (exponent, ((ARRIVING, power, log(base)),))]


def function(function: Any) -> Parts:
    """The argument of a function of one number: its slope there."""
    (argument,) = function.args
    return [(argument, ((ARRIVING, slope(function.func(ENTRY), ENTRY).xreplace({ENTRY: argument})),))]


# ---- products


def _around(number: Any, product: tuple[Any, ...]) -> Parts:
    """For each factor: what arrives, between the transposes of what stands before and after it."""
    for place, factor in enumerate(product):
        before = tuple(turned(one) for one in reversed(product[:place]))
        after = tuple(turned(one) for one in reversed(product[place + 1 :]))
        yield factor, ((*(() if number == 1 else (number,)), *before, ARRIVING, *after),)


def factors(product: Any) -> Parts:
    """The matrices of a product."""
    return _around(*parts_of(product))


def coefficient(product: Any) -> Parts:
    """The numbers before a matrix product, taken together."""
    number, matrices = parts_of(product)
    return [(number, ((ARRIVING, scaled(S.One, matrices)),))]


def inner_factors(number: Any) -> Parts:
    """The factors of a product from a row to a column."""
    return _around(*parts_of(number.arg))


def _paired(factors: tuple[Any, ...]) -> Any:
    """The matrix that stands first and last, once written with a transpose; None where it does not.

    The factor without the transpose: the square is then a function of it alone, as it is written.
    """
    first, last = factors[0], factors[-1]
    if Transpose(first) == last:
        return first
    return last if first == Transpose(last) or (first == last and turned(last) == tidied(last)) else None


def _form(number: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """The vector u and the matrices between in uᵀ…u; None where a number is no such form."""
    matrices = parts_of(number.arg)[1]
    vector = _paired(matrices) if len(matrices) > 1 and matrices[-1].shape[1] == 1 else None
    return None if vector is None else (vector, matrices[1:-1])


def is_square(number: Any) -> bool:
    """Is it uᵀu?"""
    form = _form(number)
    return form is not None and not form[1]


def is_quadratic(number: Any) -> bool:
    """Is it uᵀMu, of a column u?"""
    form = _form(number)
    return form is not None and bool(form[1]) and form[0].shape[1] == 1


def quadratic(number: Any) -> Parts:
    """The vector and the matrix of a quadratic form."""
    vector, between = _form(number) or (S.Zero, ())
    matrix = scaled(S.One, between)
    tidy, other = tidied(matrix), turned(matrix)
    both = (S(2), tidy) if tidy == other else (plus(tidy, other),)
    return [(vector, ((ARRIVING, *both, vector),)), (matrix, ((ARRIVING, vector, turned(vector)),))]


def is_traced_square(number: Any) -> bool:
    """Is it tr(XᵀX)?"""
    own, matrices = parts_of(number.arg)
    return len(matrices) == 2 and own == 1 and _paired(matrices) is not None


def squared(matrix_of: Callable[[Any], Any]) -> MakeParts:
    """The matrix of a squared norm."""
    return lambda number: [(matrix_of(number), ((ARRIVING, S(2), matrix_of(number)),))]


def paired(number: Any) -> Any:
    """The matrix of which a number is the square."""
    return _paired(parts_of(number.arg)[1])


def matrix_power(power: Any) -> Parts:
    """The base of a power of a matrix: once for each of its places."""
    count, other = int(power.exp), turned(power.base)
    return [(power.base, tuple((*(other,) * place, ARRIVING, *(other,) * (count - 1 - place)) for place in range(count)))]


# ---- one argument


def beside(*others: Callable[[Any], Any]) -> MakeParts:
    """The only argument: what arrives, and what stands beside it."""
    return lambda whole: [(whole.args[0], ((ARRIVING, *(other(whole) for other in others)),))]


def inverse(inverse: Any) -> Parts:
    """The matrix that is inverted."""
    other = turned(inverse)
    return [(inverse.arg, ((S.NegativeOne, other, ARRIVING, other),))]


def inverse_of(whole: Any) -> Any:
    """The transposed inverse of the argument."""
    return turned(Inverse(whole.arg))


def log_of_determinant(whole: Any) -> Parts:
    """The matrix in log(det X)."""
    (determinant,) = whole.args
    return [(determinant.arg, ((ARRIVING, inverse_of(determinant)),))]


# ---- entry by entry


def entry_function(whole: Any) -> Parts:
    """The matrix to whose entries a function is applied: its slope at each."""
    return [(whole.expr, ((ARRIVING, entry_slope(whole)),))]


def entry_slope(whole: Any) -> Any:
    """The slopes of a function at the entries of a matrix."""
    return entrywise(slope(whole.function(ENTRY), ENTRY), tidied(whole.expr))


def less_one(exponent: Any) -> Any:
    """An exponent, or each of a matrix of exponents, less 1."""
    return plus(exponent, times(S.NegativeOne, OneMatrix(*exponent.shape))) if is_matrix(exponent) else exponent - 1


def entry_powers(of_matrices: bool) -> MakeParts:
    """Of the base and the exponent of a power entry by entry, those that are matrices, or those that are numbers."""
    return lambda power: [(argument, terms) for argument, terms in _entry_powers(power) if is_matrix(argument) == of_matrices]


def _entry_powers(power: Any) -> Parts:
    base, exponent = power.args
    yield base, ((ARRIVING, exponent, raised(base, less_one(exponent))),)
    yield exponent, ((ARRIVING, power, entrywise(log(ENTRY), base) if is_matrix(base) else log(base)),)


def softmax(softmax: Any) -> Parts:
    """The vector under a softmax: its Jacobian diag(p) − ppᵀ, which is symmetric, in two terms."""
    return [(softmax.arg, ((DiagMatrix(softmax), ARRIVING), (S.NegativeOne, softmax, Transpose(softmax), ARRIVING)))]


def softmax_rows(softmax: Any) -> Parts:
    """The matrix under a softmax of rows, joined in a way of its own."""
    return [(softmax.arg, ((softmax, ARRIVING),))]
