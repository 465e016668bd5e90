"""Functions of one number as points of curves, in one piece wherever they have numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from sympy import Symbol

from derive.errors import DeriveError, UndefinedError
from derive.graph import Graph
from derive.steps import Derivation
from numeric.compiling import compile_gradient
from numeric.points import number

from .scene import Point

__all__ = ["BESIDE", "Function", "Line", "of_one", "sampled", "steps"]

COUNT = 240  # points of a curve
BESIDE = 1e-9  # how near to a kink one-sided values are taken

Function = Callable[[float], tuple[float, float]]  # x -> value, slope
Line = tuple[Point, ...]


def steps(low: float, high: float, count: int = COUNT) -> list[float]:
    """Numbers from low to high, both included, equally far apart."""
    return [low + (high - low) * place / count for place in range(count + 1)]


def of_one(graph: Graph, of: Symbol, wrt: Symbol, at: Mapping[Any, Any] | None = None) -> Function:
    """The value of ``of`` and its slope as functions of wrt alone, the other givens held at ``at``.

    Raises DeriveError where wrt is computed, or a value is missing.
    """
    if wrt in graph.by_symbol:
        raise DeriveError(f"{wrt.name!r} is computed from its definition and cannot be moved by itself; choose a given, such as {graph.givens[0].name!r}")
    compiled = compile_gradient(graph, of, [wrt])
    fixed = {(key.name if isinstance(key, Symbol) else key): value for key, value in (at or {}).items()}

    def function(x: float) -> tuple[float, float]:
        value, slopes = compiled({**fixed, wrt.name: x})
        return float(value), float(slopes[wrt.name])

    return function


def start_of(derivation: Derivation, at: Mapping[Any, Any]) -> float:
    """The value that the point gives the variable of a derivation."""
    wrt = derivation.claim.wrt
    named = {(key.name if isinstance(key, Symbol) else key): value for key, value in at.items()}
    if wrt.name not in named:
        raise DeriveError(f"at has no value for {wrt.name!r}; it has {', '.join(map(str, named)) or 'none'}")
    return float(number(wrt.name, named[wrt.name]))


def sampled(function: Callable[[float], float], low: float, high: float, breaks: Iterable[float] = ()) -> list[Line]:
    """The curve of a function from low to high, cut at the breaks and wherever it has no number."""
    cuts = [low, *sorted(one for one in breaks if low < one < high), high]
    lines: list[Line] = []
    for place, (start, end) in enumerate(pairwise(cuts)):
        first = start + (BESIDE if place else 0.0)
        last = end - (BESIDE if place < len(cuts) - 2 else 0.0)
        lines += _pieces([(x, _or_none(function, x)) for x in steps(first, last, max(2, round(COUNT * (end - start) / (high - low))))])
    return lines


def _or_none(function: Callable[[float], float], x: float) -> float | None:
    try:
        return function(x)
    except UndefinedError:
        return None


def _pieces(points: list[tuple[float, float | None]]) -> list[Line]:
    pieces: list[list[Point]] = [[]]
    for x, y in points:
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append((x, y))
    return [tuple(piece) for piece in pieces if len(piece) > 1]
