"""Layers: the matrix facts of a network as lines of code for a whole batch, one sample a column.

Every matrix of the facts becomes a name, and what they do entry by entry becomes the same code as for numbers,
stable forms included. One thing is arranged for speed: the weights and biases of a layer are one array, Wb, with
the biases as its last row, and what a layer reads has a last row of ones, so that one product makes both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixSymbol, Mul, OneMatrix, Pow, S, Symbol, Transpose, exp, log
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.matrix import MatrixGraph, matrix_facts
from derive.network import Network
from derive.steps import Claim, Local, Step, Total
from derive.written import Written

from .printers import Code, Form
from .writer import Line, Writer

__all__ = ["Layered", "layered"]

LOSS, SHARE = Symbol("L"), Symbol("shares")
WEIGHT = Symbol("weight")  # 1/N
APART = Symbol("apart")  # ones with zeros on the diagonal: what adds up all others


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

    None where there are no layer rules for this network.
    """
    try:
        made = _Layers(net, *matrix_facts(net, "columns")).written()
    except DeriveError:
        return None
    return made if _whole(made) else None


def _whole(made: Layered) -> bool:
    """Does every line read only what is there, and give a number for every sample?"""
    known = {"T", WEIGHT.name, APART.name, *made.rows, *(f"{one}_1" for one in made.rows)}
    known |= {f"{kind}{layer}" for kind in ("W", "Wb") for layer in made.net.layers} | {one.name.name for one in made.lines}
    constant = any(isinstance(line.code, Expr) and line.code.is_number for line in made.lines)
    return not constant and all(one.name in known for line in made.lines for one in line.reads)


