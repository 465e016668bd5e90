"""The walk back through a matrix expression: its derivative by each of its parts, down to one letter.

Each part is one node, however often it stands there. What arrives at a node from the places where it stands is
derived place by place, each by one law, and added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from sympy import Add, Expr, HadamardPower, Inverse, MatAdd, Pow, S, ZeroMatrix, preorder_traversal

from ..errors import DeriveError
from ..steps import Claim, Step, Term, Total
from ..written import Written
from .algebra import plus, tidied
from .heads import SymmetricMatrix
from .joins import JOINS
from .parts import is_matrix, same
from .rules import ARRIVING, SUPPORTED, MatrixRule, rules_of

__all__ = ["FreeEntries", "Occurrence", "arguments", "backward"]


MOST_PARTS = 4_000


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of the places at which a part of an expression stands, counted from 1 in reading order."""

    of: Any
    number: int

    def __str__(self) -> str:
        return f"({self.of} at place {self.number})"


@dataclass(frozen=True, slots=True)
class FreeEntries:
    """A symmetric matrix, taken as one whose entries are all free."""

    of: Any

    def __str__(self) -> str:
        return f"({self.of} with free entries)"


class _Edge(NamedTuple):
    """What one law says: from the derivative by a whole to that by one of its arguments."""

    whole: Any
    rule: MatrixRule
    argument: Any
    terms: tuple[Term, ...]


def backward(of: Any, root: Any, wrt: Any, written: Written | Expr | None = None) -> dict[Claim, Step]:
    """The facts that lead to ∂of/∂wrt, where ``of`` is a name for the number ``root``; each cites earlier ones only.

    ``written`` is the root as it was written, for the order of its terms. A derivative has the shape of what is
    differentiated by. Raises DeriveError for an operation outside the rules.
    """
    claim: Any = Total(of, wrt)
    if root == wrt:
        return {claim: Step(claim, "variable", ((S.One,),), S.One)}
    if wrt not in root.free_symbols:
        return {claim: Step(claim, "constant", (), _zero(wrt))}
    return _Walk(of, root, wrt, _orders(written)).steps()


def arguments(whole: Any, wrt: Any) -> tuple[Any, ...]:
    """The parts of which the laws take an expression to be a function, as far as they depend on the letter ``wrt``.

    They are all that depends on it: the derivative by a part is that of the whole where the part is moved as an
    argument, and not where it stands hidden in another one's law, as ‖x‖ does in ‖x‖².
    """
    return tuple(dict.fromkeys(edge.argument for edge in _below(whole, wrt))) if wrt in whole.free_symbols else ()


def _zero(wrt: Any) -> Any:
    return ZeroMatrix(*wrt.shape) if is_matrix(wrt) else S.Zero


def _orders(written: Any) -> dict[Any, dict[Any, int]]:
    """For sums and products of numbers, which SymPy sorts: at which place each argument was written."""
    found: dict[Any, dict[Any, int]] = {}
    stack = [written]
    for one in stack:
        if isinstance(one, Written):
            stack += one.args
            found[one.expression] = {arg.expression if isinstance(arg, Written) else arg: place for place, arg in enumerate(one.args)}
    return found


def _below(node: Any, wrt: Any) -> Iterator[_Edge]:
    """What the laws of a node say about its arguments. Raises DeriveError where there is no law."""
    rules = rules_of(node)
    if not rules:
        raise DeriveError(f"no rule for {type(node).__name__} in {node!s:.80}; supported are {SUPPORTED}")
    for rule in rules:
        for argument, terms in rule.parts(node):
            if wrt in argument.free_symbols:
                yield _Edge(node, rule, argument, terms)


