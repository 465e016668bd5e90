"""The arbiter: thirty digits by a route of its own, and what is known of it by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from mpmath import mp
from sympy import Rational

from derive import DeriveError, Network, differentiate, parse_graph
from derive.losses import LOSSES
from numeric import check
from numeric.checking import AGREES, AT_A_KINK, NOT_RESOLVABLE, WRONG
from numeric.checks.network_checks import check_network
from numeric.checks.operations import high_precision
from numeric.checks.tape import Tape
from numeric.data import default_point
from numeric.exact.arbiter import arbitrate, arbitrate_graph, slopes_of
from numeric.points import point


def exactly(derivation, at):
    """The value of a derivation in 60 digits, and what it is rounded by."""
    tape, on = Tape(derivation), high_precision(60)
    pairs = tape.run(on, point(derivation.graph.givens, at))
    return on.rounded(pairs[tape.steps[derivation.claim].value])


def test_a_gradient_by_hand():
    # σ(0) = ½: ∂L/∂w = i·(σ − t), and ∂L/∂b = σ − t.
    found = arbitrate(Network(1, 1), [0, 0], [["3/7"]], [["0.2"]])
    assert abs(found["w1"] - Fraction(3, 7) * Fraction(3, 10)) < 1e-40
    assert abs(found["b1"] - Fraction(3, 10)) < 1e-40


@pytest.mark.parametrize(
    "options",
    [{}, {"activation": "mish", "numbering": "by-target", "biases": "per-layer"}, {"output": "softmax"}, {"output": "identity", "loss": "rmse"}],
    ids=str,
)
def test_exact_facts_agree_to_thirty_digits(options):
    network = Network(2, 2, 2, **options)
    at = {one.name: f"0.{place}" for place, one in enumerate(network.graph.givens, 11)} | {network.targets[0].name: "0.3", network.targets[1].name: "0.7"}
    theta, inputs, targets = ([at[one.name] for one in group] for group in (network.parameters, network.inputs, network.targets))
    found = arbitrate(network, theta, [inputs], [targets])
    for name, slope in found.items():
        fact, rounding = exactly(network.derivation(name), at)
        assert abs(fact - slope) <= abs(slope) * 1e-30 + rounding, name


def test_the_mean_over_a_batch():
    network = Network(2, 1)
    rows = [[1, 2], [3, -1]], [[0], [1]]
    each = [arbitrate(network, [0.5, -0.25, 0.1], [own], [due])["w1"] for own, due in zip(*rows, strict=True)]
    assert abs(arbitrate(network, [0.5, -0.25, 0.1], *rows, wrt=["w1"])["w1"] - sum(each) / 2) < 1e-40


def test_saturated_slopes_have_their_digits():
    # σ'(−2000) = e^(−2000), which no float can hold.
    slope = arbitrate(Network(1, 1, loss="mse"), [-2000, 0], [[1]], [[0]], ["w1"])["w1"]
    with mp.workdps(60):
        assert abs(slope / (2 * mp.exp(-4000)) - 1) < mp.mpf(10) ** -30


def test_where_there_is_no_slope_there_is_none():
    network = Network(1, 1, 1, activation="relu", output="identity", loss="mse")
    found = arbitrate(network, [1, 0, 1, 0], [[0]], [[1]])
    assert found["b1"] is None
    assert found["w1"] == 0
    assert abs(found["b2"] + 2) < 1e-40


@pytest.mark.parametrize(
    "options",
    [
        {"skips": [(1, 2)], "l1": "0.1", "l2": True, "dropout": "0.5", "activation": "tanh"},
        {"dropout": "0.25", "masks": [[1, 0, 1], [0, 1, 1]], "activation": ["prelu", "leaky_relu"]},
        {"activation": "maxout", "output": "softmax", "numbering": "by-target", "biases": "per-layer"},
        {"activation": ["softmax", "gelu"], "output": "softmax", "loss": "kl_divergence", "biases": "none"},
        {"frozen": ["w1", "b2"], "l1": True, "l2": True, "activation": "z1*sigmoid(z2)", "output": "identity", "loss": "r2"},
        {"activation": ["swish(beta=2)", "alpha*tanh(z)"], "output": "identity", "loss": "huber(delta=2)"},
    ],
    ids=str,
)
def test_the_forward_pass_and_the_definitions_of_the_graph_agree(options):
    """Two routes to the same slopes, neither of which is that of the facts."""
    network = Network(2, 3, 3, 2, **options)
    at = default_point(network)
    theta, inputs, targets, masks = ([at[one.name] for one in group] for group in (network.parameters, network.inputs, network.targets, network.masks))
    held = {one.name: at[one.name] for one in (*network.strengths, *network.frozen)}
    found = arbitrate(network, theta, [inputs], [targets], masks=[masks], held=held)
    by_graph = arbitrate_graph(network.graph, network.loss, network.parameters, at)
    assert list(found) == [one.name for one in network.parameters]
    for name, slope in found.items():
        other = by_graph[name].derivative
        assert slope == other == None or abs(slope - other) <= abs(slope) * 1e-29, name  # noqa: E711 (a kink has none on both routes)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name):
    for output in ("sigmoid", "softmax", "identity"):
        try:
            network = Network(2, 2, output=output, loss=name)
        except DeriveError:
            continue  # this loss does not take what this output gives
        at = default_point(network)
        theta, inputs, targets = ([at[one.name] for one in group] for group in (network.parameters, network.inputs, network.targets))
        for weight, slope in arbitrate(network, theta, [inputs], [targets], ["w1", "b2"]).items():
            fact, rounding = exactly(network.derivation(weight), at)
            assert abs(fact - slope) <= abs(slope) * 1e-29 + rounding


@pytest.mark.parametrize(
    ("text", "at", "left", "right"),
    [
        ("y = abs(x)", 0, -1, 1),
        ("y = abs(x)*1e-40", 0, -1e-40, 1e-40),
        ("y = max(x, 2*x, 3)", "3/2", 0, 2),
        ("y = x/(1 + abs(x))", 0, 1, 1),
        ("y = x*abs(x)", 0, 0, 0),
        ("y = log(1 - exp(-200 - x))", 0, 1.3838965267367376e-87, 1.3838965267367376e-87),
        ("y = 0*log(x)", 0, 0, 0),
        ("y = (x + 1e30)**2 - x**2", "1/3", 2e30, 2e30),
        ("y = abs(x - 1e-25)", 0, -1, -1),
    ],
)
def test_the_slopes_on_both_sides(text, at, left, right):
    found = arbitrate_graph(parse_graph(text), "y", ["x"], {"x": at})["x"]
    assert (float(found.left), float(found.right)) == pytest.approx((left, right), rel=1e-14, abs=1e-290)
    assert (found.derivative is None) == (left != right)


def test_a_very_small_jump_is_one():
    found = arbitrate_graph(parse_graph("y = x + abs(x)*1e-20"), "y", ["x"], {"x": 0})["x"]
    assert found.derivative is None
    assert abs(found.right - found.left - 2e-20) < 1e-30


def test_a_slope_where_there_is_no_value():
    found = arbitrate_graph(parse_graph("y = log(x)"), "y", ["x"], {"x": 0})["x"]
    assert found.derivative is None
    assert found.right != found.right


def test_an_inner_node_can_be_moved():
    graph = parse_graph("a = x**2\nb = a + x\ny = a*b")
    assert arbitrate_graph(graph, "y", ["a"], {"x": 3})["a"].derivative == 21  # ∂(a·b)/∂a = b + a


@pytest.mark.parametrize(("wrt", "said"), [(["w9"], "w9"), (["i1"], "i1")])
def test_unknown_names_are_refused(wrt, said):
    with pytest.raises(DeriveError, match=said):
        arbitrate(Network(1, 1), [1, 1], [[1]], [[0]], wrt)


# ---- what nothing is left open by


@pytest.mark.parametrize(
    ("options", "at"),
    [
        ({}, {"b1": -300, "w5": "1/3"}),
        ({"activation": "relu", "output": "identity", "loss": "mse"}, {"w1": 0, "w3": 0, "b1": 0}),
        ({"activation": "maxout", "output": "softmax"}, {"b1": 700}),
        ({"activation": "tanh", "l1": True, "l2": True}, {"w1": 0, "b2": 100}),
    ],
    ids=str,
)
def test_an_exact_check_leaves_nothing_open(options, at):
    network = Network(2, 2, 2, **options)
    for name in ("w1", "w5", "b1"):
        report = check(network.derivation(name), default_point(network) | at, exact=True)
        assert {one.verdict for one in report.values()} <= {AGREES, AT_A_KINK}, str(report)


@pytest.mark.parametrize("factor", [Rational(-1), 1 + Rational(1, 10**20), 1 - Rational(1, 10**25)])
def test_an_exact_check_sees_the_twentieth_digit(factor):
    derivation = Network(2, 2, 2).derivation("w1")
    steps = tuple(replace(one, value=factor * one.value) if one.claim == derivation.claim else one for one in derivation.steps)
    report = check(replace(derivation, steps=steps), default_point(Network(2, 2, 2)), exact=True)
    assert [one.claim for one in report.having(WRONG)] == [derivation.claim]


def test_exact_and_digits_exclude_each_other():
    with pytest.raises(DeriveError, match="digits=50 and exact=True"):
        check(Network(1, 1).derivation("w1"), default_point(Network(1, 1)), digits=50, exact=True)


@pytest.mark.parametrize("function", ["x**2*sin(x)", "softplus(x)", "abs(x) + exp(-x)"])
def test_every_step_by_the_rules_agrees_to_thirty_digits(function):
    """Such steps are of expressions, and of the variable by itself, not only of names that are defined."""
    assert check(differentiate(function, "x"), {"x": "1/3"}, exact=True).ok


def test_a_wrong_step_by_the_rules_is_found():
    right = differentiate("x**2*sin(x)", "x")
    steps = [replace(step, value=step.value + Rational(1, 10**20)) if step.rule == "sine" else step for step in right.steps]
    found = check(replace(right, steps=tuple(steps)), {"x": "1/3"}, exact=True).having(WRONG)
    assert [str(one.claim) for one in found] == ["∂(sin(x))/∂x", "∂(x**2*sin(x))/∂x"]  # the step, and the sum of products that cites it


# ---- where a slope is 0 on one side, or there is none


@pytest.mark.parametrize("targets", [(1, 1), (1, "3/4"), (0, "-1/4"), ("1/2", "1/2"), ("1/2", "1/4")], ids=str)
def test_a_kink_with_a_flat_side_is_settled(targets):
    """hard_sigmoid at 3: what is seen of the slope 0 on the right is the rounding of that on the left."""
    net = Network(1, 2, output="hard_sigmoid", loss="mse")
    slopes = dict(slopes_of(net, [0, 0, 3, 3], [["7/10"]], [targets]))
    for name, target in zip(("b1", "b2"), targets, strict=True):
        off = 1 - float(Fraction(target))
        assert abs(slopes[name].right) < 1e-30
        assert float(slopes[name].left) == pytest.approx(off / 6, abs=1e-30)


def test_a_jump_is_said_of_whom():
    net = Network(1, 1, output="step", loss="squared_error")
    with pytest.raises(DeriveError, match="∂/∂b1 at this point: 2000 digits do not settle"):
        arbitrate(net, [1, 0], [[0]], [["1/3"]], wrt=["b1"])
    graph = parse_graph("y = sign(x)")
    with pytest.raises(DeriveError, match="∂y/∂x at this point: 2000 digits do not settle"):
        arbitrate_graph(graph, "y", ["x"], {"x": 0})


def test_a_jump_leaves_the_others_judged():
    """At the jump of the output floats see no slope, and neither does the arbiter; that does not end the check."""
    report = check_network(Network(1, 1, output="step", loss="squared_error"), [0.0, 0.0], [[0.5]], [[0.25]], [0.0, 0.0], exact=True)
    assert {one.verdict for one in report.values()} == {NOT_RESOLVABLE}
    report = check_network(Network(1, 1, output="step", loss="squared_error"), [1.0, 0.5], [[0.5]], [[0.25]], [0.0, 1.0], exact=True)
    assert [one.verdict for one in report.values()] == [AGREES, WRONG]
