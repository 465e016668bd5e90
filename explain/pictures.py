"""Pictures by name: what each takes on the command line, and how it is made of that.

To add one: a function of a ``Wish`` and a row in ``PICTURES``. Nothing is loaded here before a picture is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.graph import Graph
    from derive.network import Network
    from derive.steps import Derivation
    from numeric.values import Numbers

    from .document import Figure
    from .locales import Locale
    from .points import Point

__all__ = ["PICTURES", "Picture", "Wish", "draw"]

STEPS = 2000  # of a training that is only made to be drawn


@dataclass(frozen=True)
class Wish:
    """What a picture is wanted of: the words typed after its name, and what the options stand for."""

    what: tuple[str, ...]
    network: Callable[[], Network]
    graph: Callable[[str], Graph]
    of: str | None
    wrt: tuple[str, ...]
    point: Callable[[Graph], Point | None]
    words: Locale
    look: Mapping[str, Any]  # notation and language
    labels: Mapping[str, str]
    values: bool = False  # are the numbers of the network shown?


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by name: ``takes`` shows what is typed after it, ``least`` to ``most`` words; ``sizes`` is its usual network."""

    make: Callable[[Wish], Figure]
    takes: str
    least: int = 0
    most: int = 1
    sizes: str = "2-2-2"


def draw(name: str, wish: Wish) -> Figure:
    """The picture of that name. Raises DeriveError where what was typed does not fit it."""
    from derive.errors import DeriveError, UnknownNameError

    if name not in PICTURES:
        raise UnknownNameError("figure", name, PICTURES)
    picture = PICTURES[name]
    if not picture.least <= len(wish.what) <= picture.most:
        raise DeriveError(f"figure {name} is followed by {picture.takes or 'nothing'}, not by {' '.join(wish.what) or 'nothing'}")
    return picture.make(wish)


# ---- of a network, or of any graph


def _network(wish: Wish) -> Figure:
    from .figures.networks import network

    net = wish.network()
    values = _all_numbers(net, wish) if wish.values else None
    return network(net, net.derivation(wish.what[0]) if wish.what else None, values=values, labels=wish.labels, **wish.look)


def _all_numbers(net: Network, wish: Wish) -> list[Numbers]:
    """The numbers of the derivatives by every parameter: among them those by every node."""
    from numeric.values import evaluate

    at = wish.point(net.graph)
    assert at is not None  # a network has a default point
    return [evaluate(net.derivation(one), at) for one in net.parameters]


def _graph(wish: Wish) -> Figure:
    from numeric.values import evaluate

    from .figures.graphs import graph

    drawn = wish.graph(wish.what[0])
    derivations = [drawn.derivation(wish.of or drawn.definitions[-1].symbol, name) for name in dict.fromkeys(wish.wrt)]
    at = wish.point(drawn)
    values = [evaluate(derivation, at) for derivation in derivations] if at else None
    return graph(drawn, derivations, values=values, labels=wish.labels, **wish.look)


def _along(picture: str) -> Callable[[Wish], Figure]:
    """A picture of the loss of a network along one parameter or input."""

    def make(wish: Wish) -> Figure:
        from . import figures

        derivation, at = _derivation(wish)
        look = wish.look if picture != "differences" else {"words": wish.words}
        return getattr(figures, picture)(derivation, at, **look)

    return make


def _derivation(wish: Wish) -> tuple[Derivation, Point]:
    net = wish.network()
    at = wish.point(net.graph)
    assert at is not None  # a network has a default point
    return net.derivation(wish.what[0]), at


# ---- of functions


def _activation(wish: Wish) -> Figure:
    from .figures.slopes import activation

    return activation(wish.what[0], **wish.look)


def _balls(wish: Wish) -> Figure:
    from derive.errors import DeriveError

    from .figures.surfaces import balls

    try:
        powers = [float(one) for one in wish.what] or [1, 2, float("inf")]
    except ValueError:
        raise DeriveError(f"figure balls is followed by powers such as 1 2 inf, not by {' '.join(wish.what)}") from None
    return balls(powers, words=wish.words)


# ---- of trainings


def _gradient_sizes(wish: Wish) -> Figure:
    from derive.network import Network
    from numeric.data import DATA

    from .figures.curves import gradient_sizes

    net, names = wish.network(), wish.what or ("sigmoid", "tanh", "relu")
    nets = {name: Network(*net.sizes, activation=name, output="sigmoid") for name in names}
    samples = DATA["xor"]
    return gradient_sizes(nets, samples.inputs, samples.targets, words=wish.words)


def _losses(wish: Wish) -> Figure:
    from numeric.data import DATA
    from numeric.training import train

    from .figures.curves import losses

    net, samples = wish.network(), DATA["xor"]
    runs = {name: train(net, samples.inputs, samples.targets, one(), STEPS, held=_held(wish, net)).losses for name, one in _optimizers(wish).items()}
    return losses(runs, wish.words)


def _held(wish: Wish, net: Network) -> Mapping[str, float] | None:
    """The values of what is not learnt, in a network that has any."""
    from .points import held

    at = wish.point(net.graph) if net.frozen or net.strengths else None
    return held(net, at) if at else None


