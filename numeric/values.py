"""The number of every node, factor, term and step of a derivation at one point.

Plain numbers by a walk over the expressions: fractions as long as the operations are rational, floats from
there on, each with a bound of its rounding error. Where floats lose too many digits (1 − out with out near
1), the walk is run again with as many digits as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from sympy import Symbol

from derive.errors import UndefinedError, UnknownNameError
from derive.steps import Claim, Derivation

from .checks.operations import FLOATS, SPECK, Pair, high_precision
from .checks.tape import Places, Tape
from .points import Exact, point

__all__ = ["DIGITS", "Numbers", "StepNumbers", "evaluate", "settled"]

ENOUGH = 2.0**-33  # relative error, about ten digits, above which more digits are taken
DIGITS = (50, 100, 200, 400)


@dataclass(frozen=True, slots=True)
class StepNumbers:
    """The numbers of one step, in the order of its terms.

    factors: one tuple a term; terms: each product; total: their sum; value: the number of the step's closed
    form. total_error and value_error bound their rounding errors (0 where a number is exact).
    """

    factors: tuple[tuple[Exact, ...], ...]
    terms: tuple[Exact, ...]
    total: Exact
    value: Exact
    total_error: float
    value_error: float


@dataclass(frozen=True, slots=True, eq=False)
class Numbers(Mapping[Claim, StepNumbers]):
    """A table from each claim to its numbers; ``nodes`` has the forward values, given and defined, by symbol."""

    steps: dict[Claim, StepNumbers]
    nodes: dict[Symbol, Exact]

    def __getitem__(self, claim: Claim) -> StepNumbers:
        try:
            return self.steps[claim]
        except KeyError:
            raise UnknownNameError("step for", claim, self.steps, "there are numbers for") from None

    def __contains__(self, claim: object) -> bool:
        return claim in self.steps

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)


def evaluate(derivation: Derivation, at: Mapping[Any, Any]) -> Numbers:
    """The numbers of every step, term and factor, and of every node, at the values ``at`` of the givens.

    at maps each given (a name or a Symbol) to a float, int, Fraction or text such as "0.15"; all but floats stay
    exact, and rational operations on them too (a Fraction comes out). Raises DeriveError for missing, unknown or
    refused values, and UndefinedError, a DeriveError, where something has no number there, such as log(0).
    """
    tape = Tape(derivation)
    pairs = settled(tape, point(derivation.graph.givens, at, derivation.graph.by_symbol, derivation.graph.shares))
    nodes = {symbol: _certain(tape, pairs, slot) for slot, symbol in tape.nodes.items()}
    return Numbers({claim: _step(tape, pairs, places) for claim, places in tape.steps.items()}, nodes)


def settled(tape: Tape, given: Mapping[Symbol, Exact]) -> list[Pair]:
    """The pair of every slot: fractions and floats, with further digits behind those that floats leave uncertain."""
    pairs = tape.run(FLOATS, given)
    wanted = {*tape.nodes, *(slot for places in tape.steps.values() for slot in _slots(places))}
    for digits in DIGITS:
        if all(_settled(pairs[slot]) for slot in wanted):
            break
        on = high_precision(digits)
        finer = tape.run(on, given)
        pairs = [pair if _settled(pair) else _as_floats(better) for pair, better in zip(pairs, finer, strict=True)]
    return pairs


def _slots(places: Places) -> Iterator[int]:
    yield from (slot for term in places.factors for slot in term)
    yield from (*places.terms, places.total, places.value)


def _settled(pair: Pair) -> bool:
    value, error = pair
    return error <= SPECK or error <= ENOUGH * abs(value) < float("inf")


def _as_floats(pair: Pair) -> Pair:
    """A number of many digits as the nearest float, what that rounds added to its bound."""
    if isinstance(pair[0], Fraction | bool):
        return pair
    value = float(pair[0])
    return value, float(pair[1]) + FLOATS.unit * abs(value) + FLOATS.tiny


def _certain(tape: Tape, pairs: list[Pair], slot: int, claim: Claim | None = None) -> Exact:
    """The number of a slot, which belongs to the fact of that claim, or to a node."""
    value = pairs[slot][0]
    if isinstance(value, float) and not abs(value) < float("inf"):
        what = tape.labels[slot] if claim is None else claim
        raise UndefinedError(f"there is no number for {what} at this point: {tape.unnumbered(pairs, slot)}")
    return value


def _step(tape: Tape, pairs: list[Pair], places: Places) -> StepNumbers:
    number = partial(_certain, tape, pairs, claim=places.step.claim)
    return StepNumbers(
        tuple(tuple(map(number, term)) for term in places.factors),
        tuple(map(number, places.terms)),
        number(places.total),
        number(places.value),
        float(pairs[places.total][1]),
        float(pairs[places.value][1]),
    )
