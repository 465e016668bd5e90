"""Tidying: a derivative as the laws leave it, put into the form in which a hand would hand it in.

Each way is an operation that a reader knows. What is found is proved equal, in free generators, to what it was
made of; where that cannot be done, the expression stays as it was.

To add a way: one row in ``WAYS``, and its reason as a sentence in each locale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import comb, prod
from typing import NamedTuple

from sympy import Add, Expr, Mul, Poly, Pow, S, cos, cosh, expand, factor, factor_terms, powsimp, preorder_traversal, sin, sinh
from sympy.polys.polyerrors import BasePolynomialError

from .claims.laws import LawfulTower
from .errors import DeriveError
from .named import Named

__all__ = ["WAYS", "Tidied", "Way", "equal", "tidied"]

LARGEST = 150  # operations
MOST_TERMS = 120  # once multiplied out
DEEPEST = 2  # ways one after the other
MOST_FACTORED, MOST_LETTERS, HIGHEST, LARGEST_COEFFICIENT = 40, 5, 14, 10**9  # of what is factored


class Tidied(NamedTuple):
    """An expression in its tidier form, and the forms that led there, each with its way; none where it was tidy."""

    value: Expr
    forms: tuple[tuple[Expr, str], ...] = ()

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways in their order."""
        return tuple(way for _, way in self.forms)


class Way(NamedTuple):
    """One operation, and how many operations it must save to be worth its while."""

    make: Callable[[Expr], Expr]
    cost: float = 0.5


def _fraction(term: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """What stands above the line, and the powers below it; numbers stay above."""
    below = {one.base: -one.exp for one in Mul.make_args(term) if one.is_Pow and one.exp.is_Number and one.exp.is_negative and not one.base.is_number}
    return Mul(term, *(base**power for base, power in below.items())), below


def _over(above: Expr, below: dict[Expr, Expr]) -> Expr:
    return Mul(above, *(base**-power for base, power in below.items()))


def _expanded(expression: Expr) -> Expr:
    """Multiplied out above the line, term by term."""
    return Add(*(_over(expand(above), below) for above, below in map(_fraction, Add.make_args(expression))))


def _one_fraction(expression: Expr) -> Expr:
    """A sum of fractions over one denominator, multiplied out above it."""
    parts = [_fraction(term) for term in Add.make_args(expression)]
    common: dict[Expr, Expr] = {}
    for _, below in parts:
        common |= {base: max(power, common.get(base, power)) for base, power in below.items()}
    sums = (Mul(above, *(base ** (power - below.get(base, 0)) for base, power in common.items())) for above, below in parts)
    return _over(expand(Add(*sums)), common)


def _common_factor(expression: Expr) -> Expr:
    """What all terms share in front of them; a mere number stays where one of them has a root or π of its own."""
    found = factor_terms(expression)
    number, _ = found.as_coeff_Mul()
    own = any(one.is_number and not one.is_Rational for term in Add.make_args(expression) for one in Mul.make_args(term))
    return expression if own and number**2 != 1 else found


def _factored(expression: Expr) -> Expr:
    """What stands above the line as a product; what is there and below cancels."""
    above, below = _fraction(expression)
    return _over(factor(above), below) if _is_small(above) else expression


def _is_small(expression: Expr) -> bool:
    """Can it be factored in no time? What takes long is a high degree, and many letters."""
    if _terms(expression) > MOST_FACTORED:
        return False
    polynomial = Poly(expression)
    return len(polynomial.gens) <= MOST_LETTERS and polynomial.total_degree() <= HIGHEST and polynomial.max_norm() <= LARGEST_COEFFICIENT


def _pythagoras(expression: Expr) -> Expr:
    """The squares of sines as 1 − cos², those of hyperbolic sines as cosh² − 1."""
    plain = expression.replace(lambda one: _is_square(one, sin), lambda one: (1 - cos(one.base.args[0]) ** 2) ** (one.exp / 2))
    return _expanded(plain.replace(lambda one: _is_square(one, sinh), lambda one: (cosh(one.base.args[0]) ** 2 - 1) ** (one.exp / 2)))


def _is_square(one: Expr, head: type) -> bool:
    return one.is_Pow and isinstance(one.base, head) and one.exp.is_Integer and one.exp > 0 and one.exp % 2 == 0  # type: ignore[attr-defined]


WAYS: dict[str, Way] = {
    "like terms": Way(_expanded),
    "common factor": Way(_common_factor),
    "common denominator": Way(_one_fraction),
    "factors": Way(_factored, 1),
    "powers": Way(lambda expression: powsimp(expression, combine="exp")),
    "pythagoras": Way(_pythagoras, 2),
}


def tidied(expression: Expr) -> Tidied:
    """The shortest form that one or two of the ways lead to, proved equal; the expression itself where none is shorter.

    A polynomial that is multiplied out is tidy, and so is what is too large to be tried.
    """
    start = Tidied(expression)
    if expression.has(Named) and equal(expression, S.Zero):
        return Tidied(S.Zero, ((S.Zero, "definitions"),))
    if expression.count_ops() > LARGEST or max(map(_terms, preorder_traversal(expression))) > MOST_TERMS:
        return start
    if expression.is_polynomial() and expression == expand(expression):
        return start
    shorter = (one for one in _forms(start) if _cost(one) < _cost(start))
    return next((one for one in sorted(shorter, key=_cost) if equal(one.value, expression)), start)


def equal(left: Expr, right: Expr) -> bool:
    """Is it proved, in free generators, that the two are equal where both are defined?"""
    tower = LawfulTower(opaque=True)
    try:
        return tower.is_zero(tower.value(left) - tower.value(right))
    except DeriveError:
        return False


def _forms(start: Tidied) -> Iterator[Tidied]:
    """Every other form within reach, each by the fewest ways."""
    seen, edge = {start.value}, [start]
    longest = 1.5 * start.value.count_ops() + 10  # a longer form leads to no shorter one
    for _ in range(DEEPEST):
        further: list[Tidied] = []
        for one in edge:
            for name, way in WAYS.items():
                value = _by(way, one.value)
                if value not in seen:
                    seen.add(value)
                    further.append(Tidied(value, (*one.forms, (value, name))))
        yield from further
        edge = [one for one in further if one.value.count_ops() <= longest]


def _by(way: Way, expression: Expr) -> Expr:
    try:
        return way.make(expression)
    except BasePolynomialError:  # of what is no rational function, such as a choice between cases
        return expression


def _cost(one: Tidied) -> float:
    """What there is to read: operations, one more for every fraction beyond the first, and the ways that led there."""
    return int(one.value.count_ops()) + 1.25 * max(_fractions(one.value) - 1, 0) + sum(WAYS[name].cost for name in one.ways)


def _fractions(expression: Expr) -> int:
    """How many lines of fractions there are in it, at any depth."""
    sums = [one.args for one in preorder_traversal(expression) if isinstance(one, Add)]
    return sum(bool(_fraction(term)[1]) for terms in (sums if expression.is_Add else [(expression,), *sums]) for term in terms)


def _terms(expression: Expr) -> int:
    """How many terms there are once everything is multiplied out, at most; SymPy does so with the whole part of a power too."""
    if isinstance(expression, Add):
        return sum(map(_terms, expression.args))
    if isinstance(expression, Mul):
        return prod(map(_terms, expression.args))
    if isinstance(expression, Pow) and expression.exp.is_Number:
        inside, power = _terms(expression.base), abs(int(expression.exp))
        return comb(inside + power - 1, power)
    return 1
