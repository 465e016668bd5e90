"""What the operations of matrix text mean: the shape of each result, and the SymPy expression that it is.

To add an operation: one row in ``OPERATIONS`` (a sign) or ``FUNCTIONS`` (a name).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sympy import (
    DiagMatrix,
    DiagonalOf,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    OneMatrix,
    S,
    Transpose,
)

from ..functions import TextFunction
from ..guards import build, refuse_no_number
from ..shapes import NAME, NUMBER
from ..shapes import Shape as Form
from ..shapes import shape as form
from . import fitting as fit
from .fitting import Part
from .heads import Det, EntryPower, LogDet, Norm1, Norm2, Scalar, Softmax, SumOfEntries, SymmetricMatrix, Tr, applied
from .parts import is_matrix, parts_of, scaled
from .sizes import Shape, Sizes
from .text import Node

__all__ = ["FUNCTIONS", "OPERATIONS", "Operation", "entry_by_entry"]


class Operation(NamedTuple):
    """One row: the shape of the result, and the result itself from its shape and the values of the parts.

    ``number`` is the head of ``Written`` where all parts are numbers, ``after`` what that takes besides them, and
    ``weight`` the work with each of their nodes.
    """

    fit: Callable[[Sizes, Sequence[Part]], Shape]
    build: Callable[[Any, list[Any]], Any]
    number: str | Callable[..., Expr] = ""
    after: tuple[Expr, ...] = ()
    weight: int = 6

    def form(self, parts: Sequence[Part], whole: Shape) -> Form:
        """How large the numbers of the result are, and how much work they make."""
        forms = [part.form for part in parts]
        if self.number == "*" or (self.number and whole is None):
            own = [*forms, *(NUMBER for _ in self.after)]
            return form(self.number, own, self.weight, _whole(parts[-1].node), parts[0].node.head in ("*", "/", "^"))
        return replace(NAME, work=sum(one.work for one in forms) + self.weight * len(parts))


def _whole(node: Node) -> int | None:
    """The integer that stands there as a number, if it is one."""
    inner = node.args[0] if node.head == "neg" else node
    if inner.head != "number" or not inner.text.isdigit():
        return None
    return -int(inner.text) if node.head == "neg" else int(inner.text)


def number(head: str | Callable[..., Expr], values: Sequence[Expr]) -> Expr:
    """An operation on numbers. Raises DeriveError where it has no real value."""
    value = build(head, values)
    refuse_no_number(value)
    return value


def _sum(shape: Any, values: list[Any]) -> Any:
    return number("+", values) if shape is None else MatAdd(*values)


def _negative(shape: Any, values: list[Any]) -> Any:
    if shape is None:
        return number("neg", values)
    coefficient, matrices = parts_of(values[0])
    return scaled(-coefficient, matrices)


def _multiplied(shape: Any, values: list[Any]) -> Any:
    """Factors from left to right; wherever a row meets a column, the product so far is a number."""
    coefficient, matrices = S.One, []
    for value in values:
        own, factors = parts_of(value) if is_matrix(value) else (value, ())
        coefficient = number("*", [coefficient, own])
        matrices += factors
        if matrices and matrices[0].shape[0] == 1 == matrices[-1].shape[1]:
            coefficient, matrices = number("*", [coefficient, Scalar(MatMul(*matrices))]), []
    return scaled(coefficient, matrices) if matrices else coefficient


def _divided(shape: Any, values: list[Any]) -> Any:
    if shape is None:
        return number("/", values)
    coefficient, matrices = parts_of(values[0])
    return scaled(number("/", [coefficient, values[1]]), matrices)


def _hadamard(shape: Any, values: list[Any]) -> Any:
    if shape is None:
        return number("*", values)
    coefficient = S.One
    bodies: list[Any] = []
    for value in values:
        own, matrices = parts_of(value) if is_matrix(value) else (value, ())
        coefficient = number("*", [coefficient, own])
        if matrices:
            body = scaled(S.One, matrices)
            bodies += body.args if isinstance(body, HadamardProduct) else [body]
    return scaled(coefficient, [HadamardProduct(*bodies) if len(bodies) > 1 else bodies[0]])


def _entry_quotient(shape: Any, values: list[Any]) -> Any:
    above, below = values
    if not is_matrix(below):
        return _divided(shape, values)
    return _hadamard(shape, [above, HadamardPower(below, S.NegativeOne)])


def _entry_power(shape: Any, values: list[Any]) -> Any:
    if shape is None:
        return number("**", values)
    return EntryPower(*values) if is_matrix(values[1]) else HadamardPower(*values)


def _raised(shape: Any, values: list[Any]) -> Any:
    if shape is None:
        return number("**", values)
    base, exponent = values[0], int(values[1])
    inner = base if exponent > 0 else Inverse(base)
    return inner if abs(exponent) == 1 else MatPow(inner, abs(exponent))


def _transposed(shape: Any, values: list[Any]) -> Any:
    (value,) = values
    if not is_matrix(value) or isinstance(value, SymmetricMatrix | Identity):
        return value
    return value.arg if isinstance(value, Transpose) else OneMatrix(*value.shape[::-1]) if isinstance(value, OneMatrix) else Transpose(value)


def _of(head: Any) -> Callable[[Any, list[Any]], Any]:
    return lambda shape, values: head(values[0])


def _trace(shape: Any, values: list[Any]) -> Any:
    return Tr(values[0]) if is_matrix(values[0]) else values[0]


def _diagonal_of(shape: Any, values: list[Any]) -> Any:
    return DiagMatrix(values[0]) if values[0].shape[1] == 1 else DiagonalOf(values[0])


def _repeated(shape: Any, values: list[Any]) -> Any:
    return scaled(values[0], [OneMatrix(*shape)])


def entry_by_entry(function: TextFunction) -> Operation:
    """The row of a function of numbers, which works on the entries of a matrix."""

    def head(argument: Any) -> Expr:
        return function.head(argument, *function.after)

    def made(shape: Any, values: list[Any]) -> Any:
        if shape is None:
            return number(function.head, [*values, *function.after])
        if function.name == "sqrt":
            return HadamardPower(values[0], S.Half)
        return applied(head, values[0])

    return Operation(fit.same, made, function.head, function.after, function.weight)


OPERATIONS: dict[str, Operation] = {
    "+": Operation(fit.alike, _sum, "+", weight=2),
    "neg": Operation(fit.same, _negative, "neg"),
    "*": Operation(fit.product, _multiplied, "*"),
    "/": Operation(fit.quotient, _divided, "/"),
    "^": Operation(fit.power, _raised, "**"),
    ".*": Operation(fit.entries, _hadamard, "*"),
    "./": Operation(fit.entries, _entry_quotient, "/"),
    ".^": Operation(fit.entries, _entry_power, "**"),
    "'": Operation(fit.turned, _transposed),
}
FUNCTIONS: dict[str, Operation] = {
    "sum": Operation(fit.to_number, _of(SumOfEntries)),
    "norm1": Operation(fit.to_number, _of(Norm1)),
    "norm2": Operation(fit.to_number, _of(Norm2)),
    "tr": Operation(fit.traced, _trace),
    "det": Operation(fit.square_to_number, _of(Det)),
    "logdet": Operation(fit.square_to_number, _of(LogDet)),
    "inv": Operation(fit.square, _of(Inverse)),
    "diag": Operation(fit.diagonal, _diagonal_of),
    "softmax": Operation(fit.matrix, _of(Softmax)),
    "vector": Operation(fit.constant(False), _repeated),
    "matrix": Operation(fit.constant(True), _repeated),
}
