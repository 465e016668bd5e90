"""Which edges of a graph lie on the paths of a derivation, read off its steps: no path is listed."""

from __future__ import annotations

from itertools import pairwise

from sympy import Symbol

from derive.steps import Derivation, Local, Total

__all__ = ["Edge", "Route", "routes"]

Edge = tuple[Symbol, Symbol]
Route = frozenset[Edge]


def routes(derivation: Derivation) -> tuple[Route, ...]:
    """The edges between variable and result as one route, or as two where the way forks into two; none without a path.

    Two routes share what comes before the fork, and what comes after they meet again.
    """
    users = _users(derivation)
    trunk = [derivation.claim.wrt]
    while len(users.get(trunk[-1], ())) == 1:
        trunk += users[trunk[-1]]
    branches = users.get(trunk[-1], [])
    shared = frozenset(pairwise(trunk))
    if len(branches) != 2:
        whole = shared | _onwards(users, trunk[-1])
        return (whole,) if whole else ()
    return tuple(shared | {(trunk[-1], branch)} | _onwards(users, branch) for branch in branches)


def _users(derivation: Derivation) -> dict[Symbol, list[Symbol]]:
    """For each node, those that read it on the way to the result, in the order of the terms."""
    users: dict[Symbol, list[Symbol]] = {}
    for step in derivation.steps:
        if isinstance(step.claim, Total):
            users[step.claim.wrt] = [factor.of for factor in step.cited() if isinstance(factor, Local)]  # type: ignore[misc]
    return users


def _onwards(users: dict[Symbol, list[Symbol]], start: Symbol) -> Route:
    edges: set[Edge] = set()
    nodes = [start]
    while nodes:
        node = nodes.pop()
        new = {(node, user) for user in users.get(node, ())} - edges
        edges |= new
        nodes += [user for _, user in new]
    return frozenset(edges)
