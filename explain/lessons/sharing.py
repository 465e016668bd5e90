"""Sharing: the numbers and checks of several derivations of one graph, each fact evaluated and checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.steps import Claim, Derivation, Step
from numeric.checking import Report
from numeric.checking import check as checked
from numeric.values import Numbers, evaluate

__all__ = ["numbers_and_reports"]

Found = tuple[Numbers | None, Report | None]


def numbers_and_reports(derivations: Sequence[Derivation], at: Mapping[str, Any] | None, check: bool, exact: bool = False) -> list[Found]:
    """The numbers of each derivation at a point and the report of its checks; None without a point, or without a check.

    A whole gradient costs what its different facts cost, not what its derivations would one by one. Raises what
    ``evaluate`` and ``check`` raise.
    """
    if at is None:
        return [(None, None) for _ in derivations]
    shared = _together(derivations)
    if shared is None:
        return [(evaluate(one, at), checked(one, at, exact=exact) if check else None) for one in derivations]
    numbers, report = evaluate(shared, at), checked(shared, at, exact=exact) if check else None
    return [(_numbers_of(one, numbers), _report_of(one, report)) for one in derivations]


def _together(derivations: Sequence[Derivation]) -> Derivation | None:
    """All steps as one derivation, each after those that it cites; None where two derivations say different things of one fact."""
    steps: dict[Claim, Step] = {}
    for one in derivations:
        for step in one.steps:
            if steps.setdefault(step.claim, step) != step:
                return None
    last = derivations[-1]
    return Derivation(last.graph, last.claim, tuple(steps.values()))


def _numbers_of(derivation: Derivation, numbers: Numbers) -> Numbers:
    return Numbers({step.claim: numbers[step.claim] for step in derivation.steps}, numbers.nodes)


def _report_of(derivation: Derivation, report: Report | None) -> Report | None:
    return None if report is None else Report({step.claim: report[step.claim] for step in derivation.steps}, report.kind)
