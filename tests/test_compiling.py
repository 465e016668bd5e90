"""Compiled gradients: what runs is what the facts say, stays right where the page's form overflows, and can be read."""

from __future__ import annotations

import math
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Add, Expr, Heaviside, Max, Min, Mul, Symbol, atan, cos, erf, exp, gamma, lambdify, log, sign, sin, sqrt, tanh

from derive import Definition, DeriveError, Graph, Network, parse_graph
from derive.activations import ACTIVATIONS, activation, defined
from numeric import compile_gradient, loss_and_gradient

SAMPLE_POINT = [0.1, 0.2, 0.3, 0.4, 0.1, 0.2, 0.5, 0.6, 0.7, 0.8, 0.3, 0.4]
NETWORKS = [
    Network(2, 2, 2),
    Network(2, 2, 2, numbering="by-target", biases="per-layer"),
    Network(2, 3, 1, activation="tanh", output="identity", loss="squared_error"),
    Network(3, 2, 2, activation="relu", output="tanh", loss="squared_error", biases="none"),
    Network(2, 3, 2, 1, activation=["tanh", "relu"]),
    Network(1, 2, 2, 2, 2, output="sigmoid", loss="squared_error"),
    Network(3, 1),
]


def in_mpmath(symbols: list[Symbol], expression: Expr):
    return lambdify(symbols, defined(expression), [{"Heaviside": lambda x, at_zero=0.5: at_zero if x == 0 else mpmath.mpf(x > 0)}, "mpmath"])


def by_substitution(graph: Graph, of: str, wrt: list[str], at: dict[str, float]) -> tuple[float, dict[str, float]]:
    """The other way: differences of 60 digits on the definitions alone."""
    steps = [(one.symbol, free := sorted(one.expression.free_symbols, key=str), in_mpmath(free, one.expression)) for one in graph.definitions]

    def value(point):
        known = {Symbol(name): number for name, number in point.items()}
        for symbol, free, function in steps:
            known[symbol] = function(*(known[one] for one in free))
        return known[Symbol(of)]

    with mpmath.workdps(60):
        exact = {name: mpmath.mpf(number) for name, number in at.items()}
        h = mpmath.mpf(10) ** -20
        slopes = {name: float((value({**exact, name: exact[name] + h}) - value({**exact, name: exact[name] - h})) / (2 * h)) for name in wrt}
        return float(value(exact)), slopes


# ---- any graph

PRICE = parse_graph("total = apple * count\nprice = total * tax")


def test_plain_numbers_give_plain_numbers():
    value, gradient = compile_gradient(PRICE, of="price", wrt=["apple", "tax"])({"apple": 100, "count": 2, "tax": "1.1"})
    assert value == pytest.approx(220, rel=1e-15)
    assert gradient == pytest.approx({"apple": 2.2, "tax": 200.0}, rel=1e-15)
    assert {type(one) for one in (value, *gradient.values())} == {float}


def test_fractions_symbols_and_numpy_scalars_are_numbers():
    h = compile_gradient(PRICE, of=Symbol("price"), wrt=(Symbol("count"),))
    value, gradient = h({Symbol("apple"): Fraction(1, 2), "count": np.float64(3), "tax": np.int64(2)})
    assert (value, gradient) == (3.0, {"count": 1.0})


def test_arrays_broadcast_and_stay_as_they_are():
    apples, taxes = np.array([[100.0], [50.0]]), np.array([1.0, 1.1, 1.2])
    kept = apples.copy(), taxes.copy()
    value, gradient = compile_gradient(PRICE, of="price", wrt=["apple", "count", "tax"])({"apple": apples, "count": 2, "tax": taxes})
    assert value == pytest.approx(apples * 2 * taxes)
    assert gradient["apple"] == pytest.approx(np.broadcast_to(2 * taxes, (2, 3)))
    assert gradient["tax"] == pytest.approx(np.broadcast_to(2 * apples, (2, 3)))
    assert all(one.shape == (2, 3) and one.flags.writeable for one in (value, *gradient.values()))
    assert (kept[0] == apples).all()
    assert (kept[1] == taxes).all()


def test_single_precision_stays_single():
    value, gradient = compile_gradient(PRICE, of="price", wrt=["apple"])({"apple": np.array([1, 2], dtype="f4"), "count": 2, "tax": 3})
    assert value.dtype == gradient["apple"].dtype == np.float32


