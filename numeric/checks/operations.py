"""Operations on numbers that carry a bound of their own rounding error.

A pair is (value, bound). Each operation adds what its own result is rounded by, and passes the errors of its
arguments on through its slopes: a running error analysis (Higham, Accuracy and Stability of Numerical
Algorithms, 2nd ed., 3.3). So the error of 1 − out with out near 1 is measured, not guessed.

To add one: an ``Operation`` in ``OPERATIONS`` under the name of the SymPy class it stands for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from ..functions import FUNCTIONS, Primitive, xlogy

__all__ = ["FLOATS", "OPERATIONS", "SINGLE", "SPECK", "UNDEFINED", "Arithmetic", "Operation", "Pair", "arrays", "by_sympy", "constant", "high_precision"]

Pair = tuple[Any, Any]
UNDEFINED: Pair = (math.nan, math.inf)
SPECK = 1e-300  # an error that only underflow can have left
LONGEST = 4096  # bits; a longer fraction goes on as a float


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How numbers are rounded: the unit roundoff, the smallest number, the module of functions, the type.

    larger, choose, exponent and every are what formulas for one number and for arrays of them differ in: the larger of two,
    ``choose(condition, one, other)``, the power of two of a size, and whether a condition holds everywhere; ``arrays`` has
    those of NumPy's arrays.
    """

    unit: Any
    tiny: Any
    functions: Any
    number: Callable[[Any], Any]
    bits: int
    larger: Callable[[Any, Any], Any] = max
    choose: Callable[[Any, Any, Any], Any] = lambda condition, one, other: one if condition else other
    exponent: Callable[[Any], Any] = lambda size: math.frexp(float(size))[1]
    every: Callable[[Any], Any] = bool

    def pair(self, value: Any) -> Pair:
        """An exact number, or one of this arithmetic, as a pair: the bound is what the conversion rounds."""
        if not isinstance(value, Fraction | int):
            return self.number(value), self.unit * 0
        near = self.number(value.numerator) / self.number(value.denominator) if self.tiny == 0 else float(value)
        return near, (self.unit * 0 if near == value else self.unit * abs(near))

    def rounded(self, pair: Pair) -> Pair:
        """A pair whose number, where it is still an exact fraction, is rounded."""
        return self.pair(pair[0]) if isinstance(pair[0], Fraction) else pair


FLOATS = Arithmetic(2.0**-53, 5e-324, math, float, 53)
SINGLE = Arithmetic(2.0**-24, 2.0**-149, math, float, 24)  # of values that someone else computed in float32


def high_precision(digits: int) -> Arithmetic:
    """An arithmetic of that many decimal digits, by mpmath, with a context of its own."""
    from mpmath import MPContext

    context = MPContext()
    context.dps = digits
    return Arithmetic(context.ldexp(1, 1 - context.prec), context.zero, _RealOnly(context), context.mpf, context.prec)


def arrays(bits: int = 53) -> Arithmetic:
    """The arithmetic of arrays of floats with that many bits, each place a number of its own."""
    import numpy as np

    unit, tiny = (FLOATS.unit, FLOATS.tiny) if bits == FLOATS.bits else (SINGLE.unit, SINGLE.tiny)
    return Arithmetic(unit, tiny, np, np.asarray, bits, np.maximum, np.where, lambda size: np.frexp(size)[1], np.all)


class _RealOnly:
    """The functions of an mpmath context, refusing complex and infinite results as ``math`` does."""

    def __init__(self, context: Any) -> None:
        self.context, self.pi = context, +context.pi

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function, real = getattr(self.context, name), self.context.mpf

        def finite(*args: Any) -> Any:
            result = function(*args)
            if not isinstance(result, real) or not self.context.isfinite(result):
                raise ValueError(f"{name} has no real value there")
            return result

        return finite


class Operation(NamedTuple):
    """One operation: ``run(arithmetic, *pairs)``; ``exact(*values)`` where rational numbers stay rational.

    ``side(*values)`` says on which side of a kink the arguments lie; 0, or several at once, is the kink itself.
    """

    run: Callable[..., Pair]
    exact: Callable[..., Any] | None = None
    side: Callable[..., Any] | None = None


