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
from .checks.operations import FLOATS
from .checks.stencils import Difference
from .matrix_values import Value, Walk, transposed
from .reports import Check, Report, judged

__all__ = ["MatrixNumbers", "arrays_of_samples", "check_entries", "evaluate_matrices"]

ROUNDING = 1e-12  # of a matrix entry, relatively


@dataclass(frozen=True, eq=False)
class MatrixNumbers:
    """The matrices of every fact by its claim, and of every node by its symbol, as nested lists; of a single number the number.

    ``samples`` is the number of samples in the batch.
    """

    facts: Mapping[Claim, Value]
    nodes: Mapping[Any, Value]
    samples: int


def arrays_of_samples(graph: MatrixGraph, samples: Sequence[Mapping[str, Any]]) -> dict[Expr, Value]:
    """X, T, W, b and what else a network is given of a batch, from points by name, one a sample; all have the parameters of the first.

    Values are exact (Fraction) where the points are. Raises DeriveError where a sample has other parameters.
    """
    net, first = graph.net, samples[0]
    for place, at in enumerate(samples[1:], 2):
        other = next((one.name for one in (*net.all_parameters, *net.strengths) if at[one.name] != first[one.name]), None)
        if other is not None:
            raise DeriveError(f"sample {place} has {other} = {at[other]}, sample 1 has {first[other]}; the samples of a batch share their parameters")
    return {one: _array(graph, one, samples) for one in graph.givens}


def _array(graph: MatrixGraph, symbol: Any, samples: Sequence[Mapping[str, Any]]) -> Value:
    """The numbers of one given: of a batch a row, or a column, for every sample."""
    rows = graph.scalars(symbol)
    if not symbol.is_Matrix:
        return _number(rows[0][0], samples[0])
    lines = [(rows[0], at) for at in samples] if SAMPLES in symbol.shape else [(line, samples[0]) for line in rows]
    values = [[_number(one, at) for one in line] for line, at in lines]
    return values if graph.layout == "rows" else transposed(values)


def evaluate_matrices(derivation: Derivation, arrays: Mapping[Expr, Value]) -> MatrixNumbers:
    """The numbers of every fact and node of a layer-level derivation, for a batch of samples."""
    graph: Any = derivation.graph
    count = len(next(value for one, value in arrays.items() if str(one) == "X")[0 if graph.layout == "columns" else slice(None)])
    walk = Walk(dict(arrays), {SAMPLES: count})
    for definition in graph.definitions:
        walk.known[definition.symbol] = walk.value(definition.expression)
    facts: dict[Claim, Value] = {}
    for step in derivation.steps:
        if step.rule == "softmax":
            continue  # the Jacobian of a single sample
        facts[step.claim] = walk.value(step.value)
        if isinstance(step.claim, Total) and step.claim in graph.cited:
            walk.known[graph.cited[step.claim]] = facts[step.claim]
    nodes: dict[Any, Value] = {one: walk.known[one] for one in (*graph.givens, *graph.by_symbol)}
    return MatrixNumbers(facts, nodes, count)


def check_entries(derivation: Derivation, numbers: MatrixNumbers, samples: Sequence[Mapping[str, Any]]) -> Report:
    """Every entry of a layer-level derivative beside the central difference of the mean loss.

    The differences come from the scalar graph, which knows nothing of matrices. Keys are the scalar claims; where every sample
    has entries of its own (X, Z1, A1), the claim and the number of the sample, from 1.
    """
    graph: Any = derivation.graph
    wrt: Any = derivation.claim.wrt
    found, scalars = numbers.facts[derivation.claim], graph.scalars(wrt)
    matrix = found if isinstance(found, list) else [[found]]
    rows = matrix if graph.layout == "rows" else transposed(matrix)
    if not (wrt.is_Matrix and SAMPLES in wrt.shape):
        places = zip((one for line in scalars for one in line), (one for line in rows for one in line), strict=True)
        checks = [_entry(graph.net.derivation(one), float(value), samples, len(samples)) for one, value in places]
        return Report({one.claim: one for one in checks}, "entry")
    own = [graph.net.derivation(one) for one in scalars[0]]
    return Report({
        (one.claim, sample): _entry(one, float(value), [at], len(samples))
        for sample, (line, at) in enumerate(zip(rows, samples, strict=True), 1)
        for one, value in zip(own, line, strict=True)
    }, "entry")  # fmt: skip


def _entry(scalar: Derivation, value: float, samples: Sequence[Mapping[str, Any]], count: int) -> Check:
    """A value beside the difference of the mean loss of so many samples, of which these read the scalar."""
    own = [check(scalar, at)[scalar.claim] for at in samples]
    sides = [(found.difference, found.difference) if found.left is None else (found.left, found.right) for found in own]
    left, right = (sum(side) / count for side in zip(*sides, strict=True))
    bound = sum(found.bound for found in own) / count
    kink = {"left": left, "right": right} if any(found.left is not None for found in own) else {}
    slope = Difference((left + right) / 2, own[0].h, bound, **kink)
    printed = (value, ROUNDING * abs(value))
    return judged(scalar.claim, [printed, printed], slope, FLOATS, 1.0)


def _number(scalar: Any, at: Mapping[str, Any]) -> Any:
    """The value of a scalar at a point, exact where it is; a fixed mask is its own."""
    value = int(scalar) if scalar.is_number else at[scalar.name]
    return Fraction(value) if isinstance(value, int | str) else value
