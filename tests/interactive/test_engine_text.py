"""JavaScript from the facts as a text: the digits that it writes, what it names and refuses, and the program that a reader runs."""

from __future__ import annotations

import json
import math
import random
import re

import pytest
from click.testing import CliRunner

from derive import DeriveError, Graph, Local, Network
from explain.boards.numbers import numeral
from explain.cli import explain
from explain.interactive.engine import engine_source, numbers_source
from numeric import loss_and_gradient
from numeric.code.javascript import JAVASCRIPT
from numeric.code.printers import SCALAR
from numeric.optimizers import OPTIMIZERS
from tests.interactive.tabs import close

# ---- digits


def numbers() -> list[float]:
    draw = random.Random(11)
    some = [draw.uniform(-2, 2) for _ in range(400)] + [draw.uniform(-1, 1) * 10 ** draw.uniform(-320, 308) for _ in range(500)]
    some += [round(draw.uniform(-300, 300), draw.randint(0, 6)) for _ in range(400)]
    some += [math.ldexp(draw.randint(-(2**20), 2**20), draw.randint(-24, 24)) for _ in range(400)]
    ties = [k / 2**places for places in range(1, 12) for k in (1, 3, 5, -7, 9, 2**places + 1, 5**places)]
    edges = [
        0.0,
        -0.0,
        0.5e-4,
        0.49999999e-4,
        9.99996e-5,
        99999.99995,
        999999999.99999,
        1e9,
        -1e9,
        1e21,
        1.00005e9,
        2.5e9,
        5e-324,
        1.8e308,
        -math.inf,
        math.nan,
    ]
    short = [0.45, 0.1 + 0.2, 1 / 3, -0.0409, 1.0, -1.0, 100.0, 0.1 * 3, 1.1 * 1.1, 0.00012, 1e-5, 3.2e-5, 1 - 1e-14]
    powers = [sign * factor * 10.0**power for power in range(-30, 30) for factor in (1, 5, 1 - 1e-16) for sign in (1, -1)]
    return some + ties + edges + short + powers


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def written(value: float, places: int) -> str:
    digits, exponent = numeral(value, places)
    return digits.replace("-", "−") + ("" if exponent is None else f"·10{str(exponent).translate(RAISED)}")


@pytest.mark.browser
@pytest.mark.parametrize("places", [4, 0, 1, 2, 6, 12])
def test_numbers_have_pythons_digits(places, run):
    values = numbers()
    assert len(values) > 2000
    found = run(numbers_source(), f"return given.map((x) => [formatNumber(x, {places}), ...numeral(x, {places})]);", values)
    expected = [[written(one, places), *numeral(one, places)] for one in values]
    assert [(x, one, other) for x, one, other in zip(values, found, expected, strict=True) if one != other] == []


@pytest.mark.parametrize(("value", "expected"), [(9.99996e-6, ("1.000", -5)), (9.99999e12, ("1.000", 13)), (1e-320, ("1", -320)), (-0.00004, ("-4", -5))])
def test_a_far_number_has_one_digit_before_its_point(value, expected):
    assert numeral(value, 4) == expected


# ---- the text


def test_the_dialect_has_what_the_scalar_one_has():
    assert JAVASCRIPT.functions.keys() >= SCALAR.functions.keys()
    for name, text in SCALAR.forms.items():
        assert set(re.findall(r"{(\w+)}", JAVASCRIPT.forms[name])) == set(re.findall(r"{(\w+)}", text)), name


def test_nothing_in_the_text_ends_its_element_or_makes_code():
    text = engine_source(Network(2, 2, 2, activation="gelu"), "Loss", ["w1"], optimizers=[one() for one in OPTIMIZERS.values()]) + numbers_source()
    assert not re.search(r"</|<!--|-->|\beval\b|\bFunction\b|innerHTML|document|window|\bimport\b|fetch", text)


def test_the_text_of_the_default_network_is_small():
    net = Network()
    asked = [step.claim for one in net.parameters for step in net.derivation(one).steps]
    assert len(engine_source(net, net.loss, net.parameters, asked)) < 30_000


@pytest.mark.parametrize(
    ("asked", "wrt", "said"),
    [
        ([Local(Network().loss, Network().parameters[0])], ["w1"], "∂Loss/∂w1 is no fact of this graph"),
        ([], ["w99"], "w99"),
        ([], ["net_h1"], "'net_h1' is defined by others"),
    ],
)
def test_what_is_no_fact_is_refused(asked, wrt, said):
    net = Network()
    with pytest.raises(DeriveError, match=said):
        engine_source(net, net.loss, wrt, asked)


def test_names_are_checked_once_more():
    with pytest.raises(DeriveError):
        engine_source(Graph(["</script>"], []), "</script>", ["</script>"])


# ---- explain code --lang javascript


def source(*arguments: str, input: str | None = None) -> str:
    done = CliRunner().invoke(explain, ["code", "--lang", "javascript", *arguments], input=input)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.browser
@pytest.mark.parametrize("options", [(), ("--activation", "gelu"), ("--l2", "0.1", "--net", "2-3-2")], ids=str)
def test_the_program_of_a_network_runs(options, run):
    net = Network(2, 3 if "--net" in options else 2, 2, activation="gelu" if "gelu" in options else "sigmoid", l2="0.1" if "--l2" in options else None)
    theta = [0.1 * place for place in range(1, 1 + len(net.parameters))]
    loss, gradient = loss_and_gradient(net)(theta, [[0.5, 1.0]], [[1.0, 0.0]])
    found = run(source(*options), "return sampleLossAndGradient(...given);", [theta, [0.5, 1.0], [1.0, 0.0]])
    close([found[0], *found[1]], [loss, *gradient])


@pytest.mark.browser
def test_the_program_of_a_graph_runs(run):
    found = run(source("-", "--wrt", "let", input="default = let * var\nprice = default * default"), "return gradient(...given);", [3, 2])
    assert found == [36, [24]]


def test_the_program_goes_into_a_file_of_its_suffix(tmp_path):
    path = tmp_path / "network.js"
    assert source("-o", str(path)) == ""
    assert path.read_text("utf-8").startswith("// Written by gradnotes")
    assert json.loads(source("--format", "json"))["lang"] == "javascript"
    assert "```javascript\n//" in source("--format", "markdown")
    assert "no format for the suffix '.py'" in CliRunner().invoke(explain, ["code", "--lang", "javascript", "-o", "x.py"]).stderr
