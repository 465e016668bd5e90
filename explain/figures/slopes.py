"""Pictures of one function and its slope: an activation, a loss along one weight with its tangent, secants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sympy import Symbol

from derive.activations import Activation
from derive.activations import activation as activation_named
from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.steps import Derivation

from ..document import Figure
from ..formula import Formula, Fraction, Name, Prefix, Relation, row
from ..notation import NOTATIONS, SUM, Board, Notation
from .charts import Axis, Chart, Curve, Plotted, Rule, Spot, chart_picture
from .sampling import BESIDE, Function, of_one, sampled, start_of
from .scene import Point
from .style import PATHS, Line
from .wording import Locale, english, sentence

__all__ = ["activation", "secants", "tangent"]

Z, Y = Symbol("z"), Symbol("y")
REACH = 5.0  # of an activation's argument, to both sides


# ---- an activation


def activation(name: str | Activation, *, notation: Notation = NOTATIONS["net-out"], words: Locale | None = None) -> Figure:
    """The figure of an activation y = f(z) and its derivative, its kinks and its largest slope marked."""
    record = activation_named(name) if isinstance(name, str) else name
    function = of_one(Graph([Z], [Definition(Y, record.function(Z))]), Y, Z)
    kinks = sorted(float(kink) for kink in record.kinks)
    board, steepest = Board(notation), _steepest(function, kinks)
    names = row(Name("y"), Relation("="), board.formula(record.function(Z))), Fraction(row(Prefix("d"), Name("y")), row(Prefix("d"), Name("z")))
    values = sampled(lambda z: function(z)[0], -REACH, REACH)
    slopes = sampled(lambda z: function(z)[1], -REACH, REACH, kinks)
    marks: list[Plotted] = [Rule(0.0), Rule(0.0, upright=False), *_curves(values, PATHS[0], names[0]), *_curves(slopes, PATHS[1], names[1])]
    marks += [spot for kink in kinks for spot in _jump(function, kink)]
    if steepest is not None:
        marks.append(Spot(steepest, _number(board, steepest[1]), PATHS[1].colour, away=(5.0, 3.0)))
    chart = Chart(Axis(Name("z"), -REACH, REACH), Axis(), tuple(marks))
    return chart_picture(f"activation-{record.name}", [chart], _activation_alt(record, kinks, steepest, words or english()))


def _activation_alt(record: Activation, kinks: list[float], steepest: Point | None, words: Locale) -> str:
    said = [sentence(words, "figure.activation", name=record.name, low=float(-REACH), high=float(REACH))]
    said += [sentence(words, "figure.activation.kink", at=float(kink)) for kink in kinks]
    if steepest is not None:
        said.append(sentence(words, "figure.activation.steepest", slope=float(steepest[1]), at=float(steepest[0])))
    return " ".join(said)


def _jump(function: Function, kink: float) -> Iterator[Spot]:
    """At a kink, the slopes on both sides, and the one that is declared."""
    sides = [function(kink + side)[1] for side in (-BESIDE, BESIDE)]
    value, declared = function(kink)
    yield Spot((kink, value), None, PATHS[0].colour)
    yield from (Spot((kink, slope), None, PATHS[1].colour, open=True) for slope in sides if abs(slope - declared) > 1e-6)
    yield Spot((kink, declared), None, PATHS[1].colour)


def _steepest(function: Function, kinks: list[float]) -> Point | None:
    """Where the slope is largest, if it is so in one place only and not at a kink or at an end."""
    points = [point for line in sampled(lambda z: function(z)[1], -REACH, REACH, kinks) for point in line]
    z, slope = max(points, key=lambda point: point[1])
    others = [point for point in points if point[1] > slope - 1e-6 and abs(point[0] - z) > 0.1]
    if others or abs(z) > REACH - 0.1 or any(abs(z - kink) < 0.1 for kink in kinks):
        return None
    return _peak(function, z)


def _peak(function: Function, z: float) -> Point:
    """The maximum of the slope near z, by thirds."""
    low, high = z - 0.1, z + 0.1
    for _ in range(60):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        low, high = (one, high) if function(one)[1] < function(other)[1] else (low, other)
    peak = round((low + high) / 2, 4) + 0.0
    return peak, function(peak)[1]


# ---- a loss along one weight


def tangent(
    derivation: Derivation, at: Mapping[Any, Any], *, reach: float = 3.0, notation: Notation = NOTATIONS["net-out"], words: Locale | None = None
) -> Figure:
    """The figure of a result along one given, the others held at ``at``, with the tangent whose slope the derivation gives.

    reach is how far the curve goes to both sides. Raises DeriveError for a variable that is computed, and for missing values.
    """
    graph, of, wrt = derivation.graph, _symbol(derivation), derivation.claim.wrt
    function, x = of_one(graph, of, wrt, at), start_of(derivation, at)
    value, slope = function(x)
    board = Board.of(graph, notation)
    curve = sampled(lambda w: function(w)[0], x - reach, x + reach)
    line = _line((x, value), slope, x - 0.6 * reach, x + 0.6 * reach)
    shown = row(board.claim(derivation.claim), Relation("="), _number(board, slope))
    marks = (*_curves(curve, PATHS[0], board.name(of)), Curve(line, PATHS[1], shown), Spot((x, value)))
    chart = Chart(Axis(board.name(wrt), x - reach, x + reach), Axis(board.name(of)), marks)
    alt = sentence(words or english(), "figure.tangent", of=of.name, wrt=wrt.name, at=float(x), slope=float(slope))
    return chart_picture(f"tangent-{of.name}-{wrt.name}", [chart], alt)


def secants(
    derivation: Derivation,
    at: Mapping[Any, Any],
    *,
    steps: Sequence[float] = (2.0, 1.0, 0.5),
    notation: Notation = NOTATIONS["net-out"],
    words: Locale | None = None,
) -> Figure:
    """The figure of secants through a point and another one ever nearer, turning into the tangent.

    steps are the distances h to the second points. Raises DeriveError for a step that is not positive, and as ``tangent``.
    """
    if not steps or not all(0 < step < float("inf") for step in steps):
        raise DeriveError(f"steps={list(steps)!r}; give positive distances, such as (2, 1, 0.5)")
    graph, of, wrt = derivation.graph, _symbol(derivation), derivation.claim.wrt
    function, x = of_one(graph, of, wrt, at), start_of(derivation, at)
    value, slope = function(x)
    board, reach = Board.of(graph, notation), 1.25 * max(steps)
    low, high = x - 0.4 * reach, x + reach
    marks: list[Plotted] = [*_curves(sampled(lambda w: function(w)[0], low, high), PATHS[0], board.name(of))]
    for step, look in zip(sorted(steps, reverse=True), _fading(len(steps)), strict=True):
        other = function(x + step)[0]
        inclined = (other - value) / step
        name = row(_change(board, of, wrt), Relation("="), _number(board, inclined), Relation(","), Name("h"), Relation("="), _number(board, step))
        marks += [Curve(_line((x, value), inclined, low, high), look, name), Spot((x + step, other), None, look.colour)]
    marks += [Curve(_line((x, value), slope, low, high), PATHS[1], row(board.claim(derivation.claim), Relation("="), _number(board, slope))), Spot((x, value))]
    chart = Chart(Axis(board.name(wrt), low, high), Axis(board.name(of)), tuple(marks))
    alt = sentence(words or english(), "figure.secants", of=of.name, wrt=wrt.name, at=float(x), slope=float(slope))
    return chart_picture(f"secants-{of.name}-{wrt.name}", [chart], alt)


def _change(board: Board, of: Symbol, wrt: Symbol) -> Formula:
    """The slope of a secant: a quotient of differences."""
    return Fraction(row(Prefix("Δ"), board.name(of)), row(Prefix("Δ"), board.name(wrt)))


def _symbol(derivation: Derivation) -> Symbol:
    return derivation.graph.node(str(derivation.claim.of))


def _line(at: Point, slope: float, low: float, high: float) -> tuple[Point, Point]:
    return (low, at[1] + slope * (low - at[0])), (high, at[1] + slope * (high - at[0]))


def _fading(count: int) -> list[Line]:
    """Lines from faint to dark, with ever longer dashes."""
    greys = [round(0xB0 - (0xB0 - 0x40) * place / max(count - 1, 1)) for place in range(count)]
    return [Line(f"#{grey:02x}{grey:02x}{grey:02x}", 0.9, (2.0 + 2.0 * place, 1.5)) for place, grey in enumerate(greys)]


def _curves(lines: Sequence[tuple[Point, ...]], look: Line, name: Formula | None) -> Iterator[Curve]:
    """The pieces of one curve; the first has the name."""
    yield from (Curve(line, look, None if place else name) for place, line in enumerate(lines))


def _number(board: Board, value: float) -> Formula:
    return board.inside(board.number(value), SUM)
