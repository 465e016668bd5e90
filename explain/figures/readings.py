"""The numbers of a picture: what each symbol is worth, and what its change does to the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from derive.steps import Total

if TYPE_CHECKING:
    from numeric.values import Numbers

__all__ = ["Readings", "readings"]


@dataclass(frozen=True)
class Readings:
    """Forward, the value of each symbol; backward, the derivative of the result by it, as far as it is known."""

    forward: Mapping[Symbol, Any] = field(default_factory=dict)
    backward: Mapping[Symbol, Any] = field(default_factory=dict)


def readings(values: Numbers | Iterable[Numbers] | None, of: Symbol | None) -> Readings:
    """The numbers of one evaluated derivation, or of several at the same point; of is their common result."""
    tables: list[Any] = [] if values is None else [values] if isinstance(values, Mapping) else list(values)
    forward = {symbol: value for table in tables for symbol, value in table.nodes.items()}
    backward = {claim.wrt: numbers.value for table in tables for claim, numbers in table.items() if isinstance(claim, Total) and claim.of == of}
    return Readings(forward, {of: 1, **backward} if tables and of is not None else {})
