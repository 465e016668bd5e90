"""The algebra in which gradients of matrix expressions are written: products, sums and traces in the form of a textbook.

SymPy's own ``doit`` sorts the terms of sums and multiplies numbers into them; here the written order stays,
inverses and identities cancel, and what is common to the terms of a sum is taken out: (A + Aᵀ)x, 2Aᵀ(Ax − b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from sympy import (
    Add,
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    Lambda,
    MatAdd,
    MatMul,
    MatPow,
    Mul,
    OneMatrix,
    Pow,
    S,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from ..errors import DeriveError
from .heads import ENTRY, EntryPower, Tr
from .numbers import scalar, sum_of
from .parts import Factors, diagonal_matrix, hadamard, is_matrix, parts_of, raised, refuse_unequal, same, scaled, transposed

__all__ = ["entrywise", "inner", "inverted", "plus", "tidied", "times", "trace"]


# ---- products


def times(*factors: Any) -> Any:
    """The product of matrices and numbers. Raises DeriveError, with both shapes, where the inner sizes differ."""
    number, matrices = _gathered(factors)
    if not matrices:
        return number
    shape = (matrices[0].shape[0], matrices[-1].shape[1])
    for left, right in pairwise(matrices):
        if not same(left.shape[1], right.shape[0]):
            raise DeriveError(f"{left} of shape {tuple(left.shape)} times {right} of shape {tuple(right.shape)}: the inner sizes differ")
    if number == 0 or any(isinstance(one, ZeroMatrix) for one in matrices):
        return ZeroMatrix(*shape)
    more, matrices = _merged(matrices)
    inside, matrices = _numbers_inside(matrices)
    return scaled(number * more * inside, matrices)


def _gathered(factors: Iterable[Any]) -> tuple[Expr, list[Any]]:
    number, matrices = S.One, []
    for factor in factors:
        own, inner = parts_of(factor) if is_matrix(factor) else (factor, ())
        number *= own
        matrices.extend(inner)
    return number, matrices


def _merged(matrices: Sequence[Any]) -> tuple[Expr, list[Any]]:
    """The product with each pair of neighbours that has a shorter form in it."""
    number, done = S.One, []
    for matrix in matrices:
        done.append(matrix)
        while len(done) > 1 and (shorter := _pair(*done[-2:])) is not None:
            own, inner = parts_of(shorter)
            number *= own
            done[-2:] = inner
    return number, done


def _pair(left: Any, right: Any) -> Any:
    """A shorter form of a product of two, or None."""
    if isinstance(left, Identity):
        return right
    if isinstance(right, Identity):
        return left
    (base, power), (other, more) = _power_of(left), _power_of(right)
    if base == other and same(*base.shape):
        return _powered(base, power + more)
    if isinstance(left, OneMatrix) and isinstance(right, OneMatrix):
        return MatMul(left.shape[1], OneMatrix(left.shape[0], right.shape[1]))
    if isinstance(left, DiagMatrix) and isinstance(right, DiagMatrix):
        return diagonal_matrix(hadamard(left.args[0], right.args[0]))
    if isinstance(left, DiagMatrix) and right.shape[1] == 1:
        return hadamard(left.args[0], right)
    if isinstance(right, DiagMatrix) and left.shape[0] == 1:
        return hadamard(left, transposed(right.args[0]))
    return None


def _power_of(matrix: Any) -> tuple[Any, Any]:
    if isinstance(matrix, Inverse):
        return matrix.arg, S.NegativeOne
    if isinstance(matrix, MatPow) and matrix.exp.is_Integer:
        return matrix.base, matrix.exp
    return matrix, S.One


def _powered(base: Any, power: Any) -> Any:
    if power == 0:
        return Identity(base.shape[0])
    return base if power == 1 else inverted(base) if power == -1 else MatPow(base, power)


def _numbers_inside(matrices: list[Any]) -> tuple[Expr, list[Any]]:
    """The 1×1 products inside a product as numbers, and the rest of it."""
    ends = [place + 1 for place, one in enumerate(matrices[:-1]) if one.shape[1] == 1]
    if not ends:
        return S.One, matrices
    pieces = [matrices[start:end] for start, end in zip([0, *ends], [*ends, len(matrices)], strict=True)]
    numbers = [place for place, piece in enumerate(pieces) if piece[0].shape[0] == 1 and piece[-1].shape[1] == 1]
    if len(numbers) == len(pieces):
        numbers = numbers[:-1]
    rest = [one for place, piece in enumerate(pieces) if place not in numbers for one in piece]
    return Mul(*(scalar(scaled(S.One, pieces[place])) for place in numbers)), rest


def inverted(matrix: Any) -> Any:
    """The inverse."""
    if isinstance(matrix, Inverse):
        return matrix.arg
    return matrix if isinstance(matrix, Identity) else Inverse(matrix)


# ---- sums


def plus(*terms: Any) -> Any:
    """The sum of matrices of one shape, or of numbers; what its terms share is taken out."""
    if not is_matrix(terms[0]):
        return Add(*terms)
    for other in terms[1:]:
        refuse_unequal(terms[0], other, "plus")
    found = _alike(terms)
    return _joined(found, terms[0].shape)


def _alike(terms: Iterable[Any]) -> list[tuple[Expr, Factors]]:
    """The terms as coefficients and matrices, those of the same matrices added."""
    whole, opened = list(_open(terms, False)), list(_open(terms, True))
    shorter = _added(opened)
    return shorter if len(shorter) < len(opened) else _added(whole)


def _open(terms: Iterable[Any], multiply: bool) -> Iterable[tuple[Expr, Factors]]:
    """The terms of a sum; ``multiply`` opens sums with a coefficient too."""
    for term in terms:
        number, matrices = parts_of(term)
        if len(matrices) == 1 and isinstance(matrices[0], MatAdd) and (multiply or number == 1):
            for own, inner in _open(matrices[0].args, multiply):
                yield number * own, inner
        else:
            yield number, matrices


def _added(terms: Iterable[tuple[Expr, Factors]]) -> list[tuple[Expr, Factors]]:
    sums: dict[Any, Any] = {}
    written: dict[Any, Factors] = {}
    for number, matrices in terms:
        if not isinstance(matrices[0], ZeroMatrix):
            key = tuple(frozenset(one.args) if isinstance(one, HadamardProduct) else one for one in matrices)
            sums[key] = sums.get(key, S.Zero) + number
            written.setdefault(key, matrices)
    return [(number, written[key]) for key, number in sums.items() if number != 0]


def _joined(terms: list[tuple[Expr, Factors]], shape: Any) -> Any:
    """The sum of terms; a last or first factor of several of them is taken out, and so is a coefficient of all."""
    if not terms:
        return ZeroMatrix(*shape)
    for end in (-1, 0):
        terms = _taken_out(terms, end)
    if len(terms) == 1:
        return times(*(one for one in (terms[0][0], *terms[0][1]) if one != 1))
    number = terms[0][0]
    if number not in (1, -1) and all(own in (number, -number) for own, _ in terms):
        return MatMul(number, MatAdd(*(scaled(own / number, matrices) for own, matrices in terms)))
    return MatAdd(*(scaled(own, matrices) for own, matrices in terms))


def _taken_out(terms: list[tuple[Expr, Factors]], end: int) -> list[tuple[Expr, Factors]]:
    groups: dict[Any, list[tuple[Expr, Factors]]] = {}
    for number, matrices in terms:
        key = matrices[end] if len(matrices) > 1 else matrices
        groups.setdefault(key, []).append((number, matrices))
    found = []
    for common, group in groups.items():
        if len(group) == 1:
            found += group
            continue
        rests = [(number, matrices[:-1] if end else matrices[1:]) for number, matrices in group]
        rest = _joined(_added(rests), (rests[0][1][0].shape[0], rests[0][1][-1].shape[1]))
        found.append(parts_of(times(rest, common) if end else times(common, rest)))
    return found


# ---- functions of entries


def entrywise(function: Expr, matrix: Any) -> Any:
    """A function of the letter z applied to every entry: sums, products and powers of entries become those of matrices."""
    if not function.has(ENTRY):
        return scaled(function, [OneMatrix(*matrix.shape)])
    if function == ENTRY:
        return matrix
    if isinstance(function, Add):
        return plus(*(entrywise(one, matrix) for one in _simple_last(function.args)))
    if isinstance(function, Mul):
        return hadamard(*(entrywise(one, matrix) if one.has(ENTRY) else one for one in function.args))
    if isinstance(function, Pow) and not function.exp.has(ENTRY):
        return raised(entrywise(function.base, matrix), function.exp)
    return ElementwiseApplyFunction(Lambda(ENTRY, function), matrix)


def _simple_last(terms: Sequence[Expr]) -> list[Expr]:
    """1 − z rather than −z + 1."""
    return sorted(terms, key=lambda one: bool(one.could_extract_minus_sign()))


# ---- numbers


def trace(matrix: Any) -> Expr:
    """The trace; that of an outer product is the inner one."""
    number, matrices = parts_of(matrix)
    body = scaled(S.One, matrices)
    if isinstance(body, MatAdd):
        return number * Add(*map(trace, body.args))
    if isinstance(body, Identity):
        return number * body.shape[0]
    if isinstance(body, ZeroMatrix):
        return S.Zero
    column = next((place + 1 for place, one in enumerate(matrices) if one.shape[1] == 1), 0)
    return number * (scalar(times(*matrices[column:], *matrices[:column])) if column else Tr(body))


def inner(left: Any, right: Any) -> Expr:
    """The sum of the products of entries of two matrices of one shape, tr(LᵀR)."""
    refuse_unequal(left, right, "times, entry by entry,")
    (number, factors), (more, others) = parts_of(left), parts_of(right)
    one, other = scaled(S.One, factors), scaled(S.One, others)
    if isinstance(one, OneMatrix) or isinstance(other, OneMatrix):
        return number * more * sum_of(other if isinstance(one, OneMatrix) else one)
    if one.shape[0] == 1 and one.shape[1] != 1:
        return number * more * scalar(times(one, transposed(other)))
    product = times(transposed(one), other)
    return number * more * (scalar(product) if one.shape[1] == 1 else trace(product))


# ---- a whole expression


def tidied(one: Any) -> Any:
    """A matrix expression as it was written, put into the form of this room."""
    tidy = _TIDIED.get(type(one))
    return tidy(one) if tidy else one


_TIDIED: dict[type, Callable[[Any], Any]] = {
    MatMul: lambda one: times(parts_of(one)[0], *map(tidied, parts_of(one)[1])),
    MatAdd: lambda one: plus(*map(tidied, one.args)),
    Transpose: lambda one: transposed(tidied(one.arg)),
    Inverse: lambda one: inverted(tidied(one.arg)),
    MatPow: lambda one: _powered(tidied(one.base), one.exp),
    HadamardProduct: lambda one: hadamard(*map(tidied, one.args)),
    **dict.fromkeys((HadamardPower, EntryPower), lambda one: raised(*map(tidied, one.args))),
    ElementwiseApplyFunction: lambda one: ElementwiseApplyFunction(one.function, tidied(one.expr)),
    DiagMatrix: lambda one: diagonal_matrix(tidied(one.args[0])),
}
