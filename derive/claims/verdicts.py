"""Verdict: what is known of a claim, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sympy import And, Expr, false, true
from sympy.logic.boolalg import Boolean

from ..plain import plain

__all__ = ["Slip", "Verdict", "as_assumed"]

SIGNS = {"!=": "≠", ">=": "≥", "<=": "≤"}


@dataclass(frozen=True, slots=True)
class Slip:
    """A usual mistake that explains a wrong gradient: its ``kind``, and ``detail``, the names of what is concerned.

    kind is "sign", "factor", "missing path", "missing slope", "missing factor", "other parameter", "transposed"
    or "updated too early".
    """

    kind: str
    detail: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}: {', '.join(self.detail)}" if self.detail else self.kind


@dataclass(frozen=True)
class Verdict:
    """What is known of a claim left = right.

    status: whether it is proved, refuted or neither. method: how it was proved or refuted; of an undecided
    claim, why. domain: where both sides are defined and the verdict holds (``true``: everywhere).
    counterexample: values by name at which the sides differ, and ``values`` the two sides there. part: where a
    refuted claim is proved nevertheless. slip: the usual mistake behind a wrong gradient.
    """

    status: Literal["proved", "refuted", "undecided"]
    method: str
    domain: Boolean = true
    counterexample: Mapping[str, Expr] | None = None
    values: tuple[Expr, Expr] | None = None
    part: Boolean = false
    slip: Slip | None = None

    def __str__(self) -> str:
        if self.counterexample is not None and self.values is not None:
            place = ", ".join(f"{name} = {plain(value)}" for name, value in self.counterexample.items())
            left, right = (value if value.is_Rational else value.evalf(12) for value in self.values)
            part = "" if self.part == false else f"; it holds where {_said(self.part)}"
            return f"refuted{f' at {place}' if place else ''}: {left} is not {right}{part}{f'; {self.slip}' if self.slip else ''}"
        where = "" if self.domain == true else f", where {_said(self.domain)}"
        return f"{self.status}: {self.method}{where}"


def _said(domain: Boolean) -> str:
    if domain == false:
        return "nothing is defined"
    return " ".join(SIGNS.get(word, word) for word in as_assumed(domain).split(" "))


def as_assumed(domain: Boolean) -> str:
    """A domain that is not empty as the text in which ``judge`` takes what is assumed: "x != 0, y > 0"."""
    parts = sorted(And.make_args(domain), key=str) if domain != true else []
    return ", ".join(f"{plain(one.lhs)} {one.rel_op} {plain(one.rhs)}" for one in parts)
