"""The numbers of matrix facts: a walk over matrix expressions with plain nested lists, exact where it can be.

For pages and tests of small widths; code that runs over large batches is compiled from the same facts. What the
operations do is in ``matrix_values``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr

from derive.errors import DeriveError
from derive.matrix import SAMPLES, MatrixGraph
from derive.steps import Claim, Derivation, Total

from .checking import check
from .matrix_values import Matrix, Walk, transposed
from .reports import AGREES, NOT_RESOLVABLE, WRONG, Check, Report

__all__ = ["MatrixNumbers", "arrays_of_samples", "check_entries", "evaluate_matrices"]


@dataclass(frozen=True, eq=False)
class MatrixNumbers:
    """The matrices of every fact by its claim, and of every node by its symbol, as nested lists."""

    facts: Mapping[Claim, Matrix]
    nodes: Mapping[Any, Matrix]


def arrays_of_samples(graph: MatrixGraph, samples: Sequence[Mapping[str, Any]]) -> dict[Expr, Matrix]:
    """X, T, W and b of a batch from points by name, one a sample; all have the parameters of the first.

    Values are exact (Fraction) where the points are. Raises DeriveError where a sample has other parameters.
    """
    net, first = graph.net, samples[0]
    for place, at in enumerate(samples[1:], 2):
        other = next((one.name for one in net.parameters if at[one.name] != first[one.name]), None)
        if other is not None:
            raise DeriveError(f"sample {place} has {other} = {at[other]}, sample 1 has {first[other]}; the samples of a batch share their parameters")
    rows = {"X": [[_exact(at[one.name]) for one in net.inputs] for at in samples], "T": [[_exact(at[one.name]) for one in net.targets] for at in samples]}
    for name, value in net.unpack([_exact(first[one.name]) for one in net.parameters]).items():
        rows[name] = [value] if name.startswith("b") else value
    turn = _same if graph.layout == "rows" else transposed
    return {one: turn(rows[str(one)]) for one in graph.givens}


def evaluate_matrices(derivation: Derivation, arrays: Mapping[Expr, Matrix]) -> MatrixNumbers:
    """The numbers of every fact and node of a layer-level derivation, for a batch of samples."""
    graph: Any = derivation.graph
    count = len(next(value for one, value in arrays.items() if str(one) == "X")[0 if graph.layout == "columns" else slice(None)])
    walk = Walk(dict(arrays), {SAMPLES: count})
    for definition in graph.definitions:
        walk.known[definition.symbol] = walk.value(definition.expression)
    facts: dict[Claim, Matrix] = {}
    for step in derivation.steps:
        if step.rule == "softmax":
            continue  # the Jacobian of a single sample
        facts[step.claim] = walk.value(step.value)
        if isinstance(step.claim, Total) and step.claim in graph.cited:
            walk.known[graph.cited[step.claim]] = facts[step.claim]
    nodes: dict[Any, Matrix] = {one: walk.known[one] for one in (*graph.givens, *graph.by_symbol)}
    return MatrixNumbers(facts, nodes)


def check_entries(derivation: Derivation, numbers: MatrixNumbers, samples: Sequence[Mapping[str, Any]]) -> Report:
    """Every entry of ∂L/∂W or ∂L/∂b beside the central difference of the mean loss by that parameter.

    The differences come from the scalar graph, which knows nothing of matrices. Keys are the scalar claims.
    """
    graph: Any = derivation.graph
    net, matrix = graph.net, numbers.facts[derivation.claim]
    rows = matrix if graph.layout == "rows" else transposed(matrix)
    entries = [one for line in net.entries(str(derivation.claim.wrt)) for one in line]
    values = [float(one) for line in rows for one in line]
    found = (_entry(net.derivation(one), value, samples) for one, value in zip(entries, values, strict=True))
    return Report({one.claim: one for one in found}, "entry")


def _entry(scalar: Derivation, value: float, samples: Sequence[Mapping[str, Any]]) -> Check:
    own = [check(scalar, at)[scalar.claim] for at in samples]
    mean = sum(one.difference for one in own) / len(own)
    bound = sum(one.bound for one in own) / len(own) + 1e-12 * abs(value)
    error = abs(value - mean)
    unresolved = any(one.verdict not in (AGREES, WRONG) for one in own)
    verdict = NOT_RESOLVABLE if unresolved else AGREES if error <= bound else WRONG
    return Check(scalar.claim, value, value, mean, own[0].h, error, bound, verdict)


def _same(matrix: Matrix) -> Matrix:
    return matrix


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, int | str) else value
