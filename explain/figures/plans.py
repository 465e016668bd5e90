"""Plan: which units, links and biases of a layered network are shown, and which symbols they are.

From a Network it asks only for what is shown, so that a wide one costs little; from a Graph it reads the roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sympy import Symbol

from derive.errors import DeriveError
from derive.graph import Graph, Role
from derive.network import Network

__all__ = ["Link", "Plan", "Unit", "plan"]

MOST_UNITS = 5  # of a layer; a wider one shows its first three, its last, and those that are asked for
FIRST_UNITS = 3

Unit = tuple[int, int]  # layer from 0, row from 1
Link = tuple[int, int, int]  # layer, row in the layer before, row in the layer itself


@dataclass(frozen=True)
class Plan:
    """The shown part of a network: ``shown`` has the rows of each layer, the tables the symbols.

    ``others`` are pairs (read, reader) of units, or a unit and the loss, that no link of neighbouring layers draws.
    """

    sizes: tuple[int, ...]
    shown: tuple[tuple[int, ...], ...]
    outs: Mapping[Unit, Symbol]
    nets: Mapping[Unit, Symbol]
    links: Mapping[Link, Symbol]
    biases: Mapping[Unit, Symbol]
    targets: Mapping[int, Symbol]
    loss: Symbol | None
    roles: Mapping[Symbol, Role]
    others: tuple[tuple[Symbol, Symbol], ...] = field(default=())


def plan(net: Network | Graph, role: Role | None = None) -> Plan:
    """What is shown of a network, or of a graph with roles; the units that the symbol of ``role`` belongs to always are.

    Raises DeriveError for a graph without roles.
    """
    if isinstance(net, Network):
        return _of_network(net, role)
    if isinstance(net, Graph) and any(one.kind == "out" for one in net.roles.values()):
        return _of_graph(net, role)
    raise DeriveError(f"net={net!r} has no layers; give a Network or its graph, or use figures.graph for any other graph")


def shown_rows(size: int, needed: Iterable[int]) -> tuple[int, ...]:
    """The rows of a layer that are drawn: all of a few, else the first, the last and the needed ones."""
    if size <= MOST_UNITS:
        return tuple(range(1, size + 1))
    rows = {*range(1, FIRST_UNITS + 1), size, *needed}
    # An ellipsis for a single unit would take the place of that unit.
    return tuple(row for row in range(1, size + 1) if row in rows or {row - 1, row + 1} <= rows)


def _needed(role: Role | None, layer: int) -> list[int]:
    if role is None or role.kind == "loss":
        return []
    if role.kind == "weight":
        return {role.layer - 1: [role.row], role.layer: [role.col]}.get(layer, [])
    return [role.row] if role.layer == layer else []


def _of_network(net: Network, role: Role | None) -> Plan:
    shown = tuple(shown_rows(size, _needed(role, layer)) for layer, size in enumerate(net.sizes))
    units = [(layer, row) for layer in net.layers for row in shown[layer]]
    nets = {(layer, row): net.nets(layer)[row - 1] for layer, row in units}
    outs = {(layer, row): net.outs(layer)[row - 1] for layer, rows in enumerate(shown) for row in rows}
    links = {(layer, row, col): net.weight(layer, row, col) for layer in net.layers for row in shown[layer - 1] for col in shown[layer]}
    biases = {unit: bias for unit in units if (bias := net.bias(*unit))}
    targets = {row: net.targets[row - 1] for row in shown[-1]}
    roles = {
        **{one: Role("out" if layer else "input", layer, row) for (layer, row), one in outs.items()},
        **{one: Role("net", *unit) for unit, one in nets.items()},
        **{one: Role("weight", *link) for link, one in links.items()},
        **{one: Role("bias", *unit) for unit, one in biases.items()},
        **{one: Role("target", net.layers[-1], row) for row, one in targets.items()},
        net.loss: Role("loss", len(net.sizes)),
    }
    return Plan(net.sizes, shown, outs, nets, links, biases, targets, net.loss, roles)


def _of_graph(graph: Graph, role: Role | None) -> Plan:
    roles = graph.roles
    outs = {(role.layer, role.row): one for one, role in roles.items() if role.kind in ("input", "out")}
    layers = range(1 + max(layer for layer, _ in outs))
    sizes = tuple(max(row for one, row in outs if one == layer) for layer in layers)
    shown = tuple(shown_rows(size, _needed(role, layer)) for layer, size in enumerate(sizes))
    outs = {(layer, row): one for (layer, row), one in outs.items() if row in shown[layer]}
    nets = {(role.layer, role.row): one for one, role in roles.items() if role.kind == "net" and role.row in shown[role.layer]}
    links, biases = {}, {}
    for (layer, row), net in nets.items():
        for one in graph.reads[net]:
            read = roles.get(one)
            if read is not None and read.kind == "weight" and read.row in shown[layer - 1]:
                links[layer, read.row, row] = one
            elif read is not None and read.kind == "bias":
                biases[layer, row] = one
    loss = next((one for one, role in roles.items() if role.kind == "loss"), None)
    targets = {role.row: one for one, role in roles.items() if role.kind == "target" and role.row in shown[-1]}
    links = dict(sorted(links.items()))
    return Plan(sizes, shown, outs, nets, links, biases, targets, loss, roles, _others(graph, outs, nets, links, loss))


def _others(
    graph: Graph, outs: Mapping[Unit, Symbol], nets: Mapping[Unit, Symbol], links: Mapping[Link, Symbol], loss: Symbol | None
) -> tuple[tuple[Symbol, Symbol], ...]:
    """What is read otherwise than from layer to layer: a skip connection, an output that feeds the loss from inside."""
    last = max(layer for layer, _ in outs)
    drawn = {(outs[layer - 1, row], nets[layer, col]) for layer, row, col in links}
    drawn |= {(one, loss) for (layer, _), one in outs.items() if layer == last}  # type: ignore[misc]
    units = set(outs.values())
    readers = [*nets.values(), *([loss] if loss is not None else [])]
    return tuple((one, reader) for reader in readers for one in graph.reads[reader] if one in units and (one, reader) not in drawn)
