"""The same facts at layer level: matrices with shapes instead of single weights.

A whole batch of N samples goes through at once. ``layout="rows"`` has one sample a row (Z = XW + b, δ of shape
(N, units), ∂L/∂W = Aᵀδ); ``layout="columns"`` one a column (Z = WX + b, ∂L/∂W = δAᵀ). A derivative by a matrix has
the shape of that matrix, and L is the mean over the samples. What happens inside a layer is taken from the
scalar facts of one unit, entry by entry; the layer rules themselves are proved against the scalar facts in
the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixExpr, MatrixSymbol, Mul, OneMatrix, Pow, S, Symbol, Transpose
from sympy.matrices.exceptions import ShapeError

from .activations import Activation
from .chain import common_denominator, product_of
from .errors import DeriveError, UnknownNameError
from .losses import O, T
from .rules import slope
from .steps import Claim, Derivation, Local, Step, Total
from .written import Written

if TYPE_CHECKING:
    from .network import Network

__all__ = ["LAYOUTS", "MatrixDefinition", "MatrixGraph", "entrywise", "matrix_derivation", "matrix_graph", "multiplied"]

LAYOUTS = ("rows", "columns")
SAMPLES = Symbol("N", integer=True, positive=True)
LOSS = Symbol("L")
Z, Y = Symbol("z"), Symbol("y")


@dataclass(frozen=True, slots=True)
class MatrixDefinition:
    """``symbol = expression`` for a matrix (or the scalar loss); ``written`` is the form for the board, b added to every sample."""

    symbol: Expr
    expression: Expr
    written: Written | Expr


@dataclass(frozen=True, eq=False)
class MatrixGraph:
    """The definitions of a network over matrix symbols with real widths, in the declared layout."""

    net: Network
    layout: str
    givens: tuple[Expr, ...]
    definitions: tuple[MatrixDefinition, ...]
    cited: Mapping[Total, Expr] = field(default_factory=dict)

    @cached_property
    def by_symbol(self) -> dict[Expr, MatrixDefinition]:
        """The definitions by the symbol that they define."""
        return {one.symbol: one for one in self.definitions}

    def node(self, name: str | Expr) -> Any:
        """The matrix symbol of that name. Raises UnknownNameError with the names there are."""
        names = {str(one): one for one in (*self.givens, *self.by_symbol)}
        if str(name) not in names:
            raise UnknownNameError("matrix", name, names, "this network has")
        return names[str(name)]


@dataclass(frozen=True)
class _Layout:
    """Where samples run: how shapes, products and transposes are turned."""

    rows: bool

    def shape(self, units: int) -> tuple[Expr, Expr]:
        return (SAMPLES, S(units)) if self.rows else (S(units), SAMPLES)

    def batch(self, name: str, units: int) -> MatrixSymbol:
        return MatrixSymbol(name, *self.shape(units))

    def weight(self, layer: int, before: int, units: int) -> MatrixSymbol:
        return MatrixSymbol(f"W{layer}", *((before, units) if self.rows else (units, before)))

    def bias(self, layer: int, count: int) -> MatrixSymbol:
        return MatrixSymbol(f"b{layer}", *((1, count) if self.rows else (count, 1)))

    def ordered(self, first: Any, second: Any) -> tuple[Any, Any]:
        """Two factors as they stand with samples in rows, or the other way round with samples in columns."""
        return (first, second) if self.rows else (second, first)

    def ones(self, samples: bool, count: Any) -> OneMatrix:
        """The vector of ones that repeats a bias for every sample, or sums over the samples."""
        return OneMatrix(count, 1) if self.rows == samples else OneMatrix(1, count)


def matrix_graph(net: Network, layout: str = "rows") -> MatrixGraph:
    """The layer-level definitions X, W1, b1, Z1, A1, … L of a network. Raises DeriveError for an unknown layout."""
    if layout not in LAYOUTS:
        raise UnknownNameError("layout", layout, LAYOUTS)
    turned = _Layout(layout == "rows")
    weights = [turned.weight(layer, net.sizes[layer - 1], net.sizes[layer]) for layer in net.layers]
    biases = [turned.bias(layer, own) for layer, own in zip(net.layers, net.bias_counts, strict=True) if own]
    givens = (turned.batch("X", net.sizes[0]), *weights, *biases, turned.batch("T", net.sizes[-1]))
    cited = {Total(LOSS, turned.batch(f"Z{layer}", net.sizes[layer])): turned.batch(f"delta{layer}", net.sizes[layer]) for layer in net.layers}
    return MatrixGraph(net, layout, givens, tuple(_definitions(net, turned)), cited)


def _definitions(net: Network, turned: _Layout) -> Iterator[MatrixDefinition]:
    before = turned.batch("X", net.sizes[0])
    for layer in net.layers:
        units, weight = net.sizes[layer], turned.weight(layer, net.sizes[layer - 1], net.sizes[layer])
        net_symbol, out = turned.batch(f"Z{layer}", units), turned.batch(f"A{layer}", units)
        product = turned.ordered(before, weight)
        count = net.bias_counts[layer - 1]
        if count:
            bias = turned.bias(layer, count)
            repeated = bias if count == units else _spread(bias, units, turned)
            added = multiplied(*turned.ordered(turned.ones(True, SAMPLES), repeated))
            yield MatrixDefinition(net_symbol, MatAdd(multiplied(*product), added), Written("+", (Written("*", product), bias)))
        else:
            yield MatrixDefinition(net_symbol, multiplied(*product), Written("*", product))
        record = net.activations[layer - 1]
        yield MatrixDefinition(out, entrywise(record.function(Z), {Z: net_symbol}, out.shape), Written(record.function, (net_symbol,)))
        before = out
    yield _loss_definition(net, turned, before)


def _spread(bias: MatrixExpr, units: int, turned: _Layout) -> MatrixExpr:
    """One bias of a whole layer, repeated for every unit."""
    return multiplied(*turned.ordered(bias, turned.ones(False, units)))


def _loss_definition(net: Network, turned: _Layout, out: MatrixExpr) -> MatrixDefinition:
    target = turned.batch("T", net.sizes[-1])
    shares = entrywise(net.loss_record.written.expression, {T: target, O: out}, out.shape)
    rows, cols = out.shape
    mean = MatMul(1 / SAMPLES, OneMatrix(1, rows), shares, OneMatrix(cols, 1))
    return MatrixDefinition(LOSS, mean, net.loss_record.written.renamed({T: target, O: out}))


def matrix_derivation(net: Network, name: str, layout: str = "rows") -> Derivation:
    """The layer-level derivation of ∂L/∂name for a weight matrix W1, a bias b1, the inputs X, or an inner Z1, A1.

    Its steps recur over δ_l = ∂L/∂Z_l. Raises UnknownNameError for another name, DeriveError for another layout.
    """
    graph = matrix_graph(net, layout)
    wrt = graph.node(name)
    if str(wrt) in ("T", "L"):
        raise DeriveError(f"no layer rule for ∂L/∂{wrt}; ask for a weight matrix, a bias, X, or an inner Z or A")
    wanted, steps = Total(LOSS, wrt), {}
    for step in _backward(net, graph, _Layout(layout == "rows")):
        steps[step.claim] = step
        if step.claim == wanted:
            break
    return Derivation(graph, wanted, tuple(_needed(steps, wanted)))  # type: ignore[arg-type]


def _needed(steps: Mapping[Claim, Step], wanted: Claim) -> list[Step]:
    """The steps on which the wanted one rests, in their order."""
    needed, stack = {wanted}, [wanted]
    while stack:
        for claim in steps[stack.pop()].cited():
            if claim not in needed:
                needed.add(claim)
                stack.append(claim)
    return [step for claim, step in steps.items() if claim in needed]


def _backward(net: Network, graph: MatrixGraph, turned: _Layout) -> Iterator[Step]:
    """Every fact from the loss back to the inputs, each citing earlier ones."""
    yield from _last_layer(net, graph, turned)
    for layer in reversed(net.layers):
        net_symbol, before = graph.node(f"Z{layer}"), graph.node(f"A{layer - 1}" if layer > 1 else "X")
        delta = graph.cited[Total(LOSS, net_symbol)]
        yield from _to_weights(graph, turned, layer, net_symbol, before, delta)
        if net.bias_counts[layer - 1]:
            yield _to_bias(graph, turned, layer, net_symbol, delta)
        yield from _through_weights(graph, turned, layer, net_symbol, before, delta)
        if layer > 1:
            yield from _through_activation(net.activations[layer - 2], graph, layer - 1)


def _last_layer(net: Network, graph: MatrixGraph, turned: _Layout) -> Iterator[Step]:
    layer = net.layers[-1]
    out, net_symbol = graph.node(f"A{layer}"), graph.node(f"Z{layer}")
    share = common_denominator(slope(net.loss_record.written.expression, O))
    by_out = _scaled(1 / SAMPLES, entrywise(share, {T: graph.node("T"), O: out}, out.shape))
    yield Step(Local(LOSS, out), "loss entrywise", ((by_out,),), by_out)
    yield Step(Total(LOSS, out), "chain", ((Local(LOSS, out),),), by_out)
    own = _own_slope(net.activations[-1]).xreplace({Y: O})
    local = entrywise(own, {O: out, Z: net_symbol}, out.shape)
    yield Step(Local(out, net_symbol), "slope entrywise", ((local,),), local)
    joined = product_of([share, own])
    value = _scaled(1 / SAMPLES, entrywise(joined, {T: graph.node("T"), O: out, Z: net_symbol}, out.shape))
    because = "cancel" if joined.count_ops() < Mul(share, own, evaluate=False).count_ops() else ""
    yield Step(Total(LOSS, net_symbol), "hadamard", ((Total(LOSS, out), Local(out, net_symbol)),), value, because)


def _own_slope(record: Activation) -> Expr:
    return Add(*(Mul(*term) for term in record.slope(Z, Y)))


def _through_activation(record: Activation, graph: MatrixGraph, layer: int) -> Iterator[Step]:
    out, net_symbol = graph.node(f"A{layer}"), graph.node(f"Z{layer}")
    local = entrywise(_own_slope(record), {Y: out, Z: net_symbol}, out.shape)
    yield Step(Local(out, net_symbol), "slope entrywise", ((local,),), local)
    after = graph.node(f"Z{layer + 1}")
    arriving = multiplied(*_Layout(graph.layout == "rows").ordered(graph.cited[Total(LOSS, after)], _transposed(graph.node(f"W{layer + 1}"))))
    yield Step(Total(LOSS, net_symbol), "hadamard", ((Total(LOSS, out), Local(out, net_symbol)),), HadamardProduct(arriving, local))


def _to_weights(graph: MatrixGraph, turned: _Layout, layer: int, net_symbol: Any, before: Any, delta: Any) -> Iterator[Step]:
    weight = graph.node(f"W{layer}")
    local = _transposed(before)
    yield Step(Local(net_symbol, weight), "linear", ((local,),), local)
    factors = turned.ordered(Local(net_symbol, weight), Total(LOSS, net_symbol))
    yield _shaped(Step(Total(LOSS, weight), "matrix product", (factors,), multiplied(*turned.ordered(local, delta))), weight)


def _to_bias(graph: MatrixGraph, turned: _Layout, layer: int, net_symbol: Any, delta: Any) -> Step:
    bias, units = graph.node(f"b{layer}"), graph.net.sizes[layer]
    ones = turned.ones(False, SAMPLES)
    terms, value = turned.ordered(ones, Total(LOSS, net_symbol)), multiplied(*turned.ordered(ones, delta))
    if graph.net.bias_counts[layer - 1] != units:
        across = turned.ones(True, units)
        terms = (*terms, across) if turned.rows else (across, *terms)
        value = multiplied(*turned.ordered(value, across))
    return _shaped(Step(Total(LOSS, bias), "sum over samples", (terms,), value), bias)


def _through_weights(graph: MatrixGraph, turned: _Layout, layer: int, net_symbol: Any, before: Any, delta: Any) -> Iterator[Step]:
    local = _transposed(graph.node(f"W{layer}"))
    yield Step(Local(net_symbol, before), "linear", ((local,),), local)
    factors = turned.ordered(Total(LOSS, net_symbol), Local(net_symbol, before))
    yield _shaped(Step(Total(LOSS, before), "matrix product", (factors,), multiplied(*turned.ordered(delta, local))), before)


def _shaped(step: Step, wrt: Any) -> Step:
    """The step, whose value must have the shape of what is differentiated by."""
    if step.value.shape != wrt.shape:  # type: ignore[attr-defined]
        raise DeriveError(f"{step.claim} has the shape {step.value.shape}, but {wrt} has {wrt.shape}")  # type: ignore[attr-defined]
    return step


def multiplied(*factors: Any) -> MatrixExpr:
    """The matrix product of the factors. Raises DeriveError, with both shapes, where they do not fit."""
    try:
        return MatMul(*factors).doit(deep=False)
    except (ShapeError, ValueError):
        shapes = " times ".join(f"{factor} of shape {tuple(factor.shape)}" for factor in factors)
        raise DeriveError(f"{shapes}: the inner sizes differ") from None


def _transposed(matrix: MatrixExpr) -> MatrixExpr:
    return Transpose(matrix).doit()


def _scaled(number: Expr, matrix: MatrixExpr) -> MatrixExpr:
    return MatMul(number, matrix)


def entrywise(expression: Expr, matrices: Mapping[Symbol, MatrixExpr], shape: tuple[Any, Any]) -> MatrixExpr:
    """A scalar expression applied to the entries of matrices of one shape: products become Hadamard products."""
    if expression in matrices:
        return matrices[expression]  # type: ignore[index]
    if not expression.free_symbols:
        return OneMatrix(*shape) if expression == 1 else MatMul(expression, OneMatrix(*shape))
    parts = [entrywise(part, matrices, shape) for part in expression.args if part.free_symbols]
    if expression.is_Add:
        number = Add(*(part for part in expression.args if not part.free_symbols))
        return MatAdd(*([entrywise(number, matrices, shape)] if number else []), *parts)
    if expression.is_Mul:
        number, body = expression.as_coeff_Mul()[0], parts[0] if len(parts) == 1 else HadamardProduct(*parts)
        return body if number == 1 else MatMul(number, body)
    if isinstance(expression, Pow) and expression.exp.is_number:
        return HadamardPower(entrywise(expression.base, matrices, shape), expression.exp)
    inner = next(iter(expression.free_symbols))
    return matrices[inner].applyfunc(lambda entry: expression.xreplace({inner: entry}))  # type: ignore[index]


