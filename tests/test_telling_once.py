"""Nothing is told twice, and nothing is told where it does not apply; what stands on a page of numbers is true to the letter."""

from __future__ import annotations

import re
from typing import Any

import pytest

from derive import Network, differentiate, parse_graph
from explain import lecture
from numeric.data import default_point


def told(record: Any, at: Any = None, **options: Any) -> str:
    page = lecture(record, at, pictures=False, **options).to("text")
    assert isinstance(page, str)
    return " ".join(page.split())


def test_the_slope_of_an_activation_is_opened_once_and_step_by_step() -> None:
    page = told(Network().derivation("w1"), detail="full")
    assert page.count("where σ(z) = 1/(1 + e^(−z)):") == 1
    assert "(the same, written in σ(z))" in page
    assert re.search(r"∂ 1 ⎛ 1 ⎞ ── σ\(z\)", page)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_single_edge_needs_no_chain_rule(language: str) -> None:
    page = told(parse_graph("y = 2*a + 3*b").derivation("y", "a"), {"a": 1, "b": 2}, language=language)
    for gone in ("Chain rule.", "Together.", "연쇄 법칙.", "종합."):
        assert gone not in page
    assert page.count("── = 2") == 1


def test_a_factor_one_does_not_come_back_as_a_number() -> None:
    page = told(Network().derivation("b1"))
    together = page[page.index("Together.") :]
    assert "out_h1 (1 − out_h1) · 1" in together
    assert "0.2378 · 1" not in together


def test_a_factor_nought_makes_an_end_of_it() -> None:
    page = told(parse_graph("net = w*x\ny = step(net)").derivation("y", "w"), {"w": 1, "x": 2})
    together = page[page.index("Together.") : page.index("What it says.")]
    assert "= 0 · x = 0" in re.sub(r" ∂y ── | ∂w ", " ", together)


def test_a_delta_that_rests_on_others_is_cited_by_its_name() -> None:
    page = told(Network(2, 3, 3, 3, 2).derivation("w1"))
    assert "(δ₁⁽³⁾ w₁₆ + δ₂⁽³⁾ w₁₇ + δ₃⁽³⁾ w₁₈)" in page


@pytest.mark.parametrize("wrt", ["net_h1", "out_h1"])
def test_an_inner_node_is_not_constant_on_its_own_page(wrt: str) -> None:
    page = told(Network().derivation(wrt))
    constant = page[page.index("therefore constant here:") : page.index("Chain rule.")]
    assert not re.search(r"\b(net|out)_h1 =", constant)
    assert re.search(rf"Before {wrt} changes, .*\b{wrt} = ", page)


def test_a_step_has_a_letter_of_its_own() -> None:
    page = told(parse_graph("s = w*x\nh = s + b").derivation("h", "w"), {"w": "0.5", "x": 2, "b": "-0.7"})
    assert "(h(w + ε) − h(w − ε))/(2 ε)" in page
    assert "raising w by a small amount ε raises h by about 2 ε" in page


def test_a_kink_has_no_difference_that_agrees() -> None:
    net = Network(activation="relu")
    page = told(net.derivation("w1"), default_point(net.graph) | {"w1": 0, "w3": 0, "b1": 0})
    assert "Here is a kink" in page
    assert re.search(r"0\.0694472470 – \S+ · \S+ at a kink", page)


def test_sums_keep_the_order_in_which_they_were_written() -> None:
    assert "x² + 1" not in told(differentiate("sqrt(1 + x**2)", "x"), {"x": 1})
    assert "1 + x²" not in told(differentiate("sqrt(x**2 + 1)", "x"), {"x": 1})


@pytest.mark.parametrize(("places", "said"), [(1, "as a rule to one decimal."), (4, "as a rule to 4 decimals.")])
def test_a_single_decimal_is_one(places: int, said: str) -> None:
    assert said in told(Network().derivation("w1"), precision=places)


def test_a_slope_that_the_page_has_derived_is_cited_and_not_derived_again() -> None:
    graph = parse_graph("apples = apple*count\nprice = apples*tax")
    page = told([graph.derivation("price", one) for one in ("apple", "count")], {"apple": 100, "count": 2, "tax": "1.1"})
    assert page.count("= tax = 1.1") == 1
    assert "From (2) we have ∂price/∂apples." in page


@pytest.mark.parametrize(("rule", "said"), [("x**2 + 1", "(sum and constant)"), ("x**2 + sin(x)", "(sum)")])
def test_a_constant_that_a_sum_drops_is_named(rule: str, said: str) -> None:
    assert said in told(differentiate(rule, "x"), {"x": 1}).split("Rule by rule.")[1]


def test_a_quotient_stays_on_one_line() -> None:
    together = told(differentiate("x/(x**2 + 1)", "x"), {"x": 2}).split("Together.")[1]
    assert "common denominator" not in together
    assert "multiplied out, like terms collected" in together


def test_numbers_stand_in_the_order_of_the_letters() -> None:
    together = told(differentiate("x*sin(x)", "x"), {"x": 2}).split("Together.")[1]
    assert together.index("sin(x) + x cos(x)") < together.index("sin(2) + 2 · cos(2)")
