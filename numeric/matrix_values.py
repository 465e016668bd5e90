"""The numbers of matrix expressions: a walk over them with plain nested lists, exact where it can be.

A matrix is a list of rows, a number is a number. To add an operation: a row in ``OPERATIONS`` under its SymPy head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

from sympy import (
    Add,
    DiagMatrix,
    DiagonalOf,
    Expr,
    Function,
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
    Rational,
    Symbol,
    Transpose,
    ZeroMatrix,
    exp,
    log,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.errors import DeriveError, UndefinedError
from derive.graph import Definition, Graph
from derive.layers.entrywise import Entrywise
from derive.matrices.heads import Det, EntryPower, LogDet, Norm1, Norm2, Scalar, Softmax, SumOfEntries, Tr, rows_of_softmax
from derive.matrices.parts import parts_of
from derive.steps import Derivation, Total

from .values import evaluate

__all__ = ["Matrix", "Value", "Walk", "matmul", "transposed"]

Matrix = list[list[Any]]
Value = Any  # a Matrix, or a number
Z, W, Y = Symbol("z"), Symbol("w"), Symbol("y")


@dataclass
class Walk:
    """What is known so far, and the numbers that stand for letters of sizes.

    known says the value of letters, and may say it of whole parts, which are then not looked into.
    """

    known: dict[Any, Value]
    sizes: Mapping[Any, int] = field(default_factory=dict)
    functions: dict[Any, Derivation] = field(default_factory=dict)

    def value(self, expression: Any) -> Value:
        """The matrix or the number that an expression is. Raises DeriveError where it is of no known kind, or has no number."""
        if expression in self.known:
            return self.known[expression]
        if expression in self.sizes:
            return Fraction(self.sizes[expression])
        operation = OPERATIONS.get(type(expression))
        if operation is None and not expression.args and expression.is_number:
            return Fraction(int(expression.p), int(expression.q)) if expression.is_Rational else float(expression)
        if operation is None and isinstance(expression, Function) and len(expression.args) == 1:
            return self.applied(expression.func(Z), self.value(expression.args[0]))
        if operation is None:
            raise DeriveError(f"{expression} is no matrix expression that has numbers here")
        return operation(self, expression)

    def with_known(self, known: Mapping[Any, Value]) -> Walk:
        """The same walk where some parts have other values; nothing that depends on them is remembered."""
        return Walk({**self.known, **known}, self.sizes, self.functions)

    def size(self, size: Any) -> int:
        """A size as a number."""
        return int(size.xreplace(dict(self.sizes)))

    def applied(self, function: Expr, *values: Any, names: Sequence[Symbol] = ()) -> Any:
        """A function of the named letters, else of z, or of z and w, at numbers; other letters in it have the numbers that are known.

        Raises UndefinedError where it has no value.
        """
        if function not in self.functions:
            own = [*(names or [one for one in (Z, W) if function.has(one)] or [Z])]
            others = sorted((one for one in function.free_symbols if one not in own and one in self.known), key=str)
            self.functions[function] = Derivation(Graph([*own, *others], [Definition(Y, function)]), Total(Y, own[0]), ())
        derivation = self.functions[function]
        known = {name.name: self.known[name] for name in derivation.graph.givens if name in self.known}
        return evaluate(derivation, known | {name.name: value for name, value in zip(derivation.graph.givens, values, strict=False)}).nodes[Y]

    # ---- products and sums

    def product(self, expression: Any) -> Value:
        """A matrix product; a part of it that is known as a whole counts as one factor."""
        number, factors = parts_of(expression)
        return self.scaled(number, reduce(matmul, map(self.value, self.gathered(list(factors)))))

    def gathered(self, factors: list[Any]) -> list[Any]:
        """The factors, with known products of several of them as one."""
        for whole in self.known:
            own = list(whole.args) if isinstance(whole, MatMul) else []
            place = next((place for place in range(len(factors) - len(own) + 1) if own and factors[place : place + len(own)] == own), None)
            if place is not None:
                factors = [*factors[:place], whole, *factors[place + len(own) :]]
        return factors

    def scaled(self, number: Any, matrix: Matrix) -> Matrix:
        """A number times a matrix."""
        scale = Fraction(1) if number == 1 else self.value(number)
        return matrix if scale == 1 else [[scale * one for one in line] for line in matrix]

    def each(self, parts: Iterable[Any], join: Callable[[Any, Any], Any]) -> Value:
        """Numbers, or matrices entry by entry, one after the other; a number goes with every entry."""
        return reduce(lambda left, right: paired(join, left, right), map(self.value, parts))

    def raised(self, expression: Any) -> Value:
        """Every entry, or a number, to the power of a number or of the entry at the same place."""
        base, exponent = map(self.value, expression.args)
        return paired(self.power, base, exponent)

    def power(self, base: Any, exponent: Any) -> Any:
        """One number to the power of another; whole exponents stay exact."""
        if isinstance(exponent, Fraction) and exponent.denominator == 1 and not (base == 0 and exponent < 0):
            return base ** int(exponent)
        return self.applied(Pow(Z, W), base, exponent) if not isinstance(exponent, Fraction) else self.applied(Pow(Z, _rational(exponent)), base)

    # ---- matrices made of others

    def filled(self, expression: Any, make: Callable[[int, int], int]) -> Matrix:
        """A matrix whose entries follow from their places."""
        rows, cols = map(self.size, expression.shape)
        return [[Fraction(make(row, col)) for col in range(cols)] for row in range(rows)]

    def entrywise(self, expression: Any) -> Matrix:
        """A function at every entry."""
        function = expression.function(Z)
        return [[self.applied(function, one) for one in line] for line in self.value(expression.expr)]

    def of_several(self, expression: Entrywise) -> Matrix:
        """A function of the entries at the same place of several matrices."""
        function, names = expression.function.expr, expression.function.signature
        matrices = [self.value(one) for one in expression.matrices]
        return [[self.applied(function, *entries, names=names) for entries in zip(*lines, strict=True)] for lines in zip(*matrices, strict=True)]

    def softmax(self, expression: Any) -> Matrix:
        """The shares of exponentials, of each row or of the whole column; nothing overflows."""
        matrix = self.value(expression.arg)
        lines = matrix if rows_of_softmax(expression.arg) else transposed(matrix)
        found = [self.shares(line) for line in lines]
        return found if rows_of_softmax(expression.arg) else transposed(found)

    def shares(self, line: Sequence[Any]) -> list[Any]:
        """The exponentials of numbers, each over their sum."""
        most = max(line)
        powers = [self.applied(EXPONENTIAL, one - most) for one in line]
        return [one / sum(powers) for one in powers]

    def repeated(self, expression: Any) -> Matrix:
        """A power of a square matrix; a negative one is of its inverse."""
        base, count = self.value(expression.base), int(expression.exp)
        return reduce(matmul, [base if count > 0 else inverse(base)] * abs(count))

    def norm(self, expression: Any) -> Any:
        """The root of the sum of the squares of all entries."""
        return self.applied(ROOT, sum(one * one for line in self.value(expression.arg) for one in line))


EXPONENTIAL, LOGARITHM, ROOT = exp(Z), log(Z), Pow(Z, Rational(1, 2))


def paired(join: Callable[[Any, Any], Any], left: Value, right: Value) -> Value:
    """Two values joined entry by entry; a number goes with every entry of a matrix."""
    if not isinstance(left, list) and not isinstance(right, list):
        return join(left, right)
    if not isinstance(left, list):
        return [[join(left, one) for one in line] for line in right]
    if not isinstance(right, list):
        return [[join(one, right) for one in line] for line in left]
    return [[join(one, other) for one, other in zip(*lines, strict=True)] for lines in zip(left, right, strict=True)]


def matmul(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product."""
    return [[sum(a * b for a, b in zip(line, column, strict=True)) for column in zip(*right, strict=True)] for line in left]


