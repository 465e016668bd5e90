"""Layers: the matrix facts of a network as lines of code for a whole batch, one sample a column.

Every matrix of the facts becomes a name, and what they do entry by entry becomes the same code as for numbers,
stable forms included. A weight matrix has a column a unit, as it lies in theta, so that W*X of the facts is ``W.T @ X``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Add, Expr, HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixSymbol, Mul, OneMatrix, Pow, S, Symbol, Transpose, exp, log
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.matrix import MatrixGraph, matrix_facts
from derive.network import Network
from derive.steps import Claim, Local, Step, Total
from derive.written import Written

from .joined_losses import JoinedLoss
from .printers import Code, Form
from .writer import Line, Writer, denominators, multiplied_out

__all__ = ["Layered", "layered", "parameters"]

LOSS, SHARE = Symbol("L"), Symbol("shares")
ONE_NTH = Symbol("one_nth")  # 1/N
APART = Symbol("apart")  # ones with zeros on the diagonal: what adds up all others


@dataclass(frozen=True)
class Layered:
    """The lines of a network's loss and gradient over a batch.

    ``rows`` says how many rows each array of samples has, 0 where it is a number a sample; ``shares`` is the loss of every
    output and sample, or of every sample. ``backward`` is the number of the first line of the backward pass. The gradients
    are dL_dW1, dL_db1, …
    """

    net: Network
    lines: tuple[Line, ...]
    rows: Mapping[str, int]
    shares: Symbol
    backward: int

    @property
    def gradients(self) -> tuple[str, ...]:
        """The names of what theta is made of, in its order: dL_dW1, dL_db1, …"""
        return tuple(f"dL_d{one}" for one in parameters(self.net))


def parameters(net: Network) -> list[str]:
    """W1, b1, W2, … as they lie in theta; no b where there are no biases."""
    return [name for layer, count in zip(net.layers, net.bias_counts, strict=True) for name in (f"W{layer}", f"b{layer}")[: 2 if count else 1]]


def layered(net: Network) -> Layered | None:
    """The lines of the forward and the backward pass, from the matrix facts with samples in columns.

    None where there are no layer rules for this network.
    """
    try:
        made = LayerWriter(net, *matrix_facts(_entrywise(net), "columns")).written()
    except DeriveError:
        return None
    return made if _whole(made) else None


def _entrywise(net: Network) -> Network:
    """The network itself, or where its loss joins the outputs of a sample, one with the same layers and a loss that does not.

    Below the outputs, no fact knows the loss.
    """
    if net.loss_record.shared or any(not one.startswith("the loss") for one in net.extras if one != "softmax"):
        return net
    *hidden, output = net.activations
    return Network(*net.sizes, activation=hidden, output=output, loss="squared_error", numbering=net.numbering, biases=net.biases)


def _whole(made: Layered) -> bool:
    """Does every line read only what is there, and give a number for every sample?"""
    known = {"T", ONE_NTH.name, APART.name, *made.rows, *parameters(made.net)} | {one.name.name for one in made.lines}
    constant = any(isinstance(line.code, Expr) and line.code.is_number for line in made.lines)
    return not constant and all(one.name in known for line in made.lines for one in line.reads)


@dataclass
class LayerWriter:
    """Writes the lines of a network over a batch, one by one."""

    net: Network
    graph: MatrixGraph
    facts: Mapping[Claim, Step]
    writer: Writer = field(default_factory=lambda: Writer(Graph([], [])))
    rows: dict[str, int] = field(default_factory=dict)

    def written(self) -> Layered:
        self.rows |= {"X": self.net.sizes[0], "T": self.net.sizes[-1]}
        for layer in self.net.layers:
            self.forward(layer)
        joined = None if self.net.loss_record.shared else JoinedLoss(self)
        loss = self.shares() if joined is None else joined.forward()
        backward = len(self.writer.lines)
        for layer in reversed(self.net.layers):
            self.backward(layer, joined if layer == self.net.layers[-1] else None)
        return Layered(self.net, tuple(self.writer.lines), self.rows, loss, backward)

    def shares(self) -> Symbol:
        """The loss of every output and sample."""
        loss = _shares(self.graph.by_symbol[LOSS].expression)
        own = Symbol(f"A{self.net.layers[-1]}")
        if self.net.activations[-1].whole and self.entries(loss).has(log(1 - own)):
            raise DeriveError("ln(1 - p) of a softmax, which may underflow, has no form by layers")
        return self.put(SHARE, self.entries(loss), self.net.sizes[-1], "the loss of every output and sample")

    def put(self, name: Symbol, entries: Expr | Written, rows: int, note: str) -> Symbol:
        """A line for something that is computed entry by entry; its parts have the same rows."""
        before = len(self.writer.lines)
        self.writer.put(name, self.writer.code(entries), note)
        self.rows |= {line.name.name: rows for line in self.writer.lines[before:]}
        return name

    def forward(self, layer: int) -> None:
        """Z = W·A + b, and A from it."""
        z, a = self.graph.node(f"Z{layer}"), self.graph.node(f"A{layer}")
        terms = sorted(map(_factors, MatAdd.make_args(self.graph.by_symbol[z].expression)), key=len)
        (weights, read), units = map(Symbol, terms[-1]), self.net.sizes[layer]
        product = Written("@", (Written("T", (weights,)), read))
        self.line(z.name, Written("+", (product, Symbol(f"b{layer}"))) if len(terms) == 2 else product, units, "")
        record = self.net.activations[layer - 1]
        if record.stable == "softmax":
            self.softmax(Symbol(z.name), Symbol(a.name), units)
            return
        before = len(self.writer.lines)
        self.writer.define(Definition(Symbol(a.name), self.entries(self.graph.by_symbol[a].expression)))
        self.rows |= {line.name.name: units for line in self.writer.lines[before:]}
        last = self.writer.lines[-1]
        if last.name.name == a.name and not last.note and not record.text:
            self.writer.lines[-1] = replace(last, note=f"{record.name}({z})")

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
        self.writer.related(a, "softmax", {"rest": rest})

    def line(self, name: str, code: Code, rows: int, note: str) -> Symbol:
        """A line of so many rows; none for a number a sample."""
        self.rows[name] = rows
        return self.writer.add(Symbol(name), code, note)

    def backward(self, layer: int, joined: JoinedLoss | None) -> None:
        """δ of a layer and the gradient of its parameters."""
        self.delta(layer, joined)
        delta, read = map(Symbol, _factors(self.facts[Total(LOSS, self.graph.node(f"W{layer}"))].value))
        self.writer.add(Symbol(f"dL_dW{layer}"), Written("@", (read, Written("T", (delta,)))), f"∂L/∂W{layer}")
        count = self.net.bias_counts[layer - 1]
        if count:
            shared = count < self.net.sizes[layer]
            form = Form("layer sum of all" if shared else "layer sum over samples", {"x": delta})
            self.writer.add(Symbol(f"dL_db{layer}"), form, f"∂L/∂b{layer}")

    def delta(self, layer: int, joined: JoinedLoss | None) -> Symbol:
        """δ = ∂L/∂Z of a layer: the value where it is shorter than what it comes from, else the product of the facts that it cites."""
        z, a, units = self.graph.node(f"Z{layer}"), self.graph.node(f"A{layer}"), self.net.sizes[layer]
        step, name, note, last = self.facts[Total(LOSS, z)], Symbol(f"delta{layer}"), f"∂L/∂Z{layer}", layer == self.net.layers[-1]
        if last and joined is None and (step.because or self._cancels(step)):
            value = self.entries(step.value)
            return self.put(name, value, units, f"{note} = {value.xreplace({ONE_NTH: 1 / Symbol('N')})}")
        by_out = joined.slope() if joined is not None else self.entries(self.facts[Total(LOSS, a)].value) if last else None
        if step.rule == "all outputs" and by_out is not None:
            return self.through_softmax(a, by_out, name, note)
        slope = self.entries(self.facts[Local(a, z)].value)
        if joined is not None and by_out is not None:
            product, shorter = multiplied_out(by_out, slope)
            if shorter:
                return self.put(name, product, units, note)
        arriving = name if slope == 1 else Symbol(f"dL_dA{layer}")
        told = note if slope == 1 else f"∂L/∂A{layer}"
        if by_out is not None:
            self.put(arriving, by_out, units, told)
        else:
            self.line(arriving.name, Written("@", tuple(map(Symbol, _factors(self.facts[Total(LOSS, a)].value)))), units, told)
        if slope == 1:
            return name
        own = self.put(Symbol(f"dA{layer}_dZ{layer}"), slope, units, f"∂A{layer}/∂Z{layer}")
        return self.put(name, Written("*", (arriving, own)), units, note)

    def _cancels(self, step: Step) -> bool:
        """Is there less to divide by in the value than in what it comes from, which may saturate?"""
        if step.rule != "hadamard":
            return False
        factors = (self.entries(self.facts[one].value) for one in step.terms[0])  # type: ignore[index]
        return denominators(self.entries(step.value)) < sum(map(denominators, factors))

    def through_softmax(self, a: Any, by_out: Expr, name: Symbol, note: str) -> Symbol:
        """δ = A∘(G − Σ G∘A) for G = ∂L/∂A, the sum of the others with 1 − A in the place of its own term.

        So A near 1 costs no digits. Outputs that share a large G do: what is left of it is as exact as G.
        """
        units, own = int(a.shape[0]), Symbol(a.name)
        rest, weighted = self.writer.kin[own]["rest"], Symbol(f"dL_d{own}_{own}")
        divided = denominators(by_out) > 0  # by A, as a rule, and then the product with A is shorter than G
        slope = own if divided else self.put(Symbol(f"dL_d{own}"), by_out, units, f"∂L/∂{own}")
        self.put(weighted, by_out * own if divided else Mul(slope, own), units, f"∂L/∂{own} * {own}")
        others = Written("neg", (self.line(f"others_{weighted}", Written("@", (APART, weighted)), units, "the sums over the other outputs"),))
        if divided:
            return self.put(name, Written("+", (Written("*", (weighted, rest)), Written("*", (own, others)))), units, note)
        return self.put(name, Written("*", (own, Written("+", (Written("*", (slope, rest)), others)))), units, note)

    def entries(self, matrix: Any) -> Expr:
        """What a matrix expression does to the entries of its matrices, each matrix a Symbol of its name, 1/N called one_nth."""
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
            factor = number.xreplace({1 / one: ONE_NTH for one in number.free_symbols})
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
