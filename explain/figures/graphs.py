"""The picture of any computational graph: each name after what it reads, from left to right, with few crossings."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from sympy import Symbol

from derive.errors import DeriveError, listed
from derive.graph import Graph
from derive.steps import Derivation

from ..document import Figure
from ..formula import Formula
from ..notation import NOTATIONS, SUM, Board, Notation
from .canvas import picture
from .mathtext import mathtext
from .places import Named, placed
from .ranks import Bend, Ranked, ranked, spread
from .readings import Readings, readings
from .routes import Edge, Route, routes
from .scene import Label, Mark, Pill, Point, Stroke, Tag, fitted, framed, size_of
from .strokes import coloured, rounded
from .style import BACKWARD, FAINT, INK, LIT, PAPER, PATHS, PLAIN, RIM, STRONG, TEXT, TINY, WIDTH, Line
from .wording import Locale, english, paths_in_words, sentence

if TYPE_CHECKING:
    from numeric.values import Numbers

__all__ = ["MOST_NODES", "graph", "needed"]

MOST_NODES = 60
RADIUS, TALL = 10.0, 15.0  # half the height of a node with a name, and with an expression below it
NAME_UP, EXPRESSION_DOWN = 5.5, 6.5
WIDEST = 96.0  # of a name, and of an expression below it
GAP, VALUED_GAP, NARROWEST = 40.0, 64.0, 18.0  # between two ranks; where numbers stand there; at least
BETWEEN = 12.0  # two nodes of a rank
BEND = 2.0  # half the height that is kept free for a passing edge
NO_LINE = Line(PAPER, 0.0)


def graph(
    graph: Graph,
    derivation: Derivation | Sequence[Derivation] | None = None,
    *,
    values: Numbers | Iterable[Numbers] | None = None,
    labels: Mapping[str, str] | None = None,
    notation: Notation = NOTATIONS["net-out"],
    words: Locale | None = None,
    lit: Collection[Edge] = (),
) -> Figure:
    """The figure of a computational graph; with a derivation, what its result needs, its paths coloured.

    Of several derivations of one result each has one colour for all its paths.
    Each definition is a node with its expression, where that is short; an arrow leads from a name to one that reads it. values
    are the numbers of one or several derivations of one result: each arrow carries the value that goes forward above
    what comes back along it. lit are edges to be highlighted. Raises DeriveError for more than 60 nodes, and for more
    derivations than there are colours.
    """
    derivations = [derivation] if isinstance(derivation, Derivation) else derivation or []
    if len(derivations) > len(PATHS):
        names = listed([one.claim.wrt for one in derivations])
        raise DeriveError(f"there are {len(derivations)} derivatives to colour, by {names}; at most {len(PATHS)}")
    shown = needed(graph, derivations)
    if len(shown) > MOST_NODES:
        raise DeriveError(f"this graph has {len(shown)} nodes; a picture shows at most {MOST_NODES}: draw a network with figures.network, or a smaller graph")
    of = graph.node(str(derivations[0].claim.of)) if derivations else graph.order[-1]
    wrt = tuple(one.claim.wrt for one in derivations)
    board = Board.of(graph, notation, labels)
    drawing = Drawing(graph, shown, board, _routes(derivations), wrt, readings(values, of))
    stem = "-".join(["graph", of.name, *(one.name for one in wrt)])
    return picture(stem, framed(marks(drawing, lit)), _alt(drawing, of, derivations, words or english()))


def _routes(derivations: Sequence[Derivation]) -> tuple[Route, ...]:
    """What is coloured: the one or two routes of a single derivation, of several the whole way of each."""
    found = [routes(derivation) for derivation in derivations]
    return found[0] if len(found) == 1 else tuple(frozenset().union(*ways) for ways in found)


def _alt(drawing: Drawing, of: Symbol, derivations: Sequence[Derivation], words: Locale) -> str:
    givens = ", ".join(one.name for one in drawing.shown if one not in drawing.graph.by_symbol)
    said = [sentence(words, "figure.graph", givens=givens, of=of.name)]
    said += [paths_in_words(derivation, words) for derivation in derivations]
    if drawing.readings.forward:
        said.append(sentence(words, "figure.graph.values", of=of.name))
    return " ".join(said)


def needed(graph: Graph, derivations: Sequence[Derivation]) -> tuple[Symbol, ...]:
    """The nodes that the results need, in order; without a derivation, all."""
    if not derivations:
        return graph.order
    needed = {node for one in derivations for node in (one.claim.of, one.claim.wrt)}
    for node in reversed(graph.order):
        if node in needed:
            needed.update(graph.reads.get(node, ()))
    return tuple(node for node in graph.order if node in needed)


@dataclass(frozen=True)
class Drawing:
    """The places of the shown nodes, of the edges between them and of the numbers on these."""

    graph: Graph
    shown: tuple[Symbol, ...]
    board: Board
    routes: tuple[Route, ...] = ()
    wrt: tuple[Symbol, ...] = ()
    readings: Readings = field(default_factory=Readings)

    # ---- nodes

    @cached_property
    def layered(self) -> Ranked:
        """The ranks of the nodes."""
        place = {node: spot for spot, node in enumerate(self.shown)}
        return ranked({node: sorted(self.graph.reads.get(node, ()), key=place.__getitem__) for node in self.shown})

    @cached_property
    def names(self) -> dict[Symbol, Formula]:
        """What stands in each node."""
        return {node: fitted(self.board.name(node), TEXT, WIDEST) for node in self.shown}

    @cached_property
    def expressions(self) -> dict[Symbol, Formula]:
        """What stands below the name of a definition: its expression, where a picture can hold it; all of them, or none on a narrow page."""
        definitions = [self.graph.by_symbol[node] for node in self.shown if node in self.graph.by_symbol]
        formulas = {one.symbol: self.board.formula(one.written or one.expression) for one in definitions}
        fitting = {node: formula for node, formula in formulas.items() if _fits(formula)}
        halves = [max(self._half_width(node, fitting) for node in rank) for rank in self.layered.ranks]
        return fitting if 2 * sum(halves) + NARROWEST * (len(halves) - 1) <= WIDTH else {}

    def half_width(self, node: Hashable) -> float:
        """Half the width of what shows a node; a bend has none."""
        return self._half_width(node, self.expressions)

    def _half_width(self, node: Hashable, expressions: Mapping[Symbol, Formula]) -> float:
        if not isinstance(node, Symbol):
            return 0.0
        if node not in expressions:
            return max(RADIUS, size_of(self.names[node], TEXT)[0] / 2 + 5)
        # The round ends leave less room to the line at the top and to the one at the foot.
        return max(size_of(self.names[node], TEXT)[0] / 2 + 8, size_of(expressions[node], TINY)[0] / 2 + 9, TALL)

    def half_height(self, node: Hashable) -> float:
        """Half the height of what shows a node, or of what is kept free where an edge passes."""
        return BEND if isinstance(node, Bend) else TALL if node in self.expressions else RADIUS

    @cached_property
    def columns(self) -> tuple[tuple[float, float], ...]:
        """The middle and half the width of each rank: as far apart as the page allows."""
        halves = [max(map(self.half_width, rank)) for rank in self.layered.ranks]
        wished = VALUED_GAP if self.readings.forward else GAP
        free = (WIDTH - 2 * sum(halves)) / max(len(halves) - 1, 1)
        gap = max(min(wished, free), NARROWEST)
        starts = [sum(2 * half + gap for half in halves[:place]) for place in range(len(halves))]
        return tuple((start + half, half) for start, half in zip(starts, halves, strict=True))

    @cached_property
    def places(self) -> dict[Hashable, Point]:
        """The middle of each node and bend."""
        heights = {node: 2 * self.half_height(node) for rank in self.layered.ranks for node in rank}
        up = spread(self.layered, heights, BETWEEN)
        return {node: (x, up[node]) for (x, _), rank in zip(self.columns, self.layered.ranks, strict=True) for node in rank}

    @cached_property
    def nodes(self) -> dict[Symbol, Pill]:
        """The bar of each definition; a given has none that is seen."""
        on = {node for route in self.routes for edge in route for node in edge}
        rims = {node: STRONG if node in on else RIM if node in self.graph.by_symbol else NO_LINE for node in self.shown}
        return {node: Pill(self.places[node], self.half_width(node), self.half_height(node), rim) for node, rim in rims.items()}

    # ---- edges

    @cached_property
    def lines(self) -> dict[Edge, tuple[Point, ...]]:
        """Each edge from rim to rim, level where it passes a rank."""
        return {edge: self._line(path) for edge, path in self.layered.paths.items()}  # type: ignore[misc]

    def _line(self, path: tuple[Hashable, ...]) -> tuple[Point, ...]:
        start, *bends, end = path
        first, last = self.nodes[start], self.nodes[end]  # type: ignore[index]
        turns = [(x + side * half, self.places[bend][1]) for bend in bends for x, half in [self._column(bend)] for side in (-1, 1)]
        towards = [*turns, last.centre][0], [first.centre, *turns][-1]
        return (first.rim(towards[0]), *turns, last.rim(towards[1]))

    def _column(self, bend: Hashable) -> tuple[float, float]:
        assert isinstance(bend, Bend)
        return self.columns[bend.rank]

    def routes_on(self, edge: Edge) -> tuple[int, ...]:
        """The routes that run along an edge, by their number."""
        return tuple(place for place, route in enumerate(self.routes) if edge in route)

    @cached_property
    def tags(self) -> dict[Edge, Tag]:
        """The numbers on each edge: forward above, backward below; where there is no room for all, those on the paths."""
        if not self.readings.forward:
            return {}
        return self._placed(list(self.lines)) or self._placed([edge for edge in self.lines if self.routes_on(edge)]) or {}

    def _placed(self, edges: list[Edge]) -> dict[Edge, Tag] | None:
        tags = {edge: Tag((0.0, 0.0), self._numbers(edge), TINY) for edge in edges}
        pieces = {edge: max(pairwise(self.lines[edge]), key=lambda piece: piece[1][0] - piece[0][0]) for edge in edges}
        wanted = {edge: Named(*pieces[edge], 2 * tag.box.right + 2, 2 * tag.box.top, 0.45) for edge, tag in tags.items()}
        places = placed(wanted, [pill.box for pill in self.nodes.values()])
        return None if places is None else {edge: Tag(places[edge], tag.lines, TINY) for edge, tag in tags.items()}

    def _numbers(self, edge: Edge) -> tuple[Formula, ...]:
        numbers = [self.readings.forward[edge[0]], *([self.readings.along[edge]] if edge in self.readings.along else [])]
        return tuple(self.board.inside(self.board.number(number), SUM) for number in numbers)

    @cached_property
    def results(self) -> dict[Symbol, Tag]:
        """The numbers of what nothing reads, to its right."""
        ends = [node for node in self.shown if node in self.readings.forward and not any(node == edge[0] for edge in self.lines)]
        found = {}
        for node in ends:
            numbers = [table[node] for table in (self.readings.forward, self.readings.backward) if node in table]
            lines = tuple(self.board.inside(self.board.number(number), SUM) for number in numbers)
            width = max(size_of(line, TINY)[0] for line in lines)
            found[node] = Tag((self.nodes[node].box.right + 4 + width / 2, self.places[node][1]), lines, TINY)
        return found


def _fits(formula: Formula) -> bool:
    """Can a picture set the expression, and is it short?"""
    try:
        mathtext(formula)
    except DeriveError:
        return False
    return size_of(formula, TINY)[0] <= WIDEST


def marks(drawing: Drawing, lit: Collection[Edge] = ()) -> Iterator[Mark]:
    """All marks in the order in which they are drawn: what is lit, faint edges, coloured ones, nodes, names, numbers."""
    lines = {edge: rounded(points) for edge, points in drawing.lines.items()}
    yield from (Stroke(points, LIT) for edge, points in lines.items() if edge in lit)
    yield from (Stroke(points, PLAIN, head=True) for edge, points in lines.items() if not drawing.routes_on(edge))
    for edge, points in lines.items():
        yield from coloured(points, drawing.routes_on(edge))
    for node, pill in drawing.nodes.items():
        yield from (pill, *_node(drawing, node, pill.centre))
    for tag in (*drawing.tags.values(), *drawing.results.values()):
        yield from tag.labels((INK, BACKWARD), halo=True)


def _node(drawing: Drawing, node: Symbol, centre: Point) -> Iterator[Label]:
    """The name of a node, and below it its expression."""
    below = drawing.expressions.get(node)
    yield Label((centre[0], centre[1] + (NAME_UP if below else 0.0)), drawing.names[node], TEXT, INK, bold=node in drawing.wrt)
    if below is not None:
        yield Label((centre[0], centre[1] - EXPRESSION_DOWN), below, TINY, FAINT)
