"""Checks of whole gradients: every parameter of a network, or of any graph, beside its central difference at once.

``check_network`` takes a network layer by layer where it has plain layers (``layer_differences``), whatever its
size, and else the graph as a whole (``graph_differences``). ``NetworkCheck`` is the same, prepared once for many
points. What does not agree at first sight is looked at again with more care, so that a verdict is one of
``checking``: agrees, wrong, at a kink, or not resolvable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from mpmath import MPContext
from sympy import Symbol

from derive.errors import DeriveError, listed
from derive.graph import Graph
from derive.network import Network

from ..batches import array
from ..compiling import CompiledLoss, compile_gradient, loss_and_gradient
from ..exact.arbiter import Slope, settled_slope
from ..exact.definitions import Definitions
from ..points import point
from .array_slopes import ON, UNIT
from .batch_reports import BatchReport
from .common_causes import Whole
from .graph_differences import GraphDifferences
from .layer_differences import LayerDifferences
from .network_parts import differs_by_layer
from .readings import plain_number
from .sampled import Sampled
from .stencils import Difference
from .verdicts import CERTAIN, smoothed

__all__ = ["NetworkCheck", "check_graph", "check_network"]

SINGLE_UNIT = 2.0**-24
MOST_ARBITRATED = 5_000
MOST_ZEROS = 100  # how many entries that are 0, as their difference is, the arbiter looks at beside those in doubt
MOST_GROUPS = 64
NOTHING = 2.0**6  # how many units of rounding a computed slope may be where the true one is 0
ACCURATE = {UNIT: 2.0**-22, SINGLE_UNIT: 2.0**-10}  # what a gradient of such floats may be off by, relatively, beside the slope of the arbiter


def check_network(
    net: Network | CompiledLoss,
    theta: Any,
    inputs: Any,
    targets: Any,
    gradient: Any = None,
    masks: Any = None,
    form: str | None = None,
    exact: bool | Collection[str] = False,
) -> BatchReport:
    """Every partial derivative of the mean loss over a batch beside its central difference: a report by parameter.

    net is a network, or what ``loss_and_gradient`` made of one, whose gradient is checked unless another is given: flat, of
    the shape of theta, or by layer, {"W1": …, "b1": …}. The other arguments are those of ``loss_and_gradient``. form is
    "layers" or "whole"; by default layers where there are plain ones. exact: what floats leave open, or agrees to fewer than
    six digits, is judged by the arbiter, which takes some milliseconds for each: True for all parameters, or those of some
    names. So is a 0 beside a difference that may be one, where there are at most 100 such. Raises DeriveError for arrays that
    do not fit, and where more than 5,000 are in doubt.
    """
    return NetworkCheck(net, form)(theta, inputs, targets, gradient, masks, exact)


def check_graph(graph: Graph, of: str | Symbol, wrt: Iterable[str | Symbol], at: Mapping[Any, Any], gradient: Mapping[Any, Any] | None = None) -> BatchReport:
    """The partial derivatives of a node by many givens beside their central differences: a report by name.

    at has a number for every given. gradient is {name: number}; by default what ``compile_gradient`` makes is checked.
    """
    compiled = compile_gradient(graph, of, wrt)
    values = {one: float(value) for one, value in point(graph.givens, at, graph.by_symbol).items()}
    names = [one.name for one in compiled.wrt]
    found = compiled(values)[1] if gradient is None else _entries(gradient, names)
    differences = GraphDifferences(graph, compiled.of, compiled.wrt)
    return _as_a_whole(differences(values), np.array([float(found[name]) for name in names]), names)


def _entries(gradient: Any, names: Sequence[str]) -> dict[str, float]:
    """A gradient that someone brings, by name; what is in it may be any number, NaN as well."""
    if not isinstance(gradient, Mapping):
        raise DeriveError(f"gradient={str(gradient)[:60]!r} is no table by name, such as {{{names[0]!r}: 0.5}}")
    found = {str(key): plain_number(value) for key, value in gradient.items()}
    if set(found) != set(names):
        raise DeriveError(f"gradient has entries for {listed(found)}; asked are {listed(names)}")
    wrong = next((str(key) for key, value in gradient.items() if found[str(key)] is None), None)
    if wrong is not None:
        raise DeriveError(f"gradient[{wrong!r}] is {str(gradient[wrong])[:60]!r}; it must be one number")
    return found  # type: ignore[return-value]


class NetworkCheck:
    """The check of a network, prepared: call it with (theta, inputs, targets) as often as you like. See ``check_network``."""

    def __init__(self, net: Network | CompiledLoss, form: str | None = None) -> None:
        if not isinstance(net, CompiledLoss | Network):
            raise DeriveError(f"net={net!r:.80} is no Network, and not what loss_and_gradient makes of one")
        self.compiled = net if isinstance(net, CompiledLoss) else loss_and_gradient(net)
        self.net = self.compiled.net
        plain = differs_by_layer(self.net)
        if form not in (None, "layers", "whole") or (form == "layers" and not plain):
            reason = "; this network has more than plain layers: use 'whole'" if form == "layers" else "; it is 'layers' or 'whole'"
            raise DeriveError(f"form={form!r}{reason}")
        self.layers = LayerDifferences(self.net) if plain and form != "whole" else None

    @cached_property
    def whole(self) -> GraphDifferences:
        """The differences of the graph as a whole."""
        return GraphDifferences(self.net.graph, self.net.loss, self.net.parameters)

    def __call__(self, theta: Any, inputs: Any, targets: Any, gradient: Any = None, masks: Any = None, exact: bool | Collection[str] = False) -> BatchReport:
        """The report at one point."""
        if not isinstance(exact, bool | Collection):
            raise DeriveError(f"exact={exact!r}; it is True, False, or the names of the parameters that the arbiter looks at")
        theta, inputs, targets = self.compiled.fitting.checked(theta, inputs, targets)
        found = self.compiled(theta, inputs, targets, masks)[1] if gradient is None else self._given(gradient)
        unit = SINGLE_UNIT if theta.dtype.char == "f" or found.dtype.char == "f" else UNIT
        theta, inputs, targets, found = (one.astype(float, copy=False) for one in (theta, inputs, targets, found))
        if self.layers is None:
            function = self.whole(self._values(theta, inputs, targets, masks))
            report = _as_a_whole(function, found, [symbol.name for symbol in self.net.parameters], 16 * unit * np.abs(found), len(inputs))
        else:
            report = _by_layer(self.layers, found, (theta, inputs, targets), unit)
        if exact is False:
            return report
        named = None if exact is True else {report.place(name) for name in ([exact] if isinstance(exact, str) else exact)}
        places = [place for place in report.doubtful.tolist() if named is None or place in named]
        zeros = [place for place in report.zeros.tolist() if named is None or place in named]
        places += zeros if len(zeros) <= MOST_ZEROS else []
        return self._arbitrated(report, places, (theta, inputs, targets, masks), unit) if places else report

    def _arbitrated(self, report: BatchReport, places: Sequence[int], batch: tuple[Any, ...], unit: float) -> BatchReport:
        """The report with the slopes of the arbiter in these places, and the rounding of the gradient as their bound."""
        if len(places) > MOST_ARBITRATED:
            raise DeriveError(
                f"{len(places)} slopes are in doubt, and the arbiter judges at most {MOST_ARBITRATED} at a time; name some, such as {report.name(0)}"
            )
        known, count = report.differences, len(report)
        estimate, bound, h = (np.array(np.broadcast_to(part, count), float) for part in (known.estimate, known.bound, known.h))
        left, right = (np.array(np.broadcast_to(np.nan if side is None else side, count), float) for side in (known.left, known.right))
        exact, rounding = np.zeros(count, bool), self._rounding(unit, *batch)
        for place, slope in zip(places, self._slopes([report.name(place) for place in places], *batch), strict=True):
            if slope.right == slope.right:
                sides, exact[place], h[place] = (float(slope.left), float(slope.right)), True, float(slope.h)
                size = max(map(abs, sides))
                estimate[place], bound[place] = sum(sides) / 2, (ACCURATE[unit] * size if size else NOTHING * unit) + rounding[place]
                left[place], right[place] = sides if slope.left != slope.right else (np.nan, np.nan)
        settled = Difference(estimate, h, bound, left=left, right=right)
        return replace(report, differences=settled, settled=False, exact=exact, rounding=0.0, accuracy=None)

    def _slopes(self, names: Sequence[str], theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, masks: Any) -> Iterator[Slope]:
        """The slopes of the mean loss by these parameters, from the definitions of the graph, one by one."""
        graph, on = self.net.graph, MPContext()
        every = {one: np.broadcast_to(value, len(inputs)).tolist() for one, value in self._values(theta, inputs, targets, masks).items()}
        samples = [Definitions(graph, {one: row[place] for one, row in every.items()}, on) for place in range(len(inputs))]
        for name in names:
            losses = [one.moving(self.net.loss, graph.node(name)) for one in samples]
            try:
                yield settled_slope(lambda move, losses=losses: on.fsum(loss(move) for loss in losses) / len(losses), on, for_floats=True)
            except DeriveError:  # at a jump there is no slope; what floats said of it stays
                yield Slope(on.nan, on.nan)

    def _rounding(self, unit: float, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, masks: Any) -> np.ndarray:
        """What rounding may do to a gradient that is computed well.

        How far it moves when its arguments do by their last digit, and the last digits of what the samples add to it.
        """
        draw = np.random.default_rng(0)

        def gradient(move: float) -> np.ndarray:
            start, own = (one * (1 + move * draw.choice([-1, 1], one.shape)) for one in (theta, inputs))
            due = targets * (1 - move * draw.random(targets.shape))  # towards 0, so that none leaves what the loss takes
            return self.compiled(start, own, due, masks)[1]

        here = gradient(0)
        moved = np.max([np.abs(gradient(4 * unit) - here) for _ in range(3)], axis=0)
        return 16 * (moved + unit * self._added(theta, inputs, targets, masks))

    def _added(self, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, masks: Any) -> np.ndarray:
        """The sizes of what the samples, or groups of them where they are many, add to the gradient: they may cancel in it."""
        groups = np.array_split(np.arange(len(inputs)), min(len(inputs), MOST_GROUPS))
        shares = (self.compiled(theta, inputs[one], targets[one], None if masks is None else np.asarray(masks)[one])[1] * len(one) for one in groups)
        return sum(map(np.abs, shares), np.zeros(len(theta))) / len(inputs)

    def differences(self, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, masks: Any = None) -> Difference:
        """The differences alone, with care: shape (P,), left and right NaN where there is no kink."""
        if self.layers is not None:
            return self.layers.estimate(theta, inputs, targets, careful=True).differences
        return smoothed(ON, self.whole(self._values(theta, inputs, targets, masks)).slopes())

    def _given(self, gradient: Any) -> np.ndarray:
        """A gradient that someone brings, as a flat array; what is in it may be anything."""
        flat = self.net.pack(gradient) if isinstance(gradient, Mapping) else gradient
        found = array("gradient", flat)
        if found.shape != (self.compiled.fitting.count,):
            raise DeriveError(f"gradient has the shape {found.shape}; this network needs ({self.compiled.fitting.count},), or {{'W1': …, 'b1': …}}")
        return found if found.dtype == np.float32 else found.astype(float)

    def _values(self, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, masks: Any) -> dict[Symbol, Any]:
        """The value of every given, a column of samples where they differ."""
        columns = [(self.net.inputs, inputs), (self.net.targets, targets), (self.net.masks, np.asarray(masks if masks is not None else (), float))]
        values: dict[Symbol, Any] = dict(zip(self.net.parameters, theta.tolist(), strict=True))
        return {**self.compiled.held, **values} | {one: table[:, place] for symbols, table in columns for place, one in enumerate(symbols)}


def _by_layer(layers: LayerDifferences, gradient: np.ndarray, batch: tuple[np.ndarray, np.ndarray, np.ndarray], unit: float) -> BatchReport:
    """The report of a network layer by layer: from the quick estimate where that settles everything, else from the careful one."""
    with np.errstate(all="ignore"):
        found = layers.estimate(*batch, unit)
        settled = ((np.abs(gradient - found.value) <= found.bound) & (found.bound <= CERTAIN * np.abs(found.value))).all()
        if not settled:
            found = layers.estimate(*batch, unit, careful=True)
    variants, whole = partial(layers.variants, *batch), Whole(matrices=layers.matrices, samples=len(batch[1]))
    return BatchReport(gradient, found.differences, bool(settled), layers.blocks, variants=variants, whole=whole)


def _as_a_whole(function: Sampled, gradient: np.ndarray, names: Sequence[str], rounding: np.ndarray | float = 0.0, samples: int = 1) -> BatchReport:
    """The report of a graph by its givens."""
    found = function.beside(gradient, rounding)
    seen = {"natural": function.natural, "accuracy": found.accuracy, "unsteady": found.unsteady}
    return BatchReport(gradient, found.found, names=names, whole=Whole(samples=samples), rough=True, rounding=rounding, **seen)