@pytest.mark.parametrize(
    ("text", "of", "at"),
    [
        ("f = x**2*y", "f", {"x": 3.0, "y": 5.0}),
        ("f = x/y - y/x", "f", {"x": 3.0, "y": 5.0}),
        ("f = -x - y", "f", {"x": 3.0, "y": 5.0}),
        ("f = (x - (y - 2))*-3", "f", {"x": 3.0, "y": 5.0}),
        ("f = -x**2 + (-y)**2", "f", {"x": 3.0, "y": 5.0}),
        ("f = x**y + 2**x", "f", {"x": 1.5, "y": 2.5}),
        ("f = sqrt(x)*exp(-x)/3", "f", {"x": 2.0}),
        ("f = exp(x*y + 1)", "f", {"x": 0.3, "y": -0.7}),
        ("f = log(x) + x*log(y)", "f", {"x": 3.0, "y": 5.0}),
        ("f = sin(x)*cos(y)*tan(x)", "f", {"x": 0.3, "y": 0.5}),
        ("f = sinh(x) + cosh(y) + tanh(x*y)", "f", {"x": 0.3, "y": 0.5}),
        ("f = atan(x) + asin(y) + acos(y) + asinh(x)", "f", {"x": 0.3, "y": 0.5}),
        ("f = acosh(x) + atanh(y) + erf(x)", "f", {"x": 1.3, "y": 0.5}),
        ("f = abs(x)*sign(y) + max(x, y, 1) + min(x, 2*y)", "f", {"x": -0.3, "y": 2.5}),
        ("a = max(x, y)\nb = max(x*y, a)\nf = max(b, 2)*x", "f", {"x": 3.5, "y": 2.5}),
        ("f = 1/(1 + exp(-x*y)) + log(1 + exp(x - y))", "f", {"x": 0.3, "y": 2.5}),
        ("s = sigmoid(x*y)\nf = s*(1 - s) - s + log(s) - log(1 - s)", "f", {"x": 0.3, "y": 2.5}),
        ("f = x*sigmoid(y*x) - tanh(x)**2 + relu(x)*relu(-y)", "f", {"x": 0.3, "y": -2.5}),
        ("s = sigmoid(x)\nL = (y - s)**2 + x*y\nf = L**2 - s", "f", {"x": 0.3, "y": 0.25}),
        ("np = x*y\nexp1 = np**2\nf = exp1 + np", "f", {"x": 0.3, "y": 2.5}),
        ("part1 = x*y\nf = max(part1*x, y)*part1", "f", {"x": 0.3, "y": 2.5}),
        ("dfdx = x*y\ndf_dx = dfdx + x\nf = df_dx**2", "f", {"x": 0.3, "y": 2.5}),
        ("f = pi*x/7 + 12345678901234567890*y", "f", {"x": 0.3, "y": 2.5}),
        ("a = sigmoid(x)\nb = sigmoid(x)\nf = a*b*y", "f", {"x": 0.3, "y": 2.5}),
    ],
)
def test_any_graph_in_both_dialects(text, of, at):
    graph = parse_graph(text)
    h = compile_gradient(graph, of=of, wrt=list(at))
    value, slopes = by_substitution(graph, of, list(at), at)
    for shown, partials in (h(at), h({name: [number] * 2 for name, number in at.items()})):
        assert np.atleast_1d(shown) == pytest.approx(float(value), rel=1e-13)
        for name, slope in slopes.items():
            assert np.atleast_1d(partials[name]) == pytest.approx(float(slope), rel=1e-12, abs=1e-15), name


def test_a_weight_read_directly_and_through_the_network():
    graph = parse_graph("net1 = w*x\nout1 = sigmoid(net1)\nL = (out1 - t)**2 + c*w**2")
    at = {"w": 0.7, "x": -1.3, "t": 0.2, "c": 0.1}
    _, gradient = compile_gradient(graph, of="L", wrt=["w"])(at)
    assert gradient["w"] == pytest.approx(float(by_substitution(graph, "L", ["w"], at)[1]["w"]), rel=1e-13)


