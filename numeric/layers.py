"""Layers: the matrix facts of a network as lines of code for a whole batch, one sample a column.

Every matrix of the facts becomes a name, and what they do entry by entry becomes the same code as for numbers,
stable forms included. One thing is arranged for speed: the weights and biases of a layer are one array, Wb, with
the biases as its last row, and what a layer reads has a last row of ones, so that one product makes both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixSymbol, Mul, OneMatrix, Pow, S, Symbol, Transpose
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.matrix import MatrixGraph, matrix_derivation, matrix_graph
from derive.network import Network
from derive.steps import Claim, Local, Step, Total
from derive.written import Written

from .writer import Line, Writer

__all__ = ["Layered", "layered"]

LOSS, SHARE = Symbol("L"), Symbol("shares")
WEIGHT = Symbol("weight")  # 1/N


@dataclass(frozen=True)
class Layered:
    """The lines of a network's loss and gradient over a batch.

    ``rows`` says how many rows each array of samples has; ``shares`` is the loss of every output and sample;
    ``gradients`` has, layer by layer, the name of ∂L/∂Wb.
    """

    net: Network
    lines: tuple[Line, ...]
    rows: Mapping[str, int]
    shares: Symbol
    gradients: tuple[Symbol, ...]


def layered(net: Network) -> Layered | None:
    """The lines of the forward and the backward pass, from the matrix facts with samples in columns.

    None where the facts of a layer are not those of its units one by one, or the loss is no sum over the outputs.
    """
    if net.extras or any(one.whole is not None for one in net.activations) or not _additive(net):
        return None
    try:
        made = _Layers(net, matrix_graph(net, "columns")).written()
    except DeriveError:  # a loss or an activation that is not applied entry by entry
        return None
    return made if _whole(made) else None


def _whole(made: Layered) -> bool:
    """Does every line read only what is there, and give a number for every sample?"""
    known = {"T", WEIGHT.name, *made.rows, *(f"{one}_1" for one in made.rows)}
    known |= {f"{kind}{layer}" for kind in ("W", "Wb") for layer in made.net.layers} | {one.name.name for one in made.lines}
    constant = any(isinstance(line.code, Expr) and line.code.is_number for line in made.lines)
    return not constant and all(one.name in known for line in made.lines for one in line.reads)


def _additive(net: Network) -> bool:
    """Does every output add the same share to the loss, however many there are?"""
    try:
        return net.loss_record.share(net.sizes[-1]).expression == net.loss_record.share(1).expression
    except DeriveError:
        return False


@dataclass
class _Layers:
    net: Network
    graph: MatrixGraph
    writer: Writer = field(default_factory=lambda: Writer(Graph([], [])))
    rows: dict[str, int] = field(default_factory=dict)

    def written(self) -> Layered:
        self.rows |= {"X": self.net.sizes[0], "T": self.net.sizes[-1]}
        for layer in self.net.layers:
            self.forward(layer)
        shares = self.put(SHARE, _entries(_shares(self.graph.by_symbol[LOSS].expression)), self.net.sizes[-1], "the loss of every output and sample")
        facts: dict[Claim, Step] = {}
        for layer in self.net.layers:
            for name in ("W", "b")[: 1 + bool(self.net.bias_counts[layer - 1])]:
                facts |= {step.claim: step for step in matrix_derivation(self.net, f"{name}{layer}", "columns").steps}
        gradients = tuple(self.backward(layer, facts) for layer in reversed(self.net.layers))
        return Layered(self.net, tuple(self.writer.lines), self.rows, shares, gradients[::-1])

    def put(self, name: Symbol, entries: Expr | Written, rows: int, note: str) -> Symbol:
        """A line for something that is computed entry by entry; its parts have the same rows."""
        before = len(self.writer.lines)
        self.writer.put(name, self.writer.code(entries), note)
        self.rows |= {line.name.name: rows for line in self.writer.lines[before:]}
        return name

    def forward(self, layer: int) -> None:
        """Z = W·A + b, and A from it."""
        z, a = self.graph.node(f"Z{layer}"), self.graph.node(f"A{layer}")
        expression = self.graph.by_symbol[z].expression
        terms = sorted(map(_factors, MatAdd.make_args(expression)), key=len)
        (weights, read), biased = terms[-1], len(terms) == 2
        product = Written("@", (Written("T", (_parameters(weights, biased),)), _read(read, biased)))
        self.writer.add(Symbol(z.name), product, f"{z} = {str(expression).replace('*1', '')}")
        self.rows[z.name] = self.net.sizes[layer]
        before = len(self.writer.lines)
        self.writer.define(Definition(Symbol(a.name), _entries(self.graph.by_symbol[a].expression)))
        self.rows |= {line.name.name: self.net.sizes[layer] for line in self.writer.lines[before:]}

    def backward(self, layer: int, facts: Mapping[Claim, Step]) -> Symbol:
        """δ of a layer and the gradient of its parameters; the name of the gradient."""
        self.delta(layer, facts)
        biased = bool(self.net.bias_counts[layer - 1])
        delta, read = _factors(facts[Total(LOSS, self.graph.node(f"W{layer}"))].value)
        note = f"∂L/∂W{layer}" + (f", and ∂L/∂b{layer} as its last row" if biased else "")
        code = Written("@", (_read(read, biased), Written("T", (Symbol(delta),))))
        return self.writer.add(Symbol(f"dL_d{_parameters(f'W{layer}', biased)}"), code, note)

    def delta(self, layer: int, facts: Mapping[Claim, Step]) -> Symbol:
        """δ = ∂L/∂Z of a layer: the value where a denominator cancels, else the product of the facts that it cites."""
        z, a, units = self.graph.node(f"Z{layer}"), self.graph.node(f"A{layer}"), self.net.sizes[layer]
        step, name = facts[Total(LOSS, z)], Symbol(f"delta{layer}")
        if layer == self.net.layers[-1] and step.because == "cancel":
            return self.put(name, _entries(step.value), units, f"∂L/∂Z{layer}")
        if layer == self.net.layers[-1]:
            by_out = self.put(Symbol(f"dL_dA{layer}"), _entries(facts[Total(LOSS, a)].value), units, f"∂L/∂A{layer}")
        else:
            weights, arriving = map(Symbol, _factors(facts[Total(LOSS, a)].value))
            by_out = self.writer.add(Symbol(f"dL_dA{layer}"), Written("@", (weights, arriving)), f"∂L/∂A{layer}")
            self.rows[by_out.name] = units
        slope = _entries(facts[Local(a, z)].value)
        if slope == 1:
            return self.put(name, by_out, units, f"∂L/∂Z{layer}")
        own = self.put(Symbol(f"dA{layer}_dZ{layer}"), slope, units, f"∂A{layer}/∂Z{layer}")
        return self.put(name, Written("*", (by_out, own)), units, f"∂L/∂Z{layer}")


def _shares(loss: Any) -> Any:
    """What is summed in L = 1/N · 1ᵀ·(shares)·1."""
    inner = [one for one in loss.args if getattr(one, "is_Matrix", False) and not isinstance(one, OneMatrix)]
    if not isinstance(loss, MatMul) or len(inner) != 1:
        raise DeriveError(f"the loss {loss} is no mean over samples; it cannot be compiled by layers")
    return inner[0]


def _entries(matrix: Any) -> Expr:
    """What a matrix expression does to the entries of its matrices, each matrix a Symbol of its name, 1/N called weight."""
    if isinstance(matrix, MatrixSymbol):
        return Symbol(matrix.name)
    if isinstance(matrix, OneMatrix):
        return S.One
    if isinstance(matrix, ElementwiseApplyFunction):
        return matrix.function(_entries(matrix.expr))  # type: ignore[operator]
    if isinstance(matrix, HadamardPower):
        return Pow(_entries(matrix.base), matrix.exp)
    if isinstance(matrix, MatAdd | HadamardProduct):
        return (Add if isinstance(matrix, MatAdd) else Mul)(*map(_entries, matrix.args))
    if isinstance(matrix, MatMul):
        number, inner = matrix.as_coeff_matrices()
        if len(inner) == 1:
            return number.xreplace({1 / one: WEIGHT for one in number.free_symbols}) * _entries(inner[0])
    raise DeriveError(f"{matrix} cannot be compiled entry by entry")


def _factors(product: Any) -> list[str]:
    """The names of the matrices in a product, ones left out; a transpose has the name of its matrix."""
    factors = [one.arg if isinstance(one, Transpose) else one for one in MatMul.make_args(product) if not isinstance(one, OneMatrix)]
    if not all(isinstance(one, MatrixSymbol) for one in factors) or len(factors) > 2:
        raise DeriveError(f"{product} cannot be compiled as a product of two matrices")
    return [one.name for one in factors]


def _parameters(weights: str, biased: bool) -> Symbol:
    """The array of the parameters of a layer: its weights, a column a unit, with the biases below where there are any."""
    return Symbol(f"Wb{weights[1:]}" if biased else weights)


def _read(matrix: str, biased: bool) -> Symbol:
    """The array that a layer reads: with ones below for the biases."""
    return Symbol(f"{matrix}_1" if biased else matrix)
