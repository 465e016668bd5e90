"""MATRIX_RULES: the differentials of matrix expressions, one row each.

A row says how the derivative of a number f by an expression becomes its derivative by what the expression is made
of. Source of the laws: Magnus and Neudecker, Matrix Differential Calculus with Applications in Statistics and
Econometrics, chapters 8 and 9.

To add a law: one row in ``MATRIX_RULES``, its name as a sentence in each locale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import (
    Add,
    DiagMatrix,
    DiagonalOf,
    Function,
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    Mul,
    OneMatrix,
    Pow,
    Transpose,
    log,
    sign,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from . import arrivals as arrive
from .algebra import entrywise
from .arrivals import ARRIVING
from .heads import ENTRY, Det, EntryPower, LogDet, Norm1, Norm2, Scalar, Softmax, SumOfEntries, SymmetricMatrix, Tr, rows_of_softmax
from .parts import parts_of

__all__ = ["ARRIVING", "MATRIX_RULES", "SUPPORTED", "MatrixRule", "rules_of"]


@dataclass(frozen=True, slots=True)
class MatrixRule:
    """One law: for which expressions it holds, and what arrives at each argument, as a sum of ordered products.

    ``joined`` names how the factors are put together, a row of ``JOINS``. ``law`` is the differential behind it, in
    the notation of ``parse_matrix``: d of the first is the second, where dX is the differential of X, and df the
    slope of a function f. Where several rows of a head hold, each speaks of other arguments.
    """

    name: str
    head: type
    joined: str
    law: tuple[str, str]
    parts: arrive.MakeParts
    when: Callable[[Any], bool] = lambda expression: True


def _is_log_det(function: Any) -> bool:
    return function.func is log and isinstance(function.args[0], Det)


def _is_squared_norm(power: Any) -> bool:
    return isinstance(power.base, Norm2) and power.exp == 2


def _is_neither(number: Any) -> bool:
    return not arrive.is_square(number) and not arrive.is_quadratic(number)


MATRIX_RULES: tuple[MatrixRule, ...] = (
    # numbers
    MatrixRule("sum", Add, "product", ("a + b", "da + db"), arrive.each),
    MatrixRule("product of numbers", Mul, "product", ("a*b", "da*b + a*db"), arrive.others),
    MatrixRule("squared norm", Pow, "product", ("norm2(X)^2", "2*tr(X'*dX)"), arrive.squared(lambda power: power.base.arg), _is_squared_norm),
    MatrixRule("power", Pow, "product", ("a^b", "b*a^(b - 1)*da + a^b*log(a)*db"), arrive.power, lambda power: not _is_squared_norm(power)),
    MatrixRule("log det", Function, "product", ("log(det(X))", "tr(inv(X)*dX)"), arrive.log_of_determinant, _is_log_det),
    MatrixRule("function", Function, "product", ("f(a)", "df(a)*da"), arrive.function, lambda function: not _is_log_det(function)),
    # numbers made of matrices
    MatrixRule("squared norm", Scalar, "product", ("x'*x", "2*x'*dx"), arrive.squared(arrive.paired), arrive.is_square),
    MatrixRule("quadratic form", Scalar, "product", ("x'*A*x", "x'*(A + A')*dx + x'*dA*x"), arrive.quadratic, arrive.is_quadratic),
    MatrixRule("inner product", Scalar, "product", ("x'*A*y", "dx'*A*y + x'*dA*y + x'*A*dy"), arrive.inner_factors, _is_neither),
    MatrixRule("squared norm", Tr, "product", ("tr(X'*X)", "2*tr(X'*dX)"), arrive.squared(arrive.paired), arrive.is_traced_square),
    MatrixRule(
        "trace", Tr, "product", ("tr(X)", "tr(dX)"),
        arrive.beside(lambda whole: Identity(whole.arg.shape[0])), lambda whole: not arrive.is_traced_square(whole),
    ),
    MatrixRule("sum of entries", SumOfEntries, "product", ("sum(X)", "sum(dX)"), arrive.beside(lambda whole: OneMatrix(*whole.arg.shape))),
    MatrixRule("1-norm", Norm1, "product", ("norm1(X)", "sum(sign(X).*dX)"), arrive.beside(lambda whole: entrywise(sign(ENTRY), whole.arg))),
    MatrixRule("2-norm", Norm2, "product", ("norm2(X)", "tr(X'*dX)/norm2(X)"), arrive.beside(lambda whole: 1 / whole, lambda whole: whole.arg)),
    MatrixRule("determinant", Det, "product", ("det(X)", "det(X)*tr(inv(X)*dX)"), arrive.beside(lambda whole: whole, arrive.inverse_of)),
    MatrixRule("log det", LogDet, "product", ("logdet(X)", "tr(inv(X)*dX)"), arrive.beside(arrive.inverse_of)),
    # matrices
    MatrixRule("sum", MatAdd, "product", ("X + Y", "dX + dY"), arrive.each),
    MatrixRule("matrix product", MatMul, "product", ("A*B", "dA*B + A*dB"), arrive.factors),
    MatrixRule(
        "number times matrix", MatMul, "sum of products of entries", ("a*X", "da*X + a*dX"), arrive.coefficient, lambda whole: parts_of(whole)[0] != 1,
    ),
    MatrixRule("transpose", Transpose, "transposed", ("X'", "dX'"), arrive.beside()),
    MatrixRule("inverse", Inverse, "product", ("inv(X)", "-inv(X)*dX*inv(X)"), arrive.inverse),
    MatrixRule("matrix power", MatPow, "product", ("X^3", "dX*X^2 + X*dX*X + X^2*dX"), arrive.matrix_power),
    MatrixRule("entrywise product", HadamardProduct, "entry by entry", ("X.*Y", "dX.*Y + X.*dY"), arrive.others),
    MatrixRule(
        "entrywise power", EntryPower, "entry by entry", ("X.^Y", "Y.*X.^(Y - matrix(1)).*dX + X.^Y.*log(X).*dY"), arrive.entry_powers(True),
    ),
    MatrixRule(
        "entrywise power of a number", EntryPower, "sum of products of entries", ("a.^X", "X.*a.^(X - matrix(1))*da + log(a)*a.^X.*dX"),
        arrive.entry_powers(False),
    ),
    MatrixRule("entrywise power", HadamardPower, "entry by entry", ("X.^2", "2*X.*dX"), arrive.entry_powers(True)),
    MatrixRule(
        "entrywise power by a number", HadamardPower, "sum of products of entries", ("X.^a", "a*X.^(a - 1).*dX + X.^a.*log(X)*da"),
        arrive.entry_powers(False),
    ),
    MatrixRule("entrywise function", ElementwiseApplyFunction, "entry by entry", ("f(X)", "df(X).*dX"), arrive.entry_function),
    MatrixRule(
        "softmax", Softmax, "product", ("softmax(x)", "(diag(softmax(x)) - softmax(x)*softmax(x)')*dx"),
        arrive.softmax, lambda whole: not rows_of_softmax(whole.arg),
    ),
    MatrixRule(
        "softmax of rows", Softmax, "softmax of rows", ("softmax(X)", "softmax(X).*(dX - (softmax(X).*dX)*matrix(1))"),
        arrive.softmax_rows, lambda whole: rows_of_softmax(whole.arg),
    ),
    MatrixRule("diagonal matrix", DiagMatrix, "diagonal", ("diag(x)", "diag(dx)"), arrive.beside()),
    MatrixRule("diagonal", DiagonalOf, "diagonal matrix", ("diag(X)", "diag(dX)"), arrive.beside()),
    # the variable itself: of its derivative by free entries, only the symmetric part meets a symmetric dX
    MatrixRule("symmetric argument", SymmetricMatrix, "symmetric part", ("tr(G'*X)", "tr((G + G')/2*dX)"), lambda whole: ()),
)  # fmt: skip

SUPPORTED = "+ - * / ^ ' .* ./ .^, functions of one number entry by entry, sum, tr, det, logdet, inv, diag, norm1, norm2, softmax, vector, matrix and eye"

_BY_HEAD: dict[type, list[MatrixRule]] = {head: [rule for rule in MATRIX_RULES if rule.head is head] for head in {rule.head for rule in MATRIX_RULES}}


def rules_of(expression: Any) -> list[MatrixRule]:
    """The rows that hold for an expression; none where it is outside the table."""
    head = Function if isinstance(expression, Function) and len(expression.args) == 1 else expression.func
    return [rule for rule in _BY_HEAD.get(head, ()) if rule.when(expression)]
