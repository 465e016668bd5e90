"""The page of the gradient of a matrix expression: laws, forward, back, shapes, numbers, check; the command."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from golden import hold
from test_matrix_checks import EXPRESSIONS, IDS

from derive import Network, matrix_gradient
from derive.errors import DeriveError
from derive.matrices.forward import BY_NUMBER, JACOBIANS
from derive.matrices.joins import JOINS
from derive.matrices.rules import MATRIX_RULES
from explain.boards.matrix_expressions import _HEADS, _JOINED, DifferentialBoard
from explain.cli import explain
from explain.cli.endings import CHECK_FAILED, DONE, REFUSED, SYSTEM
from explain.document import Equation, Math
from explain.formula import Lines
from explain.locales import LANGUAGES, locale
from explain.matrix_points import declarations, matrix_values
from explain.narrate import lecture
from explain.pages.matrix_expression import Page, _law, matrix_expression_page
from explain.pages.telling import telling
from explain.writers import text as text_writer

GOLDEN: dict[str, tuple[str, str, dict[str, str], dict[str, Any]]] = {
    "matrix-norm": ("norm2(A*x - b)^2", "x", {"b": "vector"}, {}),
    "matrix-places": ("tr(A*X*X)", "X", {}, {"detail": "full", "at": {"A": [[1, 2], [3, 4]], "X": [["0.5", 1], [0, 2]]}}),
    "matrix-softmax-ko": ("softmax(A*x)", "x", {}, {"language": "ko"}),
    "matrix-symmetric": ("x'*S*x", "S", {"S": "symmetric matrix"}, {"detail": "brief", "layout": "numerator"}),
}


def text(expression: str, letter: str, declared: dict[str, Any] | None = None, **options: Any) -> str:
    return str(lecture(matrix_gradient(expression, letter, declared), **options).to("text"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, ["matrix", *arguments])


@pytest.mark.parametrize("name", GOLDEN)
def test_the_page_reads_as_it_was_reviewed(name: str) -> None:
    expression, letter, declared, options = GOLDEN[name]
    hold(name, text(expression, letter, declared, **options))


@pytest.mark.parametrize(("expression", "letter", "declared"), EXPRESSIONS, ids=IDS)
def test_every_fact_is_told_with_its_law_and_shape(expression: str, letter: str, declared: dict[str, str]) -> None:
    derivation = matrix_gradient(expression, letter, declared)
    page, (report,) = matrix_expression_page(derivation)
    assert report.ok
    equations = [block for block in page.blocks if isinstance(block, Equation) and re.fullmatch(r"[a-zA-Z]+:(\d+|result)", block.label)]
    told = [step for step in derivation.steps if step.rule != "definition"]
    assert len(equations) == len(told)
    assert all(isinstance(one.formula, Lines) and one.formula.rows[0][2] for one in equations)
    shown = str(page.to("text"))
    assert not re.search(r"Lambda|ElementwiseApply|MatrixSymbol|\bz\b", shown)
    assert len(shown.splitlines()) < 400


@pytest.mark.parametrize("rule", MATRIX_RULES, ids=lambda rule: f"{rule.name}: {rule.law[0]}")
def test_every_law_can_be_set(rule: Any) -> None:
    page = Page(matrix_gradient("tr(X)", "X"), telling(), None, "denominator")
    left, right, why = _law(page, rule)
    shown = text_writer.formula(left) + text_writer.formula(right)
    assert shown.count("d") > rule.law[0].count("d")
    assert why


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_law_has_a_sentence(language: str) -> None:
    names = {rule.name for rule in (*MATRIX_RULES, *JACOBIANS, *BY_NUMBER)} | {"several places", "variable", "constant", "no path", "rewritten", "as a row"}
    assert {f"matrix.law.{name}" for name in names} <= set(locale(language).sentences)


def test_every_way_of_joining_has_a_sign() -> None:
    assert set(_JOINED) == set(JOINS)
    assert _HEADS


def test_the_slope_of_a_function_is_primed() -> None:
    shown = text("sum(exp(A*x))", "x")
    assert "df(X) = f′(X) ⊙ dX" in shown


def test_layouts() -> None:
    shape = {"A": "matrix 2 x 3"}
    assert "= A " in text("tr(A*X)", "X", shape, layout="numerator").split("Together.")[1]
    assert "numerator" not in text("tr(A*X)", "X", shape)
    with pytest.raises(DeriveError, match="no layout 'rows'; there is denominator and numerator"):
        text("tr(A*X)", "X", shape, layout="rows")


def test_without_usual_numbers_there_are_letters_only() -> None:
    shown = text("sum(asin(A*x))", "x")
    assert "ℝ" in shown
    assert "Checked." not in shown
    with pytest.raises(DeriveError):
        text("sum(asin(A*x))", "x", at={"A": [[1]], "x": [2]})
    assert "Checked." in text("sum(asin(A*x))", "x", at={"A": [["0.5"]], "x": ["0.5"]})


def test_wide_matrices_are_not_printed() -> None:
    shown = text("tr(A*X)", "X", {"A": "matrix 7 x 9"})
    assert "ℝ" in shown
    assert "63 of 63 entries" in shown


def test_a_wrong_fact_is_told() -> None:
    right = matrix_gradient("tr(A*X)", "X")
    wrong = replace(right, steps=(*right.steps[:-1], replace(right.steps[-1], value=2 * right.steps[-1].value)))
    page, (report,) = matrix_expression_page(wrong)
    assert not report.ok
    assert "0 of 6 entries" in str(page.to("text"))


@pytest.mark.parametrize("form", ["latex", "beamer", "html", "markdown", "typst", "json"])
def test_every_format_takes_the_page(form: str) -> None:
    written = lecture(matrix_gradient("sum(log(softmax(X*W)).*T)", "W"), language="ko", labels={"W": "가중치"}).to(form)
    assert json.loads(str(written)) if form == "json" else written


def test_differentials_have_a_board_of_their_own() -> None:
    assert Math(DifferentialBoard().name("dX")) != Math(DifferentialBoard().name("X"))


@pytest.mark.parametrize(("expression", "letter"), [("x", "x"), ("a", "a"), ("tr(A)", "A"), ("a*x", "x"), ("sum(x)", "x")])
def test_the_smallest_expressions(expression: str, letter: str) -> None:
    shown = text(expression, letter)
    assert f"∂{letter}" in shown.split("Together.")[1]
    assert "∂f\n    ──\n    ∂f" not in shown


# ---- text


def test_declarations() -> None:
    assert declarations(["A=2x3", "b = vector", "S=symmetric matrix 3", "c=1x1"]) == {"A": (2, 3), "b": "vector", "S": "symmetric matrix 3", "c": "scalar"}


def test_values_as_text(tmp_path: Path) -> None:
    assert matrix_values(["A=[[1,2],[3,4.5]],x=[1,2]", 'a="1/3"']) == {"A": [[1, 2], [3, "4.5"]], "x": [1, 2], "a": "1/3"}
    (tmp_path / "one.toml").write_text("A = [[1, 2.5]]\ny = [1]")
    (tmp_path / "two.json").write_text('{"x": [0.5]}')
    assert matrix_values([str(tmp_path / "one.toml"), str(tmp_path / "two.json")]) == {"A": [[1, "2.5"]], "y": [1], "x": ["0.5"]}
    with pytest.raises(DeriveError, match=r"two\.json: x is given twice"):
        matrix_values([str(tmp_path / "two.json")] * 2)


# ---- the command


def test_the_command() -> None:
    done = run("tr(A*X)", "--wrt", "X", "--shape", "A=2x3", "--at", "A=[[1,2,3],[4,5,6]],X=[[1,0],[0,1],[1,1]]", "--format", "text")
    assert done.exit_code == DONE, done.stderr
    assert "(3 × 2)" in done.stdout
    assert "10 of 10 entries agree" in done.stderr
    assert run("-x'*x", "--wrt", "x", "--language", "ko").exit_code == DONE


def test_brief_names_every_part_that_its_result_is_told_with() -> None:
    told = {
        one: run("norm2(A*x - b)^2", "--wrt", "x", "--shape", "b=vector", "--format", "text", "--detail", one).stdout for one in ("brief", "normal", "full")
    }
    assert len(told["brief"]) < len(told["normal"]) < len(told["full"])
    assert "u₁ = A x" in told["brief"]
    assert "u₂ = u₁ − b" in told["brief"]
    assert "The laws it takes." not in told["brief"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["tr(A*X)", "--wrt", "Y"], REFUSED, "EXPRESSION: no letter 'Y'; this expression has A and X"),
        (["tr(A*X", "--wrt", "X"], REFUSED, "EXPRESSION: line 1, column 3: this '(' is never closed"),
        (["A*X", "--wrt", "X"], REFUSED, "is not supported"),
        (["tr(A*X)", "--wrt", "X", "--shape", "A=2x3", "--shape", "X=2x3"], REFUSED, "the inner sizes differ"),
        (["tr(A*X)", "--wrt", "X", "--shape", "A"], REFUSED, "--shape 'A' says nothing"),
        (["tr(A*X)", "--wrt", "X", "--shape", "Q=2x3"], REFUSED, "no letter 'Q'"),
        (["tr(A*X)", "--wrt", "X", "--net", "2-2"], REFUSED, "--net belongs to a layer of a network"),
        (["tr(A*X)", "--wrt", "X", "--seed", "1"], REFUSED, "--seed belongs to a layer of a network"),
        (["tr(A*X)", "--wrt", "X", "--at", "A=[[1,2]"], REFUSED, "is no number and no rows of numbers"),
        (["tr(A*X)", "--wrt", "X", "--at", "A=[[1,2]]"], REFUSED, "there is no value for X"),
        (["tr(A*X)", "--wrt", "X", "--at", "A=[[NaN]],X=[[1]]"], REFUSED, "no rows of numbers"),
        (["tr(A*X)", "--wrt", "X", "--layout", "rows"], REFUSED, "no layout 'rows'"),
        (["tr(A*X)", "--wrt", "X", "--label", "Y=y"], REFUSED, "--label"),
        (["W1", "--shape", "A=2x3"], REFUSED, "--wrt LETTER, which is missing"),
        (["tr(X*X')"], REFUSED, "is a matrix expression, which is differentiated by a letter; it has X; write such as --wrt X"),
        (["x'*b", "--shape", "b=vector"], REFUSED, "it has x and b; write such as --wrt x"),
        (["2*3"], REFUSED, "it has none"),
        (["W9"], REFUSED, "no matrix 'W9'; this network has"),
        (["tr(A*X)", "--wrt", "X", "--at", "no such file"], SYSTEM, "No such file"),
        (["W1", "--detail", "full"], REFUSED, "--detail belongs to an expression"),
    ],
)
def test_what_the_command_refuses(arguments: list[str], code: int, message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == code, done.output
    assert message in done.stderr
    assert done.stdout == ""


def test_parts_are_defined_in_the_arguments_of_their_laws() -> None:
    """Else ∂f/∂c₁ = 1 would not be true of the page, where c₁ stood in c₂ as well."""
    shown = text("norm2(X)^2 + norm2(X)", "X")
    assert re.search(r"c₁ = ‖X‖_F =", shown)
    assert re.search(r"c₂ = ‖X‖_F² =", shown)
    shown = text("tr(A*X*B) + sum(A*X)", "X")
    assert re.search(r"U₁ = A X +\(", shown)
    assert re.search(r"U₂ = A X B +\(", shown)
    assert re.search(r"f = tr\(U Uᵀ\) =", text("tr((X - A)*(X - A)')", "X"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("norm2(X)^2 + norm2(X)", r"\Bigl(2 + \frac{1}{c_1}\Bigr)\,X"),
        ("sum(A*X)*(a + b)", r"(a + b)\,A^{\top}"),
        ("sum(A*X)*(a - b)", r"(a - b)\,A^{\top}"),
    ],
)
def test_a_coefficient_that_is_a_sum_stands_in_parentheses(expression: str, expected: str) -> None:
    assert expected in str(lecture(matrix_gradient(expression, "X")).to("latex"))


def test_a_wrong_fact_ends_with_the_exit_code_of_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def slipped(*arguments: Any) -> Any:
        derivation = matrix_gradient(*arguments)
        first = replace(derivation.steps[0], value=-derivation.steps[0].value)  # type: ignore[operator]
        return replace(derivation, steps=(first, *derivation.steps[1:]))

    monkeypatch.setattr("derive.matrices.differential.matrix_gradient", slipped)
    done = run("tr((X - A)*(X - A)')", "--wrt", "X")
    assert (done.exit_code, "6 wrong" in done.stderr) == (CHECK_FAILED, True), done.stderr


def test_a_wrong_gradient_of_a_layer_ends_with_the_exit_code_of_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def slipped(net: Network, name: str, layout: str = "rows") -> Any:
        derivation = derived(net, name, layout)
        return replace(derivation, steps=(*derivation.steps[:-1], replace(derivation.steps[-1], value=-derivation.steps[-1].value)))

    derived: Any = Network.matrix_derivation
    monkeypatch.setattr(Network, "matrix_derivation", slipped)
    done = run("W1")
    assert (done.exit_code, "4 wrong" in done.stderr) == (CHECK_FAILED, True), done.stderr