# ---- smooth operations


def _add(on: Arithmetic, *pairs: Pair) -> Pair:
    value, error = pairs[0]
    unit = on.unit
    for term, wrong in pairs[1:]:
        value += term
        error += wrong + unit * abs(value)
    return value, error


def _multiply(on: Arithmetic, *pairs: Pair) -> Pair:
    value, error = pairs[0]
    for factor, wrong in pairs[1:]:
        error = abs(value) * wrong + abs(factor) * error + wrong * error
        value *= factor
        error += on.unit * abs(value) + on.tiny
    return value, error


def _divide(on: Arithmetic, above: Pair, below: Pair) -> Pair:
    value = above[0] / below[0]
    safe = abs(below[0]) - below[1]
    if safe <= 0:
        return value, math.inf
    return value, (above[1] + abs(value) * below[1]) / safe + on.unit * abs(value) + on.tiny


def _power(on: Arithmetic, base: Pair, exponent: Pair) -> Pair:
    (b, eb), (p, ep) = base, exponent
    if b < 0 and p != int(p):
        raise ValueError("a negative number has no real power of this kind")
    if b == 0 and p < 0:
        raise ZeroDivisionError("0 has no negative power")  # mpmath gives an infinity
    value = b**p
    error = 3 * on.unit * abs(value) + on.tiny
    if eb:
        error += abs(p * value / b) * eb if b else math.inf
    if ep:
        error += abs(value * on.functions.log(b)) * ep if b > 0 else math.inf
    return value, error


def _exact_power(base: Any, exponent: Any) -> Any:
    if exponent.denominator != 1 or abs(exponent) > LONGEST:
        return None
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    return Fraction(base) ** int(exponent) if size * abs(exponent) <= LONGEST else None


def _xlogy(on: Arithmetic, factor: Pair, argument: Pair) -> Pair:
    if factor[0] == 0 and factor[1] == 0:
        return xlogy(factor[0], argument[0], on.functions), on.unit * 0
    return _multiply(on, factor, LOG.run(on, argument))


def _product(*values: Any) -> Any:
    return math.prod(values)


def smooth(row: Primitive) -> Operation:
    """The operation of a function of one number, its error passed on through its slope."""

    def run(on: Arithmetic, argument: Pair) -> Pair:
        z, error = argument
        value = row.value(z, on.functions)
        own = row.rounding * on.unit * abs(value) + on.tiny
        if not error:
            return value, own
        try:
            return value, own + abs(row.slope(z, value, on.functions)) * error
        except (ArithmeticError, ValueError):
            return value, math.inf

    return Operation(run)


LOG = smooth(FUNCTIONS["log"])


# ---- operations with a kink or a jump


def _sign(value: Any) -> int:
    return (value > 0) - (value < 0)


def _largest(on: Arithmetic, *pairs: Pair) -> Pair:
    best, error = max(pairs, key=lambda pair: pair[0])
    return best, max(wrong for value, wrong in pairs if value + wrong >= best - error)


def _smallest(on: Arithmetic, *pairs: Pair) -> Pair:
    value, error = _largest(on, *((-value, wrong) for value, wrong in pairs))
    return -value, error


def _where_largest(*values: Any) -> tuple[bool, ...]:
    best = max(values)
    return tuple(value == best for value in values)


def _jump(on: Arithmetic, value: Any, argument: Pair, height: int) -> Pair:
    """A step's value: certain unless the error of its argument reaches over the jump."""
    sure = argument[1] == 0 or abs(argument[0]) > argument[1]
    return on.number(value), on.unit * 0 if sure else height


def _heaviside(z: Any, middle: Any) -> Any:
    return middle if z == 0 else Fraction(int(z > 0))


def _run_heaviside(on: Arithmetic, z: Pair, middle: Pair) -> Pair:
    return _jump(on, middle[0] if z[0] == 0 else int(z[0] > 0), z, 1)


