"""A derivation about matrix expressions with what is needed to tell it: board, words, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import Symbol, preorder_traversal

from derive.matrices.backward import FreeEntries, Occurrence
from derive.matrices.parts import is_matrix
from derive.names import split
from derive.steps import Derivation, Step
from numeric.checks.matrix_checks import FactNumbers, is_row

from ..boards.matrix_expressions import ExpressionBoard
from ..document import Inline
from ..formula import Formula
from ..lessons.matrix_lesson import LARGEST
from .telling import Telling

__all__ = ["Page"]

LETTERS = {"matrix": ("U", "V", "P", "Q", "R"), "column": ("u", "v", "w", "p", "q"), "number": ("c", "g", "a", "b")}


@dataclass(frozen=True)
class Page:
    """A derivation of matrices with what is needed to tell it; ``layout`` says whether the result is printed as it is or turned."""

    derivation: Derivation
    told: Telling
    numbers: FactNumbers | None
    layout: str

    @property
    def function(self) -> Any:
        """The function whose derivative is told, a MatrixFunction."""
        return self.derivation.graph

    @property
    def wrt(self) -> Any:
        """The letter by which it is differentiated."""
        return self.derivation.claim.wrt

    @cached_property
    def plain(self) -> ExpressionBoard:
        """The board of letters alone."""
        return ExpressionBoard(self.told.board.notation, {}, {}, self.told.board.labels)

    @cached_property
    def names(self) -> dict[Any, Symbol]:
        """Names for the parts on the way that are no letters, the smallest first."""
        parts = sorted({one for step in self.derivation.steps for one in self.parts(step)}, key=lambda one: (sum(1 for _ in preorder_traversal(one)), str(one)))
        taken = {split(str(one))[0] for one in (*self.function.givens, self.function.name)}
        letters = {kind: next((one for one in several if one not in taken), several[0] * 2) for kind, several in LETTERS.items()}
        kinds = [_kind(one) for one in parts]
        counted = dict.fromkeys(letters, 0)
        found: dict[Any, Symbol] = {}
        for one, kind in zip(parts, kinds, strict=True):
            counted[kind] += 1
            found[one] = Symbol(letters[kind] + (str(counted[kind]) if kinds.count(kind) > 1 else ""))
        return found

    def parts(self, step: Step) -> Iterator[Any]:
        """The parts of the expression that a fact is about."""
        claim: Any = step.claim
        wrt = claim.wrt.of if isinstance(claim.wrt, Occurrence | FreeEntries) else claim.wrt.arg if is_row(step) else claim.wrt
        for one in (claim.of, wrt):
            if one.args and one != self.function.expression and one not in self.function.givens and one != self.function.name:
                yield one

    @cached_property
    def board(self) -> ExpressionBoard:
        """The board on which parts have their names, and the whole is f."""
        whole = self.function.expression
        named = {} if whole in self.function.givens else {whole: self.function.name}
        return replace(self.plain, names={**self.names, **named})

    @cached_property
    def result(self) -> Step:
        """The fact of the derivative that is wanted: of a walk forward, the one before the name is put in."""
        last = self.derivation[self.derivation.claim]
        return self.derivation[next(last.cited())] if last.rule == "definition" else last

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.told.say(key, **parts)

    def shape(self, value: Any) -> tuple[Inline, ...]:
        """The shape of a matrix in signs, of a number in words."""
        return self.say("matrix.shape", shape=self.plain.shape(value.shape)) if is_matrix(value) else self.say("matrix.number")

    def value(self, value: Any) -> list[Formula]:
        """The numbers of a matrix that is small enough, or a number."""
        if not isinstance(value, list):
            return [self.told.number(value)]
        return [self.plain.array(value)] if len(value) <= LARGEST and len(value[0]) <= LARGEST else []


def _kind(one: Any) -> str:
    return "number" if not is_matrix(one) else "column" if one.shape[1] == 1 else "matrix"
