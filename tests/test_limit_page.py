"""The page of a derivative as a limit: every line has its reason, numbers and picture go with it, a wrong line is seen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from golden import hold
from sympy import symbols
from test_limits import WORKED

from derive.analysis.limits import difference_quotient
from derive.analysis.quotients import SPECIAL
from derive.errors import DeriveError
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED
from explain.document import Document, Equation, Figure, Table
from explain.formula import Lines
from explain.locales import LANGUAGES, locale
from explain.narrate import lecture
from explain.pages.limit import limit_page

x = symbols("x")
TEXTS = [text for text, _ in WORKED]
GOLDEN: dict[str, tuple[str, dict[str, Any]]] = {
    "limit-square": ("x**2", {}),
    "limit-root-ko": ("sqrt(x)", {"at": {"x": 4}, "language": "ko"}),
    "limit-sum": ("3*sin(x) - 2/x", {"detail": "full"}),
}


def text(function: str, **options: Any) -> str:
    return str(lecture(difference_quotient(function), pictures=False, **options).to("text"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, ["rule", *arguments])


def equation(page: Document, label: str) -> Lines:
    formula = next(block.formula for block in page.blocks if isinstance(block, Equation) and block.label == label)
    assert isinstance(formula, Lines)
    return formula


@pytest.mark.parametrize("name", GOLDEN)
def test_the_page_reads_as_it_was_reviewed(name: str) -> None:
    function, options = GOLDEN[name]
    hold(name, text(function, **options))


@pytest.mark.parametrize("function", TEXTS)
def test_every_line_has_a_reason_and_the_check_holds(function: str) -> None:
    quotient = difference_quotient(function)
    page, reports = limit_page(quotient, {one: 2 for one in map(str, {quotient.x, *quotient.lines[0].expression.free_symbols}) if one != "h"}, pictures=False)
    lines = equation(page, "limit:f").rows
    assert all(why for _, _, why in lines)
    assert 2 <= len(lines) <= len(quotient.lines)
    assert [report.ok for report in reports] == [True]
    assert any(isinstance(block, Table) for block in page.blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_every_special_limit_has_a_sentence(language: str) -> None:
    reasons = {reason.replace("-", " ") for _, several in WORKED for reason in several.split()}
    wanted = {*(f"limit.reason.{reason}" for reason in reasons), *(f"limit.special.{name}" for name in SPECIAL)}
    assert wanted <= set(locale(language).sentences)


def test_the_slopes_of_secants_come_near() -> None:
    page, _ = limit_page(difference_quotient("x**2"), {"x": 3})
    (table,) = (block for block in page.blocks if isinstance(block, Table))
    assert len(table.rows) == 10
    shown = text("x**2", at={"x": 3})
    for slope in ("6.1", "6.01", "6.001", "5.999", "5.9"):
        assert f" {slope} " in shown
    assert "f′(3) = 2 · 3 = 6" in shown
    assert sum(isinstance(block, Figure) for block in page.blocks) == 1


def test_secants_stay_where_the_function_has_values() -> None:
    page, _ = limit_page(difference_quotient("log(x)"), {"x": "0.5"})
    (table,) = (block for block in page.blocks if isinstance(block, Table))
    assert len(table.rows) == 9  # not for h = −1
    (figure,) = (block for block in page.blocks if isinstance(block, Figure))
    assert figure.draw("svg").startswith(b"<?xml")


def test_a_straight_line_is_its_own_tangent() -> None:
    assert "Every secant has the slope 3" in text("3*x + 1")


def test_details_tell_more_and_more() -> None:
    brief, normal, full = (text("exp(2*x)", detail=detail) for detail in ("brief", "normal", "full"))
    assert len(brief) < len(normal) < len(full)
    assert "The numbers." not in brief


def test_other_names_need_values() -> None:
    assert "The numbers." not in text("a*x**2")
    assert "f′(1) = 2 · 3 · 1 = 6" in text("a*x**2", at={"a": 3, "x": 1})
    with pytest.raises(DeriveError, match="there is no value for a"):
        text("a*x**2", at={"x": 1})


@pytest.mark.parametrize(
    ("function", "at", "message"),
    [("1/x", {"x": 0}, "at x = 0 the function 1/x has no derivative"), ("sqrt(x)", {"x": 0}, "no derivative"), ("x", [{"x": 1}, {"x": 2}], "at has 2 points")],
)
def test_points_without_a_derivative_are_refused(function: str, at: Any, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        text(function, at=at)


def test_a_wrong_line_is_told() -> None:
    right = difference_quotient("x**2")
    wrong = replace(right, lines=(*right.lines[:-1], replace(right.lines[-1], form=3 * x)))
    page, (report,) = limit_page(wrong, {"x": 1}, pictures=False)
    assert not report.ok
    said = str(page.to("text"))
    assert "Refuted: 1 of the 4 lines that follow from another does not." in said
    assert page.refuted
    assert "give something else: 2 x" in " ".join(said.split())


@pytest.mark.parametrize("form", ["latex", "beamer", "html", "markdown", "typst", "json"])
def test_every_format_takes_the_page(form: str) -> None:
    assert lecture(difference_quotient("sqrt(2*x + 1)"), language="ko").to(form)


# ---- the command


def test_the_command() -> None:
    done = run("1/x", "--limit", "--at", "x=2", "--format", "text")
    assert done.exit_code == DONE
    assert "f′(2) = −1/2² = −0.25" in done.stdout
    assert "1 of 1 partial derivative agrees" in done.stderr
    assert json.loads(run("sin(x)", "--limit", "--format", "json").stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tan(x)", "--limit"], "EXPRESSION: the limit of the difference quotient of tan(x) is not worked line by line"),
        (["x**2 +", "--limit"], "EXPRESSION: line 1"),
        (["a*x", "--limit"], "this page is about one name; --wrt says which of a, x"),
        (["5", "--limit"], "this page is about one name; --wrt says which"),
        (["x**2", "--limit", "--extrema"], "choose one"),
        (["x**2", "--limit", "--order", "2"], "--limit is about the first derivative"),
        (["1/x", "--limit", "--at", "x=0"], "has no derivative"),
        (["x**2", "--limit", "--at", "y=0"], "y"),
    ],
)
def test_what_the_command_refuses(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == REFUSED
    assert message in done.stderr
    assert done.stdout == ""
