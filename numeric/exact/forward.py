"""The forward pass of a network in mpmath, written once more and with no graph: what the arbiter takes for the truth.

Weights times what a layer reads, each activation and the loss as they are defined, spelt out in elementary functions;
skips, dropout, penalties and units of several maps by hand. Only the numbering of the parameters is the network's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sympy import Expr, Symbol

from derive.activations import defined
from derive.losses import O, T, averaged, summed
from derive.network import Network
from derive.own import unit
from derive.written import Written

from .definitions import number_in, value_of

__all__ = ["Forward", "Sample"]

PARTS = tuple(Symbol(f"part{place}") for place in range(1, 9))
Sample = tuple[Sequence[Any], Sequence[Any], Sequence[Any]]  # inputs, targets, masks
Pair = tuple[Any, Any]  # target, output
Layer = tuple[list[list[Any]], list[Any], list[Any]]  # the weights into each pre-activation, biases, what is learnt


class Forward:
    """The mean loss over samples as a function of the parameters, in an mpmath context, in whatever digits it works."""

    def __init__(self, net: Network, samples: Sequence[Sample], on: Any) -> None:
        self.net, self.samples, self.on = net, samples, on
        self.units = [self._unit(layer) for layer in net.layers]
        self.loss = self._valued(net.loss_record.whole)

    def mean_loss(self, values: Mapping[str, Any], name: str, move: Any) -> Any:
        """The mean loss where each parameter has its value, and the one of that name is moved."""
        here = {one: number_in(self.on, value) for one, value in values.items()}
        here[name] += move
        layers = [self._layer(here, layer) for layer in self.net.layers]
        losses = [self._of_sample(layers, *([number_in(self.on, one) for one in part] for part in sample)) for sample in self.samples]
        return self.on.fsum(losses) / len(losses) + self._penalty(here, [one for layer in layers for row in layer[0] for one in row])

    # ---- a layer, a sample

    def _layer(self, here: Mapping[str, Any], layer: int) -> Layer:
        """The weights into every pre-activation of a layer, its biases, and what it learns of its activation, by their names."""
        net, before, units = self.net, self.net.sizes[layer - 1], self.net.widths[layer]
        first = 1 + sum(net.sizes[one - 1] * net.widths[one] for one in range(1, layer))
        apart = (1, units) if net.numbering == "by-source" else (before, 1)
        into = [[here[f"w{first + one * apart[0] + row * apart[1]}"] for row in range(before)] for one in range(units)]
        count, begin = net.bias_counts[layer - 1], 1 + sum(net.bias_counts[: layer - 1])
        biases = [here[f"b{begin + (one if count > 1 else 0)}"] if count else self.on.zero for one in range(units)]
        return into, biases, [here[f"{one.name}{layer}"] for one in net.activations[layer - 1].learned]

    def _of_sample(self, layers: Sequence[Layer], inputs: list[Any], targets: list[Any], masks: list[Any]) -> Any:
        passed = [inputs]
        for layer, ((into, biases, own), outputs) in enumerate(zip(layers, self.units, strict=True), 1):
            nets = [bias + self.on.fdot(weights, passed[-1]) for weights, bias in zip(into, biases, strict=True)]
            maps = self.net.activations[layer - 1].maps
            for start, end in self.net.skips:
                if end == layer:
                    nets = [net + passed[start][place // maps] for place, net in enumerate(nets)]
            passed.append(self._kept(layer, outputs(nets, own), masks))
        pairs = list(zip(targets, passed[-1], strict=True))
        return self.loss(pairs[0], pairs)

    def _kept(self, layer: int, outs: list[Any], masks: list[Any]) -> list[Any]:
        """What dropout passes on of a hidden layer; its masks are taken from the front of the list."""
        net = self.net
        if net.dropout is None or layer == len(net.sizes) - 1:
            return outs
        own = net.fixed_masks[layer - 1] if net.fixed_masks else [masks.pop(0) for _ in outs]
        scale = value_of(1 / (1 - net.dropout), lambda one: one, self.on)
        return [scale * mask * out for mask, out in zip(own, outs, strict=True)]

    def _penalty(self, here: Mapping[str, Any], weights: list[Any]) -> Any:
        on, net = self.on, self.net
        strength = {key: value_of(one, lambda symbol: here[symbol.name], on) for key, one in (("l1", net.l1), ("l2", net.l2)) if one is not None}
        return strength.get("l1", 0) * on.fsum(map(abs, weights)) + strength.get("l2", 0) * on.fsum(one * one for one in weights) / 2

    # ---- activations and losses

    def _unit(self, layer: int) -> Callable[[list[Any], list[Any]], list[Any]]:
        """The outputs of a layer from its pre-activations and what it learns of its activation."""
        record, on = self.net.activations[layer - 1], self.on
        if record.whole is not None:
            return lambda nets, _: [on.exp(one) / on.fsum(map(on.exp, nets)) for one in nets]
        letters, learned, maps = PARTS[: record.maps], self.net.learned(layer), record.maps
        written = unit(record, letters, learned)
        own = self._function(written.expression if isinstance(written, Written) else written, (*letters, *learned))
        return lambda nets, values: [own(*nets[start : start + maps], *values) for start in range(0, len(nets), maps)]

    def _valued(self, written: Any) -> Callable[[Pair, Sequence[Pair]], Any]:
        """A loss as a function of one pair of target and output and of all of them; its sums and means go over all."""
        on = self.on
        if not isinstance(written, Written):
            own = self._function(written, (T, O))
            return lambda pair, pairs: own(*pair)
        parts = [self._valued(one) for one in written.args]
        if written.head in (summed, averaged):
            return lambda pair, pairs: on.fsum(parts[0](one, pairs) for one in pairs) / (len(pairs) if written.head is averaged else 1)
        if written.head == "*":  # as it stands: with a factor 0 the others need no value
            return lambda pair, pairs: _times(on, [partial(part, pair, pairs) for part in parts])
        letters = PARTS[: len(parts)]
        join = self._function(Written(written.head, letters).expression, letters)
        return lambda pair, pairs: join(*(part(pair, pairs) for part in parts))

    def _function(self, page: Expr, letters: Sequence[Symbol]) -> Callable[..., Any]:
        """The function of an expression, spelt out."""
        spelt = defined(page)
        return lambda *values: value_of(spelt, dict(zip(letters, values, strict=True)).__getitem__, self.on)


def _times(on: Any, factors: list[Callable[[], Any]]) -> Any:
    """The product of what is computed one by one, up to the first 0."""
    found = on.one
    for factor in factors:
        found = found * factor() if found else found
    return found
