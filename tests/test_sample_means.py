"""The mean over samples: beside differences of the mean in floats, and beside the arbiter's slope of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sympy import Expr, Rational

from derive import Derivation, Network
from explain.cli import explain
from numeric.checks.sample_means import check_mean
from numeric.data import random_points

NET = Network(2, 2, 2, activation="relu", output="identity", loss="rmse")
POINTS = [dict(at) for at in random_points(NET.graph, 1, 3)]


def altered(derivation: Derivation, factor: Expr) -> Derivation:
    return replace(derivation, steps=tuple(replace(one, value=one.value * factor) if one.claim == derivation.claim else one for one in derivation.steps))


@pytest.mark.parametrize("name", ["w1", "b3", "i1", "net_h1"])
def test_the_arbiter_judges_the_mean_to_thirty_digits(name):
    derivation = NET.derivation(name)
    floats, exact = check_mean(derivation, POINTS), check_mean(derivation, POINTS, exact=True)
    assert (floats.verdict, exact.verdict) == ("agrees", "agrees")
    assert exact.bound < 1e-28 * max(1, abs(exact.value))
    assert exact.value == pytest.approx(floats.value, rel=1e-15)


def test_the_arbiter_sees_the_twentieth_digit_of_a_mean():
    slip = altered(NET.derivation("w1"), 1 + Rational(1, 10**20))
    assert check_mean(slip, POINTS).verdict == "agrees"
    assert check_mean(slip, POINTS, exact=True).verdict == "wrong"


@pytest.mark.parametrize(
    ("factor", "cause"), [(3, "it is the sum over the 3 samples, not their mean"), (-1, "the sign is the opposite"), (Rational(5, 2), "it is 2.5 times")]
)
def test_a_wrong_mean_has_its_cause(factor, cause):
    found = check_mean(altered(NET.derivation("w1"), factor), POINTS)
    assert found.verdict == "wrong"
    assert cause in found.cause


@pytest.mark.parametrize("exact", [False, True])
def test_a_mean_is_undefined_where_a_sample_is(exact):
    nothing = dict.fromkeys(POINTS[0], 0)
    found = check_mean(NET.derivation("w1"), [POINTS[0], nothing], exact)
    assert found.verdict == "undefined"
    assert found.cause.startswith("in sample 2 it is undefined; it rests on ∂Loss/∂out_o")


def file_of(path, samples):
    """A file of values: parameters once, and each sample by itself."""
    own = {one.name for one in (*NET.inputs, *NET.targets)}
    shared = {name: str(value) for name, value in samples[0].items() if name not in own}
    text = json.dumps({**shared, "samples": [{name: str(at[name]) for name in own} for at in samples]})
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_exact_reaches_the_mean_on_the_page(tmp_path):
    points = file_of(tmp_path / "samples.json", POINTS)
    command = ["gradient", "w1", "--net", "2-2-2", "--activation", "relu", "--output", "identity", "--loss", "rmse", "--at", points, "--format", "json"]
    bounds = []
    for more in ([], ["--exact"]):
        done = CliRunner().invoke(explain, [*command, *more])
        assert done.exit_code == 0, done.output
        bounds.append(json.loads(done.stdout)["derivations"][0]["mean"]["bound"])
    assert bounds[1] < 1e-28 < bounds[0]


def test_a_page_names_the_sample_that_has_no_number(tmp_path):
    zero = dict.fromkeys(POINTS[0], 0)
    away = zero | {"t_o1": 1, "t_o2": 2}
    points = file_of(tmp_path / "samples.json", [away, zero])
    done = CliRunner().invoke(explain, ["network", "--activation", "relu", "--output", "identity", "--loss", "rmse", "--at", points])
    assert done.exit_code == 2
    assert "sample 2: there is no number for ∂Loss/∂out_o" in done.stderr
