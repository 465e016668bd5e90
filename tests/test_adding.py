"""Each row of the table "Adding things": one addition, made here, and everything else follows from it."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass

import numpy as np
import pytest
from sympy import Integer, Symbol, exp, sec, tan

import derive.rules
from derive import Network, differentiate
from derive.activations import ACTIVATIONS, Activation
from derive.losses import LOSSES, Loss
from explain import lecture
from explain.boards.notations import NOTATIONS, Notation
from explain.cards.activation import activation_card
from explain.cards.loss import loss_card
from explain.cards.optimizer import optimizer_card
from explain.formats import SUFFIXES, WRITERS
from explain.locales import LANGUAGES, Locale
from explain.locales.en import LOCALE as ENGLISH
from explain.writers import Page
from explain.writers.text import write as as_text
from numeric import GD, check, check_gradient, initialize, loss_and_gradient, train
from numeric.backends import BACKENDS, Backend
from numeric.optimizers import OPTIMIZERS, Optimizer

INPUTS, TARGETS = np.array([[0.5, -0.25], [-0.75, 0.5]]), np.array([[0.25, 0.75], [0.5, 0.125]])


def holds(net: Network) -> None:
    """The steps of w1 agree with differences, the code that runs with differences of its own loss, and both pages are there."""
    one = net.derivation("w1")
    for language in ("en", "ko"):
        assert lecture(one, language=language).to("latex")
    theta, f = initialize(net, seed=1), loss_and_gradient(net)
    point = dict(zip((*net.parameters, *net.inputs, *net.targets), (*theta, *INPUTS[0], *TARGETS[0]), strict=True))
    assert check(one, at=point).ok
    assert check_gradient(lambda at: f(at, INPUTS, TARGETS)[0], lambda at: f(at, INPUTS, TARGETS)[1], theta).ok


def test_an_activation_is_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Activation("bell", lambda z: exp(-(z**2)), lambda z, y: ((Integer(-2), z, y),), range=(Integer(0), Integer(1)))
    monkeypatch.setitem(ACTIVATIONS, "bell", record)
    holds(Network(2, 2, 2, activation="bell"))
    page, *_ = activation_card("bell")
    assert page.to("text")
    assert differentiate("bell(z)", "z").result == -2 * Symbol("z") * record.function(Symbol("z"))


def test_a_loss_is_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOSSES, "quartic", Loss("quartic", "(t - o)**4"))
    holds(Network(2, 2, 2, loss="quartic"))
    page, *_ = loss_card("quartic")
    assert page.to("text")


def test_a_law_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    x = Symbol("x")
    row = derive.rules.Rule("secant", sec, lambda f, x: [((f, tan(f.args[0])), f.args[0])], law=sec(Symbol("u")))
    monkeypatch.setitem(derive.rules._BY_HEAD, sec, [row])
    one = differentiate(sec(x**2), "x")
    assert "secant" in {step.rule for step in one.steps}
    assert one.result == 2 * x * sec(x**2) * tan(x**2)


def test_a_format_is_one_module(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    module = types.ModuleType("shouting")
    module.write = lambda document, options: Page(str(as_text(document, options).main).upper())  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "shouting", module)
    monkeypatch.setitem(WRITERS, "shouting", "shouting")  # type: ignore[arg-type]
    monkeypatch.setitem(SUFFIXES, ".loud", "shouting")  # type: ignore[arg-type]
    page = lecture(Network(2, 2, 2).derivation("w1"))
    page.save(tmp_path / "w1.loud")
    assert (tmp_path / "w1.loud").read_text(encoding="utf-8") == page.to("text").upper()


def test_a_language_is_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("quoted")
    module.LOCALE = Locale("qq", {key: f"«{sentence}»" for key, sentence in ENGLISH.sentences.items()})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "quoted", module)
    monkeypatch.setitem(LANGUAGES, "qq", "quoted")  # type: ignore[arg-type]
    page = str(lecture(Network(2, 2, 2).derivation("w1"), language="qq").to("text"))
    assert page.count("«") == page.count("»") > 20


def test_a_notation_is_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NOTATIONS, "course", Notation("course", sigmoid="sig", loss="E"))
    page = str(lecture(Network(2, 2, 2).derivation("w1"), notation="course").to("text"))
    assert "out_h1 = sig(net_h1)" in page
    assert "Loss" not in page


def test_a_backend_is_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    class Doubling(Backend):
        """Twice what NumPy gives, to be told apart."""

        def function(self, compiled, dtype, loss=True):
            from numeric.backends.columns import Columns

            own = Columns().function(compiled, dtype, loss)
            return lambda *arrays: tuple(2 * one for one in own(*arrays))

    module = types.ModuleType("doubling")
    module.backend = Doubling  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "numeric.backends.doubling", module)
    monkeypatch.setitem(BACKENDS, "doubling", ("doubling", ""))  # type: ignore[arg-type]
    net = Network(2, 2, 2)
    theta = initialize(net, seed=1)
    plain, doubled = (loss_and_gradient(net, backend=name)(theta, INPUTS, TARGETS) for name in ("numpy", "doubling"))
    assert doubled[0] == 2 * plain[0]
    assert (doubled[1] == 2 * plain[1]).all()


def test_an_optimizer_is_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class SignGD(Optimizer):
        """A step of one length, whatever the gradient: Bernstein et al., signSGD, 2018."""

        update = "w = w - rate*g/(sqrt(g**2) + 1/1000000)"

    monkeypatch.setitem(OPTIMIZERS, "signgd", SignGD)
    document, agreement = optimizer_card("signgd")
    assert agreement.ok
    assert document.blocks
    inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [1]]
    losses = [train(Network(2, 1), inputs, targets, optimizer=one, steps=50, seed=0).losses for one in (SignGD(0.1), GD(0.1))]
    assert losses[0][-1] < losses[1][-1] < losses[1][0]
