"""A walk along the paths of a derivation: for each fact that is told the picture of its graph, the edges of that fact lit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING

from sympy import Symbol

from derive.steps import Derivation, Local, Step
from numeric.values import Numbers

from ..document import Figure
from .lesson import Lesson
from .unfolding import leaves

if TYPE_CHECKING:
    from ..figures.routes import Edge

__all__ = ["MOST_STEPS", "Walk", "arrival", "drawable", "edges", "picture", "walk"]

Walk = Callable[[], tuple[Figure, ...]]

MOST_STEPS = 24  # pictures of one derivation that a lecture has time for


def drawable(lesson: Lesson, derivation: Derivation | None) -> bool:
    """Are pictures wanted, and can one hold the network, or what the derivation needs of any other graph (all of it without one)?"""
    if not lesson.pictures or lesson.board.roles:
        return lesson.pictures
    from ..figures import graphs  # laying out a picture takes time that a page without pictures need not spend

    return len(graphs.needed(lesson.derivation.graph, [derivation] if derivation else [])) <= graphs.MOST_NODES


def picture(lesson: Lesson, derivation: Derivation | None, values: Numbers | None = None, lit: Collection[Edge] = ()) -> Figure:
    """The network, or any other graph with those numbers on its edges; the paths of the derivation coloured, some edges lit."""
    from ..figures import graphs, networks

    graph, look = lesson.derivation.graph, {"labels": lesson.board.labels, "notation": lesson.board.notation, "words": lesson.words}
    if lesson.board.roles:
        return networks.network(graph, derivation, **look, lit=tuple(lit))
    return graphs.graph(graph, derivation, values=values, **look, lit=lit)


def walk(lesson: Lesson, steps: Sequence[Step]) -> Walk:
    """For each fact the picture with its edges lit, and with the values that go forward."""
    return cache(lambda: tuple(picture(lesson, lesson.derivation, _forward(lesson), edges(lesson, step)) for step in steps))


def arrival(lesson: Lesson) -> Walk:
    """The picture as the walk leaves it, then all numbers on it, also those that come back; of a network, on which no number stands, none."""
    if lesson.board.roles or lesson.numbers is None or not drawable(lesson, lesson.derivation):
        return tuple
    return cache(lambda: (picture(lesson, lesson.derivation, _forward(lesson)), picture(lesson, lesson.derivation, lesson.numbers)))


def _forward(lesson: Lesson) -> Numbers | None:
    return None if lesson.numbers is None else Numbers({}, lesson.numbers.nodes)


def edges(lesson: Lesson, step: Step) -> frozenset[Edge]:
    """The edges of a fact: the one of a local derivative; of a total one, those of its own factors."""
    claims = (step.claim,) if isinstance(step.claim, Local) else (leaf.claim for leaf in leaves(lesson.own_tree(step.claim)))
    return frozenset((claim.wrt, claim.of) for claim in claims if isinstance(claim, Local) and isinstance(claim.of, Symbol))
