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

from sympy import (
    Add,
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Pow,
    S,
    Symbol,
    Transpose,
    exp,
)
from sympy.matrices.exceptions import ShapeError

from .activations import Activation
from .chain import common_denominator, product_of
from .errors import DeriveError, UnknownNameError, listed
from .losses import O, T
from .rules import slope
from .steps import Claim, Derivation, Local, Step, Total
from .written import Written

if TYPE_CHECKING:
    from .network import Network

__all__ = ["LAYOUTS", "MatrixDefinition", "MatrixGraph", "entrywise", "matrix_derivation", "matrix_facts", "matrix_graph", "multiplied"]

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

    def __str__(self) -> str:
        return f"{self.symbol} = {self.written}"


@dataclass(frozen=True, eq=False)
class MatrixGraph:
    """The definitions of a network over matrix symbols with real widths, in the declared layout."""

    net: Network
    layout: str
    givens: tuple[Expr, ...]
    definitions: tuple[MatrixDefinition, ...]
    cited: Mapping[Total, Expr] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(map(str, self.definitions))

    def __repr__(self) -> str:
        return f"<MatrixGraph: {len(self.givens)} given, {len(self.definitions)} defined, samples in {self.layout}>"

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
    """The layer-level definitions X, W1, b1, Z1, A1, … L of a network.

    Raises DeriveError for an unknown layout, and for a network that has more than plain layers.
    """
    if layout not in LAYOUTS:
        raise UnknownNameError("layout", layout, LAYOUTS)
    refused = [*(one for one in net.extras if one != "softmax"), *(["softmax in a hidden layer"] if any(one.whole for one in net.activations[:-1]) else [])]
    if refused:
        raise DeriveError(f"there are no layer rules for {listed(refused)}; derive by single parameters instead, such as w1")
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
        applied = _softmax(net_symbol, turned) if record.whole else entrywise(record.function(Z), {Z: net_symbol}, out.shape)
        yield MatrixDefinition(out, applied, Written(record.function, (net_symbol,)))
        before = out
    yield _loss_definition(net, turned, before)


def _softmax(net: MatrixSymbol, turned: _Layout) -> MatrixExpr:
    """e^Z over its sum within each sample."""
    powers = net.applyfunc(exp)
    return HadamardProduct(powers, HadamardPower(_sum_within(powers, turned), -1))


def _sum_within(matrix: MatrixExpr, turned: _Layout) -> MatrixExpr:
    """The sum over the units of each sample, repeated for each of them."""
    units = matrix.shape[1 if turned.rows else 0]
    return multiplied(*turned.ordered(matrix, OneMatrix(units, units)))


def _spread(bias: MatrixExpr, units: int, turned: _Layout) -> MatrixExpr:
    """One bias of a whole layer, repeated for every unit."""
    return multiplied(*turned.ordered(bias, turned.ones(False, units)))


def _loss_definition(net: Network, turned: _Layout, out: MatrixExpr) -> MatrixDefinition:
    target = turned.batch("T", net.sizes[-1])
    share = net.loss_record.share(net.sizes[-1])
    shares = entrywise(share.expression, {T: target, O: out}, out.shape)
    rows, cols = out.shape
    mean = MatMul(1 / SAMPLES, OneMatrix(1, rows), shares, OneMatrix(cols, 1))
    return MatrixDefinition(LOSS, mean, share.renamed({T: target, O: out}))


def matrix_derivation(net: Network, name: str, layout: str = "rows") -> Derivation:
    """The layer-level derivation of ∂L/∂name for a weight matrix W1, a bias b1, the inputs X, or an inner Z1, A1.

    Its steps recur over δ_l = ∂L/∂Z_l. Raises UnknownNameError for another name, DeriveError for another layout.
    """
    graph = matrix_graph(net, layout)
    wrt = graph.node(name)
    if str(wrt) in ("T", "L"):
        raise DeriveError(f"no layer rule for ∂L/∂{wrt}; ask for a weight matrix, a bias, X, or an inner Z or A")
    wanted = Total(LOSS, wrt)
    return Derivation(graph, wanted, tuple(_needed(_backward(graph), wanted)))  # type: ignore[arg-type]