def _choose(*values: Any) -> Any:
    """The value of the first branch whose condition holds: value, condition, value, condition, …"""
    return next((value for value, holds in zip(values[::2], values[1::2], strict=True) if holds), None)


def _run_choose(on: Arithmetic, *pairs: Pair) -> Pair:
    return next((value for value, (holds, _) in zip(pairs[::2], pairs[1::2], strict=True) if holds), UNDEFINED)


def _relation(holds: Callable[[Any, Any], bool]) -> Operation:
    return Operation(
        lambda on, left, right: (holds(left[0], right[0]), 0),
        lambda left, right: holds(left, right),
        lambda left, right: _sign(left - right),
    )


def _logic(join: Callable[[Any], bool]) -> Operation:
    return Operation(lambda on, *pairs: (join(value for value, _ in pairs), 0), lambda *values: join(values))


OPERATIONS: dict[str, Operation] = {
    "Add": Operation(_add, lambda *values: sum(values)),
    "product": Operation(_multiply, _product),
    "negative": Operation(lambda on, pair: (-pair[0], pair[1]), lambda value: -value),
    "quotient": Operation(_divide, lambda above, below: Fraction(above) / below),
    "power": Operation(_power, _exact_power),
    "xlogy": Operation(_xlogy),
    "same": Operation(lambda on, pair: pair, lambda value: value),
    **{name: smooth(row) for name, row in FUNCTIONS.items()},
    "Abs": Operation(lambda on, z: (abs(z[0]), z[1]), abs, _sign),
    "sign": Operation(lambda on, z: _jump(on, _sign(z[0]), z, 2), lambda z: Fraction(_sign(z)), _sign),
    "Heaviside": Operation(_run_heaviside, _heaviside, lambda z, _: _sign(z)),
    "Max": Operation(_largest, max, _where_largest),
    "maximum": Operation(_largest, max, _where_largest),
    **{name: Operation(_smallest, min, lambda *values: _where_largest(*(-value for value in values))) for name in ("Min", "minimum")},
    "choice": Operation(_run_choose, _choose),
    "StrictGreaterThan": _relation(lambda left, right: left > right),
    "GreaterThan": _relation(lambda left, right: left >= right),
    "StrictLessThan": _relation(lambda left, right: left < right),
    "LessThan": _relation(lambda left, right: left <= right),
    "Equality": _relation(lambda left, right: left == right),
    "Unequality": _relation(lambda left, right: left != right),
    "And": _logic(all),
    "Or": _logic(any),
    "Not": Operation(lambda on, one: (not one[0], 0), lambda one: not one),
}


def constant(expression: Any, on: Arithmetic) -> Pair:
    """The number of a SymPy constant that is not rational: pi, E, a Float, sqrt(2)."""
    if expression.is_Float and on.bits == 53:
        return float(expression), 0.0
    value = expression.evalf(_digits(on))
    if not value.is_Float:
        return UNDEFINED
    near = on.number(value._mpf_) if on.tiny == 0 else float(value)
    return near, 2 * on.unit * abs(near)


def by_sympy(expression: Any, symbols: Sequence[Any]) -> Operation:
    """A function outside the table, by SymPy's own evaluation; its error is seen by moving the symbols by theirs."""

    def at(on: Arithmetic, values: list[Any]) -> Any:
        from sympy import Float

        places = _digits(on)
        result = constant(expression.xreplace({symbol: Float(value, places) for symbol, value in zip(symbols, values, strict=True)}), on)[0]
        if result != result:
            raise ValueError(f"{expression} has no real value there")
        return result

    def run(on: Arithmetic, *pairs: Pair) -> Pair:
        values = [value for value, _ in pairs]
        result = at(on, values)
        error = 8 * on.unit * abs(result) + on.tiny
        for place, (value, wrong) in enumerate(pairs):
            if wrong:
                error += max(abs(at(on, [*values[:place], value + side * wrong, *values[place + 1 :]]) - result) for side in (1, -1))
        return result, error

    return Operation(run)


def _digits(on: Arithmetic) -> int:
    return 20 if on.bits == 53 else int(on.bits * 0.30103) + 5
