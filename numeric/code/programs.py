"""Programs: recorded facts as a straight list of lines, each a name and its code, before any text is made.

A definition gives a line of the forward pass, a fact a line of the backward pass; a line that no result needs is
left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sympy import Float, Symbol

from derive.chain import derive
from derive.graph import Graph
from derive.steps import Total

from .writer import Line, Writer

__all__ = ["Line", "Program", "needed", "program"]


@dataclass(frozen=True)
class Program:
    """Lines in order, each after all that it reads; ``givens`` has the name in the code of every given of the graph."""

    givens: Mapping[Symbol, Symbol]
    lines: tuple[Line, ...]
    value: Symbol
    results: tuple[Symbol, ...]


def program(graph: Graph, of: Symbol, wrt: Iterable[Symbol], held: Mapping[Symbol, float] | None = None) -> Program:
    """The lines that give the value of a node and its derivatives: the definitions and the recorded facts, nothing else.

    held has numbers for some givens, which become lines.
    """
    wanted = tuple(wrt)
    writer = Writer(graph, derive(graph, of, wanted))
    for one, number in (held or {}).items():
        writer.add(writer.called(one), Float(number, 17))
    for definition in graph.definitions:
        writer.define(definition)
    last = set(wanted)
    for claim in writer.facts:
        if isinstance(claim, Total) and claim.wrt not in last:
            writer.claim(claim)
    results = tuple(writer.result(Total(of, one)) for one in wanted)
    value = writer.called(of)
    return Program({one: writer.called(one) for one in graph.givens}, needed(writer.lines, {value, *results}), value, results)


def needed(lines: Sequence[Line], wanted: Iterable[Symbol]) -> tuple[Line, ...]:
    """The lines that the wanted names depend on, in their order."""
    kept, names = list[Line](), set(wanted)
    for line in reversed(lines):
        if line.name in names:
            kept.append(line)
            names |= line.reads
    return tuple(reversed(kept))
