"""The picture of a layered network: inputs left, outputs right, the loss at the far right, the paths of one symbol coloured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Symbol

from derive.graph import Graph
from derive.network import Network
from derive.steps import Derivation

from ..document import Figure
from ..notation import NOTATIONS, Board, Notation
from .canvas import picture
from .layouts import Layout
from .plans import Plan, Unit, plan
from .readings import readings
from .routes import Edge, routes
from .scene import Label, Mark, Pill, Point, Stroke, Tag, framed
from .strokes import coloured
from .style import BACKWARD, FAINT, INK, LIT, PATHS, PLAIN, TEXT, Line
from .tags import TAIL, Tags
from .wording import Locale, english, paths_in_words, sentence

if TYPE_CHECKING:
    from numeric.values import Numbers

__all__ = ["network"]

DOT, DOTS = 0.9, 5.0  # the radius and the distance of the dots for units that are left out


def network(
    net: Network | Graph,
    derivation: Derivation | None = None,
    *,
    values: Numbers | Iterable[Numbers] | None = None,
    labels: Mapping[str, str] | None = None,
    notation: Notation = NOTATIONS["net-out"],
    words: Locale | None = None,
    lit: Sequence[Edge] = (),
) -> Figure:
    """The figure of a network, or of a graph with the roles of one; with a derivation, its paths are coloured.

    Where the way forks into two, each branch has its own colour and dash. Of a wide layer the first units, the
    last and those of the derivation's variable are shown. values are the numbers of one or several derivations: each
    symbol gets its value, and below it the derivative of the loss by it where that is among them. labels are display
    texts by name, words the language of the description; lit are edges of the graph to be highlighted. Raises DeriveError for a graph without roles and, when
    it is drawn, for a label that no installed font can set.
    """
    wrt = derivation.claim.wrt if derivation else None
    shown = plan(net, derivation.graph.roles.get(wrt) if derivation and wrt else None)
    board = Board(notation, shown.roles, labels=labels or {})
    layout = Layout(shown, board, routes(derivation) if derivation else (), wrt, values is not None)
    stem = "-".join(["network", *map(str, shown.sizes), *([wrt.name] if wrt else [])])
    scene = framed(marks(Tags(layout, readings(values, shown.loss)), lit))
    return picture(stem, scene, _alt(shown, derivation, values is not None, words or english()))


def _alt(shown: Plan, derivation: Derivation | None, valued: bool, words: Locale) -> str:
    said = [sentence(words, "figure.network", sizes=", ".join(map(str, shown.sizes)))]
    if derivation is not None:
        said.append(paths_in_words(derivation, words))
    if valued:
        said.append(sentence(words, "figure.network.values", of=str(shown.loss)))
    return " ".join(said)


def marks(tags: Tags, lit: Sequence[Edge] = ()) -> Iterator[Mark]:
    """All marks in the order in which they are drawn: what is lit, faint lines, coloured ones, units, names."""
    layout = tags.layout
    colours = {key: layout.colours(key) for key in layout.lines}
    yield from _lit(tags, lit)
    yield from (Stroke(layout.lines[key], PLAIN) for key, routes in colours.items() if not routes)
    yield from (dot for place in layout.ellipses for dot in _ellipsis(place))
    yield from (stroke for key, routes in colours.items() for stroke in coloured(layout.lines[key], routes))
    yield from _bows(tags)
    yield from _biases(tags)
    yield from _target(layout)
    yield from _units(tags, lit)
    yield from (label for link, tag in tags.links.items() for label in _toned(layout, tag, layout.plan.links[link], bool(colours[link]), halo=True))


def _lit(tags: Tags, lit: Sequence[Edge]) -> Iterator[Stroke]:
    layout = tags.layout
    yield from (Stroke(layout.lines[key], LIT) for key in layout.lines if not layout.drawn_by(key).isdisjoint(lit))
    yield from (Stroke(points, LIT) for edge, points in tags.bows.items() if edge in lit)
    yield from (Stroke(_tail(tags, unit), LIT) for unit in tags.biases if (layout.plan.biases[unit], layout.plan.nets[unit]) in lit)


def _bows(tags: Tags) -> Iterator[Stroke]:
    for edge, points in tags.bows.items():
        routes = tags.layout.numbers({edge})
        yield Stroke(points, PATHS[routes[0]] if routes else PLAIN, head=bool(routes))


def _ellipsis(place: Point) -> Iterator[Pill]:
    yield from (Pill((place[0], place[1] + step * DOTS), DOT, DOT, Line(FAINT, 0.1), FAINT) for step in (1, 0, -1))


def _biases(tags: Tags) -> Iterator[Mark]:
    layout = tags.layout
    for unit, tag in tags.biases.items():
        bias, ends = layout.plan.biases[unit], _tail(tags, unit)
        routes = layout.numbers({(bias, layout.plan.nets[unit])})
        yield from coloured(ends, routes) if routes else [Stroke(ends, PLAIN)]
        yield from _toned(layout, tag, bias, bool(routes))


def _tail(tags: Tags, unit: Unit) -> tuple[Point, ...]:
    """From the name of a bias to its unit."""
    tag, box = tags.biases[unit], tags.layout.units[unit].box
    foot, away = (box.top, TAIL) if tag.at[1] > box.top else (box.bottom, -TAIL)
    return (tag.at[0], foot + away), (tag.at[0], foot)


def _target(layout: Layout) -> Iterator[Mark]:
    """A target is shown where it is the variable: above the loss that reads it."""
    loss, target = layout.plan.loss, layout.wrt
    if layout.loss is None or loss is None or target is None or target not in layout.plan.targets.values():
        return
    middle, top = layout.loss.box.head
    yield from coloured(((middle, top + 2 * TAIL), (middle, top)), layout.numbers({(target, loss)}))
    yield Label((middle, top + 2 * TAIL + TEXT / 2), layout.board.name(target), bold=True)


def _units(tags: Tags, lit: Sequence[Edge] = ()) -> Iterator[Mark]:
    layout = tags.layout
    for unit, pill in layout.units.items():
        yield replace(pill, fill=LIT.colour) if (layout.plan.nets.get(unit), layout.plan.outs[unit]) in lit else pill
        own = {layout.plan.outs[unit], layout.plan.nets.get(unit)}
        seen = layout.wrt is None or not own.isdisjoint(layout.on_routes)
        yield Label(pill.centre, layout.unit_name(unit), TEXT, INK if seen else FAINT, bold=layout.wrt is not None and layout.wrt in own)
    if layout.loss is not None:
        yield layout.loss
        yield Label(layout.loss.centre, layout.loss_name)
    for tag in (*tags.units.values(), *([tags.loss] if tags.loss else [])):
        yield from tag.labels((INK, BACKWARD))


def _toned(layout: Layout, tag: Tag, symbol: Symbol, on_route: bool, halo: bool = False) -> Iterator[Label]:
    """The tag as labels: the symbol in question bold, what is off its paths faint, what comes back in its own colour."""
    first = INK if on_route or layout.wrt is None else FAINT
    yield from tag.labels((first, BACKWARD), bold=symbol == layout.wrt, halo=halo)
