"""A layer-level derivation with what is needed to tell it: board, words, numbers, proof and check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.layers.definitions import LOSS
from derive.layers.proofs import MatrixProof
from derive.matrix import MatrixGraph
from derive.network import Network
from derive.steps import Derivation, Local, Total
from numeric.data import default_point
from numeric.matrices import MatrixNumbers
from numeric.reports import Report

from ..boards.layers import LayerBoard
from ..document import Inline
from ..formula import Formula, Row
from ..locales import Locale, Part
from ..notation import SUM, Piece
from .lines import equals

__all__ = ["LARGEST", "NOTHING", "Line", "MatrixLesson", "Point", "has_numbers", "samples_of"]

NOTHING = Row(())
LARGEST = 6  # rows and columns of a matrix whose numbers are printed
Point = Mapping[str, Any]
Line = tuple[Formula, Formula, tuple[object, ...] | None]


@dataclass(frozen=True)
class MatrixLesson:
    """A layer-level derivation with what is needed to tell it."""

    derivation: Derivation
    graph: MatrixGraph
    board: LayerBoard
    words: Locale
    numbers: MatrixNumbers | None
    proof: MatrixProof | None
    report: Report | None

    def say(self, key: str, **parts: Part) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.words.say(key, **parts)

    def formula(self, expression: Any) -> Formula:
        """An expression as a formula."""
        return self.board.formula(expression)

    def named(self, claim: Any) -> Piece:
        """A fact as the page calls it: δ where it has that name, else the derivative; an expression as it is."""
        if isinstance(claim, Total) and claim in self.graph.cited:
            return Piece(self.board.name(self.graph.cited[claim]))
        return Piece(self.board.claim(claim)) if isinstance(claim, Local | Total) else self.board.piece(claim)

    def shape(self, expression: Any) -> tuple[Inline, ...]:
        """The shape of a matrix, or that it is a number."""
        sizes = getattr(expression, "shape", None)
        return self.say("matrix.shape", shape=self.board.shape(sizes)) if sizes and expression != LOSS else self.say("matrix.number")

    def reason(self, key: str, reached: Any, **parts: Part) -> tuple[Inline, ...]:
        """A reason, and the shape of what is reached by it."""
        return self.say("matrix.by", law=self.say(key, **parts), shape=self.shape(reached))

    def number_lines(self, value: Any) -> list[Line]:
        """The line of a number or of a matrix of numbers, where it is small enough."""
        if not isinstance(value, list):
            return [(NOTHING, equals(self.board.inside(self.board.number(value), SUM)), None)]
        return [(NOTHING, equals(self.board.array(value)), None)] if 0 < len(value) <= LARGEST else []


def has_numbers(net: Network) -> bool:
    """Are the matrices of the network small enough to print their numbers?"""
    return max(net.sizes) <= LARGEST


def samples_of(net: Network, at: Point | Sequence[Point] | None) -> list[Point]:
    """The points of the batch. Raises DeriveError where there is none."""
    samples: list[Point] = [default_point(net)] if at is None else [at] if isinstance(at, Mapping) else list(at)
    if not samples:
        raise DeriveError("at is an empty list of samples; give at least one point")
    return samples
