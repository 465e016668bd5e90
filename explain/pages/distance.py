"""The page of a distance between two points: its formula, numbers, gradient, kinks and unit ball, and the similarity made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import cycle
from math import inf
from typing import Any

from sympy import Expr, Symbol

from derive.claims.judging import judge
from derive.distances import distance
from derive.errors import DeriveError
from derive.graph import Graph
from derive.steps import Derivation, Total
from derive.written import Written
from numeric.points import Exact
from numeric.reports import Report
from numeric.values import Numbers, evaluate

from ..boards.pieces import SUM, Piece
from ..cards import Sampled, by_rule_blocks, checked, ruled, sampled, whole
from ..document import Block, Document, Equation, Inline, Paragraph, Table
from ..formula import Binary, Fence, Formula, Lines, Name, Number, Prefix, Relation, row
from ..formula import Fraction as Over
from ..lessons.lines import Line, equals
from .telling import NOTHING, Telling, at_one_point, cell, telling, value_at

__all__ = ["Distance", "distance_page"]

D, S_, M = Symbol("d"), Symbol("s"), Symbol("m")
APART = (3, 4, 12, 84)  # 3, 4, 5; 5, 12, 13; 13, 84, 85
USUAL_POWER = 3
POWERS = (1, 2, 3, 10)
BESIDE = Fraction(1, 1000)


@dataclass(frozen=True)
class Distance:
    """A distance by its name, "manhattan", "euclid" or "minkowski", between points with so many coordinates.

    power is the m of Minkowski's, a name or a number from 1 on. Raises DeriveError as ``derive.distances.distance``.
    """

    name: str = "euclid"
    dimensions: int = 2
    power: str | int = "m"

    def __post_init__(self) -> None:
        """Refuse what is no distance at once."""
        distance(self.name, self.dimensions, self.power)

    @cached_property
    def graph(self) -> Graph:
        """The definitions of u1, u2, …, d and s."""
        return distance(self.name, self.dimensions, self.power)

    @property
    def usual(self) -> dict[str, Any]:
        """Two points whose Euclidean distance is a whole number, and a power where it is a name."""
        places = range(1, self.dimensions + 1)
        values = {f"x{place}": place for place in places} | {f"y{place}": place + far for place, far in zip(places, cycle(APART), strict=False)}
        return values | {one.name: USUAL_POWER for one in self.graph.givens if one.name not in values}


@dataclass(frozen=True)
class _Page:
    """A distance at a point with what is needed to tell it."""

    distance: Distance
    at: Mapping[Symbol, Exact]
    told: Telling

    @property
    def graph(self) -> Graph:
        return self.distance.graph

    @cached_property
    def derivations(self) -> dict[tuple[Symbol, Symbol], Derivation]:
        """The derivatives of d and of s by every coordinate."""
        coordinates = [one for one in self.graph.givens if one.name[0] in "xy"]
        return {(of, one): self.graph.derivation(of, one) for of in (D, S_) for one in coordinates}

    @cached_property
    def numbers(self) -> dict[tuple[Symbol, Symbol], Numbers]:
        return {key: evaluate(one, self.named) for key, one in self.derivations.items()}

    @property
    def named(self) -> dict[str, Exact]:
        return {one.name: value for one, value in self.at.items()}

    @property
    def nodes(self) -> Mapping[Symbol, Exact]:
        """The value of every name."""
        return next(iter(self.numbers.values())).nodes

    @property
    def power(self) -> Exact:
        """The m of the distance."""
        if self.distance.name != "minkowski":
            return Fraction({"manhattan": 1, "euclid": 2}[self.distance.name])
        return Fraction(self.distance.power) if isinstance(self.distance.power, int) else self.at[Symbol(self.distance.power)]

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        return self.told.say(key, **parts)

    def formula(self, expression: Any) -> Formula:
        return self.told.board.formula(expression)

    def with_numbers(self, expression: Any) -> Formula:
        """An expression with numbers in the places of names."""
        return self.told.board.with_numbers(self.nodes).formula(expression)

    def written(self, name: Symbol) -> Written | Expr:
        """The definition of a name as it was written."""
        return _written(self.graph, name)


def _written(graph: Graph, name: Symbol) -> Written | Expr:
    definition = graph.by_symbol[name]
    return definition.expression if definition.written is None else definition.written


def distance_page(one: Distance, at: Any = None, **options: Any) -> tuple[Document, list[Report]]:
    """The page of a distance and of the similarity 1/(1 + d), and the report of the checks of both gradients.

    at gives every coordinate x1, …, y1, … a value, and m where it is a name; without it two points whose Euclidean
    distance is a whole number. options are those of ``lecture``. Raises DeriveError for points that are the same and for an m below 1.
    """
    told = telling(**options)
    page = _Page(one, at_one_point(one.graph.givens, one.usual if at is None else at), told)
    if page.power < 1:
        raise DeriveError(f"{one.power} = {page.power}; the power of a distance is a number from 1 on")
    parts = [sampled(derivation, [page.at]) for derivation in page.derivations.values()] if told.check else []  # type: ignore[list-item]
    blocks = [
        *_asked(page), *_special_cases(page), *_numbers(page), *_gradient(page, D), *_gradient(page, S_), *_kinks(page), *_ball(page), *_meaning(page),
        *([checked(parts, told.board, told.words)] if parts else []),
    ]  # fmt: skip
    document = Document(page.say(f"distance.{one.name}"), options.get("language", "en"), tuple(blocks), lambda: _data(page, parts))
    return document, [whole(parts)] if parts else []


# ---- the formula and its numbers


def _asked(page: _Page) -> list[Block]:
    lines: list[Line] = [(page.told.board.name(one.symbol), equals(page.formula(page.written(one.symbol))), None) for one in page.graph.definitions]
    letters = {one.name: page.told.board.name(one) for one in (D, S_, M)}
    differences = page.told.words.joined([page.told.board.name(one.symbol) for one in page.graph.definitions if one.symbol.name[0] == "u"][:2])
    wanted = page.say(f"distance.{page.distance.name}.want", count=page.distance.dimensions, u=differences, **letters)
    return [Paragraph(wanted, page.say("want")), Equation(Lines(tuple(lines)), "distance")]


def _special_cases(page: _Page) -> list[Block]:
    """Minkowski's distance with m = 1 and m = 2, which are the other two."""
    if page.distance.name != "minkowski" or isinstance(page.distance.power, int):
        return []
    lines: list[Line] = []
    for power, name in ((1, "manhattan"), (2, "euclid")):
        special, other = distance("minkowski", page.distance.dimensions, power), distance(name, page.distance.dimensions)
        if judge(special.substituted("d"), other.substituted("d")).status == "proved":
            called = page.told.given(Symbol(page.distance.power), Fraction(power))
            lines.append((page.told.board.name(D), equals(page.formula(_written(other, D))), page.say(f"distance.special.{name}", case=called)))
    return [Paragraph(page.say("distance.special.here"), page.say("distance.special")), Equation(Lines(tuple(lines)), "special")]


