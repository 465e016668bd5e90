"""The numbers of matrix facts: a walk over matrix expressions with plain nested lists, exact where it can be.

For pages and tests of small widths; code that runs over large batches is compiled from the same facts.

To add an operation: a row in ``_OPERATIONS`` under its SymPy head.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any

from sympy import Expr, HadamardPower, HadamardProduct, Integer, MatAdd, MatMul, OneMatrix, Symbol, Transpose
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.matrix import SAMPLES, MatrixGraph
from derive.steps import Claim, Derivation, Total

from .checking import check
from .reports import AGREES, NOT_RESOLVABLE, WRONG, Check, Report
from .values import evaluate

__all__ = ["MatrixNumbers", "arrays_of_samples", "check_entries", "evaluate_matrices"]

Matrix = list[list[Any]]
Z, Y = Symbol("z"), Symbol("y")


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
    turn = _same if graph.layout == "rows" else _transposed
    return {one: turn(rows[str(one)]) for one in graph.givens}


def evaluate_matrices(derivation: Derivation, arrays: Mapping[Expr, Matrix]) -> MatrixNumbers:
    """The numbers of every fact and node of a layer-level derivation, for a batch of samples."""
    graph: Any = derivation.graph
    count = len(next(value for one, value in arrays.items() if str(one) == "X")[0 if graph.layout == "columns" else slice(None)])
    walk = _Walk(dict(arrays), count)
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
    rows = matrix if graph.layout == "rows" else _transposed(matrix)
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


@dataclass
class _Walk:
    """The matrices known so far, and the number of samples."""

    known: dict[Any, Matrix]
    count: int
    functions: dict[Any, Graph] = field(default_factory=dict)

    def value(self, expression: Any) -> Matrix:
        if expression in self.known:
            return self.known[expression]
        operation = _OPERATIONS.get(type(expression))
        if operation is None:
            raise DeriveError(f"{expression} is no matrix expression that has numbers here")
        return operation(self, expression)

    def size(self, size: Any) -> int:
        return self.count if size == SAMPLES else int(size)

    def product(self, expression: Any) -> Matrix:
        number, factors = expression.as_coeff_matrices()
        scale = number.xreplace({SAMPLES: Integer(self.count)})
        result = reduce(_matmul, map(self.value, factors))
        return result if scale == 1 else [[Fraction(int(scale.p), int(scale.q)) * one for one in line] for line in result]

    def ones(self, expression: Any) -> Matrix:
        rows, cols = map(self.size, expression.shape)
        return [[Fraction(1)] * cols for _ in range(rows)]

    def applied(self, expression: Any) -> Matrix:
        function = expression.function
        if function not in self.functions:
            self.functions[function] = Graph([Z], [Definition(Y, function(Z))])
        graph = self.functions[function]
        derivation = graph.derivation(Y, Z)
        return [[evaluate(derivation, {"z": one}).nodes[Y] for one in line] for line in self.value(expression.expr)]

    def entrywise(self, parts: Sequence[Any], join: Callable[..., Any]) -> Matrix:
        return [[reduce(join, entries) for entries in zip(*lines, strict=True)] for lines in zip(*map(self.value, parts), strict=True)]

    def power(self, expression: Any) -> Matrix:
        base, exponent = expression.args
        number = Fraction(int(exponent.p), int(exponent.q)) if exponent.is_Rational else float(exponent)
        whole = int(number) if number == int(number) else float(number)
        return [[one**whole for one in line] for line in self.value(base)]


_OPERATIONS: dict[type, Callable[[_Walk, Any], Matrix]] = {
    MatMul: _Walk.product,
    MatAdd: lambda walk, one: walk.entrywise(one.args, lambda left, right: left + right),
    HadamardProduct: lambda walk, one: walk.entrywise(one.args, lambda left, right: left * right),
    HadamardPower: _Walk.power,
    Transpose: lambda walk, one: _transposed(walk.value(one.arg)),
    OneMatrix: _Walk.ones,
    ElementwiseApplyFunction: _Walk.applied,
}


def _matmul(left: Matrix, right: Matrix) -> Matrix:
    return [[sum(a * b for a, b in zip(line, column, strict=True)) for column in zip(*right, strict=True)] for line in left]


def _transposed(matrix: Matrix) -> Matrix:
    return [list(line) for line in zip(*matrix, strict=True)]


def _same(matrix: Matrix) -> Matrix:
    return matrix


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, int | str) else value
