"""Charts: what is plotted are the values and slopes of the facts, and every one is drawn in both languages."""

from __future__ import annotations

from math import inf, isfinite

import pytest

from derive import DeriveError, Network, parse_graph
from derive.activations import ACTIVATIONS
from explain import figures
from explain.figures.charts import Area, Curve, Levels, Rule, Spot
from explain.figures.sampling import sampled
from explain.figures.style import PATHS
from explain.formula import Formula, Name, Word
from explain.locales import LANGUAGES, locale
from numeric import GD, Adam, Momentum, evaluate, initialize
from numeric.data import data, default_point

NET = Network(2, 2, 2)
AT = default_point(NET)
XOR = data("xor")
PARABOLA = parse_graph("y = x**2/4 - x/2 + 1")
VALLEY = parse_graph("f = x**2/20 + y**2")

EVERY = {
    "activation": lambda words: figures.activation("sigmoid", words=words),
    "tangent": lambda words: figures.tangent(NET.derivation("w5"), AT, words=words),
    "secants": lambda words: figures.secants(PARABOLA.derivation("y", "x"), {"x": 1}, words=words),
    "differences": lambda words: figures.differences(NET.derivation("w1"), AT, words=words),
    "losses": lambda words: figures.losses([1.0, 0.5, 0.3], words),
    "gradient_sizes": lambda words: figures.gradient_sizes({"a": Network(2, 3, 1)}, XOR.inputs, XOR.targets, words=words),
    "descent": lambda words: figures.descent(VALLEY, "f", ["x", "y"], {"GD": GD(0.9)}, start=(-7.0, 2.0), words=words),
    "decision": lambda words: figures.decision(Network(2, 3, 1), {"before": initialize(Network(2, 3, 1), 0)}, XOR.inputs, XOR.targets, words=words),
    "balls": lambda words: figures.balls(words=words),
}


def charts_of(figure):
    return figure.draw.args[0].args[0].charts


