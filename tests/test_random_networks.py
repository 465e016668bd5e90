"""Random networks of every kind: each derivative against a difference of 60 digits of the definitions alone."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import mpmath
import pytest

from derive import Derivation, DeriveError, Network, Total
from derive.activations import ACTIVATIONS
from derive.chain import derive
from derive.losses import LOSSES
from derive.network import BIASES, NUMBERINGS
from tests.by_mpmath import AtAKinkError, close, slope, value

OWN = ["z*sigmoid(z)", "leaky_relu(slope=0.1)", "max(alpha*z, z)", "z1*sigmoid(z2)", "maxout(maps=3)", "swish(z, beta)", "sin(z)"]
OWN_LOSSES = ["mse(half=yes)", "cross_entropy(base=2)", "huber(delta=0.5)", "squared_error(over=mean)", "abs(t - o)**3", "mean((t - o)**4)"]
NETWORKS, EACH = 300, 3


def random_network(seed: int) -> Network:
    """A network of depth 1 to 4 and width 1 to 3 with any options that fit."""
    draw = random.Random(seed)
    while True:
        sizes = [draw.randint(1, 3) for _ in range(draw.randint(2, 5))]
        options: dict[str, Any] = {
            "activation": [draw.choice([*ACTIVATIONS, *OWN]) for _ in sizes[1:-1]],
            "output": draw.choice(["softmax", "sigmoid", "identity", *ACTIVATIONS]),
            "loss": draw.choice([*LOSSES, *OWN_LOSSES]),
            "numbering": draw.choice(NUMBERINGS),
            "biases": draw.choice(BIASES),
            "skips": [(0, place) for place in range(1, len(sizes)) if sizes[place] == sizes[0] and draw.random() < 0.3],
        }
        options |= {name: given for name, given in (("l1", 0.1), ("l2", True)) if draw.random() < 0.2}
        if draw.random() < 0.2:
            options |= {"dropout": 0.25, "masks": [[draw.randint(0, 1) for _ in range(size)] for size in sizes[1:-1]]}
        try:
            return Network(*sizes, **options)
        except DeriveError:
            continue  # this loss does not take what this output gives


def random_point(seed: int, net: Network) -> dict[Any, Any]:
    draw = random.Random(seed)
    point = {one: mpmath.mpf(draw.uniform(-1.5, 1.5)) for one in net.graph.givens}
    low, high = (max(-2.0, min(2.0, float(end))) for end in net.loss_record.targets or net.loss_record.domain)
    targets = [mpmath.mpf(draw.uniform(low + 0.01, high - 0.01)) for _ in net.targets]
    if net.graph.shares:
        targets = [one / sum(targets) for one in targets]
    return point | dict(zip(net.targets, targets, strict=True))


def forward(net: Network, point: dict[Any, Any]) -> dict[Any, Any]:
    known = dict(point)
    for one in net.graph.definitions:
        known[one.symbol] = value(one.expression, known)
    return known


def checked(seed: int) -> Counter[str]:
    """How many derivatives of a random network agree, and how many have no value or lie at a kink."""
    net = random_network(seed)
    point, draw = random_point(seed, net), random.Random(seed)
    found: Counter[str] = Counter()
    nodes = draw.sample([*net.parameters, *net.inputs, *net.strengths], min(EACH, len(net.parameters)))
    steps = tuple(derive(net.graph, net.loss, nodes).values())
    for node in nodes:
        claim = Total(net.loss, node)
        try:
            known = forward(net, point)
            for step in steps:  # the deltas that later steps cite, before them
                if (name := net.graph.cited.get(step.claim)) is not None:  # type: ignore[arg-type]
                    known[name] = value(step.value, known)
            mine = value(Derivation(net.graph, claim, steps)[claim].value, known)
            other = slope(lambda x, node=node: forward(net, {**point, node: x})[net.loss], point[node])
        except (AtAKinkError, ValueError, ZeroDivisionError) as error:
            found[type(error).__name__] += 1
            continue
        assert close(mine, other), f"seed {seed}: ∂Loss/∂{node} of {net!r} is {mine}, by difference {other}"
        found["agree"] += 1
    return found


@pytest.mark.parametrize("start", range(0, NETWORKS, 50))
def test_derivatives_of_random_networks_agree_with_differences_of_sixty_digits(start):
    with mpmath.workdps(60):
        found = sum((checked(seed) for seed in range(start, start + 50)), Counter())
    print(f"seeds {start} to {start + 49}: {dict(found)}")  # noqa: T201 (seen with -s)
    assert found["agree"] >= 0.75 * found.total()
