"""Cards of activations, losses and optimizers: read off their records, for every record there is, in every language."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest
from click.testing import CliRunner, Result
from golden import hold
from sympy import log

from derive.activations import ACTIVATIONS, Activation
from derive.errors import DeriveError
from derive.losses import LOSSES
from explain.cards.activation import activation_card
from explain.cards.loss import loss_card
from explain.cards.optimizer import optimizer_card
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED
from explain.locales import LANGUAGES
from numeric.optimizers import OPTIMIZERS, Optimizer

GOLDEN = {
    "card-sigmoid": ["activation", "sigmoid"],
    "card-elu": ["activation", "elu"],
    "card-softmax": ["activation", "softmax"],
    "card-cross-entropy": ["loss", "cross_entropy"],
    "card-categorical": ["loss", "categorical_cross_entropy"],
    "card-adam": ["optimizer", "adam"],
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, list(arguments))


def text(*arguments: str) -> str:
    done = run(*arguments, "--format", "text")
    assert done.exit_code == DONE, done.output
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_reads_as_it_was_reviewed(name, language):
    hold(name if language == "en" else f"{name}-{language}", run(*GOLDEN[name], "--format", "text", "--language", language).stdout)


# ---- every record


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_has_a_card_that_checks(name):
    document, report = activation_card(name, pictures=False, language="ko")
    assert report.ok, report.summary
    assert document.to("latex")
    assert len(report) >= 4
    assert not re.search(r"[A-Z]\w+\(.*\(", str(document.to("text")).split("\n")[0])


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_a_card_that_checks(name):
    document, report = loss_card(name, language="ko")
    assert report.ok, report.summary
    assert document.to("latex")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_has_a_card_whose_code_agrees(name):
    document, agreement = optimizer_card(name, language="ko")
    assert agreement.ok
    assert agreement.count >= 4
    assert document.to("latex")


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_optimizer_is_described_in_every_language(name, language):
    from explain.locales import locale

    assert locale(language).sentences[f"optimizer.{name}"]


# ---- what stands on them


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sigmoid", "= y (1 − y)"),
        ("sigmoid", "The slope is 0.25 at most, for example at z = 0. What comes back through such a unit becomes smaller"),
        ("sigmoid", "y lies in (0, 1)"),
        ("tanh", "= 1 − y²"),
        ("relu", "At z = 0 the slope jumps from 0 to 1; there it is taken to be 0, by declaration."),
        ("relu", "y lies in [0, ∞)"),
        ("leaky_relu", "a is a number that is chosen, 0.01 unless said otherwise."),
        ("prelu", "α is learned like a weight, and starts at 0.25."),
        ("elu", "At z = 0 the slope jumps from α to 1; there it is taken to be α, by declaration."),
        ("hard_sigmoid", "At z = 3 the slope jumps from 1/6 to 0"),
        ("hard_sigmoid", "−3 < z < 3"),
        ("step", "At z = 0 the value jumps from 0 to 1"),
        ("step", "Nothing comes back through such a unit"),
        ("softplus", "= 1 − e^(−y)"),
        ("softplus", "The slope stays below 1, which it approaches for large z."),
        ("softmax", "= −y₁ y₂"),
        ("maxout", "∂y/∂z₂"),
        ("identity", "y lies in (−∞, ∞)"),
    ],
)
def test_an_activation_card_says_it(name, said):
    assert said in " ".join(str(activation_card(name, pictures=False)[0].to("text")).split())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cross_entropy", "(o (1 − o) cancels)"),
        ("categorical_cross_entropy", "= o₁ − t₁ (the targets sum to 1)"),
        ("categorical_cross_entropy", "The targets of a sample sum to 1."),
        ("mse", "over=mean, half=no"),
        ("mse(half=yes)", "over=mean, half=yes"),
        ("huber", "huber(z, δ) = {(1/2) z², |z| ≤ δ;"),
        ("sum(abs(t - o)**3)", "L = |t − o|³"),
        ("rmsle", "L = √S"),
    ],
)
def test_a_loss_card_says_it(name, said):
    assert said in " ".join(str(loss_card(name)[0].to("text")).split())


SOURCES = {
    "gd": {}, "sgd": {}, "momentum": {}, "nesterov": {}, "adagrad": {},
    "rmsprop": {"decay": "9/10"},  # MeanSquare = 0.9 MeanSquare + 0.1 g²; the lecture names no rate and adds no ε
    "adam": {"rate": "1/1000", "beta1": "9/10", "beta2": "999/1000", "epsilon": "1/100000000"},
    "adamw": {"rate": "1/1000", "beta1": "9/10", "beta2": "999/1000", "epsilon": "1/100000000"},  # λ is chosen for each experiment
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_beside_the_defaults_stands_what_the_source_says(name):
    assert json.loads(run("optimizer", name, "--format", "json").stdout)["recommended"] == SOURCES[name]
    shown = {language: run("optimizer", name, "--format", "text", "--language", language).stdout for language in LANGUAGES}
    assert "default here" in shown["en"]
    assert "여기서의 기본값" in shown["ko"]
    assert ["in the source" in shown["en"], "출처의 값" in shown["ko"]] == [bool(SOURCES[name])] * 2
    assert not any(re.search("usual|흔히", page) for page in shown.values())


def test_a_number_without_a_value_in_the_source_has_a_dash():
    rows = [line.split() for line in run("optimizer", "adamw", "--format", "text").stdout.splitlines()]
    assert ["α", "rate", "0.01", "0.001"] in rows
    assert ["λ", "decay", "0.01", "–"] in rows


def test_the_default_numbers_are_those_of_the_class():
    record = json.loads(run("optimizer", "adam", "--format", "json").stdout)
    assert record["numbers"] == {"rate": "1/100", "beta1": "9/10", "beta2": "999/1000", "epsilon": "1/100000000"}
    assert record["steps"][0]["w"] == pytest.approx(1.99, abs=1e-9)


def test_the_picture_belongs_to_an_activation_of_one_argument():
    assert run("activation", "tanh", "--format", "html").stdout.count("<img") == 1
    assert run("activation", "softmax", "--format", "html").stdout.count("<img") == 0


def test_detail_adds_and_takes_away():
    brief, normal, full = (run("activation", "prelu", "--format", "text", "--detail", one).stdout for one in ("brief", "normal", "full"))
    assert "Rule by rule" not in brief
    assert "Rule by rule" in normal
    assert len(full) > len(normal) > len(brief)


# ---- new records


def test_a_new_activation_has_a_card_at_once(monkeypatch):
    bent = Activation("bent", lambda z: log(1 + z**2), lambda z, y: ((2 * z, 1 / (1 + z**2)),))
    monkeypatch.setitem(ACTIVATIONS, "bent", bent)
    document, report = activation_card("bent", pictures=False)
    assert report.ok
    assert "bent(z)" in str(document.to("text"))


def test_a_wrong_record_is_found_out(monkeypatch):
    wrong = Activation("wrong", lambda z: z**2, lambda z, y: ((3 * z,),))
    monkeypatch.setitem(ACTIVATIONS, "wrong", wrong)
    _, report = activation_card("wrong", pictures=False)
    assert not report.ok


def test_a_new_optimizer_is_described_by_its_class(monkeypatch):
    @dataclass(frozen=True)
    class Bounded(Optimizer):
        """A step that is never long (Nobody, 2000)."""

        update = "w = w - rate*tanh(g)"

    monkeypatch.setitem(OPTIMIZERS, "bounded", Bounded)
    document, agreement = optimizer_card("bounded", language="ko")
    assert agreement.ok
    assert "Nobody, 2000" in str(document.to("text"))


def test_code_that_does_not_do_what_the_formula_says_is_found_out(monkeypatch):
    monkeypatch.setattr(OPTIMIZERS["gd"], "step", property(lambda self: lambda w, g, t, rate: (w + rate * g,)))
    document, agreement = optimizer_card("gd")
    assert not agreement.ok
    assert "do not agree" in " ".join(str(document.to("text")).split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["activation", "sigmod"], "did you mean 'sigmoid'"),
        (["loss", "hubr"], "did you mean 'huber'"),
        (["optimizer", "adm"], "did you mean 'adam'"),
        (["activation", "tanh", "--label", "q=x"], "--label: no name 'q'; there is z and y"),
        (["loss", "mse(half=maybe)"], "maybe"),
    ],
)
def test_what_does_not_exist_is_refused(arguments, said):
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_python_refuses_alike():
    with pytest.raises(DeriveError, match="did you mean 'sigmoid'"):
        activation_card("sigmod")
