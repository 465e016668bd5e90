"""The bench: a tape with its numbers at one point, on which one variable is moved and what depends on it run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derive.graph import Graph
from derive.steps import Claim, Local, Total

from ..reports import WRONG, Check, judged
from ..values import settled
from .operations import FLOATS, Arithmetic, Pair
from .stencils import Difference
from .step_search import difference
from .tape import Places, Row, Tape, run_rows

__all__ = ["Bench"]


class Bench:
    """A tape with its numbers at one point in one arithmetic, on which slots are moved and run again."""

    def __init__(self, graph: Graph, tape: Tape, given: Mapping[Any, Any], on: Arithmetic) -> None:
        self.graph, self.tape, self.on = graph, tape, on
        self.pairs = settled(tape, given) if on is FLOATS else tape.run(on, given)
        self.env = tape.frozen(on, self.pairs)

    def check(self, places: Places) -> Check:
        """The step beside its difference; at a kink its numbers are the exact ones, which know where a tie is one."""
        claim = places.step.claim
        cone = self._cone(claim)
        slope = self.slope(claim, cone)
        if slope.at_kink:
            printed = [self.on.rounded(self.pairs[slot]) for slot in (places.total, places.value)]
        else:
            printed = self._printed(places, cone)
        of, wrt = (abs(float(self.env[self.tape.slot(one)][0])) for one in (claim.of, claim.wrt))
        found = judged(claim, printed, slope, self.on, max(of, 1) / max(wrt, 1))
        if slope.at_kink and found.verdict == WRONG and isinstance(claim, Total):
            return replace(judged(claim, printed, self._widened(claim, slope), self.on, 1), left=found.left, right=found.right)
        return found

    def _widened(self, claim: Total, slope: Difference) -> Difference:
        """The one-sided slopes, widened to all that kinks met together allow: each may take any slope between its own two.

        Two rectifiers that are both at 0 declare 0 each, and so does their difference, whose one-sided slopes may both be
        negative. So the local differences are multiplied and added as intervals, backwards from the result.
        """
        between = {self.tape.nodes[slot] for slot, _ in self._cone(claim) if slot in self.tape.nodes} | {claim.wrt}
        reach: dict[Any, tuple[Any, Any]] = {claim.of: (1, 1)}
        for node in reversed(self.graph.order):
            if node in between and node != claim.of:
                readers = [reader for reader in self.graph.readers[node] if reader in reach]
                parts = [_times(reach[reader], _interval(self.slope(Local(reader, node)))) for reader in readers]
                reach[node] = (sum(low for low, _ in parts), sum(high for _, high in parts))
        low, high = reach[claim.wrt]
        return replace(slope, left=min(low, slope.left, slope.right), right=max(high, slope.left, slope.right))

    def slope(self, claim: Claim, cone: list[tuple[int, Row]] | None = None) -> Difference:
        """The difference of the claim's one definition, or of the pass between its two nodes."""
        tape, on, env = self.tape, self.on, list(self.env)
        end, start = tape.slot(claim.of), tape.slot(claim.wrt)
        work = self._cone(claim) if cone is None else cone
        kinks = [(row[0].side, row[1]) for _, row in work if row[0].side is not None]
        nothing = on.unit * 0

        def sample(x: Any) -> tuple[Any, Any, Any]:
            env[start] = (x, nothing)
            run_rows(on, work, env)
            value, error = env[end]
            return value, error, tuple(side(*(env[one][0] for one in args)) for side, args in kinks)

        return difference(sample, self.env[start][0], on)

    def _cone(self, claim: Claim) -> list[tuple[int, Row]]:
        """The rows to run again, in order, when the variable of the claim moves."""
        behind = self.tape.behind(self.tape.slot(claim.of), through=isinstance(claim, Total))
        return self.tape.moved(behind, [self.tape.slot(claim.wrt)])

    def _printed(self, places: Places, cone: list[tuple[int, Row]]) -> list[Pair]:
        """The terms and the value, with errors as they are where only what depends on the variable was rounded."""
        tape, env = self.tape, list(self.env)
        again = [slot for slot, _ in cone]
        behind = {*tape.behind(places.total, through=False), *tape.behind(places.value, through=False)} - {*tape.nodes, *again}
        run_rows(self.on, [*cone, *tape.moved(sorted(behind), again)], env)
        return [env[places.total], env[places.value]]


def _interval(slope: Difference) -> tuple[Any, Any]:
    return (min(slope.left, slope.right), max(slope.left, slope.right)) if slope.at_kink else (slope.estimate, slope.estimate)


def _times(one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
    corners = [left * right for left in one for right in other]
    return min(corners), max(corners)
