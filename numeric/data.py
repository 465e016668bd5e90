"""Data: the default point, random points, and small sets of samples to learn.

Points are exact and made without numpy. To add a set of samples: a row in ``DATA``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.errors import DeriveError, UnknownNameError
from derive.graph import Graph
from derive.network import Network

__all__ = ["DATA", "Samples", "data", "default_point", "random_point", "random_points"]

Cycle = Sequence[Fraction]

_TENTHS = tuple(Fraction(digit, 10) for digit in range(1, 10))
_UP_AND_DOWN = (*_TENTHS, *(-tenth for tenth in _TENTHS))

# What the n-th given of a kind is worth: the values in turn, from the start again after the last.
_DEFAULTS: Mapping[str, Cycle] = {
    "input": (Fraction(1, 2), Fraction(1)),
    "weight": _UP_AND_DOWN,
    "bias": _UP_AND_DOWN,
    "slope": (Fraction(1, 4),),
    "strength": (Fraction(1, 10),),
    "mask": (Fraction(1), Fraction(0)),
}


# The least and the most of a random value, in units of one over the last number.
_RANGES: Mapping[str, tuple[int, int, int]] = {
    **dict.fromkeys(("input", "weight", "bias", "slope"), (-1000, 1000, 1000)),
    "strength": (0, 1000, 1000),
    "target": (0, 1, 1),
    "mask": (0, 1, 1),
}


def default_point(net: Network | Graph) -> dict[str, Fraction]:
    """The declared value of every given of a network, by name: the same every time.

    Inputs are 0.5, 1, 0.5, 1, …; weights 0.1, 0.2, … 0.9, then −0.1 … −0.9, and again; biases likewise; the first
    target is 1, the others 0; learned slopes 0.25, strengths of penalties 0.1, masks 1, 0, 1, 0, …. Raises DeriveError
    for a graph whose givens are none of these.
    """
    seen: dict[str, int] = {}
    values: dict[str, Fraction] = {}
    for name, kind in _kinds(net):
        place = seen.get(kind, 0)
        seen[kind] = place + 1
        cycle = _DEFAULTS.get(kind)
        values[name] = cycle[place % len(cycle)] if cycle else Fraction(place == 0)
    return values


def random_point(net: Network | Graph, seed: int) -> dict[str, Fraction]:
    """A random value for every given of a network, by name; the first of ``random_points``."""
    return next(random_points(net, seed, 1))


def random_points(net: Network | Graph, seed: int, count: int) -> Iterator[dict[str, Fraction]]:
    """Random values for every given of a network, by name: inputs and parameters from −1 to 1, targets and masks 0 or 1.

    Targets that must sum to 1 are 1 for one output; strengths of penalties lie from 0 to 1.
    Values have three decimals, so that a page prints the whole number. The same seed gives the same points. Raises
    DeriveError for a seed that is no whole number, and as ``default_point``.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise DeriveError(f"seed={seed!r}; a seed is a whole number, such as 0")
    draw, kinds = random.Random(seed), list(_kinds(net))
    shares = [one.name for one in (net if isinstance(net, Graph) else net.graph).shares]
    for _ in range(count):
        yield {name: _drawn(kind, draw) for name, kind in kinds} | _one_hot(shares, draw)


def _drawn(kind: str, draw: random.Random) -> Fraction:
    least, most, scale = _RANGES[kind]
    return Fraction(draw.randint(least, most), scale)


def _one_hot(shares: Sequence[str], draw: random.Random) -> dict[str, Fraction]:
    one = draw.choice(shares) if shares else None
    return {name: Fraction(name == one) for name in shares}


def _kinds(net: Network | Graph) -> Iterator[tuple[str, str]]:
    graph = net if isinstance(net, Graph) else net.graph
    for one in graph.givens:
        role = graph.roles.get(one)
        if role is None:
            raise DeriveError(f"there is no default value for {one.name!r}, which is no input, parameter or target of a network; give every value")
        yield one.name, role.kind


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples to learn: inputs of shape (N, inputs) and targets of shape (N, outputs), as nested tuples."""

    name: str
    inputs: tuple[tuple[float, ...], ...]
    targets: tuple[tuple[float, ...], ...]


_CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))

DATA: Mapping[str, Samples] = {
    samples.name: samples
    for samples in (
        Samples("and", _CORNERS, ((0.0,), (0.0,), (0.0,), (1.0,))),
        Samples("or", _CORNERS, ((0.0,), (1.0,), (1.0,), (1.0,))),
        Samples("nand", _CORNERS, ((1.0,), (1.0,), (1.0,), (0.0,))),
        Samples("xor", _CORNERS, ((0.0,), (1.0,), (1.0,), (0.0,))),
    )
}


def data(name: str) -> Samples:
    """The samples of that name. Raises UnknownNameError with the names there are."""
    try:
        return DATA[name]
    except (KeyError, TypeError):
        raise UnknownNameError("data", name, DATA) from None
