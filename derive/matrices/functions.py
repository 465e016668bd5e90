"""MatrixFunction: a function of matrices by name, from text or from a SymPy expression.

What SymPy writes in its own ways (numbers as 1×1 matrices, functions of entries with a fresh dummy each, sums in
alphabetical order) is put into the heads that the rules know; what they do not know is refused by name.

To let in another head of SymPy: one row in ``_READ``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from sympy import (
    Add,
    Determinant,
    DiagMatrix,
    DiagonalOf,
    Expr,
    Function,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableDenseMatrix,
    Inverse,
    Lambda,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    Mul,
    NumberSymbol,
    OneMatrix,
    Pow,
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy import Number as SympyNumber
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from ..errors import DeriveError, UnknownNameError
from ..matrix import MatrixDefinition
from ..names import refuse_look_alikes, valid
from ..steps import Total
from ..written import Written
from .heads import ENTRY, Det, EntryPower, LogDet, Norm1, Norm2, Scalar, Softmax, SumOfEntries, SymmetricMatrix, Tr
from .parts import is_matrix, parts_of, refuse_unequal, same, scaled
from .reading import read_matrix
from .rules import SUPPORTED

__all__ = ["MatrixFunction", "matrix_function"]

LETTERS = ("f", "g", "h", "F", "G", "H", "phi", "psi", "result")


@dataclass(frozen=True, eq=False)
class MatrixFunction:
    """One named expression over matrix symbols and numbers, its letters the givens.

    The name is f, or the next letter that the expression leaves free.
    """

    givens: tuple[Expr, ...]
    definitions: tuple[MatrixDefinition, ...]
    cited: Mapping[Total, Expr] = field(default_factory=dict)

    @property
    def name(self) -> Any:
        """The symbol that is defined."""
        return self.definitions[0].symbol

    @property
    def expression(self) -> Any:
        """What it is defined as."""
        return self.definitions[0].expression

    @cached_property
    def by_symbol(self) -> dict[Expr, MatrixDefinition]:
        """The definition by the symbol that it defines."""
        return {one.symbol: one for one in self.definitions}

    def node(self, name: str | Expr) -> Any:
        """The letter of that name. Raises UnknownNameError with the letters there are."""
        names = {str(one): one for one in self.givens}
        if str(name) not in names or (isinstance(name, Expr) and names[str(name)] != name):
            raise UnknownNameError("letter", name, names, "this expression has")
        return names[str(name)]


def matrix_function(expression: Any, declared: Mapping[str, Any] | None = None) -> MatrixFunction:
    """The function that a text in the notation of matrixcalculus.org, or a SymPy expression, defines.

    ``declared`` says kinds and sizes of letters in a text, as for ``parse_matrix``. Raises DeriveError for
    anything else, for shapes that do not fit (with both), and for what the rules do not know.
    """
    if isinstance(expression, str):
        reading = read_matrix(expression, declared)
        return _defined(tuple(reading.letters.values()), reading.expression, reading.written)
    if declared:
        raise DeriveError("declared is for letters in a text; the symbols of a SymPy expression have their shapes")
    if not isinstance(expression, Expr):
        raise DeriveError(f"the expression is text or of SymPy, not {expression!r:.80}")
    givens = sorted(expression.free_symbols, key=str)
    for one in givens:
        if not isinstance(one, Symbol | MatrixSymbol):
            raise DeriveError(f"{one} is no letter for a number or a matrix")
        valid(one.name)  # type: ignore[attr-defined]
    refuse_look_alikes(givens)  # type: ignore[arg-type]
    value = _read(expression)
    return _defined(tuple(givens), value, value)


def _defined(givens: tuple[Expr, ...], value: Any, written: Written | Expr) -> MatrixFunction:
    used = {str(one) for one in givens}
    name = next(one for one in LETTERS if one not in used)
    symbol = MatrixSymbol(name, *value.shape) if is_matrix(value) else Symbol(name)
    return MatrixFunction(givens, (MatrixDefinition(symbol, value, written),))


# ---- from SymPy


def _read(one: Any) -> Any:
    """An expression in the heads that the rules know; what is 1×1 becomes a number."""
    if is_matrix(one) and same(tuple(one.shape), (1, 1)):
        return _number(one)
    return _matrix(one) if is_matrix(one) else _scalar(one)


def _number(one: Any) -> Expr:
    if isinstance(one, MatAdd):
        return Add(*map(_number, one.args))
    if isinstance(one, Transpose):
        return _number(one.arg)
    if not isinstance(one, MatMul):
        raise _unsupported(one, "what is 1×1 is written as a number, or as a product from a row to a column")
    return _scalar(parts_of(one)[0]) * Scalar(scaled(S.One, parts_of(_matrix(one))[1]))


def _scalar(one: Any) -> Any:
    if isinstance(one, Symbol | SympyNumber | NumberSymbol):
        return one
    reader = _READ.get(type(one))
    if reader is not None:
        return reader(one)
    if isinstance(one, Function) and len(one.args) == 1:
        if is_matrix(one.args[0]):
            raise _unsupported(one, "a function of a matrix is no function of its entries; entry by entry it is X.applyfunc(…)")
        return one.func(_scalar(one.args[0]))
    raise _unsupported(one)


def _matrix(one: Any) -> Any:
    if isinstance(one, MatrixSymbol | Identity | OneMatrix | ZeroMatrix | ImmutableDenseMatrix):
        return one
    reader = _READ.get(type(one))
    if reader is None:
        raise _unsupported(one)
    return reader(one)


def _unsupported(one: Any, why: str = "") -> DeriveError:
    return DeriveError(f"{type(one).__name__} is not supported in {one!s:.80}; {why or f'supported are {SUPPORTED}'}")


def _sum(one: MatAdd) -> MatAdd:
    """The terms in their order, but one with a minus is not the first."""
    terms = [_matrix(term) for term in one.args]
    for other in terms[1:]:
        refuse_unequal(terms[0], other, "plus")
    return MatAdd(*sorted(terms, key=lambda term: bool(parts_of(term)[0].could_extract_minus_sign())))


def _product(one: MatMul) -> Any:
    number, factors = parts_of(one)
    for left, right in pairwise(factors):
        if not same(left.shape[1], right.shape[0]):
            raise DeriveError(f"{left} of shape {tuple(left.shape)} times {right} of shape {tuple(right.shape)}: the inner sizes differ")
    return scaled(_scalar(number), [_matrix(factor) for factor in factors])


def _power(one: MatPow) -> Any:
    if not one.exp.is_Integer or one.exp == 0:
        raise _unsupported(one, "a power of a matrix is a whole number other than 0")
    base = _matrix(one.base) if one.exp > 0 else Inverse(_matrix(one.base))
    return base if abs(one.exp) == 1 else MatPow(base, abs(one.exp))


def _transpose(one: Transpose) -> Any:
    inner = _matrix(one.arg)
    return inner if isinstance(inner, SymmetricMatrix) else Transpose(inner)


def _hadamard(one: Any) -> Any:
    args = [_read(arg) for arg in one.args]
    for other in args[1:]:
        if is_matrix(args[0]) and is_matrix(other):
            refuse_unequal(args[0], other, "combined entry by entry with")
    return one.func(*args)


def _entry_power(one: Any) -> Any:
    same_shape = _hadamard(one)
    return EntryPower(*same_shape.args) if is_matrix(same_shape.exp) else same_shape


def _applied(one: Any) -> Any:
    body = one.function(ENTRY)
    if body.free_symbols - {ENTRY}:
        raise _unsupported(one, "a function of entries has no other letter than its argument")
    return ElementwiseApplyFunction(Lambda(ENTRY, body), _matrix(one.expr))


def _of_matrix(one: Any) -> Any:
    return one.func(_matrix(one.args[0]))


def _of_numbers(one: Any) -> Any:
    return one.func(*map(_scalar, one.args))


def _trace(one: Any) -> Any:
    return _number(one.arg) if same(tuple(one.arg.shape), (1, 1)) else Tr(_matrix(one.arg))


_READ: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys((Add, Mul, Pow), _of_numbers),
    **dict.fromkeys((Inverse, DiagMatrix, DiagonalOf, SumOfEntries, Norm1, Norm2, Det, LogDet, Softmax), _of_matrix),
    **dict.fromkeys((Trace, Tr), _trace),
    **dict.fromkeys((HadamardPower, EntryPower), _entry_power),
    HadamardProduct: _hadamard,
    Determinant: lambda one: Det(_matrix(one.arg)),
    Scalar: lambda one: _number(one.arg),
    MatAdd: _sum,
    MatMul: _product,
    MatPow: _power,
    Transpose: _transpose,
    ElementwiseApplyFunction: _applied,
}
