"""Checks: both the terms and the value of every fact are held against its difference, and what is found is said."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import sympy
from sympy import Abs, Heaviside, Max, Min, Piecewise, Rational, Symbol, exp, gamma, log, sign, sin, sqrt

from derive import Definition, Derivation, DeriveError, Graph, Local, Network, Step, Total, differentiate, parse_graph
from derive.chain import derive
from derive.rules import elementary
from numeric import check, check_gradient
from numeric.checks.causes import Suspect, likely_cause
from numeric.reports import AGREES, AT_A_KINK, NO_DERIVATIVE, NOT_RESOLVABLE, UNDEFINED, WRONG

SAMPLE = {"i1": "0.5", "i2": 1, "t_o1": 1, "t_o2": 0} | {f"w{n}": f"0.{n}" for n in range(1, 9)} | {f"b{n}": f"0.{n}" for n in range(1, 5)}
# No two numbers here are alike, so that no slip can be taken for another.
APART = {name: round(0.131 + 0.0837 * place + 0.0041 * place**2, 4) for place, name in enumerate(SAMPLE)}
x, y = sympy.symbols("x y")


def by_rules(expression, at):
    """The check of one expression, rule by rule."""
    graph = Graph(at, [])
    return check(Derivation(graph, Local(expression, x), tuple(elementary(expression, x).values())), at)


def by_chain(definitions, of, wrt, at):
    """The check of a graph given as {name: expression}."""
    graph = Graph(at, [Definition(Symbol(name), sympy.sympify(expression)) for name, expression in definitions.items()])
    return check(graph.derivation(of, wrt), at)


def altered(derivation, claim, **changes):
    return replace(derivation, steps=tuple(replace(step, **changes) if step.claim == claim else step for step in derivation.steps))


# ---- what is right agrees


@pytest.mark.parametrize("name", ["w1", "w4", "w8", "b1", "b4", "i1", "t_o1", "net_h1", "out_o2", "Loss"])
def test_the_default_network_agrees(name):
    report = check(Network(2, 2, 2).derivation(name), SAMPLE)
    assert {one.verdict for one in report.values()} == {AGREES}
    assert all(one.error <= one.bound <= 1e-8 for one in report.values())
    assert report.summary.startswith(f"{len(report)} of {len(report)} step")


@pytest.mark.parametrize(
    ("expression", "at"),
    [
        (exp(sin(x) * y) / log(x + 2), {"x": 0.7, "y": 2}),
        (x**y + y**x, {"x": 2, "y": "1/3"}),
        (x**x, {"x": 0.5}),
        (sympy.tan(x) * sympy.cosh(x) - sympy.asinh(x) + sympy.acosh(x + 3) + sympy.atanh(x / 4), {"x": 0.2}),
        (sympy.erf(x) * sympy.atan(x) + sympy.acos(x / 9) - sympy.asin(x / 7), {"x": 0.2}),
        (sympy.pi * x**2 * sympy.E**x * sqrt(2), {"x": "1/7"}),
        (gamma(x) * x + sympy.besselj(1, x), {"x": 2.5}),
        (Max(x, y, x * y) + Min(x, 2) + Abs(x - 3), {"x": 1.5, "y": 0.5}),
        (Piecewise((x**2, x > 1), (2 * x - 1, True)), {"x": 0.5}),
        (log(1 - x), {"x": 1 - 1e-12}),
        ((1 - sympy.cos(x)) / x**2, {"x": 1e-7}),
        ((x - 1) ** 7, {"x": 1}),
        (exp(1000 * x), {"x": -1}),
        (x**30, {"x": "1e10"}),
    ],
    ids=str,
)
def test_expressions_agree_rule_by_rule(expression, at):
    report = by_rules(expression, at)
    assert {one.verdict for one in report.values()} == {AGREES}, str(report)


def test_a_cited_total_counts_with_every_path():
    report = by_chain({"a": "w**2", "b": "a*w", "f": "b + 3*a + w"}, "f", "w", {"w": "1.5"})
    assert report.ok
    assert report[Total(Symbol("f"), Symbol("w"))].value == pytest.approx(3 * 1.5**2 + 6 * 1.5 + 1)
    assert report[Local(Symbol("f"), Symbol("w"))].value == 1


def test_two_names_for_one_expression_are_moved_apart():
    report = by_chain({"a": "x*y", "b": "x*y", "c": "x", "f": "a*b + c*x"}, "f", "a", {"x": 2, "y": 3})
    assert report.ok
    assert report[Total(Symbol("f"), Symbol("a"))].difference == pytest.approx(6)
    assert by_chain({"c": "x", "f": "c*x"}, "f", "c", {"x": 2}).ok


# ---- what is wrong does not


@pytest.mark.parametrize("changes", [{"terms": ((x, x),)}, {"value": x**2}], ids=["only the terms", "only the value"])
def test_terms_and_value_are_both_held(changes):
    graph = Graph(["x"], [Definition(y, x**3 / 3 + x)])
    claim = Local(y, x)
    right = Derivation(graph, claim, (Step(claim, "elementary", ((x**2,), (sympy.S.One,)), x**2 + 1),))
    assert check(right, {"x": 2}).ok
    report = check(altered(right, claim, **changes), {"x": 2})
    assert not report.ok
    assert report[claim].verdict == WRONG
    assert report[claim].printed == 4
    assert report[claim].difference == pytest.approx(5)
    differing = "the terms differ" if "terms" in changes else "the closed form differs"
    assert differing in report[claim].cause


W1, NET, OUT = Total(Symbol("Loss"), Symbol("w1")), Total(Symbol("Loss"), Symbol("net_h1")), Total(Symbol("Loss"), Symbol("out_h1"))


@pytest.mark.parametrize(
    ("claim", "change", "cause"),
    [
        (W1, lambda step: {"value": -step.value}, "the sign is the opposite"),
        (W1, lambda step: {"value": 2 * step.value}, "twice too large"),
        (W1, lambda step: {"value": step.value / 2}, "half of what"),
        (W1, lambda step: {"value": sympy.S.Zero}, "it is zero"),
        (W1, lambda step: {"value": step.value / Symbol("i1")}, "the factor ∂net_h1/∂w1 = 0.131 is missing"),
        (NET, lambda step: {"value": step.value * Symbol("w5")}, "once too often"),
        (W1, lambda step: {"value": step.value.xreplace({Symbol("out_h1"): Symbol("out_h2")})}, "the closed form differs"),
        (W1, lambda step: {"value": step.value / Symbol("i1") * Symbol("i2")}, "i2 stands where i1 belongs"),
        (OUT, lambda step: {"terms": step.terms[:1]}, "the path through net_o2 is missing"),
        (OUT, lambda step: {"terms": step.terms[1:]}, "the path through net_o1 is missing"),
    ],
)
def test_the_likely_cause_is_named(claim, change, cause):
    derivation = Network(2, 2, 2).derivation("w1")
    report = check(altered(derivation, claim, **change(derivation[claim])), APART)
    assert report[claim].verdict == WRONG
    assert cause in report[claim].cause
    assert "wrong" in report.summary


def test_who_cites_a_wrong_fact_is_told_apart():
    derivation = Network(2, 2, 2).derivation("w1")
    report = check(altered(derivation, NET, value=-derivation[NET].value), SAMPLE)
    assert "sign" in report[NET].cause
    assert report[W1].cause == "it cites dLoss/dnet_h1, which is wrong"
    assert [str(one.claim) for one in report.having(WRONG)] == ["dLoss/dnet_h1", "dLoss/dw1"]


@pytest.mark.parametrize(
    ("suspect", "cause"),
    [
        (Suspect(math.nan, 1, 1e-9), "no finite number"),
        (Suspect(6.0, 9.0, 1e-9, nodes={"a": 2.0, "b": 3.0}), "a stands where b belongs"),
        (Suspect(5.0, 8.0, 1e-9), ""),
    ],
)
def test_slips(suspect, cause):
    found = likely_cause(suspect)
    assert cause in found
    assert bool(found) == bool(cause)


# ---- kinks


@pytest.mark.parametrize(
    ("expression", "at"),
    [
        (Abs(x), {"x": 0}),
        (x * Abs(x - 1), {"x": 1}),
        (Max(x, y, x * y), {"x": 1, "y": 1}),
        (Max(x, 0), {"x": "0"}),
        (Min(x, 2) - Max(x, 2), {"x": 2}),
        (Piecewise((exp(x), x < 0), (2 * x + 1, True)), {"x": 0}),
        (Max(0.1 + 0.2 - x, 0), {"x": 0.3}),
    ],
    ids=str,
)
def test_a_declared_slope_at_a_kink_is_not_wrong(expression, at):
    report = by_rules(expression, at)
    assert report.ok, str(report)
    assert report.having(AT_A_KINK)
    assert "at a kink" in report.summary


@pytest.mark.parametrize("expression", ["elu(x, 1)", "softsign(x)", "x*abs(x)", "max(x, 0)**2"])
@pytest.mark.parametrize("exact", [False, True])
def test_one_slope_on_both_sides_is_no_kink(expression, exact):
    derivation = differentiate(expression, "x")
    one = check(derivation, {"x": 0}, exact=exact)[derivation.claim]
    assert (one.verdict, one.left, one.right) == (AGREES, None, None)
    assert one.error == abs(one.value - one.difference) <= one.bound


@pytest.mark.parametrize("slope", [Rational(-1, 10), Rational(11, 10), 5])
def test_a_slope_outside_the_two_sides_is_wrong(slope):
    graph = Graph(["x"], [Definition(y, Max(x, 0))])
    claim = Local(y, x)
    report = check(Derivation(graph, claim, (Step(claim, "output", ((sympy.S(slope),),), sympy.S(slope)),)), {"x": 0})
    assert report[claim].verdict == WRONG
    assert "on the two sides" in str(report)


def test_rectifiers_at_their_kink_together():
    # Each declares 0, and so does their difference, although both of its one-sided slopes are negative.
    at = {"x": 0}
    report = by_chain({"p": Max(x, 0), "q": Max(-x, 0), "f": "-p*1 - q*3 + 0*x"}, "f", "x", at)
    assert report.ok
    network = Network(2, 2, 1, activation="relu", output="identity", loss="squared_error", biases="none")
    report = check(network.derivation("i1"), {"i1": 0, "i2": 0, "w1": 1, "w2": -1, "w3": 1, "w4": 1, "w5": 2, "w6": -3, "t_o1": 1})
    assert report.ok, str(report)
    assert report[Total(Symbol("Loss"), Symbol("i1"))].verdict == AT_A_KINK


def test_a_kink_of_exact_numbers_is_seen_through_rounding():
    at = {"x": "0.3", "y": "0.1"}
    report = by_chain({"net": "x - 3*y", "out": Max(Symbol("net"), 0)}, "out", "x", at)
    assert report[Total(Symbol("out"), Symbol("x"))].verdict == AT_A_KINK


# ---- what cannot be resolved


@pytest.mark.parametrize("digits", [None, 16])
@pytest.mark.parametrize("expression", [sign(x), Heaviside(x, 0), Heaviside(x, Rational(1, 2)), Piecewise((x, x < 0), (x + 1, True))], ids=str)
def test_at_a_jump_there_is_no_derivative_and_the_slope_is_a_declared_one(expression, digits):
    graph = Graph(["x"], [])
    report = check(Derivation(graph, Local(expression, x), tuple(elementary(expression, x).values())), {"x": 0}, digits)
    (found,) = report.having(NO_DERIVATIVE)
    assert (found.declared, report.ok, report.failed) == (True, True, False)
    assert "1 without a derivative at this point" in report.summary


def test_what_no_float_is_as_large_as_resolves_nothing():
    report = by_rules(exp(1000 * x), {"x": 2})
    assert not report.failed
    assert "1 not resolvable at this point" in report.summary


UNKNOWN = 1 / (1 - 1 / (1 + exp(-x)))  # defined everywhere, but no digits show that 1 − σ(100,000) is not 0


@pytest.mark.parametrize("how", [{}, {"digits": 16}, {"exact": True}], ids=["floats and more", "floats", "arbiter"])
@pytest.mark.parametrize(
    ("expression", "at", "said"),
    [
        (sqrt(x), 0, "1/sqrt(x) has no number where x = 0"),
        (log(x), 0, "log(x) has no number where x = 0"),
        (log(x), -2, "log(x) has no number where x = -2"),
        (1 / x, 0, "1/x has no number where x = 0"),
        (x ** Rational(1, 3), 0, "x**(-2/3) has no number where x = 0"),
        (sqrt(x**2), 0, "1/sqrt(x**2) has no number where x**2 = 0"),
        (1 / (exp(x) - 1), 0, "1/(exp(x) - 1) has no number where exp(x) - 1 = 0"),
        (sympy.acos(x), 1, "1/sqrt(1 - x**2) has no number where 1 - x**2 = 0"),
        (UNKNOWN, 100_000, None),
    ],
    ids=str,
)
def test_what_has_no_number_is_undefined(expression, at, said, how):
    report = check(differentiate(expression, "x"), {"x": at}, **how)
    last = list(report.values())[-1]
    assert report.ok
    assert (last.verdict, said in last.cause) == (UNDEFINED, True) if said else last.verdict == NOT_RESOLVABLE
    assert "undefined at this point" in report.summary if said else "undefined" not in str(report)


@pytest.mark.parametrize(("output", "target"), [("sigmoid", "1/2"), ("identity", 0), ("tanh", 0), ("softmax", "1/2")])
@pytest.mark.parametrize("how", [{}, {"digits": 16}, {"exact": True}], ids=["floats and more", "floats", "arbiter"])
def test_a_root_of_nothing_is_undefined_and_says_where(output, target, how):
    """0/0: what follows from it too, and names where it comes from."""
    net = Network(1, 2, 2, output=output, loss="rmse")
    at = {one.name: target if one in net.targets else 0 for one in net.graph.givens}
    report = check(net.derivation("b3"), at, **how)
    here = report[Total(net.loss, Symbol("b3"))]
    assert here.verdict == UNDEFINED
    assert here.cause.startswith("it rests on ∂Loss/∂out_o1, which is undefined; 1/sqrt(")
    assert here.cause.endswith(" = 0")
    assert str(report).count("is undefined:") == len([one for one in report.having(UNDEFINED) if one.cause.key != "rests"])
    near = check(net.derivation("b3"), at | {"b3": 1e-9}, **how)
    assert not near.having(UNDEFINED)


def test_a_pole_within_a_step_is_no_wrong_gradient():
    """The central differences of tan around π/2 have nothing to do with its slope, and agree with each other."""
    report = check(differentiate(sympy.tan(x), "x"), {"x": math.pi / 2})
    assert {one.verdict for one in report.values()} == {AGREES}
    assert not check(differentiate(sympy.tan(x), "x"), {"x": math.pi / 2}, 16).having(WRONG)


@pytest.mark.parametrize(
    ("expression", "at"),
    [
        ((x**2 * (x + 1)) ** Rational(1, 3), {"x": 1e-8}),  # a cusp at 0, where every step that is not tiny sees both sides of it
        (sqrt(x * (x + y)), {"x": 1e-300, "y": 1e-160}),  # looks like |x| from afar
        (x * sqrt(Abs(x)), {"x": 1e-300}),  # a kink beside x, on whose sides the slope is not smooth
        (Abs(x) ** Rational(11, 10), {"x": 1e-200}),
    ],
    ids=str,
)
def test_what_happens_within_the_steps_makes_no_gradient_wrong(expression, at):
    derivation = differentiate(expression, "x")
    for digits in (None, 16):
        report = check(derivation, at, digits)
        assert report.ok, str(report)
    exact = check(derivation, at, exact=True)
    assert {one.verdict for one in exact.values()} == {AGREES}, str(exact)
    last = derivation[derivation.claim]
    assert check(altered(derivation, last.claim, value=last.value * (1 + Rational(1, 10**6))), at, exact=True)[last.claim].verdict == WRONG


def test_the_arbiter_does_not_take_what_it_cannot_see_for_nothing():
    """The slope of 1 + e^(−x) at 100,000 shows in no 2,000 digits, and is not 0."""
    assert check(differentiate(1 + exp(-x), "x"), {"x": 100_000}, exact=True).ok


def test_more_digits_resolve_what_floats_cannot():
    derivation = Network(2, 2, 2).derivation("w5")
    saturated = SAMPLE | {"b3": 30}
    floats, both, many = (check(derivation, saturated, digits) for digits in (16, None, 80))
    assert floats.ok
    assert floats.having(NOT_RESOLVABLE)
    for report in (both, many):
        assert {one.verdict for one in report.values()} == {AGREES}
    wrong = altered(derivation, derivation.claim, value=derivation.result * (1 + Rational(1, 10**6)))
    assert check(wrong, saturated)[derivation.claim].verdict == WRONG
    assert check(wrong, saturated, 16)[derivation.claim].verdict == NOT_RESOLVABLE


@pytest.mark.parametrize("digits", [0, 15, -1, True, 50.0, "50"])
def test_digits_are_refused_by_name(digits):
    with pytest.raises(DeriveError, match="digits="):
        check(Network(2, 2, 2).derivation("w1"), SAMPLE, digits)


# ---- the report


def test_a_report_is_a_table():
    derivation = Network(2, 2, 2).derivation("w1")
    report = check(derivation, SAMPLE)
    assert list(report) == [step.claim for step in derivation.steps]
    assert report.worst is not None
    assert report.worst.error == max(one.error for one in report.values())
    lines = str(report).splitlines()
    assert len(lines) == len(report) + 2
    assert lines[0].split() == ["fact", "terms", "value", "central", "difference", "h", "error", "bound", "verdict"]
    assert len({line.rfind("agrees") for line in lines[1:-1]}) == 1
    assert lines[-1] == report.summary


def test_a_failing_report_prints_both_numbers_step_bound_and_cause():
    derivation = Network(2, 2, 2).derivation("w1")
    report = check(altered(derivation, W1, value=-derivation.result), SAMPLE)
    assert report.worst is report[W1]
    (line,) = [line for line in str(report).splitlines() if line.startswith("dLoss/dw1 wrong")]
    for part in ("-0.0409163684905", "0.04091636", "h = ", "error", "bound", "the sign is the opposite"):
        assert part in line
    assert "; 1 wrong" in report.summary


def test_a_whole_gradient_is_checked_in_one_report():
    network = Network(2, 3, 2, activation="tanh", loss="squared_error")
    steps = derive(network.graph, network.loss, network.parameters)
    at = {one.name: f"0.{place}" for place, one in enumerate(network.graph.givens, 11)}
    report = check(Derivation(network.graph, Total(network.loss, network.parameters[0]), tuple(steps.values())), at)
    assert report.ok
    assert set(report) == set(steps)


def test_a_check_needs_neither_numpy_nor_matplotlib():
    program = (
        "import sys; from derive import Network; from numeric import check, evaluate; "
        f"at = {SAMPLE!r}; d = Network(2, 2, 2).derivation('w1'); evaluate(d, at); assert check(d, at).ok; "
        "sys.exit(bool({'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0


# ---- any Python function


def rosenbrock(v):
    return (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2


def slope_of_rosenbrock(v):
    return [-2 * (1 - v[0]) - 400 * v[0] * (v[1] - v[0] ** 2), 200 * (v[1] - v[0] ** 2)]


@pytest.mark.parametrize("x0", [[-1.2, 1.0], (3, 4), np.array([0.5, -0.5]), np.array([1, 1])], ids=repr)
def test_a_right_gradient_agrees(x0):
    report = check_gradient(rosenbrock, lambda v: np.array(slope_of_rosenbrock(v)), x0)
    assert list(report) == [0, 1]
    assert {one.verdict for one in report.values()} == {AGREES}
    assert report.summary.startswith("2 of 2 partial derivatives agree")


@pytest.mark.parametrize(
    ("grad", "cause"),
    [
        (lambda v: [-one for one in slope_of_rosenbrock(v)], "the sign is the opposite"),
        (lambda v: [2 * one for one in slope_of_rosenbrock(v)], "twice too large"),
        (lambda v: slope_of_rosenbrock(v)[::-1], "the places are swapped"),
        (lambda v: [one * (1 + 1e-6) for one in slope_of_rosenbrock(v)], ""),
        ([0, 0], "it is zero"),
        ([math.nan, math.inf], "no finite number"),
    ],
)
def test_a_wrong_gradient_is_found(grad, cause):
    report = check_gradient(rosenbrock, grad, [-1.2, 0.7])
    assert [one.verdict for one in report.values()] == [WRONG, WRONG]
    assert all(cause in one.cause for one in report.values())
    assert not report.ok


def test_names_and_single_numbers():
    report = check_gradient(lambda v: v["a"] ** 2 * v["b"], {"b": 9, "a": 12}, {"a": 3, "b": 2})
    assert {key: one.verdict for key, one in report.items()} == {"a": AGREES, "b": AGREES}
    assert check_gradient(math.sin, math.cos, 0.3).ok
    assert check_gradient(math.prod, lambda v: v[::-1], ["3/20", "2"]).ok
    assert check_gradient(abs, 0, 0.0)["x"].verdict == AT_A_KINK


@pytest.mark.parametrize(
    ("grad", "at", "said"),
    [
        ([1, 2, 3], [1.0, 2.0], "grad has entries for 0 … 2; x has 0"),
        ({"a": 1}, {"a": 1, "b": 2}, "grad has entries for a; x has a"),
        (np.eye(2), [1.0, 2.0], "grad has the shape (2, 2)"),
        ([1, None], [1.0, 2.0], "grad[1] is 'None'"),
        ([1, 2], [[1.0], [2.0]], "x[0] = [1.0] is not a number"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(grad, at, said):
    with pytest.raises(DeriveError) as raised:
        check_gradient(lambda v: v["a"] if isinstance(v, dict) else v[0] + v[1], grad, at)
    assert said in str(raised.value)


def test_the_published_shop_is_exact():
    graph = parse_graph("fruit = apple * count\nprice = fruit * tax")
    report = check(graph.derivation("price", "tax"), {"apple": 100, "count": 2, "tax": "1.1"})
    assert {one.verdict for one in report.values()} == {AGREES}


@pytest.mark.parametrize(
    ("fun", "grad", "at"),
    [
        (lambda v: max(v, 0.0), lambda v: float(v > 0), -1e-8),
        (lambda v: math.sin(1e4 * v), lambda v: 1e4 * math.cos(1e4 * v), 1e6),
        (lambda v: abs(v) ** 1.5, lambda v: 1.5 * v**0.5, 1e-12),
        (lambda v: math.floor(10 * v) / 10, lambda v: 0.0, 10.0),
        (lambda v: 1 / v, lambda v: -1 / v**2, 1e-12),
    ],
    ids=["a kink beside", "many waves in a step", "a cusp beside", "stairs", "a pole beside"],
)
def test_a_black_box_that_turns_within_a_step_is_no_wrong_gradient(fun, grad, at):
    """Smaller steps do not confirm what the step that looked best has shown."""
    assert check_gradient(fun, grad, at)["x"].verdict in (AGREES, NOT_RESOLVABLE)
