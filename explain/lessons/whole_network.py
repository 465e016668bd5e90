"""A whole network as one lesson, and its forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Symbol

from derive.network import Network
from derive.steps import Claim, Total

from ..document import Block, Equation, Heading, Inline, Paragraph
from ..formula import Formula, Lines, row
from .lesson import Lesson
from .lines import Line
from .opening import definition_lines, named_functions, overview, point

__all__ = ["Point", "Whole", "equations", "forward", "layer_title", "opening"]

Point = Mapping[str, Any]
MOST_LINES = 12  # in one equation, so that a page can break between two


@dataclass(frozen=True, kw_only=True)
class Whole(Lesson):
    """All gradients of a network as one lesson, in which every δ has its name."""

    net: Network

    @property
    def few_paths(self) -> bool:
        """Nothing is opened along paths: each δ is cited."""
        return False

    def value_name(self, claim: Claim) -> Formula | None:
        """A δ inside a value keeps its name."""
        return self.named(claim) if self.is_delta(claim) else None

    def label(self, part: str) -> str:
        """The label of an equation."""
        return f"{self.derivation.claim.of}/network:{part}"

    @cached_property
    def claims(self) -> dict[Symbol, Total]:
        """The derivative of the loss by each parameter that is learnt."""
        return {one: Total(self.net.loss, one) for one in self.net.parameters}


def opening(lesson: Whole) -> list[Block]:
    """What the page is about, the network, and the numbers."""
    count = len(lesson.claims)
    return [Paragraph(lesson.say("network.want", of=lesson.y, count=count), lesson.say("want")), *overview(lesson), *point(lesson)]


def forward(lesson: Whole) -> list[Block]:
    """Every definition with its numbers, layer by layer."""
    blocks: list[Block] = [Heading(2, lesson.say("network.forward")), Paragraph(lesson.say("network.forward.here"))]
    spelt: list[tuple[Inline, ...]] = []
    for layer in (*lesson.net.layers, lesson.net.layers[-1] + 1):
        nodes = [one for one in lesson.derivation.graph.by_symbol if lesson.board.roles[one].layer == layer]
        blocks += [Paragraph((), layer_title(lesson, layer)), *equations(line for node in nodes for line in definition_lines(lesson, node))]
        new = [one for one in named_functions(lesson, nodes) if one not in spelt]
        blocks += [Paragraph(one) for one in new]
        spelt += new
    return blocks


def layer_title(lesson: Whole, layer: int) -> tuple[Inline, ...]:
    """The name of a layer, as the lead of a paragraph."""
    last = lesson.net.layers[-1]
    return lesson.say("network.loss" if layer > last else "network.layer.output" if layer == last else "network.layer.hidden", layer=str(layer))


def equations(lines: Iterator[Line]) -> Iterator[Equation]:
    """The lines in equations that are short enough for a page; a line that goes on stays with the one before."""
    chunk: list[Line] = []
    for line in lines:
        if len(chunk) >= MOST_LINES and line[0] != row():
            yield Equation(Lines(tuple(chunk)))
            chunk = []
        chunk.append(line)
    if chunk:
        yield Equation(Lines(tuple(chunk)))
