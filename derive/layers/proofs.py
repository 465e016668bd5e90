"""Proofs of matrix facts: is every entry the derivative of the mean of the scalar losses?

The matrices are written out, a letter for every entry and sample, and each entry is held against the scalar fact, which is
itself proved against the substituted loss. To add a head of matrix expressions: a row in ``_HEADS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, Any, Literal

from sympy import Add, And, Expr, HadamardPower, HadamardProduct, Identity, Integer, MatAdd, MatMul, Mul, OneMatrix, Symbol, Transpose, true
from sympy.logic.boolalg import Boolean
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from ..matrices.heads import SumOfEntries
from ..proofs import prove_gradient
from ..steps import Derivation
from .definitions import SAMPLES
from .entrywise import Entrywise

if TYPE_CHECKING:
    from ..matrix import MatrixGraph

__all__ = ["MatrixProof", "entries_beside_scalars", "prove_matrix"]

COUNT = 2  # samples: what goes wrong among many samples goes wrong between two
MOST_WEIGHTS = 200  # of the network, whose scalars are all made
MOST_PATHS = 150  # of all entries together; each is multiplied out
SHARED = ("weight", "bias", "slope", "strength")  # what all samples of a batch have in common

Rows = list[list[Any]]


@dataclass(frozen=True)
class MatrixProof:
    """What is known of the ``entries`` of a matrix fact, for a batch of ``samples``.

    domain: where it is proved, away from the kinks (``true``: everywhere). method: how, or why nothing is decided.
    """

    status: Literal["proved", "refuted", "undecided"]
    method: str
    entries: int = 0
    samples: int = COUNT
    domain: Boolean = true


def prove_matrix(derivation: Derivation) -> MatrixProof:
    """Whether every entry of a layer-level derivation is the derivative of the mean loss of two samples by the scalar of its place.

    Undecided, before anything is tried, where the network has more than 200 weights, or the closed forms of all entries
    have more than 150 paths together.
    """
    graph: Any = derivation.graph
    net, wrt = graph.net, derivation.claim.wrt
    count = sum(map(mul, net.sizes, net.widths[1:]))
    if count > MOST_WEIGHTS:
        return MatrixProof("undecided", f"the network has {count} weights; at most {MOST_WEIGHTS} are written out")
    scalars = _scalars(graph, wrt)
    paths = sum(one.path_count for one in scalars.values())
    if paths > MOST_PATHS:
        return MatrixProof("undecided", f"{paths} paths lead from {wrt} to the loss; at most {MOST_PATHS} are multiplied out")
    pairs = entries_beside_scalars(derivation)
    if any((entry - scalar).expand() != 0 for entry, scalar in pairs):
        return MatrixProof("undecided", "an entry is written otherwise than the scalar fact")
    domain = []
    for one in scalars.values():
        verdict = prove_gradient(one)
        if verdict.status != "proved":
            return MatrixProof(verdict.status, verdict.method)
        domain.append(verdict.domain)
    return MatrixProof("proved", "entry by entry the mean of the scalar facts, each of them proved", len(pairs), COUNT, And(*domain))


def entries_beside_scalars(derivation: Derivation) -> list[tuple[Expr, Expr]]:
    """Every entry of a layer-level derivation for two samples, δ put in, beside the mean of the scalar facts; what differs between samples has _s0 or _s1."""
    graph: Any = derivation.graph
    expected = _means(graph, derivation.claim.wrt, _scalars(graph, derivation.claim.wrt))
    return list(zip(_flat(_entries(derivation.expanded, _written_out(graph))), _flat(expected), strict=True))


def _scalars(graph: MatrixGraph, wrt: Expr) -> dict[Any, Derivation]:
    """The scalar derivation of everything that a matrix is made of."""
    return {one: graph.net.derivation(one) for one in _flat(graph.scalars(wrt))}  # type: ignore[arg-type]


def _flat(rows: Rows) -> list[Expr]:
    return [one for line in rows for one in line]


# ---- the scalar side


def _of_sample(graph: MatrixGraph, sample: int) -> dict[Symbol, Symbol]:
    """The letters of one sample for everything that differs between samples."""
    roles = graph.net.graph.roles
    return {one: Symbol(f"{one.name}_s{sample}") for one in graph.net.graph.order if roles[one].kind not in SHARED}


def _means(graph: MatrixGraph, wrt: Expr, scalars: Mapping[Symbol, Derivation]) -> Rows:
    """The derivatives of the mean loss, place by place: a sample's own nodes act on its own share only."""
    samples = [_of_sample(graph, sample) for sample in range(COUNT)]
    rows: Any = graph.scalars(wrt)
    if next(iter(scalars)) in samples[0]:
        found = [[scalars[one].expanded.xreplace(own) / COUNT for one in rows[0]] for own in samples]
    else:
        found = [[Add(*(scalars[one].expanded.xreplace(own) for own in samples)) / COUNT for one in line] for line in rows]
    return found if graph.layout == "rows" else _turned(found)


