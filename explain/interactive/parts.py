"""What belongs together in the live picture: which lines and discs show a fact.

Every line and disc is a *part*, called by a symbol: a weight, a bias, the output of a unit (its disc), the loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sympy import Symbol

from derive.graph import Graph
from derive.steps import Claim, Local

from ..figures.plans import Link, Plan, Unit

__all__ = ["Parts", "bow", "to_loss"]

Edge = tuple[Symbol, Symbol]  # what is read, and what reads it


@dataclass(frozen=True)
class Parts:
    """The parts of a picture of a graph, of which ``plan`` is what is shown."""

    graph: Graph
    plan: Plan

    @cached_property
    def weights(self) -> dict[Link, tuple[Symbol, ...]]:
        """The weights on each line; a unit of several affine maps has as many."""
        found: dict[Link, tuple[Symbol, ...]] = dict.fromkeys(self.plan.links, ())
        for one, role in self.graph.roles.items():
            link = (role.layer, role.row, role.col)
            if role.kind == "weight" and link in found:
                found[link] = (*found[link], one)
        return found

    @cached_property
    def biases(self) -> dict[Unit, tuple[Symbol, ...]]:
        """The biases of each unit."""
        return {unit: tuple(one for net in self._nets[unit] for one in self._read(net, "bias")) for unit in self.plan.biases}

    @cached_property
    def masks(self) -> dict[Symbol, Symbol]:
        """The disc that each mask belongs to."""
        found = {one: self.plan.outs.get((role.layer, role.row)) for one, role in self.graph.roles.items() if role.kind == "mask"}
        return {mask: out for mask, out in found.items() if out is not None}

    @cached_property
    def left_out(self) -> tuple[Symbol, ...]:
        """The discs of the units that a fixed mask leaves out."""
        kept = (self.graph.roles[one.symbol] for one in self.graph.definitions if one.expression == 0)
        return tuple(self.plan.outs[role.layer, role.row] for role in kept if role.kind == "kept" and (role.layer, role.row) in self.plan.outs)

    @cached_property
    def _nets(self) -> dict[Unit, tuple[Symbol, ...]]:
        found: dict[Unit, tuple[Symbol, ...]] = dict.fromkeys(self.plan.nets, ())
        for one, role in self.graph.roles.items():
            unit = (role.layer, role.row)
            if role.kind == "net" and unit in found:
                found[unit] = (*found[unit], one)
        return found

    def _read(self, net: Symbol, kind: str) -> list[Symbol]:
        return [one for one in self.graph.reads[net] if one in self.graph.roles and self.graph.roles[one].kind == kind]

    def _passed(self, unit: Unit) -> tuple[Symbol, ...]:
        """What a unit gives to the next layer: its output, and what dropout keeps of it."""
        kept = (one for one, role in self.graph.roles.items() if role.kind == "kept" and (role.layer, role.row) == unit)
        return (self.plan.outs[unit], *kept)

    @cached_property
    def of_edge(self) -> dict[Edge, Symbol]:
        """The part that shows how one symbol reads another."""
        shown, parts = self.plan, dict(self.curved)
        for unit, nets in self._nets.items():
            out, *kept = self._passed(unit)
            parts |= {(net, out): out for net in nets} | {(out, one): out for one in kept}
            for net in nets:
                parts |= {(one, net): one for kind in ("weight", "bias") for one in self._read(net, kind)}
                parts |= {(read, net): one for one in self._read(net, "weight") for read in self._source(one)}
        if shown.loss is not None:
            parts |= {(one, shown.loss): to_loss(one) for (layer, _), one in shown.outs.items() if layer == len(shown.sizes) - 1}
        return parts

    def _source(self, weight: Symbol) -> tuple[Symbol, ...]:
        role = self.graph.roles[weight]
        unit = (role.layer - 1, role.row)
        return self._passed(unit) if unit in self.plan.outs else ()

    @cached_property
    def curved(self) -> dict[Edge, Symbol]:
        """What is read otherwise than from layer to layer."""
        return {edge: bow(*edge) for edge in self.plan.others}

    # ---- what lights

    def lit(self, claim: Claim) -> list[str]:
        """The parts that belong to a fact: one edge of a local derivative, every edge on the way of a total one."""
        edges = [(claim.wrt, claim.of)] if isinstance(claim, Local) else list(self._onwards(claim.wrt, claim.of))
        return _called(self._part(*edge) for edge in edges)  # type: ignore[arg-type]

    def _part(self, read: Symbol, reader: Symbol) -> Symbol | None:
        """The part of an edge; what has no line of its own, as a mask or a penalty, is shown by one of its ends."""
        ends = (read, reader) if read in self.graph.givens else (reader,)
        own = next((self._own[one] for one in ends if one in self._own), None)
        return self.of_edge.get((read, reader), own)

    @cached_property
    def _own(self) -> dict[Symbol, Symbol]:
        units = {one: out for unit, nets in self._nets.items() for out in [self.plan.outs[unit]] for one in (*nets, *self._passed(unit))}
        lines = [one for group in (*self.weights.values(), *self.biases.values()) for one in group]
        inputs = [one for (layer, _), one in self.plan.outs.items() if layer == 0]
        loss = [self.plan.loss] if self.plan.loss is not None else []
        return {one: one for one in (*inputs, *lines, *loss)} | units

    def own(self, node: Symbol) -> list[str]:
        """The part that shows a node itself: its disc, or the line of a weight."""
        return _called([self._own.get(node)])

    def computed(self, node: Symbol) -> list[str]:
        """What lights when a node is computed: its own disc and the lines into it."""
        return _called([*(part for (_, reader), part in self.of_edge.items() if reader == node), self._own.get(node)])

    def _onwards(self, start: Symbol, end: Symbol) -> Iterator[Edge]:
        seen, ahead = {start}, [start]
        reaching = self._reaching(end)
        while ahead:
            node = ahead.pop(0)
            for reader in self.graph.readers[node]:
                if reader in reaching:
                    yield node, reader
                    if reader not in seen:
                        seen.add(reader)
                        ahead.append(reader)

    def _reaching(self, end: Symbol) -> set[Symbol]:
        found = {end}
        for one in reversed(self.graph.definitions):
            if one.symbol in found:
                found |= set(self.graph.reads[one.symbol])
        return found


def _called(parts: Iterable[Symbol | None]) -> list[str]:
    return list(dict.fromkeys(one.name for one in parts if one is not None))


def to_loss(out: Symbol) -> Symbol:
    """What the line from an output to the loss is called; no symbol of a graph ends in an underscore."""
    return Symbol(f"{out.name}_")


def bow(read: Symbol, reader: Symbol) -> Symbol:
    """What the curve between two symbols is called; no symbol of a graph has two underscores in a row."""
    return Symbol(f"{read.name}__{reader.name}")