@pytest.mark.parametrize("w", [-800.0, -30.0, 0.3, 30.0, 800.0])
def test_a_saturated_output_that_is_read_twice(w):
    """∂J/∂s is a sum of a quotient that runs off and of something else: the slope of s goes to each of them."""
    h = compile_gradient(parse_graph("z = w*x\ns = sigmoid(z)\nL = -log(s) - log(1 - s)\nM = s**2\nJ = L + M"), of="J", wrt=["w"])
    with mpmath.workdps(800):
        s = 1 / (1 + mpmath.exp(-mpmath.mpf(w)))
        exact = float(2 * s - 1 + 2 * s * s * (1 - s))
    for values in ({"w": w, "x": 1.0}, {"w": [w, w], "x": 1.0}):
        with np.errstate(all="raise", under="ignore"):
            assert np.ravel(h(values)[1]["w"])[0] == pytest.approx(exact, rel=1e-14)


def test_of_itself_of_an_inner_node_and_of_nothing():
    h = compile_gradient(PRICE, of="total", wrt=["total", "apple", "tax"])
    assert h({"apple": 3, "count": 4, "tax": 9}) == (12.0, {"total": 1.0, "apple": 4.0, "tax": 0.0})
    inner = compile_gradient(PRICE, of="price", wrt=["total"])
    assert inner({"apple": 3, "count": 4, "tax": 9}) == (108.0, {"total": 9.0})


def test_a_given_is_a_result_of_its_own():
    graph = Graph(["x", "y"], [Definition(Symbol("f"), Symbol("x") * Symbol("y"))])
    h = compile_gradient(graph, of="f", wrt=["x", "y"])
    _, gradient = h({"x": np.ones(3), "y": np.zeros(3)})
    gradient["x"][0] = 7
    assert gradient["y"][0] == 1


@pytest.mark.parametrize(
    "function", [Abs, atan, cos, erf, exp, log, sign, sin, sqrt, tanh, lambda x: Max(x, 0), lambda x: Min(x, 1), lambda x: Heaviside(x, 0)]
)
def test_functions_of_sympy(function):
    x = Symbol("x")
    graph = Graph(["x"], [Definition(Symbol("f"), function(x))])
    value, gradient = compile_gradient(graph, of="f", wrt=["x"])({"x": 0.4})
    assert value == pytest.approx(float(function(0.4)), rel=1e-14)
    assert gradient["x"] == pytest.approx((float(function(0.4 + 1e-6)) - float(function(0.4 - 1e-6))) / 2e-6, rel=1e-8, abs=1e-9)


OF_ONE = [name for name, record in ACTIVATIONS.items() if not record.whole and record.maps == 1]
# Near a zero of the slope, and where the argument is rounded before a function that multiplies its error (erfc, by z²).
ROUGH = {"gelu": lambda z: 40 + z * z, "swish": lambda z: 4, "mish": lambda z: 4}


