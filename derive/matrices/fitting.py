"""Which shapes fit which operation, and what shape it gives: told before anything is built.

Every rule here takes the parts that an operation is applied to, makes the sizes agree that must, and gives the
shape of the result (None: a number). It raises DeriveError, with the shapes, where they do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..errors import DeriveError
from ..shapes import NAME
from ..shapes import Shape as Form
from .sizes import Shape, Sizes
from .text import Node

__all__ = [
    "Part", "alike", "constant", "diagonal", "entries", "matrix", "power", "product", "quotient", "same", "square", "square_to_number", "to_number",
    "traced", "turned",
]  # fmt: skip

LARGEST_POWER = 10
POWERS = "a matrix takes a whole number as its power, from -10 to 10 and not 0; entry by entry it is .^"


class Part(NamedTuple):
    """A part of the text: where it stands, its shape, the operation that it is, and what that is applied to.

    ``form`` says how large its numbers are and how much work they make; a number made of a matrix is one name.
    """

    node: Node
    shape: Shape
    form: Form = NAME
    operation: Any = None
    parts: tuple[Part, ...] = ()


def same(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of what changes no shape."""
    return parts[0].shape


def _shown(sizes: Sizes, part: Part) -> str:
    """A part with what it is, for messages."""
    if part.shape is None:
        return f"{part.node.text} is a number"
    return f"{part.node.text} has the shape {sizes.shape(part.shape)}"


def _refused(sizes: Sizes, parts: Sequence[Part], why: str) -> DeriveError:
    return DeriveError(f"{', '.join(_shown(sizes, one) for one in parts)}; {why}")


def alike(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """The shape of a sum: numbers only, or matrices of one shape."""
    first = parts[0]
    for other in parts[1:]:
        if (first.shape is None) != (other.shape is None):
            raise _refused(sizes, (first, other), "a number is added to every entry as vector(a) or matrix(a)")
        _agree(sizes, first, other)
    return first.shape


def _agree(sizes: Sizes, left: Part, right: Part) -> None:
    if left.shape is None or right.shape is None:
        return
    if not sizes.fit(left.shape, right.shape):
        raise _refused(sizes, (left, right), "the shapes differ")


def entries(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """The shape of an operation entry by entry: a number goes with every entry."""
    matrices = [one for one in parts if one.shape is not None]
    return alike(sizes, matrices) if matrices else None


def product(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """The shape of a product from left to right; a row times a column is a number."""
    shape, factors = None, []
    for part in parts:
        factors.append(part)
        shape = _times(sizes, shape, part, factors)
    return shape


def _times(sizes: Sizes, shape: Shape, part: Part, factors: Sequence[Part]) -> Shape:
    if shape is None or part.shape is None:
        return part.shape if shape is None else shape
    if not sizes.agree(shape[1], part.shape[0]):
        before = "*".join(one.node.text for one in factors[:-1])
        left, right = (sizes.shape(one) for one in (shape, part.shape))
        raise DeriveError(f"{before} of shape {left} times {part.node.text} of shape {right}: the inner sizes differ{_hint(shape, part.shape)}")
    return None if shape[0] == 1 == part.shape[1] else (shape[0], part.shape[1])


def _hint(left: tuple[Any, Any], right: tuple[Any, Any]) -> str:
    return "; entry by entry it is .*, and x'*y is the inner product" if left[1] == right[1] == 1 else ""


def quotient(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of a quotient: only numbers divide."""
    if parts[1].shape is not None:
        raise _refused(sizes, parts[1:], "only numbers divide with /; entry by entry it is ./, and a matrix is inverted by inv(X)")
    return parts[0].shape


def power(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of a power: of a number, or a whole one of a square matrix."""
    base, exponent = parts
    if exponent.shape is not None:
        raise _refused(sizes, parts, "a power has a number as its exponent; entry by entry it is .^")
    if base.shape is None:
        return None
    if _whole(exponent.node) is None:
        raise _refused(sizes, [base], POWERS)
    return square(sizes, parts[:1], POWERS)


def _whole(node: Node) -> int | None:
    """The literal exponent of a matrix power, if it is one."""
    inner = node.args[0] if node.head == "neg" else node
    if inner.head != "number" or not inner.text.isdigit() or not 1 <= int(inner.text) <= LARGEST_POWER:
        return None
    return -int(inner.text) if node.head == "neg" else int(inner.text)


def square(sizes: Sizes, parts: Sequence[Part], why: str = "this is for square matrices") -> Shape:
    """Of a square matrix, whose two sizes are made the same."""
    (part,) = parts
    if part.shape is None or 1 in part.shape or not sizes.agree(*part.shape):
        raise _refused(sizes, parts, why)
    return part.shape


def turned(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of a transpose."""
    return parts[0].shape and parts[0].shape[::-1]


def to_number(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of what makes a number of a vector or matrix."""
    if parts[0].shape is None:
        raise _refused(sizes, parts, "this is for vectors and matrices")
    return None


def square_to_number(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of what makes a number of a square matrix."""
    square(sizes, parts)
    return None


def traced(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of a trace; a number is its own."""
    return None if parts[0].shape is None else square_to_number(sizes, parts)


def matrix(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of what takes a vector or matrix and leaves its shape."""
    to_number(sizes, parts)
    return parts[0].shape


def diagonal(sizes: Sizes, parts: Sequence[Part]) -> Shape:
    """Of diag: a square matrix from a column vector, and a column vector from a square matrix."""
    shape = parts[0].shape
    if shape is not None and shape[1] == 1:
        return shape[0], shape[0]
    size = square(sizes, parts, "diag is for column vectors and square matrices")
    return size and (size[0], 1)


def constant(columns: bool) -> Callable[[Sizes, Sequence[Part]], Shape]:
    """Of a number repeated in a vector, or in the columns of a matrix too."""

    def shape(sizes: Sizes, parts: Sequence[Part]) -> Shape:
        if parts[0].shape is not None:
            raise _refused(sizes, parts, "vector(a) and matrix(a) repeat a number")
        return sizes.open(), sizes.open() if columns else 1

    return shape