def _written_out(graph: MatrixGraph) -> dict[Any, Any]:
    """Every matrix of the graph with a letter for each entry, two samples in a batch."""
    samples, found = [_of_sample(graph, sample) for sample in range(COUNT)], {}
    for symbol in (*graph.givens, *graph.by_symbol):
        if symbol.is_Matrix:
            found[symbol] = _letters(graph, symbol, samples)
    return found


def _letters(graph: MatrixGraph, symbol: Any, samples: list[dict[Symbol, Symbol]]) -> Rows:
    rows: Any = graph.scalars(symbol)
    if SAMPLES in symbol.shape:
        rows = [[own.get(one, one) for one in rows[0]] for own in samples]
    return rows if graph.layout == "rows" else _turned(rows)


# ---- matrix expressions, entry by entry


def _entries(expression: Any, known: Mapping[Any, Rows]) -> Rows:
    """The entries of a matrix expression, or the only one of a number."""
    if expression in known:
        return known[expression]
    if type(expression) in _HEADS:
        return _HEADS[type(expression)](expression, known)
    raise NotImplementedError(f"no entries of {expression}")


def _each(join: Callable[..., Expr]) -> Callable[[Any, Mapping[Any, Rows]], Rows]:
    """What is joined at every place."""
    return lambda one, known: _paired(join, *(_entries(part, known) for part in one.args))


def _paired(join: Callable[..., Expr], *matrices: Rows) -> Rows:
    return [[join(*places) for places in zip(*lines, strict=True)] for lines in zip(*matrices, strict=True)]


def _product(one: Any, known: Mapping[Any, Rows]) -> Rows:
    number, factors = one.as_coeff_matrices()
    whole = reduce(_times, (_entries(factor, known) for factor in factors))
    return [[number.xreplace({SAMPLES: COUNT}) * entry for entry in line] for line in whole]


def _times(left: Rows, right: Rows) -> Rows:
    return [[Add(*map(Mul, line, column)) for column in zip(*right, strict=True)] for line in left]


def _turned(rows: Rows) -> Rows:
    return [list(line) for line in zip(*rows, strict=True)]


def _filled(one: Any, known: Mapping[Any, Rows]) -> Rows:
    rows, cols = (int(size.xreplace({SAMPLES: COUNT})) for size in one.shape)
    return [[Integer(row == col if isinstance(one, Identity) else 1) for col in range(cols)] for row in range(rows)]


_HEADS: dict[type, Callable[[Any, Mapping[Any, Rows]], Rows]] = {
    MatAdd: _each(Add),
    HadamardProduct: _each(Mul),
    HadamardPower: lambda one, known: [[entry**one.exp for entry in line] for line in _entries(one.base, known)],
    MatMul: _product,
    Transpose: lambda one, known: _turned(_entries(one.arg, known)),
    OneMatrix: _filled,
    Identity: _filled,
    ElementwiseApplyFunction: lambda one, known: [[one.function(entry) for entry in line] for line in _entries(one.expr, known)],
    Entrywise: lambda one, known: _paired(one.function, *(_entries(part, known) for part in one.matrices)),
    SumOfEntries: lambda one, known: [[Add(*_flat(_entries(one.arg, known)))]],
}
