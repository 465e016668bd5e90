"""``explain claim``: equalities and gradients, judged, each with its reason in words and its exit code."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result
from golden import hold

from derive import Network, judge
from derive.claims.slips import SLIPS
from explain.cli import explain
from explain.cli.endings import CHECK_FAILED, DONE, REFUSED
from explain.locales import LANGUAGES
from explain.pages.claim_reasons import REASONS
from explain.pages.claimed_gradients import judged_gradient
from explain.pages.claims import METHODS, SLOPES, judged

W1 = "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)"
WITHOUT_A_PATH = "i1*out_h1*(1 - out_h1)*(out_o1 - t_o1)*w5"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, ["claim", *arguments])


def text(*arguments: str) -> str:
    return " ".join(run(*arguments, "--format", "text").stdout.split())


CLAIMS = {
    "claim-logarithm": ["log(a*b) = log(a) + log(b) for a > 0, b > 0"],
    "claim-slope": ["diff(sigmoid(z), z) = sigmoid(z)*(1 - sigmoid(z))"],
    "claim-root": ["sqrt(x**2) = x"],
    "claim-gradient": ["--gradient", "w1", WITHOUT_A_PATH],
}


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_reads_as_it_was_reviewed(name, language):
    hold(name if language == "en" else f"{name}-{language}", run(*CLAIMS[name], "--format", "text", "--language", language).stdout)


@pytest.mark.parametrize(
    ("claim", "code", "line"),
    [
        ("log(a*b) = log(a) + log(b) for a > 0, b > 0", DONE, "proved: .*, where a > 0, b > 0"),
        ("sqrt(x**2) = x", CHECK_FAILED, "refuted at x = -1: 1 is not -1; it holds where x ≥ 0"),
        ("1 = 2", CHECK_FAILED, "refuted: 1 is not 2"),
        ("1/sqrt(-1 - x**2) = 1", CHECK_FAILED, "undecided: .*"),
        ("-x*(x + 1) = -x**2 - x", DONE, "proved: .*"),
    ],
)
def test_the_exit_code_and_the_last_line_say_the_verdict(claim, code, line):
    done = run(claim)
    assert done.exit_code == code, done.output
    assert re.fullmatch(f"{line}\n", done.stderr), done.stderr


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("x + x = x*2", "The two sides simplify to the same expression."),
        ("(a + b)**2 = a**2 + 2*a*b + b**2", "Multiplied out, the two sides are the same."),
        ("log(a*b) = log(a) + log(b) for a > 0, b > 0", "By ln(u v) = ln u + ln v the two sides are the same."),
        ("atan(x) + atan(1/x) = pi/2 for x > 0", "same derivative and the same value at x = 1"),
        ("max(a, b) = (a + b + abs(a - b))/2", "In every case of the signs, multiplied out"),
        ("x/x = 1", "This holds where x ≠ 0."),
        ("diff(relu(z), z) = 1", "It does hold where z > 0."),
        ("1/sqrt(-1 - x**2) = 1", "No point was found at which both sides are defined."),
        ("log(x)/log(x) = 1 if x < 0", "Undecided."),
        ("limit(sin(x)/x, x, 0) = 1", "Proved."),
        ("limit((1 + 1/n)**n, n, oo) = exp(1)", "n→∞"),
        ("diff(x**2*y, x, 2) = 2*y", "∂²"),
    ],
)
def test_the_reason_is_given_in_words(claim, sentence):
    assert sentence in text(claim)


@pytest.mark.parametrize(
    "claim",
    [
        "x + x = x*2",
        "(a + b)**2 = a**2 + 2*a*b + b**2",
        "log(a*b) = log(a) + log(b) for a > 0, b > 0",
        "atan(x) + atan(1/x) = pi/2 for x > 0",
        "max(a, b) = (a + b + abs(a - b))/2",
        "1/sqrt(-1 - x**2) = 1",
    ],
)
def test_no_method_is_without_a_sentence_of_its_own(claim):
    left, right = claim.partition(" for ")[0].split(" = ")
    method = judge(left, right, claim.partition(" for ")[2] or ()).method
    assert method.split("; ")[0] in METHODS or method.startswith(SLOPES) or any(re.fullmatch(one, method) for one in REASONS)


def test_the_counterexample_is_put_in():
    assert "√(x²) = √((−1)²) = 1" in text("sqrt(x**2) = x")


def test_numbers_that_are_nearly_the_same_are_shown_with_more_decimals():
    assert "e = 2.71828183" in text("exp(1) = 2.7182818")
    assert "e = 2.7183 " in text("exp(1) = 2.7")


def test_the_page_as_data():
    record = json.loads(run("sqrt(x**2) = x", "--format", "json").stdout)
    assert (record["status"], record["counterexample"], record["values"], record["holds_where"]) == ("refuted", {"x": "-1"}, [1.0, -1.0], "x >= 0")


def test_labels_replace_names():
    assert "사과" in text("x + x = 2*x", "--label", "x=사과")


SLIP = {
    "-" + W1: "The sign is wrong",
    W1.replace("w5 +", "w5 -"): "The sign of one part is wrong, of what comes along w₁ → net_h1 → out_h1 → net_o2 → out_o2 → Loss.",
    "2*" + W1: "is 2 times the derivative",
    WITHOUT_A_PATH: "A path is left out: w₁ → net_h1 → out_h1 → net_o2 → out_o2 → Loss.",
    W1.replace("out_h1*(1 - out_h1)*", ""): "The slope of an activation is left out: ∂out_h1/∂net_h1.",
    W1.removeprefix("i1*"): "A factor of the chain is left out: ∂net_h1/∂w₁.",
    W1.replace("i1", "i2"): "This is the derivative with respect to w₃.",
    W1.replace("w6", "w7"): "Rows and columns of a weight matrix are exchanged; it shows in w₆.",
    W1.replace("w5", "(w5 - eta*out_h1*(out_o1 - t_o1))").replace("w6", "(w6 - eta*out_h1*(out_o2 - t_o2))"): "This uses w₅ and w₆ after their own update",
    "i1": "none of the usual slips",
}


@pytest.mark.parametrize("claimed", SLIP)
def test_a_wrong_gradient_is_diagnosed_in_words(claimed):
    done = run("--gradient", "w1", claimed, "--format", "text")
    assert done.exit_code == CHECK_FAILED
    assert SLIP[claimed] in " ".join(done.stdout.split())
    assert "[(out_o1 − t_o1) w₅ + (out_o2 − t_o2) w₆]" in done.stdout.split("It should be")[1]


def test_every_slip_is_met_and_has_its_sentence_in_every_language():
    found = {verdict.slip.kind for claimed in SLIP for verdict in [judged_gradient(Network(), "w1", claimed)[1]] if verdict.slip}
    assert len(found) == len(SLIPS)
    for language in LANGUAGES:
        for claimed in SLIP:
            judged_gradient(Network(), "w1", claimed, language=language)[0].to("latex")


def test_a_right_gradient_is_proved_where_the_network_has_no_kink():
    assert "for all values" in text("--gradient", "w1", W1)
    assert run("--gradient", "w1", W1).exit_code == DONE
    assert "where net" in text("--gradient", "w1", "--net", "1-1-1", "--activation", "relu", "i1*step(net_h1)*w2*(out_o1 - t_o1)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_can_be_said_in_every_language(language):
    for claim in ("x = x", "log(a*b) = log(a) + log(b) for a > 0, b > 0", "x = 1", "1/sqrt(-1 - x**2) = 1", "x/x = 1", "1 = 2", "a + b + c + d = 1"):
        assert judged(claim, language=language)[0].to("html")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x"], "is no claim; write two sides"),
        (["x = "], "line 1"),
        (["x = __import__('os')"], "line 1"),
        (["x = y", "--assuming", "y"], "is no condition"),
        (["x = y", "--net", "2-2-2"], "--net belongs to --gradient"),
        (["i1", "--gradient", "w9"], "did you mean 'w8'"),
        (["i9", "--gradient", "w1"], "no name 'i9'|'i9'"),
        (["i1", "--gradient", "w1", "--assuming", "i1 > 0"], "--assuming belongs to a claim"),
        (["x = y", "--label", "z=1"], "--label: no name 'z'; there is x and y"),
    ],
)
def test_what_is_no_claim_is_refused(arguments, said):
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert re.search(said, done.stderr), done.stderr
    assert done.stderr.count("\n") == 1


# ---- what is assumed of a name


def test_the_example_of_a_proof_keeps_what_was_assumed():
    said = text("w*x + b = w*x - theta", "--assuming", "b = -theta")
    assert "First b = −θ is put in." in said
    example = re.search(r"at θ = (\S+), w = (\S+) and x = (\S+) both sides are (\S+)\.", said.replace("−", "-"))
    assert example is not None
    theta, w, x, value = map(float, example.groups())
    assert w * x - theta == pytest.approx(value, abs=1e-4)


def test_a_counterexample_has_the_assumed_value_put_in():
    said = text("w*x + b = w*x + 2", "--assuming", "b = -theta")
    assert re.search(r"w x \+ b = [^=]*\+ 7\.77 = 9\.181", said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("log(x*y) = log(x) + log(y)", "By ln(u v) = ln u + ln v the two sides are the same."),
        ("(a + b)**2 = a**2 + 2*a*b + b**2", "Multiplied out, the two sides are the same."),
        ("1/x + 1/y = (x + y)/(x*y)", "Multiplied out over a common denominator"),
        ("limit(sin(x)/x, x, 0) = 1", "First the limit that stands in it:"),
        ("diff(x**2, x) = 2*x", "First the derivative that stands in it:"),
        ("diff(x**2, x) = limit(2*x*y, y, 1)", "First the derivatives and limits that stand in it:"),
    ],
)
def test_the_words_of_a_proof_name_only_what_was_done(claim, said):
    assert said in text(claim)
