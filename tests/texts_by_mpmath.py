"""What a text means, in mpmath and apart from the package: its value, and the slope that the declared kinks give it.

The text is Python's; nothing of ``derive`` reads it. A number is a ``Dual``: a value, and the slope by one name. To add a
function: one row in ``MEANING``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

DIGITS = 120
NOTHING = mpmath.mpf(10) ** -70  # what differs by less is taken to be equal
STEP = mpmath.mpf(10) ** -30
CLOSE = mpmath.mpf(10) ** -12
MOST = mpmath.mpf(10) ** 12


class NoValueError(ArithmeticError):
    """There is no real number."""


@dataclass(frozen=True)
class Dual:
    """A number and its slope; ``bent`` where something in it has a kink or a jump exactly there."""

    value: Any
    slope: Any = 0
    bent: bool = False

    def along(self, value: Any, slope: Any, *others: Dual) -> Dual:
        """A function of this number, its own slope there, and of others that bend it too."""
        if isinstance(value, mpmath.mpc) or not mpmath.isfinite(value):
            raise NoValueError(value)
        return Dual(value, slope, self.bent or any(other.bent for other in others))

    def __add__(self, other: Dual) -> Dual:
        return self.along(self.value + other.value, self.slope + other.slope, other)

    def __neg__(self) -> Dual:
        return self.along(-self.value, -self.slope)

    def __sub__(self, other: Dual) -> Dual:
        return self + -other

    def __mul__(self, other: Dual) -> Dual:
        return self.along(self.value * other.value, self.slope * other.value + self.value * other.slope, other)

    def __truediv__(self, other: Dual) -> Dual:
        if abs(other.value) < NOTHING:
            raise NoValueError("divides by zero")
        value = self.value / other.value
        return self.along(value, (self.slope - value * other.slope) / other.value, other)

    def __pow__(self, other: Dual) -> Dual:
        base, exponent = self.value, other.value
        if other.slope == 0 and abs(exponent - mpmath.nint(exponent)) < NOTHING:
            exponent = int(mpmath.nint(exponent))
            if abs(base) < NOTHING:
                if exponent <= 0:
                    raise NoValueError("divides by zero")
                return self.along(mpmath.mpf(0), self.slope if exponent == 1 else mpmath.mpf(0), other)
            return self.along(base**exponent, exponent * base ** (exponent - 1) * self.slope, other)
        if base < NOTHING:
            raise NoValueError("a root or a variable power of what is not positive")
        value = base**exponent
        return self.along(value, value * (other.slope * mpmath.log(base) + exponent * self.slope / base), other)

    def sign(self) -> int:
        """1, 0 or −1."""
        return 0 if abs(self.value) < NOTHING else 1 if self.value > 0 else -1


def number(value: Any) -> Dual:
    """A constant."""
    return Dual(mpmath.mpf(value))


ZERO, ONE, TWO, HALF = map(number, (0, 1, 2, 0.5))


def _smooth(function: Callable[[Any], Any], slope: Callable[[Any], Any], defined: Callable[[Any], bool] = lambda u: True) -> Callable[[Dual], Dual]:
    def applied(u: Dual) -> Dual:
        if not defined(u.value):
            raise NoValueError(u.value)
        return u.along(function(u.value), slope(u.value) * u.slope)

    return applied


def _bending(u: Dual, result: Dual) -> Dual:
    """The result, which bends or jumps where u is zero."""
    return Dual(result.value, result.slope, u.bent or result.bent or u.sign() == 0)


def _largest(turn: int) -> Callable[..., Dual]:
    """The first of the largest (turn 1) or of the smallest (−1)."""

    def applied(*args: Dual) -> Dual:
        best = args[0]
        for other in args[1:]:
            if turn * (other - best).sign() > 0:
                best = other
        tied = sum((arg - best).sign() == 0 for arg in args) > 1
        return Dual(best.value, best.slope, tied or any(arg.bent for arg in args))

    return applied


def _log(u: Dual, *base: Dual) -> Dual:
    if u.value < NOTHING or any(one.value < NOTHING or abs(one.value - 1) < NOTHING for one in base):
        raise NoValueError("a logarithm of what is not positive")
    top = u.along(mpmath.log(u.value), u.slope / u.value)
    return top / _log(*base) if base else top


def _sqrt(u: Dual) -> Dual:
    if u.value < NOTHING:
        raise NoValueError("a root of what is not positive, or without a slope")
    root = mpmath.sqrt(u.value)
    return u.along(root, u.slope / (2 * root))


exp = _smooth(mpmath.exp, mpmath.exp)
tanh = _smooth(mpmath.tanh, lambda u: 1 - mpmath.tanh(u) ** 2)
erf = _smooth(mpmath.erf, lambda u: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(u**2)))
largest, smallest = _largest(1), _largest(-1)
SELU_SCALE, SELU_ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"


def _softplus(z: Dual) -> Dual:
    return _log(ONE + exp(z))


def _sigmoid(z: Dual) -> Dual:
    return ONE / (ONE + exp(-z))


def _left(z: Dual, left: Dual) -> Dual:
    """z on the right of 0, something else on its left and at 0."""
    return _bending(z, z if z.sign() > 0 else left)


def _softmax(own: Dual, *others: Dual) -> Dual:
    total = exp(own)
    for other in others:
        total = total + exp(other)
    return exp(own) / total


def _hundredth() -> Dual:
    return ONE / number(100)


MEANING: dict[str, Callable[..., Dual]] = {
    "sqrt": _sqrt,
    "exp": exp,
    "log": _log,
    "ln": _log,
    "log2": lambda u: _log(u, TWO),
    "log10": lambda u: _log(u, number(10)),
    "lg": lambda u: _log(u, number(10)),
    "sin": _smooth(mpmath.sin, mpmath.cos),
    "cos": _smooth(mpmath.cos, lambda u: -mpmath.sin(u)),
    "tan": _smooth(mpmath.tan, lambda u: 1 / mpmath.cos(u) ** 2),
    "asin": _smooth(mpmath.asin, lambda u: 1 / mpmath.sqrt(1 - u**2), lambda u: abs(u) < 1 - NOTHING),
    "acos": _smooth(mpmath.acos, lambda u: -1 / mpmath.sqrt(1 - u**2), lambda u: abs(u) < 1 - NOTHING),
    "atan": _smooth(mpmath.atan, lambda u: 1 / (1 + u**2)),
    "sinh": _smooth(mpmath.sinh, mpmath.cosh),
    "cosh": _smooth(mpmath.cosh, mpmath.sinh),
    "tanh": tanh,
    "asinh": _smooth(mpmath.asinh, lambda u: 1 / mpmath.sqrt(1 + u**2)),
    "acosh": _smooth(mpmath.acosh, lambda u: 1 / mpmath.sqrt(u**2 - 1), lambda u: u > 1 + NOTHING),
    "atanh": _smooth(mpmath.atanh, lambda u: 1 / (1 - u**2), lambda u: abs(u) < 1 - NOTHING),
    "erf": erf,
    "abs": lambda u: _bending(u, u if u.sign() > 0 else -u if u.sign() < 0 else ZERO),
    "sign": lambda u: _bending(u, number(u.sign())),
    "step": lambda u: _bending(u, number(u.sign() > 0)),
    "max": largest,
    "min": smallest,
    "maxout": largest,
    "identity": lambda z: z,
    "sigmoid": _sigmoid,
    "relu": lambda z: _left(z, ZERO),
    "leaky_relu": lambda z, slope=None: _left(z, (slope or _hundredth()) * z),
    "prelu": lambda z, alpha=None: _left(z, (alpha or HALF * HALF) * z),
    "elu": lambda z, alpha=ONE: _left(z, alpha * (exp(z) - ONE)),
    "selu": lambda z: number(SELU_SCALE) * _left(z, number(SELU_ALPHA) * (exp(z) - ONE)),
    "swish": lambda z, beta=ONE: z * _sigmoid(beta * z),
    "gelu": lambda z: HALF * z * (ONE + erf(z / _sqrt(TWO))),
    "softplus": _softplus,
    "mish": lambda z: z * tanh(_softplus(z)),
    "hard_sigmoid": lambda z: largest(ZERO, smallest(ONE, z / number(6) + HALF)),
    "hard_tanh": lambda z: largest(-ONE, smallest(ONE, z)),
    "softsign": lambda z: z / (ONE + MEANING["abs"](z)),
    "softmax": _softmax,
}

_OPERATIONS: dict[type, Callable[..., Dual]] = {
    ast.Add: Dual.__add__,
    ast.Sub: Dual.__sub__,
    ast.Mult: Dual.__mul__,
    ast.Div: Dual.__truediv__,
    ast.Pow: Dual.__pow__,
    ast.USub: Dual.__neg__,
}


def meaning(text: str, known: Mapping[str, Dual]) -> Dual:
    """The number that a text is. Raises NoValueError where it is no real one, or has no slope."""
    return _meaning(ast.parse(text, mode="eval").body, text, known)


def _meaning(node: ast.expr, text: str, known: Mapping[str, Dual]) -> Dual:
    if isinstance(node, ast.Constant):
        exact = Fraction(str(ast.get_source_segment(text, node)))
        return Dual(mpmath.mpf(exact.numerator) / exact.denominator)
    if isinstance(node, ast.Name):
        return known[node.id] if node.id != "pi" else Dual(+mpmath.pi)
    if isinstance(node, ast.UnaryOp):
        return _OPERATIONS[type(node.op)](_meaning(node.operand, text, known))
    if isinstance(node, ast.BinOp):
        return _OPERATIONS[type(node.op)](*(_meaning(side, text, known) for side in (node.left, node.right)))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return MEANING[node.func.id](*(_meaning(arg, text, known) for arg in node.args))


def of_lines(lines: Iterable[tuple[str, str]], known: Mapping[str, Dual]) -> Dual:
    """The last of some definitions (name, text), each of which may read those before it."""
    found = dict(known)
    for name, text in lines:
        found[name] = meaning(text, found)
    return found[name]


@dataclass(frozen=True)
class Slopes:
    """The slopes of a function at a point: as declared, from the left and from the right; ``bent`` where it may have a kink there."""

    declared: Any
    left: Any
    right: Any
    bent: bool

    @property
    def finite(self) -> bool:
        """Are all of them numbers of a usual size? Beside a jump they are not."""
        return max(abs(self.declared), abs(self.left), abs(self.right)) < MOST

    def allow(self, slope: Any) -> bool:
        """Is this the slope there? At a kink what is declared, or any slope between the one-sided ones."""
        if self.bent and abs(slope - self.declared) <= CLOSE * (1 + abs(self.declared)):
            return True
        low, high = min(self.left, self.right), max(self.left, self.right)
        slack = CLOSE * (1 + abs(low) + abs(high))
        return self.finite and low - slack <= slope <= high + slack and (self.bent or high - low <= slack)


def slopes(function: Callable[[Dual], Dual], at: Any) -> Slopes:
    """The slopes of a function at a point, by differences with a step of 10⁻³⁰. Raises NoValueError."""
    here = function(Dual(at, mpmath.mpf(1)))
    left, right = ((function(Dual(at + turn * STEP)).value - here.value) / (turn * STEP) for turn in (-1, 1))
    return Slopes(here.slope, left, right, here.bent)
