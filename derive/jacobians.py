"""Gradients, Jacobians and Hessians: tables of partial derivatives, each entry with its derivation.

Of expressions the entries are derived rule by rule, of graphs and networks by the chain rule. A Hessian is the
Jacobian of the gradient: its facts are made definitions of a larger graph, to which the chain rule is applied again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Expr, ImmutableDenseMatrix, Symbol

from .chain import derive
from .differentiation import by_rules, letter, read_function, variable
from .errors import DeriveError
from .graph import Definition, Graph
from .names import split
from .network import Network
from .parsing import names_of
from .reals import put_in
from .steps import Claim, Derivation, Local, Step, Total
from .written import Written, total

__all__ = ["Jacobian", "gradient", "hessian", "jacobian"]

Names = Iterable[str | Symbol]


@dataclass(frozen=True, eq=False)
class Jacobian:
    """The derivatives of the nodes ``of`` (rows) by the nodes ``wrt`` (columns) of a graph.

    ``jacobian["y1", "x"]`` is one entry; ``unfolded`` are names that entries are freed of. ``ruled`` says that entries
    are derived rule by rule.
    """

    graph: Graph
    of: tuple[Symbol, ...]
    wrt: tuple[Symbol, ...]
    unfolded: Mapping[Symbol, Expr] = field(default_factory=dict, repr=False)
    ruled: bool = False

    def derivation(self, of: str | Symbol, wrt: str | Symbol) -> Derivation:
        """The derivation of one entry, for ``of`` one of the rows and ``wrt`` one of the columns. Raises UnknownNameError for others."""
        claim = Total(self.graph.node(of), self.graph.node(wrt))
        if not self.ruled:
            return self.graph.derivation(claim.of, claim.wrt)
        steps: dict[Claim, Step] = {}
        by_rules(self.graph.by_symbol[claim.of], claim.wrt, steps)
        return Derivation(self.graph, claim, tuple(steps.values()))

    def derivations(self) -> list[Derivation]:
        """The derivations of all entries, row by row."""
        return [self.derivation(of, wrt) for of in self.of for wrt in self.wrt]

    def __getitem__(self, place: tuple[str | Symbol, str | Symbol]) -> Expr:
        """One entry in the named nodes."""
        of, wrt = (self.graph.node(one) for one in place)
        return self._row(of)[wrt] if wrt in self.wrt and of in self.of else put_in(self.derivation(of, wrt).expanded, self.unfolded)

    @property
    def rows(self) -> tuple[tuple[Expr, ...], ...]:
        """All entries, row by row."""
        return tuple(tuple(self._row(of).values()) for of in self.of)

    @property
    def matrix(self) -> ImmutableDenseMatrix:
        """All entries as a matrix of shape (len(of), len(wrt))."""
        return ImmutableDenseMatrix(len(self.of), len(self.wrt), [entry for row in self.rows for entry in row])

    @cached_property
    def _known(self) -> dict[Symbol, dict[Symbol, Expr]]:
        return {}

    def _row(self, of: Symbol) -> dict[Symbol, Expr]:
        """One row; the facts that its entries share are derived once."""
        if of not in self._known:
            if self.ruled:
                row = {one: self.derivation(of, one).result for one in self.wrt}
            else:
                facts = derive(self.graph, of, self.wrt)
                names = dict(self.unfolded)
                for claim, step in facts.items():
                    name = self.graph.cited.get(claim) if isinstance(claim, Total) else None
                    if name is not None:
                        names[name] = put_in(step.value, names)
                row = {one: put_in(facts[Total(of, one)].value, names) for one in self.wrt}
            self._known[of] = row
        return self._known[of]


def gradient(function: Any, wrt: Names | None = None, of: str | Symbol | None = None, declared: Names = ()) -> Jacobian:
    """The gradient as a Jacobian of one row: of an expression (text or SymPy), of the node ``of`` of a graph, of a network's loss.

    wrt are the columns: all symbols of an expression, all givens of a graph, all parameters of a network unless named.
    ``declared`` is for text, as for ``differentiate``. Raises DeriveError for names that are not there.
    """
    return jacobian(function, wrt, [of] if of is not None else None, declared)


def jacobian(functions: Any, wrt: Names | None = None, of: Names | None = None, declared: Names = ()) -> Jacobian:
    """The Jacobian of several expressions (a list of text or SymPy), of the nodes ``of`` of a graph, or of a network's loss.

    Of a graph, ``of`` are the nodes that no other reads unless named; wrt as for ``gradient``. The rows of expressions are
    called y1, y2, …; one expression alone y. Raises DeriveError for names that are not there, or no expressions at all.
    """
    if isinstance(functions, Graph | Network):
        graph = functions.graph if isinstance(functions, Network) else functions
        return Jacobian(graph, _rows(functions, of), _columns(functions, wrt))
    if of is not None:
        raise DeriveError(f"of={of!r} names nodes of a graph; expressions are rows all of them")
    return _of_expressions(functions if isinstance(functions, Sequence) and not isinstance(functions, str) else [functions], wrt, declared)


def hessian(function: Any, wrt: Names | None = None, of: str | Symbol | None = None, declared: Names = ()) -> Jacobian:
    """The Hessian: the Jacobian of the gradient of an expression, of the node ``of`` of a graph, or of a network's loss.

    Its rows are the entries of the gradient, called y_x for ∂y/∂x (Loss_w1 for ∂Loss/∂w1); ``hessian["Loss_w1", "w5"]`` is
    ∂²Loss/∂w5∂w1 in the named nodes. Raises DeriveError for names that are not there.
    """
    first = gradient(function, wrt, of, declared)
    if len(first.of) != 1:
        raise DeriveError(f"a Hessian is of one function, not of {', '.join(one.name for one in first.of)}; name one with of=")
    return _again_by_rules(first) if first.ruled else _again(first)


# ---- of expressions


def _of_expressions(functions: Sequence[Any], wrt: Names | None, declared: Names) -> Jacobian:
    if not functions:
        raise DeriveError("there is no expression; give one or more, such as ['x*y', 'x + y']")
    names = (*names_of("declared", declared), *_named(wrt or ()))
    read = [read_function(one, names) for one in functions]
    givens = list(dict.fromkeys(one for _, names in read for one in names))
    columns = tuple(givens if wrt is None else [variable(one, givens) for one in _named(wrt)])
    symbols = list(dict.fromkeys((*givens, *columns)))
    own = letter(symbols)
    called = [Symbol(own if len(read) == 1 else f"{own}{place}") for place in range(1, len(read) + 1)]
    graph = Graph(symbols, [Definition.of(name, written) for name, (written, _) in zip(called, read, strict=True)])
    return Jacobian(graph, tuple(called), columns, ruled=True)


def _again_by_rules(first: Jacobian) -> Jacobian:
    (of,) = first.of
    names = _subscripted(first.graph, of, first.wrt)
    definitions = [Definition(names[one], first[of, one]) for one in first.wrt]
    graph = Graph(first.graph.givens, [*first.graph.definitions, *definitions])
    return Jacobian(graph, tuple(names.values()), first.wrt, ruled=True)


# ---- of graphs


def _rows(functions: Graph | Network, of: Names | None) -> tuple[Symbol, ...]:
    graph = functions.graph if isinstance(functions, Network) else functions
    if of is not None:
        return tuple(graph.node(one) for one in _named(of))
    if isinstance(functions, Network):
        return (functions.loss,)
    return tuple(one.symbol for one in graph.definitions if not graph.readers[one.symbol])


def _columns(functions: Graph | Network, wrt: Names | None) -> tuple[Symbol, ...]:
    graph = functions.graph if isinstance(functions, Network) else functions
    if wrt is not None:
        return tuple(graph.node(one) for one in _named(wrt))
    return functions.parameters if isinstance(functions, Network) else graph.givens


def _named(names: Names) -> list[str | Symbol]:
    if isinstance(names, str | Symbol):
        raise DeriveError(f"a list of names is needed, not {names!r}; write [{str(names)!r}]")
    return list(names)


def _again(first: Jacobian) -> Jacobian:
    """The graph with the facts of its gradient as further definitions, and their Jacobian."""
    graph, (of,) = first.graph, first.of
    facts = derive(graph, of, first.wrt)
    totals = [claim for claim in facts if isinstance(claim, Total)]
    fresh = _subscripted(graph, of, [one.wrt for one in totals if one not in graph.cited])
    names = {claim: graph.cited.get(claim) or fresh[claim.wrt] for claim in totals}
    definitions = [Definition.of(names[claim], _as_definition(facts, claim, names)) for claim in totals]
    unfolded: dict[Symbol, Expr] = {}
    for one in definitions:
        unfolded[one.symbol] = put_in(one.expression, unfolded)
    larger = Graph(graph.givens, [*graph.definitions, *definitions], graph.roles, shares=graph.shares)
    return Jacobian(larger, tuple(names[Total(of, one)] for one in first.wrt), first.wrt, unfolded)


def _as_definition(facts: Mapping[Claim, Step], claim: Claim, names: Mapping[Total, Symbol]) -> Written | Expr:
    """What a fact says of a total, in the names of other totals; its closed form where that is shorter."""
    step = facts[claim]
    if step.because or not step.terms:
        return step.value
    terms = [tuple(names[one] if isinstance(one, Total) else facts[one].value if isinstance(one, Local) else one for one in term) for term in step.terms]
    return total(tuple(term[0] if len(term) == 1 else Written("*", term) for term in terms))


def _subscripted(graph: Graph, of: Symbol, nodes: Iterable[Symbol]) -> dict[Symbol, Symbol]:
    """A name for the derivative by each node: y_x, or, where such a name is taken, dy_x."""
    nodes, prefix = list(nodes), of.name
    taken = {split(one.name) for one in (*graph.order, *graph.cited.values())}
    while any(split(f"{prefix}_{one.name}") in taken for one in nodes):
        prefix = f"d{prefix}"
    return {one: Symbol(f"{prefix}_{one.name}") for one in nodes}
