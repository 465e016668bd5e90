"""Pictures over a plane: a loss over two weights with the ways of some optimizers, the outputs of a network, unit balls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import cos, inf, pi, sin
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from derive.errors import DeriveError
from derive.graph import Graph
from derive.network import Network
from numeric.compiling import compile_gradient

from ..document import Figure
from ..formula import Fence, Formula, Name, Number, Relation, Script, Word, row
from ..notation import NOTATIONS, Board, Notation
from .charts import Area, Axis, Chart, Curve, Levels, Plotted, Rule, Spot, chart_picture, rows_of
from .sampling import steps as grid_steps
from .scene import Point
from .style import INK, SERIES, Line
from .wording import Locale, english, sentence

if TYPE_CHECKING:
    from numeric.optimizers import Optimizer

__all__ = ["balls", "decision", "descent"]

Frame = tuple[tuple[float, float], tuple[float, float]]  # the limits across and up

GRID = 80  # steps of a grid in each direction
LEVELS = 14
MANY = 30  # samples, from which on their marks are small
MOST_DOTS = 60  # steps of a way, up to which each has a dot
MARGIN = 0.15  # around what is shown, as a part of its size


# ---- a loss over two weights


def descent(
    graph: Graph,
    of: str | Symbol,
    wrt: Sequence[str | Symbol],
    optimizers: Mapping[str, Optimizer],
    *,
    start: tuple[float, float],
    at: Mapping[Any, Any] | Sequence[Mapping[Any, Any]] = (),
    steps: int = 30,
    notation: Notation = NOTATIONS["net-out"],
    words: Locale | None = None,
) -> Figure:
    """The figure of a result over two givens, as lines of equal value, with the way down that each optimizer takes.

    wrt names the two givens, start is where every way begins, at has the values of the others; where it is several
    points, such as the samples of a batch, the picture is of the mean over them. Raises DeriveError for other than two
    givens, for more than six optimizers, and where a way leaves the numbers.
    """
    names = [graph.node(one) for one in wrt]
    if len(names) != 2 or len(optimizers) > len(SERIES):
        raise DeriveError(f"wrt={[str(one) for one in names]} and {len(optimizers)} optimizers; a picture has two givens and at most {len(SERIES)} optimizers")
    surface = _surface(graph, of, names, [at] if isinstance(at, Mapping) else list(at) or [{}])
    ways = {name: _way(optimizer, lambda x, y: surface(x, y)[1], start, steps) for name, optimizer in optimizers.items()}
    frame = _frame([point for way in ways.values() for point in way] or [start])
    marks: list[Plotted] = [_levels(surface, frame)]
    marks += [Curve(way, line, Word(name), dots=steps <= MOST_DOTS) for (name, way), line in zip(ways.items(), SERIES, strict=False)]
    marks.append(Spot(start))
    board, told = Board.of(graph, notation), words or english()
    chart = Chart(Axis(board.name(names[0]), *frame[0]), Axis(board.name(names[1]), *frame[1]), tuple(marks))
    said = "; ".join(f"{name}: ({told.comma.join(told.number(one, 3) for one in way[-1])})" for name, way in ways.items())
    alt = sentence(told, "figure.descent", of=str(of), wrt=" × ".join(one.name for one in names), steps=steps, ends=said)
    return chart_picture(f"descent-{of}", [chart], alt, 230.0)


def _surface(graph: Graph, of: str | Symbol, names: Sequence[Symbol], points: Sequence[Mapping[Any, Any]]) -> Callable[[Any, Any], tuple[Any, list[Any]]]:
    """The mean of the result over the points, and its two slopes, as a function of the two givens: floats or arrays."""
    compiled = compile_gradient(graph, of, names)
    fixed = [{(key.name if isinstance(key, Symbol) else key): float(value) for key, value in point.items()} for point in points]

    def surface(x: Any, y: Any) -> tuple[Any, list[Any]]:
        found = [compiled({**one, names[0].name: x, names[1].name: y}) for one in fixed]
        return sum(value for value, _ in found) / len(found), [sum(slopes[name.name] for _, slopes in found) / len(found) for name in names]

    return surface


def _way(optimizer: Optimizer, gradient: Any, start: tuple[float, float], count: int) -> tuple[Point, ...]:
    """The points that an optimizer passes, the start among them."""
    import numpy as np

    theta = np.array(start, dtype=float)
    states = [np.zeros(2) for _ in optimizer.states]
    points: list[Point] = [(float(theta[0]), float(theta[1]))]
    for number in range(1, count + 1):
        theta, *states = optimizer.step(theta, np.array(gradient(*theta.tolist())), number, optimizer.rate, *states)
        if not np.isfinite(theta).all() or np.abs(theta).max() > 1e6:
            raise DeriveError(f"{optimizer} leaves the picture in step {number}; a smaller rate may help")
        points.append((float(theta[0]), float(theta[1])))
    return tuple(points)


def _frame(points: Iterable[Point]) -> Frame:
    """The limits that show all points and the origin, with a margin."""
    across, up = ([*values, 0.0] for values in zip(*points, strict=True))
    limits = []
    for values in (across, up):
        low, high = min(values), max(values)
        room = MARGIN * (high - low) or 1.0
        limits.append((low - room, high + room))
    return limits[0], limits[1]


def _levels(surface: Any, frame: Frame) -> Levels:
    """Lines of equal value, dense where the surface is low: between quantiles of the values on the grid."""
    import numpy as np

    across, up = (np.array(grid_steps(low, high, GRID)) for low, high in frame)
    values, _ = surface(across[None, :], up[:, None])
    heights = np.unique(np.quantile(values, np.linspace(0.02, 0.95, LEVELS)))
    return Levels(tuple(across.tolist()), tuple(up.tolist()), rows_of(values), tuple(heights.tolist()))


# ---- what a network answers


def decision(
    net: Network,
    thetas: Mapping[str, Any],
    inputs: Any,
    targets: Any,
    *,
    notation: Notation = NOTATIONS["net-out"],
    words: Locale | None = None,
) -> Figure:
    """The figure of the first output of a network over its two inputs, one panel for each theta by title, such as before and after.

    The line is where the output is 1/2; samples, inputs of shape (N, 2) and targets (N, n_out), are full where their
    first target is above 1/2. Raises DeriveError for a network that has not two inputs, and for more than three panels.
    """
    if len(net.inputs) != 2:
        raise DeriveError(f"this network has {len(net.inputs)} inputs; a plane shows two, such as those of Network(2, 3, 1)")
    if not 1 <= len(thetas) <= 3:
        raise DeriveError(f"there are {len(thetas)} sets of parameters; a picture has 1 to 3 panels")
    samples = [((float(one[0]), float(one[1])), float(target[0]) > 0.5) for one, target in zip(inputs, targets, strict=True)]
    frame = _frame([point for point, _ in samples])
    spots = [Spot(point, open=not full, small=len(samples) > MANY) for point, full in samples]
    board, told = Board.of(net.graph, notation), words or english()
    across, up = (Axis(board.name(name), *limits) for name, limits in zip(net.inputs, frame, strict=True))
    output = net.outs(net.layers[-1])[0]
    answers = {title: _answers(net, output, theta, frame, board.name(output)) for title, theta in thetas.items()}
    charts = [Chart(across, up, (*marks, *spots), title=Word(title)) for title, marks in answers.items()]
    alt = sentence(told, "figure.decision", count=len(samples), panels=", ".join(thetas))
    return chart_picture("decision", charts, alt, 170.0 if len(charts) > 1 else 230.0)


def _answers(net: Network, output: Symbol, theta: Any, frame: Frame, name: Formula) -> tuple[Area, Levels]:
    import numpy as np

    across, up = (np.array(grid_steps(low, high, GRID)) for low, high in frame)
    fixed = {name: float(value) for name, value in net.named(theta).items()} | {one.name: 0.0 for one in net.targets}
    compiled = compile_gradient(net.graph, output, [net.inputs[0]])
    values, _ = compiled({**fixed, net.inputs[0].name: across[None, :], net.inputs[1].name: up[:, None]})
    grid = tuple(across.tolist()), tuple(up.tolist()), rows_of(values)
    return Area(*grid, 0.0, 1.0, name), Levels(*grid, (0.5,), Line(INK, 1.2))


# ---- distances


def balls(powers: Sequence[float] = (1, 2, inf), *, words: Locale | None = None) -> Figure:
    """The figure of the points at distance 1 from the origin, by the norm of each power: (|x|^p + |y|^p)^(1/p) = 1.

    powers are from 1 to infinity, where the norm is the larger of |x| and |y|. Raises DeriveError for others.
    """
    if not powers or len(powers) > len(SERIES) or not all(power >= 1 for power in powers):
        raise DeriveError(f"powers={list(powers)!r}; give 1 to {len(SERIES)} numbers from 1 to infinity, such as (1, 2, inf)")
    marks: list[Plotted] = [Rule(0.0), Rule(0.0, upright=False)]
    marks += [Curve(_ball(float(power)), line, _norm(float(power))) for power, line in zip(powers, SERIES, strict=False)]
    limits, ticks = (-1.25, 1.25), (-1.0, 0.0, 1.0)
    chart = Chart(Axis(Name("x"), *limits, ticks=ticks), Axis(Name("y"), *limits, ticks=ticks), tuple(marks), equal=True)
    told = words or english()
    said = sentence(told, "figure.balls", powers=told.comma.join(told.number(float(power)) for power in powers))
    return chart_picture("unit-balls", [chart], said, 230.0)


def _ball(power: float) -> tuple[Point, ...]:
    angles = [2 * pi * step / 360 for step in range(361)]
    directions = [(cos(angle), sin(angle)) for angle in angles]
    return tuple((x / length, y / length) for x, y in directions for length in [_length(x, y, power)])


def _length(x: float, y: float, power: float) -> float:
    return max(abs(x), abs(y)) if power == inf else (abs(x) ** power + abs(y) ** power) ** (1 / power)


def _norm(power: float) -> Formula:
    index = Name("∞") if power == inf else Number(f"{power:g}")
    return row(Script(Fence(row(Name("x"), Relation(","), Name("y")), "‖", "‖"), index), Relation("="), Number("1"))
