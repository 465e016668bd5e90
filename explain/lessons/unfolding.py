"""The chain rule as one formula: the facts of a derivation unfolded from the claim down to local slopes.

The same tree is set three times: as derivatives, as closed forms, and as numbers, so that a reader sees
each factor keep its place from line to line.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import Any

from derive.steps import Claim, Derivation, Local, Step

from ..formula import Formula, Name, Number, UnderBrace
from ..notation import PRODUCT, SUM, Board, Piece

__all__ = ["Branch", "Leaf", "Node", "has_sum", "leaves", "set_derivatives", "set_numbers", "set_values", "unfold"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A fact that stands as it is."""

    step: Step


@dataclass(frozen=True, slots=True)
class Branch:
    """A total derivative opened into its sum of products; ``braced`` where the sum keeps a name under a brace."""

    step: Step
    terms: tuple[tuple[Node, ...], ...]
    braced: bool = False


Node = Leaf | Branch

MOST_TERMS = 6
DOTS = Piece(Name("⋯"))
NOUGHT, ONE = Piece(Number("0")), Piece(Number("1"))


def unfold(derivation: Derivation, claim: Claim, closed: Container[Claim], braced: Container[Claim]) -> Node:
    """The tree below a claim: totals are opened except those in ``closed``; those in ``braced`` keep their name."""
    step = derivation[claim]
    if isinstance(claim, Local) or claim in closed or not any(True for _ in step.cited()):
        return Leaf(step)
    terms = tuple(tuple(unfold(derivation, factor, closed, braced) for factor in term) for term in step.terms)  # type: ignore[arg-type]
    if len(terms) == 1 and len(terms[0]) == 1:
        return terms[0][0]
    return Branch(step, terms, claim in braced)


def leaves(node: Node) -> Iterator[Step]:
    """The facts of the tree in the order of reading; a braced part comes after what it is made of."""
    if isinstance(node, Leaf):
        yield node.step
        return
    for term in node.terms:
        for factor in term:
            yield from leaves(factor)
    if node.braced:
        yield node.step


def has_sum(node: Node) -> bool:
    """Is there more than one product anywhere in the tree?"""
    return isinstance(node, Branch) and (len(node.terms) > 1 or any(has_sum(factor) for term in node.terms for factor in term))


def set_derivatives(node: Node, board: Board, named: Callable[[Claim], Formula]) -> Formula:
    """The tree as derivatives; ``named`` sets a single fact, also the one under a brace."""

    def braced(step: Step, body: Piece) -> Piece:
        return Piece(UnderBrace(board.inside(body, PRODUCT), named(step.claim)))

    return _Setter(board, lambda step: Piece(named(step.claim)), braced, dots=False).formula(node)


def set_values(node: Node, board: Board, named: Callable[[Claim], Formula | None] = lambda claim: None, opened: bool = False, ones: bool = True) -> Formula:
    """The tree with the closed form of every fact in its place, or the name that ``named`` gives it.

    A sum of products that became something shorter than its parts ("cancel") is set as what it became, unless
    ``opened`` asks for the parts. Factors that are 1 keep their place where ``ones`` is True.
    """

    def fact(step: Step) -> Piece:
        name = named(step.claim)
        return board.piece(step.value) if name is None else Piece(name)

    def branch(step: Step, body: Piece) -> Piece:
        return board.piece(step.value) if step.because and not opened else body

    return _Setter(board, fact, branch, opened=branch, ones=ones).formula(node)


def set_numbers(node: Node, board: Board, value: Callable[[Claim], Any], collapsed: bool = False, ones: bool = True) -> Formula:
    """The tree with the number of every fact in its place; collapsed, each inner sum is one number; factors 1 stay where ``ones``."""

    def number(step: Step, body: Piece | None = None) -> Piece:
        return board.number(value(step.claim))

    return _Setter(board.with_numbers({}), number, number, number if collapsed else None, ones=ones).formula(node)


def _few(terms: tuple[tuple[Node, ...], ...]) -> tuple[tuple[Node, ...], ...]:
    """The terms; of more than six the first two and the last, an empty one in the place of the rest."""
    return terms if len(terms) <= MOST_TERMS else (*terms[:2], (), terms[-1])


@dataclass(frozen=True, slots=True)
class _Setter:
    """How a tree is set: a fact that stands alone, a part under a brace, a sum inside a product, any other opened part."""

    board: Board
    fact: Callable[[Step], Piece]
    braced: Callable[[Step, Piece], Piece]
    inner_sum: Callable[[Step, Piece], Piece] | None = None
    opened: Callable[[Step, Piece], Piece] = lambda step, body: body
    dots: bool = True
    ones: bool = True

    def formula(self, node: Node) -> Formula:
        return self.board.inside(self.piece(node), SUM)

    def piece(self, node: Node) -> Piece:
        if isinstance(node, Leaf):
            return self.fact(node.step)
        whole = self.board.sum([self.product([self.factor(factor) for factor in self.kept(term)]) if term else DOTS for term in _few(node.terms)])
        return (self.braced if node.braced else self.opened)(node.step, whole)

    def factor(self, node: Node) -> Piece:
        piece = self.piece(node)
        if self.inner_sum is not None and isinstance(node, Branch) and len(node.terms) > 1:
            return self.inner_sum(node.step, piece)
        return piece

    def kept(self, term: tuple[Node, ...]) -> tuple[Node, ...]:
        """The factors that stand there: all of them, or without those that are 1 in letters already."""
        others = tuple(one for one in term if not (isinstance(one, Leaf) and one.step.value == 1))
        return term if self.ones else others or term[:1]

    def product(self, pieces: list[Piece]) -> Piece:
        return self.board.product(pieces, dots=self.dots and any(piece.level == PRODUCT or piece in (NOUGHT, ONE) for piece in pieces))
