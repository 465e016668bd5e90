"""JavaScript from the facts, run in a real Chromium: its numbers and its training are Python's."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from keyword import iskeyword
from typing import Any

import numpy as np
import pytest
from sympy import Symbol

from derive import Definition, DeriveError, Graph, Local, Network, Total, parse_graph
from derive.activations import ACTIVATIONS, activation
from derive.losses import LOSSES
from explain.interactive.engine import engine_source
from numeric import compile_gradient, evaluate, initialize, train
from numeric.code.javascript import ERF, WORDS
from numeric.data import data, random_points
from numeric.optimizers import GD, OPTIMIZERS, Adam
from tests.interactive.tabs import close

Run = Callable[[str, str, Any], Any]


def network(**options: Any) -> Network | None:
    try:
        return Network(2, 2, 2, **options)
    except DeriveError:  # an output that leaves the domain of the loss
        return None


def outputs() -> Iterator[dict[str, str]]:
    """Every loss after the first output that it takes."""
    for loss in LOSSES:
        yield next({"output": output, "loss": loss} for output in ("sigmoid", "softmax", "identity", "tanh") if network(output=output, loss=loss))


NETS = [
    *({"activation": name} for name in ACTIVATIONS),
    *outputs(),
    {"l1": "0.01", "l2": "lamda", "frozen": ["w1"]},
    {"activation": "z*sigmoid(beta*z)", "biases": "none"},
]


def points(graph: Graph, count: int = 100) -> list[dict[str, float]]:
    """Random settings as the page has them: floats, targets as they must be."""
    return [{name: float(value) for name, value in one.items()} for one in random_points(graph, 7, count)]


# ---- numbers


@pytest.mark.browser
@pytest.mark.parametrize("options", NETS, ids=str)
def test_every_activation_and_loss_gives_pythons_numbers(options, run):
    net = Network(2, 2, 2, **options)
    compiled, at = compile_gradient(net.graph, net.loss, net.parameters), points(net.graph)
    body = """return given.map((one) => {
        const { value, slopes } = engine.gradient(Float64Array.from(one));
        return [value, ...slopes];
    });"""
    found = run(engine_source(net, net.loss, net.parameters), body, [list(one.values()) for one in at])
    for numbers, point in zip(found, at, strict=True):
        try:
            value, slopes = compiled(point)
        except DeriveError:  # such as R² of targets that are all alike
            assert not np.isfinite(numbers).all()
        else:
            close(numbers, [value, *slopes.values()])


@pytest.mark.browser
@pytest.mark.parametrize("options", [{}, {"activation": "gelu"}, {"activation": "prelu", "loss": "mse"}, {"activation": "relu", "output": "softmax"}], ids=str)
def test_every_node_fact_and_term_has_the_number_that_the_text_has(options, run):
    net = Network(2, 2, 2, 2, **options)
    steps = net.derivation("w1").steps
    asked = [part for step in steps for part in (step.claim, step.value, *step.terms)]
    at = points(net.graph, 20)
    body = "return given.map((one) => [engine.forward(Float64Array.from(one)), engine.values(Float64Array.from(one))].map((all) => [...all]));"
    found = run(engine_source(net, net.loss, net.parameters, asked), body, [list(one.values()) for one in at])
    for (nodes, numbers), point in zip(found, at, strict=True):
        table = evaluate(net.derivation("w1"), point)
        close(nodes, [table.nodes[one.symbol] for one in net.graph.definitions])
        close(numbers, [number for step in steps for own in [table[step.claim]] for number in (own.total, own.value, *own.terms)])


@pytest.mark.browser
def test_a_graph_and_expressions_over_its_names(run):
    graph = parse_graph("apples = apple * count\nprice = apples * tax")
    by, tax = graph.node("apple"), graph.node("tax")
    asked = [tax**2 + by, Local(graph.node("price"), tax), (Total(graph.node("price"), by), tax), graph.node("apple") * 0 + 3]
    script = engine_source(graph, "price", ["apple", "tax"], asked)
    body = """const at = Float64Array.from(given);
        return [engine.names, engine.definitions, engine.wrt, engine.of, [...engine.values(at)], [...engine.step(at, 0.5)]];"""
    names, defined, wrt, of, numbers, moved = run(script, body, [100, 2, 1.5])
    assert (names, defined, wrt, of) == (["apple", "count", "tax"], ["apples", "price"], ["apple", "tax"], "price")
    assert numbers == [102.25, 200, 4.5, 3]
    assert moved == [98.5, 2, -98.5]


@pytest.mark.browser
@pytest.mark.parametrize(
    "text", ["(2*x)**(-2)", "1/(x + y)**(-1) - y**(-1)", "-x**2*y**2.5", "2**-x", "(x + y)**(-1/2)", "(-x)**3 + (-x)**2", "exp(-(x - y)**2)"]
)
def test_powers(text, run):
    graph = parse_graph(f"f = {text} + 0*y")
    at = {one.name: 1.25 if one.name == "x" else 0.75 for one in graph.givens}
    body = "const { value, slopes } = engine.gradient(Float64Array.from(given)); return [value, ...slopes];"
    value, slopes = compile_gradient(graph, "f", list(at))(at)
    close(run(engine_source(graph, "f", list(at)), body, list(at.values())), [value, *slopes.values()])
    assert value == pytest.approx(eval(text, dict(at) | {"exp": math.exp}))  # noqa: S307 (the texts above)


@pytest.mark.browser
def test_names_that_mean_something_in_javascript(run):
    words = [*sorted(one for one in WORDS if not iskeyword(one)), *"erf erfc exp engine engineOf compiled values gradient forward value h".split()]
    total = Definition(Symbol("with1"), activation("sigmoid").function(sum(place * Symbol(one) for place, one in enumerate(words, 1)) / 1000))
    graph = Graph(words, [total, Definition(Symbol("arguments1"), Symbol("with1") * Symbol("var"))])
    body = "const { value, slopes } = engine.gradient(Float64Array.from(given)); return [engine.names, value, ...slopes];"
    names, *numbers = run(engine_source(graph, "arguments1", words), body, [0.1] * len(words))
    value, slopes = compile_gradient(graph, "arguments1", words)(dict.fromkeys(words, 0.1))
    assert names == words
    close(numbers, [value, *slopes.values()])


@pytest.mark.browser
@pytest.mark.parametrize("size", [30, 700, 1e5])
def test_far_out_the_numbers_stay_finite_and_right(size, run):
    net = Network(2, 2, 1)
    at = {one.name: float(place % 3 - 1) * size for place, one in enumerate(net.graph.givens)} | {"t_o1": 1.0}
    body = "const { value, slopes } = engine.gradient(Float64Array.from(given)); return [value, ...slopes];"
    found = run(engine_source(net, net.loss, net.parameters), body, list(at.values()))
    value, slopes = compile_gradient(net.graph, net.loss, net.parameters)(at)
    close(found, [value, *slopes.values()])


@pytest.mark.browser
def test_where_there_is_no_number_the_page_is_told(run):
    graph = parse_graph("y = log(x) + 1/x")
    body = "return [0, -1].map((x) => { const at = Float64Array.of(x); return [engine.forward(at)[0], engine.difference(at, 0).slope]; });"
    (at_zero, _), (below, slope) = run(engine_source(graph, "y", ["x"]), body, None)
    assert not math.isfinite(at_zero)
    assert math.isnan(below)
    assert math.isnan(slope)


@pytest.mark.browser
def test_erf_is_as_exact_as_pythons(run):
    draw = random.Random(3)
    at = [draw.uniform(-1, 1) * 10 ** draw.uniform(-8, 1.42) for _ in range(2000)] + [0.0, 0.5, -0.5, 2.375, 27.0, 30.0, -30.0]
    found = np.array(run(ERF, "return given.map((x) => [erf(x), erfc(x)]);", at))
    np.testing.assert_allclose(found, [[math.erf(x), math.erfc(x)] for x in at], rtol=1.5e-15, atol=0)


# ---- differences


@pytest.mark.browser
@pytest.mark.parametrize("options", [{}, {"activation": "tanh", "loss": "mse"}, {"activation": "gelu", "output": "softmax"}], ids=str)
def test_differences_lie_within_their_bound(options, run):
    net = Network(2, 2, 2, **options)
    at = points(net.graph)
    body = """return given.map((one) => {
        const values = Float64Array.from(one);
        return engine.places.wrt.map((place) => { const { slope, h, bound } = engine.difference(values, place); return [slope, bound, h]; });
    });"""
    found = np.array(run(engine_source(net, net.loss, net.parameters), body, [list(one.values()) for one in at]))
    compiled = compile_gradient(net.graph, net.loss, net.parameters)
    slopes = np.array([list(compiled(one)[1].values()) for one in at])
    assert (abs(found[..., 0] - slopes) <= found[..., 1]).all()
    assert np.median(found[..., 1]) < 1e-9
    assert found[..., 1].max() < 1e-7
    assert (np.frexp(found[..., 2])[0] == 0.5).all()  # powers of two


@pytest.mark.browser
def test_a_kink_has_two_slopes(run):
    graph = parse_graph("y = 3*max(x, 0) - min(x, 0)")
    found = run(engine_source(graph, "y", ["x"]), "return given.map((x) => engine.difference(Float64Array.of(x), 0));", [0.0, 1.0])
    assert found[0]["right"] == pytest.approx(3)
    assert found[0]["left"] == pytest.approx(-1)
    assert found[1]["slope"] == pytest.approx(3)
    assert "left" not in found[1]


# ---- training


def trained(run: Run, net: Network, steps: int, optimizer: Any, start: list[float], inputs: Any, targets: Any) -> dict[str, Any]:
    script = engine_source(net, net.loss, net.parameters, optimizers=(optimizer,))
    body = """const trainer = engine.trainer(given.start, given, given.rate);
        const losses = trainer.step(given.steps);
        return { losses: [...losses], theta: [...trainer.theta], done: trainer.steps, finite: trainer.finite, optimizers: engine.optimizers };"""
    return run(script, body, {"start": start, "inputs": inputs, "targets": targets, "rate": optimizer.rate, "steps": steps})


@pytest.mark.browser
@pytest.mark.parametrize("kind", [one for one in OPTIMIZERS if one != "sgd"])
def test_a_thousand_steps_are_pythons(kind, run):
    xor, net, optimizer = data("xor"), Network(2, 2, 1), OPTIMIZERS[kind]()
    history = train(net, xor.inputs, xor.targets, optimizer, steps=1000, seed=3)
    found = trained(run, net, 1000, optimizer, initialize(net, 3).tolist(), xor.inputs, xor.targets)
    assert found["optimizers"] == [kind]
    np.testing.assert_allclose(found["losses"], history.losses, rtol=1e-9)
    np.testing.assert_allclose(found["theta"], history.parameters, rtol=1e-9)


@pytest.mark.browser
def test_ten_thousand_steps_solve_xor(run):
    xor, net = data("xor"), Network(2, 2, 1)
    found = trained(run, net, 10_000, GD(1.0), initialize(net, 0).tolist(), xor.inputs, xor.targets)
    assert found["done"] == 10_000
    assert found["losses"][-1] < 0.01 * found["losses"][0]


@pytest.mark.browser
def test_training_stops_where_the_numbers_end(run):
    net = Network(1, 1, output="identity", loss="mse")
    found = trained(run, net, 1000, GD(10.0), [1.0, 0.0], [[2.0], [3.0]], [[1.0], [0.0]])
    assert not found["finite"]
    assert found["done"] == len(found["losses"]) < 1000
    assert np.isfinite(found["losses"]).all()


@pytest.mark.browser
def test_training_on_the_setting_itself_with_numbers_held(run):
    net = Network(2, 2, 1, l2="lamda", frozen=["w1"])
    at = points(net.graph, 1)[0]
    script = engine_source(net, net.loss, net.parameters, optimizers=(Adam(0.1), GD(0.1)))
    body = """const at = Float64Array.from(given), own = engine.trainer(at, null, 0.1, "gd");
        const losses = own.step(1);
        const next = engine.step(at, 0.1);
        return [losses[0], [...own.theta], engine.places.wrt.map((place) => next[place])];"""
    loss, theta, moved = run(script, body, list(at.values()))
    value, slopes = compile_gradient(net.graph, net.loss, net.parameters)(at)
    close([loss, *theta], [value, *(at[name] - 0.1 * slope for name, slope in slopes.items())])
    assert theta == moved


@pytest.mark.browser
def test_an_unknown_optimizer_is_named(run):
    script = engine_source(Network(1, 1), "Loss", ["w1"])
    said = run(script, "try { engine.trainer([1], null, 1, 'adma'); } catch (error) { return error.message; }", None)
    assert said == "no optimizer adma; there is gd"