@pytest.mark.parametrize("name", OF_ONE)
@settings(max_examples=30)
@given(z=st.floats(-700, 700))
def test_code_form_equals_page_form(name, z):
    """mpmath at 700 digits, on the record's definition and its slope, written in the output."""
    record, x, f = activation(name), Symbol("x"), Symbol("f")
    with mpmath.workdps(700):
        exact = mpmath.mpf(z)
        value = in_mpmath([x], record.definition(x))(exact)
        slope = in_mpmath([x, f], Add(*(Mul(*term) for term in record.slope(x, f, *record.values()))))(exact, value)
    h = compile_gradient(Graph(["x"], [Definition(f, record.function(x))]), of="f", wrt=["x"])
    rough = ROUGH.get(name, lambda z: 1)(z)
    with np.errstate(all="raise", under="ignore"):
        for got, slopes in (h({"x": z}), h({"x": [z, z]})):
            assert np.ravel(got)[0] == pytest.approx(float(value), rel=2e-15 * rough, abs=1e-300)
            assert np.ravel(slopes["x"])[0] == pytest.approx(float(slope), rel=4e-15 * rough, abs=1e-300)


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("'appel'; this graph has", lambda: compile_gradient(PRICE, of="price", wrt=["appel"])),
        ("did you mean 'price'", lambda: compile_gradient(PRICE, of="prise", wrt=["apple"])),
        ("wrt is a list", lambda: compile_gradient(PRICE, of="price", wrt="apple")),
        ("no value for count and tax", lambda: PRICED({"apple": 1})),
        ("did you mean 'tax'", lambda: PRICED({"apple": 1, "count": 1, "taxx": 1})),
        ("apple = nan", lambda: PRICED({"apple": math.nan, "count": 1, "tax": 1})),
        ("apple = inf", lambda: PRICED({"apple": math.inf, "count": 1, "tax": 1})),
        ("apple = 1j", lambda: PRICED({"apple": 1j, "count": 1, "tax": 1})),
        ("apple = True", lambda: PRICED({"apple": True, "count": 1, "tax": 1})),
        ("apple\\[1\\] is nan", lambda: PRICED({"apple": [1, math.nan], "count": 1, "tax": 1})),
        ("do not fit together: apple \\(2,\\), tax \\(3,\\)", lambda: PRICED({"apple": [1, 2], "count": 1, "tax": [1, 2, 3]})),
        ("apple holds complex numbers", lambda: PRICED({"apple": [1j], "count": 1, "tax": 1})),
        ("apple is a masked array", lambda: PRICED({"apple": np.ma.masked_array([1.0, 2.0], [True, False]), "count": 1, "tax": 1})),
        ("no table by name", lambda: PRICED("apple")),  # type: ignore[arg-type]
        ("gamma cannot be compiled", lambda: compile_gradient(Graph(["x"], [Definition(Symbol("f"), gamma(Symbol("x")))]), of="f", wrt=[])),
        ("x = 0.0", lambda: compile_gradient(parse_graph("f = 1/x"), of="f", wrt=["x"])({"x": 0.0})),
        ("x = 1000", lambda: compile_gradient(parse_graph("f = exp(x)"), of="f", wrt=["x"])({"x": 1000})),
    ],
)
def test_refusals_name_the_argument(argument, call):
    with pytest.raises(DeriveError, match=argument):
        call()


PRICED = compile_gradient(PRICE, of="price", wrt=["apple"])


# ---- networks and batches


