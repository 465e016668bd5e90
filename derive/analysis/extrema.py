"""Extrema: where a function of one variable rises and falls, from the sign of its derivative between exact points.

The points at which f′ can change its sign are its zeros, the places where it or f has no value, and kinks. They
are found exactly or not at all; between them one sample tells the sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from sympy import (
    Abs,
    Expr,
    FiniteSet,
    Heaviside,
    Integer,
    Interval,
    Max,
    Min,
    Mul,
    Piecewise,
    Poly,
    Pow,
    Rational,
    S,
    Symbol,
    cosh,
    erf,
    exp,
    log,
    oo,
    postorder_traversal,
    real_roots,
    sign,
    sinh,
    solveset,
    tanh,
    true,
)
from sympy.core.relational import Relational

from ..activations import defined
from ..claims.conditions import Condition
from ..claims.domains import conditions
from ..claims.heads import KINKED
from ..claims.sampling import differ, number
from ..deadlines import TooLongError, within
from ..differentiation import differentiate
from ..errors import DeriveError
from ..steps import Derivation
from ..tidying import tidied

__all__ = ["Place", "Stretch", "Variation", "variation"]

SECONDS = 2.0
MOST_DEGREES = 12
NOWHERE_ZERO = (exp, cosh, Heaviside)  # a step is constant where it is zero
ZERO_WITH_ITS_ARGUMENT = (Abs, sign, tanh, sinh, erf)

Kind = Literal["minimum", "maximum", "saddle", "edge", "gap"]


@dataclass(frozen=True)
class Place:
    """A point x: the exact values of f and f′ there (None where there is none), and what it is.

    kind is a local "minimum" or "maximum", a "saddle" (f′ = 0, but f goes on rising or falling, or a kink at which it
    does), an "edge" of the domain, or a "gap", where f has no value.
    """

    x: Expr
    value: Expr | None
    slope: Expr | None
    kind: Kind


@dataclass(frozen=True)
class Stretch:
    """What f does between two neighbouring points: direction 1 (rising), −1 (falling), 0 (constant), None (no value)."""

    left: Expr
    right: Expr
    direction: int | None


@dataclass(frozen=True)
class Variation:
    """The table of x, f′ and f: ``stretches`` and, between them, ``places``, in rising order of x."""

    derivation: Derivation
    places: tuple[Place, ...]
    stretches: tuple[Stretch, ...]

    @property
    def minima(self) -> tuple[Place, ...]:
        """The local minima."""
        return tuple(one for one in self.places if one.kind == "minimum")

    @property
    def maxima(self) -> tuple[Place, ...]:
        """The local maxima."""
        return tuple(one for one in self.places if one.kind == "maximum")


def variation(expression: str | Expr, x: str | Symbol = "x", least: Any = -oo, largest: Any = oo) -> Variation:
    """Where an expression in x alone rises and falls between ``least`` and ``largest``, with its exact extrema.

    Raises DeriveError where other symbols occur, or the points at which f′ changes its sign are not found exactly.
    """
    derivation = differentiate(expression, x)
    return _Search(derivation, S(least), S(largest)).found()


@dataclass(frozen=True)
class _Search:
    """One function, its derivative, and the interval in which it is looked at."""

    derivation: Derivation
    least: Expr
    largest: Expr

    @property
    def x(self) -> Symbol:
        return self.derivation.claim.wrt

    @cached_property
    def function(self) -> Expr:
        return self.derivation.graph.definitions[0].expression

    @cached_property
    def conditions(self) -> list[Condition]:
        """Where the function is defined."""
        written = self.derivation.graph.definitions[0].written
        return list(conditions(self.function if written is None else written))

    @cached_property
    def slope(self) -> Expr:
        return self.derivation.result

    def found(self) -> Variation:
        """The table. Raises DeriveError as ``variation`` does."""
        if self.function.free_symbols - {self.x}:
            raise DeriveError(f"{self.function} has other names than {self.x}; give them values first")
        if not self.least < self.largest:
            raise DeriveError(f"the interval from {self.least} to {self.largest} is empty")
        points = self.points()
        ends = [self.least, *points, self.largest]
        stretches = [Stretch(left, right, self.direction(left, right)) for left, right in pairwise(ends)]
        places = [self.place(point, before, after) for point, before, after in zip(points, stretches, stretches[1:], strict=False)]
        kept = [one for one in places if one is not None]
        return Variation(self.derivation, tuple(kept), tuple(_joined(stretches, {one.x for one in kept})))

    # ---- the points

    def points(self) -> list[Expr]:
        """Every point inside the interval at which f′ may change its sign, exact and in order."""
        found: list[Expr] = []
        for suspect in dict.fromkeys(self.suspects()):
            stretches = pairwise([self.least, *found, self.largest])
            branches = {_branch(suspect, {self.x: _between(*ends)}) for ends in stretches} if suspect.has(*KINKED) else {suspect}
            zeros = {*found, *(zero for branch in branches for zero in self.zeros(branch))}
            found = sorted((zero for zero in zeros if self.least < zero < self.largest), key=lambda zero: zero.evalf(30))
        return found

    def suspects(self) -> Iterator[Expr]:
        """Expressions whose zeros are such points: the edges of what is defined, kinks from the inside out, f′ below and above its line."""
        yield from (one.expression for one in self.conditions)
        for expression in (self.function, self.slope):
            for part in postorder_traversal(defined(expression)):
                if isinstance(part, Abs | sign | Heaviside):
                    yield part.args[0]
                elif isinstance(part, Max | Min):
                    yield from (left - right for place, left in enumerate(part.args) for right in part.args[:place])
                elif isinstance(part, Relational):
                    yield part.lhs - part.rhs  # type: ignore[operator]
        yield from reversed(defined(self.slope).as_numer_denom())

    def zeros(self, expression: Expr) -> Iterable[Expr]:
        """The real zeros of an expression, factor by factor."""
        if not expression.has_free(self.x):
            return ()
        pieces = Mul.make_args(expression)
        if len(pieces) > 1:
            return [zero for piece in pieces for zero in self.zeros(piece)]
        if isinstance(expression, Pow):
            return () if expression.exp.has_free(self.x) else self.zeros(expression.base)
        if isinstance(expression, NOWHERE_ZERO):
            return ()
        if isinstance(expression, log):
            return self.zeros(expression.args[0] - 1)
        if isinstance(expression, ZERO_WITH_ITS_ARGUMENT):
            return self.zeros(expression.args[0])
        return self.solved(expression)

    def solved(self, expression: Expr) -> Iterable[Expr]:
        if expression.is_polynomial(self.x):
            whole = Poly(expression, self.x)
            if whole.degree() <= MOST_DEGREES and (whole.domain.is_QQ or whole.domain.is_ZZ):
                return real_roots(whole, multiple=True)
        return self.searched(expression)

    def searched(self, expression: Expr) -> Iterable[Expr]:
        real = Symbol(self.x.name, real=True)
        try:
            with within(SECONDS):
                zeros = solveset(expression.xreplace({self.x: real}), real, Interval(self.least, self.largest))
        except TooLongError as error:
            raise DeriveError(f"the zeros of {expression!s:.80} are not found: {error}") from None
        if not isinstance(zeros, FiniteSet) and zeros != S.EmptySet:
            raise DeriveError(f"the zeros of {expression!s:.80} are not found exactly")
        return zeros

    # ---- between and at the points

    def direction(self, left: Expr, right: Expr) -> int | None:
        """The sign of f′ at a point between two neighbours; None where f has no value there."""
        middle = {self.x: _between(left, right)}
        slope = number(defined(self.slope), middle)
        if number(defined(self.function), middle) is None or slope is None:
            return None
        return 0 if slope == 0 else 1 if slope > 0 else -1

    def place(self, point: Expr, before: Stretch, after: Stretch) -> Place | None:
        """What a point is; None where nothing happens there."""
        value = self.at(self.function, point)
        slope = self.slope_at(point, value, before, after)
        signs = (before.direction, after.direction)
        if value is None:
            return None if signs == (None, None) else Place(point, None, None, "gap")
        if None in signs:
            return Place(point, value, slope, "edge")
        if signs == (0, 0) and slope == 0:
            return None
        if signs in ((-1, 1), (1, -1)):
            return Place(point, value, slope, "minimum" if signs == (-1, 1) else "maximum")
        return Place(point, value, slope, "saddle") if slope is None or slope == 0 or signs[0] != signs[1] else None

    def slope_at(self, point: Expr, value: Expr | None, *beside: Stretch) -> Expr | None:
        """The slope at a point, if f and f′ come to one value from all sides there; None at a corner or a jump."""
        samples = [{self.x: _between(one.left, one.right)} for one in beside if one.direction is not None]
        heights, slopes = ([self.at(_branch(one, sample), point) for sample in samples] for one in (self.function, self.slope))
        return slopes[0] if slopes and _alike([value, *heights]) and _alike(slopes) else None

    def at(self, expression: Expr, point: Expr) -> Expr | None:
        """The exact value at a point; None where there is none."""
        if not all(one.holds({self.x: point}) for one in self.conditions):
            return None
        value = defined(expression).xreplace({self.x: point})
        return None if number(value, {}) is None else tidied(value).value


def _alike(values: list[Expr | None]) -> bool:
    """Are all of them the same number?"""
    numbers = [number(value, {}) for value in values if value is not None]
    return len(numbers) == len(values) and not any(differ(numbers[0], other) for other in numbers)  # type: ignore[arg-type]


def _branch(expression: Expr, sample: dict[Symbol, Expr]) -> Expr:
    """The expression as it reads around a sample at which nothing bends or jumps."""

    def chosen(part: Expr) -> Expr:
        if isinstance(part, Max | Min):
            return next((arg for arg in part.args if number(arg - part, sample) == 0), part)
        if isinstance(part, Piecewise):
            return next(case for case, condition in part.args if condition.xreplace(sample) == true)  # type: ignore[misc]
        above = bool((number(part.args[0], sample) or 0) > 0)
        if isinstance(part, Heaviside):
            return S.One if above else S.Zero
        side = S.One if above else S.NegativeOne
        return side * part.args[0] if isinstance(part, Abs) else side

    return defined(expression).replace(lambda part: isinstance(part, KINKED), chosen, simultaneous=False)


def _between(left: Expr, right: Expr) -> Expr:
    """A rational point between two neighbours."""
    if left == -oo:
        return Integer(0) if right == oo else Integer(int(right.evalf(30)) - 2)
    if right == oo:
        return Integer(int(left.evalf(30)) + 2)
    return Rational(str(((left + right) / 2).evalf(30)))


def _joined(stretches: list[Stretch], kept: set[Expr]) -> list[Stretch]:
    """The stretches between the points that are kept."""
    joined: list[Stretch] = []
    for one in stretches:
        if joined and one.left not in kept:
            joined[-1] = Stretch(joined[-1].left, one.right, joined[-1].direction)
        else:
            joined.append(one)
    return joined
