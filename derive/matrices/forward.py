"""The walk forward through a matrix expression, for what is no number: Jacobians, and derivatives by a number.

A column vector by a column vector: entry (i, k) of the Jacobian is ∂f_i/∂x_k. Anything by a number t: a derivative
of the shape of the expression. Each part is derived once, from the parts that it is made of, by one law.

To add a law: a row in ``JACOBIANS`` or in ``BY_NUMBER``, under its head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from sympy import DiagMatrix, DiagonalOf, HadamardPower, HadamardProduct, Identity, Inverse, MatAdd, MatMul, MatPow, S, Transpose, ZeroMatrix, log
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from ..errors import DeriveError
from ..steps import Claim, Step, Term, Total
from .algebra import entrywise, plus, tidied
from .arrivals import entry_slope, less_one
from .backward import backward
from .heads import ENTRY, Softmax, rows_of_softmax
from .joins import JOINS
from .numbers import scalar
from .parts import hadamard, is_matrix, parts_of, raised, scaled, transposed
from .rules import SUPPORTED

__all__ = ["BY_NUMBER", "JACOBIANS", "ForwardRule", "forward"]


class ForwardRule(NamedTuple):
    """One law: its name, its head, how factors are joined, and the derivative as a sum of ordered products."""

    name: str
    head: type
    joined: str
    terms: Callable[[_Walk, Any], Iterator[Term]]
    when: Callable[[Any], bool] = lambda whole: True


def forward(root: Any, wrt: Any) -> dict[Claim, Step]:
    """The facts that lead to ∂root/∂wrt for a matrix expression; each cites earlier ones only.

    wrt is a number, or a column vector where the root is one too. Raises DeriveError for an operation outside the rules.
    """
    walk = _Walk(wrt)
    if wrt not in root.free_symbols:
        claim: Any = Total(root, wrt)
        return {claim: Step(claim, "constant", (), walk.zero(root))}
    walk.derivative(root)
    return walk.facts


class _Walk:
    """One walk: what is differentiated by, and the facts so far."""

    def __init__(self, wrt: Any) -> None:
        self.wrt = wrt
        self.rules = JACOBIANS if is_matrix(wrt) else BY_NUMBER
        self.facts: dict[Claim, Step] = {}

    def depends(self, one: Any) -> bool:
        return self.wrt in one.free_symbols

    def derivative(self, one: Any) -> Claim:
        """The claim of the derivative of a part, once its fact is stated."""
        if not is_matrix(one):
            return self.of_number(one)
        claim: Any = Total(one, self.wrt)
        if claim not in self.facts:
            self.facts[claim] = self.variable(claim) if one == self.wrt else self.by_law(claim, one)
        return claim

    def zero(self, one: Any) -> Any:
        rows, cols = one.shape
        return ZeroMatrix(rows, self.wrt.shape[0] if is_matrix(self.wrt) else cols)

    def variable(self, claim: Any) -> Step:
        identity = Identity(self.wrt.shape[0])
        return Step(claim, "variable", ((identity,),), identity)

    def of_number(self, number: Any) -> Claim:
        """The derivative of a number by a number, or by a column, as a row: ∂s/∂xᵀ."""
        self.facts.update(backward(number, number, self.wrt))
        claim: Any = Total(number, self.wrt)
        if not is_matrix(self.wrt):
            return claim
        row: Any = Total(number, Transpose(self.wrt))  # type: ignore[arg-type]
        self.facts[row] = Step(row, "transpose", ((claim,),), transposed(self.facts[claim].value))
        return row

    def by_law(self, claim: Any, one: Any) -> Step:
        rule = next((rule for rule in self.rules if isinstance(one, rule.head) and rule.when(one)), None)
        if rule is None:
            raise _unsupported(one, self.wrt)
        terms = tuple(rule.terms(self, one))
        if not terms:  # a number before it was 0 after all
            return Step(claim, "no path", (), self.zero(one))
        joined = [JOINS[rule.joined](*map(self.value, term)) for term in terms]
        alone = rule.head is MatMul and len(terms) == 1 == len(terms[0])
        return Step(claim, "rewritten" if alone else rule.name, terms, plus(*joined))

    def value(self, factor: Any) -> Any:
        return self.facts[factor].value if isinstance(factor, Total) else tidied(factor)


def _unsupported(one: Any, wrt: Any) -> DeriveError:
    return DeriveError(
        f"the derivative of {one!s:.60} by {wrt} is not supported: in a vector by a vector, only sums, constant matrices times vectors, numbers times "
        f"vectors, diag(u)*v, entrywise operations and softmax may depend on the variable; supported for numbers are {SUPPORTED}"
    )


# ---- a column by a column


def _sum(walk: _Walk, sum_: Any) -> Iterator[Term]:
    return ((walk.derivative(term),) for term in sum_.args if walk.depends(term))


def _product(walk: _Walk, product: Any) -> Iterator[Term]:
    """Numbers times a vector, by both; a constant matrix times a vector; and what can be written as one of these."""
    number, factors = parts_of(product)
    numbers, vector = _split(number, factors)
    if numbers != number or walk.depends(number):
        body = scaled(S.One, vector)
        if walk.depends(body):
            yield numbers, walk.derivative(body)
        if walk.depends(numbers):
            yield body, walk.derivative(numbers)
        return
    varying = next((place for place, one in enumerate(factors) if walk.depends(one)), 0)
    if varying < len(factors) - 1:
        yield (walk.derivative(_rewritten(walk, product, number, factors, varying)),)
        return
    yield *(() if number == 1 else (number,)), *factors[:-1], walk.derivative(factors[-1])


def _split(number: Any, factors: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The numbers in a product that gives a column, and the factors of the column that they multiply."""
    ends = [*(place + 1 for place, one in enumerate(factors[:-1]) if one.shape[1] == 1), len(factors)]
    for start, end in pairwise(ends):
        number *= scalar(scaled(S.One, factors[start:end]))
    return number, factors[: ends[0]]


