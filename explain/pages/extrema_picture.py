"""The picture of a function with its local extrema marked."""

from __future__ import annotations

from derive.analysis.extrema import Place, Variation
from derive.steps import Derivation

from ..boards.pieces import SUM
from ..document import Figure
from ..figures.charts import Axis, Chart, Curve, Plotted, Rule, Spot, chart_picture
from ..figures.sampling import Line, of_one, sampled
from ..figures.style import PATHS
from ..figures.wording import Locale, sentence
from ..formula import Fence, Formula, Relation, row
from ..notation import Board

__all__ = ["drawn"]

BEYOND = 0.6  # of the distance between the outermost points
LEAST = 2.0
TALL = 1.2  # of the heights of the points, above and below them, where the curve goes to infinity


def drawn(derivation: Derivation, variation: Variation, board: Board, words: Locale) -> Figure:
    """The figure of the function of ``derivation``, its extrema with their coordinates, a line at each gap."""
    name, x = derivation.graph.definitions[0].symbol, derivation.claim.wrt
    low, high = _reach(variation)
    function = of_one(derivation.graph, name, x)
    gaps = [float(one.x) for one in variation.places if one.kind == "gap"]
    curve = sampled(lambda there: function(there)[0], low, high, gaps)
    marks: list[Plotted] = [Rule(0.0), Rule(0.0, upright=False), *(Rule(one) for one in gaps)]
    marks += [Curve(line, PATHS[0], None) for line in curve]
    marks += [_spot(one, board, low, high) for one in variation.places if one.value is not None]
    chart = Chart(Axis(board.name(x), low, high), _height(variation, curve, board.name(name)), tuple(marks))
    return chart_picture(f"extrema-{name}", [chart], _alt(variation, words, str(name)))


def _reach(variation: Variation) -> tuple[float, float]:
    """From where to where the function is drawn: all its points, and as much beyond them; no further than it was looked at."""
    places = [float(one.x) for one in variation.places] or [0.0]
    span = max(places[-1] - places[0], LEAST)
    ends = [float(end) for end in (variation.stretches[0].left, variation.stretches[-1].right)]
    return max(places[0] - BEYOND * span, ends[0]), min(places[-1] + BEYOND * span, ends[1])


def _height(variation: Variation, curve: list[Line], name: Formula) -> Axis:
    if not any(one.kind == "gap" for one in variation.places):
        return Axis(name)
    heights = sorted(y for line in curve for _, y in line)
    low, high = heights[len(heights) // 8], heights[-1 - len(heights) // 8]
    values = [float(one.value) for one in variation.places if one.value is not None]
    low, high = min(low, *values, high), max(high, *values, low)
    margin = TALL * (high - low) / 4 or 1.0
    return Axis(name, low - margin, high + margin)


def _spot(one: Place, board: Board, low: float, high: float) -> Spot:
    assert one.value is not None
    at = float(one.x), float(one.value)
    label = Fence(row(*(part for place, value in enumerate(at) for part in ([Relation(",")] if place else []) + [board.inside(board.number(value), SUM)])))
    up = -13.0 if one.kind == "minimum" else 6.0
    return Spot(at, label, PATHS[1].colour, away=(-5.0 if at[0] > (low + 2 * high) / 3 else 5.0, up))


def _alt(variation: Variation, words: Locale, name: str) -> str:
    said = [sentence(words, "figure.extrema", of=name)]
    for one in (*variation.minima, *variation.maxima):
        assert one.value is not None
        said.append(sentence(words, f"figure.extrema.{one.kind}", at=float(one.x), value=float(one.value)))
    return " ".join(said)
