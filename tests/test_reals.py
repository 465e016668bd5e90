"""Everything is real: no expression speaks of real and imaginary parts, whatever SymPy makes of plain symbols."""

from __future__ import annotations

from itertools import product

import pytest
from sympy import Abs, Derivative, Expr, Symbol, arg, conjugate, exp, im, log, re, sign, sqrt, symbols

from derive import differentiate, judge, parse_expression, parse_graph
from derive.activations import ACTIVATIONS, defined
from derive.errors import DeriveError
from derive.functions import FUNCTIONS
from derive.proofs import prove_gradient
from numeric import check, compile_gradient

x, y = symbols("x y")
COMPLEX = (re, im, arg, conjugate, Derivative)

# text, the expression, its derivative by x
PLAIN: list[tuple[str, Expr, Expr]] = [
    ("abs(exp(x*x))", exp(x**2), 2 * x * exp(x**2)),
    ("abs(exp(x))", exp(x), exp(x)),
    ("abs(2**x)", 2**x, 2**x * log(2)),
    ("abs(exp(sqrt(x)))", exp(sqrt(x)), exp(sqrt(x)) / (2 * sqrt(x))),
    ("abs(-3*exp(x)*y/2**x)", 3 * exp(x) * Abs(y) / 2**x, 3 * exp(x) * Abs(y) / 2**x * (1 - log(2))),
    ("abs(abs(x)**y)", Abs(x) ** y, y * Abs(x) ** (y - 1) * sign(x)),
    ("abs(abs(exp(x)*y) - 1)", Abs(exp(x) * Abs(y) - 1), exp(x) * Abs(y) * sign(exp(x) * Abs(y) - 1)),
]


@pytest.mark.parametrize(("text", "expression", "slope"), PLAIN, ids=[text for text, *_ in PLAIN])
def test_what_is_never_negative_is_its_own_absolute_value(text: str, expression: Expr, slope: Expr) -> None:
    derivation = differentiate(text, "x")
    assert parse_expression(text) == derivation.graph.definitions[0].expression == expression
    assert (derivation.result - slope).expand() == 0
    assert prove_gradient(derivation).status == "proved"
    names = [given.name for given in derivation.graph.givens]
    assert check(derivation, dict(zip(names, ["0.7", "-1.3"], strict=False))).ok


INNER = [f"{name}(x)" for name in (*FUNCTIONS, *ACTIVATIONS) if name not in ("max", "min", "maxout", "softmax")]
INNER += ["max(x, y)", "softmax(x, y)", "x**y", "2**x", "exp(x)*y", "x*y", "1/exp(x)", "pi**(x*y)", "(1 + x**2)**y", "exp(x)**y"]


def test_no_function_of_a_function_speaks_of_parts_of_complex_numbers() -> None:
    for name, inner in product((*FUNCTIONS, *ACTIVATIONS), INNER):
        arguments = f"{inner}, y" if name in ("max", "min", "maxout", "softmax") else inner
        try:
            expression = parse_expression(f"{name}({arguments})")
        except DeriveError:
            continue
        assert not expression.has(*COMPLEX), (name, inner)
        assert not defined(expression).has(*COMPLEX), (name, inner)


def test_what_is_put_in_a_graph_and_a_claim_is_real_too() -> None:
    graph = parse_graph("u = exp(x)*y\nv = abs(u)\nw = v*softsign(u)")
    assert graph.substituted("v") == exp(x) * Abs(y)
    assert not defined(graph.substituted("w")).has(*COMPLEX)
    assert compile_gradient(graph, "w", ["x"])({"x": 0.3, "y": -2})[1]["x"] < 0
    assert judge("abs(a)", "exp(x)", "a = exp(x)").status == "proved"
    assert judge("softsign(softmax(x, y))", "softmax(x, y)/(1 + softmax(x, y))").status == "proved"


def test_what_sympy_has_made_of_plain_symbols_is_read_as_real() -> None:
    assert differentiate(Abs(exp(x * x)), "x").result == 2 * x * exp(x**2)
    assert differentiate(Abs(2**x) * conjugate(x), "x").result == 2**x * (x * log(2) + 1)
    assert judge(Abs(exp(x) * y), exp(Symbol("x")) * Abs(y)).status == "proved"