def plotted(figure, kind, place=0):
    return [mark for mark in charts_of(figure)[place].marks if isinstance(mark, kind)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_every_chart_is_drawn_and_described_in_every_language(name, language):
    words = locale(language)
    if language == "ko":
        words = locale("ko") if _has_hangul() else locale("en")
    figure = EVERY[name](words)
    assert figure.alt.endswith(".")
    assert "{" not in figure.alt
    assert b"<svg" in figure.draw("svg")
    assert figure.stem == EVERY[name](words).stem


def _has_hangul():
    from explain.figures.fonts import families

    try:
        return bool(families("가"))
    except DeriveError:
        return False


def test_every_picture_has_a_test():
    assert set(figures.__all__) == {*EVERY, "network", "graph"}


# ---- activations


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_drawn_with_its_values_and_slopes(name):
    graph = parse_graph(f"y = {name}(z)") if name not in ("identity", "maxout") else parse_graph("y = z + 0*z")  # maxout of one map
    derivation = graph.derivation("y", "z")
    value, *slopes = plotted(figures.activation(name), Curve)
    assert value.points[0][0] == -5
    assert value.points[-1][0] == 5
    for z, y in value.points[::40]:
        assert y == pytest.approx(float(evaluate(derivation, {"z": z}).nodes[graph.node("y")]), abs=1e-6)
    for z, slope in [point for curve in slopes for point in curve.points[1:-1:40]]:
        assert slope == pytest.approx(float(evaluate(derivation, {"z": z})[derivation.claim].value), abs=1e-6)


def test_the_kink_of_relu_is_marked_with_the_declared_slope():
    figure = figures.activation("relu")
    assert [(spot.at, spot.open) for spot in plotted(figure, Spot)] == [((0.0, 0.0), False), ((0.0, 1.0), True), ((0.0, 0.0), False)]
    assert "A kink at 0" in figure.alt
    assert len(plotted(figure, Curve)) == 3


@pytest.mark.parametrize(("name", "peak"), [("sigmoid", (0.0, 0.25)), ("tanh", (0.0, 1.0)), ("identity", None), ("relu", None)])
def test_the_largest_slope_is_marked_where_there_is_one(name, peak):
    spots = [spot.at for spot in plotted(figures.activation(name), Spot) if spot.name]
    assert spots == ([pytest.approx(peak, abs=1e-6)] if peak else [])


# ---- one weight


def test_the_tangent_touches_the_loss_with_the_derived_slope():
    derivation = NET.derivation("w5")
    numbers = evaluate(derivation, AT)
    figure = figures.tangent(derivation, AT)
    curve, line = plotted(figure, Curve)
    (spot,) = plotted(figure, Spot)
    assert spot.at == pytest.approx((0.5, float(numbers.nodes[NET.loss])))
    (x, y), (end_x, end_y) = line.points
    assert (end_y - y) / (end_x - x) == pytest.approx(float(numbers[derivation.claim].value), rel=1e-4)
    assert y + (spot.at[0] - x) * (end_y - y) / (end_x - x) == pytest.approx(spot.at[1], rel=1e-5)
    assert min(abs(x - 0.5) + abs(y - spot.at[1]) for x, y in curve.points) < 1e-5


def test_a_curve_ends_where_it_has_no_number():
    (curve,) = [one for one in plotted(figures.tangent(parse_graph("y = log(x)").derivation("y", "x"), {"x": 1}), Curve) if one.line == PATHS[0]]
    assert curve.points[0][0] > 0


def test_a_curve_is_cut_at_a_kink():
    assert len(sampled(abs, -1, 1, [0.0])) == 2
    assert len(sampled(abs, -1, 1)) == 1


def test_secants_turn_into_the_tangent():
    lines = plotted(figures.secants(PARABOLA.derivation("y", "x"), {"x": 1}, steps=(0.5, 2, 1)), Curve)[1:]
    slopes = [(line.points[1][1] - line.points[0][1]) / (line.points[1][0] - line.points[0][0]) for line in lines]
    assert slopes == pytest.approx([0.5, 0.25, 0.125, 0.0])


@pytest.mark.parametrize("steps", [(), (0.0,), (-1.0,), (inf,)])
def test_steps_of_secants_are_positive(steps):
    with pytest.raises(DeriveError, match="positive distances"):
        figures.secants(PARABOLA.derivation("y", "x"), {"x": 1}, steps=steps)


def test_what_is_computed_cannot_be_moved():
    with pytest.raises(DeriveError, match="'net_h1' is computed from its definition"):
        figures.tangent(NET.derivation("net_h1"), AT)


def test_a_missing_value_is_named():
    with pytest.raises(DeriveError, match="'w1'"):
        figures.tangent(NET.derivation("w1"), {name: value for name, value in AT.items() if name != "w1"})


# ---- how something went


def test_the_measured_error_keeps_to_the_predicted_bound_near_its_optimum():
    figure = figures.differences(NET.derivation("w1"), AT)
    predicted, measured = (dict(curve.points) for curve in plotted(figure, Curve))
    (rule,) = plotted(figure, Rule)
    near = [h for h in measured if 0.01 < h / rule.at < 100 and h in predicted]
    assert len(near) > 10
    assert all(measured[h] <= 2 * predicted[h] for h in near)
    assert min(predicted, key=predicted.__getitem__) == pytest.approx(rule.at, rel=1.0)


def test_at_a_kink_a_difference_has_no_optimum():
    with pytest.raises(DeriveError, match="is a kink"):
        figures.differences(parse_graph("y = relu(x)").derivation("y", "x"), {"x": 0})


def test_losses_are_all_there_and_the_scale_fits_them():
    near, wide = figures.losses([2.0, 1.0, 0.5]), figures.losses({"GD": [2.0, 1.0], "Adam": [2.0, 0.01, 0.001]})
    assert plotted(near, Curve)[0].points == ((1.0, 2.0), (2.0, 1.0), (3.0, 0.5))
    assert [charts_of(one)[0].up.log for one in (near, wide)] == [False, True]
    assert [curve.name for curve in plotted(wide, Curve)] == [Word("GD"), Word("Adam")]


def test_a_long_training_is_thinned_and_keeps_its_end():
    points = plotted(figures.losses([1 / step for step in range(1, 50_001)]), Curve)[0].points
    assert len(points) <= 2001
    assert (points[0], points[-1]) == ((1.0, 1.0), (50_000.0, 2e-5))


@pytest.mark.parametrize("values", [[], {}, {"a": []}])
def test_without_a_loss_there_is_no_curve(values):
    with pytest.raises(DeriveError, match="no loss"):
        figures.losses(values)


def test_gradients_of_sigmoids_vanish_layer_by_layer():
    deep = {name: Network(2, *[4] * 6, 1, activation=name) for name in ("sigmoid", "tanh")}
    sigmoid, tanh = plotted(figures.gradient_sizes(deep, XOR.inputs, XOR.targets), Curve)
    assert [layer for layer, _ in sigmoid.points] == list(range(1, 8))
    assert sigmoid.points[0][1] < 1e-3 * sigmoid.points[-1][1]
    assert tanh.points[0][1] > 1e-3 * tanh.points[-1][1]


# ---- over a plane


def test_each_optimizer_starts_at_the_start_and_comes_down():
    rules = {"GD": GD(0.9), "Momentum": Momentum(0.1), "Adam": Adam(0.3)}
    figure = figures.descent(VALLEY, "f", ["x", "y"], rules, start=(-7.0, 2.0))
    for curve in plotted(figure, Curve):
        assert curve.points[0] == (-7.0, 2.0)
        assert len(curve.points) == 31
        first, last = (x**2 / 20 + y**2 for x, y in (curve.points[0], curve.points[-1]))
        assert last < 0.1 * first


def test_gradient_descent_takes_the_steps_that_its_rule_says():
    (curve,) = plotted(figures.descent(VALLEY, "f", ["x", "y"], {"GD": GD(0.5)}, start=(-8.0, 2.0), steps=2), Curve)
    assert curve.points == (pytest.approx((-8.0, 2.0)), pytest.approx((-7.6, 0.0)), pytest.approx((-7.22, 0.0)))


def test_two_weights_of_a_network_are_moved_and_the_others_held():
    at = {name: value for name, value in AT.items() if name not in ("w1", "w5")}
    (levels,) = plotted(figures.descent(NET.graph, "Loss", ["w1", "w5"], {"GD": GD(0.5)}, start=(1.0, 1.0), at=at, steps=3), Levels)
    w1, w5, value = levels.across[3], levels.up[5], levels.rows[5][3]
    assert value == pytest.approx(float(evaluate(NET.derivation("w1"), {**at, "w1": w1, "w5": w5}).nodes[NET.loss]), rel=1e-6)


def test_a_way_that_leaves_the_picture_is_refused():
    with pytest.raises(DeriveError, match="a smaller rate may help"):
        figures.descent(VALLEY, "f", ["x", "y"], {"GD": GD(5.0)}, start=(1.0, 1.0))


def test_a_descent_over_several_points_is_of_their_mean():
    points = [{"z": 1}, {"z": 3}]
    graph = parse_graph("f = z*x**2 + y**2")
    (curve,) = plotted(figures.descent(graph, "f", ["x", "y"], {"GD": GD(0.125)}, start=(-8.0, 2.0), at=points, steps=1), Curve)
    assert curve.points == ((-8.0, 2.0), (-4.0, 1.5))


def test_a_descent_has_two_givens():
    with pytest.raises(DeriveError, match="a picture has two givens"):
        figures.descent(VALLEY, "f", ["x"], {"GD": GD()}, start=(1.0, 1.0), at={"y": 1})


def test_a_decision_shows_the_outputs_of_the_network():
    net = Network(2, 3, 1)
    theta = initialize(net, 3)
    figure = figures.decision(net, {"before": theta, "after": 2 * theta}, XOR.inputs, XOR.targets)
    assert [chart.title for chart in charts_of(figure)] == [Word("before"), Word("after")]
    (area,) = plotted(figure, Area)
    values = {**net.named([float(one) for one in theta]), "i1": area.across[7], "i2": area.up[60], "t_o1": 0}
    numbers = evaluate(net.derivation("w1"), values)
    assert area.rows[60][7] == pytest.approx(float(numbers.nodes[net.outs(2)[0]]), rel=1e-6)
    assert [spot.open for spot in plotted(figure, Spot)] == [not target[0] for target in XOR.targets]


def test_a_plane_has_two_inputs():
    with pytest.raises(DeriveError, match="3 inputs"):
        figures.decision(Network(3, 1), {"a": [0, 0, 0, 0]}, [[0, 0, 0]], [[1]])


def test_unit_balls_are_at_distance_one():
    one, two, most = plotted(figures.balls(), Curve)
    assert all(abs(x) + abs(y) == pytest.approx(1) for x, y in one.points)
    assert all(x * x + y * y == pytest.approx(1) for x, y in two.points)
    assert all(max(abs(x), abs(y)) == pytest.approx(1) for x, y in most.points)


@pytest.mark.parametrize("powers", [(), (0.5,), (1, 2, 3, 4, 5, 6, 7)])
def test_other_norms_are_refused(powers):
    with pytest.raises(DeriveError, match="numbers from 1 to infinity"):
        figures.balls(powers)


def test_axes_are_named_and_numbers_finite():
    for make in EVERY.values():
        for chart in charts_of(make(None)):
            assert isinstance(chart.across.name, Formula)
            assert chart.up.name is None or isinstance(chart.up.name, Formula)
            assert all(isfinite(value) for mark in chart.marks if isinstance(mark, Curve) for point in mark.points for value in point)
    assert charts_of(EVERY["activation"](None))[0].across.name == Name("z")
