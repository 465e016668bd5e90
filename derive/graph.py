"""Graph: givens and an ordered list of named definitions, the thing that is differentiated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter

from sympy import Add, Expr, Symbol, sympify

from .chain import derive
from .errors import DeriveError, UnknownNameError
from .functions import constant_hint
from .named import Named, of_layer
from .names import refuse_look_alikes, symbol
from .reals import over_reals, put_in
from .steps import Derivation, Total
from .written import Written, summands

__all__ = ["Definition", "Graph", "Role"]


@dataclass(frozen=True, slots=True)
class Role:
    """What a symbol is in a layered network.

    kind is input, weight, bias, net, out, loss or target; layer counts from 0 (the inputs); row and col
    count from 1: a weight leads from the unit ``row`` of the layer before to the unit ``col`` of its own,
    every other symbol has only ``row``. fixed says of a parameter that it is not learnt.
    """

    kind: str
    layer: int = 0
    row: int = 0
    col: int = 0
    fixed: bool = False


@dataclass(frozen=True)
class Definition:
    """``symbol = expression``; ``written`` keeps the order of terms and factors where it is known.

    ``parts`` are the terms of the expression taken as one sum, where the writing keeps them together in a product.
    """

    symbol: Symbol
    expression: Expr
    written: Written | Expr | None = None
    parts: tuple[Expr, ...] = ()

    def __str__(self) -> str:
        from .plain import plain

        return f"{self.symbol} = {plain(self.written or self.expression)}"

    def summands_with(self, x: Symbol) -> tuple[Expr, ...]:
        """The terms of the expression, taken as a sum in its written order, that contain x."""
        return self._summands.get(x, ())

    @cached_property
    def _summands(self) -> dict[Symbol, tuple[Expr, ...]]:
        found: dict[Symbol, list[Expr]] = {}
        for term in self.parts or summands(self.written or self.expression):
            for one in term.free_symbols:
                found.setdefault(one, []).append(term)  # type: ignore[arg-type]
        return {one: tuple(terms) for one, terms in found.items()}

    @classmethod
    def of(cls, name: Symbol, written: Written | Expr) -> Definition:
        """A definition from its written form."""
        return cls(name, written.expression if isinstance(written, Written) else written, written)


@dataclass(frozen=True, eq=False)
class Graph:
    """Givens and definitions in order: each definition reads givens and earlier definitions only.

    ``roles`` says what a symbol is in a network; ``cited`` names the totals that later steps cite by a
    symbol of their own (the deltas of a deep network). ``shares`` are givens that are known to sum to 1, such as the
    targets of a classification; steps may use it and then say so. Raises DeriveError on a redefinition, an unknown
    or later name, a cycle, or two names that print alike.
    """

    givens: tuple[Symbol, ...]
    definitions: tuple[Definition, ...]
    roles: Mapping[Symbol, Role] = field(default_factory=dict)
    cited: Mapping[Total, Symbol] = field(default_factory=dict)
    shares: tuple[Symbol, ...] = ()

    def __init__(
        self,
        givens: Iterable[str | Symbol],
        definitions: Iterable[Definition],
        roles: Mapping[Symbol, Role] | None = None,
        cited: Mapping[Total, Symbol] | None = None,
        shares: Iterable[Symbol] = (),
    ) -> None:
        if isinstance(givens, str | Symbol):
            raise DeriveError(f"givens is a list of names or Symbols, not {givens!r}")
        object.__setattr__(self, "givens", tuple(symbol(one) for one in givens))
        object.__setattr__(self, "definitions", tuple(_checked(one) for one in definitions))
        object.__setattr__(self, "roles", dict(roles or {}))
        object.__setattr__(self, "cited", dict(cited or {}))
        object.__setattr__(self, "shares", tuple(shares))
        self._refuse_disorder()

    def __str__(self) -> str:
        return "\n".join(map(str, self.definitions))

    def __repr__(self) -> str:
        return f"<Graph: {len(self.givens)} given, {len(self.definitions)} defined>"

    def _refuse_disorder(self) -> None:
        refuse_look_alikes([*self.order, *self.cited.values()])
        given = set(self.givens)
        if len(given) != len(self.givens):
            twice = next(one for one in self.givens if self.givens.count(one) > 1)
            raise DeriveError(f"{twice.name!r} is given twice")
        known = set(given)
        for definition in self.definitions:
            name = definition.symbol
            if name in known:
                raise DeriveError(f"{name.name!r} is {'given' if name in given else 'defined'} already; a name is defined once")
            missing = [one for one in self.reads[name] if one not in known]
            if missing:
                raise DeriveError(self._missing(name, missing[0]))
            known.add(name)

    def _missing(self, user: Symbol, name: Symbol) -> str:
        if name in self.reads:
            circle = self._circle(user)
            if circle:
                return "the definitions run in a circle: " + " → ".join(one.name for one in circle)
            return f"{user.name!r} reads {name.name!r} before it is defined; move the definition of {name.name!r} up"
        return str(UnknownNameError("given or earlier definition", name.name, (*self.givens, *self.reads), f"needed by {user.name!r}; there are"))

    def _circle(self, start: Symbol) -> list[Symbol]:
        stack, seen = [[start]], set()
        while stack:
            path = stack.pop()
            for one in self.reads.get(path[-1], ()):
                if one == start:
                    return [*path, start]
                if one not in seen:
                    seen.add(one)
                    stack.append([*path, one])
        return []

    @cached_property
    def order(self) -> tuple[Symbol, ...]:
        """Givens first, then the definitions in their order: each node after all that it reads."""
        return (*self.givens, *(one.symbol for one in self.definitions))

    @cached_property
    def reads(self) -> dict[Symbol, tuple[Symbol, ...]]:
        """For each definition, the symbols that it reads, in a fixed order."""
        return {one.symbol: tuple(sorted(one.expression.free_symbols, key=attrgetter("name"))) for one in self.definitions}  # type: ignore[arg-type]

    @cached_property
    def readers(self) -> dict[Symbol, tuple[Symbol, ...]]:
        """For each symbol, the definitions that read it, in their order."""
        readers: dict[Symbol, list[Symbol]] = {one: [] for one in (*self.givens, *self.reads)}
        for name, reads in self.reads.items():
            for one in reads:
                readers[one].append(name)
        return {one: tuple(users) for one, users in readers.items()}

    @cached_property
    def by_symbol(self) -> dict[Symbol, Definition]:
        """The definitions by the symbol that they define."""
        return {one.symbol: one for one in self.definitions}

    @cached_property
    def _of_layers(self) -> dict[tuple[object, Expr, frozenset[tuple[Expr, int]]], Symbol]:
        whole = ((one.symbol, one.expression) for one in self.definitions if isinstance(one.expression, Named) and one.expression.record.whole)
        return {(expression.func, expression.args[0], _counted(expression.args)): name for name, expression in whole}

    def named(self, function: Callable[..., Expr], own: Expr, args: tuple[Expr, ...]) -> Expr:
        """The symbol that is defined as this function of a whole layer, of one argument among all; else the function itself."""
        return self._of_layers.get((function, own, _counted(args))) or of_layer(function, own, args)

    @cached_property
    def _by_name(self) -> dict[str, Symbol]:
        return {one.name: one for one in (*self.givens, *self.by_symbol)}

    def node(self, name: str | Symbol, kind: str = "node") -> Symbol:
        """The given or defined symbol of that name. Raises UnknownNameError, with the names there are."""
        text = name.name if isinstance(name, Symbol) else name
        try:
            return self._by_name[text]
        except (KeyError, TypeError):
            raise UnknownNameError(kind, text, self._by_name, "this graph has", constant_hint(text)) from None

    def derivation(self, of: str | Symbol, wrt: str | Symbol) -> Derivation:
        """The derivation of ∂of/∂wrt by the chain rule; both may be any node, given or defined."""
        claim = Total(self.node(of), self.node(wrt))
        return Derivation(self, claim, tuple(derive(self, claim.of, [claim.wrt]).values()))

    def gradients(self, of: str | Symbol, wrt: Iterable[str | Symbol]) -> dict[Symbol, Expr]:
        """The closed form of ∂of/∂x for every x of wrt; shared facts are derived once."""
        target, variables = self.node(of), [self.node(one) for one in wrt]
        facts = derive(self, target, variables)
        return {one: facts[Total(target, one)].value for one in variables}

    def settled(self) -> Graph:
        """The same graph with the last of the shares written as 1 minus the others: what holds in it holds where they sum to 1."""
        if not self.shares:
            return self
        definitions = [Definition(one.symbol, one.expression.xreplace(self.settling)) for one in self.definitions]
        return Graph([one for one in self.givens if one not in self.settling], definitions, self.roles, self.cited, self.shares)

    @cached_property
    def settling(self) -> dict[Symbol, Expr]:
        """What the last of the shares is by the others."""
        return {self.shares[-1]: 1 - Add(*self.shares[:-1])} if self.shares else {}

    def substituted(self, of: str | Symbol) -> Expr:
        """The expression of a node in the givens alone. For checks: it grows exponentially with depth."""
        unfolded: dict[Symbol, Expr] = {}
        for one in self.definitions:
            unfolded[one.symbol] = put_in(one.expression, unfolded)
        node = self.node(of)
        return unfolded.get(node, node)


def _counted(args: Iterable[Expr]) -> frozenset[tuple[Expr, int]]:
    """The arguments of a function of a whole layer without their order, each with how often it stands there."""
    return frozenset(Counter(args).items())


def _checked(definition: Definition) -> Definition:
    if not isinstance(definition, Definition):
        raise DeriveError(f"a graph takes Definition(symbol, expression), not {definition!r}")
    if isinstance(definition.expression, str):
        raise DeriveError(f"the expression of {definition.symbol} is text; use parse_graph, or a SymPy expression")
    expression = over_reals(sympify(definition.expression, strict=True))
    return Definition(symbol(definition.symbol), expression, definition.written, definition.parts)
