"""Nets: the network that was typed, read option by option as ``Network`` takes it.

To add an option of a network: a field of ``Net``, a row in ``_BEYOND_LAYERS`` and a row in ``options.net_options``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from ..formats import SUFFIXES
from .naming import naming

if TYPE_CHECKING:
    from derive.network import Network

__all__ = ["Net"]

MOST_WEIGHTS = 100_000  # every weight is a symbol of its own


@dataclass(frozen=True, slots=True)
class Net:
    """The network that was asked for, as it was typed."""

    net: str
    activation: str
    output: str
    loss: str
    numbering: str
    biases: str
    skips: str | None
    l1: str | None
    l2: str | None
    dropout: str | None
    masks: str | None
    frozen: str | None

    def network(self, most_weights: float = MOST_WEIGHTS) -> Network:
        """The network. Raises DeriveError on sizes, names or options that do not exist or fit."""
        from derive.network import Network

        if PurePath(self.output).suffix in SUFFIXES:
            raise click.BadParameter(
                f"{self.output!r} is no activation of the output units; -o {self.output} writes the page to that file", param_hint="'--output'"
            )
        layers = re.split(r",(?![^()]*\))", self.activation)  # not at a comma between parentheses
        hidden = layers if len(layers) > 1 else self.activation
        plain = {"activation": hidden, "output": self.output, "loss": self.loss, "numbering": self.numbering, "biases": self.biases}
        net = Network(*self.sizes(most_weights), **plain, **self._beyond_layers())
        if net.strengths:
            with naming(" ".join(f"--{name} {getattr(self, name)}" for name in ("l1", "l2") if getattr(self, name))):
                assert net.graph  # where a name is taken it is refused here
        return net

    def _beyond_layers(self) -> dict[str, Any]:
        """What is typed of skips, penalties, dropout and frozen parameters, as ``Network`` takes it."""
        found: dict[str, Any] = {}
        for name, read in _BEYOND_LAYERS.items():
            typed = getattr(self, name)
            if typed is not None:
                with naming(f"--{name} {typed}"):
                    found[name] = read(typed)
        return found

    def sizes(self, most_weights: float = MOST_WEIGHTS) -> list[int]:
        """The sizes of the layers, which have at most that many weights."""
        if not re.fullmatch("[1-9][0-9]{0,5}(-[1-9][0-9]{0,5})+", self.net):
            raise click.BadParameter(f"{self.net!r} are no sizes of layers; write such as 2-2-2 or 2-3-3-1", param_hint="'--net'")
        sizes = [int(part) for part in self.net.split("-")]
        weights = sum(before * after for before, after in pairwise(sizes))
        if weights > most_weights:
            raise click.BadParameter(f"{self.net} has {weights} weights; at most {most_weights} are written out one by one", param_hint="'--net'")
        return sizes


def _pairs(typed: str) -> list[tuple[int, ...]]:
    """Pairs of layers: "1:3,0:2"."""
    if not re.fullmatch(r"\d{1,6}:\d{1,6}(,\d{1,6}:\d{1,6})*", typed):
        raise click.BadParameter(f"{typed!r} are no pairs of layers; write such as 1:3, or 0:2,1:3 (0 are the inputs)", param_hint="'--skips'")
    return [tuple(map(int, pair.split(":"))) for pair in typed.split(",")]


def _masks(typed: str) -> list[list[int]]:
    """A row of 0 and 1 for each hidden layer: "10,110"."""
    if not re.fullmatch("[01]+(,[01]+)*", typed):
        raise click.BadParameter(
            f"{typed!r} are no masks; write 1 or 0 for every unit, with commas between layers, such as 10 or 10,110", param_hint="'--masks'"
        )
    return [[int(one) for one in row] for row in typed.split(",")]


def _frozen(typed: str) -> list[str | int]:
    """Parameters by name and layers by number: "w1,2"."""
    return [int(one) if one.isdecimal() else one for one in map(str.strip, typed.split(","))]


def _amount(typed: str) -> str | None:
    """A number, read as the values of a point are; else the name of a given. Nothing for zero."""
    from numeric.points import number

    if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", typed) and typed.lower() not in ("nan", "inf", "infinity"):
        return typed
    return typed if number("value", typed) else None


_BEYOND_LAYERS: Mapping[str, Callable[[str], Any]] = {
    "skips": _pairs, "l1": _amount, "l2": _amount, "dropout": _amount, "masks": _masks, "frozen": _frozen,
}  # fmt: skip
