"""The matrices of a network's layers and their definitions, from the inputs X to the mean loss L.

Layer l has the weights W{l}, the bias b{l}, the pre-activations Z{l} and the outputs A{l}; with dropout the mask M{l} and what is
kept, K{l}. A unit of several affine maps has W{l}_1, W{l}_2, …, one for each map. What a layer learns of its
activation and the strengths of penalties are numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Abs, Expr, HadamardPower, HadamardProduct, Integer, MatAdd, MatMul, MatrixExpr, MatrixSymbol, Mul, OneMatrix, Rational, S, Symbol, exp, sign

from ..losses import O, T
from ..matrices.heads import SumOfEntries, applied
from ..named import Activation
from ..written import Written, total
from .entrywise import entrywise, hadamard, multiplied

if TYPE_CHECKING:
    from ..network import Network

__all__ = ["LOSS", "SAMPLES", "Layers", "MatrixDefinition", "letters_of"]

SAMPLES = Symbol("N", integer=True, positive=True)
LOSS = Symbol("L")
HALF = Rational(1, 2)


@dataclass(frozen=True, slots=True)
class MatrixDefinition:
    """``symbol = expression`` for a matrix (or the scalar loss); ``written`` is the form for the board, b added to every sample."""

    symbol: Expr
    expression: Expr
    written: Written | Expr

    def __str__(self) -> str:
        return f"{self.symbol} = {self.written}"


@dataclass(frozen=True)
class Layers:
    """The matrix symbols of a network, samples in rows or in columns: how shapes, products and transposes are turned."""

    net: Network
    rows: bool

    # ---- shapes

    def batch(self, name: str, units: int) -> MatrixSymbol:
        """A matrix with an entry for every unit and sample."""
        return MatrixSymbol(name, *((SAMPLES, S(units)) if self.rows else (S(units), SAMPLES)))

    def ordered(self, first: Any, second: Any) -> tuple[Any, Any]:
        """Two factors as they stand with samples in rows, or the other way round with samples in columns."""
        return (first, second) if self.rows else (second, first)

    def ones(self, samples: bool, count: Any) -> OneMatrix:
        """The vector of ones that repeats a bias for every sample, or sums over the samples."""
        return OneMatrix(count, 1) if self.rows == samples else OneMatrix(1, count)

    def units(self, matrix: Any) -> Any:
        """How many units a matrix of a batch has."""
        return matrix.shape[1 if self.rows else 0]

    def sum_within(self, matrix: MatrixExpr) -> MatrixExpr:
        """The sum over the units of each sample, repeated for each of them."""
        units = self.units(matrix)
        return multiplied(*self.ordered(matrix, OneMatrix(units, units)))

    # ---- symbols

    def maps(self, layer: int) -> range:
        """The numbers of the affine maps of each unit of a layer; 0 stands for the only one."""
        count = self.net.maps(layer)
        return range(1, count + 1) if count > 1 else range(1)

    def weight(self, layer: int, one: int) -> MatrixSymbol:
        """The weights of a map of a layer."""
        before, units = self.net.sizes[layer - 1], self.net.sizes[layer]
        return MatrixSymbol(_name("W", layer, one), *self.ordered(before, units))

    def bias(self, layer: int, one: int) -> MatrixSymbol | None:
        """The biases of a map of a layer, the one of the whole layer, or None."""
        if self.net.bias_counts[layer - 1] == 0:
            return None
        shared = self.shares_bias(layer)
        return MatrixSymbol(_name("b", layer, 0 if shared else one), *self.ordered(1, 1 if shared else self.net.sizes[layer]))

    def shares_bias(self, layer: int) -> bool:
        """Has the layer one bias for several pre-activations?"""
        return 0 < self.net.bias_counts[layer - 1] < self.net.widths[layer]

    def z(self, layer: int, one: int) -> MatrixSymbol:
        """The pre-activations of a map of a layer."""
        return self.batch(_name("Z", layer, one), self.net.sizes[layer])

    def delta(self, layer: int, one: int) -> MatrixSymbol:
        """The name of the derivative by these pre-activations."""
        return self.batch(_name("delta", layer, one), self.net.sizes[layer])

    def out(self, layer: int) -> MatrixSymbol:
        """The outputs of a layer; of layer 0 the inputs."""
        return self.batch(f"A{layer}" if layer else "X", self.net.sizes[layer])

    def has_mask(self, layer: int) -> bool:
        """Is a part of the outputs of the layer left out by dropout?"""
        return self.net.dropout is not None and layer in self.net.layers[:-1]

    def mask(self, layer: int) -> MatrixSymbol:
        """The mask of a layer."""
        return self.batch(f"M{layer}", self.net.sizes[layer])

    def passed(self, layer: int) -> MatrixSymbol:
        """What the next layers read of a layer: its outputs, or what dropout keeps of them."""
        return self.batch(f"K{layer}", self.net.sizes[layer]) if self.has_mask(layer) else self.out(layer)

    @property
    def target(self) -> MatrixSymbol:
        """The targets."""
        return self.batch("T", self.net.sizes[-1])

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """Every layer and map, from the inputs on."""
        return [(layer, one) for layer in self.net.layers for one in self.maps(layer)]

    @property
    def givens(self) -> tuple[Expr, ...]:
        """X, the weights, the biases, what is learnt of the activations, masks, strengths of penalties, T."""
        weights, biases = [self.weight(*place) for place in self.places], [self.bias(*place) for place in self.places]
        learned = [one for layer in self.net.layers for one in self.net.learned(layer)]
        masks = [self.mask(layer) for layer in self.net.layers if self.has_mask(layer)]
        own: list[Any] = list(dict.fromkeys(one for one in biases if one is not None))
        return (self.out(0), *weights, *own, *learned, *masks, *self.net.strengths, self.target)

    def scalars(self, symbol: Expr) -> list[list[Expr]]:
        """The scalars that a matrix or number is made of: sources in rows, or for a batch the one row of a sample; a mask that is fixed has numbers."""
        if isinstance(symbol, Symbol):
            return [[symbol]]
        kind, layer, one = _parts(symbol.name)  # type: ignore[attr-defined]
        return _SCALARS[kind](self.net, layer, one)

    # ---- definitions

    def definitions(self) -> Iterator[MatrixDefinition]:
        """Z, A and, with dropout, K of every layer, then the loss."""
        for layer in self.net.layers:
            yield from (self._net(layer, one) for one in self.maps(layer))
            yield self._out(layer)
            if self.has_mask(layer):
                yield self._kept(layer)
        yield self._loss()

    def _net(self, layer: int, one: int) -> MatrixDefinition:
        """Z = XW + b, and what skip connections add."""
        product, bias = self.ordered(self.passed(layer - 1), self.weight(layer, one)), self.bias(layer, one)
        skipped = tuple(self.passed(start) for start, end in self.net.skips if end == layer)
        terms = [multiplied(*product), *([self._repeated(bias, layer)] if bias is not None else []), *skipped]
        written = total((Written("*", product), *([bias] if bias is not None else []), *skipped))
        return MatrixDefinition(self.z(layer, one), MatAdd(*terms) if len(terms) > 1 else terms[0], written)

    def _repeated(self, bias: MatrixSymbol, layer: int) -> MatrixExpr:
        """A bias for every sample, and where it is the only one of its layer for every unit."""
        units = self.net.sizes[layer]
        whole = bias if self.units(bias) == units else multiplied(*self.ordered(bias, self.ones(False, units)))
        return multiplied(*self.ordered(self.ones(True, SAMPLES), whole))

    def _out(self, layer: int) -> MatrixDefinition:
        record, nets, out = self.net.activations[layer - 1], [self.z(layer, one) for one in self.maps(layer)], self.out(layer)
        if record.whole:
            return MatrixDefinition(out, self._softmax(nets[0]), Written(record.function, tuple(nets)))
        letters, learned = letters_of(record), self.net.learned(layer)
        applied_ = entrywise(record.function(*letters, *learned), dict(zip(letters, nets, strict=True)), out.shape)
        return MatrixDefinition(out, applied_, applied_ if record.inline else Written(record.function, (*nets, *learned)))

    def _softmax(self, net: MatrixSymbol) -> MatrixExpr:
        """e^Z over its sum within each sample."""
        powers = net.applyfunc(exp)
        return HadamardProduct(powers, HadamardPower(self.sum_within(powers), -1))

    def _kept(self, layer: int) -> MatrixDefinition:
        """What dropout keeps: the mask times the outputs over the part that stays, so that their mean stays."""
        kept = hadamard(self.kept_part(layer), self.out(layer))
        return MatrixDefinition(self.passed(layer), kept, kept)

    def kept_part(self, layer: int) -> MatrixExpr:
        """The slope of what is kept in the outputs of a layer: M/(1 − p)."""
        assert self.net.dropout is not None
        return MatMul(1 / (1 - self.net.dropout), self.mask(layer))

    # ---- the loss

    def _loss(self) -> MatrixDefinition:
        """The mean over the samples, and the penalties, which no sample changes."""
        names, out = {T: self.target, O: self.out(self.net.layers[-1])}, self.out(self.net.layers[-1])
        share = self.net.loss_record.share(self.net.sizes[-1])
        mean = _summed(1 / SAMPLES, entrywise(share.expression, names, out.shape))
        written = Written("*", (1 / SAMPLES, Written(SumOfEntries, (share.renamed(names),))))
        penalties = list(self._penalties())
        whole = MatAdd(mean, *(one.expression for one in penalties)) if penalties else mean
        return MatrixDefinition(LOSS, whole, total((written, *(one.written for one in penalties))))

    def _penalties(self) -> Iterator[MatrixDefinition]:
        """λ Σ|w| and λ/2 Σw², over the weights of all layers."""
        weights, net = [self.weight(*place) for place in self.places], self.net
        if net.l1 is not None:
            yield _penalty([net.l1], [_absolute(one) for one in weights])
        if net.l2 is not None:
            yield _penalty([HALF, net.l2], [HadamardPower(one, 2) for one in weights])


def _absolute(weight: MatrixExpr) -> MatrixExpr:
    """Every entry without its sign; of a matrix with one entry SymPy would make √(W·Wᴴ)."""
    return HadamardProduct(weight, applied(sign, weight)) if weight.shape == (1, 1) else applied(Abs, weight)


def _penalty(strength: list[Expr], entries: list[MatrixExpr]) -> MatrixDefinition:
    parts = [_summed(Mul(*strength), one) for one in entries]
    written = Written("*", (*strength, total(tuple(Written(SumOfEntries, (one,)) for one in entries))))
    return MatrixDefinition(LOSS, MatAdd(*parts) if len(parts) > 1 else parts[0], written)


def letters_of(record: Activation) -> tuple[Symbol, ...]:
    """The letters for the pre-activations of one unit, a letter for each of its maps."""
    return tuple(Symbol(f"z{one}") for one in range(1, record.maps + 1)) if record.maps > 1 else (Symbol("z"),)


def _summed(number: Expr, matrix: MatrixExpr) -> MatrixExpr:
    """A number times the sum of all entries, 1ᵀ·M·1: a matrix of one entry."""
    rows, cols = matrix.shape
    return MatMul(number, OneMatrix(1, rows), matrix, OneMatrix(cols, 1))


def _name(letter: str, layer: int, one: int) -> str:
    return f"{letter}{layer}_{one}" if one else f"{letter}{layer}"


def _parts(name: str) -> tuple[str, int, int]:
    """The letter of a matrix, its layer, and which of the maps it belongs to (0: to the only one, or to all)."""
    letter, _, one = name.partition("_")
    return letter[:1], int(letter[1:] or 0), int(one or 0)


def _every(found: Any, maps: int, one: int) -> list[Symbol]:
    """Of what stands unit by unit, the entries that belong to one map."""
    return list(found[one - 1 :: maps] if one else found)


_SCALARS: dict[str, Any] = {
    "X": lambda net, layer, one: [list(net.inputs)],
    "T": lambda net, layer, one: [list(net.targets)],
    "A": lambda net, layer, one: [list(net.outs(layer))],
    "K": lambda net, layer, one: [list(net.passed(layer))],
    "M": lambda net, layer, one: [[Integer(one) for one in net.fixed_masks[layer - 1]] if net.fixed_masks else list(net.mask_symbols(layer))],
    "Z": lambda net, layer, one: [_every(net.nets(layer), net.maps(layer), one)],
    "b": lambda net, layer, one: [_every(net.bias_symbols[layer - 1], net.maps(layer), one)],
    "W": lambda net, layer, one: [
        _every([net.weight(layer, row, col) for col in range(1, net.widths[layer] + 1)], net.maps(layer), one) for row in range(1, net.sizes[layer - 1] + 1)
    ],
}
