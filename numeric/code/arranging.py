"""Arranging: what the products of a layer read and write, as they take the least time.

In a narrow layer the biases are among the weights: W.T @ A + b is Wb.T @ A_1, where the last row of Wb is b and the last
row of A_1 holds ones, and A_1 @ delta.T has the slopes of both, in half the calls. In a wide layer copying its inputs
beside the ones would take longer than the calls; there the first product takes samples and weights as they lie, row by
row, which BLAS does in less time than with both turned. Its result stays as it is where the next layer is wide too, and
is turned where the biases are added elsewhere. Few parameters are multiplied by 1/N in the end, instead of every number
of the samples; and where the loss is not wanted, a sigmoid at the end is not computed where its residual does without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from math import isfinite

from derive.network import Network

from ..batches import parameter_count
from .inplace import Assignment

__all__ = ["FEW", "joined", "lying", "shortened", "unscaled", "unturned"]

NARROW = 64  # units before a layer
FEW = 1000  # parameters
SCALE = "one_nth * ("


def joined(net: Network, lines: Sequence[Assignment]) -> tuple[list[Assignment], dict[int, str]]:
    """The lines with weights and biases as one, ``Wb1``, where that is possible, and for every such layer what it reads: {1: "X"}.

    What is read is then written into its place above the row of ones.
    """
    by_name = {one.name: one for one in lines}
    reads = {layer: read for layer in net.layers if _joins(net, layer, by_name, read := "X" if layer == 1 else f"A{layer - 1}")}
    changed = {one: replace(by_name[one], into=one) for one in reads.values() if one in by_name}
    for layer, read in reads.items():
        slopes = f"dL_dWb{layer}"
        changed[f"Z{layer}"] = replace(by_name[f"Z{layer}"], text=f"Wb{layer}.T @ {read}_1")
        changed[f"dL_dW{layer}"] = Assignment(slopes, f"{read}_1 @ delta{layer}.T", f"∂L/∂W{layer}, and ∂L/∂b{layer} as its last row", slopes)
    dropped = {f"dL_db{layer}" for layer in reads}
    return [changed.get(one.name, one) for one in lines if one.name not in dropped], reads


def unturned(net: Network, lines: Sequence[Assignment]) -> tuple[list[Assignment], str]:
    """The lines with W1.T @ X as (inputs @ W1).T where that is a wide layer, and the name of the room for it; else the lines and no name."""
    parts = {"W1.T @ X + b1": "turned.T + b1", "W1.T @ X": "turned.T"}
    place = next((number for number, one in enumerate(lines) if one.name == "Z1" and one.text in parts), None)
    if place is None or net.sizes[0] <= NARROW or lying(net) or net.numbering != "by-source":
        return list(lines), ""
    product, rest = Assignment("turned", "inputs @ W1", "", "turned"), replace(lines[place], text=parts[lines[place].text])
    return [*lines[:place], product, rest, *lines[place + 1 :]], "turned"


def lying(net: Network) -> frozenset[int]:
    """How many rows those arrays have whose samples lie as in the batch, one below the other: those of a wide layer above wide inputs."""
    return frozenset({net.sizes[1]} - set(net.sizes[2:]) if min(net.sizes[:2]) > NARROW else ())


def unscaled(net: Network, lines: Sequence[Assignment]) -> tuple[list[Assignment], bool]:
    """The lines without the factor 1/N in the last delta, where the gradient can be multiplied by it instead; and whether that is so.

    The sums are then N times as large: not where outputs without bounds are compared.
    """
    last = f"delta{net.layers[-1]}"
    scaled = [one for one in lines if "one_nth" in one.text]
    bounded = all(isfinite(float(one)) for one in net.loss_record.targets or net.loss_record.domain)
    if (
        not bounded
        or parameter_count(net) > FEW
        or [one.name for one in scaled] != [last]
        or not scaled[0].text.startswith(SCALE)
        or not _closes(scaled[0].text)
    ):
        return list(lines), False
    return [replace(one, text=one.text[len(SCALE) : -1], note=f"N times {one.note}") if one.name == last else one for one in lines], True


def shortened(net: Network, lines: Sequence[Assignment]) -> list[Assignment]:
    """The lines with the residual A*(1 - T) - T*rest as (exp*(1 - T) - T)*rest where nothing else reads A = exp*rest, the last output."""
    own, rest, power = (f"{one}{net.layers[-1]}" for one in ("A", "rest_A", "exp_Z"))
    residual, shorter = f"{own} * (1 - T) - T * {rest}", f"({power} * (1 - T) - T) * {rest}"
    changed = {residual: shorter, f"{SCALE}{residual})": f"{SCALE}{shorter})"}
    made, reading = ([one.text for one in lines if found(one)] for found in (lambda one: one.name == own, lambda one: re.search(rf"\b{own}\b", one.text)))
    if made != [f"{power} * {rest}"] or len(reading) != 1 or reading[0] not in changed:
        return list(lines)
    return [replace(one, text=changed.get(one.text, one.text)) for one in lines if one.name != own]


def _closes(text: str) -> bool:
    """Does the first parenthesis close at the end, and not before?"""
    depths = list(accumulate((one == "(") - (one == ")") for one in text))
    return depths[-1] == 0 and 0 not in depths[text.index("(") : -1]


def _joins(net: Network, layer: int, lines: dict[str, Assignment], read: str) -> bool:
    """Do the parameters of a narrow layer lie in theta as one matrix, and do its lines say nothing else than the rule?"""
    wanted = {f"Z{layer}": f"W{layer}.T @ {read} + b{layer}", f"dL_dW{layer}": f"{read} @ delta{layer}.T", f"dL_db{layer}": f"delta{layer}.sum(axis=1)"}
    together = net.numbering == "by-source" and net.bias_counts[layer - 1] == net.sizes[layer]
    return together and net.sizes[layer - 1] <= NARROW and all(name in lines and lines[name].text == text for name, text in wanted.items())