def matrix_facts(net: Network, layout: str = "rows") -> tuple[MatrixGraph, dict[Claim, Step]]:
    """The layer-level definitions, and every fact from the loss back to the inputs, each citing earlier ones."""
    graph = matrix_graph(net, layout)
    return graph, _backward(graph)


def _needed(steps: Mapping[Claim, Step], wanted: Claim) -> list[Step]:
    """The steps on which the wanted one rests, in their order."""
    needed, stack = {wanted}, [wanted]
    while stack:
        for claim in steps[stack.pop()].cited():
            if claim not in needed:
                needed.add(claim)
                stack.append(claim)
    return [step for claim, step in steps.items() if claim in needed]


def _backward(graph: MatrixGraph) -> dict[Claim, Step]:
    """Every fact from the loss back to the inputs, each citing earlier ones."""
    net, steps = graph.net, {}
    for layer in reversed(net.layers):
        found = _last_layer(graph) if layer == net.layers[-1] else _through_activation(graph, layer, steps[Total(LOSS, graph.node(f"A{layer}"))].value)
        steps.update((step.claim, step) for step in (*found, *_through_net(graph, layer)))
    return steps


def _last_layer(graph: MatrixGraph) -> Iterator[Step]:
    """The derivative of the loss by the outputs and by the last pre-activations, from the scalar facts of one unit."""
    layer, loss = graph.net.layers[-1], graph.net.loss_record
    out, net = graph.node(f"A{layer}"), graph.node(f"Z{layer}")
    entries, share = {T: graph.node("T"), O: out, Z: net}, common_denominator(slope(loss.share(graph.net.sizes[-1]).expression, O))
    by_out = MatMul(1 / SAMPLES, entrywise(share, entries, out.shape))
    yield Step(Local(LOSS, out), "loss entrywise", ((by_out,),), by_out)
    yield Step(Total(LOSS, out), "chain", ((Local(LOSS, out),),), by_out)
    if graph.net.activations[-1].whole:
        yield from _through_softmax(graph, share, by_out)
        return
    own = _own_slope(graph.net.activations[-1]).xreplace({Y: O})
    joined = product_of([share, own])
    local, by_net = (entrywise(one, entries, out.shape) for one in (own, joined))
    yield Step(Local(out, net), "slope entrywise", ((local,),), local)
    because = "cancel" if joined.count_ops() < share.count_ops() else ""
    yield Step(Total(LOSS, net), "hadamard", ((Total(LOSS, out), Local(out, net)),), MatMul(1 / SAMPLES, by_net), because)


def _through_softmax(graph: MatrixGraph, share: Expr, by_out: MatrixExpr) -> Iterator[Step]:
    """The Jacobian of one sample, diag(p) − p pᵀ, and what it makes of the derivative by the outputs.

    Where a target stands alone over its output in the loss, the targets of a sample sum to 1 leaves A − T.
    """
    turned, layer = _Layout(graph.layout == "rows"), graph.net.layers[-1]
    out, net, target = graph.node(f"A{layer}"), graph.node(f"Z{layer}"), graph.node("T")
    p = MatrixSymbol("p", graph.net.sizes[-1], 1)
    jacobian = MatAdd(DiagMatrix(p), MatMul(-1, p, Transpose(p)))
    yield Step(Local(out, net), "softmax", ((jacobian,),), jacobian)
    claim, factors = Total(LOSS, net), ((Total(LOSS, out), Local(out, net)),)
    general = HadamardProduct(out, MatAdd(by_out, MatMul(-1, _sum_within(HadamardProduct(by_out, out), turned))))
    weight = product_of([share, O]) / T
    if not graph.net.loss_record.shares or weight.free_symbols:
        yield Step(claim, "all outputs", factors, general)
        return
    summed = MatMul(weight / SAMPLES, MatAdd(target, MatMul(-1, HadamardProduct(out, _sum_within(target, turned)))))
    value = MatMul(-weight / SAMPLES, MatAdd(out, MatMul(-1, target)))
    yield Step(claim, "all outputs", factors, value, "shares", via=((general, ""), (summed, "cancel")))


def _own_slope(record: Activation) -> Expr:
    return Add(*(Mul(*term) for term in record.slope(Z, Y)))


