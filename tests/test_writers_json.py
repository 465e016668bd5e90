"""JSON: valid, deterministic, exact numbers as text."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import pytest
from click.testing import CliRunner
from sympy import Abs, Expr, Float, Heaviside, Max, Min, Rational, Symbol, exp, expand

from derive import Network, judge, parse_expression
from derive.activations import ACTIVATIONS
from derive.claims.text import assumptions
from derive.distances import DISTANCES
from derive.functions import FUNCTIONS, PRINTED
from derive.losses import LOSSES, loss
from explain import lecture
from explain.cli import explain
from explain.document import Document, Math, Text
from explain.formula import Name, Number, Script
from explain.writers import json as writer
from explain.writers.json import SCHEMA, plain
from tests.writers_sample import printed

TITLE = (Text("The slope of "), Math(Script(Name("w"), Number("1"))))


def record(data):
    return json.loads(printed(Document(TITLE, "ko", (), lambda: data), "json"), parse_constant=pytest.fail)


def test_the_record_opens_with_its_schema():
    page = printed(Document(TITLE, "ko", (), lambda: {"steps": []}), "json")
    assert list(json.loads(page)) == ["schema", "language", "title", "steps"]
    assert json.loads(page) == {"schema": SCHEMA, "language": "ko", "title": "The slope of w₁", "steps": []}
    assert page.endswith("}\n")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(3, 20), "3/20"),
        (0.1, 0.1),
        (-5e-324, -5e-324),
        (2**53, "9007199254740992"),
        (7, 7),
        (True, True),
        (None, None),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ((1, ("a",)), [1, ["a"]]),
        ({Fraction(1, 2): (float("inf"),)}, {"1/2": ["inf"]}),
        ("우유 \u2028 </script>", "우유 \u2028 </script>"),
    ],
)
def test_values(value, shown):
    assert plain(value) == shown
    assert record({"v": value})["v"] == shown


def test_floats_come_back_as_they_were():
    assert record({"v": [0.1 + 0.2, 1 / 3, 1e308]})["v"] == [0.1 + 0.2, 1 / 3, 1e308]


def test_ascii():
    page = printed(Document(TITLE, "ko", (), lambda: {"label": "우유"}), "json", ascii=True)
    assert page.isascii()
    assert json.loads(page)["label"] == "우유"


def test_the_record_of_a_derivation_is_as_it_is_documented():
    network = Network(2, 2, 2)
    page = json.loads(printed(lecture(network.derivation("w1")), "json"))
    assert list(page) == ["schema", "language", "title", "graph", "samples", "derivations"]
    assert set(page["graph"]) == {"givens", "definitions"}
    (derivation,) = page["derivations"]
    assert set(derivation) == {"claim", "result", "expanded", "path_count", "proof", "mean", "steps"}
    last = derivation["steps"][-1]
    assert set(last) == {"claim", "rule", "terms", "because", "value", "number", "check"}
    assert set(last["check"]) == {"value", "difference", "h", "error", "bound", "verdict"}
    assert last["claim"] == derivation["claim"] == {"kind": "total", "of": "Loss", "wrt": "w1"}
    assert {one["name"]: one["expression"] for one in page["graph"]["definitions"]}["net_h1"] == "w1*i1 + w3*i2 + b1"
    assert parse_expression(derivation["result"]) == network.gradient("w1")
    documented = writer.__doc__ or ""
    assert all(key in documented for key in [*page, *page["graph"], *derivation, *last, *last["check"]])


# ---- what is said reads back


ARGUMENTS = {1: "x*y", 2: "x, y*x", 3: "x, y, 1"}
OUTPUTS = ("sigmoid", "identity", "softmax", "hard_tanh")
PAGES = [
    *(["activation", name] for name in ACTIVATIONS),
    *(["gradient", "w1", "--no-check", "--activation", name] for name in ACTIVATIONS),
    *(["loss", name] for name in LOSSES),
    *(["gradient", "w1", "--no-check", "--output", output, "--loss", name] for output, name in product(OUTPUTS, LOSSES)),
    *(["rule", "--no-check", f"{name}({ARGUMENTS[max(1, row.least)]})"] for name, row in {**FUNCTIONS, **PRINTED}.items()),
    *(["rule", "--no-check", "--order", "2", "--wrt", "x", f"{name}({ARGUMENTS[record.arguments[0]]})"] for name, record in ACTIVATIONS.items()),
    *(["distance", name] for name in DISTANCES),
    *(["rule", text, "--limit"] for text in ("sqrt(x)", "1/x", "exp(2*x)", "log(x)")),
    *(["rule", text, "--extrema"] for text in ("x**2*exp(-x)", "abs(x)", "log(x) - x", "x**3 - 2*x")),
    ["network", "--activation", "selu"], ["network", "--net", "2-3", "--output", "softmax", "--loss", "huber"],
    ["optimizer", "adam"], ["graph", "-"],
]  # fmt: skip
REFUSED = ("needs predictions", "needs at least")  # losses that do not go with an output


def _same(left: Expr, right: Expr) -> bool:
    """Are they equal? SymPy multiplies a number into a sum, and keeps a decimal apart from its fraction."""
    return left == right or expand(left - right) == 0 or (right.is_Float and Float(left, precision=right._prec) == right)


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_expression_of_a_page_reads_back_as_the_same(page, monkeypatch):
    printed: list[tuple[Expr, str]] = []

    def watched(value):
        text = plain(value)
        if hasattr(value, "free_symbols") or hasattr(value, "summands"):
            printed.append((getattr(value, "expression", value), text))
        return text

    monkeypatch.setattr(writer, "plain", watched)
    done = CliRunner().invoke(explain, [*page, "--format", "json"], input="u = Heaviside(x - 1)*max(x, y)\nf = u**2*log2(y)*Min(x, y)")
    if any(one in done.stderr for one in REFUSED):
        assert done.exit_code == 2
        return
    assert done.exit_code == 0, done.stderr
    assert printed
    for value, text in printed:
        assert text == str(float(value)) if value.is_infinite else _same(parse_expression(text), value), text


@pytest.mark.parametrize(
    "value",
    [
        Max(0, Symbol("x")), Min(1, Abs(Symbol("x"))), Heaviside(Symbol("x")), Heaviside(-Symbol("x"), 1), Heaviside(Symbol("x"), 0), exp(1) * Symbol("x"),
        Rational(2, 3) ** Symbol("x"), 0.1 + 0.2 * Symbol("x"), Float("0.1", 40) * Symbol("x"), Float(1e90), Float(2) ** -60,
    ],
    ids=str,
)  # fmt: skip
def test_expressions_of_sympy_read_back_to_the_last_digit(value):
    exact = value.replace(lambda part: part.is_Float, lambda part: Rational(plain(part)))
    assert parse_expression(plain(value)) == exact
    assert all(Float(Rational(plain(part)), precision=part._prec) == part for part in value.atoms(Float))


@pytest.mark.parametrize("name", [*LOSSES, "mse(half=yes)", "huber(delta=2)", "sum(abs(t - o)**3)"])
def test_the_text_of_a_loss_is_the_loss(name):
    data = json.loads(CliRunner().invoke(explain, ["loss", name, "--format", "json"]).stdout)
    assert loss(data["text"]).whole == loss(name).whole


@pytest.mark.parametrize(
    ("claim", "domain", "part"),
    [
        ("x/x = 1", "x != 0", None),
        ("x = x", "", None),
        ("log(x*y) = log(x) + log(y)", "x > 0, y > 0", None),
        ("log(x) = log(-x)", None, None),
        ("diff(min(x, y, 1), y) = 1 - step(y - x)", "Min(1, x) != y", "x <= 0, -x + y != 0, Min(1, x) != y"),
        ("sqrt(x**2) = x", "", "x >= 0"),
    ],
)
def test_the_domain_of_a_claim_is_what_may_be_assumed(claim, domain, part):
    data = json.loads(CliRunner().invoke(explain, ["claim", claim, "--format", "json"]).stdout)
    for said, wanted in ((data["domain"], domain), (data["holds_where"], part)):
        assert (said is None) == (wanted is None)
        assert set(assumptions(said or ()).conditions) == set(assumptions(wanted or ()).conditions)
    if data["status"] == "proved":
        left, right = claim.split(" = ")
        assert judge(left, right, data["domain"]).status == "proved"
