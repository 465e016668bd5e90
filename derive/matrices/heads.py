"""Heads of matrix expressions that SymPy does not have: norms, sums of entries, log det, softmax, symmetric matrices.

Each says by ``definition`` what it is in SymPy's own heads, so that whoever works with entries needs to know
only those, and ``Scalar``.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Abs,
    Add,
    Determinant,
    Expr,
    HadamardPower,
    HadamardProduct,
    Lambda,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Symbol,
    Trace,
    Transpose,
    exp,
    log,
    sqrt,
)  # fmt: skip
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.printing.precedence import PRECEDENCE

__all__ = [
    "ENTRY",
    "Det",
    "EntryPower",
    "LogDet",
    "Norm1",
    "Norm2",
    "OfMatrix",
    "Scalar",
    "Softmax",
    "SumOfEntries",
    "SymmetricMatrix",
    "Tr",
    "applied",
    "rows_of_softmax",
]

ENTRY = Symbol("z")  # the argument of a function that is applied entry by entry


class OfMatrix(Expr):
    """A number that belongs to a matrix.

    To SymPy it is an atom: its ways with sums of numbers must not be tried on the sums of matrices inside.
    """

    is_commutative = True
    is_real = True
    is_Atom = True
    is_number = False
    called = ""

    @property
    def arg(self) -> Any:
        """The matrix."""
        return self.args[0]

    @property
    def definition(self) -> Expr:
        """The same number in SymPy's own heads."""
        raise NotImplementedError

    def _sympystr(self, printer: Any) -> str:
        return f"{self.called}({printer._print(self.arg)})"


class Scalar(OfMatrix):
    """The entry of a 1×1 matrix, such as xᵀAx."""

    precedence = PRECEDENCE["Mul"]

    @property
    def definition(self) -> Expr:
        """The trace: SymPy has no other way from a 1×1 matrix to its entry."""
        return Trace(self.arg)

    def _sympystr(self, printer: Any) -> str:
        return printer._print(self.arg)


class Tr(OfMatrix):
    """The sum of the entries on the diagonal of a square matrix."""

    called = "tr"

    @property
    def definition(self) -> Expr:
        """SymPy's own head, into whose argument its ways with numbers look."""
        return Trace(self.arg)


class Det(OfMatrix):
    """The determinant of a square matrix."""

    called = "det"

    @property
    def definition(self) -> Expr:
        """SymPy's own head, into whose argument its ways with numbers look."""
        return Determinant(self.arg)


class SumOfEntries(OfMatrix):
    """The sum of all entries of a vector or matrix."""

    called = "sum"

    @property
    def definition(self) -> Expr:
        """1ᵀX1, with vectors of ones."""
        rows, cols = self.arg.shape
        return Scalar(MatMul(OneMatrix(1, rows), self.arg, OneMatrix(cols, 1)))


class Norm1(OfMatrix):
    """The sum of the absolute values of all entries."""

    is_nonnegative = True
    called = "norm1"

    @property
    def definition(self) -> Expr:
        """The sum of the entries, absolute values taken."""
        return SumOfEntries(applied(Abs, self.arg))


class Norm2(OfMatrix):
    """The Euclidean norm of a vector, the Frobenius norm of a matrix."""

    is_nonnegative = True
    called = "norm2"

    @property
    def definition(self) -> Expr:
        """The root of the trace of XᵀX."""
        return sqrt(Trace(MatMul(Transpose(self.arg), self.arg)))


class LogDet(OfMatrix):
    """The logarithm of a determinant that is positive."""

    called = "logdet"

    @property
    def definition(self) -> Expr:
        """The logarithm applied to the determinant."""
        return log(Determinant(self.arg))


class Softmax(MatrixExpr):
    """exp(X) divided by its sums: of a column vector over the whole of it, of any other matrix along each row."""

    @property
    def arg(self) -> Any:
        """The vector or matrix to which it is applied."""
        return self.args[0]

    @property
    def shape(self) -> Any:
        """The shape of the argument."""
        return self.arg.shape

    @property
    def definition(self) -> MatrixExpr:
        """The quotient, with the sums repeated along what they were taken over."""
        powers = applied(exp, self.arg)
        rows, cols = self.shape
        sums = MatMul(powers, OneMatrix(cols, cols)) if rows_of_softmax(self.arg) else MatMul(OneMatrix(rows, rows), powers)
        return HadamardProduct(powers, HadamardPower(sums, -1))

    def _entry(self, i: Any, j: Any, **options: Any) -> Expr:
        rows, cols = self.shape
        line = [(i, k) for k in range(int(cols))] if rows_of_softmax(self.arg) else [(k, j) for k in range(int(rows))]
        return exp(self.arg[i, j]) / Add(*(exp(self.arg[place]) for place in line))

    def _sympystr(self, printer: Any) -> str:
        return f"softmax({printer._print(self.arg)})"


class EntryPower(HadamardPower):
    """Every entry of a matrix, or a number, to the power of the entry of a matrix at the same place."""

    def _eval_transpose(self) -> EntryPower:
        """Both are turned; SymPy's own turns only the base, and fails on shapes when it prints."""
        return EntryPower(*(one.T if getattr(one, "is_Matrix", False) else one for one in self.args))


class SymmetricMatrix(MatrixSymbol):
    """A square matrix of a name that is its own transpose."""

    def __new__(cls, name: Any, rows: Any, cols: Any = None) -> SymmetricMatrix:
        """The matrix of that name and size; ``cols`` is there because SymPy rebuilds a symbol from its arguments."""
        return MatrixSymbol.__new__(cls, name, rows, rows if cols is None else cols)

    def _eval_transpose(self) -> SymmetricMatrix:
        return self

    def _entry(self, i: Any, j: Any, **options: Any) -> Expr:
        """The entry of the upper triangle for both of a pair."""
        return MatrixSymbol._entry(self, *((j, i) if (j - i).is_negative else (i, j)), **options)


def rows_of_softmax(matrix: Any) -> bool:
    """Is softmax taken along the rows of the matrix? (Down a column vector otherwise.)"""
    return matrix.shape[1] != 1


def applied(function: Any, matrix: Any) -> MatrixExpr:
    """A function of one number applied to every entry; equal ones compare as equal, which SymPy's own with its dummies do not."""
    return ElementwiseApplyFunction(Lambda(ENTRY, function(ENTRY)), matrix)
