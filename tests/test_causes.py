"""Why a derivative is wrong or undefined: the same in ``print(report)``, on the pages and in the record, in every language."""

from __future__ import annotations

import json
import pickle
import re
from string import Formatter

import pytest
from click.testing import CliRunner
from sympy import Symbol, sqrt

from derive import Local, Total
from explain.cli import explain
from explain.document import Document, Text
from explain.lessons.causes import reasons, told_cause
from explain.locales import LANGUAGES, locale
from explain.notation import Board
from explain.writers import write
from numeric.checks.causes import SENTENCES, Cause
from numeric.reports import UNDEFINED, WRONG, Check

LOSS, W1, X = Symbol("Loss"), Symbol("w1"), Symbol("x")
VALUES = {
    "node": Symbol("net_o1"), "other": "i1", "factor": Local(Symbol("net_h1"), W1), "fact": Total(LOSS, W1), "part": 1 / sqrt(X), "where": ((X, 0.0),),
    "matrix": "W2", "value": "0.131", "ratio": "3", "little": "1e-3", "unit": 2, "layer": 1, "count": 4, "sample": 3,
    "first": "0.3", "second": "0.7", "size": "1e-6",
    "left": "-1", "right": "1",
}  # fmt: skip


def cause(key: str) -> Cause:
    return Cause.of(key, **{name: VALUES[name] for _, name, _, _ in Formatter().parse(SENTENCES[key]) if name})


def said(told: Cause, language: str) -> str:
    words = locale(language)
    check = Check(Total(LOSS, W1), 1, 1, 2, 0, 1, 0, WRONG, cause=told)
    page = Document((), language, tuple(reasons(Board(), words, [(Board().claim(check.claim), check)])), dict)
    return str(write(page, "text").main)


@pytest.mark.parametrize("key", SENTENCES)
def test_the_english_page_says_what_the_report_prints(key: str) -> None:
    assert locale("en").sentences[f"cause.{key}"] == SENTENCES[key]


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
@pytest.mark.parametrize("key", SENTENCES)
def test_another_language_says_the_same_values_in_its_own_words(key: str, language: str) -> None:
    places = {name for _, name, _, _ in Formatter().parse(SENTENCES[key]) if name}
    assert {name for _, name, _, _ in Formatter().parse(locale(language).sentences[f"cause.{key}"]) if name} == places
    page = said(cause(key), language)
    assert re.search("[가-힣]", page)
    assert not re.search(r"[a-z]{4,}", page.replace("Loss", ""))


def test_a_cause_is_text_that_knows_its_parts() -> None:
    both = Cause.joined((cause("terms"), cause("sign")))
    assert both == "the terms differ, the closed form does not; the sign is the opposite"
    assert [key for key, _ in both.parts] == ["terms", "sign"]
    assert pickle.loads(pickle.dumps(both)).parts == both.parts  # noqa: S301 (our own)
    assert not Cause()


def test_text_of_a_caller_is_told_as_it_is() -> None:
    assert told_cause(Board(), locale("ko"), Cause("it rained")) == (Text("it rained"),)


ZERO = ",".join(f"{name}=0" for name in ("i1", "t_o1", "w1", "w2", "b1", "b2"))
ROOT = ["check", "--net", "1-1-1", "--activation", "tanh", "--output", "tanh", "--loss", "rmse", "--at", ZERO]


@pytest.mark.parametrize("exact", [[], ["--exact"]], ids=["floats", "arbiter"])
@pytest.mark.parametrize(("language", "words"), [("en", ("undefined", "which is undefined", "has no number where")), ("ko", ("정의되지 않음", "값이 없다"))])
@pytest.mark.parametrize("form", ["text", "html", "latex", "markdown", "typst"])
def test_a_page_says_what_is_undefined_and_why(form: str, language: str, words: tuple[str, ...], exact: list[str]) -> None:
    done = CliRunner().invoke(explain, [*ROOT, "--format", form, "--language", language, *exact])
    assert done.exit_code == 0, done.output
    page = " ".join(done.stdout.split())
    assert all(one in page for one in words)
    assert "nan" not in page
    assert "4 undefined at this point" in done.stderr


def test_the_record_says_it_too() -> None:
    done = CliRunner().invoke(explain, [*ROOT, "--format", "json", "--language", "ko"])
    rows = json.loads(done.stdout)["gradients"]
    assert {row["verdict"] for row in rows} == {UNDEFINED}
    assert all(row["cause"].endswith(" = 0") and row["value"] == "nan" for row in rows)


@pytest.mark.parametrize("command", [["gradient", "w1"], ["network"]])
def test_a_page_of_numbers_names_the_step_that_has_none(command: list[str]) -> None:
    done = CliRunner().invoke(explain, [*command, *ROOT[1:]])
    assert done.exit_code == 2
    assert "no number for ∂Loss/∂out_o1 at this point: 1/" in done.stderr