def draw(net: Network, rows: int, seed: int, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    theta = random.uniform(-scale, scale, len(net.parameters))
    return theta, random.normal(size=(rows, len(net.inputs))), random.integers(0, 2, (rows, len(net.targets))).astype(float)


def sample(net: Network, theta, inputs, targets) -> dict[str, float]:
    symbols = (*net.parameters, *net.inputs, *net.targets)
    return {one.name: float(value) for one, value in zip(symbols, (*theta, *inputs, *targets), strict=True)}


def test_the_numbers_of_the_sample_page():
    loss, gradient = loss_and_gradient(Network(2, 2, 2))(SAMPLE_POINT, [[0.5, 1.0]], [[1, 0]])
    assert isinstance(loss, float)
    assert loss == pytest.approx(1.8359, abs=5e-5)
    assert gradient[0] == pytest.approx(0.040916368491, abs=5e-13)
    assert gradient[10] == pytest.approx(-0.2548, abs=5e-5)


@pytest.mark.parametrize("times", [1, 20], ids=["one by one", "as arrays"])
@pytest.mark.parametrize("net", NETWORKS, ids=repr)
def test_mean_gradient_is_the_mean_of_the_substituted_ones(net, times):
    theta, inputs, targets = draw(net, 3, seed=len(net.parameters))
    loss, gradient = loss_and_gradient(net)(theta, np.tile(inputs, (times, 1)), np.tile(targets, (times, 1)))
    names = [one.name for one in net.parameters]
    rows = [by_substitution(net.graph, "Loss", names, sample(net, theta, x, t)) for x, t in zip(inputs, targets, strict=True)]
    assert loss == pytest.approx(float(sum(value for value, _ in rows) / 3), rel=1e-13)
    for place, name in enumerate(names):
        assert gradient[place] == pytest.approx(float(sum(slopes[name] for _, slopes in rows) / 3), rel=1e-12, abs=1e-16), name


@pytest.mark.parametrize("times", [1, 20], ids=["one by one", "as arrays"])
@pytest.mark.parametrize("scale", [3, 30, 1000])
@pytest.mark.parametrize("net", [Network(2, 2, 2), Network(2, 3, 2, activation="tanh"), Network(2, 2, 2, 2)], ids=repr)
def test_large_parameters_neither_overflow_nor_cancel(net, scale, times):
    f = loss_and_gradient(net)
    room = 1e-12 if scale <= 30 else 1e-13 + 16 * np.finfo(float).eps * 4 * scale
    for seed in range(5):
        theta, inputs, targets = draw(net, 1, seed, scale)
        with np.errstate(all="raise", under="ignore"):
            loss, gradient = f(theta, np.tile(inputs, (times, 1)), np.tile(targets, (times, 1)))
        exact_loss, exact = propagated_by_hand(net, theta, inputs[0], targets[0])
        assert loss == pytest.approx(exact_loss, rel=room, abs=1e-290)
        assert gradient == pytest.approx(exact, rel=room, abs=1e-290)


def propagated_by_hand(net, theta, x, t) -> tuple[float, list[float]]:
    """Cross entropy and its back-propagation, written independently, with so many digits that nothing cancels."""
    with mpmath.workdps(3000):
        parts = net.unpack([mpmath.mpf(float(one)) for one in theta])
        outs = [[mpmath.mpf(float(one)) for one in x]]
        for layer, record in zip(net.layers, net.activations, strict=True):
            weights, biases = parts[f"W{layer}"], parts[f"b{layer}"]
            nets = [sum(weights[row][col] * out for row, out in enumerate(outs[-1])) + biases[col] for col in range(net.sizes[layer])]
            outs.append([mpmath.tanh(one) if record.name == "tanh" else 1 / (1 + mpmath.exp(-one)) for one in nets])
        loss = -sum(mpmath.log(out if target else 1 - out) for out, target in zip(outs[-1], t, strict=True))
        delta = [out - mpmath.mpf(float(target)) for out, target in zip(outs[-1], t, strict=True)]
        slopes: list[list] = []
        for layer in reversed(net.layers):
            before, weights = outs[layer - 1], parts[f"W{layer}"]
            slopes.insert(0, [delta[col] * out for out in before for col in range(len(delta))] + delta)
            back = [sum(weights[row][col] * delta[col] for col in range(len(delta))) for row in range(len(before))]
            curved = layer > 1 and net.activations[layer - 2].name == "tanh"
            delta = [one * (1 - out**2 if curved else out * (1 - out)) for one, out in zip(back, before, strict=True)]
        return float(loss), [float(one) for layer in slopes for one in layer]


@pytest.mark.parametrize("net", NETWORKS, ids=repr)
def test_one_sample_in_plain_floats_is_the_batch_of_one(net):
    f = loss_and_gradient(net)
    theta, inputs, targets = draw(net, 1, seed=4)
    room: dict = {}
    exec(f.scalar_source, room)  # noqa: S102 (that it runs by itself is what is tested)
    loss, gradient = room["sample_loss_and_gradient"](theta.tolist(), inputs[0].tolist(), targets[0].tolist())
    want = f(theta, inputs, targets)
    assert loss == pytest.approx(want[0], rel=1e-14)
    assert gradient == pytest.approx(want[1], rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("net", NETWORKS, ids=repr)
def test_the_source_runs_when_pasted(net):
    f = loss_and_gradient(net)
    theta, inputs, targets = draw(net, 4, seed=1)
    room: dict = {}
    exec(f.source, room)  # noqa: S102 (that it runs by itself is what is tested)
    assert room["loss_and_gradient"](theta, inputs, targets)[1] == pytest.approx(f(theta, inputs, targets)[1], rel=1e-13, abs=1e-16)


def test_the_source_reads_as_the_board():
    lines = [line.strip() for line in loss_and_gradient(Network(2, 2, 2)).scalar_source.splitlines()]
    assert lines[0] == "from math import exp, log1p"
    assert "net_h1 = w1 * i1 + w3 * i2 + b1" in lines
    assert "dLoss_dout_h1 = dLoss_dnet_o1 * w5 + dLoss_dnet_o2 * w6  # ∂Loss/∂out_h1" in lines
    assert "dLoss_dw1 = dLoss_dnet_h1 * i1  # ∂Loss/∂w1" in lines
    assert max(map(len, lines)) <= 140


def test_the_source_for_arrays_reads_as_the_layers():
    lines = [line.strip() for line in loss_and_gradient(Network(2, 2, 2)).source.splitlines()]
    assert lines[0] == "import numpy as np"
    assert "Z1 = W1.T @ X + b1" in lines
    assert "A1 = exp_Z1 * rest_A1  # sigmoid(Z1)" in lines
    assert "delta2 = one_nth * (A2 * (1 - T) - T * rest_A2)  # ∂L/∂Z2 = (A2 - T)/N" in lines
    assert "dL_dA1 = W2 @ delta2  # ∂L/∂A1" in lines
    assert "dL_dW1 = X @ delta1.T  # ∂L/∂W1" in lines
    assert "dL_db1 = delta1.sum(axis=1)  # ∂L/∂b1" in lines
    assert max(map(len, lines)) <= 140


def test_what_runs_on_many_samples_writes_into_rooms():
    lines = [line.strip() for line in loss_and_gradient(Network(100, 2, 2)).inplace_source.splitlines()]
    assert "np.dot(inputs, W1, out=turned)" in lines
    assert "Z1 = np.add(turned.T, b1, out=room1)" in lines
    assert "np.dot(X, delta1.T, out=dL_dW1)  # ∂L/∂W1" in lines
    assert "np.add.reduce(delta1, axis=1, out=dL_db1)  # ∂L/∂b1" in lines


def test_a_wide_layer_above_wide_inputs_has_its_samples_as_they_lie_in_the_batch():
    lines = [line.strip() for line in loss_and_gradient(Network(70, 66, 2)).inplace_source.splitlines()]
    assert {"room1 = np.empty((n, 66), dtype).T", "all_709_in_66 = np.full((n, 66), 709.0, dtype).T", "T = np.empty((2, n), dtype)"} <= set(lines)
    assert "Z1 = np.add(np.matmul(W1.T, X, out=room1), b1, out=room1)" in lines
    for other in (Network(70, 3, 2), Network(3, 70, 2), Network(70, 66, 66)):
        assert "dtype).T" not in loss_and_gradient(other).inplace_source


def test_few_parameters_are_divided_by_the_number_of_samples_last():
    last = "gradient = np.multiply(slopes, one_nth)"
    for net, so in ((Network(2, 2, 2), True), (Network(200, 10, 2), False), (Network(2, 2, 2, output="identity", loss="squared_error"), False)):
        assert (last in loss_and_gradient(net).inplace_source) == so


def test_a_gradient_alone_does_without_the_last_output():
    texts = {sizes: loss_and_gradient(Network(*sizes)).layer_source("float64", loss=False) for sizes in ((2, 2, 2), (200, 10, 2))}
    few = "delta2 = np.multiply(np.subtract(np.multiply(exp_Z2, np.subtract(1, T, out=room4), out=room4), T, out=room4), rest_A2, out=room4)"
    assert few in texts[2, 2, 2]
    assert "delta2 = np.multiply(one_nth, np.multiply(np.subtract(np.multiply(exp_Z2, np.subtract(1, T," in texts[200, 10, 2]
    assert not any("A2 = np.multiply" in text for text in texts.values())
    for other in (loss_and_gradient(Network(2, 2, 2)).inplace_source, loss_and_gradient(Network(2, 2, 2, loss="mse")).layer_source("float64", loss=False)):
        assert "A2 = np.multiply(exp_Z2, rest_A2" in other


def test_narrow_layers_have_their_biases_among_the_weights():
    lines = [line.strip() for line in loss_and_gradient(Network(100, 2, 2)).inplace_source.splitlines()]
    assert "Wb2 = weights[202:208].reshape(3, 2)" in lines
    assert "Z2 = np.dot(Wb2.T, A1_1, out=room1)" in lines
    assert "np.dot(A1_1, delta2.T, out=dL_dWb2)  # ∂L/∂W2, and ∂L/∂b2 as its last row" in lines
    assert not any(line.startswith(("W1 = Wb1", "Wb1")) for line in lines)
    for other in (Network(2, 2, numbering="by-target"), Network(2, 2, 2, biases="per-layer"), Network(2, 2, biases="none")):
        assert "Wb" not in loss_and_gradient(other).inplace_source


@pytest.mark.parametrize("sizes", [(70, 3, 2), (3, 70, 2), (2, 3, 2), (70, 66, 2), (70, 66, 66), (66, 70)])
def test_wide_and_narrow_layers_give_the_numbers_of_single_samples(sizes):
    net, random = Network(*sizes), np.random.default_rng(0)
    theta, inputs, targets = random.normal(size=len(net.parameters)), random.normal(size=(40, sizes[0])), random.random((40, sizes[-1]))
    f = loss_and_gradient(net)
    losses, gradients = f.per_sample(theta, inputs, targets)
    loss, gradient = f(theta, inputs, targets)
    assert loss == pytest.approx(losses.mean(), rel=1e-13)
    assert gradient == pytest.approx(gradients.mean(axis=0), rel=1e-10, abs=1e-14)


LAYOUTS = {
    "turned": np.asfortranarray,
    "every other": lambda one: np.repeat(one, 2, axis=0)[::2],
    "backwards": lambda one: one[::-1].copy()[::-1],
    "a part of columns": lambda one: np.hstack([one, one])[:, : one.shape[1]] if one.ndim == 2 else one,
    "read only": lambda one: np.frombuffer(one.tobytes()).reshape(one.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("sizes", [(2, 3, 2), (70, 3, 2), (70, 66, 2)])
def test_arrays_may_lie_in_memory_as_they_like(sizes, layout):
    net, random = Network(*sizes), np.random.default_rng(0)
    arrays = random.normal(size=len(net.parameters)), random.normal(size=(40, sizes[0])), random.random((40, sizes[-1]))
    f = loss_and_gradient(net)
    loss, gradient = f(*arrays)
    other, slopes = f(*map(LAYOUTS[layout], arrays))
    assert other == pytest.approx(loss, rel=1e-14)
    assert slopes == pytest.approx(gradient, rel=1e-12, abs=1e-15)


def test_cited_deltas_have_lines_of_their_own():
    source = loss_and_gradient(Network(2, 2, 2, 1)).scalar_source
    assert "    delta1_1 = dLoss_da1_1 * da1_1_dz1_1  # ∂Loss/∂z1_1\n" in source
    assert "    dLoss_dw1 = delta1_1 * i1  # ∂Loss/∂w1\n" in source


@pytest.mark.parametrize("net", NETWORKS, ids=repr)
def test_the_values_of_every_sample(net):
    theta, inputs, targets = draw(net, 5, seed=2)
    f = loss_and_gradient(net)
    losses, gradients = f.per_sample(theta, inputs, targets)
    assert losses.shape == (5,)
    assert gradients.shape == (5, len(theta))
    for row in range(5):
        loss, gradient = f(theta, inputs[row : row + 1], targets[row : row + 1])
        assert losses[row] == pytest.approx(loss, rel=1e-13)
        assert gradients[row] == pytest.approx(gradient, rel=1e-12, abs=1e-16)


@pytest.mark.parametrize("net", [Network(2, 3, 1), Network(2, 3, 1, l2="0.1")], ids=["layers", "columns"])
def test_blocks_add_up(net):
    theta, inputs, targets = draw(net, 40_000, seed=3)
    f = loss_and_gradient(net)
    loss, gradient = f(theta, inputs, targets)
    losses, gradients = f.per_sample(theta, inputs, targets)
    assert loss == pytest.approx(losses.mean(), rel=1e-13)
    assert gradient == pytest.approx(gradients.mean(axis=0), rel=1e-11)


def test_a_wide_network_takes_no_symbol_for_each_weight():
    net = Network(300, 200, 10)
    random = np.random.default_rng(0)
    theta, inputs, targets = random.normal(size=62_210) * 0.05, random.normal(size=(700, 300)), random.integers(0, 2, (700, 10)) * 1.0
    f = loss_and_gradient(net)
    loss, gradient = f(theta, inputs, targets)
    assert "parameters" not in vars(net)
    along = random.normal(size=62_210)
    ahead, behind = (f(theta + step * along, inputs, targets)[0] for step in (1e-6, -1e-6))
    assert gradient @ along == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)
    assert loss == pytest.approx((ahead + behind) / 2, rel=1e-6)


def test_a_warm_call_allocates_its_output_and_little_else():
    net = Network(2, 8, 2)
    theta, inputs, targets = draw(net, 5000, seed=0)
    f = loss_and_gradient(net).unchecked("float64")
    f(theta, inputs, targets)
    tracemalloc.start()
    f(theta, inputs, targets)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8000  # 5000 samples of one unit have 40,000 bytes


def test_threads_have_rooms_of_their_own():
    net = Network(2, 4, 2)
    theta, inputs, targets = draw(net, 3000, seed=0)
    f = loss_and_gradient(net)
    expected = [f(theta * scale, inputs, targets)[1] for scale in range(1, 5)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            found = pool.map(lambda scale: f(theta * scale, inputs, targets)[1], range(1, 5))
            assert all((one == other).all() for one, other in zip(found, expected, strict=True))


OWN = [Network(2, 4, 2), Network(2, 4, 2, output="identity", loss="squared_error"), Network(2, 4, 2, numbering="by-target"), Network(70, 66, 2)]


@pytest.mark.parametrize("net", OWN, ids=repr)
def test_results_are_not_overwritten_by_later_calls(net):
    theta, inputs, targets = draw(net, 100, seed=0)
    f = loss_and_gradient(net)
    first = f(theta, inputs, targets)[1]
    kept = first.copy()
    f(theta * 2, inputs, targets)
    assert (first == kept).all()
    first *= 3  # nor does what a caller makes of a result come back
    assert (f(theta, inputs, targets)[1] == kept).all()


def test_arguments_are_not_modified_and_types_follow_them():
    net = Network(2, 2, 1)
    theta, inputs, targets = draw(net, 5, seed=0)
    kept = [one.copy() for one in (theta, inputs, targets)]
    f = loss_and_gradient(net)
    double = f(theta, inputs, targets)
    single = f(theta.astype("f4"), inputs.astype("f4"), targets.astype(int))
    assert all((one == other).all() for one, other in zip(kept, (theta, inputs, targets), strict=True))
    assert single[1].dtype == np.float32
    assert double[1].dtype == f(theta.astype("f4"), inputs, targets)[1].dtype == np.float64
    assert single[1] == pytest.approx(double[1], rel=1e-4, abs=1e-6)


def test_large_single_precision_parameters_do_not_overflow():
    net = Network(2, 2, 2)
    theta, inputs, targets = draw(net, 5, seed=0, scale=1000)
    with np.errstate(all="raise", under="ignore"):
        loss, gradient = loss_and_gradient(net)(theta.astype("f4"), inputs.astype("f4"), targets.astype("f4"))
    assert math.isfinite(loss)
    assert np.isfinite(gradient).all()


GOOD = (SAMPLE_POINT, [[0.5, 1.0]], [[1, 0]])


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, SAMPLE_POINT[:4], r"theta has the shape \(4,\); this network needs \(12,\): w1"),
        (0, [math.nan, *SAMPLE_POINT[1:]], r"theta\[0\] is nan"),
        (0, ["a"] * 12, "theta holds text"),
        (0, None, "theta holds Python objects"),
        (1, [0.5, 1.0], r"inputs has the shape \(2,\); this network needs \(N, 2\)"),
        (1, [[0.5], [1.0]], r"inputs has the shape \(2, 1\)"),
        (1, [[0.5, math.inf]], r"inputs\[0, 1\] is inf"),
        (1, [[0.5, 1j]], "inputs holds complex numbers"),
        (1, [[0.5, 10**400]], "inputs holds Python objects, among them whole numbers too large"),
        (1, np.ma.masked_array([[0.5, 1.0]], [[True, False]]), "inputs is a masked array"),
        (1, [[0.5, 1.0], [1.0]], "inputs is no array of numbers"),
        (1, np.zeros((0, 2)), "inputs has no rows"),
        (1, np.zeros((2, 2)), "inputs has 2 rows and targets has 1"),
        (2, [[1, 2]], r"targets\[0, 1\] is 2.0; the loss cross_entropy needs targets between 0 and 1"),
        (2, [[-0.1, 1]], r"targets\[0, 0\] is -0.1"),
        (2, [[1]], r"targets has the shape \(1, 1\)"),
        (2, np.array([["1", "0"]], dtype=object), "targets holds Python objects"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(place, value, words):
    arguments = list(GOOD)
    arguments[place] = value
    with pytest.raises(DeriveError, match=words):
        loss_and_gradient(Network(2, 2, 2))(*arguments)


def test_squared_error_takes_any_target():
    net = Network(2, 1, output="identity", loss="squared_error")
    assert math.isfinite(loss_and_gradient(net)([1.0, 2.0, 3.0], [[1, 2]], [[-50]])[0])
