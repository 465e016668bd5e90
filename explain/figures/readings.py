"""The numbers of a picture: what each symbol is worth, and what its change does to the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from derive.steps import Local, Total

from .routes import Edge

if TYPE_CHECKING:
    from numeric.values import Numbers

__all__ = ["Readings", "readings"]


@dataclass(frozen=True)
class Readings:
    """Forward, the value of each symbol; backward, the derivative of the result by it, as far as it is known.

    along has, for a symbol and one that reads it, what comes back on that edge alone.
    """

    forward: Mapping[Symbol, Any] = field(default_factory=dict)
    backward: Mapping[Symbol, Any] = field(default_factory=dict)
    along: Mapping[Edge, Any] = field(default_factory=dict)


def readings(values: Numbers | Iterable[Numbers] | None, of: Symbol | None) -> Readings:
    """The numbers of one evaluated derivation, or of several at the same point; of is their common result."""
    tables: list[Any] = [] if values is None else [values] if isinstance(values, Mapping) else list(values)
    if not tables or of is None:
        return Readings()
    forward = {symbol: value for table in tables for symbol, value in table.nodes.items()}
    slopes = {claim: numbers.value for table in tables for claim, numbers in table.items()}
    backward = {claim.wrt: value for claim, value in slopes.items() if isinstance(claim, Total) and claim.of == of} | {of: 1}
    along = {
        (claim.wrt, claim.of): backward[claim.of] * value
        for claim, value in slopes.items()
        if isinstance(claim, Local) and isinstance(claim.of, Symbol) and claim.of in backward
    }
    return Readings(forward, backward, along)
