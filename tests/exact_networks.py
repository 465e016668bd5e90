"""The loss of one sample of a network in mpmath, written apart from the package, and its slopes as differences of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import mpmath
from by_mpmath import slope, value
from sympy import Rational, Symbol

from derive import Network
from derive.activations import SELU_ALPHA, SELU_SCALE
from derive.losses import O, T

Z = Symbol("z")
LARGEST = mpmath.mpf(2) ** 1024


def loss_and_slopes(net: Network, theta: Iterable[float], inputs: Iterable[float], targets: Iterable[float], digits: int) -> tuple[Any, list[Any]]:
    """The loss of one sample, and its derivative by every parameter."""
    with mpmath.workdps(digits):
        exact = [mpmath.mpf(float(one)) for one in theta]
        x, t = ([mpmath.mpf(float(one)) for one in row] for row in (inputs, targets))

        def moved(place: int, number: Any) -> Any:
            return _loss(net, [*exact[:place], number, *exact[place + 1 :]], x, t)

        slopes = [slope(lambda number, place=place: moved(place, number), at) for place, at in enumerate(exact)]
        return _loss(net, exact, x, t), slopes


def _loss(net: Network, theta: list[Any], x: list[Any], t: list[Any]) -> Any:
    parts = net.unpack(theta)
    constants = {one: value(Rational(one.decimals), {}) for one in (SELU_SCALE, SELU_ALPHA)}
    for layer, record in zip(net.layers, net.activations, strict=True):
        nets = [
            mpmath.fsum(row[unit] * one for row, one in zip(parts[f"W{layer}"], x, strict=True)) + parts[f"b{layer}"][unit] for unit in range(net.sizes[layer])
        ]
        if record.whole:
            powers = [mpmath.exp(one) for one in nets]
            x = [one / mpmath.fsum(powers) for one in powers]
        else:
            settings = {Symbol(one.name): parts[f"{one.name}{layer}"][0] for one in record.learned}
            definition = _definition(record, tuple(settings))
            x = [value(definition, {Z: one, **settings, **constants}) for one in nets]
    outputs, targets = ([Symbol(f"{letter}{unit}") for unit in range(len(x))] for letter in (O, T))
    page: Any = net.loss_record.of(targets, outputs)
    return _page(page, dict(zip((*outputs, *targets), (*x, *t), strict=True)))


def _page(page: Any, known: dict[Any, Any]) -> Any:
    """The number of a writing; t ln … is 0 where t is."""
    if not hasattr(page, "head"):
        return value(page, known)
    if page.head == "*" and any(value(one, known) == 0 for one in page.args if getattr(one, "is_Symbol", False)):
        return mpmath.mpf(0)
    args = [_page(one, known) for one in page.args]
    return _HEADS[page.head](*args) if page.head in _HEADS else _named(page.head, args)


def _named(head: Any, args: list[Any]) -> Any:
    letters = tuple(Symbol(f"part{place}") for place in range(len(args)))
    return value(_application(head, letters), dict(zip(letters, args, strict=True)))


@cache  # SymPy takes longer to build a maximum than mpmath to compute it
def _application(head: Any, letters: tuple[Symbol, ...]) -> Any:
    return head(*letters)


@cache
def _definition(record: Any, settings: tuple[Symbol, ...]) -> Any:
    return record.definition(Z, *settings)


_HEADS = {
    "+": lambda *args: mpmath.fsum(args),
    "*": lambda *args: mpmath.fprod(args),
    "neg": lambda one: -one,
    "/": lambda above, below: above / below,
    "**": lambda base, power: base**power,
}
