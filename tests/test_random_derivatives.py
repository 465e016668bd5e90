"""A derivative is never wrong: expressions and graphs beside what their texts mean, by differences of 120 digits.

EXPRESSIONS=2000 GRAPHS=500 in the environment makes it a long sweep.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from fractions import Fraction

import mpmath
import pytest
from random_expressions import LAST, Compared, compared, lines, measured, run
from texts_by_mpmath import MEANING

from derive.activations import ACTIVATIONS
from derive.functions import FUNCTIONS
from derive.proofs import prove_gradient
from numeric import compile_gradient

EXPRESSIONS, GRAPHS = (int(os.environ.get(name, few)) for name, few in (("EXPRESSIONS", "24"), ("GRAPHS", "16")))
BLOCKS = 4

# One line a definition; the points x at which it is looked at, with y = 1.
BY_HAND: list[tuple[str, str]] = [
    ("max(x, x**2, 1)", "1 -1 0 2"),
    ("min(x, x**2, x**3)", "0 1 -1"),
    ("max(0, x, x**2)", "0 1"),
    ("abs(max(x, x**2, 1))", "1 -1"),
    ("max(x, y, x*y)", "1 0 -1"),
    ("max(x, x)", "0 3"),
    ("min(x, 1, x)", "1"),
    ("maxout(x, -x, x)", "0"),
    ("softmax(x, x)", "0 1/3"),
    ("softmax(x, x, y)", "1 -2"),
    ("softmax(-2, x, -2)", "-2 1"),
    ("softmax(2*x, x, 2*x, y)", "0 1/2"),
    ("softmax(x)", "1/2"),
    ("relu(x - x) + x*relu(0)", "0 2"),
    ("abs(x - x)*x + abs(0)", "0 1"),
    ("relu(relu(x))", "0 1 -1"),
    ("relu(x)*relu(x)", "0"),
    ("relu(x) - relu(-x)", "0"),
    ("abs(x)*abs(x)", "0"),
    ("prelu(x, x)", "0 -1"),
    ("elu(x, x) + leaky_relu(x, x)", "0 -1/2"),
    ("swish(x, x)", "-1 0"),
    ("abs(exp(x)*x)", "0 1"),
    ("softsign(softmax(x, y))", "1 0"),
    ("log(1/2 + x**2, 1/2 + x**2)", "2 1"),
    ("(1 + x**2)**x", "1 -1"),
    ("a = relu(x)\nb = abs(a - x)\np = max(a, b, x, 0)", "0 1 -1"),
    ("a = softmax(x, y)\nb = softmax(x, x, y)\np = a*b", "1 0"),
    ("a = x*y\np = softmax(a, a, x)/softmax(x, a)", "1 -1/2"),
    ("a = x\nb = x\np = max(a, b) + min(a, b) + softmax(a, b)", "0 2"),
]


def told(found: Iterable[Compared]) -> str:
    """What is wrong among what has been compared, a line each."""
    return "\n".join(str(one) for one in found if not one.agrees)


@pytest.mark.parametrize(("text", "at"), BY_HAND, ids=[text.replace("\n", "; ") for text, _ in BY_HAND])
def test_ties_equal_arguments_and_functions_at_their_kinks_are_derived_right(text: str, at: str) -> None:
    written = text if "=" in text else f"{LAST} = {text}"
    these = tuple((name, body) for name, body in (line.split(" = ") for line in written.split("\n")))
    found = [compared(these, {"x": Fraction(x), "y": Fraction(1)}) for x in at.split()]
    assert all(one is not None for one in found)
    assert not told(one for one in found if one is not None)
    assert all(prove_gradient(one.derivation).status == "proved" for one in found if one is not None)


@pytest.mark.parametrize("seed", range(BLOCKS))
def test_random_expressions_are_derived_right_and_by_the_rules(seed: int) -> None:
    for found in run(EXPRESSIONS // BLOCKS, seed):
        assert not told(found)
        # SymPy turns tan(u + π/2) into a cotangent, for which there is no rule.
        assert not found[0].outside or "tan" in str(found[0])


@pytest.mark.parametrize("seed", range(BLOCKS))
def test_random_graphs_are_derived_and_compiled_right_and_nothing_is_refuted(seed: int) -> None:
    for found in run(GRAPHS // BLOCKS, seed, lines):
        assert not told(found)
        derivation = found[0].derivation
        assert prove_gradient(derivation).status != "refuted", str(found[0])
        compiled = compile_gradient(derivation.graph, LAST, ["x"])
        for one in found:
            assert near(compiled({given.name: float(one.point[given.name]) for given in derivation.graph.givens})[1]["x"], one), str(one)


def near(slope: float, one: Compared) -> bool:
    """Is a number in floats the slope, as far as floats have it?"""
    ends = (one.slopes.declared, *((one.slopes.left, one.slopes.right) if one.slopes.finite else ()))
    slack = 1e-6 * (1 + max(map(abs, ends)))
    return min(ends) - slack <= slope <= max(ends) + slack


# ---- the second route itself


def test_every_function_of_the_grammar_has_a_meaning_of_its_own() -> None:
    assert {*MEANING} == {*FUNCTIONS, *ACTIVATIONS}


@pytest.mark.parametrize("name", MEANING)
def test_what_a_text_means_has_the_slopes_that_its_differences_have(name: str) -> None:
    argument = "3/2 + x**2" if name == "acosh" else "1/3 + x**2" if name in ("log", "ln", "lg", "log2", "log10", "sqrt") else "2*x/3"
    more = ", y/2" if name in ("max", "min", "maxout", "softmax") else ""
    found = measured(((LAST, f"{name}({argument}{more})"),), {"x": Fraction(3, 7), "y": Fraction(2, 7)})
    assert found is not None
    assert not found.bent
    assert mpmath.almosteq(found.left, found.right, 1e-15)
    assert mpmath.almosteq(found.declared, found.left, 1e-15)
    assert not found.allow(found.declared + mpmath.mpf("1e-6"))


def test_a_slope_that_is_off_is_seen() -> None:
    (right,) = run(1, 0)
    assert right[0].agrees
    assert not right[0].slopes.allow(right[0].derived + 1e-6)
    tie = measured(((LAST, "max(x, x**2, 1)"),), {"x": Fraction(1)})
    assert tie is not None
    assert (tie.bent, tie.declared) == (True, 1)
    assert [tie.allow(mpmath.mpf(slope)) for slope in ("-0.1", "0", "1", "2", "2.1")] == [False, True, True, True, False]