def _rewritten(walk: _Walk, product: Any, number: Any, factors: tuple[Any, ...], varying: int) -> Any:
    """A product in which a matrix varies, as a sum, or with an entrywise product."""
    before, one, after = factors[:varying], factors[varying], factors[varying + 1 :]
    if isinstance(one, MatAdd):
        return MatAdd(*(scaled(number * parts_of(term)[0], (*before, *parts_of(term)[1], *after)) for term in one.args))
    if isinstance(one, DiagMatrix):
        return scaled(number, (*before, HadamardProduct(one.args[0], scaled(S.One, after))))
    raise _unsupported(product, walk.wrt)


def _entry_product(walk: _Walk, product: Any) -> Iterator[Term]:
    for place, factor in enumerate(product.args):
        if walk.depends(factor):
            yield DiagMatrix(hadamard(*product.args[:place], *product.args[place + 1 :])), walk.derivative(factor)


def _entry_power(walk: _Walk, power: Any) -> Iterator[Term]:
    for argument, slope in _entry_slopes(power):
        if walk.depends(argument):
            yield (DiagMatrix(slope) if is_matrix(argument) else slope), walk.derivative(argument)


def _entry_slopes(power: Any) -> Iterator[tuple[Any, Any]]:
    base, exponent = power.args
    yield base, hadamard(exponent, raised(base, less_one(exponent)))
    yield exponent, hadamard(power, entrywise(log(ENTRY), base) if is_matrix(base) else log(base))


def _entry_function(walk: _Walk, whole: Any) -> Iterator[Term]:
    yield DiagMatrix(entry_slope(whole)), walk.derivative(whole.expr)


