"""Derivatives and limits inside a claim: written as they stand, and worked out by the laws of calculus.

This is the second route, by SymPy's own differentiation: no derivation takes it.
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import (
    Abs,
    Derivative,
    DiracDelta,
    Dummy,
    Expr,
    Heaviside,
    Limit,
    Max,
    Min,
    Pow,
    S,
    Symbol,
    diff,
    exp,
    fraction,
    log,
    nan,
    oo,
    sign,
    together,
    zoo,
)
from sympy import limit as sympy_limit
from sympy.core.relational import Relational

from ..activations import defined
from ..deadlines import within
from ..errors import DeriveError
from .laws import LawfulTower
from .towers import OutsideError

__all__ = ["Slope", "derivative", "limit", "names", "resolved", "slope"]

MOST_TIMES = 8  # of a higher derivative, and of L'Hôpital's rule
LIMIT_SECONDS = 1.0
INFINITE = {Symbol("oo"): oo}  # a name until the limit is worked out: text has no infinite numbers


def derivative(function: Expr, x: Expr, times: Expr = S.One) -> Expr:
    """The derivative of a function by x, not yet worked out. Raises DeriveError where x is no name."""
    if not isinstance(x, Symbol):
        raise DeriveError(f"differentiates by {x}, which is no name")
    if not times.is_Integer or not 1 <= times <= MOST_TIMES:
        raise DeriveError(f"differentiates {times} times; from 1 to {MOST_TIMES} times are possible")
    return Derivative(function, x, times)


def limit(function: Expr, x: Expr, at: Expr) -> Expr:
    """The limit of a function as x goes to a point, or to oo or -oo, not yet worked out. Raises DeriveError where x is no name."""
    if not isinstance(x, Symbol):
        raise DeriveError(f"lets {x} go to {at}, but that is no name")
    return Limit(function, x, at)


def names(expression: Expr) -> set[Symbol]:
    """All symbols of an expression, those that a limit binds too; SymPy also keeps the side of a limit as one."""
    return {one for one in expression.atoms(Symbol) if one.name not in ("+", "-", "+-")}


def resolved(expression: Expr) -> Expr:
    """The expression with its derivatives and limits worked out. Raises DeriveError where that is not possible."""
    if not expression.has(Derivative, Limit):
        return expression
    inner = expression.func(*map(resolved, expression.args)) if expression.args else expression
    if not isinstance(inner, Derivative | Limit):
        return inner
    if isinstance(inner, Derivative):
        return slope(inner).value
    real = {one: Dummy(one.name, real=True) for one in names(inner)}
    return _limit(inner.xreplace({**real, **INFINITE})).xreplace({double: one for one, double in real.items()})


class Slope(NamedTuple):
    """What a derivative comes to, and the expressions u for which it has no value where u = 0."""

    value: Expr
    kinks: tuple[Expr, ...]


def slope(claim: Expr) -> Slope:
    """A derivative worked out over the real numbers by SymPy, every named function spelt out.

    Where something jumps, nothing is added.
    """
    real = {one: Dummy(one.name, real=True) for one in names(claim)}
    back = {double: one for one, double in real.items()}
    function, *by = claim.xreplace(real).args
    function = defined(function)
    value = diff(function, *by)
    jumps = (part.args[0] for part in value.atoms(Heaviside, DiracDelta, sign) - function.atoms(Heaviside, sign))
    edges = (part.lhs - part.rhs for part in value.atoms(Relational))
    kinks = tuple(kink.xreplace(back) for kink in (*jumps, *edges))
    return Slope(value.replace(DiracDelta, lambda *jump: S.Zero).xreplace(back), kinks)


def _limit(claim: Expr) -> Expr:
    """By l'Hôpital's rule, or by SymPy's own search."""
    function, x, at, _ = claim.args
    function, asked = defined(function), (x.name, at)  # type: ignore[attr-defined]
    if at.is_infinite:
        near = Dummy("u", positive=True)
        function, x, at, side = function.xreplace({x: 1 / near if at > 0 else -1 / near}), near, S.Zero, "+"
    else:
        side = "+-"
    value = _by_rule(function, x, at)
    return _searched(function, x, at, side, asked) if value is None else value


def _by_rule(function: Expr, x: Expr, at: Expr) -> Expr | None:
    """The limit where the function is a quotient, or a power with such an exponent; None where the rule gives none."""
    if function.has(Abs, sign, Heaviside, Max, Min):
        return None
    if isinstance(function, exp):
        inner = _by_rule(function.args[0], x, at)
        return None if inner is None else exp(inner)
    if isinstance(function, Pow) and function.exp.has_free(x):
        inner = _by_rule(function.exp * log(function.base), x, at)
        return None if inner is None else exp(inner)
    above, below = fraction(together(function))
    return _l_hopital(above, below, x, at)


def _l_hopital(above: Expr, below: Expr, x: Expr, at: Expr) -> Expr | None:
    """The limit of a quotient: of the derivatives above and below, as long as both are zero."""
    for _ in range(MOST_TIMES):
        values = [part.xreplace({x: at}) for part in (above, below)]
        if any(value.has(nan, oo, -oo, zoo) for value in values):
            return None
        if not _is_zero(values[1]):
            return values[0] / values[1]
        if not _is_zero(values[0]):
            return None
        above, below = diff(above, x), diff(below, x)
    return None


def _is_zero(value: Expr) -> bool:
    tower = LawfulTower()
    return tower.is_zero(tower.value(value))


def _searched(function: Expr, x: Expr, at: Expr, side: str, asked: tuple[str, Expr]) -> Expr:
    """By SymPy; asked is the name and the point that are typed, which stand in what is raised."""
    name, point = asked
    with within(LIMIT_SECONDS):
        try:
            value = sympy_limit(function, x, at, side)
        except (ValueError, NotImplementedError, TypeError, AttributeError) as error:
            raise OutsideError(f"the limit as {name} goes to {point} was not found: {error}") from None
    if value.has(nan, oo, -oo, zoo, Limit) or not value.is_real:
        raise OutsideError(f"the limit as {name} goes to {point} is no real number that was found, but {'oo or -oo' if value == zoo else value}")
    return value
