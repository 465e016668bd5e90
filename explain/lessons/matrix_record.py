"""The data of a layer-level page: definitions and steps with shapes and numbers, proof, every entry beside its difference."""

from __future__ import annotations

from typing import Any

from derive.steps import Step

from .matrix_lesson import MatrixLesson
from .record import check_data

__all__ = ["data"]


def data(lesson: MatrixLesson) -> dict[str, object]:
    """What the page says, as data."""
    return {
        "layout": lesson.graph.layout,
        "claim": str(lesson.derivation.claim.wrt),
        "definitions": [{"name": str(one.symbol), "expression": str(one.written), "shape": _sizes(one.expression)} for one in lesson.graph.definitions],
        "steps": [_step_data(lesson, one) for one in lesson.derivation.steps],
        "proof": None if lesson.proof is None else {key: getattr(lesson.proof, key) for key in ("status", "entries", "samples", "method")},
        "entries": None if lesson.report is None else [{**_entry(key), **check_data(one)} for key, one in lesson.report.items()],
    }


def _entry(key: Any) -> dict[str, object]:
    """The name of the scalar; where each sample has its own, with the number of the sample."""
    return {"entry": key[0].wrt.name, "sample": key[1]} if isinstance(key, tuple) else {"entry": key.wrt.name}


def _sizes(expression: Any) -> list[str]:
    return [str(size) for size in getattr(expression, "shape", ())]


def _step_data(lesson: MatrixLesson, step: Step) -> dict[str, object]:
    found = {"claim": [str(step.claim.of), str(step.claim.wrt)], "rule": step.rule, "value": str(step.value), "shape": _sizes(step.value)}
    if lesson.numbers is None or step.claim not in lesson.numbers.facts:
        return found
    number = lesson.numbers.facts[step.claim]
    return {**found, "number": [[float(one) for one in line] for line in number] if isinstance(number, list) else float(number)}
