"""A walk along the paths of a derivation, edge by edge: the same picture for each factor, which is set below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sympy import Symbol

from derive.steps import Claim, Derivation, Local

from .document import Figure, Inline, Math
from .formula import Formula, row
from .lesson import FEW_PATHS, Lesson
from .lines import equals, signed_number

__all__ = ["walk"]

Edge = tuple[Symbol, Symbol]
MOST_STEPS = 16  # clicks that a class can be asked to wait for


def walk(lesson: Lesson, drawn: Callable[[Sequence[Edge]], Figure]) -> tuple[Figure, ...]:
    """A picture for each edge from the result back to the variable, and a last one for the derivative; none where there are too many.

    ``drawn`` gives the picture in which some edges are lit.
    """
    derivation = lesson.derivation
    if not 0 < derivation.path_count <= FEW_PATHS or len(edges := tuple(backwards(derivation))) >= MOST_STEPS:
        return ()
    stages = [replace(drawn([edge]), caption=_fact(lesson, Local(edge[1], edge[0]))) for edge in edges]
    return (*stages, replace(drawn([]), caption=_fact(lesson, derivation.claim)))


def backwards(derivation: Derivation) -> Iterator[Edge]:
    """The edges of the paths from the result back, one path after the other; what leads into a node comes after all that leads out of it."""
    edges = dict.fromkeys(edge for path in derivation.paths for edge in pairwise(path))
    ahead = Counter(start for start, _ in edges)
    waiting = [edge for edge in reversed(edges) if edge[1] == derivation.claim.of]
    while waiting:
        edge = waiting.pop()
        yield edge
        ahead[edge[0]] -= 1
        waiting += [] if ahead[edge[0]] else [one for one in reversed(edges) if one[1] == edge[0]]


def _fact(lesson: Lesson, claim: Claim) -> tuple[Inline, ...]:
    """A fact in one line: what it is, and its number."""
    value = lesson.derivation[claim].value
    shown: list[Formula] = [] if claim == lesson.derivation.claim and lesson.numbers else [lesson.board.formula(value)]
    if lesson.numbers is not None and not value.is_number:
        shown.append(signed_number(lesson, lesson.value(claim)))
    return (Math(row(lesson.board.claim(claim), equals(*shown))),)
