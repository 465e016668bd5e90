"""Pictures: what is on them, that nothing covers anything, and that the same picture gives the same bytes."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from derive import Definition, DeriveError, Graph, Network, Total
from derive.errors import UnknownNameError
from explain.figures import network
from explain.figures.layouts import Layout
from explain.figures.mathtext import mathtext
from explain.figures.networks import marks
from explain.figures.places import Named, placed
from explain.figures.plans import FIRST_UNITS, MOST_UNITS, plan, shown_rows
from explain.figures.readings import readings
from explain.figures.routes import routes
from explain.figures.scene import Box, Label, Pill, framed, size_of
from explain.figures.style import PATHS, WIDTH
from explain.figures.tags import Tags
from explain.formula import Binary, Cases, Fence, Fraction, Matrix, Name, Number, Prefix, Relation, Root, Script, Times, UnderBrace, Word, row
from explain.notation import NOTATIONS, Board
from numeric import evaluate

ROOT = Path(__file__).resolve().parent.parent
DRAW_AGAIN = """from derive import Network; from explain.figures import network
net = Network(2, 2, 2); open('docs/network-w1.svg', 'wb').write(network(net, net.derivation('w1')).draw('svg'))"""

SHAPES = [
    ((2, 2, 2), "w1", {}),
    ((2, 2, 2), "w7", {"numbering": "by-target"}),
    ((2, 2, 2), "b1", {"biases": "per-layer"}),
    ((2, 2, 2), "i1", {"biases": "none"}),
    ((2, 2, 2), "t_o2", {}),
    ((2, 3, 1), "w2", {}),
    ((2, 1), "w2", {}),
    ((1, 1), "net_o1", {}),
    ((3, 4, 4, 2), "w1", {}),
    ((5, 5, 5), "b10", {}),
    ((20, 12, 10), "w100", {}),
]


def drawn(sizes, wrt, options, **chosen):
    net = Network(*sizes, **options)
    return network(net, net.derivation(wrt), **chosen)


def tags_of(net, wrt=None, labels=None, numbers=()):
    derivation = net.derivation(wrt) if wrt else None
    variable = derivation.claim.wrt if derivation else None
    shown = plan(net, net.graph.roles.get(variable))
    board = Board(NOTATIONS["net-out"], shown.roles, labels=labels or {})
    layout = Layout(shown, board, routes(derivation) if derivation else (), variable, bool(numbers))
    return Tags(layout, readings(numbers, shown.loss))


def tags_of_graph(graph, wrt):
    layout = Layout(plan(graph), Board(roles=graph.roles), routes(graph.derivation("Loss", wrt)), Symbol(wrt))
    return Tags(layout)


def numbers_of(net, *names):
    at = {one.name: place / 10 for place, one in enumerate(net.graph.givens, 1)}
    return [evaluate(net.derivation(name), at) for name in names or [*net.parameters, *net.inputs]]


def boxes_of(tags):
    layout = tags.layout
    below = [*tags.units.values(), *([tags.loss] if tags.loss else [])]
    return [one.box for one in (*layout.units.values(), layout.loss, *below, *tags.biases.values(), *tags.links.values()) if one]


def has_hangul():
    from matplotlib import font_manager

    return any(re.match("Nanum|Noto .* CJK|Un[BD]|Malgun|Apple SD|Baekmuk", entry.name) for entry in font_manager.fontManager.ttflist)


def svg(figure):
    return figure.draw("svg").decode()


# ---- layout


@pytest.mark.parametrize(("sizes", "wrt", "options"), SHAPES)
def test_no_unit_and_no_name_covers_another(sizes, wrt, options):
    net = Network(*sizes, **options)
    for numbers in ((), numbers_of(net, wrt)):
        boxes = boxes_of(tags_of(net, wrt, numbers=numbers))
        assert [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])] == []


@pytest.mark.parametrize(("sizes", "wrt", "options"), SHAPES)
def test_a_picture_fits_into_the_text_of_a_page(sizes, wrt, options):
    frame = framed(marks(tags_of(Network(*sizes, **options), wrt))).frame
    assert frame.right - frame.left <= WIDTH + 4


@pytest.mark.parametrize("sizes", [(2, 2, 2), (2, 3, 1), (4, 3, 2), (3, 4, 1)])
def test_every_weight_and_bias_of_a_small_network_is_named(sizes):
    net = Network(*sizes)
    tags = tags_of(net)
    named = {tags.layout.plan.links[link] for link in tags.links} | {tags.layout.plan.biases[unit] for unit in tags.biases}
    assert named == set(net.parameters)


def test_names_stand_near_the_source_of_their_lines():
    tags = tags_of(Network(2, 2, 2))
    for link, tag in tags.links.items():
        (x, y), (end_x, end_y) = tags.layout.lines[link]
        part = (tag.at[0] - x) / (end_x - x)
        assert 0.2 <= part <= 0.45
        assert tag.at[1] == pytest.approx(y + part * (end_y - y))


def test_labels_that_cannot_all_stand_free_are_not_placed():
    short = Named((0, 0), (10, 0), 8, 8)
    assert placed({1: short, 2: short}, []) is None
    assert placed({1: short}, [Box(-50, -50, 50, 50)]) is None
    assert placed({1: short}, []) is not None


@given(st.integers(1, 1000), st.lists(st.integers(1, 1000), max_size=3))
def test_a_wide_layer_shows_its_ends_and_what_is_asked_for(size, asked):
    needed = [row for row in asked if row <= size]
    rows = shown_rows(size, needed)
    assert {1, size, *needed} <= set(rows) <= set(range(1, size + 1))
    assert list(rows) == sorted(set(rows))
    assert len(rows) == size if size <= MOST_UNITS else len(rows) <= FIRST_UNITS + 1 + 4 * (1 + len(needed))
    assert all(after - before != 2 for before, after in pairwise(rows))


def test_the_estimated_widths_of_names_are_those_that_are_drawn():
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    canvas = FigureCanvasAgg(Figure(dpi=72))
    for name in ("w1", "w12", "net_h1", "out_o2", "Loss", "t_o1", "a1_2", "delta2_1"):
        formula = Board().name(Symbol(name))
        text = canvas.figure.text(0, 0, mathtext(formula), fontsize=10, math_fontfamily="cm")
        assert size_of(formula, 10)[0] == pytest.approx(text.get_window_extent(canvas.get_renderer()).width, abs=3.5, rel=0.15)


# ---- what is coloured


@given(st.lists(st.integers(1, 3), min_size=2, max_size=4), st.data())
def test_the_routes_are_the_edges_of_the_paths(sizes, data):
    net = Network(*sizes)
    derivation = net.derivation(data.draw(st.sampled_from([*net.parameters, *net.inputs, *net.targets])))
    found = routes(derivation)
    assert frozenset().union(*found) == {edge for path in derivation.paths for edge in pairwise(path)}
    if derivation.path_count == 2:
        assert set(found) == {frozenset(pairwise(path)) for path in derivation.paths}


def test_what_the_result_does_not_depend_on_has_no_route():
    graph = Graph(["x", "y"], [Definition(Symbol("z"), Symbol("x") ** 2)])
    assert routes(graph.derivation("z", "y")) == ()


@pytest.mark.parametrize(
    ("wrt", "colours"),
    [("w1", {0, 1}), ("w7", {0}), ("b1", {0, 1}), ("b4", {0}), ("i2", {0, 1}), ("t_o1", {0}), ("net_h1", {0, 1}), ("out_o2", {0})],
)
def test_two_paths_have_two_colours_and_two_dashes(wrt, colours):
    picture = svg(drawn((2, 2, 2), wrt, {}))
    assert {place for place, line in enumerate(PATHS) if f"stroke: {line.colour}" in picture} == colours
    assert ("stroke-dasharray" in picture) == (1 in colours)


def test_the_symbol_in_question_and_no_other_is_bold():
    for wrt in ("w1", "b2", "i1", "t_o1", "out_h1"):
        net = Network(2, 2, 2)
        bold = {mark.formula for mark in marks(tags_of(net, wrt)) if isinstance(mark, Label) and mark.bold}
        assert len(bold) == 1
    assert not any(isinstance(mark, Label) and mark.bold for mark in marks(tags_of(Network(2, 2, 2))))


def test_a_weight_that_the_loss_reads_as_well_has_a_curve_to_it():
    net, w1, decay = Network(2, 2, 2), Symbol("w1"), Symbol("lamda")
    *before, loss = net.graph.definitions
    graph = Graph((*net.graph.givens, decay), [*before, Definition(loss.symbol, loss.expression + decay / 2 * w1**2)], net.graph.roles)
    assert set(tags_of_graph(graph, "w1").bows) == {(w1, net.loss)}


def test_a_skip_connection_has_a_curve_on_or_off_the_path():
    net, i1 = Network(2, 2, 2), Symbol("i1")
    definitions = [Definition(one.symbol, one.expression + i1) if one.symbol.name == "net_o1" else one for one in net.graph.definitions]
    graph = Graph(net.graph.givens, definitions, net.graph.roles)
    for wrt in ("i1", "w4"):
        assert set(tags_of_graph(graph, wrt).bows) == {(i1, Symbol("net_o1"))}


def test_a_graph_shows_what_its_network_shows():
    nets = (Network(2, 3, 2), Network(2, 3, 2, biases="none"), Network(2, 3, 2, biases="per-layer"), Network(2, 3, 2, numbering="by-target"))
    for net in nets:
        derivation = net.derivation("w2")
        assert network(net, derivation).stem == network(net.graph, derivation).stem


def test_each_symbol_stands_with_its_value_and_its_derivative():
    net = Network(2, 2, 2)
    tags = tags_of(net, numbers=numbers_of(net))
    numbers = {claim.wrt: row for table in numbers_of(net) for claim, row in table.items() if isinstance(claim, Total)}
    board = tags.layout.board
    for link, tag in tags.links.items():
        weight = tags.layout.plan.links[link]
        value, slope = (board.inside(board.number(one), 1) for one in (tags.readings.forward[weight], numbers[weight].value))
        assert tag.lines == (row(board.name(weight), Relation("="), value), slope)
    assert all(len(tag.lines) == 2 for tag in (*tags.units.values(), *tags.biases.values(), tags.loss) if tag)


def test_a_derivative_that_was_not_computed_is_not_shown():
    net = Network(2, 2, 2)
    tags = tags_of(net, "w1", numbers=numbers_of(net, "w1"))
    assert {len(tag.lines) for tag in tags.links.values()} == {1, 2}
    assert len(tags.units[0, 1].lines) == 1


# ---- what is said


def test_the_description_tells_the_paths():
    assert drawn((2, 2, 2), "w7", {}).alt.endswith("Coloured: w7 → net_o1 → out_o1 → Loss.")
    assert "the 8 paths from w1 to Loss" in drawn((3, 4, 4, 2), "w1", {}).alt
    net = Network(2, 2, 2)
    assert network(net, values=numbers_of(net, "w1")).alt.endswith("below it the derivative of Loss by it.")
    assert network(Network(784, 128, 10)).alt == "A network with layers of 784, 128, 10 units, its inputs on the left."


def test_every_name_is_drawn():
    picture = svg(drawn((2, 2, 2), "w1", {}))
    comments = set(re.findall(r"<!-- \$(.*?)\$ -->", picture))
    names = [*Network(2, 2, 2).parameters, *map(Symbol, ("i1", "i2", "h1", "h2", "o1", "o2", "Loss"))]
    assert {mathtext(Board().name(name)).strip("$") for name in names} <= comments


def test_labels_are_drawn_as_they_are_written():
    picture = svg(drawn((2, 2, 2), "w1", {}, labels={"w1": "$x^2$&<b>", "i1": "one\ntwo"}))
    assert "<!-- $x^2$&amp;&lt;b&gt; -->" in picture
    assert "<!-- one two -->" in picture


def test_a_long_label_makes_its_unit_wide():
    layout = tags_of(Network(2, 2, 2), labels={"out_h1": "a hidden unit"}).layout
    assert layout.units[1, 1].half_width > layout.units[1, 2].half_width


def test_the_name_in_question_is_cut_before_it_is_left_out():
    tags = tags_of(Network(2, 2, 2), "w1", labels={"w1": "milk, bread and three dozen eggs", "h1": "x" * 80})
    assert tags.links[1, 1, 1].lines == (Word("milk, bread an…"),)


def test_korean_labels_have_glyphs_or_are_refused():
    figure = drawn((2, 2, 2), "w1", {}, labels={"w1": "우유"})
    if has_hangul():
        assert "<!-- 우유 -->" in svg(figure)
    else:
        with pytest.raises(DeriveError, match="우"):
            svg(figure)


def test_a_character_that_no_font_has_is_refused_by_name():
    with pytest.raises(DeriveError, match=r"no installed font has a glyph for .* \(U\+0378\) in the label"):
        drawn((2, 2, 2), "w1", {}, labels={"w1": "a\u0378"}).draw("svg")


# ---- files


@pytest.mark.parametrize(("suffix", "start"), [("pdf", b"%PDF-"), ("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_each_format_gives_the_same_bytes_every_time(suffix, start):
    first, second = (drawn((2, 2, 2), "w1", {}).draw(suffix) for _ in range(2))
    assert first.startswith(start)
    assert first == second


def test_another_process_draws_the_same(python):
    code = "from derive import Network; from explain.figures import network; from hashlib import md5; n = Network(2, 2, 2); "
    code += "f = network(n, n.derivation('w1')); print(f.stem, *(md5(f.draw(s)).hexdigest() for s in ('svg', 'pdf')))"
    first, second = (python("-c", code, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert (first.stdout != "", first.stderr) == (True, "")
    assert first.stdout == second.stdout


def test_another_suffix_is_refused():
    with pytest.raises(UnknownNameError, match="no picture format 'gif'; there is pdf, svg and png"):
        drawn((2, 2, 2), "w1", {}).draw("gif")


def test_a_graph_without_layers_is_refused():
    with pytest.raises(DeriveError, match="has no layers"):
        network(Graph(["x"], [Definition(Symbol("y"), Symbol("x") ** 2)]))


def test_the_stem_follows_what_is_drawn():
    plain, other = drawn((2, 2, 2), "w1", {}), drawn((2, 2, 2), "w1", {}, labels={"w1": "milk"})
    assert re.fullmatch(r"network-2-2-2-w1-[0-9a-f]{8}", plain.stem)
    assert plain.stem == drawn((2, 2, 2), "w1", {}).stem != other.stem


def test_the_settings_of_the_reader_neither_change_nor_show():
    import matplotlib

    plain = svg(drawn((2, 2, 2), "w1", {}))
    with matplotlib.rc_context({"mathtext.fontset": "stix", "text.color": "red", "lines.linewidth": 9}):
        before = dict(matplotlib.rcParams)
        assert svg(drawn((2, 2, 2), "w1", {})) == plain
        assert dict(matplotlib.rcParams) == before


def test_no_picture_brings_matplotlib_before_it_is_drawn(python):
    code = "import sys; from derive import Network; from explain.figures import network; n = Network(2, 2, 2); f = network(n, n.derivation('w1')); "
    code += "print('matplotlib' in sys.modules, 'numpy' in sys.modules); f.draw('svg'); print('matplotlib.pyplot' in sys.modules)"
    assert python("-c", code).stdout.split() == ["False", "False", "False"]


def test_the_picture_of_the_readme_shows_what_is_drawn_now():
    kept, now = (ROOT / "docs/network-w1.svg").read_text("utf-8"), svg(drawn((2, 2, 2), "w1", {}))
    for shown in (r"<title>.*</title>", r"<!-- .* -->", r"stroke: #\w+", r"stroke-dasharray"):
        assert re.findall(shown, kept) == re.findall(shown, now), f"docs/network-w1.svg is out of date; draw it again with:\n{DRAW_AGAIN}"


# ---- formulas


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Script(Name("w"), Number("1")), r"${w}_{1}$"),
        (Script(Name("net"), row(Name("h"), Number("1"))), r"${\mathrm{net}}_{h1}$"),
        (row(Name("σ"), Fence(Name("z"))), r"${\sigma }( z) $"),
        (row(Name("x"), Relation("="), Prefix("−"), Number("0.5")), r"$x = {-}0.5$"),
        (Fraction(row(Prefix("∂"), Name("L")), row(Prefix("∂"), Name("w"))), r"$\frac{\partial L}{\partial w}$"),
        (row(Number("2"), Times("·"), Root(Name("x"))), r"$2\cdot \sqrt{x}$"),
        (row(Name("exp", "function"), Fence(Name("x"))), r"$\operatorname{exp}( x) $"),
        (row(Name("a"), Binary("+"), Number("1e-12")), r"$a + 1\cdot 10^{-12}$"),
        (Fence(Fraction(Name("a"), Name("b")), "{", ""), r"$\left\{ \frac{a}{b} \right.$"),
        (UnderBrace(Name("a"), Name("b")), r"$a$"),
        (Word("a_b $5"), r"$\mathrm{a\_b\ \$5}$"),
        (row(Name("𝟙"), Fence(Name("z"), "‖", "‖")), r"${\mathbb{1}}\Vert z\Vert $"),
    ],
)
def test_a_formula_as_mathtext(formula, expected):
    from matplotlib.mathtext import MathTextParser

    assert mathtext(formula) == expected
    assert MathTextParser("path").parse(expected).glyphs


@pytest.mark.parametrize("formula", [Matrix(((Number("1"),),)), Cases(((Number("1"), Word("if")),)), Word("가")])
def test_what_mathtext_cannot_set_is_refused(formula):
    with pytest.raises(DeriveError):
        mathtext(formula)


# ---- places


def test_a_line_starts_at_the_rim_whatever_the_shape():
    for half_width in (10, 40):
        pill = Pill((0, 0), half_width, 10)
        assert pill.rim((100, 0)) == pytest.approx((half_width, 0))
        assert pill.rim((0, -100)) == pytest.approx((0, -10))
        x, y = pill.rim((100, 80))
        assert (max(abs(x) - (half_width - 10), 0) ** 2 + y**2) ** 0.5 == pytest.approx(10)


@pytest.mark.parametrize(
    ("start", "end", "cut"),
    [((-2, 0), (2, 0), True), ((-2, 2), (2, 2), False), ((0, -9), (0, 9), True), ((2, -9), (2, 9), False), ((-3, -3), (-2, -2), False), ((0, 0), (9, 9), True)],
)
def test_a_line_cuts_a_box(start, end, cut):
    assert Box(-1, -1, 1, 1).cut_by(start, end) is cut
