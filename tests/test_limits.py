"""The derivative from the limit of its difference quotient: every line proved, the special limits named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Expr, Symbol, cos, exp, log, sin, sqrt, symbols

from derive import judge
from derive.analysis.limits import Quotient, difference_quotient
from derive.analysis.quotients import KINDS, SPECIAL, Line
from derive.errors import DeriveError
from derive.parsing import parse_expression
from derive.rules import slope
from derive.written import Written

x, a, h = symbols("x a h")

# text, reasons of the lines
WORKED: list[tuple[str, str]] = [
    ("5", "definition expand cancel-terms cancel-h h-to-zero"),
    ("x", "definition expand cancel-terms cancel-h h-to-zero"),
    ("x**2", "definition expand cancel-terms cancel-h h-to-zero"),
    ("3*x**3 - a*x + 5", "definition expand cancel-terms cancel-h h-to-zero"),
    ("(x + 1)**2", "definition expand cancel-terms cancel-h h-to-zero"),
    ("1/x", "definition common-denominator expand cancel-h h-to-zero"),
    ("1/x**2", "definition common-denominator expand cancel-h h-to-zero"),
    ("sqrt(x)", "definition conjugate difference-of-squares expand cancel-h h-to-zero"),
    ("sqrt(2*x + 1)", "definition conjugate difference-of-squares expand cancel-h h-to-zero"),
    ("exp(x)", "definition exponential-law take-out special-limit"),
    ("exp(2*x + 1)", "definition exponential-law take-out widen special-limit"),
    ("2**x", "definition exponential-law take-out widen special-limit"),
    ("log(x)", "definition logarithm-law divide widen special-limit"),
    ("log(3*x + 1)", "definition logarithm-law divide widen special-limit"),
    ("sin(x)", "definition addition-theorem take-out special-limit simplify"),
    ("cos(x)", "definition addition-theorem take-out special-limit simplify"),
    ("sin(2*x)", "definition addition-theorem take-out widen special-limit simplify"),
    ("cos(a*x)", "definition addition-theorem take-out widen special-limit simplify"),
    ("x**2 + 3*sin(x) - 2/x", "definition linear parts"),
    ("-log(x)", "definition linear parts"),
    ("log(x, 2)", "definition linear parts"),
]


@pytest.mark.parametrize(("text", "reasons"), WORKED, ids=[text for text, _ in WORKED])
def test_the_limit_is_worked_line_by_line_and_every_line_is_proved(text: str, reasons: str) -> None:
    worked = difference_quotient(text)
    assert [line.reason for line in worked.lines] == [one.replace("-", " ") for one in reasons.split()]
    assert [line.final for line in worked.lines] == sorted(line.final for line in worked.lines)
    assert [str(one) for one in worked.verdicts() if one.status != "proved"] == []
    assert (worked.result - slope(parse_expression(text), x)).expand() == 0


def test_every_kind_is_used_in_this_table() -> None:
    used = {kind for text, _ in WORKED for kind in KINDS if kind(parse_expression(text), x, h) is not None}
    assert used == set(KINDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x**2", ["((h + x)**2 - x**2)/h", "(2*h*x + h**2)/h", "(2*h*x + h**2)/h", "2*x + h", "2*x"]),
        ("1/x", ["(1/(x + h) - 1/x)/h", "(x - (x + h))/(h*x*(x + h))", "-h/(h*x*(x + h))", "-1/(x*(x + h))", "-1/x**2"]),
    ],
)
def test_the_lines_are_those_of_the_board(text: str, expected: list[str]) -> None:
    for line, form in zip(difference_quotient(text).lines, expected, strict=True):
        assert (line.expression - parse_expression(form)).simplify() == 0


def test_what_is_written_is_what_stands_on_the_board() -> None:
    first, second, *_ = difference_quotient("x**2").lines
    moved = Written("**", (Written("+", (x, h)), parse_expression("2")))
    assert first.form == Written("/", (Written("+", (moved, Written("neg", (Written("**", (x, parse_expression("2"))),)))), h))
    assert isinstance(second.form, Written)
    assert [str(one.expression if isinstance(one, Written) else one) for one in second.form.args[0].args] == ["x**2", "2*h*x", "h**2", "-x**2"]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", SPECIAL)
def test_a_special_limit_is_true(name: str) -> None:
    special = SPECIAL[name](h)
    verdict = judge(f"limit({str(special.quotient.expression).replace('exp', 'exp')}, h, 0)", special.value)
    assert verdict.status == "proved"


@pytest.mark.parametrize(("text", "names"), [("exp(3*x)", ["exponential"]), ("log(x)", ["logarithm"]), ("sin(x)", ["cosine", "sine"]), ("x**2", [])])
def test_the_special_limits_that_are_used_are_named(text: str, names: list[str]) -> None:
    assert [one.name for line in difference_quotient(text).lines for one in line.special] == names


@pytest.mark.parametrize(
    ("text", "place", "wrong"),
    [
        ("x**2", 1, (2 * x * h - h**2) / h),
        ("x**2", 4, 2 * x + 1),
        ("sqrt(x)", 5, 1 / sqrt(x)),
        ("exp(x)", 3, x * exp(x)),
        ("sin(x)", 4, -cos(x)),
        ("log(x)", 1, log(x + h) / h),
        ("x + sin(x)", 2, 1 + sin(x)),
    ],
)
def test_a_wrong_line_is_seen(text: str, place: int, wrong: Expr) -> None:
    worked = difference_quotient(text)
    lines = tuple(replace(line, form=wrong) if at == place else line for at, line in enumerate(worked.lines))
    assert any(one.status != "proved" for one in replace(worked, lines=lines).verdicts())


def test_a_special_limit_whose_argument_does_not_go_to_zero_is_seen() -> None:
    special = SPECIAL["sine"](h + 1)
    lines = (Line(special.quotient, "definition"), Line(special.value, "special limit", final=True, special=(special,)))
    assert [one.status for one in Quotient(sin(x), x, h, lines).verdicts()] == ["refuted"]


def test_other_names() -> None:
    assert difference_quotient("h**2 + k", "h").result == 2 * h
    assert difference_quotient(Symbol("p", positive=True) ** 2, "p").result == 2 * Symbol("p", positive=True)
    assert difference_quotient("a*b", "a").result == Symbol("b")


@pytest.mark.parametrize("text", ["tan(x)", "x*sin(x)", "x**13", "sqrt(sin(x))", "exp(x**2)", "x**a", "abs(x)"])
def test_other_functions_are_refused(text: str) -> None:
    with pytest.raises(DeriveError, match=r"line by line"):
        difference_quotient(text)
