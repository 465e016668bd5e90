"""The facts of a network in matrices, from the loss back to the inputs: δ of every layer, and what it gives.

What happens inside a layer is taken from the scalar facts of one unit, entry by entry. A matrix that several others read
(a skip connection, a unit of several maps, a penalty) has one term for each of them. To add what a layer may do: its
definition in ``matrix_layers``, its facts here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sympy import Add, DiagMatrix, Expr, HadamardProduct, Identity, MatAdd, MatMul, MatrixExpr, MatrixSymbol, Mul, Symbol, Transpose, sign

from ..activations import Activation
from ..chain import common_denominator, product_of
from ..errors import DeriveError
from ..losses import O, T
from ..matrices.heads import SumOfEntries
from ..rules import slope
from ..steps import Claim, Local, Step, Total
from .definitions import LOSS, SAMPLES, Layers, letters_of
from .entrywise import entrywise, hadamard, multiplied

__all__ = ["backward"]

Y = Symbol("y")  # the output of a unit


def backward(layers: Layers) -> dict[Claim, Step]:
    """Every fact from the loss back to the inputs, each citing earlier ones."""
    steps: dict[Claim, Step] = {}
    for layer in reversed(layers.net.layers):
        last = layer == layers.net.layers[-1]
        for step in (*(_last_layer(layers) if last else _through_activation(layers, layer, steps)), *_through_nets(layers, layer)):
            steps[step.claim] = step
        steps |= {step.claim: step for step in _arriving(layers, layer - 1)}
    return steps


# ---- at the loss


def _last_layer(layers: Layers) -> Iterator[Step]:
    """The derivative of the loss by the outputs and by the last pre-activations, from the scalar facts of one unit."""
    net, last = layers.net, layers.net.layers[-1]
    out, entries, record = layers.out(last), _entries(layers, last), net.activations[-1]
    share = common_denominator(slope(net.loss_record.share(net.sizes[-1]).expression, O))
    by_out = MatMul(1 / SAMPLES, entrywise(share, entries, out.shape))
    yield Step(Local(LOSS, out), "loss entrywise", ((by_out,),), by_out)
    yield Step(Total(LOSS, out), "chain", ((Local(LOSS, out),),), by_out)
    if record.whole:
        yield from _through_softmax(layers, share, by_out)
        return
    for one, own in zip(layers.maps(last), _slopes(record, net.learned(last)), strict=True):
        own = own.xreplace({Y: O})
        joined = product_of([share, own])
        local, by_net = (entrywise(part, entries, out.shape) for part in (own, joined))
        yield Step(Local(out, layers.z(last, one)), "slope entrywise", ((local,),), local)
        because = "cancel" if joined.count_ops() < share.count_ops() else ""
        yield _entry_by_entry(layers.z(last, one), out, MatMul(1 / SAMPLES, by_net), because)
    yield from _learned(layers, last, by_out)


def _through_softmax(layers: Layers, share: Expr, by_out: MatrixExpr) -> Iterator[Step]:
    """The Jacobian of one sample, diag(p) − p pᵀ, and what it makes of the derivative by the outputs.

    Where a target stands alone over its output in the loss, the targets of a sample sum to 1 leaves A − T.
    """
    net, last = layers.net, layers.net.layers[-1]
    out, z, target = layers.out(last), layers.z(last, 0), layers.target
    p = MatrixSymbol("p", net.sizes[-1], 1)
    jacobian = MatAdd(DiagMatrix(p), MatMul(-1, p, Transpose(p)))
    yield Step(Local(out, z), "softmax", ((jacobian,),), jacobian)
    claim, factors = Total(LOSS, z), ((Total(LOSS, out), Local(out, z)),)
    general = HadamardProduct(out, MatAdd(by_out, MatMul(-1, layers.sum_within(HadamardProduct(by_out, out)))))
    weight = product_of([share, O]) / T
    if not net.loss_record.shares or weight.free_symbols:
        yield Step(claim, "all outputs", factors, general)
        return
    summed = MatMul(weight / SAMPLES, MatAdd(target, MatMul(-1, HadamardProduct(out, layers.sum_within(target)))))
    value = MatMul(-weight / SAMPLES, MatAdd(out, MatMul(-1, target)))
    yield Step(claim, "all outputs", factors, value, "shares", via=((general, "jacobian"), (summed, "cancel")))


# ---- inside a layer


def _entries(layers: Layers, layer: int) -> dict[Symbol, MatrixExpr]:
    """The matrices for the letters of one unit."""
    out = layers.out(layer)
    nets = dict(zip(letters_of(layers.net.activations[layer - 1]), (layers.z(layer, one) for one in layers.maps(layer)), strict=True))
    return {T: layers.target, O: out, Y: out, **nets}


def _slopes(record: Activation, learned: tuple[Symbol, ...]) -> list[Expr]:
    """The slopes of one unit by each of its pre-activations, in its output where the record says so."""
    letters = letters_of(record)
    if len(letters) == 1:
        return [Add(*(Mul(*term) for term in record.slope(*letters, Y, *learned)))]
    return [slope(record.definition(*letters, *learned), one) for one in letters]


def _through_activation(layers: Layers, layer: int, steps: Mapping[Claim, Step]) -> Iterator[Step]:
    """δ of a hidden layer: what arrives at its outputs, times the slope of each unit."""
    out, record, arriving = layers.out(layer), layers.net.activations[layer - 1], steps[Total(LOSS, layers.passed(layer))].value
    if layers.has_mask(layer):
        kept, part = layers.passed(layer), layers.kept_part(layer)
        yield Step(Local(kept, out), "dropout", ((part,),), part)
        arriving = hadamard(arriving, part)
        yield _entry_by_entry(out, kept, arriving)
    for one, own in zip(layers.maps(layer), _slopes(record, layers.net.learned(layer)), strict=True):
        z, local = layers.z(layer, one), entrywise(own, _entries(layers, layer), out.shape)
        yield Step(Local(out, z), "slope entrywise", ((local,),), local)
        yield _entry_by_entry(z, out, hadamard(arriving, local))
    yield from _learned(layers, layer, arriving)


def _entry_by_entry(wrt: MatrixExpr, through: MatrixExpr, value: MatrixExpr, because: str = "") -> Step:
    """The total by a matrix that is read entry by entry: what arrives behind it, times the slope."""
    return Step(Total(LOSS, wrt), "hadamard", ((Total(LOSS, through), Local(through, wrt)),), value, because)  # type: ignore[arg-type]


def _learned(layers: Layers, layer: int, arriving: MatrixExpr) -> Iterator[Step]:
    """The total by what a layer learns of its activation: every entry of its outputs reads it."""
    record, out, learned = layers.net.activations[layer - 1], layers.out(layer), layers.net.learned(layer)
    for place, one in enumerate(learned):
        own = entrywise(_slope_of_setting(record, place, learned), _entries(layers, layer), out.shape)
        yield Step(Local(out, one), "slope of setting", ((own,),), own)
        yield Step(Total(LOSS, one), "sum of entries", ((Total(LOSS, out), Local(out, one)),), SumOfEntries(hadamard(arriving, own)))


def _slope_of_setting(record: Activation, place: int, learned: tuple[Symbol, ...]) -> Expr:
    """The slope of one unit by a setting, as the record writes it, else by the rules."""
    letters, setting = letters_of(record), record.settings[place]
    terms = setting.slope(*letters, Y, *learned) if len(letters) == 1 else ()
    return Add(*(Mul(*term) for term in terms)) if terms else slope(record.definition(*letters, *learned), learned[place])


# ---- between layers


def _through_nets(layers: Layers, layer: int) -> Iterator[Step]:
    """What δ of a layer gives for its weights and its biases."""
    before, maps = layers.passed(layer - 1), layers.maps(layer)
    for one in maps:
        yield from _by_weights(layers, layer, one, Transpose(before).doit())
        if not layers.shares_bias(layer) and layers.bias(layer, one) is not None:
            yield _sum_over_samples(layers, layer, [one])
    if layers.shares_bias(layer):
        yield _sum_over_samples(layers, layer, maps)


def _by_weights(layers: Layers, layer: int, one: int, before: MatrixExpr) -> Iterator[Step]:
    """The total by a weight matrix: through its layer, and where there are penalties, directly."""
    weight, z = layers.weight(layer, one), layers.z(layer, one)
    yield Step(Local(z, weight), "linear", ((before,),), before)
    term, value = layers.ordered(Local(z, weight), Total(LOSS, z)), multiplied(*layers.ordered(before, layers.delta(layer, one)))
    own = [MatMul(strength, entry) for strength, entry in ((layers.net.l1, weight.applyfunc(sign)), (layers.net.l2, weight)) if strength is not None]
    if not own:
        yield _shaped(Step(Total(LOSS, weight), "matrix product", (term,), value))
        return
    yield Step(Local(LOSS, weight), "penalty", tuple((one,) for one in own), own[0] if len(own) == 1 else MatAdd(*own))
    yield _shaped(Step(Total(LOSS, weight), "penalized", (term, (Local(LOSS, weight),)), MatAdd(value, *own)))


def _sum_over_samples(layers: Layers, layer: int, maps: Sequence[int]) -> Step:
    """The total by a bias: δ summed over the samples, and over the units where they share one bias."""
    bias: Any = layers.bias(layer, maps[0])
    of_layer = layers.units(bias) != layers.net.sizes[layer]
    front, behind = layers.ordered([layers.ones(False, SAMPLES)], [layers.ones(True, layers.net.sizes[layer])] * of_layer)
    terms = tuple((*front, Total(LOSS, layers.z(layer, one)), *behind) for one in maps)
    values = [multiplied(*front, layers.delta(layer, one), *behind) for one in maps]
    rule = "sum over samples and units" if of_layer else "sum over samples"
    return _shaped(Step(Total(LOSS, bias), rule, terms, values[0] if len(values) == 1 else MatAdd(*values)))


def _arriving(layers: Layers, layer: int) -> Iterator[Step]:
    """What arrives at what a layer passes on: a term for every pre-activation that reads it, by a product or as it is."""
    passed, next_ = layers.passed(layer), layer + 1
    skips = [end for start, end in layers.net.skips if start == layer]
    terms, values = [], []
    for end in dict.fromkeys((next_, *skips)):
        for one in layers.maps(end):
            slopes = [*([Transpose(layers.weight(end, one)).doit()] if end == next_ else []), *([Identity(layers.net.sizes[layer])] if end in skips else [])]
            local = Local(layers.z(end, one), passed)  # type: ignore[arg-type]
            value = slopes[0] if len(slopes) == 1 else MatAdd(*slopes)
            yield Step(local, "linear" if end not in skips else "added" if end != next_ else "linear and added", tuple((part,) for part in slopes), value)
            terms.append(layers.ordered(Total(LOSS, layers.z(end, one)), local))
            values.append(multiplied(*layers.ordered(layers.delta(end, one), value)))
    rule = "matrix product" if len(terms) == 1 else "all readers"
    yield _shaped(Step(Total(LOSS, passed), rule, tuple(terms), values[0] if len(values) == 1 else MatAdd(*values)))


def _shaped(step: Step) -> Step:
    """The step, whose value must have the shape of what is differentiated by."""
    value, wrt = (one.shape for one in (step.value, step.claim.wrt))  # type: ignore[attr-defined]
    if value != wrt:
        raise DeriveError(f"{step.claim} has the shape {value}, but {step.claim.wrt} has {wrt}")
    return step
