"""Networks: names, numbering, closed forms, deltas, packing, refusals."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from clock import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Expr, Function, Heaviside, I, Integer, Matrix, Max, Min, Rational, Symbol, exp, expand, simplify, sin, sympify, tanh

from derive import DeriveError, Local, Network, Total, judge_gradient, parse_expression
from derive.activations import ACTIVATIONS
from derive.network import BIASES, NUMBERINGS
from derive.proofs import prove_gradient

CLOSED_FORMS = {
    ("cross_entropy", "w1"): "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)",
    ("cross_entropy", "w4"): "i2*out_h2*(1 - out_h2)*((out_o1 - t_o1)*w7 + (out_o2 - t_o2)*w8)",
    ("cross_entropy", "b1"): "out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)",
    ("cross_entropy", "w7"): "(out_o1 - t_o1)*out_h2",
    ("cross_entropy", "b4"): "out_o2 - t_o2",
    ("squared_error", "w7"): "(out_o1 - t_o1)*out_o1*(1 - out_o1)*out_h2",
    ("squared_error", "w1"): "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*out_o1*(1 - out_o1)*w5 + (out_o2 - t_o2)*out_o2*(1 - out_o2)*w6)",
}


@pytest.mark.parametrize(("loss", "name"), CLOSED_FORMS)
def test_the_closed_form_is_the_one_a_lecturer_writes(loss: str, name: str) -> None:
    assert Network(2, 2, 2, loss=loss).gradient(name) == parse_expression(CLOSED_FORMS[loss, name])


def test_the_default_network_has_the_names_of_the_board() -> None:
    net = Network()
    assert [str(one.symbol) for one in net.graph.definitions] == ["net_h1", "net_h2", "out_h1", "out_h2", "net_o1", "net_o2", "out_o1", "out_o2", "Loss"]
    assert list(map(str, net.parameters)) == ["w1", "w2", "w3", "w4", "b1", "b2", "w5", "w6", "w7", "w8", "b3", "b4"]
    assert list(map(str, (*net.inputs, *net.targets, net.loss))) == ["i1", "i2", "t_o1", "t_o2", "Loss"]


@pytest.mark.parametrize(
    ("numbering", "net_h1", "net_o2"),
    [("by-source", "w1*i1 + w3*i2 + b1", "w6*out_h1 + w8*out_h2 + b4"), ("by-target", "w1*i1 + w2*i2 + b1", "w7*out_h1 + w8*out_h2 + b4")],
)
def test_both_numberings(numbering: str, net_h1: str, net_o2: str) -> None:
    graph = Network(numbering=numbering).graph
    assert graph.by_symbol[Symbol("net_h1")].expression == parse_expression(net_h1)
    assert graph.by_symbol[Symbol("net_o2")].expression == parse_expression(net_o2)


@pytest.mark.parametrize(
    ("biases", "names", "gradient"),
    [
        ("per-neuron", ["b1", "b2", "b3", "b4"], {"b3": "out_o1 - t_o1"}),
        ("per-layer", ["b1", "b2"], {"b2": "out_o1 - t_o1 + out_o2 - t_o2"}),
        ("none", [], {}),
    ],
)
def test_the_three_bias_choices(biases: str, names: list[str], gradient: dict[str, str]) -> None:
    net = Network(biases=biases)
    assert [str(one) for one in net.parameters if str(one).startswith("b")] == names
    for name, expected in gradient.items():
        assert net.gradient(name) == parse_expression(expected)


I1, D1, D2 = "i1*out_h1*(1 - out_h1)", "(out_o1 - t_o1)", "(out_o2 - t_o2)"
BACK = f"({D1}*w5 + {D2}*w6)"
WIDER: list[tuple[dict[str, Any], str, str]] = [
    ({"output": "softmax"}, "w1", f"{I1}*{BACK}"),
    ({"output": "identity", "loss": "squared_error"}, "w1", f"{I1}*{BACK}"),
    ({"output": "softmax", "loss": "categorical_cross_entropy"}, "b4", D2),
    ({"activation": "prelu"}, "w1", f"i1*(step(net_h1) + alpha1*below)*{BACK}"),
    ({"activation": "leaky_relu(slope=0.1)"}, "w1", f"i1*(step(net_h1) + below/10)*{BACK}"),
    ({"l2": True}, "w1", f"{I1}*{BACK} + lamda*w1"),
    ({"l2": "strength"}, "w5", f"{D1}*out_h1 + strength*w5"),
    ({"l1": 0.1, "l2": 0.01}, "w5", f"{D1}*out_h1 + sign(w5)/10 + w5/100"),
    ({"l1": True, "l2": True}, "w5", f"{D1}*out_h1 + lamda1*sign(w5) + lamda2*w5"),
    ({"l2": True}, "b1", f"out_h1*(1 - out_h1)*{BACK}"),
    ({"dropout": 0.5}, "w1", f"2*m_h1*{I1}*{BACK}"),
    ({"dropout": 0.2, "masks": [[1, 0]]}, "w5", f"{D1}*kept_h1"),
    ({"dropout": 0.2, "masks": [[0, 1]]}, "w1", "0"),
    ({"skips": [(0, 2)]}, "i1", f"out_h1*(1 - out_h1)*{BACK}*w1 + out_h2*(1 - out_h2)*({D1}*w7 + {D2}*w8)*w2 + {D1}"),
    ({"frozen": ["w5"]}, "w1", f"{I1}*{BACK}"),
]


@pytest.mark.parametrize(("options", "name", "expected"), WIDER)
def test_the_closed_form_with_other_options(options: dict[str, Any], name: str, expected: str) -> None:
    derivation = Network(2, 2, 2, **options).derivation(name)
    known = {Symbol("below"): Heaviside(-Symbol("net_h1"), 1)}
    assert expand(derivation.result - parse_expression(expected).xreplace(known)) == 0
    assert prove_gradient(derivation).status == "proved"


def test_a_maxout_unit_sends_the_slope_to_its_larger_map() -> None:
    net = Network(2, 2, 2, activation="maxout")
    assert [one.name for one in net.nets(1)] == ["net1_h1", "net2_h1", "net1_h2", "net2_h2"]
    assert len(net.parameters) == 2 * 6 + 6
    first, second = net.nets(1)[:2]
    gradients = net.gradients()
    back = gradients[net.weight(2, 1, 1)] / Symbol("out_h1") * net.weight(2, 1, 1) + gradients[net.weight(2, 1, 2)] / Symbol("out_h1") * net.weight(2, 1, 2)
    assert expand(gradients[net.weight(1, 1, 1)] - Symbol("i1") * back * Heaviside(first - second, 1)) == 0
    assert expand(gradients[net.weight(1, 1, 2)] - Symbol("i1") * back * Heaviside(second - first, 0)) == 0


def test_a_skip_connection_adds_what_it_passes_on() -> None:
    net = Network(2, 2, 3, 2, 1, activation="tanh", skips=[(1, 3), (0, 1)])
    assert net.graph.by_symbol[Symbol("z3_2")].summands_with(Symbol("a1_2")) == (Symbol("a1_2"),)
    assert net.graph.by_symbol[Symbol("z1_1")].expression == parse_expression("w1*i1 + w3*i2 + b1 + i1")
    assert prove_gradient(net.derivation("w1")).status == "proved"


def test_the_loss_reads_a_decayed_weight_directly_and_through_the_network() -> None:
    net = Network(l2=True)
    derivation = net.derivation("w1")
    direct, whole = derivation[Local(net.loss, Symbol("w1"))], derivation[Total(net.loss, Symbol("w1"))]
    assert direct.value == Symbol("lamda") * Symbol("w1")
    assert len(whole.terms) == 2
    assert net.strengths == (Symbol("lamda"),)
    assert net.graph.derivation(net.loss, "lamda").result == sum(one**2 for layer in net.weights for one in layer) / 2


def test_a_penalty_costs_no_more_than_an_edge_for_each_weight() -> None:
    net = Network(2, 9, 9, l2=True, loss="mse", output="identity")
    definition = net.graph.by_symbol[net.loss]
    assert {len(definition.summands_with(one)) for one in (*net.weights[0], *net.outs(2))} == {1}


def test_dropout_passes_on_what_is_kept() -> None:
    net = Network(2, 2, 2, 1, dropout="0.2")
    assert net.graph.by_symbol[Symbol("kept1_1")].expression == parse_expression("5/4*m1_1*a1_1")
    assert [one.name for one in net.masks] == ["m1_1", "m1_2", "m2_1", "m2_2"]
    assert Symbol("kept2_1") in net.graph.reads[Symbol("z3_1")]
    fixed = Network(2, 2, 1, dropout=0.5, masks=[[0, 1]])
    assert fixed.masks == ()
    assert fixed.graph.by_symbol[Symbol("kept_h1")].expression == 0
    assert fixed.gradient("w1") == 0


def test_frozen_parameters_stay_in_the_graph() -> None:
    net = Network(2, 2, 2, frozen=["w1", 2])
    assert [one.name for one in net.parameters] == ["w2", "w3", "w4", "b1", "b2"]
    assert set(net.gradients()) == set(net.parameters)
    assert net.gradient("w1") == Network().gradient("w1")
    assert net.pack({"W1": [[1, 2], [3, 4]], "b1": [5, 6], "W2": [[0, 0], [0, 0]], "b2": [0, 0]}) == [2, 3, 4, 5, 6]
    with pytest.raises(DeriveError, match="no values for the frozen b3, b4, w1 and w5 … w8"):
        net.unpack([0.0] * 5)


def test_what_is_learnt_of_an_activation_is_a_parameter_of_its_layer() -> None:
    net = Network(2, 2, 2, 1, activation=["prelu", "z*sigmoid(beta*z)"])
    assert [one.name for one in net.parameters if one.name[0] not in "wb" or one.name.startswith("beta")] == ["alpha1", "beta2"]
    assert net.unpack(list(range(len(net.parameters))))["alpha1"] == [6]
    for name in ("alpha1", "beta2"):
        assert prove_gradient(net.derivation(name)).status == "proved"


def test_a_wide_network_costs_nothing_until_it_is_asked() -> None:
    with at_most(0.2):
        net = Network(784, 128, 10, activation=["relu"], output="softmax", l2=0.01, dropout=0.5)
    assert not {"graph", "weights", "parameters"} & set(vars(net))


@pytest.mark.parametrize(
    "options",
    [
        {}, {"output": "softmax"}, {"loss": "squared_error(half=no)"}, {"activation": "z*sigmoid(z)"}, {"frozen": ("w1", 2)},
        {"l2": 0.01, "dropout": 0.5, "masks": [[1, 0]]}, {"skips": ((0, 2),)},
    ],
)  # fmt: skip
def test_a_network_prints_as_what_makes_it(options: dict[str, Any]) -> None:
    net = Network(2, 2, 2, **options)
    again = eval(repr(net), {"Network": Network})  # noqa: S307 (a text of this test)
    assert repr(again) == repr(net)
    assert [one.expression for one in again.graph.definitions] == [one.expression for one in net.graph.definitions]


def test_gradients_share_their_facts_and_agree_with_each_alone() -> None:
    net = Network(3, 4, 2, activation="tanh", loss="squared_error")
    assert net.gradients() == {one: net.gradient(one) for one in net.parameters}


def test_inputs_targets_and_inner_nodes_have_derivations_too() -> None:
    net = Network()
    assert net.gradient("net_h1") == net.gradient("b1")
    assert net.gradient("out_h1") == parse_expression("(out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6")
    assert simplify(net.gradient("i1") - (sympify(net.gradient("b1")) * Symbol("w1") + net.gradient("b2") * Symbol("w2"))) == 0
    assert net.gradient("t_o1") == parse_expression("-log(out_o1) + log(1 - out_o1)")


def test_the_two_paths_of_w1() -> None:
    paths = [[str(node) for node in path] for path in Network().derivation("w1").paths]
    assert paths == [["w1", "net_h1", "out_h1", f"net_{o}", f"out_{o}", "Loss"] for o in ("o1", "o2")]


def test_several_hidden_layers_cite_deltas_and_unfold_them() -> None:
    net = Network(2, 3, 3, 1, activation=["tanh", "relu"], output="identity", loss="squared_error")
    derivation = net.derivation("w1")
    assert derivation.result == parse_expression("delta1_1*i1")
    delta = derivation[Total(net.loss, Symbol("z1_1"))].value
    assert delta == parse_expression("(delta2_1*w7 + delta2_2*w8 + delta2_3*w9)*(1 - a1_1**2)")
    assert not any(str(one).startswith("delta") for one in derivation.expanded.free_symbols)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": (2, 0, 1)}, "layer 1 has the size 0"),
        ({"sizes": (2, True)}, "layer 1 has the size True"),
        ({"sizes": (2, 2.0)}, "layer 1 has the size 2.0"),
        ({"sizes": (3,)}, "has one layer"),
        ({"activation": "sigmoyd"}, "activation='sigmoyd'.*did you mean 'sigmoid'"),
        ({"activation": ["tanh", "relu"]}, "names 2 layers; this network has 1"),
        ({"output": "softmx"}, "output='softmx'"),
        ({"sizes": (2, 2, 1), "output": "softmax"}, "layer 2 has one unit, whose softmax is always 1"),
        ({"loss": "cross entropy"}, "loss='cross entropy'.*did you mean 'cross_entropy'"),
        ({"output": "identity"}, "needs predictions between 0 and 1.*output='identity'"),
        ({"output": "tanh"}, "output='tanh' gives values between -1 and 1"),
        ({"numbering": "by-sorce"}, "did you mean 'by-source'"),
        ({"biases": "shared"}, "per-neuron, per-layer and none"),
        ({"skips": [(1, 1)]}, "a skip connection leads forward"),
        ({"skips": [(0, 3)]}, "a pair of layers from 0 .the inputs. to 2"),
        ({"sizes": (2, 3, 2, 2), "skips": [(1, 3)]}, "layer 1 has 3 units and layer 3 has 2"),
        ({"l2": -1}, "l2=-1 is no strength of a penalty"),
        ({"l1": "1/0"}, "l1='1/0'"),
        ({"dropout": 1}, "dropout=1 is no part of the hidden units"),
        ({"dropout": True}, "dropout=True"),
        ({"masks": [[1, 0]]}, "belong to dropout"),
        ({"dropout": 0.5, "masks": [[1, 0, 1]]}, "of the lengths .2."),
        ({"dropout": 0.5, "masks": [[1, 2]]}, "a list of 0 and 1"),
        ({"frozen": ["w9"]}, "no parameter to freeze 'w9'"),
        ({"frozen": "w1"}, "give a list of names or layers"),
        ({"frozen": 5}, "frozen=5; give a list of names or layers"),
        ({"skips": 5}, "skips=5 is no list"),
        ({"masks": 5, "dropout": 0.5}, "masks=5 is no list"),
        ({"masks": [5], "dropout": 0.5}, "masks=5 is no list"),
        ({"activation": math.tanh}, "activation=<built-in function tanh>: .*an activation is a name such as 'relu', or an expression in z"),
        ({"activation": lambda z: z}, "activation=<function .*an expression in z"),
        ({"activation": Fraction}, "activation=<class .*an expression in z"),
        ({"activation": None}, "activation=None: .*an expression in z"),
        ({"activation": b"relu"}, "activation=b'relu': .*an expression in z"),
        ({"activation": sin(Symbol("x"))}, "activation=sin.x.: .*no name 'x'; there are z"),
        ({"activation": I * Symbol("z")}, "no name 'I'"),
        ({"activation": Symbol("e") * Symbol("z")}, "no name 'e'; there are z"),
        ({"activation": Function("f")(Symbol("z"))}, "no function 'f'"),
        ({"activation": Matrix([Symbol("z")])}, "activation=Matrix"),
        ({"activation": Integer(3)}, "'3' is no activation: it reads z"),
        ({"output": math.tanh}, "output=<built-in function tanh>: .*an expression in z"),
        ({"output": ["sigmoid"]}, "output=..sigmoid..: .*an expression in z"),
        ({"output": Symbol("z") ** 2}, "output='z..2' gives values between -∞ and ∞"),
        ({"loss": math.hypot}, "loss=<built-in function hypot>: .*an expression in the target t and the prediction o"),
        ({"loss": lambda t, o: t - o}, "loss=<function .*an expression in the target t"),
        ({"loss": Symbol("q") - Symbol("o")}, "loss=-o [+] q: .*no name 'q'"),
        ({"loss": Symbol("t") ** 2}, "does not read the prediction o"),
        ({"loss": Symbol("pi") * Symbol("o")}, "no name 'pi'; there are t and o"),
    ],
)
def test_what_does_not_exist_or_fit_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        Network(*arguments.pop("sizes", (2, 2, 2)), **arguments)


def test_an_unknown_parameter_names_those_there_are() -> None:
    with pytest.raises(DeriveError, match=r"^no parameter 'w9'; this network has w1 … w8 and b1 … b4; did you mean 'w8'\?$"):
        Network().gradient("w9")


def test_an_unknown_node_names_those_there_are() -> None:
    with pytest.raises(DeriveError, match=r"^no node 'net_h3'; this network has net_h1, net_h2, .* and b1 … b4; did you mean 'net_h2'\?$"):
        Network().derivation("net_h3")


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4), numbering=st.sampled_from(NUMBERINGS), biases=st.sampled_from(BIASES))
def test_packing_and_unpacking_are_inverse(sizes: list[int], numbering: str, biases: str) -> None:
    net = Network(*sizes, numbering=numbering, biases=biases)
    theta = [float(place) for place in range(len(net.parameters))]
    assert net.pack(net.unpack(theta)) == theta
    assert net.pack(net.named(theta)) == theta
    array = np.array(theta)
    assert (net.pack(net.unpack(array)) == array).all()


@pytest.mark.parametrize("numbering", NUMBERINGS)
def test_layer_matrices_hold_each_weight_at_its_source_and_target(numbering: str) -> None:
    net = Network(2, 3, 1, numbering=numbering)
    theta = np.arange(float(len(net.parameters)))
    parts, named = net.unpack(theta), net.named(theta)
    for row, col in product((1, 2), (1, 2, 3)):
        assert parts["W1"][row - 1, col - 1] == named[str(net.weight(1, row, col))]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"W1": [[1, 2]], "b1": [1, 2], "W2": [[1, 2], [3, 4]], "b2": [1, 2]}, r"W1 has the shape \(1, 2\); this network needs \(2, 2\)"),
        ({"W1": [[1, 2], [3, 4]], "b1": [1, 2], "W2": [[1, 2], [3, 4]]}, "'b2' is missing"),
        ({"W1": [[1, 2], [3, 4]], "W3": 1}, "no layer matrix 'W3'"),
        ({"w1": 1, "w99": 2}, "no parameter 'w99'"),
        ({"w1": 1}, "'w2' is missing"),
    ],
)
def test_values_that_do_not_fit_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        Network().pack(values)


def test_a_flat_vector_of_another_length_is_refused() -> None:
    with pytest.raises(DeriveError, match="theta has 3 values; this network has 12"):
        Network().unpack([1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_makes_a_network(name: str) -> None:
    net = Network(2, 2, 2, activation=name, output=name, loss="squared_error")
    assert len(net.gradients()) == {"maxout": 2 * 12, "prelu": 12 + 2}.get(name, 12)


@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
def test_values_are_the_canonical_products_of_sympy(loss: str) -> None:
    net = Network(3, 4, 3, loss=loss)
    for name, value in net.gradients().items():
        assert value == value.func(*value.args), name
        assert hash(value) == hash(value.func(*value.args))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (sin(Symbol("z")), "sin(z)"),
        (Symbol("z", real=True) ** 2, "z**2"),
        (Max(0, Symbol("z")), "Max(0, z)"),
        (Symbol("alpha") * Symbol("z") + Abs(Symbol("z")), "alpha*z + abs(z)"),
        (Symbol("z1") * tanh(Symbol("z2")), "z1*tanh(z2)"),
        (exp(1) * Heaviside(Symbol("z"), 0) * Symbol("z"), "exp(1)*z*step(z)"),
        (Rational(1, 3) * Symbol("z"), "z/3"),
    ],
    ids=str,
)
def test_an_activation_may_be_an_expression_of_sympy(expression: Expr, text: str) -> None:
    net, again = Network(2, 2, 1, activation=expression), Network(2, 2, 1, activation=text)
    assert net.gradient("w1") == again.gradient("w1") == Network(2, 2, 1, activation=[expression]).gradient("w1")
    assert judge_gradient(net, "w1", net.gradient("w1")).status == "proved"
    assert Network(2, 1, activation=[], output=expression, loss="mse").gradient("b1") == Network(2, 1, output=text, loss="mse").gradient("b1")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ((Symbol("t") - Symbol("o", positive=True)) ** 2, "(t - o)**2"),
        (Min(1, Abs(Symbol("t") - Symbol("o"))), "Min(1, abs(t - o))"),
        (Max(0, 1 - Symbol("t") * Symbol("o")), "Max(0, 1 - t*o)"),
    ],
    ids=str,
)
def test_a_loss_may_be_an_expression_of_sympy(expression: Expr, text: str) -> None:
    difference = Network(2, 2, 2, loss=expression).gradient("w1") - Network(2, 2, 2, loss=text).gradient("w1")
    assert expand(difference) == 0
