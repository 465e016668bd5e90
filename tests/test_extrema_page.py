"""The page of rising and falling: zeros, signs, the table, extrema with numbers, for every function of the tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from golden import hold
from test_extrema import TABLES

from derive.analysis.extrema import variation
from derive.errors import DeriveError
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED
from explain.document import Figure, Table
from explain.locales import LANGUAGES, locale
from explain.narrate import lecture
from explain.pages.extrema import extrema_page

GOLDEN: dict[str, tuple[str, dict[str, Any]]] = {
    "extrema-cubic": ("x**3 - 3*x", {}),
    "extrema-four-ko": ("x**4 - 4*x**2", {"language": "ko"}),
    "extrema-gap": ("x + 1/x", {"detail": "brief"}),
}


def text(function: str, **options: Any) -> str:
    return str(lecture(variation(function), pictures=False, **options).to("text"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, ["rule", *arguments, "--extrema"])


@pytest.mark.parametrize("name", GOLDEN)
def test_the_page_reads_as_it_was_reviewed(name: str) -> None:
    function, options = GOLDEN[name]
    hold(name, text(function, **options))


@pytest.mark.parametrize("function", [function for function, *_ in TABLES])
def test_the_table_has_every_place_and_stretch_and_the_slopes_are_checked(function: str) -> None:
    found = variation(function)
    page, reports = extrema_page(found, pictures=False)
    (table,) = (block for block in page.blocks if isinstance(block, Table))
    count = len(found.places) + len(found.stretches)
    assert len(table.head) == count + 1 or len(table.rows) == count
    assert [report.ok for report in reports] == [True]
    shown = str(page.to("text"))
    assert shown.count("↗") == sum(one.direction == 1 for one in found.stretches)
    assert shown.count("↘") == sum(one.direction == -1 for one in found.stretches)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_place_has_a_word(language: str) -> None:
    kinds = ("minimum", "maximum", "saddle", "edge", "gap", "rising", "falling", "constant", "nothing")
    assert {f"extrema.{kind}" for kind in kinds} <= set(locale(language).sentences)


def test_each_factor_is_told_with_its_zeros() -> None:
    shown = text("x**2*exp(-x)")
    assert "x = 0\n" in shown
    assert "(where x = 2)" in shown
    assert "e^(−x) ≠ 0   (for every real number)" in shown


@pytest.mark.parametrize("function", ["atan(x)", "-1/(1 + x**2)*0 + 3*asinh(x)"])
def test_a_slope_without_zeros_has_one_sign_throughout(function: str) -> None:
    assert "f′(x) has one sign throughout." in text(function)


def test_exact_points_have_exact_values_and_decimals() -> None:
    shown = text("x*exp(-x)")
    assert "f(1) = 1 · e⁻¹ = e⁻¹ ≈ 0.3679   (local maximum: f′ changes from + to −)" in shown


def test_roots_without_radicals_have_decimals() -> None:
    shown = text("x**6 - 6*x**2 + x")
    assert "CRootOf" not in shown
    assert "x ≈ 0.0833" in shown


def test_the_picture_marks_the_extrema() -> None:
    (figure,) = (block for block in lecture(variation("x**3 - 3*x")).blocks if isinstance(block, Figure))
    assert figure.alt == "The graph of f. Local minimum at 1, value −2. Local maximum at −1, value 2."
    assert figure.draw("svg").startswith(b"<?xml")


def test_a_point_is_refused() -> None:
    with pytest.raises(DeriveError, match="finds its points itself"):
        lecture(variation("x**2"), {"x": 1})


@pytest.mark.parametrize("form", ["latex", "beamer", "html", "markdown", "typst", "json"])
def test_every_format_takes_the_page(form: str) -> None:
    assert lecture(variation("x/(1 + x**2)", least=-2, largest=3)).to(form)


def test_the_command() -> None:
    done = run("t**2 - 2*t", "--format", "text", "--ascii")
    assert done.exit_code == DONE
    assert "2 of 2 derivatives agree" in done.stderr
    record = json.loads(run("x**3 - 3*x", "--format", "json").stdout)
    assert "minimum" in json.dumps(record)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sin(x)"], "are not found exactly"),
        (["a*x"], "--wrt says which"),
        (["a*x", "--wrt", "x"], "other names than x"),
        (["x**2", "--at", "x=1"], "--at has no use here"),
        (["x**"], "EXPRESSION: line 1"),
    ],
)
def test_what_the_command_refuses(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == REFUSED
    assert message in done.stderr
