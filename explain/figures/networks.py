"""The picture of a layered network: inputs left, outputs right, the loss at the far right, the paths of one symbol coloured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import hypot

from sympy import Symbol

from derive.graph import Graph
from derive.network import Network
from derive.steps import Derivation

from ..document import Figure
from ..notation import NOTATIONS, Board, Notation
from .canvas import picture
from .layouts import TAIL, Layout
from .plans import Plan, plan
from .routes import routes
from .scene import Label, Mark, Pill, Point, Stroke, framed
from .style import FAINT, INK, PATHS, PLAIN, TEXT, Line
from .wording import Locale, english, sentence

__all__ = ["network"]

APART = 1.6  # of a route from the middle of a line that two of them share
DOT, DOTS = 0.9, 5.0  # the radius and the distance of the dots for units that are left out


def network(
    net: Network | Graph,
    derivation: Derivation | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    notation: Notation = NOTATIONS["net-out"],
    words: Locale | None = None,
) -> Figure:
    """The figure of a network, or of a graph with the roles of one; with a derivation, its paths are coloured.

    Where the way forks into two, each branch has its own colour and dash. Of a wide layer the first units, the
    last and those of the derivation's variable are shown. labels are display texts by name, words the language of the
    description. Raises DeriveError for a graph without roles and, when it is drawn, for a label that no installed
    font can set.
    """
    wrt = derivation.claim.wrt if derivation else None
    shown = plan(net, derivation.graph.roles.get(wrt) if derivation and wrt else None)
    layout = Layout(shown, Board(notation, shown.roles, labels=labels or {}), routes(derivation) if derivation else (), wrt)
    stem = "-".join(["network", *map(str, shown.sizes), *([wrt.name] if wrt else [])])
    return picture(stem, framed(marks(layout)), _alt(shown, derivation, words or english()))


def _alt(shown: Plan, derivation: Derivation | None, words: Locale) -> str:
    text = sentence(words, "figure.network", sizes=", ".join(map(str, shown.sizes)))
    if derivation is None:
        return text
    wrt, of, count = str(derivation.claim.wrt), str(derivation.claim.of), derivation.path_count
    few = "; ".join(" → ".join(map(str, path)) for path in derivation.paths) if count <= len(PATHS) else ""
    key = "figure.network.none" if count == 0 else "figure.network.few" if few else "figure.network.many"
    return f"{text} {sentence(words, key, paths=few, count=str(count), wrt=wrt, of=of)}"


def marks(layout: Layout) -> Iterator[Mark]:
    """All marks in the order in which they are drawn: faint lines, coloured ones, units, names."""
    colours = {key: layout.colours(key) for key in layout.lines}
    yield from (Stroke(layout.lines[key], PLAIN) for key, routes in colours.items() if not routes)
    yield from (dot for place in layout.ellipses for dot in _ellipsis(place))
    yield from (stroke for key, routes in colours.items() for stroke in _coloured(layout.lines[key], routes))
    yield from _bows(layout)
    yield from _biases(layout)
    yield from _targets(layout)
    yield from _units(layout)
    yield from (_toned(layout, label, layout.plan.links[link], bool(colours[link])) for link, label in layout.link_labels.items())


def _coloured(ends: tuple[Point, Point], routes: tuple[int, ...]) -> Iterator[Stroke]:
    for route, side in zip(routes, (0.0,) if len(routes) == 1 else (APART, -APART), strict=False):
        yield Stroke(_beside(ends, side), PATHS[route], head=True)


def _bows(layout: Layout) -> Iterator[Stroke]:
    for edge, points in layout.bows.items():
        routes = layout.numbers({edge})
        yield Stroke(points, PATHS[routes[0]] if routes else PLAIN, head=bool(routes))


def _beside(ends: tuple[Point, Point], side: float) -> tuple[Point, Point]:
    """The line moved sideways, to the left where ``side`` is positive."""
    (x, y), (end_x, end_y) = ends
    length = hypot(end_x - x, end_y - y)
    across, up = -side * (end_y - y) / length, side * (end_x - x) / length
    return (x + across, y + up), (end_x + across, end_y + up)


def _ellipsis(place: Point) -> Iterator[Pill]:
    yield from (Pill((place[0], place[1] + step * DOTS), DOT, DOT, Line(FAINT, 0.1), FAINT) for step in (1, 0, -1))


def _biases(layout: Layout) -> Iterator[Mark]:
    for unit, label in layout.bias_labels.items():
        bias, foot = layout.plan.biases[unit], layout.units[unit].box.bottom
        routes = layout.numbers({(bias, layout.plan.nets[unit])})
        ends = ((label.at[0], foot - TAIL), (label.at[0], foot))
        yield from _coloured(ends, routes) if routes else [Stroke(ends, PLAIN)]
        yield _toned(layout, label, bias, bool(routes))


def _targets(layout: Layout) -> Iterator[Mark]:
    """A target is shown where it is the variable: above the loss that reads it."""
    loss, target = layout.plan.loss, layout.wrt
    if layout.loss is None or loss is None or target is None or target not in layout.plan.targets.values():
        return
    middle, top = layout.loss.box.head
    yield from _coloured(((middle, top + 2 * TAIL), (middle, top)), layout.numbers({(target, loss)}))
    yield _toned(layout, Label((middle, top + 2 * TAIL + TEXT / 2), layout.board.name(target)), target, True)


def _units(layout: Layout) -> Iterator[Mark]:
    for unit, pill in layout.units.items():
        yield pill
        own = {layout.plan.outs[unit], layout.plan.nets.get(unit)}
        seen = layout.wrt is None or not own.isdisjoint(layout.on_routes)
        yield Label(pill.centre, layout.unit_name(unit), TEXT, INK if seen else FAINT, bold=layout.wrt is not None and layout.wrt in own)
    if layout.loss is not None:
        yield layout.loss
        yield Label(layout.loss.centre, layout.loss_name)


def _toned(layout: Layout, label: Label, symbol: Symbol, on_route: bool) -> Label:
    """The label as it is told: the symbol in question bold, what is off its paths faint."""
    return replace(label, bold=symbol == layout.wrt, colour=INK if on_route or layout.wrt is None else FAINT)