class _Walk:
    """One walk: its edges in reading order, its nodes from the root down, and the facts so far."""

    def __init__(self, of: Any, root: Any, wrt: Any, orders: Mapping[Any, Mapping[Any, int]]) -> None:
        self.of, self.root, self.wrt, self.orders = of, root, wrt, orders
        self.edges: dict[Any, list[_Edge]] = {}
        self.nodes: list[Any] = []
        self.facts: dict[Claim, Step] = {}
        self.visit(root, set())

    def visit(self, node: Any, seen: set[Any]) -> None:
        """Collect the edges below a node; a node comes after all that it is made of."""
        seen.add(node)
        if node != self.wrt:
            order = self.orders.get(node, {})
            for edge in sorted(_below(node, self.wrt), key=lambda edge: order.get(edge.argument, len(order))):
                self.edges.setdefault(edge.argument, []).append(edge)
                if edge.argument not in seen:
                    self.visit(edge.argument, seen)
        self.nodes.append(node)

    def steps(self) -> dict[Claim, Step]:
        for node in reversed(self.nodes):
            if node != self.root:
                self.arrive(node)
        return self.facts

    def arrive(self, node: Any) -> None:
        """The facts of one node: place by place where there are several, then together."""
        symmetric = node == self.wrt and isinstance(node, SymmetricMatrix)
        whole: Any = Total(self.of, FreeEntries(node) if symmetric else node)  # type: ignore[arg-type]
        edges = self.edges[node]
        if len(edges) == 1:
            self.by_law(whole, edges[0])
        else:
            places: list[Any] = [Total(self.of, Occurrence(node, number)) for number in range(1, len(edges) + 1)]  # type: ignore[arg-type]
            for place, edge in zip(places, edges, strict=True):
                self.by_law(place, edge)
            self.together(whole, places)
        if symmetric:
            value = JOINS["symmetric part"](self.facts[whole].value)
            self.state(Step(Total(self.of, node), "symmetric argument", ((whole,),), value))

    def by_law(self, claim: Any, edge: _Edge) -> None:
        """The fact that one law states."""
        arriving = () if edge.whole == self.root else (Total(self.of, edge.whole),)
        terms = tuple(tuple(part for factor in term for part in (arriving if factor is ARRIVING else (factor,))) or (S.One,) for term in edge.terms)
        values = [[self.value(factor) for factor in term] for term in terms]
        joined = [JOINS[edge.rule.joined](*factors) for factors in values]
        value = plus(*joined) if len(joined) > 1 else joined[0]
        self.state(Step(claim, edge.rule.name, terms, value, "cancel" if _cancelled(values, value) else ""))

    def together(self, claim: Any, places: list[Any]) -> None:
        """The sum over the places."""
        values = [self.facts[place].value for place in places]
        value = plus(*values)
        because = "collect" if _terms(value) < sum(map(_terms, values)) else ""
        self.state(Step(claim, "several places", tuple((place,) for place in places), value, because))

    def value(self, factor: Any) -> Any:
        return self.facts[factor].value if isinstance(factor, Total) else tidied(factor)

    def state(self, step: Step) -> None:
        """Add a fact, whose value must have the shape of what is differentiated by."""
        node = step.claim.wrt.of if isinstance(step.claim.wrt, Occurrence | FreeEntries) else step.claim.wrt
        if is_matrix(node) != is_matrix(step.value) or (is_matrix(node) and not same(tuple(step.value.shape), tuple(node.shape))):  # type: ignore[attr-defined]
            raise DeriveError(f"{step.claim} has the shape {getattr(step.value, 'shape', ())}, but {node} has {getattr(node, 'shape', ())}")
        if sum(1 for _ in islice(preorder_traversal(step.value), MOST_PARTS)) == MOST_PARTS:
            raise DeriveError(f"the derivative by {str(node)[:60]} has more than {MOST_PARTS} parts; derive by parts that have names of their own")
        self.facts[step.claim] = step


def _terms(value: Any) -> int:
    return len(value.args) if isinstance(value, MatAdd | Add) else 1


def _cancelled(values: list[list[Any]], value: Any) -> bool:
    """Did a denominator or an inverse of some factor disappear from the product?"""
    return any(_has_below(factor) for factors in values for factor in factors) and not _has_below(value)


def _has_below(value: Any) -> bool:
    return any(isinstance(part, Inverse) or (isinstance(part, Pow | HadamardPower) and _is_below(part)) for part in preorder_traversal(value))


def _is_below(power: Any) -> bool:
    return bool(getattr(power.exp, "is_negative", False)) and not getattr(power.base, "is_number", False)
