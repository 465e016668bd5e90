"""The letter e, and pi: constants in every text, unless the text or its user makes a name of them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sympy import E, Limit, Symbol, exp, log, oo, pi, sqrt, symbols

from derive import (
    DeriveError,
    Network,
    difference_quotient,
    differentiate,
    gradient,
    hessian,
    jacobian,
    judge,
    judge_gradient,
    matrix_gradient,
    parse_expression,
    parse_graph,
    variation,
)
from derive.activations import SELU_ALPHA
from derive.matrices.reading import parse_matrix
from derive.plain import plain
from explain import latex, lecture
from explain.cli import explain
from numeric import check, compile_gradient

e, x, a, b = symbols("e x a b")
NAMED_PI = Symbol("pi")


@pytest.mark.parametrize(
    ("text", "options", "value"),
    [
        ("e", {}, E),
        ("ln(e)", {}, 1),
        ("e**x", {}, exp(x)),
        ("e*exp(x)", {}, E * exp(x)),
        ("2e3*e", {}, 2000 * E),
        ("log(x, e)", {}, log(x)),
        ("pi*e", {}, pi * E),
        ("selu_alpha*x", {}, SELU_ALPHA * x),
        ("e*x", {"declared": ["e"]}, e * x),
        ("e*x", {"declared": [e, "q"]}, e * x),
        ("e*x", {"names": ["e", "x"]}, e * x),
        ("e*x", {"names": ["x"]}, E * x),
        ("pi*e", {"declared": ("pi",)}, NAMED_PI * E),
    ],
)
def test_a_constant_is_a_name_only_where_it_is_declared(text, options, value):
    assert parse_expression(text, **options) == value


@pytest.mark.parametrize(
    ("text", "declared", "givens", "values"),
    [
        ("y = e*exp(x)", (), ["x"], [E * exp(x)]),
        ("y = e*exp(x)", ["e"], ["e", "x"], [e * exp(x)]),
        ("e = a - b\ny = e**2", (), ["a", "b"], [a - b, e**2]),
        ("pi = 2*x\ny = pi + e", (), ["x"], [2 * x, NAMED_PI + E]),
        ("y = x\npi = y**2", (), ["x"], [x, symbols("y") ** 2]),
    ],
)
def test_what_a_graph_defines_or_declares_is_that(text, declared, givens, values):
    graph = parse_graph(text, declared)
    assert [one.name for one in graph.givens] == givens
    assert [one.expression for one in graph.definitions] == values
    assert [one.expression for one in parse_graph(str(graph), declared).definitions] == values


def test_a_name_is_that_name_in_every_line():
    with pytest.raises(DeriveError, match="'e' is read before it is defined in line 2"):
        parse_graph("y = e**2\ne = a")


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (lambda: differentiate("e**x", "x").result, exp(x)),
        (lambda: differentiate("e**x", "e").result, x * e ** (x - 1)),
        (lambda: differentiate("e*x", "x", declared=["e"]).result, e),
        (lambda: gradient("e*x").wrt, (x,)),
        (lambda: gradient("e*x", ["e"])["y", "e"], x),
        (lambda: gradient("pi*x", declared=["pi"]).wrt, (NAMED_PI, x)),
        (lambda: jacobian(["e*x", "x**2"]).rows, ((E,), (2 * x,))),
        (lambda: hessian("e**2*x", ["e", "x"]).rows, ((2 * x, 2 * e), (2 * e, 0))),
        (lambda: difference_quotient("e**x").result, exp(x)),
        (lambda: difference_quotient("e**2", "e").result, 2 * e),
        (lambda: [one.x for one in variation("x*e**(-x)").maxima], [1]),
        (lambda: [one.x for one in variation("e**3 - 3*e", "e").minima], [1]),
        (lambda: parse_matrix("e*a"), E * a),
        (lambda: parse_matrix("e*a", {"e": "scalar"}), e * a),
        (lambda: matrix_gradient("e*a^2", "a").result, 2 * E * a),
        (lambda: matrix_gradient("e*a^2", "e").result, a**2),
        (lambda: Network(2, 2, 1, activation="z*e**(-z)").gradient("w1"), Network(2, 2, 1, activation="z*exp(-z)").gradient("w1")),
        (lambda: Network(2, 2, 1, loss="e**(t - o)").gradient("w1"), Network(2, 2, 1, loss="exp(t - o)").gradient("w1")),
        (lambda: Network(2, 2, 1, l2="e").graph.node("e"), e),
    ],
)
def test_every_text_entry_knows_the_constants(found, value):
    assert found() == value


@pytest.mark.parametrize(
    ("left", "right", "assuming", "status"),
    [
        ("ln(e)", "1", "", "proved"),
        ("diff(e**x, x)", "e**x", "", "proved"),
        ("limit((1 + 1/n)**n, n, oo)", "e", "", "proved"),
        ("log(e*x)", "1 + log(x)", "x > e", "proved"),
        ("diff(e**2*x, e)", "2*e*x", "", "proved"),  # bound, so a name on both sides
        ("limit(e**2, e, 3)", "9", "", "proved"),
        ("e*x", "2*x", "e = 2", "proved"),
        ("e*x", "2*a*x", "e = 2*a", "proved"),
        ("log(e*x)", "log(e) + log(x)", "e > 0", "proved"),
        ("log(e*x)", "1 + log(x)", "0 < e < 1", "refuted"),
        ("pi", "3", "pi = 3", "proved"),
        ("e", e, "", "proved"),  # a symbol beside the text
        ("e", x, "x = e", "proved"),
        ("e + a", "a + e", [e > 0], "proved"),
        (Limit(1 / x, x, oo), "e - exp(1)", "", "proved"),  # SymPy keeps the side of a limit as a symbol
    ],
)
def test_a_claim_is_about_the_constant_unless_it_binds_or_assumes_the_name(left, right, assuming, status):
    assert judge(left, right, assuming).status == status


def test_a_claimed_gradient_reads_the_names_of_its_graph():
    assert judge_gradient(parse_graph("y = e**x"), "x", "e**x").status == "proved"
    own = parse_graph("y = e*x", ["e"])
    assert judge_gradient(own, "x", "e").status == "proved"
    assert judge_gradient(own, "x", "exp(1)").status == "refuted"


@pytest.mark.parametrize(
    "call",
    [
        lambda: check(parse_graph("y = e*x").derivation("y", "x"), {"e": 2, "x": 1}),
        lambda: check(differentiate("e*x", "x"), {"e": 2, "x": 1}),
        lambda: parse_graph("y = e*x").derivation("y", "e"),
        lambda: judge_gradient(parse_graph("y = e*x"), "e", "x"),
        lambda: compile_gradient(parse_graph("y = e*x"), of="y", wrt=["x"])({"x": 3.0, "e": 2.0}),
    ],
)
def test_a_constant_takes_no_value_and_no_derivative(call):
    with pytest.raises(DeriveError, match=r"'e' is Euler's number where no text defines it, unless declared=\['e'\] makes it a name"):
        call()


def test_a_letter_that_is_not_in_the_text_stays_unknown():
    with pytest.raises(DeriveError, match="no letter 'e'; this expression has x"):
        matrix_gradient("x'*x", "e")
    assert run("matrix", "x'*x", "--wrt", "x", "--at", "e=2,x=[1,2]").stderr.startswith("explain: no letter 'e'; values are for x")
    assert run("rule", "x", "--at", "e=2").exit_code == 2


@pytest.mark.parametrize("declared", ["e", 5, [5], ["1e"]])
def test_what_is_no_list_of_names_is_refused(declared):
    for call in (parse_expression, parse_graph):
        with pytest.raises(DeriveError, match=r"declared is a list of names|a name is text|is no name"):
            call("y = e*x" if call is parse_graph else "e*x", declared=declared)


# ---- on the page

GRAPH = "y = e*exp(x)\n"


def run(*line: str, text: str = GRAPH):
    return CliRunner().invoke(explain, [*line], input=text)


def test_a_name_e_is_set_apart_from_the_number():
    page = lecture(parse_graph(GRAPH, ["e"]).derivation("y", "x"), at={"e": 2, "x": 1})
    assert "Here e is a name and not Euler's number, whose powers are written exp(u)." in str(page.to("text"))
    assert "y = e exp(x)" in str(page.to("text"))
    assert "e^{x}" not in str(page.to("latex"))
    assert latex(e * exp(x)) == r"e\exp(x)"
    constant = str(lecture(parse_graph(GRAPH).derivation("y", "x")).to("text"))
    assert "is a name" not in constant
    assert "y = e e^x" in constant


def test_a_name_pi_is_set_apart_from_the_number():
    page = lecture(parse_graph("y = pi*erf(x)", ["pi"]).derivation("y", "x"), language="ko")
    assert "여기서 pi는 이름이며 원주율 π가 아니다." in str(page.to("text"))
    assert r"\mathrm{pi}" in str(page.to("latex"))
    assert "sqrt(acos(-1))" in plain(NAMED_PI / sqrt(pi))
    assert parse_expression(plain(NAMED_PI / sqrt(pi)), declared=["pi"]) == NAMED_PI / sqrt(pi)


def test_the_constants_of_selu_are_set_apart_from_the_names_of_their_letters():
    both, alone = (str(lecture(Network(2, 2, 1, activation="selu", l2=l2).derivation("w1")).to("latex")) for l2 in ("lamda", None))
    assert r"\lambda_{\mathrm{SELU}}" in both
    assert r"\lambda_{\mathrm{SELU}}" not in alone


APART = "Here e is a name and not Euler's number"


@pytest.mark.parametrize(
    ("line", "shown", "apart"),
    [
        (["rule", "e**x"], "e^x", False),
        (["rule", "e**x", "--wrt", "e"], "x e^(x−1)", True),
        (["rule", "e*x", "--wrt", "x", "--at", "e=2,x=1"], "= 2", True),
        (["rule", "e**2", "--wrt", "e", "--limit"], "2 e", True),
        (["rule", "e**3 - e", "--wrt", "e", "--extrema"], "3 e²", True),
        (["graph", "-"], "e e^x", False),
        (["graph", "-", "--wrt", "e"], "e exp(x)", True),
        (["graph", "-", "--wrt", "x", "--at", "e=2,x=1"], "e exp(x)", True),
        (["matrix", "e*x'*x", "--wrt", "x"], "e x", False),
        (["matrix", "e*x'*x", "--wrt", "e"], "xᵀ x", True),
        (["matrix", "e*x'*x", "--wrt", "x", "--at", "e=2,x=[1,2]"], "e x", True),
        (["claim", "ln(e) = 1"], "Proved", False),
        (["claim", "e*exp(x) = 2*exp(x)", "--assuming", "e = 2"], "e exp(x)", True),
        (["claim", "e*x = x*e", "--label", "e=error", "--assuming", "e > 0"], "error", False),
    ],
)
def test_the_command_line_reads_it_alike_and_the_page_says_so(line, shown, apart):
    done = run(*line, "--format", "text")
    assert done.exit_code == 0, done.stderr
    assert shown in done.stdout
    assert (APART in done.stdout) == apart


def test_values_may_come_from_a_file_or_standard_input(tmp_path):
    point, source = tmp_path / "point.toml", tmp_path / "graph.txt"
    point.write_text("e = 2\nx = 1\n", encoding="utf-8")
    source.write_text(GRAPH, encoding="utf-8")
    for at, text in ((str(point), ""), ("-", point.read_text("utf-8"))):
        done = run("graph", str(source), "--wrt", "x", "--at", at, "--format", "json", text=text)
        assert done.exit_code == 0, done.stderr
        assert json.loads(done.stdout)["graph"]["givens"] == ["e", "x"]
    assert "def " in run("code", str(source), "--wrt", "e").stdout


def test_a_record_with_a_name_e_reads_back_with_its_givens_declared():
    data = json.loads(run("graph", "-", "--wrt", "e", "--format", "json", text="y = e**x*exp(x)").stdout)
    (derivation,) = data["derivations"]
    assert parse_expression(derivation["result"], declared=data["graph"]["givens"]) == x * e ** (x - 1) * exp(x)