def _softmax(walk: _Walk, softmax: Any) -> Iterator[Term]:
    derivative = walk.derivative(softmax.arg)
    yield DiagMatrix(softmax), derivative
    yield S.NegativeOne, softmax, Transpose(softmax), derivative


def _transpose(walk: _Walk, transpose: Any) -> Iterator[Term]:
    inner = transposed(tidied(transpose.arg))
    if isinstance(inner, Transpose):
        raise _unsupported(transpose, walk.wrt)
    yield (walk.derivative(inner),)


JACOBIANS: tuple[ForwardRule, ...] = (
    ForwardRule("sum", MatAdd, "product", _sum),
    ForwardRule("matrix product", MatMul, "product", _product),
    ForwardRule("entrywise product", HadamardProduct, "product", _entry_product),
    ForwardRule("entrywise power", HadamardPower, "product", _entry_power),
    ForwardRule("entrywise function", ElementwiseApplyFunction, "product", _entry_function),
    ForwardRule("softmax", Softmax, "product", _softmax, lambda softmax: not rows_of_softmax(softmax)),
    ForwardRule("rewritten", Transpose, "product", _transpose),
)


# ---- anything by a number


def _each_factor(walk: _Walk, product: Any) -> Iterator[Term]:
    number, factors = parts_of(product)
    if walk.depends(number):
        yield walk.derivative(number), scaled(S.One, factors)
    for place, factor in enumerate(factors):
        if walk.depends(factor):
            yield *(() if number == 1 else (number,)), *factors[:place], walk.derivative(factor), *factors[place + 1 :]


def _each_entry_factor(walk: _Walk, product: Any) -> Iterator[Term]:
    for place, factor in enumerate(product.args):
        if walk.depends(factor):
            yield (*product.args[:place], walk.derivative(factor), *product.args[place + 1 :])


def _argument(walk: _Walk, whole: Any) -> Iterator[Term]:
    yield (walk.derivative(whole.args[0]),)


def _inverse(walk: _Walk, inverse: Any) -> Iterator[Term]:
    yield S.NegativeOne, inverse, walk.derivative(inverse.arg), inverse


def _matrix_power(walk: _Walk, power: Any) -> Iterator[Term]:
    derivative, count = walk.derivative(power.base), int(power.exp)
    for place in range(count):
        yield (*(power.base,) * place, derivative, *(power.base,) * (count - 1 - place))


def _each_entry_power(walk: _Walk, power: Any) -> Iterator[Term]:
    return ((slope, walk.derivative(one)) for one, slope in _entry_slopes(power) if walk.depends(one))


def _each_entry_slope(walk: _Walk, whole: Any) -> Iterator[Term]:
    yield entry_slope(whole), walk.derivative(whole.expr)


def _rows(walk: _Walk, softmax: Any) -> Iterator[Term]:
    yield softmax, walk.derivative(softmax.arg)


BY_NUMBER: tuple[ForwardRule, ...] = (
    ForwardRule("sum", MatAdd, "product", _sum),
    ForwardRule("matrix product", MatMul, "product", _each_factor),
    ForwardRule("transpose", Transpose, "transposed", _argument),
    ForwardRule("inverse", Inverse, "product", _inverse),
    ForwardRule("matrix power", MatPow, "product", _matrix_power),
    ForwardRule("entrywise product", HadamardProduct, "entry by entry", _each_entry_factor),
    ForwardRule("entrywise power", HadamardPower, "entry by entry", _each_entry_power),
    ForwardRule("entrywise function", ElementwiseApplyFunction, "entry by entry", _each_entry_slope),
    ForwardRule("softmax", Softmax, "product", _softmax, lambda softmax: not rows_of_softmax(softmax)),
    ForwardRule("softmax of rows", Softmax, "softmax of rows", _rows),
    ForwardRule("diagonal matrix", DiagMatrix, "diagonal matrix", _argument),
    ForwardRule("diagonal", DiagonalOf, "diagonal", _argument),
)
