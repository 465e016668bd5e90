"""The arbiter: a gradient to thirty digits or more, by a second route that shares nothing with the first.

The forward pass is written here once more, in plain mpmath: weights times what a layer reads, and each activation and
the loss as they are defined, spelt out in elementary functions. No facts, no stable forms, no compiled code. Its central
differences are computed in ever more digits, twice as many each time, until two runs agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

from mpmath import MPContext
from sympy import NumberSymbol, Rational, Symbol, lambdify

from derive.activations import defined
from derive.errors import DeriveError, UnknownNameError, listed
from derive.losses import O, T, averaged, summed
from derive.network import Network
from derive.own import unit
from derive.written import Written

from .network_parts import is_dense
from .points import number

__all__ = ["arbitrate", "settled_slope"]

FIRST_DIGITS, MOST_DIGITS = 60, 2000
PARTS = tuple(Symbol(f"part{place}") for place in range(1, 9))


def arbitrate(
    net: Network,
    theta: Iterable[Any],
    inputs: Any,
    targets: Any,
    wrt: Iterable[str | Symbol] | None = None,
    digits: int = 30,
) -> dict[str, Any]:
    """∂(mean loss)/∂p for parameters p of a network, by name, as mpmath numbers of which that many digits are right.

    theta, inputs and targets are as for ``loss_and_gradient``, floats taken as they are, text and fractions exactly. wrt: by
    default all parameters. None stands for a slope that does not exist: at a kink, or where the loss has no value.
    Raises DeriveError for a network with more than plain layers.
    """
    if not is_dense(net):
        raise DeriveError(f"the arbiter knows layers of weights and biases only; this network has {listed(net.extras)}")
    names = [one.name for one in net.parameters]
    exact = [number(name, value) for name, value in zip(names, theta, strict=True)]
    rows = [([number("inputs", one) for one in own], [number("targets", one) for one in due]) for own, due in zip(inputs, targets, strict=True)]
    forward = _Forward(net, MPContext())
    found: dict[str, Any] = {}
    for name in names if wrt is None else map(str, wrt):
        if name not in names:
            raise UnknownNameError("parameter", name, names, "this network has")
        found[name] = settled_slope(partial(forward.mean_loss, exact, rows, names.index(name)), forward.on, digits)
    return found


def settled_slope(value: Callable[[Any], Any], on: Any, digits: int = 30) -> Any:
    """The derivative at 0 of a function in an mpmath context, in more and more digits until two runs agree; None where there is none.

    Raises DeriveError where 2,000 digits do not settle it.
    """
    runs: list[Any] = []
    places = max(FIRST_DIGITS, 2 * digits)
    while places <= MOST_DIGITS:
        on.dps = places
        runs.append(_slope(value, on))
        if len(runs) > 1 and _agree(on, runs[-2], runs[-1], digits):
            return None if on.isnan(runs[-1]) else runs[-1]
        places *= 2
    if abs(runs[-1]) < on.mpf(10) ** -(on.dps // 2):
        return on.zero  # where terms cancel, what is left shrinks with every digit more
    raise DeriveError(f"{MOST_DIGITS} digits do not settle this slope to {digits}")


def _slope(value: Callable[[Any], Any], on: Any) -> Any:
    """D(h), with h such that both of its errors are small; NaN where the slopes on the two sides differ, or are none."""
    h = on.mpf(10) ** -(on.dps // 3)
    try:
        right, here, left = value(h), value(on.zero), value(-h)
        ends = (right - here) / h, (here - left) / h
    except (ArithmeticError, ValueError):
        return on.nan
    if not all(isinstance(one, on.mpf) and on.isfinite(one) for one in ends):
        return on.nan
    jump = abs(ends[0] - ends[1])
    return on.nan if jump > on.mpf(10) ** -(on.dps // 4) * max(1, *map(abs, ends)) else (right - left) / (2 * h)


def _agree(on: Any, before: Any, slope: Any, digits: int) -> bool:
    """Do two runs agree to that many digits? Two that find no slope do."""
    if on.isnan(before) or on.isnan(slope):
        return on.isnan(before) and on.isnan(slope)
    return abs(slope - before) <= abs(slope) * on.mpf(10) ** -digits


# ---- the forward pass


class _Forward:
    """The mean loss of a network in an mpmath context, in whatever digits it works."""

    def __init__(self, net: Network, on: Any) -> None:
        self.net, self.on = net, on
        self.units = [self._unit(layer) for layer in net.layers]
        self.loss = self._valued(net.loss_record.whole)

    def mean_loss(self, theta: Sequence[Any], rows: Sequence[tuple[list[Any], list[Any]]], place: int, move: Any) -> Any:
        """The mean loss over the samples with one parameter moved."""
        values = [self.number(one) for one in theta]
        values[place] += move
        layers = self._layers(values)
        return sum((self._of_sample(layers, own, due) for own, due in rows), self.on.zero) / len(rows)

    def number(self, value: Any) -> Any:
        """An exact number in as many digits as the context has."""
        return self.on.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else self.on.mpf(value)

    def _layers(self, values: list[Any]) -> list[tuple[list[list[Any]], list[Any]]]:
        """Of each layer the weights into every unit, and its biases, cut out of theta by their numbering."""
        net, start = self.net, 0
        layers: list[tuple[list[list[Any]], list[Any]]] = []
        for (before, units), count in zip(pairwise(net.sizes), net.bias_counts, strict=True):
            own, start = values[start : start + before * units], start + before * units
            into = [own[one::units] if net.numbering == "by-source" else own[one * before : (one + 1) * before] for one in range(units)]
            biases, start = values[start : start + count], start + count
            layers.append((into, biases if count == units else (biases or [self.on.zero]) * units))
        return layers

    def _of_sample(self, layers: Iterable[tuple[list[list[Any]], list[Any]]], inputs: list[Any], targets: list[Any]) -> Any:
        read = [self.number(one) for one in inputs]
        for (into, biases), outputs in zip(layers, self.units, strict=True):
            read = outputs([bias + self.on.fdot(weights, read) for weights, bias in zip(into, biases, strict=True)])
        return self.loss([(self.number(due), out) for due, out in zip(targets, read, strict=True)])

    def _unit(self, layer: int) -> Callable[[list[Any]], list[Any]]:
        """The outputs of a layer from its nets."""
        record, on = self.net.activations[layer - 1], self.on
        if record.whole is not None:
            return lambda nets: [on.exp(one) / on.fsum(map(on.exp, nets)) for one in nets]
        written = unit(record, (T,))
        own = self._function(defined(written.expression if isinstance(written, Written) else written), (T,))
        return lambda nets: [own(one) for one in nets]

    def _valued(self, written: Any) -> Callable[[Sequence[Any]], Any]:
        """A loss as a function of the pairs of target and output, its sums and means taken over them."""
        on = self.on
        if not isinstance(written, Written):
            own = self._function(defined(written), (T, O))
            return lambda pairs: own(*pairs[0])
        parts = [self._valued(one) for one in written.args]
        if written.head in (summed, averaged):
            return lambda pairs: on.fsum(parts[0]([pair]) for pair in pairs) / (len(pairs) if written.head is averaged else 1)
        letters = PARTS[: len(parts)]
        join = self._function(defined(Written(written.head, letters).expression), letters)
        return lambda pairs: join(*(part(pairs) for part in parts))

    def _function(self, page: Any, letters: Sequence[Symbol]) -> Callable[..., Any]:
        """The function of an expression, by SymPy's own printer; x·ln 0 is 0 where x is."""
        on = self.on
        room = {name: getattr(on, name) for name in dir(on) if not name.startswith("_")}  # all names, or mpmath's own fifteen digits would slip in
        exact = {one: Rational(one.decimals) for one in page.atoms(NumberSymbol) if hasattr(one, "decimals")}
        room |= {"log": lambda one: on.log(one) if one else -on.one, "Max": max, "Min": min, "Abs": abs}
        return lambdify(letters, page.xreplace(exact), modules=[room, "mpmath"])
