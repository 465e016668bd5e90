"""Losses: every record's derivatives by the rules, proved and at fifty digits; conventions, pairs, a user's own."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import pytest
from sympy import Add, Expr, Symbol, log, symbols

from derive import Definition, DeriveError, Graph, Network, Total, parse_expression
from derive.activations import ACTIVATIONS, activation_of, defined
from derive.claims.towers import Tower
from derive.losses import LOSSES, Loss, loss
from derive.proofs import prove_gradient
from derive.rules import OUTSIDE, elementary
from derive.written import Written
from tests.by_mpmath import AtAKinkError, close, slope, value

TARGETS, OUTPUTS = symbols("t1 t2 t3"), symbols("o1 o2 o3")
L = Symbol("L")
T1, T2, O1, O2 = *TARGETS[:2], *OUTPUTS[:2]


def expression(record: Loss, units: int = 3) -> Expr:
    written = record.of(TARGETS[:units], OUTPUTS[:units])
    return written.expression if isinstance(written, Written) else written


def graph(record: Loss, units: int = 3) -> Graph:
    return Graph((*TARGETS, *OUTPUTS), [Definition.of(L, record.of(TARGETS[:units], OUTPUTS[:units]))])


def proved(left: Expr, right: Expr) -> bool:
    tower = Tower()
    return tower.is_zero(tower.value(left) - tower.value(right))


def random_places(record: Loss, count: int) -> list[dict[Symbol, Any]]:
    """Targets and predictions that the loss takes."""
    draw = random.Random(record.name)
    low, high = (max(-2.0, float(end)) if end < 0 else min(3.0, float(end)) for end in record.domain)
    least, most = (float(max(min(end, 3), -2)) for end in record.targets or record.domain)
    room = 1e-3
    return [
        {one: mpmath.mpf(draw.uniform(least + room, most - room)) for one in TARGETS}
        | {one: mpmath.mpf(draw.uniform(low + room, high - room)) for one in OUTPUTS}
        for _ in range(count)
    ]


# ---- every record


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("units", [2, 3])
def test_the_rules_give_every_derivative_and_it_is_proved(name, units):
    record = LOSSES[name]
    for one in OUTPUTS[:units]:
        assert OUTSIDE not in {step.rule for step in elementary(expression(record, units), one).values()}
        assert prove_gradient(graph(record, units).derivation("L", one)).status == "proved"


@pytest.mark.parametrize("name", LOSSES)
def test_every_derivative_at_a_hundred_places_with_fifty_digits(name):
    record = LOSSES[name]
    whole, made = expression(record), graph(record).gradients("L", OUTPUTS)
    checked = 0
    with mpmath.workdps(50):
        for place in random_places(record, 34):
            for one in OUTPUTS:
                try:
                    moved = slope(lambda x, one=one, place=place: value(whole, {**place, one: x}), place[one])
                    assert close(value(made[one], place), moved), (place, one)
                    checked += 1
                except AtAKinkError:
                    pass
    assert checked >= 100


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_least_where_predictions_are_right(name):
    """Small where o is near t, compared with o further away; logits are further out."""
    record = LOSSES[name]
    if "logits" in name:
        right, wrong = (9, -9, -8), (-9, 9, 8)
    else:
        right, wrong = ("0.97", "0.02", "0.015"), ("0.3", "0.6", "0.4")
    with mpmath.workdps(30):
        small, large = (value(expression(record), _place(("0.98", "0.01", "0.01"), outputs)) for outputs in (right, wrong))
    assert small < large


def _place(targets: tuple[Any, ...], outputs: tuple[Any, ...]) -> dict[Symbol, Any]:
    return dict(zip((*TARGETS, *OUTPUTS), map(mpmath.mpf, (*targets, *outputs)), strict=True))


# ---- what they are


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("squared_error", "1/2*(t1 - o1)**2 + 1/2*(t2 - o2)**2"),
        ("mse", "((t1 - o1)**2 + (t2 - o2)**2)/2"),
        ("rmse", "sqrt(((t1 - o1)**2 + (t2 - o2)**2)/2)"),
        ("mae", "(abs(t1 - o1) + abs(t2 - o2))/2"),
        ("rmsle", "sqrt(((log(1 + t1) - log(1 + o1))**2 + (log(1 + t2) - log(1 + o2))**2)/2)"),
        ("r2", "((t1 - o1)**2 + (t2 - o2)**2)/((t1 - (t1 + t2)/2)**2 + (t2 - (t1 + t2)/2)**2)"),
        ("cross_entropy", "-(t1*log(o1) + (1 - t1)*log(1 - o1)) - (t2*log(o2) + (1 - t2)*log(1 - o2))"),
        ("categorical_cross_entropy", "-(t1*log(o1) + t2*log(o2))"),
        ("cross_entropy_from_logits", "softplus(o1) - t1*o1 + softplus(o2) - t2*o2"),
        ("categorical_cross_entropy_from_logits", "log(exp(o1) + exp(o2)) - (t1*o1 + t2*o2)"),
        ("softmax_cross_entropy", "log(exp(o1) + exp(o2)) - (t1*o1 + t2*o2)"),
        ("kl_divergence", "t1*log(t1/o1) + t2*log(t2/o2)"),
        ("hinge", "max(0, 1 - t1*o1) + max(0, 1 - t2*o2)"),
    ],
)
def test_the_formulas(name, expected):
    assert expression(LOSSES[name], 2) == parse_expression(expected)


@pytest.mark.parametrize(
    ("spec", "choices", "expected"),
    [
        ("squared_error", {"half": False}, "(t1 - o1)**2 + (t2 - o2)**2"),
        ("squared_error", {"over": "mean"}, "(1/2*(t1 - o1)**2 + 1/2*(t2 - o2)**2)/2"),
        ("mse(half=yes)", {}, "(1/2*(t1 - o1)**2 + 1/2*(t2 - o2)**2)/2"),
        ("mae(over=sum)", {}, "abs(t1 - o1) + abs(t2 - o2)"),
        ("categorical_cross_entropy", {"base": 2}, "-(t1*log2(o1) + t2*log2(o2))"),
        ("kl_divergence(base=10)", {"over": "mean"}, "(t1*log10(t1/o1) + t2*log10(t2/o2))/2"),
    ],
)
def test_conventions_are_chosen(spec, choices, expected):
    record = loss(spec, **choices)
    assert expression(record, 2) == parse_expression(expected)
    assert loss(record.name) == record  # the name spells what was chosen


def test_conventions_are_declared():
    assert LOSSES["squared_error"].conventions == {"over": "sum", "half": "yes"}
    assert loss("mse", half=True).conventions == {"over": "mean", "half": "yes"}
    assert loss("huber(delta=1/2)").conventions == {"over": "sum", "delta": "1/2"}


def test_huber_is_quadratic_inside_and_linear_outside():
    whole = defined(expression(loss("huber(delta=0.5)"), 1))
    for error, expected in ((0.25, 0.03125), (0.5, 0.125), (-2, 0.875), (3, 1.375)):
        assert whole.subs({T1: error, O1: 0}) == pytest.approx(expected)
    made = graph(loss("huber(delta=0.5)"), 1).gradients("L", [O1])[O1]
    assert [made.subs({T1: error, O1: 0}) for error in (3, -3, 0)] == pytest.approx([-0.5, 0.5, 0])


def test_kinks_take_the_declared_values():
    """abs takes 0; the hinge, max(0, …), at a tie the slope of its first argument."""
    assert graph(LOSSES["mae"], 1).gradients("L", [O1])[O1].subs({T1: 1, O1: 1}) == 0
    assert graph(LOSSES["hinge"], 1).gradients("L", [O1])[O1].subs({T1: 1, O1: 1}) == 0


def test_relative_entropy_is_cross_entropy_less_entropy():
    entropy = -Add(*(one * log(one) for one in TARGETS))
    difference = expression(LOSSES["categorical_cross_entropy"]) - entropy - expression(LOSSES["kl_divergence"])
    with mpmath.workdps(50):
        for place in random_places(LOSSES["kl_divergence"], 20):
            assert close(value(difference, place), mpmath.mpf(0), 45)
    made, other = (graph(LOSSES[name]).gradients("L", OUTPUTS) for name in ("kl_divergence", "categorical_cross_entropy"))
    assert made == other


# ---- pairs of an output and a loss

PAIRS = [
    ("identity", "squared_error", "out_o1 - t_o1"), ("sigmoid", "cross_entropy", "out_o1 - t_o1"), ("softmax", "cross_entropy", "out_o1 - t_o1"),
    ("softmax", "categorical_cross_entropy", "out_o1 - t_o1"), ("softmax", "kl_divergence", "out_o1 - t_o1"), ("softmax", "log_likelihood", "out_o1 - t_o1"),
    ("sigmoid", "binary_cross_entropy", "out_o1 - t_o1"), ("sigmoid", "log_likelihood", "out_o1 - t_o1"),
    ("softmax", "cross_entropy(base=2)", "out_o1/log(2) - t_o1/log(2)"), ("softmax", "cross_entropy(over=mean)", "out_o1/3 - t_o1/3"),
    ("identity", "binary_cross_entropy_from_logits", "sigmoid(out_o1) - t_o1"),
    ("identity", "cross_entropy_from_logits", "exp(out_o1)/(exp(out_o1) + exp(out_o2) + exp(out_o3)) - t_o1"),
]  # fmt: skip


@pytest.mark.parametrize(("output", "name", "delta"), PAIRS)
@pytest.mark.parametrize("units", [3])
def test_a_pair_gives_its_delta_as_a_step_and_it_is_proved(output, name, delta, units):
    net = Network(2, 2, units, output=output, loss=name)
    derivation = net.derivation("b3")
    step = derivation[Total(net.loss, Symbol("net_o1"))]
    assert (step.value - parse_expression(delta)).expand() == 0
    assert step.rule == "chain"
    assert prove_gradient(derivation).status == "proved"


def test_softmax_cross_entropy_takes_the_softmax_once():
    after, of_logits = (Network(2, 2, 3, output=output, loss="softmax_cross_entropy") for output in ("softmax", "identity"))
    assert str(after.graph.definitions[-1]) == "Loss = -(t_o1*ln(out_o1) + t_o2*ln(out_o2) + t_o3*ln(out_o3))"
    assert str(of_logits.graph.definitions[-1]).startswith("Loss = ln(exp(out_o1) + exp(out_o2) + exp(out_o3))")


def test_softmax_with_cross_entropy_shows_its_way_to_the_difference():
    net = Network(2, 2, 3, output="softmax")
    step = net.derivation("b3")[Total(net.loss, Symbol("net_o1"))]
    assert len(step.terms) == 3
    p, (t1, t2, t3) = Symbol("out_o1"), net.targets
    assert step.via == ((p * t2 + p * t3 - t1 * (1 - p), "cancel"), (p * (t1 + t2 + t3) - t1, "like terms"))
    assert (step.value, step.because) == (p - t1, "shares")


def test_softmax_with_two_outputs():
    net = Network(1, 2, 2, output="softmax")
    for one in net.parameters:
        assert prove_gradient(net.derivation(one)).status == "proved"


def test_without_the_assumption_the_sum_of_the_targets_stays():
    net = Network(2, 2, 2, output="softmax")
    bare = Graph(net.graph.givens, net.graph.definitions, net.graph.roles)
    p, (t1, t2) = Symbol("out_o1"), net.targets
    assert bare.gradients(net.loss, ["b3"])[Symbol("b3")] == p * t2 - t1 * (1 - p)
    assert net.graph.shares == net.targets
    assert not Network().graph.shares


def test_a_wrong_gradient_is_refuted_at_targets_that_sum_to_one():
    net = Network(1, 1, 2, output="softmax")
    derivation = net.derivation("b2")
    verdict = prove_gradient(derivation, derivation.expanded + Symbol("t_o1") / 10)
    assert verdict.status == "refuted"
    assert verdict.counterexample is not None
    assert sum(verdict.counterexample[one.name] for one in net.targets) == 1


@pytest.mark.parametrize(("output", "units", "text"), [("softmax", 2, "-{over}(t*{base}(o))"), ("sigmoid", 2, LOSSES["cross_entropy"].text)])
def test_cross_entropy_means_what_goes_with_the_output(output, units, text):
    assert Network(2, 2, units, output=output).loss_record.text == text
    assert Network(2, 2, units, output=output).loss_record.name == "cross_entropy"


def test_cross_entropy_from_logits_of_one_output_is_the_binary_one():
    assert Network(2, 2, 1, output="identity", loss="cross_entropy_from_logits").loss_record.text == "{over}(softplus(o) - t*o)"
    assert activation_of(ACTIVATIONS["softplus"].function(O1)) is ACTIVATIONS["softplus"]


# ---- a user's own, and refusals


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(t - o)**3", "abs(t1 - o1)**3 + abs(t2 - o2)**3"),
        ("mean((t - o)**4)", "((t1 - o1)**4 + (t2 - o2)**4)/2"),
        ("log(sum(cosh(t - o)))", "log(cosh(t1 - o1) + cosh(t2 - o2))"),
        ("sum((t - mean(o))**2)", "(t1 - (o1 + o2)/2)**2 + (t2 - (o1 + o2)/2)**2"),
        ("huber(t - o, 2)", None),
    ],
)
def test_a_loss_by_expression(text, expected):
    record = loss(text)
    if expected:
        assert expression(record, 2) == parse_expression(expected)
    net = Network(2, 2, 2, output="identity", loss=text)
    assert prove_gradient(net.derivation("w1")).status == "proved"


def test_a_record_of_ones_own():
    mine = Loss("mine", "sum((t - o)**4)")
    assert Network(2, 2, 1, output="identity", loss=mine).loss_record is mine


@pytest.mark.parametrize(
    ("spec", "choices", "message"),
    [
        ("cross entropy", {}, "no loss 'cross entropy'.*did you mean 'cross_entropy'"),
        ("mse", {"haf": True}, "no choice 'haf'; the loss 'mse' leaves over and half; did you mean 'half'"),
        ("mse(half=maybe)", {}, "half of the loss 'mse': 'maybe'; there is yes and no"),
        ("rmse(over=sum)", {}, "no choice 'over'; the loss 'rmse' leaves none"),
        ("huber(delta=0)", {}, "0 is not between 0 and 1,000,000"),
        ("huber(delta=x)", {}, "'x' is no number"),
        ("huber(delta=1, delta=2)", {}, "chosen twice"),
        ("cross_entropy(base=3)", {}, "base of the loss 'cross_entropy': '3'; there is e, 2 and 10"),
        ("abs(t - p)", {}, "no name 'p'; there are t and o"),
        ("t*sum(o)", {}, "reads t or o outside of sum"),
        ("sum(t) + 1", {}, "does not read the prediction o"),
        ("__import__('os')", {}, "a loss is a name such as 'mse'"),
        (3, {}, "no loss '3'"),
    ],
)
def test_what_is_no_loss_is_refused(spec, choices, message):
    with pytest.raises(DeriveError, match=message):
        loss(spec, **choices)


@pytest.mark.parametrize(
    ("output", "name", "message"),
    [
        ("hard_sigmoid", "cross_entropy", r"between 0 and 1 \(these included\); use an output among sigmoid and softmax"),
        ("relu", "kl_divergence", "needs predictions between 0 and 1"),
        ("identity", "rmsle", "needs predictions between -1 and ∞"),
        ("step", "binary_cross_entropy", "these included"),
    ],
)
def test_outputs_that_can_leave_the_domain_are_refused(output, name, message):
    with pytest.raises(DeriveError, match=message):
        Network(2, 2, 2, output=output, loss=name)


def test_r2_needs_two_outputs():
    with pytest.raises(DeriveError, match="needs at least 2 output units; this network has 1"):
        Network(2, 2, 1, output="identity", loss="r2")


@pytest.mark.parametrize("name", LOSSES)
def test_the_share_of_a_unit_times_the_units_is_the_loss(name):
    record = LOSSES[name]
    if not record.shared:
        with pytest.raises(DeriveError, match="no sum of one share for each output unit"):
            record.share(3)
        return
    shares = (record.share(3).renamed({Symbol("t"): t, Symbol("o"): o}).expression for t, o in zip(TARGETS, OUTPUTS, strict=True))
    assert proved(Add(*shares), expression(record))
