"""A page that says Refuted of what it derives says so in its exit code, and says it of nothing that is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import derive.layers.proofs
import derive.proofs
import explain.cards
import explain.narrate
import explain.pages.matrix
from derive import Network, differentiate, judge, parse_graph
from derive.analysis.limits import Quotient
from derive.claims.verdicts import Verdict
from derive.layers.proofs import MatrixProof
from derive.proofs import prove_gradient
from explain.cli import explain as command
from explain.cli.endings import CHECK_FAILED, DONE

# What has ties of three, or kinks on kinks: text, and where it is proved
TIES: list[tuple[str, str]] = [
    ("max(x, x**2, 1)", "x − 1 ≠ 0, x² − 1 ≠ 0 and x² − x ≠ 0"),
    ("max(0, x, x**2)", "x² − x ≠ 0 and x ≠ 0"),
    ("abs(max(x, x**2, 1))", "max(x, x², 1) ≠ 0, x − 1 ≠ 0, x² − 1 ≠ 0 and x² − x ≠ 0"),
    ("min(x, x**2, x**3)", "x² − x ≠ 0, x³ − x² ≠ 0 and x³ − x ≠ 0"),
    ("max(relu(x), relu(x - 1), 1)", "ReLU(x − 1) − 1 ≠ 0, ReLU(x) − 1 ≠ 0, ReLU(x) − ReLU(x − 1) ≠ 0, x − 1 ≠ 0 and x ≠ 0"),
    ("sigmoid(max(sin(x), cos(x), 0))", "cos(x) ≠ 0, sin(x) − cos(x) ≠ 0 and sin(x) ≠ 0"),
]


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=input)


@pytest.mark.parametrize(("text", "kinks"), TIES, ids=[text for text, _ in TIES])
def test_what_has_several_kinks_is_proved_away_from_them_and_they_are_named(text: str, kinks: str) -> None:
    assert prove_gradient(differentiate(text, "x")).status == "proved"
    done = run("rule", text, "--format", "text", "--at", "x=3")
    assert done.exit_code == DONE
    assert f"Proof: away from the kinks ({kinks}), equal to the derivative" in " ".join(done.stdout.split())


def test_many_kinks_are_not_all_named() -> None:
    said = " ".join(run("rule", "max(a, b, c, d, g)", "--wrt", "a", "--format", "text").stdout.split())
    assert "(a − b ≠ 0, a − c ≠ 0, a − d ≠ 0, a − g ≠ 0, b − c ≠ 0, b − d ≠ 0 and …)" in said


@pytest.mark.parametrize("lines", ["y = max(x, x**2, 1)", "u = x**2 - 1\nv = max(u, -u)\ny = max(v, x, 0)", "y = relu(x + 1)"])
def test_nothing_is_refuted_by_a_point_on_a_kink(lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    derivation = parse_graph(lines).derivation("y", "x")
    assert prove_gradient(derivation).status == "proved"
    wrong = prove_gradient(derivation, -derivation.result)
    assert wrong.counterexample is not None
    assert wrong.counterexample["x"] not in (-1, 0, 1)
    monkeypatch.setattr(derive.proofs, "in_all_cases", lambda towers, holds: None)  # points alone decide
    assert prove_gradient(derivation).status != "refuted"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("max(a, b, c)", "-min(-a, -b, -c)"),
        ("max(a, b, c) + min(a, b, c) + max(min(a, b), min(max(a, b), c))", "a + b + c"),
        ("max(a + d, b + d, c + d)", "max(a, b, c) + d"),
        ("max(a, b, c) - max(a, b)", "relu(c - max(a, b))"),
    ],
)
def test_laws_of_the_largest_of_three_are_proved(left: str, right: str) -> None:
    assert judge(left, right).status == "proved"


# ---- the exit code

REFUTED = Verdict("refuted", "a point at which the two sides differ")
PAGES: list[tuple[str, ...]] = [
    ("rule", "x**2"),
    ("rule", "x**2", "--at", "x=1", "--no-check"),
    ("rule", "x**2", "--at", "x=1"),
    ("rule", "x**2 - x", "--extrema"),
    ("rule", "x**2", "--limit"),
    ("graph", "-"),
    ("graph", "-", "--at", "x=1"),
    ("gradient", "w1"),
    ("gradient", "w1", "w5", "--detail", "brief"),
    ("gradient", "w1", "--interactive", "--format", "html"),
    ("matrix", "W1"),
    ("activation", "tanh"),
    ("loss", "squared_error"),
    ("distance", "euclid"),
]


@pytest.mark.parametrize("arguments", PAGES, ids=" ".join)
def test_a_page_that_says_refuted_has_exit_code_1(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(explain.narrate, "prove_gradient", lambda derivation: REFUTED)
    monkeypatch.setattr(explain.cards, "prove_gradient", lambda derivation: REFUTED)
    monkeypatch.setattr(explain.pages.matrix, "prove_matrix", lambda derivation: MatrixProof("refuted", REFUTED.method))
    monkeypatch.setattr(Quotient, "verdicts", lambda self: [REFUTED])
    path = tmp_path / "page.txt"
    form = () if "--format" in arguments else ("--format", "text")
    done = run(*arguments, *form, "-o", str(path), input="y = x**2" if "-" in arguments else None)
    says = "Refuted: " in path.read_text(encoding="utf-8")
    assert says == ("--no-check" not in arguments)
    assert done.exit_code == (CHECK_FAILED if says else DONE)
    assert ("refuted: what the page derives is not the derivative\n" in done.stderr) == says


def test_a_matrix_is_refuted_where_one_of_its_scalars_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive.layers.proofs, "prove_gradient", lambda derivation: REFUTED)
    assert derive.layers.proofs.prove_matrix(Network(2, 2, 2).matrix_derivation("W1")).status == "refuted"