def transposed(matrix: Matrix) -> Matrix:
    """Rows as columns."""
    return [list(line) for line in zip(*matrix, strict=True)]


def _rational(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)


def _exact(matrix: Matrix) -> bool:
    return all(isinstance(one, Fraction | int) for line in matrix for one in line)


def determinant(matrix: Matrix) -> Any:
    """The determinant, exact where the entries are."""
    if _exact(matrix):
        found = ImmutableMatrix([[_rational(Fraction(one)) for one in line] for line in matrix]).det()
        return Fraction(int(found.p), int(found.q))
    from numpy.linalg import det

    return float(det(_floats(matrix)))


def inverse(matrix: Matrix) -> Matrix:
    """The inverse, exact where the entries are. Raises UndefinedError where there is none."""
    if determinant(matrix) == 0:
        raise UndefinedError("a matrix whose determinant is 0 has no inverse; choose other numbers")
    if _exact(matrix):
        found = ImmutableMatrix([[_rational(Fraction(one)) for one in line] for line in matrix]).inv()
        return [[Fraction(int(one.p), int(one.q)) for one in found.row(row)] for row in range(found.rows)]
    from numpy.linalg import inv

    return [[float(one) for one in line] for line in inv(_floats(matrix))]


def _floats(matrix: Matrix) -> list[list[float]]:
    return [[float(one) for one in line] for line in matrix]


def _diagonal(matrix: Matrix) -> list[Any]:
    return [line[place] for place, line in enumerate(matrix)]


def _diagonal_matrix(matrix: Matrix) -> Matrix:
    entries = [line[0] for line in matrix]
    return [[one if place == other else Fraction(0) for other in range(len(entries))] for place, one in enumerate(entries)]


def _of(function: Callable[[Any], Any]) -> Callable[[Walk, Any], Value]:
    return lambda walk, one: function(walk.value(one.args[0]))


OPERATIONS: dict[type, Callable[[Walk, Any], Value]] = {
    MatMul: Walk.product,
    MatPow: Walk.repeated,
    **dict.fromkeys((Add, MatAdd), lambda walk, one: walk.each(one.args, add)),
    **dict.fromkeys((Mul, HadamardProduct), lambda walk, one: walk.each(one.args, mul)),
    **dict.fromkeys((Pow, HadamardPower, EntryPower), Walk.raised),
    Transpose: _of(transposed),
    Inverse: _of(inverse),
    DiagMatrix: _of(_diagonal_matrix),
    DiagonalOf: _of(lambda matrix: [[one] for one in _diagonal(matrix)]),
    OneMatrix: lambda walk, one: walk.filled(one, lambda row, col: 1),
    ZeroMatrix: lambda walk, one: walk.filled(one, lambda row, col: 0),
    Identity: lambda walk, one: walk.filled(one, lambda row, col: int(row == col)),
    ElementwiseApplyFunction: Walk.entrywise,
    Entrywise: Walk.of_several,
    Softmax: Walk.softmax,
    Scalar: _of(lambda matrix: matrix[0][0]),
    Tr: _of(lambda matrix: sum(_diagonal(matrix))),
    Det: _of(determinant),
    LogDet: lambda walk, one: walk.applied(LOGARITHM, determinant(walk.value(one.arg))),
    SumOfEntries: _of(lambda matrix: sum(one for line in matrix for one in line)),
    Norm1: _of(lambda matrix: sum(abs(one) for line in matrix for one in line)),
    Norm2: Walk.norm,
}