def _descent(wish: Wish) -> Figure:
    from derive.parsing import parse_graph

    from .figures.surfaces import descent

    if wish.wrt:
        return _descent_of_weights(wish, ",".join(wish.wrt).split(","))
    rates = {name: one(rate=RATES[name]) if name in RATES else one() for name, one in _optimizers(wish).items()}
    return descent(parse_graph("f = x**2/20 + y**2"), "f", ["x", "y"], rates, start=(-7.0, 2.0), **wish.look)


def _descent_of_weights(wish: Wish, wrt: list[str]) -> Figure:
    """The mean loss over XOR by two parameters, which start once more where the training started; the others are where it ended."""
    from derive.errors import DeriveError
    from numeric.data import DATA
    from numeric.initializers import initialize
    from numeric.training import train

    from .figures.surfaces import descent

    net, samples = wish.network(), DATA["xor"]
    held = _held(wish, net) or {}
    trained = train(net, samples.inputs, samples.targets, steps=STEPS, held=held or None).parameters
    start, end = net.named(initialize(net)), {**held, **net.named(trained), **{one.name: 1 for one in net.masks}}
    if len(wrt) != 2 or not set(wrt) <= set(start):
        raise DeriveError(f"--wrt {','.join(wrt)}: the surface is over two parameters, such as {','.join(list(start)[:2])}")
    given = [one.name for one in (*net.inputs, *net.targets)]
    points = [{**end, **dict(zip(given, (*inputs, *targets), strict=True))} for inputs, targets in zip(samples.inputs, samples.targets, strict=True)]
    optimizers = {name: one(rate=NET_RATES[name]) if name in NET_RATES else one() for name, one in _optimizers(wish).items()}
    return descent(net.graph, net.loss, wrt, optimizers, start=(start[wrt[0]], start[wrt[1]]), at=points, steps=NET_STEPS, **wish.look)


# At these rates the ways over the mean loss of XOR can be told apart in 200 steps.
NET_STEPS = 200
NET_RATES = {"gd": 1.0, "sgd": 1.0, "momentum": 0.1, "nesterov": 0.1, "adagrad": 0.5, "rmsprop": 0.1, "adam": 0.2, "adamw": 0.2}

# At these rates the ways over the valley f = x²/20 + y² can be told apart in 30 steps.
RATES = {"gd": 0.9, "sgd": 0.9, "momentum": 0.1, "nesterov": 0.1, "adagrad": 1.5, "rmsprop": 0.5, "adam": 0.5, "adamw": 0.5}


def _optimizers(wish: Wish) -> dict[str, Any]:
    from derive.errors import UnknownNameError
    from numeric.optimizers import OPTIMIZERS

    for name in wish.what:
        if name not in OPTIMIZERS:
            raise UnknownNameError("optimizer", name, OPTIMIZERS)
    return {name: OPTIMIZERS[name] for name in wish.what or ("gd", "momentum", "adam")}


def _decision(wish: Wish) -> Figure:
    from numeric.initializers import initialize
    from numeric.optimizers import GD
    from numeric.runs.datasets import dataset
    from numeric.training import train

    from .figures.surfaces import decision
    from .figures.wording import sentence
    from .pages.trainings import Training

    net, samples = wish.network(), dataset(wish.what[0] if wish.what else "xor")
    held = _held(wish, net) or {}
    after = Training(train(net, samples.inputs, samples.targets, steps=STEPS, held=held or None), samples, GD(), 0, held=held)
    start = after.completed(initialize(net, 0))
    thetas = {sentence(wish.words, "picture.before"): start, sentence(wish.words, "picture.after", steps=STEPS): after.parameters}
    whole = after.whole
    return decision(whole, {title: list(theta.values()) for title, theta in thetas.items()}, samples.inputs, samples.targets, **wish.look)


PICTURES: Mapping[str, Picture] = {
    "network": Picture(_network, "[NAME], a parameter whose paths are coloured (--values: with all numbers)"),
    "graph": Picture(_graph, "FILE|-, a graph as text (--of, --wrt and --at as in explain graph)", least=1),
    "activation": Picture(_activation, "NAME, an activation", least=1),
    "tangent": Picture(_along("tangent"), "NAME, a parameter or input", least=1),
    "secants": Picture(_along("secants"), "NAME, a parameter or input", least=1),
    "differences": Picture(_along("differences"), "NAME, a parameter or input", least=1),
    "gradient_sizes": Picture(_gradient_sizes, "[ACTIVATION …]", most=6, sizes="2-4-4-4-4-4-1"),
    "losses": Picture(_losses, "[OPTIMIZER …]", most=6, sizes="2-3-1"),
    "descent": Picture(_descent, "[OPTIMIZER …] (--wrt W,W: over two parameters of a network that learns xor)", most=6, sizes="2-2-1"),
    "decision": Picture(_decision, "[DATA]: and, or, xor, moons, circles or spirals", sizes="2-3-1"),
    "balls": Picture(_balls, "[POWER …], from 1 to inf", most=6),
}
