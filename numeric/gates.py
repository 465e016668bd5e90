"""Gates: logic from single neurons, and from neurons that read neurons, in exact numbers.

A gate fires (1) where its weighted sum is above 0. To add one: a row in ``GATES`` where one neuron can do it,
in ``COMPOSED`` where it takes several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from derive.errors import DeriveError, UnknownNameError

from .functions import sigmoid

__all__ = ["COMPOSED", "GATES", "SIGMOID_COMPOSED", "SIGMOID_GATES", "Composed", "Gate", "Row", "gate", "separable", "truth_table"]

Bits = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a truth table: the inputs, what the first neurons answer (if there are any), the sum, the output."""

    inputs: Bits
    inner: tuple[int | float, ...]
    net: Fraction | float
    out: int | float


@dataclass(frozen=True)
class Gate:
    """A neuron with step: 1 where w₁x₁ + w₂x₂ + … + b > 0, else 0; with ``smooth``, σ of that sum.

    Weights and bias are kept as fractions; text such as "0.5" is exact. Raises DeriveError for other values.
    """

    name: str
    weights: tuple[Fraction, ...]
    bias: Fraction
    smooth: bool = False

    @classmethod
    def of(cls, name: str, weights: Iterable[str | int | Fraction], bias: str | int | Fraction, smooth: bool = False) -> Gate:
        """The gate with these weights and this bias."""
        return cls(name, tuple(_exact("weight", one) for one in weights), _exact("bias", bias), smooth)

    @classmethod
    def by_threshold(cls, name: str, weights: Iterable[str | int | Fraction], threshold: str | int | Fraction) -> Gate:
        """The gate that fires where the weighted inputs exceed a threshold θ: the same thing with b = −θ."""
        return cls.of(name, weights, -_exact("threshold", threshold))

    @property
    def threshold(self) -> Fraction:
        """θ = −b: what the weighted inputs must exceed."""
        return -self.bias

    @property
    def arity(self) -> int:
        """How many inputs it has."""
        return len(self.weights)

    def net(self, inputs: Sequence[int | float]) -> Fraction | float:
        """The weighted sum w₁x₁ + w₂x₂ + … + b, exact where the inputs are."""
        return sum((weight * one for weight, one in zip(self.weights, inputs, strict=True)), self.bias)

    def answer(self, net: Fraction | float) -> int | float:
        """What the neuron makes of its weighted sum."""
        return sigmoid(float(net)) if self.smooth else int(net > 0)

    def row(self, inputs: Bits) -> Row:
        """The line of the truth table at these inputs."""
        net = self.net(_bits(inputs, self.arity))
        return Row(inputs, (), net, self.answer(net))


@dataclass(frozen=True)
class Composed:
    """A gate that reads the answers of other gates, all of them to the same inputs: XOR = AND(NAND, OR)."""

    name: str
    last: Gate
    first: tuple[Gate, ...]

    @property
    def arity(self) -> int:
        """How many inputs it has."""
        return self.first[0].arity

    def row(self, inputs: Bits) -> Row:
        """The line of the truth table at these inputs; ``inner`` has the answers of the first gates."""
        inner = tuple(one.row(inputs).out for one in self.first)
        net = self.last.net(inner)
        return Row(inputs, inner, net, self.last.answer(net))


def _exact(what: str, value: str | int | Fraction) -> Fraction:
    try:
        return Fraction(value)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        raise DeriveError(f"the {what} {value!r} is no finite number; use one such as '0.5' or -1") from None


def _bits(inputs: Bits, arity: int) -> Bits:
    if len(inputs) != arity or any(one not in (0, 1) for one in inputs):
        raise DeriveError(f"inputs={inputs!r} of a gate with {arity} inputs; they are {arity} zeros or ones, such as {(0,) * (arity - 1) + (1,)}")
    return inputs


def truth_table(of: Gate | Composed) -> tuple[Row, ...]:
    """The lines of the truth table, from all zeros to all ones."""
    return tuple(of.row(inputs) for inputs in product((0, 1), repeat=of.arity))


# Saitoh, Deep Learning from Scratch, 2.3: several choices work, these are the ones in use.
GATES: Mapping[str, Gate] = {
    one.name: one
    for one in (
        Gate.of("and", ("0.5", "0.5"), "-0.7"),
        Gate.of("nand", ("-0.5", "-0.5"), "0.7"),
        Gate.of("or", ("0.5", "0.5"), "-0.2"),
        Gate.of("not", ("-1",), "0.5"),
    )
}

# Ng, Machine Learning, lecture 8: saturated sigmoids as gates.
SIGMOID_GATES: Mapping[str, Gate] = {
    one.name: one
    for one in (
        Gate.of("and", (20, 20), -30, smooth=True),
        Gate.of("nand", (-20, -20), 30, smooth=True),
        Gate.of("or", (20, 20), -10, smooth=True),
        Gate.of("nor", (-20, -20), 10, smooth=True),
        Gate.of("not", (-20,), 10, smooth=True),
    )
}

COMPOSED: Mapping[str, Composed] = {"xor": Composed("xor", GATES["and"], (GATES["nand"], GATES["or"]))}
SIGMOID_COMPOSED: Mapping[str, Composed] = {
    "xnor": Composed("xnor", SIGMOID_GATES["or"], (SIGMOID_GATES["and"], SIGMOID_GATES["nor"])),
    "xor": Composed("xor", SIGMOID_GATES["and"], (SIGMOID_GATES["nand"], SIGMOID_GATES["or"])),
}


def gate(name: str) -> Gate | Composed:
    """The gate of that name. Raises UnknownNameError with the names there are."""
    known = {**GATES, **COMPOSED}
    if name not in known:
        raise UnknownNameError("gate", name, known)
    return known[name]


def separable(outputs: Mapping[Bits, int]) -> bool:
    """Can one neuron with step give these outputs? For two inputs, by the four inequalities.

    The sums at opposite corners are equal: net(0,0) + net(1,1) = net(0,1) + net(1,0). So the outputs cannot be
    told apart exactly where one diagonal fires and the other does not. Raises DeriveError for other tables.
    """
    if set(outputs) != set(product((0, 1), repeat=2)):
        raise DeriveError(f"outputs={dict(outputs)!r}; needed are the outputs at (0, 0), (0, 1), (1, 0) and (1, 1)")
    even, odd = ({bool(out) for corner, out in outputs.items() if sum(corner) % 2 == parity} for parity in (0, 1))
    return not (len(even) == len(odd) == 1 and even != odd)
