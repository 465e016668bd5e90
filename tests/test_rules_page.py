"""One expression, rule by rule, on a page: laws, applications, result, check; the command that prints it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sympy import Piecewise, Symbol, gamma

from derive.differentiation import differentiate
from derive.jacobians import gradient
from derive.rules import OUTSIDE, RULES
from derive.tidying import WAYS
from explain.locales import LANGUAGES, locale
from explain.narrate import lecture

PAGES = Path(__file__).parent / "pages"
x = Symbol("x")


def text(*arguments: object, **options: object) -> str:
    page = lecture(*arguments, **options).to("text")  # type: ignore[arg-type]
    assert isinstance(page, str)
    return page


def _pages() -> dict[str, str]:
    return {
        "rule-product": text(differentiate("x*sin(x**2)", "x"), {"x": "0.5"}),
        "rule-tanh": text(differentiate("(exp(z) - exp(-z))/(exp(z) + exp(-z))", "z")),
        "rule-second": text(differentiate("x/(1 + x**2)", "x", 2), {"x": 2}),
        "rule-partials-ko": text(gradient("u*exp(a*u)").derivations(), {"a": 1, "u": "0.5"}, language="ko"),
        "rule-brief": text(differentiate("sin(x)/cos(x)", "x"), detail="brief"),
    }


@pytest.mark.parametrize("name", ["rule-product", "rule-tanh", "rule-second", "rule-partials-ko", "rule-brief"])
def test_a_golden_page_reads_as_it_was_reviewed(name: str) -> None:
    # To review a change: PYTHONPATH=. python tests/test_rules_page.py writes the pages anew; read the difference as a student would.
    from test_narrate import _steady

    assert _steady(_pages()[name]) == _steady((PAGES / f"{name}.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_law_and_every_way_has_a_sentence(language: str) -> None:
    sentences = locale(language).sentences
    assert {f"rule.{one}" for one in ("constant", "variable", "chain", OUTSIDE, *(rule.name for rule in RULES))} <= set(sentences)
    assert {f"reason.{way}" for way in WAYS} <= set(sentences)


def test_the_letters_of_the_laws_are_not_those_of_the_expression() -> None:
    page = text(differentiate("f*g*x*exp(u*x)", "x"))
    assert "Here p, q and v are any functions of x" in page


def test_full_detail_has_the_table_of_all_checks() -> None:
    assert "Every step beside its central difference." in text(differentiate("x*exp(x)", "x"), {"x": 1}, detail="full")


def test_what_stays_outside_the_rules_is_said() -> None:
    assert "outside the rules of this page" in text(differentiate(gamma(x) * x, "x"), {"x": 2.5})


def test_cases_and_kinks_and_constants() -> None:
    assert "case by case" in text(differentiate(Piecewise((x**2, x > 1), (2 * x - 1, True)), "x"), {"x": 3})
    assert "at a kink" in text(differentiate("abs(x)", "x"), {"x": 0})
    assert "(constant)" in text(differentiate("5", "x"), {"x": 1})


@pytest.mark.parametrize("form", ["latex", "markdown", "html", "json"])
def test_every_format_takes_the_page(form: str) -> None:
    assert lecture(differentiate("x*sin(x**2)", "x", 2), {"x": 1}).to(form)


@pytest.mark.parametrize(
    ("function", "said"),
    [("relu(x)", "Here is a kink"), ("abs(x)", "Here is a kink"), ("sign(x)", "there is no derivative; 0 is taken by declaration")],
)
def test_where_the_slope_is_declared_it_is_not_said_how_y_changes(function: str, said: str) -> None:
    derivation = differentiate(function, "x")
    page = " ".join(text(derivation, {"x": 0}).split())
    assert said in page
    assert "What it says" not in page
    assert "What it says" in text(derivation, {"x": 2})


if __name__ == "__main__":
    for name, page in _pages().items():
        (PAGES / f"{name}.txt").write_text(page, encoding="utf-8")
