"""The bench of the arbiter: every step beside a slope of thirty digits, which the definitions alone give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mpmath import MPContext

from derive.errors import DeriveError
from derive.graph import Graph
from derive.steps import Claim, Local, Total

from ..checks.bench import Bench
from ..checks.operations import Arithmetic
from ..checks.stencils import UNRESOLVED, Difference
from ..checks.tape import Places, Row, Tape
from .arbiter import Slope, settled_slope
from .definitions import Definitions

__all__ = ["DIGITS", "Arbiter", "ExactBench"]

DIGITS = (60, 120, 240, 480, 960, 1920)  # in which the facts are computed, until their rounding is nothing beside the slope
SETTLED = 30


class Arbiter:
    """The slopes of the claims about a graph, or of their means over several points, each settled once."""

    def __init__(self, graph: Graph, *points: Mapping[Any, Any]) -> None:
        self.on = MPContext()
        self.definitions = [Definitions(graph, given, self.on) for given in points]
        self._slopes: dict[Claim, Slope | None] = {}

    def difference(self, claim: Local | Total, on: Arithmetic) -> Difference:
        """The slope as a difference; what it can be off by is its last digits. Unresolved where 2,000 digits do not settle it."""
        found = self._slope(claim)
        if found is None or found.right != found.right:
            return UNRESOLVED
        left, right = on.number(found.left), on.number(found.right)
        size = max(abs(left), abs(right))
        # Of a slope that 2,000 digits do not show, no more is known than that it is smaller than this.
        bound = (on.number(10) ** (1 - SETTLED) + on.unit) * size if size else on.functions.sqrt(on.number(found.h))
        return Difference((left + right) / 2, float(found.h), bound, bound, on.unit * 0, *(() if left == right else (left, right)))

    def _slope(self, claim: Local | Total) -> Slope | None:
        if claim not in self._slopes:
            every = [one.moving(claim.of, claim.wrt, isinstance(claim, Total)) for one in self.definitions]  # type: ignore[arg-type]
            try:
                self._slopes[claim] = settled_slope(
                    lambda move: self.on.fsum(one(move) for one in every) / len(every), self.on, SETTLED, scale=min(one.scale for one in self.definitions)
                )
            except DeriveError:
                self._slopes[claim] = None
        return self._slopes[claim]


class ExactBench(Bench):
    """A tape in many digits, whose slopes are those of the arbiter."""

    def __init__(self, graph: Graph, tape: Tape, given: Mapping[Any, Any], on: Arithmetic, arbiter: Arbiter) -> None:
        super().__init__(graph, tape, given, on)
        self.arbiter = arbiter

    def slope(self, claim: Local | Total, cone: list[tuple[int, Row]] | None = None) -> Difference:
        """The slope as a difference, as the arbiter gives it."""
        return self.arbiter.difference(claim, self.on)

    def _printed(self, places: Places, cone: list[tuple[int, Row]]) -> list[Any]:
        """The terms and the value with all that was rounded on the way to them: the arbiter starts from the same givens."""
        return [self.on.rounded(self.pairs[slot]) for slot in (places.total, places.value)]
