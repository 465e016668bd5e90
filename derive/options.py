"""Options: what a network is asked for, read or refused with what would work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, Symbol

from .errors import DeriveError, UnknownNameError
from .losses import Loss, loss
from .named import Activation
from .names import symbol
from .own import activation_from

__all__ = ["activations_of", "choice", "fixed_masks", "frozen_of", "loss_of", "rate", "sizes_of", "skips_of", "strength"]

Spec = str | Expr | Activation  # what an activation is given as
Skips = tuple[tuple[int, int], ...]
Masks = tuple[tuple[int, ...], ...]


def sizes_of(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes of the layers. Raises DeriveError where they are no whole numbers of at least 1, or fewer than two."""
    for place, size in enumerate(sizes):
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise DeriveError(f"layer {place} has the size {size!r}; sizes are whole numbers of at least 1, such as Network(2, 2, 2)")
    if len(sizes) == 1:
        raise DeriveError(f"Network({sizes[0]}) has one layer; it needs at least inputs and outputs, such as Network(2, 2, 2)")
    return sizes


def activations_of(hidden: Spec | Sequence[Spec], output: Spec, sizes: Sequence[int]) -> tuple[Activation, ...]:
    """The activation of each hidden layer and of the output layer. Raises DeriveError for unknown, malformed or useless ones."""
    count = len(sizes) - 2
    if isinstance(hidden, str | bytes) or not isinstance(hidden, Sequence):
        specs: Sequence[Spec] = (hidden,) * count
    elif len(hidden) != count:
        raise DeriveError(f"activation={list(hidden)!r} names {len(hidden)} layers; this network has {count} hidden layers")
    else:
        specs = hidden
    records = (*(_activation(one, "activation") for one in specs), _activation(output, "output"))
    for layer, record in enumerate(records, 1):
        if record.whole is not None and sizes[layer] == 1:
            raise DeriveError(f"layer {layer} has one unit, whose {record.name} is always 1; use sigmoid, or two units")
    return records


def _activation(spec: Spec, argument: str) -> Activation:
    try:
        return activation_from(spec)
    except DeriveError as error:
        raise DeriveError(f"{argument}={spec!r:.80}: {error}") from None


def loss_of(spec: str | Expr | Loss, output: Spec, record: Activation, units: int) -> Loss:
    """The loss after an output layer. Raises DeriveError where it is unknown or malformed, or does not fit the outputs."""
    try:
        found = loss(spec).after(record, units)
    except DeriveError as error:
        raise DeriveError(f"loss={spec!r:.80}: {error}") from None
    if units < found.units:
        raise DeriveError(f"loss={found.name!r} needs at least {found.units} output units; this network has {units}")
    found.refuse_outside(output if isinstance(output, str) else record.name, record)
    return found


def choice(argument: str, value: str, choices: tuple[str, ...]) -> str:
    """The value, which must be one of the choices. Raises UnknownNameError."""
    if value not in choices:
        raise UnknownNameError(argument, value, choices)
    return value


def skips_of(skips: Iterable[tuple[int, int]], sizes: Sequence[int]) -> Skips:
    """Pairs (from, to) of layers: what the first passes on is added to the pre-activations of the second, unit by unit.

    Raises DeriveError where a pair does not lead forward, or its layers have different widths.
    """
    found: dict[tuple[int, int], None] = {}
    for pair in _several("skips", skips, "(from, to) of layers, such as [(1, 3)]"):
        if not (isinstance(pair, tuple | list) and len(pair) == 2 and all(isinstance(one, int) and 0 <= one < len(sizes) for one in pair)):
            raise DeriveError(f"skips has {pair!r}; a skip connection is a pair of layers from 0 (the inputs) to {len(sizes) - 1}, such as (1, 3)")
        start, end = pair
        if start >= end:
            raise DeriveError(f"skips has {pair!r}; a skip connection leads forward, from a layer to a later one")
        if sizes[start] != sizes[end]:
            raise DeriveError(f"skips has {pair!r}, but layer {start} has {sizes[start]} units and layer {end} has {sizes[end]}; both need the same number")
        found[start, end] = None
    return tuple(found)


def _several(argument: str, given: Any, wanted: str) -> Iterable[Any]:
    """What is given, seen to be several things. Raises DeriveError for a single one."""
    if not isinstance(given, Iterable):
        raise DeriveError(f"{argument}={given!r:.80} is no list of {wanted}")
    return given


def strength(argument: str, value: Any, usual: str) -> Expr | None:
    """The strength of a penalty: None, a number, or the symbol of a given (True: the usual name). Raises DeriveError for others."""
    if value is None or value is False or value == 0:
        return None
    if value is True or (isinstance(value, str) and value[:1].isalpha()):
        return symbol(usual if value is True else value)
    number = _exact(value)
    if number is None or number < 0:
        raise DeriveError(f"{argument}={value!r} is no strength of a penalty: a number of at least 0, or True for the given {usual!r}")
    return number


def rate(value: Any) -> Rational | None:
    """The part of the hidden units that dropout leaves out; None without dropout. Raises DeriveError outside [0, 1)."""
    if value is None or value == 0:
        return None
    number = None if isinstance(value, bool) else _exact(value)
    if number is None or not 0 < number < 1:
        raise DeriveError(f"dropout={value!r} is no part of the hidden units: a number from 0 to below 1, such as 0.5")
    return number


def _exact(value: Any) -> Rational | None:
    """The number that a value is when it is printed: 0.1 is 1/10."""
    try:
        found = Fraction(str(value))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return Rational(found.numerator, found.denominator)


def fixed_masks(masks: Sequence[Sequence[int]] | None, part: Rational | None, sizes: Sequence[int]) -> Masks | None:
    """A row of 0 and 1 for each hidden layer, 0 for a unit that is left out; None where the masks are givens.

    Raises DeriveError where they do not fit the hidden layers, or where there is no dropout.
    """
    if masks is None:
        return None
    if part is None:
        raise DeriveError(f"masks={masks!r} belong to dropout; give its rate too, such as dropout=0.5")
    rows = tuple(tuple(_several("masks", row, "0 and 1")) for row in _several("masks", masks, "a list for each hidden layer"))
    if [len(row) for row in rows] != list(sizes[1:-1]) or any(one not in (0, 1) for row in rows for one in row):
        raise DeriveError(f"masks={masks!r}; needed is a list of 0 and 1 for each hidden layer, of the lengths {list(sizes[1:-1])}")
    return tuple(tuple(map(int, row)) for row in rows)


def frozen_of(frozen: Iterable[str | Symbol | int], layers: Sequence[tuple[Symbol, ...]]) -> frozenset[Symbol]:
    """The parameters that are held fixed: by name, or by the number of their layer. Raises UnknownNameError for others."""
    if isinstance(frozen, str) or not isinstance(frozen, Iterable):
        raise DeriveError(f"frozen={frozen!r:.80}; give a list of names or layers, such as frozen=['w1', 2]")
    named = {one.name: one for layer in layers for one in layer}
    found: set[Symbol] = set()
    for one in frozen:
        if isinstance(one, int) and 1 <= one <= len(layers):
            found.update(layers[one - 1])
        elif str(one) in named:
            found.add(named[str(one)])
        else:
            raise UnknownNameError("parameter to freeze", one, [*range(1, len(layers) + 1), *named], "there are layers and parameters")
    return frozenset(found)
