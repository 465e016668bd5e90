"""Wiring: the definitions of a network from its inputs to its loss, and what each symbol is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Abs, Expr, Integer, Symbol, exp

from .graph import Definition, Graph, Role
from .named import Activation
from .own import unit
from .steps import Total
from .written import Written, summands, total

if TYPE_CHECKING:
    from .network import Network

__all__ = ["wired"]


def wired(net: Network) -> Graph:
    """The graph of a network: pre-activations and outputs layer by layer, then the loss."""
    definitions = [one for layer in net.layers for one in _layer(net, layer)]
    givens = (*net.inputs, *net.all_parameters, *net.masks, *net.strengths, *net.targets)
    shares = net.targets if net.loss_record.shares else ()
    roles = {one: replace(role, fixed=True) if one in net.frozen else role for one, role in _roles(net)}
    return Graph(givens, [*definitions, _loss(net)], roles, dict(_cited(net)) if net.indexed else {}, shares)


def _layer(net: Network, layer: int) -> Iterator[Definition]:
    before, skipped = net.passed(layer - 1), [net.passed(start) for start, end in net.skips if end == layer]
    for col, symbol in enumerate(net.nets(layer), 1):
        products = tuple(Written("*", (net.weight(layer, row, col), out)) for row, out in enumerate(before, 1))
        bias = net.bias(layer, col)
        beside = tuple(outs[(col - 1) // net.maps(layer)] for outs in skipped)
        yield Definition.of(symbol, total((*products, *((bias,) if bias else ()), *beside)))
    record = net.activations[layer - 1]
    yield from (_of_layer if record.whole else _unit_by_unit)(net, layer, record)
    if net.passed(layer) != net.outs(layer):
        yield from _dropout(net, layer)


def _unit_by_unit(net: Network, layer: int, record: Activation) -> Iterator[Definition]:
    nets, maps, learned = net.nets(layer), net.maps(layer), net.learned(layer)
    for place, out in enumerate(net.outs(layer)):
        written = unit(record, nets[place * maps : (place + 1) * maps], learned)
        yield Definition.of(out, written) if isinstance(written, Written) else Definition(out, written)


def _of_layer(net: Network, layer: int, record: Activation) -> Iterator[Definition]:
    """Each output by all pre-activations of the layer, its own first; written as the share e^net / Σ e^net."""
    nets = net.nets(layer)
    whole = total(tuple(Written(exp, (one,)) for one in nets))
    for own, out in zip(nets, net.outs(layer), strict=True):
        yield Definition(out, record.function(own, *(one for one in nets if one != own)), Written("/", (Written(exp, (own,)), whole)))


def _dropout(net: Network, layer: int) -> Iterator[Definition]:
    """What the next layer reads: each output times its mask and 1/(1 − p), so that its mean stays (inverted dropout)."""
    assert net.dropout is not None
    scale = 1 / (1 - net.dropout)
    fixed = None if net.fixed_masks is None else net.fixed_masks[layer - 1]
    for place, (out, kept) in enumerate(zip(net.outs(layer), net.passed(layer), strict=True)):
        mask = net.mask_symbols(layer)[place] if fixed is None else Integer(fixed[place])
        yield Definition.of(kept, Written("*", (scale, mask, out)))


def _loss(net: Network) -> Definition:
    """The loss of one sample, and the penalties of the weights, which it reads directly."""
    data = net.loss_record.of(net.targets, net.outs(net.layers[-1]))
    penalties = list(_penalties(net))
    if not penalties:
        return Definition.of(net.loss, data) if isinstance(data, Written) else Definition(net.loss, data, data)
    whole = total((data, *(written for written, _ in penalties)))
    parts = (*summands(data), *(part for _, own in penalties for part in own))
    return Definition(net.loss, whole.expression, whole, parts)  # type: ignore[union-attr]


def _penalties(net: Network) -> Iterator[tuple[Written, list[Expr]]]:
    weights = [one for layer in net.weights for one in layer]
    if net.l1 is not None:
        yield Written("*", (net.l1, total(tuple(Abs(one) for one in weights)))), [net.l1 * Abs(one) for one in weights]
    if net.l2 is not None:
        half = Written("/", (Integer(1), Integer(2)))
        yield Written("*", (half, net.l2, total(tuple(one**2 for one in weights)))), [net.l2 * one**2 / 2 for one in weights]


def _roles(net: Network) -> Iterator[tuple[Symbol, Role]]:
    last = net.layers[-1]
    yield net.loss, Role("loss", last + 1)
    yield from _in_turn("target", last, net.targets)
    yield from _in_turn("input", 0, net.inputs)
    yield from ((one, Role("strength")) for one in net.strengths)
    for layer in net.layers:
        maps = net.maps(layer)
        for place, one in enumerate(net.nets(layer)):
            yield one, Role("net", layer, place // maps + 1, place % maps + 1 if maps > 1 else 0)
        yield from _in_turn("out", layer, net.outs(layer))
        yield from ((one, Role("bias", layer, place // maps + 1)) for place, one in enumerate(net.bias_symbols[layer - 1]))
        yield from _in_turn("slope", layer, net.learned(layer))
        if net.passed(layer) != net.outs(layer):
            yield from _in_turn("kept", layer, net.passed(layer))
            yield from _in_turn("mask", layer, () if net.fixed_masks else net.mask_symbols(layer))
        for row in range(1, net.sizes[layer - 1] + 1):
            for col in range(1, net.widths[layer] + 1):
                yield net.weight(layer, row, col), Role("weight", layer, row, (col - 1) // maps + 1)


def _in_turn(kind: str, layer: int, symbols: tuple[Symbol, ...]) -> Iterator[tuple[Symbol, Role]]:
    yield from ((one, Role(kind, layer, row)) for row, one in enumerate(symbols, 1))


def _cited(net: Network) -> Iterator[tuple[Total, Symbol]]:
    for layer in net.layers:
        yield from ((Total(net.loss, one), delta) for one, delta in zip(net.nets(layer), net.deltas(layer), strict=True))
