"""The records that pass through the house: Local, Total, Step, Derivation.

A derivation is a flat list of steps. Each step states one derivative (its claim) as a sum of ordered
products; a factor is an expression, or the claim of an earlier step. Everything else, text, numbers,
checks and code, is read off this list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from .errors import DeriveError, UnknownNameError

if TYPE_CHECKING:
    from .graph import Graph

__all__ = ["Claim", "Derivation", "Factor", "Local", "Step", "Term", "Total"]

MOST_PATHS = 10_000


@dataclass(frozen=True, slots=True)
class Local:
    """The derivative of one definition (or one expression) by one argument, the others held fixed."""

    of: Expr
    wrt: Symbol

    def __str__(self) -> str:
        return f"∂{_closed(self.of)}/∂{self.wrt}"


@dataclass(frozen=True, slots=True)
class Total:
    """The derivative of a node by another through every path between them."""

    of: Symbol
    wrt: Symbol

    def __str__(self) -> str:
        return f"d{_closed(self.of)}/d{self.wrt}"


def _closed(of: object) -> str:
    """What is differentiated as text, in brackets unless it is a name."""
    return str(of) if getattr(of, "is_symbol", True) else f"({of})"


Claim = Local | Total
Factor = Expr | Local | Total
Term = tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One fact: ``claim = sum of the products in terms = value``.

    ``rule`` names why the claim equals the terms, ``because`` why the terms equal the value where more
    than multiplying out happened ("cancel", "common denominator"; empty otherwise). No terms mean zero.
    ``via`` are the forms that the value passes through on the way, each with its own reason.
    """

    claim: Claim
    rule: str
    terms: tuple[Term, ...]
    value: Expr
    because: str = ""
    via: tuple[tuple[Expr, str], ...] = ()

    def __str__(self) -> str:
        sides = [str(self.claim), " + ".join("*".join(map(_bracketed, term)) for term in self.terms), str(self.value)]
        return f"{' = '.join(dict.fromkeys(filter(None, sides)))}  ({self.rule}{self.because and f', {self.because}'})"

    def cited(self) -> Iterator[Claim]:
        """The earlier claims among the factors, in the order of the terms."""
        for term in self.terms:
            for factor in term:
                if isinstance(factor, Local | Total):
                    yield factor


def _bracketed(factor: Factor) -> str:
    return f"({factor})" if not isinstance(factor, Local | Total) and factor.is_Add else str(factor)


@dataclass(frozen=True)
class Derivation:
    """The steps that lead to one claim, each citing earlier ones only; the last step is the claim's own."""

    graph: Graph
    claim: Claim
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))

    def __repr__(self) -> str:
        return f"<Derivation of {self.claim}: {len(self.steps)} steps>"

    def __getitem__(self, claim: Claim) -> Step:
        """The step that states the claim. Raises UnknownNameError where this derivation has none."""
        try:
            return self._by_claim[claim]
        except KeyError:
            raise UnknownNameError("step for", claim, self._by_claim, "this derivation has steps for") from None

    def __contains__(self, claim: object) -> bool:
        return claim in self._by_claim

    @cached_property
    def _by_claim(self) -> dict[Claim, Step]:
        return {step.claim: step for step in self.steps}

    @property
    def result(self) -> Expr:
        """The closed form in named nodes; where deltas are named (several hidden layers), it cites them."""
        return self._by_claim[self.claim].value

    @cached_property
    def expanded(self) -> Expr:
        """The result with every cited delta unfolded down to named nodes."""
        unfolded: dict[Symbol, Expr] = {}
        for step in self.steps:
            name = self.graph.cited.get(step.claim) if isinstance(step.claim, Total) else None
            if name is not None:
                unfolded[name] = step.value.xreplace(unfolded)
        return self.result.xreplace(unfolded)

    @cached_property
    def paths(self) -> tuple[tuple[Symbol, ...], ...]:
        """Every path from the variable to the result, each a tuple of nodes from the one to the other.

        Raises DeriveError where there are more than 10,000: then read the steps, which name each node once.
        """
        count = self.path_count
        if count > MOST_PATHS:
            raise DeriveError(
                f"there are {count} paths from {self.claim.wrt} to {self.claim.of}; .paths lists at most {MOST_PATHS}: use .path_count and .steps"
            )
        return tuple(self._paths_from(self.claim.wrt))

    def _paths_from(self, node: Symbol) -> Iterator[tuple[Symbol, ...]]:
        stack: list[tuple[Symbol, ...]] = [(node,)]
        while stack:
            path = stack.pop()
            if path[-1] == self.claim.of:
                yield path
            else:
                stack.extend((*path, user) for user in reversed(self._users.get(path[-1], ())))

    @cached_property
    def _users(self) -> dict[Symbol, list[Symbol]]:
        """For each node, the nodes on the way to the result that read it, in the order of the terms."""
        users: dict[Symbol, list[Symbol]] = {}
        for step in self.steps:
            if isinstance(step.claim, Total):
                users[step.claim.wrt] = [f.of for f in step.cited() if isinstance(f, Local)]  # type: ignore[misc]
        return users

    @cached_property
    def path_count(self) -> int:
        """How many paths lead from the variable to the result, counted without listing them."""
        count = {self.claim.of: 1}
        for step in self.steps:
            if isinstance(step.claim, Total) and step.claim.wrt != self.claim.of:
                count[step.claim.wrt] = sum(count.get(user, 0) for user in self._users[step.claim.wrt])
        return count.get(self.claim.wrt, 0)
