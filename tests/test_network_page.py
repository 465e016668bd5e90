"""The page of a whole network: every number against a second route, every network, and several samples."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from golden import hold

from derive import Derivation, DeriveError, Network, Total
from explain.locales import LANGUAGES
from explain.pages.network import network_lecture
from explain.writers import write
from numeric.checks.sample_means import check_means
from numeric.data import default_point, random_points
from numeric.differences import central_difference
from numeric.values import evaluate

NETWORKS = {
    "usual": Network(2, 2, 2),
    "deep": Network(2, 3, 2, 1, activation="tanh", loss="squared_error", output="identity"),
    "single layer": Network(2, 1),
    "no biases": Network(1, 1, 1, biases="none"),
    "shared biases": Network(2, 2, 2, biases="per-layer"),
    "softmax": Network(2, 2, 3, output="softmax", loss="categorical_cross_entropy"),
    "learned slopes": Network(2, 2, 2, activation="prelu"),
    "several maps": Network(2, 2, 2, activation="maxout"),
    "dropout": Network(2, 2, 2, dropout="0.5"),
    "fixed masks": Network(2, 2, 2, dropout="0.5", masks=[[1, 0]]),
    "skips": Network(2, 2, 2, 2, skips=[(1, 3)]),
    "penalties": Network(2, 2, 2, l1=True, l2="0.1"),
    "frozen layer": Network(2, 2, 2, frozen=[1]),
    "frozen outputs": Network(2, 2, 2, frozen=[2]),
}


def record(net, at=None, **options):
    document, reports = network_lecture(net, at, **options)
    return json.loads(write(document, "json").main), reports


def loss_of(net, at):
    return float(evaluate(Derivation(net.graph, Total(net.loss, net.parameters[0]), ()), at).nodes[net.loss])


@pytest.mark.parametrize(
    ("name", "net", "language", "detail"),
    [
        ("network", "usual", "en", "normal"),
        ("network-ko", "usual", "ko", "normal"),
        ("network-brief", "usual", "en", "brief"),
        ("network-frozen-ko", "frozen layer", "ko", "brief"),
    ],
)
def test_the_page_reads_as_it_was_reviewed(name, net, language, detail):
    hold(name, write(network_lecture(NETWORKS[net], language=language, detail=detail)[0], "text").main)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_gradients_are_those_of_the_loss(name):
    net = NETWORKS[name]
    at = default_point(net)
    data, reports = record(net, at)
    slopes = data["update"]["gradient"]
    assert list(slopes) == [one.name for one in net.parameters]
    assert all(report.ok for report in reports)
    for one, slope in slopes.items():
        apart = central_difference(lambda x, one=one: loss_of(net, {**at, one: x}), float(at[one]))
        assert abs(slope - apart.estimate) <= apart.bound + 1e-9, one


@pytest.mark.parametrize("name", NETWORKS)
def test_the_step_and_the_loss_after_it_are_what_the_rule_gives(name):
    net, rate = NETWORKS[name], 0.25
    at = default_point(net)
    data, _ = record(net, at, rate=rate, check=False)
    update = data["update"]
    assert update["after"] == {one: pytest.approx(float(at[one]) - rate * slope) for one, slope in update["gradient"].items()}
    assert update["loss"] == [pytest.approx(loss_of(net, at)), pytest.approx(loss_of(net, {**at, **update["after"]}))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_every_network_has_a_page_in_every_language_and_detail(language, detail):
    for net in NETWORKS.values():
        document, reports = network_lecture(net, language=language, detail=detail, check=False, pictures=False)
        assert reports == []
        assert "α = 0.5" in str(write(document, "text").main)


def test_each_delta_is_derived_once_and_cited_by_name():
    text = str(write(network_lecture(Network(2, 2, 2))[0], "text").main)
    assert text.count("δ_h1 = ─") == 1
    assert "(δ_o1 w₅ + δ_o2 w₆) · out_h1 (1 − out_h1)" in text
    assert text.index("δ_o1 = ") < text.index("δ_h1 = ") < text.index("One step")
    assert "1.8359" in text
    assert "1.2616" in text


def test_brief_says_less_than_normal_and_normal_less_than_full():
    lengths = [len(str(write(network_lecture(Network(2, 2, 2), detail=detail)[0], "text").main)) for detail in ("brief", "normal", "full")]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[1] < lengths[2]


def test_a_step_that_is_too_long_is_called_so():
    net = Network(1, 1, loss="squared_error", output="identity")
    text = str(write(network_lecture(net, rate=100)[0], "text").main)
    assert "rises" in text
    assert "promise" not in text


def test_several_samples_step_against_the_mean_of_their_gradients():
    net = Network(2, 2, 2)
    common = {one.name: value for one, value in zip(net.parameters, range(1, 13), strict=True)}
    samples = [{**at, **{name: value / 10 for name, value in common.items()}} for at in random_points(net, 0, 3)]
    data, reports = record(net, samples)
    each = [record(net, at)[0]["update"] for at in samples]
    for name, slope in data["update"]["gradient"].items():
        assert slope == pytest.approx(sum(one["gradient"][name] for one in each) / 3)
    assert data["update"]["loss"][0] == pytest.approx(sum(one["loss"][0] for one in each) / 3)
    assert [report.kind for report in reports] == ["step", "mean gradient"]
    assert len(reports[1]) == 12
    assert all(report.ok for report in reports)


@pytest.mark.parametrize("wrong", [0, -1, "x", math.nan, "1/0"])
def test_a_rate_that_is_none_is_refused(wrong):
    with pytest.raises(DeriveError, match="rate"):
        network_lecture(Network(2, 2, 2), rate=wrong)


def test_a_network_that_learns_nothing_is_refused():
    with pytest.raises(DeriveError, match="frozen"):
        network_lecture(Network(2, 2, 2, frozen=[1, 2]))
    with pytest.raises(DeriveError, match="detail"):
        network_lecture(Network(2, 2, 2), detail="fine")


# ---- the mean over several samples


def test_a_wrong_gradient_does_not_pass_the_check_of_the_mean():
    net = Network(2, 2, 2)
    samples = list(random_points(net, 5, 4))
    for at in samples[1:]:
        at.update({one.name: samples[0][one.name] for one in net.parameters})
    derivation = net.derivation("w1")
    assert {one.verdict for one in check_means(derivation, samples, [derivation.claim]).values()} == {"agrees"}
    last = derivation.steps[-1]
    assert last.claim == derivation.claim
    off = Derivation(derivation.graph, derivation.claim, (*derivation.steps[:-1], replace(last, value=2 * last.value)))
    assert {one.verdict for one in check_means(off, samples, [off.claim]).values()} == {"wrong"}


@pytest.mark.parametrize("name", ["i1", "net_h1", "out_h2", "w1", "b3"])
def test_the_mean_is_checked_for_whatever_is_moved(name):
    net = Network(2, 2, 2)
    derivation = net.derivation(name)
    samples = list(random_points(net, 2, 5))
    found = check_means(derivation, samples, [derivation.claim])[derivation.claim]
    assert found.verdict == "agrees"
    mean = sum(float(evaluate(derivation, at)[derivation.claim].value) for at in samples) / 5
    assert found.value == pytest.approx(mean)
    with pytest.raises(DeriveError, match="empty"):
        check_means(derivation, [], [derivation.claim])


def test_lecture_tells_a_network_too():
    from explain import lecture

    net = Network(2, 3, 1)
    assert lecture(net, rate=0.1).to("text") == write(network_lecture(net, rate=0.1)[0], "text").main
