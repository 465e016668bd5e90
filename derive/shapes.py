"""Shapes: how large an expression is, and an estimate of SymPy's work with it, told before SymPy is asked.

SymPy's functions ask about their arguments (is it zero? is it real?), and some are answered by multiplying
out real and imaginary parts: ``log(cosh((x + y)**20))`` takes a second, ``log(cosh((x + y)**60))`` minutes.
The weights were fitted to measured times; one unit of work is about 2.5 µs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, prod

from sympy import Expr, Heaviside, cosh, sinh, sqrt, tanh

from .activations import Extremum, Named

__all__ = ["IRRATIONAL", "MOST_WORK", "NAME", "NUMBER", "PRODUCTS", "Shape", "shape"]

MOST_WORK = 100_000
CONSTANT_WORK = 500  # a constant such as sqrt(2) is evaluated, to be seen to be real
ASKED_WORK = 800  # for each node and each term multiplied out, where SymPy is asked about them
WIDEST = 1_000

HYPERBOLIC = (sinh, cosh, tanh)  # every function asks about these
CURIOUS = (Heaviside,)  # these ask about every function
PRODUCTS = ("*", "/", "**")  # a power of these asks about every function in them


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one part of an expression.

    size counts its nodes, depth how deep they are nested, spread the terms of its real and imaginary parts
    once they are multiplied out. hyperbolic and functions add up size and spread of the arguments of such
    functions inside, about which SymPy has not been asked yet. work is what building the part costs.
    """

    size: int = 1
    depth: int = 0
    spread: int = 2
    constant: bool = False
    irrational: bool = False
    hyperbolic: int = 0
    functions: int = 0
    work: int = 0


NAME, NUMBER, IRRATIONAL = Shape(), Shape(spread=1, constant=True), Shape(spread=1, constant=True, irrational=True)


def shape(head: str | Callable[..., Expr], parts: Sequence[Shape], weight: int, power: int | None = None, of_product: bool = False) -> Shape:
    """The shape of an operation or function on parts.

    ``weight`` is the work per node; ``power`` the exponent where it is a literal integer; ``of_product``
    says that the first part is a product, quotient or power itself.
    """
    size, function = 1 + sum(part.size for part in parts), callable(head) and head is not sqrt
    opaque = isinstance(head, type) and issubclass(head, Named | Extremum)
    hyperbolic, functions = sum(part.hyperbolic for part in parts), sum(part.functions for part in parts)
    constant = all(part.constant for part in parts)
    irrational = constant and (callable(head) or (head == "**" and power is None) or any(part.irrational for part in parts))
    work = sum(part.work for part in parts) + weight * size + irrational * CONSTANT_WORK
    if head in CURIOUS or (head in ("**", sqrt) and of_product):
        work, hyperbolic, functions = work + ASKED_WORK * functions, 0, 0
    elif head not in ("+", "*", "neg") and not opaque:
        work, hyperbolic = work + ASKED_WORK * hyperbolic, 0
    if function and not opaque:
        inside = sum(part.size + part.spread for part in parts)
        hyperbolic, functions = hyperbolic + inside * (head in HYPERBOLIC), functions + inside
    return Shape(size, 1 + max(part.depth for part in parts), _spread(head, parts, power, opaque), constant, irrational, hyperbolic, functions, work)


def _spread(head: str | Callable[..., Expr], parts: Sequence[Shape], power: int | None, opaque: bool) -> int:
    spreads = [part.spread for part in parts]
    if head == "+":
        spread = sum(spreads)
    elif head == "*":
        spread = _product(spreads)
    elif head == "/":
        spread = _product([spreads[0], _power(spreads[1], -1)])
    elif head == "**":
        spread = 2 if power is None else _power(spreads[0], power)
    else:
        spread = 2 if opaque or head is sqrt else 2 * spreads[0] if callable(head) else spreads[0]
    return min(spread, WIDEST)


def _product(spreads: Sequence[int]) -> int:
    """Only sums are multiplied out; names stay together."""
    return max(2, prod(spread for spread in spreads if spread > 2))


def _power(spread: int, exponent: int) -> int:
    """The terms of a power of a sum; of a reciprocal, those of the square of its size as well."""
    if spread <= 2:
        return 2
    terms = comb(min(abs(exponent), 100) + spread - 1, spread - 1)
    return terms if exponent > 0 else terms**2