@dataclass
class _Layers:
    net: Network
    graph: MatrixGraph
    facts: Mapping[Claim, Step]
    writer: Writer = field(default_factory=lambda: Writer(Graph([], [])))
    rows: dict[str, int] = field(default_factory=dict)

    def written(self) -> Layered:
        self.rows |= {"X": self.net.sizes[0], "T": self.net.sizes[-1]}
        for layer in self.net.layers:
            self.forward(layer)
        loss = _shares(self.graph.by_symbol[LOSS].expression)
        shares = self.put(SHARE, self.entries(loss), self.net.sizes[-1], "the loss of every output and sample")
        gradients = tuple(self.backward(layer) for layer in reversed(self.net.layers))
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
        if self.net.activations[layer - 1].stable == "softmax":
            self.softmax(Symbol(z.name), Symbol(a.name), self.net.sizes[layer])
            return
        before = len(self.writer.lines)
        self.writer.define(Definition(Symbol(a.name), self.entries(self.graph.by_symbol[a].expression)))
        self.rows |= {line.name.name: self.net.sizes[layer] for line in self.writer.lines[before:]}

    def softmax(self, z: Symbol, a: Symbol, units: int) -> None:
        """A = e^Z/Σe^Z within each sample, shifted by the largest; 1 − A and ln A from the sums over the others, as in ``stable``."""
        top = self.line(f"top_{z}", Form("layer top", {"x": z}), 0, "the largest of each sample")
        shifted = self.line(f"shifted_{z}", z - top, units, "")
        power = self.line(f"exp_{z}", exp(shifted), units, "")
        others = self.line(f"others_{z}", Written("@", (APART, power)), units, "the sums without each of them")
        whole = self.line(f"total_{z}", Form("layer total", {"x": power}), 0, "the sum of all")
        self.line(a.name, power / whole, units, f"softmax({z})")
        rest = self.line(f"rest_{a}", others / whole, units, f"1 - {a}")
        least = self.line(f"least_{z}", Form("layer least", {"x": others}), 0, "the sum without the largest")
        gap = self.line(f"gap_{z}", Form("log1p", {"x": least}), 0, "log of the sum of all")
        logarithm = self.line(f"log_{a}", Written("+", (shifted, Written("neg", (gap,)))), units, f"log({a})")
        self.writer.meaning |= {1 - a: rest, log(a): logarithm}
        self.writer.kin[a] = {"kind": Symbol("softmax"), "rest": rest}

    def line(self, name: str, code: Code, rows: int, note: str) -> Symbol:
        """A line of so many rows; none for a number a sample."""
        self.rows[name] = rows
        return self.writer.add(Symbol(name), code, note)

    def backward(self, layer: int) -> Symbol:
        """δ of a layer and the gradient of its parameters; the name of the gradient."""
        self.delta(layer)
        biased = bool(self.net.bias_counts[layer - 1])
        delta, read = _factors(self.facts[Total(LOSS, self.graph.node(f"W{layer}"))].value)
        note = f"∂L/∂W{layer}" + (f", and ∂L/∂b{layer} as its last row" if biased else "")
        code = Written("@", (_read(read, biased), Written("T", (Symbol(delta),))))
        return self.writer.add(Symbol(f"dL_d{_parameters(f'W{layer}', biased)}"), code, note)

    def delta(self, layer: int) -> Symbol:
        """δ = ∂L/∂Z of a layer: the value where it is shorter than what it comes from, else the product of the facts that it cites."""
        z, a, units = self.graph.node(f"Z{layer}"), self.graph.node(f"A{layer}"), self.net.sizes[layer]
        step, name, note = self.facts[Total(LOSS, z)], Symbol(f"delta{layer}"), f"∂L/∂Z{layer}"
        if step.because or step.rule == "all outputs":
            return self.put(name, self.entries(step.value), units, note)
        if layer == self.net.layers[-1]:
            by_out = self.put(Symbol(f"dL_dA{layer}"), self.entries(self.facts[Total(LOSS, a)].value), units, f"∂L/∂A{layer}")
        else:
            weights, arriving = map(Symbol, _factors(self.facts[Total(LOSS, a)].value))
            by_out = self.line(f"dL_dA{layer}", Written("@", (weights, arriving)), units, f"∂L/∂A{layer}")
        slope = self.entries(self.facts[Local(a, z)].value)
        if slope == 1:
            return self.put(name, by_out, units, note)
        own = self.put(Symbol(f"dA{layer}_dZ{layer}"), slope, units, f"∂A{layer}/∂Z{layer}")
        return self.put(name, Written("*", (by_out, own)), units, note)

    def entries(self, matrix: Any) -> Expr:
        """What a matrix expression does to the entries of its matrices, each matrix a Symbol of its name, 1/N called weight."""
        if isinstance(matrix, MatrixSymbol):
            return Symbol(matrix.name)
        if isinstance(matrix, OneMatrix):
            return S.One
        if isinstance(matrix, ElementwiseApplyFunction):
            return matrix.function(self.entries(matrix.expr))  # type: ignore[operator]
        if isinstance(matrix, HadamardPower):
            return Pow(self.entries(matrix.base), matrix.exp)
        if isinstance(matrix, MatAdd | HadamardProduct):
            return (Add if isinstance(matrix, MatAdd) else Mul)(*map(self.entries, matrix.args))
        if isinstance(matrix, MatMul):
            number, inner = matrix.as_coeff_matrices()
            factor = number.xreplace({1 / one: WEIGHT for one in number.free_symbols})
            if len(inner) == 1:
                return factor * self.entries(inner[0])
            if len(inner) == 2 and isinstance(inner[0], OneMatrix):
                return factor * self.sum_within(inner[1])
        raise DeriveError(f"{matrix} cannot be compiled entry by entry")

    def sum_within(self, matrix: Any) -> Symbol:
        """The sum over the units of each sample, a line of its own."""
        units, number = int(matrix.shape[0]), len(self.writer.lines)
        part = self.put(Symbol(f"terms{number}"), self.entries(matrix), units, "")
        return self.line(f"sum{number}", Form("layer total", {"x": part}), 0, "their sum within each sample")


def _shares(loss: Any) -> Any:
    """What is summed in L = 1/N · 1ᵀ·(shares)·1."""
    inner = [one for one in loss.args if getattr(one, "is_Matrix", False) and not isinstance(one, OneMatrix)]
    if not isinstance(loss, MatMul) or len(inner) != 1:
        raise DeriveError(f"the loss {loss} is no mean over samples; it cannot be compiled by layers")
    return inner[0]


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
