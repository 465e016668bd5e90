"""Heads: how each kind of SymPy expression becomes a polynomial in the generators of a tower.

To add a function that is not simply a generator of its own: one row in ``HEADS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Float,
    Ge,
    Gt,
    Heaviside,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Number,
    NumberSymbol,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    cos,
    cosh,
    exp,
    log,
    sign,
    sin,
    sinh,
    tan,
    true,
)  # fmt: skip
from sympy.core.function import Function
from sympy.core.numbers import Exp1

from ..activations import Extremum, Named
from ..errors import DeriveError
from .laurent import HALF, ONE, ZERO, Laurent, total

if TYPE_CHECKING:
    from .towers import Tower

__all__ = ["HEADS", "KINKED", "OutsideError", "reader"]


KINKED = (Abs, Heaviside, Max, Min, Piecewise, sign)


class OutsideError(DeriveError):
    """Something that no generator can stand for."""


def _number(tower: Tower, one: Number) -> Laurent:
    exact = Rational(one) if isinstance(one, Float) else one
    if not isinstance(exact, Rational):
        raise OutsideError(f"{one} is no number")
    return Laurent.constant(exact)


def _sum(tower: Tower, one: Add) -> Laurent:
    if len(one.args) == 2 and one.args[0] == 1 and isinstance(one.args[1], exp):
        return tower.one_plus_exponential(tower.value(one.args[1].args[0]))
    return total([tower.value(arg) for arg in one.args])


def _product(tower: Tower, one: Mul) -> Laurent:
    result = ONE
    for arg in one.args:
        result = tower.times(result, tower.value(arg))
    return result


def _power(tower: Tower, one: Pow) -> Laurent:
    base, exponent = one.args
    if exponent.is_Integer:
        return tower.power(tower.value(base), int(exponent))
    if exponent.is_Rational:
        return tower.power(tower.root(tower.value(base), int(exponent.q)), int(exponent.p))
    return tower.exponential(tower.times(tower.value(exponent), tower.logarithm(tower.value(base))))


def _exponential(tower: Tower, one: exp) -> Laurent:
    exponent = one.args[0]
    if exponent.is_Integer:
        return tower.power(tower.exponential(ONE), int(exponent))
    return tower.exponential(tower.value(exponent))


def _sine(tower: Tower, one: sin) -> Laurent:
    """The sine, after its cosine: the square of the sine is 1 − cos²."""
    tower.laws["sin(u)**2 + cos(u)**2 = 1"] = None
    cosine = tower.value(cos(one.args[0]))
    square = ONE - tower.times(cosine, cosine)

    def form(power: int) -> Laurent | None:
        return tower.times(tower.power(square, power // 2), tower.power(sine, power % 2)) if power > 1 else None

    sine = tower.function(one, form)
    return sine


def _outside(tower: Tower, one: Expr) -> Laurent:
    raise OutsideError(f"{one} is outside what is proved here")


def _kinked(read: Callable[[Tower, Any], Laurent]) -> Callable[[Tower, Any], Laurent]:
    return lambda tower, one: tower.function(one) if tower.opaque else read(tower, one)


def _step(tower: Tower, one: Heaviside) -> Laurent:
    """1 where u > 0 and 0 where u < 0; where u is 0 whatever the names are, the value there."""
    inside, at_zero = one.args
    return tower.times(HALF, ONE + tower.sign(inside)) if tower.value(inside) else tower.value(at_zero)


def _sign(tower: Tower, one: sign) -> Laurent:
    return tower.sign(one.args[0]) if tower.value(one.args[0]) else ZERO


def _absolute(tower: Tower, one: Abs) -> Laurent:
    return tower.times(tower.value(one.args[0]), _sign(tower, one))


def _largest(tower: Tower, one: Max) -> Laurent:
    """Each argument where it is larger than all others: one sign for every two of them."""
    different = {tower.value(arg): arg for arg in one.args}
    chosen = []
    for value, own in different.items():
        for other in different.values():
            if other is not own:
                value = tower.times(value, _step(tower, Heaviside(own - other)))
        chosen.append(value)
    return total(chosen)


def _smallest(tower: Tower, one: Min) -> Laurent:
    return -tower.value(Max(*(-arg for arg in one.args)))


def _cases(tower: Tower, one: Piecewise) -> Laurent:
    """The first case whose condition holds: conditions compare two expressions, and the last one holds always."""
    *cases, (last, always) = one.args  # type: ignore[misc]
    if always != true:
        raise OutsideError(f"{one} says nothing for the rest")
    value = tower.value(last)
    for case, condition in reversed(cases):  # type: ignore[misc]
        if not isinstance(condition, Gt | Ge | Lt | Le):
            raise OutsideError(f"the condition {condition} is no comparison")
        here = _step(tower, Heaviside(condition.gts - condition.lts, int(isinstance(condition, Ge | Le))))
        value = tower.times(here, tower.value(case)) + tower.times(ONE - here, value)
    return value


def _spelt_out(tower: Tower, one: Named | Extremum) -> Laurent:
    return tower.value(one.definition)


HEADS: dict[type, Callable[[Tower, Any], Laurent]] = {
    Number: _number,
    Symbol: lambda tower, one: tower.symbol(one),
    Add: _sum,
    Mul: _product,
    Pow: _power,
    exp: _exponential,
    sin: _sine,
    Exp1: lambda tower, one: tower.exponential(ONE),
    sinh: lambda tower, one: tower.value((exp(one.args[0]) - exp(-one.args[0])) / 2),
    cosh: lambda tower, one: tower.value((exp(one.args[0]) + exp(-one.args[0])) / 2),
    tan: lambda tower, one: tower.value(sin(one.args[0]) / cos(one.args[0])),
    log: lambda tower, one: tower.logarithm(tower.value(one.args[0])),
    Heaviside: _kinked(_step),
    sign: _kinked(_sign),
    Abs: _kinked(_absolute),
    Max: _kinked(_largest),
    Min: _kinked(_smallest),
    Piecewise: _kinked(_cases),
    Named: _spelt_out,
    Extremum: _spelt_out,
    Function: lambda tower, one: tower.function(one),
    NumberSymbol: lambda tower, one: tower.symbol(one),
    Basic: _outside,
}


def reader(kind: type) -> Callable[[Tower, Expr], Laurent]:
    """How an expression with that head is read."""
    return next(HEADS[parent] for parent in kind.__mro__ if parent in HEADS)
