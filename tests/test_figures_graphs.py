"""The picture of a computational graph: ranks, crossings, what stands on the edges."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from derive import Definition, DeriveError, Graph, Network, parse_graph
from explain.figures import graph
from explain.figures.graphs import Drawing, marks
from explain.figures.ranks import Bend, crossings, ranked, spread
from explain.figures.readings import readings
from explain.figures.routes import routes
from explain.figures.scene import framed
from explain.figures.strokes import beside, rounded
from explain.figures.style import WIDTH
from explain.formula import Number
from explain.notation import NOTATIONS, Board
from numeric import evaluate

FRUIT = parse_graph("apples = apple * a\noranges = orange * o\nall = apples + oranges\nprice = all * tax")
PRICES = {"apple": 100, "a": 2, "orange": 150, "o": 3, "tax": "1.1"}


def drawing_of(of_graph, wrt=None, at=None):
    of = of_graph.order[-1]
    derivation = of_graph.derivation(of, wrt) if wrt else None
    values = [evaluate(of_graph.derivation(of, one), at) for one in of_graph.givens] if at else None
    board = Board.of(of_graph, NOTATIONS["net-out"])
    return Drawing(of_graph, of_graph.order, board, routes(derivation) if derivation else (), (Symbol(wrt),) if wrt else (), readings(values, of))


@st.composite
def graphs(draw):
    """Reads of a graph in which each node reads some of the earlier ones."""
    count = draw(st.integers(2, 9))
    return {node: draw(st.lists(st.integers(0, node - 1), unique=True, max_size=3)) if node else [] for node in range(count)}


@given(graphs())
def test_every_node_stands_after_what_it_reads(reads):
    layered = ranked(reads)
    rank = {node: place for place, nodes in enumerate(layered.ranks) for node in nodes}
    assert set(reads) == {node for node in rank if not isinstance(node, Bend)}
    assert all(rank[one] < rank[node] for node, sources in reads.items() for one in sources)
    assert all(rank[other] - rank[one] == 1 for one, other in layered.segments)
    assert set(layered.paths) == {(one, node) for node, sources in reads.items() for one in sources}


@given(graphs(), st.floats(1, 20))
def test_nodes_of_a_rank_keep_their_order_and_their_distance(reads, gap):
    layered = ranked(reads)
    heights = {node: 4.0 if isinstance(node, Bend) else 20.0 for nodes in layered.ranks for node in nodes}
    y = spread(layered, heights, gap)
    for nodes in layered.ranks:
        assert all(y[one] - y[other] >= (heights[one] + heights[other]) / 2 + gap - 1e-6 for one, other in pairwise(nodes))


@pytest.mark.parametrize(
    "reads",
    [
        {0: [], 1: [], 2: [1], 3: [0], 4: [2], 5: [3], 6: [4, 5]},
        {0: [], 1: [], 2: [], 3: [], 4: [0, 3], 5: [1, 2], 6: [4, 5]},
        {0: [], 1: [0], 2: [0], 3: [0], 4: [1], 5: [2], 6: [3], 7: [4, 5, 6]},
    ],
)
def test_what_can_be_drawn_without_crossings_is(reads):
    layered = ranked(reads)
    assert crossings(layered.ranks, layered.segments) == 0


def test_crossings_are_counted():
    assert crossings([["a", "b"], ["c", "d"]], [("a", "d"), ("b", "c")]) == 1
    assert crossings([["a", "b"], ["c", "d"]], [("a", "c"), ("b", "d"), ("a", "d")]) == 0


@pytest.mark.parametrize("text", ["total = apple * count\nprice = total * tax", "u = x**2\nv = sin(x)\nz = u*v + x\ny = exp(z)"])
def test_no_node_and_no_number_covers_another(text):
    made = parse_graph(text)
    drawing = drawing_of(made, at=dict.fromkeys((one.name for one in made.givens), 0.5))
    assert set(drawing.tags) == set(drawing.lines)
    boxes = [one.box for one in (*drawing.nodes.values(), *drawing.tags.values(), *drawing.results.values())]
    assert [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])] == []


def test_forward_stands_above_what_comes_back():
    drawing = drawing_of(FRUIT, at=PRICES)
    names = {(str(one), str(other)): tag.lines for (one, other), tag in drawing.tags.items()}
    assert names["apple", "apples"] == (Number("100"), Number("2.2"))
    assert names["apples", "all"] == (Number("200"), Number("1.1"))
    assert names["all", "price"] == (Number("650"), Number("1.1"))
    assert names["tax", "price"] == (Number("1.1"), Number("650"))
    assert drawing.results[Symbol("price")].lines == (Number("715"), Number("1"))


def test_what_comes_back_on_the_edges_of_a_name_adds_up_to_its_derivative():
    made = parse_graph("u = x**2\nv = sin(x)\nz = u*v + x\ny = exp(z)")
    found = drawing_of(made, at={"x": 0.5}).readings
    x = Symbol("x")
    assert sum(value for (one, _), value in found.along.items() if one == x) == pytest.approx(found.backward[x])


def test_an_expression_stands_in_its_node_unless_it_is_too_long():
    assert set(drawing_of(FRUIT).expressions) == set(FRUIT.by_symbol)
    assert drawing_of(Network(2, 2, 2).graph).expressions == {}
    assert drawing_of(parse_graph("y = " + " + ".join(f"x{place}" for place in range(20)))).expressions == {}


def test_a_network_fits_into_the_text_of_a_page():
    frame = framed(marks(drawing_of(Network(2, 2, 2).graph, "w1"))).frame
    assert frame.right - frame.left <= WIDTH + 4.01


def test_only_what_the_result_needs_is_shown_with_a_derivation():
    made = parse_graph("a = x * y\nb = a + z\nc = x + 1")
    assert "graph that leads from x, y to a:" in graph(made, made.derivation("a", "x")).alt
    assert graph(made, made.derivation("a", "x")).stem.startswith("graph-a-x-")


def test_a_graph_is_drawn_in_every_format_with_its_names():
    figure = graph(
        FRUIT, FRUIT.derivation("price", "apple"), values=evaluate(FRUIT.derivation("price", "apple"), PRICES), labels={"apple": "price of an apple"}
    )
    assert all(figure.draw(suffix) for suffix in ("pdf", "png"))
    assert "<!-- price of an apple -->" in figure.draw("svg").decode()
    assert "Coloured: apple → apples → all → price." in figure.alt


def test_a_graph_that_is_too_large_for_a_page_is_refused():
    names = [Symbol(f"x{place}") for place in range(62)]
    with pytest.raises(DeriveError, match="62 nodes; a picture shows at most 60"):
        graph(Graph(names[:1], [Definition(after, before + 1) for before, after in pairwise(names)]))


def test_lines_beside_each_other_are_parallel_and_corners_round():
    assert beside(((0, 0), (10, 0)), 2.0) == ((0, 2), (10, 2))
    assert beside(((0, 0), (0, 10)), 2.0) == ((-2, 0), (-2, 10))
    bent = rounded(((0, 0), (20, 0), (20, 20)))
    assert bent[0] == (0, 0)
    assert bent[-1] == (20, 20)
    assert (20, 0) not in bent
    assert all(0 <= x <= 20 and 0 <= y <= 20 for x, y in bent)
