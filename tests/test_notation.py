"""How expressions are set: pairs of an expression and the line of text that its formula tree prints as."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from derive import DeriveError, Network, Total, parse_expression
from derive.parsing import parse_written
from explain.boards.numbers import decimal_digits, numeral, scientific
from explain.boards.quantities import ten_decimals
from explain.formula import Formula
from explain.notation import NOTATIONS, Board, board_of
from explain.writers.text import formula
from explain.writers.text_formulas import TextFormulas


def one_line(formula: Formula) -> str:
    return TextFormulas(display=False, ascii=False).flat(formula).replace("\N{NO-BREAK SPACE}", " ")


EXPRESSIONS = [
    ("x**2 - 3*x + 2", "x² − 3 x + 2"),
    ("1 - x", "1 − x"),
    ("x - 1", "x − 1"),
    ("-x - 1", "−x − 1"),
    ("1 - x - x**2", "1 − x − x²"),
    ("x*y*2", "2 x y"),
    ("x/2", "(1/2) x"),
    ("x*0.1", "0.1 x"),
    ("-2*x/(3*y)", "−2 x/(3 y)"),
    ("exp(-x)", "e^(−x)"),
    ("1/(1 + exp(-x))", "1/(1 + e^(−x))"),
    ("x**(-2)", "1/x²"),
    ("sqrt(x*y)", "√(x y)"),
    ("z/sqrt(2)", "z/√2"),
    ("z/(2*sqrt(3))", "z/(2 √3)"),
    ("exp(-z**2/2)", "e^(−z²/2)"),
    ("exp(-z/2 + 1)", "e^(1−(1/2)z)"),
    ("log(x)*x", "x ln x"),
    ("log(1 - x)*(1 - t)", "(1 − t) ln(1 − x)"),
    ("x**2*y + x*y**2", "x² y + x y²"),
    ("(x + y)*(x - y)", "(x + y) (x − y)"),
    ("((x + y)*v + z)*w", "w [v (x + y) + z]"),
    ("-t/x + (1 - t)/(1 - x)", "(1 − t)/(1 − x) − t/x"),
    ("w10*x + w2*x", "w₂ x + w₁₀ x"),
    ("i2*w3 + b1 + i1*w1", "w₁ i₁ + w₃ i₂ + b₁"),
    ("sigmoid(z)*(1 - sigmoid(z))", "σ(z) [1 − σ(z)]"),
    ("max(x, y)", "max(x, y)"),
    ("abs(x)", "|x|"),
    ("step(x)", "𝟙[x > 0]"),
    ("Heaviside(x, 1)", "𝟙[x ≥ 0]"),
    ("Heaviside(x)", "Heaviside(x, 1/2)"),
    ("e**x + e", "e + e^x"),
    ("alpha*x", "α x"),
]


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS)
def test_an_expression_is_set_as_a_hand_writes_it(text: str, expected: str) -> None:
    assert one_line(Board().formula(parse_expression(text))) == expected


def test_a_function_in_front_of_a_factor_is_closed() -> None:
    shown = [one_line(Board().formula(parse_written(text))) for text in ("log(x)*y", "y*log(x)", "log(x)*log(y)")]
    assert shown == ["ln(x) y", "y ln x", "ln(x) ln y"]


@pytest.mark.parametrize("text", ["y*x + b", "b + y*x", "(1 - t)*log(1 - x)", "x*2", "z - (x - y)", "(a - b)**2/2", "-(a + b)"])
def test_a_definition_keeps_the_order_in_which_it_was_written(text: str) -> None:
    shown = one_line(Board().formula(parse_written(text)))
    letters = [letter for letter in shown if letter.isalnum() and letter not in "ln"]
    assert letters == [letter for letter in text.replace("log", "").replace("**2", "²") if letter.isalnum()]


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(9, 20), 4, ("0.45", None)), (220, 4, ("220", None)), (0.45, 4, ("0.45", None)), (0.786007, 4, ("0.7860", None)),
        (Fraction(1, 3), 4, ("0.3333", None)), (1e-5, 4, ("1", -5)), (1.2346e-7, 4, ("1.235", -7)), (0.0, 4, ("0", None)), (-0.25, 4, ("-0.25", None)),
        (2.5e12, 4, ("2.5", 12)), (0.1 + 0.2, 4, ("0.3", None)), (0.04091636849, 2, ("0.04", None)), (0.0004, 3, ("4", -4)),
    ],
)  # fmt: skip
def test_numbers_are_short_where_they_are_exact(value: Any, decimals: int, expected: tuple[str, int | None]) -> None:
    assert numeral(value, decimals) == expected


def test_small_numbers_and_digits() -> None:
    assert [scientific(one) for one in (3.21e-11, 0.0, 1.0)] == ["3e-11", "0", "1e0"]
    assert [decimal_digits(Fraction(*one)) for one in ((1, 8), (3, 20), (1, 3), (5, 1))] == [3, 2, None, 0]


def test_numbers_take_the_places_of_names() -> None:
    net = Network()
    board = Board.of(net.graph, NOTATIONS["net-out"])
    values = dict(zip(net.graph.givens, (0.5, -1, 0.1, 0.2, -0.3, *[0.4] * 20), strict=False))
    assert one_line(board.with_numbers(values).formula(net.graph.definitions[0].written)) == "0.1 · 0.5 + (−0.3) · (−1) + 0.4"  # type: ignore[arg-type]


def test_nodes_of_deep_networks_carry_their_layer() -> None:
    net = Network(2, 2, 2, 2)
    board = Board.of(net.graph, NOTATIONS["net-out"])
    assert one_line(board.formula(net.gradient("w1"))) == "δ₁⁽¹⁾ i₁"
    assert one_line(board.formula(net.derivation("w12").result)) == "δ₂⁽³⁾ a₂⁽²⁾"


def test_a_label_stands_for_a_name() -> None:
    net = Network()
    assert one_line(Board.of(net.graph, NOTATIONS["net-out"], {"w1": "milk"}).formula(net.graph.definitions[0].expression)) == "milk i₁ + w₃ i₂ + b₁"


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("net-out", ["i₁", "net_h1", "out_o2", "t_o1", "Loss", "δ_h1"]),
        ("indexed", ["x₁", "z₁⁽¹⁾", "a₂⁽²⁾", "t₁", "L", "δ₁⁽¹⁾"]),
        ("delta", ["x₁", "z₁⁽¹⁾", "a₂⁽²⁾", "t₁", "L", "δ₁⁽¹⁾"]),
    ],
)
def test_a_notation_names_the_nodes(notation: str, expected: list[str]) -> None:
    net = Network()
    board = board_of(net.graph, notation)
    names = [one_line(board.name(net.graph.node(name))) for name in ("i1", "net_h1", "out_o2", "t_o1", "Loss")]
    assert [*names, one_line(board.delta(Total(net.loss, net.nets(1)[0])))] == expected


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 2, 2, 1)])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_two_maps_of_a_unit_are_named_alike(notation: str, sizes: tuple[int, ...]) -> None:
    net = Network(*sizes, activation="maxout")
    board = board_of(net.graph, notation)
    assert len({one_line(board.name(one)) for one in net.graph.order}) == len(net.graph.order)


def test_a_notation_of_ones_own_is_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "course.toml"
    mine.write_text('base = "indexed"\nlog = "log"\nloss = "E"\ntarget = "y"\ndecimals = 2\n', encoding="utf-8")
    board = board_of(Network().graph, str(mine))
    assert (board.notation.name, board.notation.decimals) == ("course", 2)
    assert one_line(board.formula(parse_expression("t_o1*log(out_o1)"))) == "y₁ log a₁⁽²⁾"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lok = 'ln'", "no field of a notation 'lok'.*did you mean 'log'"),
        ("decimals = 99", "decimals = 99"),
        ("log = 3", "log = 3; it is a short text"),
        ("layered = 1", "true or false"),
        ("base = 'net-in'", "no notation 'net-in'"),
        ("log = ", "course.toml: Invalid value"),
    ],
)
def test_a_file_that_is_no_notation_is_refused(tmp_path: Path, text: str, message: str) -> None:
    mine = tmp_path / "course.toml"
    mine.write_text(text, encoding="utf-8")
    with pytest.raises(DeriveError, match=message):
        board_of(None, str(mine))


def test_exact_fractions_stay_fractions() -> None:
    assert numeral(Fraction(1, 3), 4, exact=True) == ("1/3", None)
    assert numeral(Fraction(9, 20), 4, exact=True) == ("0.45", None)
    assert one_line(board_of(None, exact=True).number(Fraction(-7, 3)).formula) == "7/3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1 - x", "1 − (−0.3)"), ("-x", "−(−0.3)"), ("y - x*y", "0.5 − (−0.3) · 0.5"), ("2*x", "2 · (−0.3)"), ("x/y", "−0.3/0.5")],
)
def test_a_negative_number_that_is_put_in_keeps_its_sign(text: str, expected: str) -> None:
    expression = parse_expression(text)
    board = Board().with_numbers({one: {"x": -0.3, "y": 0.5}[one.name] for one in expression.free_symbols})  # type: ignore[index]
    assert one_line(board.formula(expression)).replace("[", "(").replace("]", ")") == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "–"), (float("inf"), "∞"), (-float("inf"), "−∞"), (-0.5, "−0.5000000000"), (-2.5e137, "−2.500000000 · 10¹³⁷"), (0.0, "0.0000000000"),
    ],
)  # fmt: skip
def test_a_number_that_is_none_or_has_no_end_is_no_row_of_digits(value: float, shown: str) -> None:
    assert formula(ten_decimals(value)) == shown


def test_a_value_that_is_none_is_a_dash() -> None:
    assert [numeral(float(one), 4)[0] for one in ("nan", "inf", "-inf")] == ["–", "∞", "-∞"]