def _numbers(page: _Page) -> list[Block]:
    lines: list[Line] = []
    for one in page.graph.definitions:
        written = page.written(one.symbol)
        forms = dict.fromkeys([page.formula(written), page.with_numbers(written), page.told.number(page.nodes[one.symbol])])
        lines.append((page.told.board.name(one.symbol), equals(*forms), None))
    here = page.told.words.joined([page.told.given(name, value) for name, value in page.at.items()])
    blocks: list[Block] = [Paragraph(page.say("distance.numbers", at=here), page.say("point")), Equation(Lines(tuple(lines)), "numbers")]
    return [*blocks, *(_powers(page) if page.distance.name == "minkowski" else [])]


def _powers(page: _Page) -> list[Block]:
    """The same points with other powers."""
    graph = distance("minkowski", page.distance.dimensions)
    coordinates = {one: value for one, value in page.at.items() if one.name[0] in "xy"}
    values = [(power, value_at(graph.substituted("d"), {**coordinates, M: Fraction(power)})) for power in POWERS]
    largest = max(abs(Fraction(page.nodes[one.symbol])) for one in page.graph.definitions if one.symbol.name[0] == "u")
    head = (cell(page.told.board.name(M)), cell(page.told.board.name(D)), cell(page.told.board.name(S_)))
    rows = tuple(
        (cell(Number(str(power))), cell(page.told.number(value)), cell(page.told.number(1 / (1 + value)))) for power, value in values if value is not None
    )
    return [Table(head, rows, "rrr"), Paragraph(page.say("distance.powers", m=page.told.board.name(M), largest=page.told.number(largest)))]


# ---- the gradient


def _gradient(page: _Page, of: Symbol) -> list[Block]:
    """The derivative by one argument law by law, then by every coordinate through the chain rule, with numbers."""
    inner = Symbol("u1") if of == D else D
    names = [one for one in page.graph.order if page.graph.by_symbol[of].expression.has_free(one)]
    derivation = ruled(of, page.written(of), inner, names)
    plain = page.told.board
    board = replace(plain, notation=replace(plain.notation, total=plain.notation.partial))  # d is the distance here
    laws = [] if page.told.brief else by_rule_blocks(derivation, board, page.told.words, page.told.detail)
    lines = [line for key in page.derivations if key[0] == of for line in _by_coordinate(page, *key)]
    said = page.say("distance.gradient.here" if of == D else "distance.similarity.here", u=plain.name(inner), d=plain.name(D))
    return [Paragraph(said, page.say("distance.gradient" if of == D else "distance.similarity")), *laws, Equation(Lines(tuple(lines)), f"gradient:{of}")]


