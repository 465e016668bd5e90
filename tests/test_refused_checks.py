"""What a check refuses, and what it says of it: never a traceback of its own, never a warning of NumPy."""

# pyright: reportArgumentType=false
# What is refused here is refused for its type.

from __future__ import annotations

import numpy as np
import pytest

from derive import DeriveError, Network, parse_graph
from numeric import check
from numeric.checks.network_checks import check_graph, check_network
from numeric.checks.sample_means import check_means
from numeric.exact.arbiter import arbitrate
from numeric.testing import assert_gradients

NET = Network(2, 1)
THETA, INPUTS, TARGETS = [0.1, 0.2, 0.3], [[1.0, 2.0]], [[0.5]]
PRODUCT = parse_graph("y = x*z")
STEP = PRODUCT.derivation("y", wrt="x")
AT = {"x": 1, "z": 2}


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        ([1], r"gradient='\[1\]' is no table by name, such as \{'x': 0.5\}"),
        ({"x": "a"}, r"gradient\['x'\] is 'a'; it must be one number"),
        ({"x": None}, r"gradient\['x'\] is 'None'"),
        ({"x": 1j}, r"gradient\['x'\] is '1j'"),
        ({"x": np.ma.masked}, r"gradient\['x'\] is '--'"),
        ({"x": np.array([1.0, 2.0])}, r"gradient\['x'\] is '\[1. 2.\]'"),
        ({"z": 1}, "gradient has entries for z; asked are x"),
    ],
    ids=str,
)
def test_gradients_of_a_graph(gradient, said):
    with pytest.raises(DeriveError, match=said):
        check_graph(PRODUCT, "y", ["x"], AT, gradient)


@pytest.mark.parametrize("large", [10**400, np.inf, np.nan])
def test_what_is_no_finite_number_is_wrong(large):
    assert check_graph(PRODUCT, "y", ["x"], AT, {"x": large})["x"].cause == "it is no finite number"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: check(NET, AT), r"derivation=Network\(2, 1, .* is no Derivation, such as net.derivation\('w1'\)"),
        (lambda: check_network("net", THETA, INPUTS, TARGETS), "net='net' is no Network"),
        (lambda: check_network(NET, THETA, INPUTS, TARGETS, exact=1), "exact=1; it is True, False, or the names"),
        (lambda: check_network(NET, [40, 40, 40], INPUTS, TARGETS, exact=["w9"]), "no parameter 'w9'"),
        (lambda: check_means(STEP, [AT], ["q"]), "no step for 'q'; this derivation has"),
        (lambda: arbitrate(NET, [1], INPUTS, TARGETS), "theta has 1 numbers; this network needs 3: w1, w2 and b1"),
        (lambda: arbitrate(NET, THETA, INPUTS * 2, TARGETS), "inputs has 2 rows and targets has 1"),
        (lambda: arbitrate(NET, THETA, INPUTS, TARGETS, digits=0), "digits=0; how many digits are right"),
        (lambda: assert_gradients(NET, at=(THETA, INPUTS)), r"a Network is checked at \(theta, inputs, targets\)"),
        (lambda: assert_gradients(NET, at={"w1": 1}), r"at=\{'w1': 1\}; a Network is checked at"),
        (lambda: assert_gradients(abs, lambda x: 1, 1.0, factor="a"), "factor='a'; an error may be 1 or more times its bound"),
        (lambda: assert_gradients(abs, lambda x: 1, 1.0, names=3), "names=3; it is one name for the point"),
    ],
)
def test_arguments_that_do_not_fit(call, said):
    with pytest.raises(DeriveError, match=said):
        call()


def test_a_single_name_is_one_name():
    report = check_network(Network(1, 1, loss="mse"), [40.0, 0.0], [[1.0]], [[0.5]], exact="w1")
    assert [one.verdict for one in report.values()] == ["agrees", "not resolvable"]
