"""differentiate: rule by rule and tidy, of any order; gradients, Jacobians and Hessians, against SymPy and mpmath."""

from __future__ import annotations

from random import Random

import mpmath
import pytest
import sympy
from sympy import Expr, Matrix, Piecewise, Rational, Symbol, cos, erf, exp, gamma, log, pi, sin, sqrt, symbols

from derive import Network, parse_expression, parse_graph
from derive.activations import defined
from derive.differentiation import differentiate
from derive.errors import DeriveError, ParseError, UnknownNameError
from derive.jacobians import gradient, hessian, jacobian
from derive.proofs import prove_gradient
from derive.rules import OUTSIDE
from derive.steps import Derivation, Local, Total
from derive.tidying import WAYS, equal, tidied
from numeric import check, evaluate

x, y, a, b, t, z, m = symbols("x y a b t z m")

# What the first four parts of the syllabus differentiate, with values for a check.
SYLLABUS: list[tuple[str, str, dict[str, object]]] = [
    ("a*x + b", "x", {"a": 2, "b": 1, "x": 3}), ("x**2", "x", {"x": 3}), ("exp(x)", "x", {"x": 1}), ("log(x)", "x", {"x": 2}),
    ("a**x", "x", {"a": 2, "x": "0.5"}), ("log(x, a)", "x", {"a": 2, "x": 3}), ("log2(x)", "x", {"x": 3}), ("lg(x)", "x", {"x": 3}),
    ("x**3 - 3*x**2 - 9*x + 5", "x", {"x": 1}), ("1/x", "x", {"x": 2}), ("sqrt(x)", "x", {"x": 2}), ("sin(x)", "x", {"x": 1}),
    ("cos(x)", "x", {"x": 1}), ("2*a + 3*b", "a", {"a": 1, "b": 2}), ("2*a + 3*b", "b", {"a": 1, "b": 2}), ("5", "x", {"x": 1}),
    ("x**2*sin(x)", "x", {"x": 1}), ("sin(x)/x", "x", {"x": 1}), ("sin(3*x**2)", "x", {"x": "0.4"}), ("0.01*x**2 + 0.1*x", "x", {"x": 5}),
    ("abs(x1 - y1) + abs(x2 - y2)", "x1", {"x1": 1, "y1": 3, "x2": 0, "y2": 1}),
    ("sqrt((x1 - y1)**2 + (x2 - y2)**2)", "x1", {"x1": 1, "y1": 3, "x2": 0, "y2": 1}),
    ("(abs(x1 - y1)**m + abs(x2 - y2)**m)**(1/m)", "x1", {"x1": 1, "y1": 3, "x2": 0, "y2": 1, "m": 3}),
    ("1/(1 + sqrt((x1 - y1)**2))", "x1", {"x1": 1, "y1": 3}), ("w*x + b", "w", {"w": 1, "x": 2, "b": 3}),
    ("step(w*x - theta)", "w", {"w": 1, "x": 2, "theta": 1}), ("sigmoid(-30 + 20*x1 + 20*x2)", "x1", {"x1": 1, "x2": "0.5"}),
    ("1/(1 + exp(-z))", "z", {"z": 1}), ("(exp(z) - exp(-z))/(exp(z) + exp(-z))", "z", {"z": 1}), ("2/(1 + exp(-2*z)) - 1", "z", {"z": 1}),
    ("max(0, z)", "z", {"z": 1}), ("max(alpha*z, z)", "alpha", {"alpha": "0.1", "z": -1}),
    ("z*step(z) + alpha*(exp(z) - 1)*step(-z)", "z", {"alpha": 1, "z": -1}), ("z/(1 + exp(-z))", "z", {"z": 1}),
    ("z*(1 + erf(z/sqrt(2)))/2", "z", {"z": 1}), ("log(1 + exp(z))", "z", {"z": 1}), ("z*tanh(log(1 + exp(z)))", "z", {"z": 1}),
    ("z/(1 + abs(z))", "z", {"z": -1}), ("max(-1, min(1, z))", "z", {"z": "0.5"}),
    ("max(w1*x + b1, w2*x + b2)", "w1", {"w1": 1, "w2": 2, "x": 1, "b1": 3, "b2": 0}),
    ("exp(z1)/(exp(z1) + exp(z2) + exp(z3))", "z1", {"z1": 1, "z2": 2, "z3": 0}),
    ("exp(z1)/(exp(z1) + exp(z2) + exp(z3))", "z2", {"z1": 1, "z2": 2, "z3": 0}), ("1/2*(t - o)**2", "o", {"t": 1, "o": "0.3"}),
    ("sqrt(((t1 - o1)**2 + (t2 - o2)**2)/2)", "o1", {"t1": 1, "o1": "0.3", "t2": 0, "o2": "0.4"}),
    ("(abs(t1 - o1) + abs(t2 - o2))/2", "o1", {"t1": 1, "o1": "0.3", "t2": 0, "o2": "0.4"}),
    ("sqrt((log(1 + t) - log(1 + o))**2)", "o", {"t": 1, "o": "0.3"}),
    ("1 - ((t1 - o1)**2 + (t2 - o2)**2)/((t1 - t2)**2/2)", "o1", {"t1": 1, "o1": "0.3", "t2": 0, "o2": "0.4"}),
    ("-(t*log(o) + (1 - t)*log(1 - o))", "o", {"t": 1, "o": "0.3"}),
    ("-(t1*log(o1) + t2*log(o2))", "o1", {"t1": 1, "o1": "0.3", "t2": 0, "o2": "0.7"}), ("p*log(p/q)", "q", {"p": "0.4", "q": "0.3"}),
    ("log(p)", "p", {"p": "0.4"}), ("max(0, 1 - t*o)", "o", {"t": 1, "o": "0.3"}),
    ("-(t*log(sigmoid(z)) + (1 - t)*log(1 - sigmoid(z)))", "z", {"t": 1, "z": "0.3"}), ("log(exp(z1) + exp(z2)) - z1", "z1", {"z1": 1, "z2": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wrt", "at"), SYLLABUS, ids=[f"{text} by {wrt}" for text, wrt, _ in SYLLABUS])
def test_the_syllabus_is_derived_by_the_rules_alone_and_every_step_agrees(text: str, wrt: str, at: dict[str, object]) -> None:
    derivation = differentiate(text, wrt)
    assert not [step for step in derivation.steps if step.rule == OUTSIDE]
    assert prove_gradient(derivation).status == "proved"
    assert check(derivation, at).ok


# text, order, result
TIDY = [
    ("sin(x)/cos(x)", 1, cos(x) ** -2),
    ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", 1, 4 / (exp(x) + exp(-x)) ** 2),
    ("x*exp(x)", 1, (x + 1) * exp(x)),
    ("x*exp(x)", 5, (x + 5) * exp(x)),
    ("x/(1 + x**2)", 1, (1 - x**2) / (x**2 + 1) ** 2),
    ("sin(x)/x", 1, (x * cos(x) - sin(x)) / x**2),
    ("-(t*log(x) + (1 - t)*log(1 - x))", 1, (x - t) / (x * (1 - x))),
    ("x**x", 1, x**x * (log(x) + 1)),
    ("(x**2 + 1)**3*(x + 2)", 1, (x**2 + 1) ** 2 * (7 * x**2 + 12 * x + 1)),
    ("x**3 - 3*x**2 - 9*x + 5", 1, 3 * x**2 - 6 * x - 9),
    ("3*x**4 - 2*x", 3, 72 * x),
    ("x**4", 5, Rational(0)),
    ("exp(-x**2)", 2, exp(-(x**2)) * (2 * x**2 - 1) * 2),
    ("sin(x)", 4, sin(x)),
    ("gelu(x)", 1, Rational(1, 2) + erf(x / sqrt(2)) / 2 + x * exp(-(x**2) / 2) / sqrt(2 * pi)),
]


@pytest.mark.parametrize(("text", "order", "expected"), TIDY, ids=[f"{text} {order}" for text, order, _ in TIDY])
def test_the_result_is_tidy(text: str, order: int, expected: Expr) -> None:
    assert differentiate(text, "x", order).result == expected


def test_the_last_steps_say_how_the_result_was_put_in_order() -> None:
    derivation = differentiate("sin(x)/cos(x)", "x")
    last = derivation[Local(Symbol("y"), x)]
    assert last.via == (((sin(x) ** 2 + cos(x) ** 2) / cos(x) ** 2, "common denominator"),)
    assert last.because == "pythagoras"
    assert derivation[Local(sin(x) / cos(x), x)].value == sin(x) ** 2 / cos(x) ** 2 + 1


def test_every_order_is_a_definition_of_the_graph_and_all_its_steps_agree() -> None:
    derivation = differentiate("x**2*exp(-x)", "x", 3)
    assert [one.symbol.name for one in derivation.graph.definitions] == ["y", "y1", "y2"]
    assert derivation.claim == Total(Symbol("y2"), x)
    assert len({step.claim for step in derivation.steps}) == len(derivation.steps)
    assert check(derivation, {"x": 2}).ok
    assert evaluate(derivation, {"x": 2})[derivation.claim].value == pytest.approx(2 * float(exp(-2)))


def test_facts_stand_before_those_that_cite_them() -> None:
    seen: set[object] = set()
    for step in differentiate("x*sin(x)*exp(a*x)/log(x)", "x", 2).steps:
        assert set(step.cited()) <= seen
        seen.add(step.claim)


@pytest.mark.parametrize("name", ["exp(x)*y", "y*f*x", "x*y1"])
def test_the_result_has_a_letter_of_its_own(name: str) -> None:
    derivation = differentiate(name, "x")
    assert derivation.claim.of.name not in {one.name for one in parse_expression(name).free_symbols}  # type: ignore[attr-defined]
    assert derivation.result == parse_expression(name).diff(x)


def test_sympy_expressions_and_symbols_with_assumptions() -> None:
    positive = Symbol("p", positive=True)
    assert differentiate(sqrt(positive**2) * positive, "p").result == 2 * positive
    assert differentiate(x**2, Symbol("x", real=True)).result == 2 * x
    assert differentiate(Rational(7), "x").result == 0
    cases = differentiate(Piecewise((x**2, x > 1), (2 * x - 1, True)), "x")
    assert cases.result == Piecewise((2 * x, x > 1), (2, True))
    assert check(cases, {"x": 3}).ok


def test_outside_the_rules_the_step_says_so() -> None:
    derivation = differentiate(gamma(x) * x, "x")
    assert [step.claim.of for step in derivation.steps if step.rule == OUTSIDE] == [gamma(x)]
    assert check(derivation, {"x": 2.5}).ok


@pytest.mark.parametrize(
    ("text", "wrt", "order", "error", "message"),
    [
        ("sin(x", "x", 1, ParseError, "never closed"),
        ("x", "2", 1, DeriveError, "'2' is no name"),
        ("x", "x", 0, DeriveError, "order=0; it is a whole number from 1 to 12"),
        ("x", "x", True, DeriveError, "order=True"),
        ("x", 3, 1, DeriveError, "differentiates by 3"),
        (None, "x", 1, DeriveError, "the expression is text or of SymPy, not None"),
        (sympy.I * x, "x", 1, DeriveError, "has no real value"),
        (Matrix([x]), "x", 1, DeriveError, "text or of SymPy"),
        (Symbol("x y") * x, "x", 1, DeriveError, "'x y' is no name"),
    ],
)
def test_what_is_refused(text: object, wrt: object, order: int, error: type[DeriveError], message: str) -> None:
    with pytest.raises(error, match=message.replace("(", r"\(")):
        differentiate(text, wrt, order)  # type: ignore[arg-type]


# ---- tidying


@pytest.mark.parametrize("way", WAYS)
def test_every_way_keeps_the_value(way: str) -> None:
    for text in (
        "x/(1 + x)**2 - 1/(1 + x)",
        "sin(x)**2*x + cos(x)**2*x",
        "x*x**(x - 1) + x**x",
        "6*x*(x + 2)*(x**2 + 1)**2 + (x**2 + 1)**3",
        "exp(x)/(1 + exp(x)) - exp(-x)",
    ):
        expression = parse_expression(text)
        assert equal(WAYS[way].make(expression), expression)


def test_what_cannot_be_proved_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WAYS, "common factor", WAYS["common factor"]._replace(make=lambda expression: x))
    assert tidied(x * exp(x) + exp(x)).value != x


def test_large_expressions_are_left_alone() -> None:
    expression = parse_expression("(x + y + 1)**60*(x - y)**60") + x
    assert tidied(expression).value is expression


# ---- gradients, Jacobians, Hessians


def test_a_gradient_vector_has_every_partial_derivative() -> None:
    found = gradient("2*a + 3*b")
    assert found.matrix == Matrix([[2, 3]])
    assert found["y", "b"] == 3
    assert gradient("x*y", ["y"]).matrix == Matrix([[x]])


def test_a_jacobian_has_a_row_for_each_function() -> None:
    found = jacobian(["x*y", "x + sin(y)", "x**2"], ["x", "y"])
    assert found.matrix == Matrix([[y, x], [1, cos(y)], [2 * x, 0]])
    assert found.matrix == Matrix([x * y, x + sin(y), x**2]).jacobian([x, y])
    assert all(check(one, {"x": 0.3, "y": 0.7}).ok for one in found.derivations())


def test_a_hessian_of_an_expression_is_that_of_sympy() -> None:
    found = hessian("x**2*y + exp(x*y)")
    assert found.of == (Symbol("f_x"), Symbol("f_y"))
    assert (found.matrix - sympy.hessian(x**2 * y + exp(x * y), (x, y))).expand() == sympy.zeros(2)
    assert all(check(one, {"x": 0.3, "y": 0.7}).ok for one in found.derivations())


GRAPH = parse_graph("a = x*y\nb = sin(a)\nc = x + a\nz = a*b + c**2")


def test_of_a_graph_the_chain_rule_is_applied_again() -> None:
    found, plain = hessian(GRAPH, of="z"), GRAPH.substituted("z")
    nodes = {Symbol(name): GRAPH.substituted(name) for name in "abc"}
    assert found.wrt == GRAPH.givens
    for row, one in enumerate(found.wrt):
        for column, other in enumerate(found.wrt):
            assert (found.matrix[row, column].xreplace(nodes) - plain.diff(one, other)).expand() == 0
    assert jacobian(GRAPH).of == (Symbol("z"),)
    assert jacobian(GRAPH, ["x"], ["b", "c"]).matrix == Matrix([[y * cos(Symbol("a"))], [y + 1]])


NETWORKS: list[tuple[tuple[int, ...], dict[str, str]]] = [
    ((2, 2, 2), {}),
    ((1, 2, 1), {"activation": "tanh", "output": "identity", "loss": "squared_error", "biases": "per-layer"}),
    ((2, 2, 2, 1), {"activation": "relu", "biases": "none"}),
    ((1, 2, 2), {"activation": "swish", "output": "softmax", "biases": "none"}),
]


@pytest.mark.parametrize(("sizes", "options"), NETWORKS, ids=str)
def test_the_hessian_of_a_loss_is_right_in_named_nodes(sizes: tuple[int, ...], options: dict[str, str]) -> None:
    net = Network(*sizes, **options)  # type: ignore[arg-type]
    found, plain = hessian(net), defined(net.graph.substituted(net.loss))
    assert found.matrix.free_symbols <= set(net.graph.order)
    draw = Random(3)
    point: dict[Expr, Expr] = {one: Rational(draw.randint(5, 95), 100) for one in net.graph.givens}
    point |= {one: Rational(1, len(net.graph.shares)) for one in net.graph.shares}
    values = dict(point)
    for one in net.graph.definitions:
        values[one.symbol] = defined(one.expression).xreplace(values).evalf(40)
    numbers = found.matrix.applyfunc(lambda entry: defined(entry).xreplace(values).evalf(35))
    assert max(map(abs, numbers - numbers.T)) < 1e-30
    for row in range(0, len(net.parameters), 5):
        slope = sympy.diff(plain, net.parameters[row])
        for column in range(row, len(net.parameters), 4):
            assert abs(numbers[row, column] - sympy.diff(slope, net.parameters[column]).xreplace(point).evalf(35)) < 1e-25


def test_a_second_derivative_of_a_loss_is_a_derivation_like_any_other() -> None:
    net = Network(2, 2, 2)
    found = hessian(net)
    entry = found.derivation("Loss_w5", "w5")
    assert isinstance(entry, Derivation)
    assert found["Loss_w5", "w5"] == parse_expression("out_h1**2*out_o1*(1 - out_o1)")
    report = check(entry, {one.name: 0.1 * place for place, one in enumerate(net.graph.givens, 1)})
    assert report.ok
    assert prove_gradient(entry).status == "proved"


def test_the_curvature_of_a_loss_is_that_of_mpmath() -> None:
    net = Network(2, 2, 1)
    point = {one: mpmath.mpf(1 + place) / 13 for place, one in enumerate(net.graph.givens)}
    w = net.parameters[0]
    loss = sympy.lambdify(
        w, defined(net.graph.substituted(net.loss)).xreplace({one: sympy.Float(value, 50) for one, value in point.items() if one != w}), "mpmath"
    )
    values: dict[Expr, Expr] = {one: sympy.Float(value, 50) for one, value in point.items()}
    for one in net.graph.definitions:
        values[one.symbol] = defined(one.expression).xreplace(values).evalf(50)
    with mpmath.workdps(40):
        measured = mpmath.diff(loss, point[w], 2)
    assert abs(hessian(net)["Loss_w1", "w1"].xreplace(values) - sympy.Float(measured, 40)) < 1e-12


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gradient("x*y", "x"), r"write \['x'\]"),
        (lambda: jacobian([]), "there is no expression"),
        (lambda: jacobian(["x"], of=["y"]), "expressions are rows all of them"),
        (lambda: hessian(["x", "x**2"]), "a Hessian is of one function, not of y1, y2"),
        (lambda: gradient(GRAPH, of="q"), "no node 'q'"),
        (lambda: gradient(Network(2, 2, 2), ["w99"]), "no node 'w99'"),
    ],
)
def test_what_a_table_of_derivatives_refuses(make: object, message: str) -> None:
    with pytest.raises((DeriveError, UnknownNameError), match=message):
        make()  # type: ignore[operator]