def _by_coordinate(page: _Page, of: Symbol, wrt: Symbol) -> Iterator[Line]:
    """The chain rule, and what it comes to: in letters for d, in the numbers just found for s."""
    board, derivation = page.told.board, page.derivations[of, wrt]
    inner = page.graph.readers[wrt][0] if of == D else D
    product = board.product([Piece(board.claim(Total(of, inner))), Piece(board.claim(Total(inner, wrt)))])
    yield board.claim(derivation.claim), equals(board.inside(product, SUM)), page.say("reason.chain")
    value = page.told.number(page.numbers[of, wrt][derivation.claim].value)
    if of == D:
        yield NOTHING, equals(board.formula(derivation.result)), None
        yield NOTHING, equals(*dict.fromkeys([page.with_numbers(derivation.result), value])), None
    else:
        yield NOTHING, equals(_in_numbers(page, wrt), value), None


def _in_numbers(page: _Page, wrt: Symbol) -> Formula:
    """∂s/∂d · ∂d/∂wrt in numbers."""
    outer, inner = (page.numbers[S_, wrt][Total(S_, D)].value, page.numbers[D, wrt][Total(D, wrt)].value)
    board = page.told.board.with_numbers({})
    return board.inside(board.product([board.number(outer), board.number(inner)]), SUM)


# ---- kinks, picture, meaning


def _kinks(page: _Page) -> list[Block]:
    """Where there is no slope, and the slopes of both sides there."""
    each = page.power == 1
    u = page.told.board.name(Symbol("u1"))
    lines: list[Line] = []
    for side in (-1, 1):
        step = row(*([Prefix("−")] if side < 0 else []), Name("h"))
        above = row(_seen(page, u, step), Binary("−"), _seen(page, u, Number("0")))
        lines.append((Over(above, step), equals(page.told.number(_one_sided(page, side))), page.say("distance.left" if side < 0 else "distance.right")))
    free = page.distance.name == "minkowski" and isinstance(page.distance.power, str)
    key = "distance.kink.each" if each else "distance.kink.all.power" if free else "distance.kink.all"
    words = page.say(key, u=u, h=page.told.given(Symbol("h"), BESIDE), m=page.told.board.name(Symbol(str(page.distance.power))))
    return [Paragraph(words, page.say("card.kinks")), Equation(Lines(tuple(lines)), "kinks")]


def _seen(page: _Page, u: Formula, value: Formula) -> Formula:
    """d as a function of u1 alone."""
    return row(page.told.board.name(D), Fence(row(u, Relation("="), value)))


def _one_sided(page: _Page, side: int) -> Any:
    """The slope of d over u1 on one side of 0, the other differences as they are for L1, and 0 for the others."""
    d = page.graph.by_symbol[D].expression
    others = {one: (page.nodes[one] if page.power == 1 else Fraction(0)) for one in d.free_symbols if one.name[0] == "u"}
    fixed: dict[Any, Any] = {
        **others,
        **({} if page.distance.name != "minkowski" else {one: value for one, value in page.at.items() if one.name[0] not in "xy"}),
    }
    here, there = (value_at(d, {**fixed, Symbol("u1"): step}) for step in (Fraction(0), side * BESIDE))
    return None if here is None or there is None else (there - here) / (side * BESIDE)


def _ball(page: _Page) -> list[Block]:
    """The points at distance 1 from one point."""
    if not page.told.pictures:
        return []
    from ..figures.surfaces import balls

    powers: list[float] = sorted({1.0, 2.0, inf, float(page.power)})
    return [Paragraph(page.say("distance.ball.here"), page.say("distance.ball")), balls(powers, words=page.told.words)]


def _meaning(page: _Page) -> list[Block]:
    d, s = page.told.board.name(D), page.told.board.name(S_)
    return [Paragraph(page.say("distance.says", d=d, s=s, one=row(s, equals(Number("1"))), zero=row(s, Relation("→"), Number("0"))), page.say("says"))]


def _data(page: _Page, parts: list[Sampled]) -> dict[str, object]:
    return {
        "distance": page.distance.name,
        "definitions": {one.symbol.name: one.expression for one in page.graph.definitions},
        "at": {name: str(value) for name, value in page.named.items()},
        "values": {one.symbol.name: float(page.nodes[one.symbol]) for one in page.graph.definitions},
        "gradient": [
            {"of": of.name, "wrt": wrt.name, "result": one.result, "value": float(page.numbers[of, wrt][one.claim].value)}
            for (of, wrt), one in page.derivations.items()
        ],
    }
