"""Functions of several arguments where two of them are equal, or where some are numbers: derived, proved and compiled."""

from __future__ import annotations

import math

import pytest
from sympy import Rational, Symbol

from derive import differentiate, judge, parse_expression, parse_graph
from derive.activations import ACTIVATIONS
from derive.chain import local_step
from derive.proofs import prove_gradient
from numeric import compile_gradient

x, y = Symbol("x"), Symbol("y")

# text, and its derivative by x for x > 0 > y
EQUAL: list[tuple[str, str]] = [
    ("softmax(x, x)", "0"),
    ("softmax(y, x, x)", "-2*softmax(y, x, x)*softmax(x, x, y)"),
    ("softmax(x, x, y)", "softmax(x, x, y)*(1 - 2*softmax(x, x, y))"),
    ("softmax(x, 2*x, 2*x)", "-2*softmax(x, 2*x, 2*x)*softmax(2*x, x, 2*x)"),
    ("softmax(x, -x, x, x)", "2*softmax(x, -x, x, x)*softmax(-x, x, x, x)"),
    ("max(x, x)", "1"),
    ("min(x, x, y)", "step(y - x)"),
    ("maxout(x, y, x)", "step(x - y)"),
    ("max(x*y, y, x*y)", "y*(1 - step(y - x*y))"),
    ("prelu(x, x)", "x*step(-x) + step(x) + min(0, x)"),
    ("swish(x, x)", "sigmoid(x**2) + 2*x**2*sigmoid(x**2)*(1 - sigmoid(x**2))"),
    ("log(x, x)", "0"),
]


@pytest.mark.parametrize(("text", "expected"), EQUAL)
def test_what_has_equal_arguments_is_derived_right_and_proved(text: str, expected: str) -> None:
    derivation = differentiate(text, "x")
    assert prove_gradient(derivation).status == "proved"
    assert judge(derivation.result, expected, "x > 0, y < 0").status == "proved"


@pytest.mark.parametrize(("text", "expected"), EQUAL)
def test_what_has_equal_arguments_is_derived_and_compiled_right_in_graphs(text: str, expected: str) -> None:
    graph, at = parse_graph(f"p = {text}\nz = p*p + 0*y"), {"x": 0.7, "y": -0.4}
    assert prove_gradient(graph.derivation("z", "x")).status == "proved"
    value, slopes = compile_gradient(graph, "z", ["x"])({name: at[name] for name in map(str, graph.givens)})
    point = {x: Rational(7, 10), y: Rational(-2, 5)}
    p, slope = (float(parse_expression(formula).xreplace(point)) for formula in (text, expected))
    assert value == pytest.approx(p**2, rel=1e-12)
    assert slopes["x"] == pytest.approx(2 * p * slope, rel=1e-12, abs=1e-15)


def test_an_argument_that_stands_twice_is_no_single_argument_of_the_layer() -> None:
    whole = ACTIVATIONS["softmax"].function
    graph = parse_graph("a = softmax(x, y)\nb = softmax(x, x, y)\nc = softmax(y, x, x)\nz = a*b")
    assert graph.named(whole, y, (x, x, y)) == Symbol("c")
    assert graph.named(whole, x, (y, x)) == Symbol("a")
    assert local_step(graph.by_symbol[Symbol("b")], y, graph.named).value == -Symbol("b") * Symbol("c")
    assert prove_gradient(graph.derivation("z", "x")).status == "proved"


# ---- numbers


def _calls(record_name: str, argument: str) -> str:
    return f"{record_name}({argument}, {argument})" if ACTIVATIONS[record_name].maps > 1 else f"{record_name}({argument})"


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("argument", ["0", "x - x", "-3", "0.5", "2*pi - 8", "log(2) - log(2)"])
def test_an_activation_of_a_number_is_a_number(name: str, argument: str) -> None:
    text = _calls(name, argument)
    value = parse_expression(text)
    assert value.is_number
    exact = ACTIVATIONS[name].definition(*[parse_expression(argument)] * ACTIVATIONS[name].maps)
    assert judge(text, exact).status == "proved"
    graph = parse_graph(f"p = x*{text} + {_calls(name, 'x')}")
    assert math.isfinite(compile_gradient(graph, "p", ["x"])({"x": 0.3})[1]["x"])


@pytest.mark.parametrize("text", ["relu(0)", "gelu(x - x)", "hard_tanh(3) - 1", "elu(-pi + pi)", "softmax(1, 1) - 1/2", "maxout(-1, 0)"])
def test_what_comes_to_nothing_is_not_divided_by(text: str) -> None:
    assert parse_expression(text) == 0
    with pytest.raises(ValueError, match="divides by zero"):
        parse_expression(f"1/({text})")


# text of p in z1 and z2, and what it is
LAYERS = [
    ("softmax(z1, -2)", lambda a, b: math.exp(a) / (math.exp(a) + math.exp(-2))),
    ("softmax(-2, z1, z1)", lambda a, b: math.exp(-2) / (math.exp(-2) + 2 * math.exp(a))),
    ("softmax(1/3, z2, 0, z1)", lambda a, b: math.exp(1 / 3) / (math.exp(1 / 3) + math.exp(b) + 1 + math.exp(a))),
    ("log(1 - softmax(z1, z1, 1))", lambda a, b: math.log(1 - math.exp(a) / (2 * math.exp(a) + math.e))),
    (
        "softmax(z1, z2)/(1 - softmax(z1, z1, z2))",
        lambda a, b: math.exp(a) * (2 * math.exp(a) + math.exp(b)) / (math.exp(a) + math.exp(b)) ** 2,
    ),
    ("log(exp(z1) + exp(2) + exp(z2))", lambda a, b: math.log(math.exp(a) + math.exp(2) + math.exp(b))),
    ("max(z1, -2, z1) + min(-2, z2)", lambda a, b: max(a, -2) + min(-2, b)),
]


@pytest.mark.parametrize(("text", "function"), LAYERS, ids=[text for text, _ in LAYERS])
def test_numbers_among_the_arguments_of_a_layer_are_compiled_in_every_language(text: str, function) -> None:
    graph, a, b, h = parse_graph(f"p = {text} + 0*z1*z2"), 0.7, -0.4, 1e-5
    compiled = compile_gradient(graph, "p", ["z1", "z2"])
    value, slopes = compiled({"z1": a, "z2": b})
    assert value == pytest.approx(function(a, b), rel=1e-13)
    assert slopes["z1"] == pytest.approx((function(a + h, b) - function(a - h, b)) / (2 * h), abs=1e-9)
    assert slopes["z2"] == pytest.approx((function(a, b + h) - function(a, b - h)) / (2 * h), abs=1e-9)
    arrays = compiled({"z1": [a, a], "z2": [b, b]})
    assert arrays[0] == pytest.approx([value] * 2)
    for source in (compiled.source, compiled.c_source, compiled.javascript_source):
        assert "softmax_-" not in source
        assert "exp_-" not in source
