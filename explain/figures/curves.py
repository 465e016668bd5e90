"""Pictures of how something went: the loss step by step, the error of a difference step by step, the gradient layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.errors import DeriveError
from derive.network import Network
from derive.steps import Derivation
from numeric.compiling import loss_and_gradient
from numeric.differences import central_difference, sweep
from numeric.initializers import initialize

from ..document import Figure
from ..formula import Name, Number, Relation, Word, row
from .charts import Axis, Chart, Curve, Rule, chart_picture
from .sampling import of_one, start_of
from .style import FAINT, PATHS, SERIES, Line
from .wording import Locale, english, sentence

__all__ = ["differences", "gradient_sizes", "losses"]

SPREAD = 50.0  # from here on the largest value hides the small ones, and a logarithmic scale shows both
MOST_POINTS = 2000  # of a curve; a longer one is thinned out


def losses(values: Sequence[float] | Mapping[str, Sequence[float]], words: Locale | None = None) -> Figure:
    """The curve of the mean losses of a training, one a step, or of several by name; logarithmic where they spread widely.

    Raises DeriveError without a loss.
    """
    several = {name: tuple(map(float, one)) for name, one in (values if isinstance(values, Mapping) else {"": values}).items()}
    if not several or not all(several.values()):
        raise DeriveError("there is no loss to draw; a training of at least one step has one")
    if len(several) > len(SERIES):
        raise DeriveError(f"there are {len(several)} trainings; a picture can tell {len(SERIES)} apart")
    told = words or english()
    every = [value for one in several.values() for value in one]
    log = min(every) > 0 and max(every) > SPREAD * min(every)
    marks = [Curve(_thinned(one), line, Word(name) if name else None) for (name, one), line in zip(several.items(), SERIES, strict=False)]
    across = Axis(Word(sentence(told, "figure.losses.across")), 1.0, max(2.0, *(float(len(one)) for one in several.values())))
    up = Axis(Word(sentence(told, "figure.losses.up")), None if log else min(0.0, *every), log=log)
    return chart_picture("losses", [Chart(across, up, tuple(marks))], " ".join(_told(told, name, one) for name, one in several.items()))


def _told(words: Locale, name: str, values: tuple[float, ...]) -> str:
    said = sentence(words, "figure.losses", steps=len(values), first=float(values[0]), last=float(values[-1]))
    return f"{name}: {said}" if name else said


def _thinned(values: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """The values against their numbers from 1, not more than can be seen, the last one among them."""
    every = -(-len(values) // MOST_POINTS)
    kept = sorted({*range(0, len(values), every), len(values) - 1})
    return tuple((place + 1.0, values[place]) for place in kept)


def differences(derivation: Derivation, at: Mapping[Any, Any], *, words: Locale | None = None) -> Figure:
    """The figure of the error of the central difference against its step h, with the predicted error and its optimum.

    The prediction is c·h² + ε/h, with both parts as the check of the derivative estimates them. Raises DeriveError
    for a variable that is computed, for missing values, and at a kink.
    """
    graph, wrt = derivation.graph, derivation.claim.wrt
    function, x = of_one(graph, graph.node(str(derivation.claim.of)), wrt, at), start_of(derivation, at)
    best = central_difference(lambda w: function(w)[0], x)
    if best.at_kink or not best.h > 0:
        raise DeriveError(f"{wrt.name} = {x:g} is a kink; the error of a difference has no optimum there")
    hs = [10.0 ** (-quarter / 4) for quarter in range(2, 57)]
    rows = [one for one in sweep(lambda w: function(w)[0], x, hs, function(x)[1]) if one.error > 0]
    predicted = [(h, float(best.truncation) * (h / best.h) ** 2 + float(best.rounding) * best.h / h) for h in hs]
    low = min(one.error for one in rows) if rows else 1e-16
    told = words or english()
    measured, expected = (Word(sentence(told, f"figure.differences.{key}")) for key in ("measured", "predicted"))
    marks = (
        Rule(best.h, line=Line(FAINT, 0.8), name=row(Name("h"), Relation("="), Number(f"{best.h:.1e}"))),
        Curve(tuple(point for point in predicted if low / 10 < point[1] < 1e3), PATHS[1], expected),
        Curve(tuple((one.h, one.error) for one in rows), Line(PATHS[0].colour, 0.7), measured, dots=True),
    )
    chart = Chart(Axis(Name("h"), hs[-1], hs[0], log=True), Axis(Word(sentence(told, "figure.differences.up")), log=True), marks)
    alt = sentence(told, "figure.differences", of=str(derivation.claim.of), wrt=wrt.name, h=told.number(float(best.h), 2))
    return chart_picture(f"differences-{derivation.claim.of}-{wrt}", [chart], alt)


def gradient_sizes(nets: Mapping[str, Network], inputs: Any, targets: Any, *, seed: int = 0, words: Locale | None = None) -> Figure:
    """The figure of the size of the gradient in each layer, for some networks by name as they start: it vanishes, or does not.

    The size is ‖∂Loss/∂W‖, the root of the sum of squares, of the mean loss over the samples, inputs of shape
    (N, n_in) and targets (N, n_out); seed draws the first parameters. Raises DeriveError for samples that do not fit.
    """
    if not nets or len(nets) > len(SERIES):
        raise DeriveError(f"there are {len(nets)} networks; a picture shows 1 to {len(SERIES)}")
    sizes = {name: _layer_sizes(net, inputs, targets, seed) for name, net in nets.items()}
    told = words or english()
    marks = [Curve(_by_layer(one), line, Word(name), dots=True) for (name, one), line in zip(sizes.items(), SERIES, strict=False)]
    layers = max(map(len, sizes.values()))
    across = Axis(Word(sentence(told, "figure.sizes.across")), 0.7, layers + 0.3, ticks=tuple(map(float, range(1, layers + 1))))
    said = "; ".join(f"{name}: " + told.comma.join(told.number(float(value), 2) for value in one) for name, one in sizes.items())
    chart = Chart(across, Axis(Word(sentence(told, "figure.sizes.up")), log=True), tuple(marks))
    return chart_picture("gradient-sizes", [chart], sentence(told, "figure.sizes", sizes=said))


def _layer_sizes(net: Network, inputs: Any, targets: Any, seed: int) -> tuple[float, ...]:
    gradient = loss_and_gradient(net)(initialize(net, seed), inputs, targets)[1]
    parts = net.unpack(gradient)
    return tuple(float((parts[f"W{layer}"] ** 2).sum() ** 0.5) for layer in net.layers)


def _by_layer(sizes: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """The sizes above the numbers of their layers; nothing where a gradient is zero, which has no logarithm."""
    return tuple((float(layer), size) for layer, size in enumerate(sizes, 1) if size > 0)
