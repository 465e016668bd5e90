"""The record of a page as plain data, for JSON: the graph, the point, every step with its numbers and its check.

Expressions stay expressions here, for the writer to print; exact numbers are text, floats are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.graph import Graph
from derive.steps import Claim, Local, Step, Total
from numeric.checking import Check

from .lesson import Lesson

__all__ = ["as_data", "check_data", "graph_data", "step_data"]


def as_data(lessons: Sequence[Lesson], samples: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """The page's record; see the module's docstring."""
    return {
        **graph_data(lessons[0].derivation.graph, samples),
        "derivations": [_derivation(lesson) for lesson in lessons],
    }


def graph_data(graph: Graph, samples: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """A graph and the points at which it is told."""
    return {
        "graph": {
            "givens": [one.name for one in graph.givens],
            "definitions": [{"name": one.symbol.name, "expression": one.written or one.expression} for one in graph.definitions],
        },
        "samples": [{name: _exact(value) for name, value in at.items()} for at in samples],
    }


def _derivation(lesson: Lesson) -> dict[str, object]:
    derivation = lesson.derivation
    return {
        "claim": _claim(derivation.claim),
        "result": derivation.result,
        "expanded": derivation.expanded,
        "path_count": derivation.path_count,
        "proof": lesson.proof.status if lesson.proof else None,
        "mean": check_data(lesson.mean) if lesson.mean else None,
        "steps": [step_data(lesson, step) for step in derivation.steps],
    }


def step_data(lesson: Lesson, step: Step) -> dict[str, object]:
    """A step with its number and its check, where it has them."""
    data: dict[str, object] = {
        "claim": _claim(step.claim),
        "rule": step.rule,
        "terms": [[_claim(factor) if isinstance(factor, Local | Total) else factor for factor in term] for term in step.terms],
        "because": step.because,
        "value": step.value,
    }
    if lesson.numbers is not None:
        data["number"] = _exact(lesson.numbers[step.claim].value)
    if lesson.report is not None:
        data["check"] = check_data(lesson.report[step.claim])
    return data


def check_data(check: Check) -> dict[str, object]:
    """A value beside its central difference, with the step and the bound of its error; the cause where it is wrong or undefined."""
    found: dict[str, object] = {key: getattr(check, key) for key in ("value", "difference", "h", "error", "bound", "verdict")}
    return found | ({"cause": str(check.cause)} if check.cause else {})


def _claim(claim: Claim) -> dict[str, object]:
    return {"kind": "local" if isinstance(claim, Local) else "total", "of": claim.of, "wrt": claim.wrt.name}


def _exact(value: Any) -> object:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    return value if isinstance(value, int | float | str) else float(value)
