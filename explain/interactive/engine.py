"""The engine of an interactive page: the text of a script that computes what the recorded facts say, at any setting.

``engine_source`` gives a script that defines one const, ``engine``. Values are Float64Arrays of the givens:

    engine.names              the names of the givens, in the order of the graph
    engine.definitions        the names of the definitions, likewise
    engine.wrt, engine.of     the names that are differentiated by, and what is differentiated
    engine.places             {wrt, inputs, targets}: the places in ``names`` of these
    engine.forward(values)    the definitions, a Float64Array
    engine.values(values)     the number of every expression, in the order given, a Float64Array
    engine.gradient(values)   {value, slopes}: of ``of``, and by each of wrt, a Float64Array
    engine.difference(values, place)  {slope, h, bound}: the central difference by names[place], off by no more than bound; at a kink
                              also {left, right}, the slopes on its sides; slope is NaN where nothing could be resolved
    engine.step(values, rate) the values after one step of gradient descent
    engine.trainer(start, samples, rate, optimizer)  training on all samples at once. start: values, or the numbers of wrt alone
                              (the other givens are then 0); samples: {inputs, targets}, rows of numbers, or null for the setting
                              itself; optimizer: the first one unless named. It has
        .step(n)              makes n steps and gives their losses, each before its update; fewer where they stop being finite
        .loss()               the mean loss at the parameters as they are now
        .theta .steps .rate .finite   the parameters now, how many steps were made, the rate (may be set), whether all is well
    engine.optimizers         the names of the optimizers

Infinity and NaN come out where there is no number; the page must look. Nothing here is made of text while it runs.
``numbers_source`` gives a script with two functions: ``formatNumber(x, places)``, the text "−0.45" or "3.2·10⁻⁵", and
``numeral(x, places)``, its parts: [digits, power of ten or null], with an ASCII minus sign.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from sympy import Expr, Symbol

from derive.chain import derive, local_step
from derive.errors import DeriveError
from derive.graph import Graph
from derive.network import Network
from derive.steps import Claim, Local, Step, Total
from derive.written import Written
from numeric.code.javascript import arrays, lacking, update
from numeric.code.programs import Program, program
from numeric.code.writer import Line, Writer
from numeric.optimizers import GD, Optimizer

__all__ = ["engine_source", "numbers_source"]

PARTS = ("noise.js", "difference.js", "trainer.js", "engine.js")

# What the page may ask a number of: an expression, a claim, or a product of such, factor by factor.
Quantity = Expr | Written | Claim | tuple["Quantity", ...]


def numbers_source() -> str:
    """The script that writes numbers as the page does."""
    return _text("numbers.js")


def engine_source(
    of_what: Graph | Network,
    of: str | Symbol,
    wrt: Iterable[str | Symbol],
    expressions: Sequence[Quantity] = (),
    optimizers: Sequence[Optimizer] = (GD(),),
) -> str:
    """The script that defines ``engine``; see above.

    of: the node that is differentiated; wrt: the givens by which. expressions: SymPy or written expressions in the symbols of
    the graph and in the names that it cites (the deltas), claims, and tuples of such, which are products. optimizers: what
    ``trainer`` may use; the rate is the trainer's. Raises DeriveError for unknown names, for what has no code, and for claims
    that are no fact of this graph.
    """
    graph = of_what if isinstance(of_what, Graph) else of_what.graph
    target, by = graph.node(of), [graph.node(one) for one in wrt]
    whole, value = program(graph, target, by), program(graph, target, ())
    functions = [
        _forward(graph), _quantities(graph, expressions), arrays("value", _givens(value), value.lines, (), value.value),
        arrays("gradient", _givens(whole), whole.lines, whole.results, whole.value), *map(update, optimizers),
    ]  # fmt: skip
    listing = {
        "names": _names(graph.givens), "definitions": _names(one.symbol for one in graph.definitions), "wrt": _names(by), "of": target.name,
        "expressions": len(expressions), "places": _places(graph, by),
    }  # fmt: skip
    return _script("\n\n".join(functions), listing, optimizers)


def _script(functions: str, listing: Mapping[str, Any], optimizers: Sequence[Optimizer]) -> str:
    rows = [f"{{ name: {json.dumps(one.name)}, states: {len(one.states)}, update: update_{one.name} }}" for one in optimizers]
    facts = ", ".join(f"{key}: {json.dumps(value)}" for key, value in listing.items())
    compiled = f"{{ {facts}, forward, quantities, value, gradient, optimizers: [{', '.join(rows)}] }}"
    parts = ['"use strict";', *lacking(functions), functions, *map(_text, PARTS), f"return engineOf({compiled});"]
    text = "const engine = (() => {\n" + "\n".join(parts) + "\n})();\n"
    if "<!--" in text or "</" in text:
        raise DeriveError("the script of this page would end its own element")
    return text


def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


def _names(symbols: Iterable[Symbol]) -> list[str]:
    return [one.name for one in symbols]


def _givens(code: Program) -> list[Symbol]:
    return list(code.givens.values())


def _places(graph: Graph, wrt: Sequence[Symbol]) -> dict[str, list[int]]:
    """The places of the variables, and of the inputs and targets of a network, among the givens."""
    place = {one: number for number, one in enumerate(graph.givens)}
    for one in wrt:
        if one not in place:
            raise DeriveError(f"{one.name!r} is defined by others; the page moves givens only, such as {graph.givens[0].name!r}")
    kinds = {kind: [place[one] for one, role in graph.roles.items() if role.kind == kind and one in place] for kind in ("input", "target")}
    return {"wrt": [place[one] for one in wrt], "inputs": kinds["input"], "targets": kinds["target"]}


def _forward(graph: Graph) -> str:
    writer = _defined(graph)
    return _filling("forward", writer, [writer.called(one.symbol) for one in graph.definitions])


def _filling(name: str, writer: Writer, results: Sequence[Expr]) -> str:
    return arrays(name, [writer.called(one) for one in writer.graph.givens], _needed(writer.lines, results), results)


def _defined(graph: Graph, facts: Mapping[Claim, Step] | None = None) -> Writer:
    writer = Writer(graph, facts or {})
    for one in graph.givens:
        writer.called(one)
    for definition in graph.definitions:
        writer.define(definition)
    return writer


# ---- what the page asks a number of


def _quantities(graph: Graph, expressions: Sequence[Quantity]) -> str:
    cited = {name: claim for claim, name in graph.cited.items()}
    facts = _facts(graph, dict.fromkeys(claim for one in expressions for claim in _claims(one, cited)))
    writer = _defined(graph, facts)
    for claim in facts:
        writer.claim(claim)
    closed: dict[Any, Quantity] = {step.value: claim for claim, step in facts.items()}  # the closed form of a fact is computed as the fact is
    return _filling("quantities", writer, [writer.named(_code(writer, closed.get(one, one))) for one in expressions])


def _claims(one: Quantity, cited: Mapping[Symbol, Total]) -> Iterable[Claim]:
    """The claims that a quantity reads, those of the deltas among them."""
    if isinstance(one, Local | Total):
        yield one
    elif isinstance(one, tuple):
        for factor in one:
            yield from _claims(factor, cited)
    else:
        read = (one.expression if isinstance(one, Written) else one).free_symbols
        yield from (claim for name, claim in cited.items() if name in read)


def _facts(graph: Graph, claims: Iterable[Claim]) -> dict[Claim, Step]:
    """The facts that state the claims, with those that they cite. Raises DeriveError for what is no fact of the graph."""
    totals: dict[Symbol, list[Symbol]] = {}
    facts: dict[Claim, Step] = {}
    for one in claims:
        if isinstance(one, Total):
            totals.setdefault(graph.node(one.of), []).append(graph.node(one.wrt))
        elif one.of in graph.by_symbol and one.wrt in graph.reads[one.of]:  # type: ignore[index]
            facts[one] = local_step(graph.by_symbol[one.of], one.wrt, graph.named)  # type: ignore[index]
        else:
            raise DeriveError(f"{one} is no fact of this graph: {one.of} is not defined by {one.wrt}")
    return reduce(lambda known, entry: known | derive(graph, *entry), totals.items(), facts)


def _code(writer: Writer, one: Quantity) -> Written | Expr:
    if isinstance(one, Local | Total):
        return writer.claim(one)
    if isinstance(one, tuple):
        return writer.code(Written("*", tuple(writer.named(_code(writer, factor)) for factor in one))) if len(one) != 1 else _code(writer, one[0])
    return writer.code(one)


def _needed(lines: Sequence[Line], results: Iterable[Expr]) -> list[Line]:
    """The lines that the results depend on, in their order."""
    needed, kept = set().union(*(one.free_symbols for one in results)), []
    for line in reversed(lines):
        if line.name in needed:
            kept.append(line)
            needed |= line.reads
    return kept[::-1]
