"""How far a check can be trusted: every usual slip in every partial is caught, and nothing right is called wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sympy import Expr, Integer, Rational, S, Symbol

from derive import Derivation, DeriveError, Network, Step, Total
from derive.activations import ACTIVATIONS
from derive.chain import derive
from derive.losses import LOSSES
from numeric import check, evaluate
from numeric.checking import AGREES, AT_A_KINK, NOT_RESOLVABLE, WRONG

NETWORK = Network(2, 2, 2)
GIVENS = [one.name for one in NETWORK.graph.givens]
# No two numbers here are alike, so that every slip changes something.
AT = {name: round(0.131 + 0.0837 * place + 0.0041 * place**2, 4) * (-1) ** (place // 3) for place, name in enumerate(GIVENS)}
AT |= {"t_o1": 0.83, "t_o2": 0.09}

i1, i2, out_h1, out_h2, out_o1, out_o2, w5, w6 = map(Symbol, ("i1", "i2", "out_h1", "out_h2", "out_o1", "out_o2", "w5", "w6"))
SWAPS = [{i1: i2, i2: i1}, {out_h1: out_h2, out_h2: out_h1}, {out_o1: out_o2, out_o2: out_o1}, {w5: w6, w6: w5}]

# Another name of categorical_cross_entropy_from_logits is drawn no second time.
DRAWN = [name for name in LOSSES if name != "softmax_cross_entropy"]


def scaled(factor: Expr) -> Callable[[Step], Iterator[Step]]:
    """The slip of a factor: in the terms, in the value, in both."""

    def slip(step: Step) -> Iterator[Step]:
        terms = tuple((factor, *term) for term in step.terms) if factor else ()
        value = factor * step.value
        yield replace(step, terms=terms)
        yield replace(step, value=value)
        yield replace(step, terms=terms, value=value)

    return slip


def left_out_term(step: Step) -> Iterator[Step]:
    """One path forgotten, in the terms; the same in the value, term by term of its sum."""
    if len(step.terms) > 1:
        yield from (replace(step, terms=step.terms[:place] + step.terms[place + 1 :]) for place in range(len(step.terms)))
    expanded = step.value.expand()
    if expanded.is_Add:
        yield from (replace(step, value=expanded - part) for part in expanded.args)


def left_out_factor(step: Step) -> Iterator[Step]:
    """One factor forgotten in one term, or in the value: a slope, an input, a weight."""
    for place, term in enumerate(step.terms):
        for gone in range(len(term)):
            shorter = term[:gone] + term[gone + 1 :]
            yield replace(step, terms=(*step.terms[:place], shorter, *step.terms[place + 1 :]))
    if step.value.is_Mul:
        yield from (replace(step, value=step.value / factor) for factor in step.value.args)


def swapped(step: Step) -> Iterator[Step]:
    """One index taken for its neighbour, in the value and in the plain factors of the terms."""
    for names in SWAPS:
        terms = tuple(tuple(one.xreplace(names) if isinstance(one, Expr) else one for one in term) for term in step.terms)
        yield replace(step, value=step.value.xreplace(names))
        yield replace(step, terms=terms)


SLIPS: dict[str, Callable[[Step], Iterator[Step]]] = {
    "sign": scaled(Integer(-1)),
    "twice": scaled(Integer(2)),
    "half": scaled(Rational(1, 2)),
    "zero": scaled(S.Zero),
    "a thousandth more": scaled(1 + Rational(1, 1000)),
    "a millionth more": scaled(1 + Rational(1, 10**6)),
    "missing path": left_out_term,
    "missing factor": left_out_factor,
    "swapped index": swapped,
}


def with_step(derivation: Derivation, step: Step) -> Derivation:
    return replace(derivation, steps=tuple(step if one.claim == step.claim else one for one in derivation.steps))


@pytest.mark.parametrize("name", [one.name for one in NETWORK.parameters])
@pytest.mark.parametrize("slip", SLIPS)
def test_every_slip_in_every_partial_is_caught(slip, name):
    derivation = NETWORK.derivation(name)
    assert check(derivation, AT).ok
    made = 0
    for step in derivation.steps if slip in {"missing path", "missing factor", "swapped index"} else (derivation[derivation.claim],):
        for wrong in SLIPS[slip](step):
            changed = with_step(derivation, wrong)
            if _numbers(changed, step) != pytest.approx(_numbers(derivation, step), rel=1e-12):
                made += 1
                report = check(changed, AT)
                assert report[step.claim].verdict == WRONG, f"{slip} in {step.claim}: {wrong}\n{report}"
    assert made


def _numbers(derivation: Derivation, step: Step) -> tuple[float, float]:
    """What the terms and the value of the step come to: a factor 1 left out, or 2·3 for 3·2, is no slip."""
    numbers = evaluate(derivation, AT)[step.claim]
    return float(numbers.total), float(numbers.value)


@pytest.mark.parametrize("name", [one.name for one in NETWORK.parameters])
def test_a_wrong_local_slope_taints_what_cites_it(name):
    derivation = NETWORK.derivation(name)
    for step in derivation.steps:
        report = check(with_step(derivation, replace(step, terms=tuple((Integer(-1), *term) for term in step.terms), value=-step.value)), AT)
        assert report[step.claim].verdict == WRONG
        first = report.having(WRONG)[0]
        assert first.claim == step.claim
        assert "sign" in first.cause


# ---- nothing right is called wrong


def random_network(seed: int) -> tuple[Network, dict[str, float]]:
    """A network of depth 1 to 4 and width 1 to 5 with any options that fit, and a point within ±3."""
    rng = random.Random(seed)
    while True:
        sizes = [rng.randint(1, 5) for _ in range(rng.randint(2, 5))]
        options = {
            "activation": [rng.choice(list(ACTIVATIONS)) for _ in sizes[1:-1]],
            "output": rng.choice(list(ACTIVATIONS)),
            "loss": rng.choice(DRAWN),
            "numbering": rng.choice(["by-source", "by-target"]),
            "biases": rng.choice(["per-neuron", "per-layer", "none"]),
        }
        try:
            network = Network(*sizes, **options)
        except DeriveError:
            continue  # this loss does not take what this output gives
        at = {one.name: rng.uniform(-3, 3) for one in network.graph.givens}
        targets = [rng.choice([0, 1, rng.random()]) for _ in network.targets]
        if network.graph.shares:
            targets = [one / sum(targets) for one in targets] if any(targets) else [1, *targets[1:]]
        return network, at | dict(zip((one.name for one in network.targets), targets, strict=True))


def some_gradient(seed: int, network: Network, count: int) -> Derivation:
    """The facts of a few partials at once, each stated once."""
    chosen = random.Random(seed).sample(network.parameters, min(count, len(network.parameters)))
    steps = derive(network.graph, network.loss, chosen)
    return Derivation(network.graph, Total(network.loss, chosen[-1]), tuple(steps.values()))


@pytest.mark.parametrize("start", range(0, 300, 20))
def test_no_false_alarm_in_floats(start):
    for seed in range(start, start + 20):
        network, at = random_network(seed)
        report = check(some_gradient(seed, network, 4), at, digits=16)
        assert report.ok, f"seed {seed}: {network!r}\n{report}"
        assert len(report.having(AGREES)) >= 0.3 * len(report), f"seed {seed}: {report.summary}"


@pytest.mark.parametrize("start", range(300, 330, 10))
def test_with_more_digits_everything_is_resolved(start):
    for seed in range(start, start + 10):
        network, at = random_network(seed)
        report = check(some_gradient(seed, network, 2), at)
        assert {one.verdict for one in report.values()} <= {AGREES, AT_A_KINK}, f"seed {seed}: {network!r}\n{report}"


@pytest.mark.parametrize("seed", range(330, 350))
def test_no_slip_hides_in_a_random_network(seed):
    network, at = random_network(seed)
    derivation = some_gradient(seed, network, 1)
    claim = derivation.claim
    right = check(derivation, at, digits=16)[claim]
    for slip in ("sign", "twice", "zero", "a thousandth more") if right.value else ():
        for wrong in SLIPS[slip](derivation[claim]):
            found = check(with_step(derivation, wrong), at, digits=16)[claim]
            hidden = {AGREES} if slip == "zero" else set()  # what floats cannot tell from 0
            expected = {AGREES: {WRONG}, NOT_RESOLVABLE: {WRONG, NOT_RESOLVABLE} | hidden, AT_A_KINK: {WRONG, AT_A_KINK}}[right.verdict]
            assert found.verdict in expected, f"seed {seed}: {slip} in {claim} of {network!r}\n{found}"
