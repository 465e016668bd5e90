"""The same facts at layer level: matrices with shapes instead of single weights.

A whole batch of N samples goes through at once. ``layout="rows"`` has one sample a row (Z = XW + b, δ of shape
(N, units), ∂L/∂W = Aᵀδ); ``layout="columns"`` one a column (Z = WX + b, ∂L/∂W = δAᵀ). A derivative by a matrix has
the shape of that matrix, and L is the mean over the samples. What the layers are stands in ``matrix_layers``, the facts
in ``matrix_deltas``, their proof against the scalar facts in ``matrix_proofs``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Expr

from .errors import DeriveError, UnknownNameError, listed
from .layers.definitions import LOSS, SAMPLES, Layers, MatrixDefinition
from .layers.deltas import backward
from .layers.entrywise import entrywise, multiplied
from .steps import Claim, Derivation, Step, Total

if TYPE_CHECKING:
    from .network import Network

__all__ = ["LAYOUTS", "LOSS", "SAMPLES", "MatrixDefinition", "MatrixGraph", "entrywise", "matrix_derivation", "matrix_facts", "matrix_graph", "multiplied"]

LAYOUTS = ("rows", "columns")


@dataclass(frozen=True, eq=False)
class MatrixGraph:
    """The definitions of a network over matrix symbols with real widths, in the declared layout."""

    net: Network
    layout: str
    givens: tuple[Expr, ...]
    definitions: tuple[MatrixDefinition, ...]
    cited: Mapping[Total, Expr] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(map(str, self.definitions))

    def __repr__(self) -> str:
        return f"<MatrixGraph: {len(self.givens)} given, {len(self.definitions)} defined, samples in {self.layout}>"

    @cached_property
    def by_symbol(self) -> dict[Expr, MatrixDefinition]:
        """The definitions by the symbol that they define."""
        return {one.symbol: one for one in self.definitions}

    def node(self, name: str | Expr) -> Any:
        """The matrix symbol of that name. Raises UnknownNameError with the names there are."""
        names = {str(one): one for one in (*self.givens, *self.by_symbol)}
        if str(name) not in names:
            raise UnknownNameError("matrix", name, names, "this network has")
        return names[str(name)]

    def scalars(self, symbol: Expr) -> list[list[Expr]]:
        """The scalars of a matrix, sources in rows; of a batch the one row that each sample has. A fixed mask has numbers.

        They stand so in both layouts: with samples in columns, the matrix is the transposed one.
        """
        return _layers(self.net, self.layout).scalars(symbol)


def matrix_graph(net: Network, layout: str = "rows") -> MatrixGraph:
    """The layer-level definitions X, W1, b1, Z1, A1, … L of a network.

    Raises DeriveError for an unknown layout, and for a network that has no layer rules: with softmax in a hidden layer, or
    with a loss that joins the outputs of a sample.
    """
    layers = _layers(net, layout)
    refused = [
        *(one for one in net.extras if one.startswith("the loss")),
        *(["softmax in a hidden layer"] if any(one.whole for one in net.activations[:-1]) else []),
    ]
    if refused:
        raise DeriveError(f"there are no layer rules for {listed(refused)}; derive by single parameters instead, such as w1")
    cited = {Total(LOSS, layers.z(*place)): layers.delta(*place) for place in layers.places}
    return MatrixGraph(net, layout, layers.givens, tuple(layers.definitions()), cited)  # type: ignore[arg-type]


def _layers(net: Network, layout: str) -> Layers:
    if layout not in LAYOUTS:
        raise UnknownNameError("layout", layout, LAYOUTS)
    return Layers(net, layout == "rows")


def matrix_derivation(net: Network, name: str, layout: str = "rows") -> Derivation:
    """The layer-level derivation of ∂L/∂name for a weight matrix W1, a bias b1, the inputs X, an inner Z1, A1, or a learned alpha1.

    Units of several affine maps have W1_1, W1_2, …, one for each map. The steps recur over δ_l = ∂L/∂Z_l. Raises
    UnknownNameError for another name, DeriveError for another layout.
    """
    graph = matrix_graph(net, layout)
    wrt, wanted = graph.node(name), Total(LOSS, graph.node(name))
    facts = backward(_layers(net, layout))
    if wanted not in facts:
        raise DeriveError(f"no layer rule for ∂L/∂{wrt}; ask for a weight matrix, a bias, X, or an inner Z or A")
    return Derivation(graph, wanted, tuple(_needed(facts, wanted)))  # type: ignore[arg-type]


def matrix_facts(net: Network, layout: str = "rows", known: Collection[str] = ("softmax",)) -> tuple[MatrixGraph, dict[Claim, Step]]:
    """The layer-level definitions, and every fact from the loss back to the inputs, each citing earlier ones.

    ``known`` are the extras of a network (see ``Network.extras``) that the caller can tell or compile; raises DeriveError
    where it has others, as ``matrix_graph``, and for an unknown layout.
    """
    refused = [one for one in net.extras if one not in known]
    if refused:
        raise DeriveError(f"only plain layers are asked for, and this network has {listed(refused)}")
    return matrix_graph(net, layout), backward(_layers(net, layout))


def _needed(steps: Mapping[Claim, Step], wanted: Claim) -> list[Step]:
    """The steps on which the wanted one rests, in their order."""
    needed, stack = {wanted}, [wanted]
    while stack:
        for claim in steps[stack.pop()].cited():
            if claim not in needed:
                needed.add(claim)
                stack.append(claim)
    return [step for claim, step in steps.items() if claim in needed]