def _through_activation(graph: MatrixGraph, layer: int, arriving: Any) -> Iterator[Step]:
    """δ of a hidden layer: what arrives at its outputs, times the slope of each unit."""
    out, net = graph.node(f"A{layer}"), graph.node(f"Z{layer}")
    local = entrywise(_own_slope(graph.net.activations[layer - 1]), {Y: out, Z: net}, out.shape)
    yield Step(Local(out, net), "slope entrywise", ((local,),), local)
    yield Step(Total(LOSS, net), "hadamard", ((Total(LOSS, out), Local(out, net)),), HadamardProduct(arriving, local))


def _through_net(graph: MatrixGraph, layer: int) -> Iterator[Step]:
    """What δ of a layer gives for its weights, its bias and the outputs of the layer before."""
    turned = _Layout(graph.layout == "rows")
    net, weight, before = graph.node(f"Z{layer}"), graph.node(f"W{layer}"), graph.node(f"A{layer - 1}" if layer > 1 else "X")
    delta = Total(LOSS, net)
    yield from _product(graph, turned, (Local(net, weight), delta), Transpose(before).doit())
    if graph.net.bias_counts[layer - 1]:
        yield _sum_over_samples(graph, turned, layer, delta)
    yield from _product(graph, turned, (delta, Local(net, before)), Transpose(weight).doit())


def _product(graph: MatrixGraph, turned: _Layout, factors: tuple[Claim, Claim], slope_: MatrixExpr) -> Iterator[Step]:
    """The linear slope of a net in one argument, and the total by that argument as its product with δ."""
    local = next(one for one in factors if isinstance(one, Local))
    yield Step(local, "linear", ((slope_,),), slope_)
    values = [slope_ if one is local else graph.cited[one] for one in factors]  # type: ignore[index]
    yield _shaped(Step(Total(LOSS, local.wrt), "matrix product", (turned.ordered(*factors),), multiplied(*turned.ordered(*values))))


def _sum_over_samples(graph: MatrixGraph, turned: _Layout, layer: int, delta: Total) -> Step:
    """The total by a bias: δ summed over the samples, and over the units where they share one bias."""
    units, ones = graph.net.sizes[layer], turned.ones(False, SAMPLES)
    factors: list[Any] = list(turned.ordered(ones, delta))
    if graph.net.bias_counts[layer - 1] != units:
        factors.insert(2 if turned.rows else 0, turned.ones(True, units))
    value = multiplied(*(graph.cited[delta] if one is delta else one for one in factors))
    return _shaped(Step(Total(LOSS, graph.node(f"b{layer}")), "sum over samples", (tuple(factors),), value))


def _shaped(step: Step) -> Step:
    """The step, whose value must have the shape of what is differentiated by."""
    value, wrt = (one.shape for one in (step.value, step.claim.wrt))  # type: ignore[attr-defined]
    if value != wrt:
        raise DeriveError(f"{step.claim} has the shape {value}, but {step.claim.wrt} has {wrt}")
    return step


def multiplied(*factors: Any) -> MatrixExpr:
    """The matrix product of the factors. Raises DeriveError, with both shapes, where they do not fit."""
    try:
        return MatMul(*factors).doit(deep=False)
    except (ShapeError, ValueError):
        shapes = " times ".join(f"{factor} of shape {tuple(factor.shape)}" for factor in factors)
        raise DeriveError(f"{shapes}: the inner sizes differ") from None


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
        number = Mul(*(part for part in expression.args if not part.free_symbols))
        body = parts[0] if len(parts) == 1 else HadamardProduct(*parts)
        return body if number == 1 else MatMul(number, body)
    if isinstance(expression, Pow) and expression.exp.is_number:
        return HadamardPower(entrywise(expression.base, matrices, shape), expression.exp)
    inner, *others = expression.free_symbols
    if not others:
        return matrices[inner].applyfunc(lambda entry: expression.xreplace({inner: entry}))  # type: ignore[index]
    if len(parts) > 1:
        raise DeriveError(f"{expression} reads several matrices in one function; there are no layer rules for that")
    place = next(place for place, part in enumerate(expression.args) if part.free_symbols)
    return parts[0].applyfunc(lambda entry: expression.func(*expression.args[:place], entry, *expression.args[place + 1 :]))
