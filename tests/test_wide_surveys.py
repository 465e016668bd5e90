"""Wide surveys: a network with more parameters than a table has rows, summed up layer by layer."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from clock import at_most

from derive import DeriveError, Network
from explain.cli import explain
from explain.pages.wide_surveys import wide_survey
from explain.writers import write
from numeric import NetworkCheck
from numeric.runs.datasets import random_sample

NETWORK = Network(20, 12, 3)


def run(*arguments):
    result = CliRunner().invoke(explain, ["check", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def text(document):
    return str(write(document, "text").main)


def wrong_by(monkeypatch, change):
    """Let every check judge a gradient that somebody changed."""
    judge = NetworkCheck.__call__

    def judged(self, *batch, **options):
        return judge(self, *batch, gradient=change(self.compiled(*batch)[1]), **options)

    monkeypatch.setattr(NetworkCheck, "__call__", judged)


def test_a_row_for_every_matrix():
    page, found = wide_survey(NETWORK, [random_sample(NETWORK, 0)], seed=0)
    lines = text(page).splitlines()
    assert not found.failed
    assert [line.split()[0] for line in lines if line.startswith((" W", " b"))] == ["W₁", "b₁", "W₂", "b₂"]
    assert found.summary.startswith("291 of 291 partial derivatives agree with central differences")
    assert len([line for line in lines if "∂Loss/∂" in line]) == 5
    assert max(map(len, lines)) <= 80


def test_the_worst_are_named_with_their_cause(monkeypatch):
    wrong_by(monkeypatch, lambda g: np.where(np.arange(len(g)) == 100, -g, g))
    page, found = wide_survey(NETWORK, [random_sample(NETWORK, 0)], seed=0)
    told = " ".join(text(page).split())
    assert found.failed
    assert [one.name for _, one in found.checks] == ["w101"]
    assert "the sign" in told
    assert "290 of 291 agree" in told
    assert found.summary.endswith("; 1 wrong")


def test_several_points_are_counted_together():
    page, found = wide_survey(NETWORK, [random_sample(NETWORK, seed) for seed in range(3)], ["w7", "b2"], seed=0)
    assert sum(found.counts.values()) == 6
    assert text(page).count("∂Loss/∂b₂") == 3


def test_the_arbiter_leaves_nothing_open():
    theta, inputs, targets, masks = random_sample(NETWORK, 0)
    point = (40 * theta, inputs, targets, masks)
    _, by_floats = wide_survey(NETWORK, [point])
    _, by_arbiter = wide_survey(NETWORK, [point], arbiter=True)
    assert by_floats.counts["not resolvable"] > 20
    assert by_arbiter.counts["not resolvable"] == 0
    assert not by_arbiter.failed


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("form", ["latex", "markdown", "html", "typst", "json"])
def test_every_format(form, language):
    page, _ = wide_survey(NETWORK, [random_sample(NETWORK, 0)], seed=0, language=language)
    assert write(page, form).main


def test_what_would_take_too_long_is_refused():
    with pytest.raises(DeriveError, match="more than plain layers"):
        wide_survey(Network(100, 60, 1, activation="maxout"), [])


# ---- on the command line


def test_a_hundred_thousand_parameters_take_seconds():
    with at_most(10):
        result = run("--net", "784-128-10", "--activation", "relu")
    assert result.exit_code == 0, result.output
    assert "101770 of 101770" in result.output
    assert len(result.output.splitlines()) < 40


def test_one_parameter_of_many():
    result = run("w70001", "--net", "784-128-10", "--format", "json")
    assert result.exit_code == 0, result.output
    assert [row["wrt"] for row in json.loads(result.stdout)["gradients"]] == ["w70001"]


def test_given_values(tmp_path):
    result = run("--net", "16-14-1", "--at", "w1=0.25")
    assert result.exit_code == 0, result.output
    assert "at the given values" in " ".join(result.output.split())


def test_exit_code_of_a_wrong_gradient(monkeypatch):
    wrong_by(monkeypatch, lambda g: 2 * g)
    result = run("--net", "20-12-3")
    assert result.exit_code == 1
    assert "factor 2" in " ".join(result.output.split())


def test_exact_on_the_command_line():
    result = run("--at", "b1=-300", "--exact")
    assert result.exit_code == 0
    assert "12 of 12 gradients agree" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"), [(("w999999", "--net", "784-128-10"), "no parameter 'w999999'"), (("--net", "99999-9999-1"), "weights; at most")]
)
def test_refusals(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_exact_on_the_page_of_a_gradient():
    """The digits of the arbiter reach the closing line."""
    result = CliRunner().invoke(explain, ["gradient", "w1", "--exact", "--format", "json"])
    assert result.exit_code == 0, result.output
    assert "15 of 15 steps agree" in result.stderr
    assert float(result.stderr.rpartition("bound ")[2].rstrip(")\n")) < 1e-25
