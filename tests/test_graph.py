"""Graphs: what is refused, what is known of a graph, and facts on graphs that nobody listed."""

from __future__ import annotations

import pytest
from sympy import Symbol, diff, exp, symbols, tanh

from derive import Definition, DeriveError, Graph, Local, Total
from derive.errors import listed

x, y, z, a, b, c, w, t = symbols("x y z a b c w t")


def graph(givens: str, **definitions: object) -> Graph:
    return Graph(givens.split(), [Definition(Symbol(name), expression) for name, expression in definitions.items()])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("givens", "definitions", "message"),
    [
        ("x", {"a": x * y}, "no given or earlier definition 'y'"),
        ("x", {"a": b + x, "b": x**2}, "'a' reads 'b' before it is defined"),
        ("x", {"a": b + x, "b": a * x}, "circle: a → b → a"),
        ("x", {"a": a + x}, "circle: a → a"),
        ("x", {"x": 2 * x}, "'x' is given already"),
        ("x x", {"a": x}, "'x' is given twice"),
        ("w1 w_1", {"a": symbols("w1")}, "print alike"),
        ("lambda", {"a": x}, "lamda"),
    ],
)
def test_a_graph_out_of_order_is_refused(givens: str, definitions: dict[str, object], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        graph(givens, **definitions)


def test_a_definition_made_of_text_is_refused() -> None:
    with pytest.raises(DeriveError, match="parse_graph"):
        Graph(["x"], [Definition(a, "x**2")])  # type: ignore[arg-type]


def test_a_name_defined_twice_is_refused() -> None:
    with pytest.raises(DeriveError, match="'a' is defined already"):
        Graph([x], [Definition(a, x), Definition(a, 2 * x)])


def test_an_unknown_node_names_the_nearest() -> None:
    with pytest.raises(DeriveError, match="did you mean 'price'"):
        graph("x", price=2 * x).derivation("prise", "x")


def test_a_numbered_run_is_listed_by_its_ends() -> None:
    assert listed(["w1", "w2", "w3", "b1", "b2"]) == "w1 … w3, b1 and b2"
    assert listed([]) == "none"


GRAPHS = {
    "weight decay reads w directly and through the network": graph("x w t", a=w * x, b=tanh(a), c=(b - t) ** 2 / 2 + w**2 / 3),
    "a skip connection": graph("x w", a=w * x, b=a + x, c=b * a),
    "one unit feeds two losses": graph("x w t", a=exp(w * x), b=(a - t) ** 2 / 2, y=a * t, c=b + 3 * y),
    "nested sharing": graph("x", a=x**2, b=a * x, y=a + b, c=y * a * b),
    "a diamond": graph("x", a=x**3, b=x**2, c=a / b + a * b),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_nobody_listed_gives_right_facts(name: str) -> None:
    one = GRAPHS[name]
    for variable in one.givens:
        derivation = one.derivation("c", variable)
        assert (derivation.expanded.xreplace(_unfolded(one)) - diff(one.substituted("c"), variable)).expand().simplify() == 0


@pytest.mark.parametrize("name", GRAPHS)
def test_every_factor_is_an_expression_or_an_earlier_fact(name: str) -> None:
    for variable in GRAPHS[name].order:
        seen = set()
        for step in GRAPHS[name].derivation("c", variable).steps:
            assert set(step.cited()) <= seen
            seen.add(step.claim)


def test_direct_and_whole_derivative_are_two_facts() -> None:
    derivation = GRAPHS["weight decay reads w directly and through the network"].derivation("c", "w")
    assert derivation[Local(c, w)].value == 2 * w / 3
    assert derivation.result == derivation[Total(c, w)].value == x * (b - t) * (1 - b**2) + 2 * w / 3
    assert derivation.path_count == len(derivation.paths) == 2


def test_no_path_is_a_fact_too() -> None:
    derivation = graph("x y", a=x**2).derivation("a", "y")
    assert (derivation.result, derivation.paths, derivation.path_count) == (0, (), 0)
    assert derivation.steps[-1].rule == "no path"


def test_a_node_by_itself_is_one() -> None:
    assert graph("x", a=x**2).derivation("a", "a").result == 1


def test_derivatives_by_and_of_inner_nodes() -> None:
    one = GRAPHS["nested sharing"]
    assert one.derivation("c", "b").result.equals(a * b + (a + b) * a) or (one.derivation("c", "b").result - (a * b + y * a)).expand() == 0
    assert one.derivation("b", "x").result.expand() == (2 * x**2 + a).expand()


def test_paths_beyond_the_limit_are_counted_and_refused() -> None:
    definitions, before = [], x
    for place in range(20):
        left, right, joined = symbols(f"l{place} r{place} j{place}")
        definitions += [Definition(left, 2 * before), Definition(right, 3 * before), Definition(joined, left + right)]
        before = joined
    derivation = Graph([x], definitions).derivation(before, "x")
    assert derivation.path_count == 2**20
    assert derivation.result == 5**20
    with pytest.raises(DeriveError, match=str(2**20)):
        _ = derivation.paths


def _unfolded(one: Graph) -> dict[Symbol, object]:
    values: dict[Symbol, object] = {}
    for definition in one.definitions:
        values[definition.symbol] = definition.expression.xreplace(values)
    return values
