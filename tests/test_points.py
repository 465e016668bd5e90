"""Points: what a file or name=value may say, what is refused and how, and files that are read back exactly."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import Definition, DeriveError, Graph, Network
from explain.point_files import LANGUAGES, written
from explain.points import assignments, is_values, read, replaced, text_of
from numeric.data import DATA, data, default_point, random_point, random_points

NET = Network(2, 2, 2)
GRAPH = NET.graph
SAMPLE = {
    "i1": "0.5",
    "i2": "1",
    "t_o1": "1",
    "t_o2": "0",
    **{f"w{place}": f"0.{place}" for place in range(1, 9)},
    **{f"b{place}": f"0.{place}" for place in range(1, 5)},
}


def flat(**changes: object) -> str:
    """A complete file in TOML, with changes; None leaves a name out."""
    return "".join(f"{name} = {value}\n" for name, value in (SAMPLE | changes).items() if value is not None)


# ---- the default point and random ones


def test_the_default_point_is_the_one_of_the_sample_page():
    assert default_point(NET) == {name: Fraction(text) for name, text in SAMPLE.items()}


def test_the_default_values_of_a_kind_come_round_again():
    point = default_point(Network(3, 7, 1))
    assert [point[f"w{place}"] for place in (9, 10, 18, 19)] == [Fraction(9, 10), Fraction(-1, 10), Fraction(-9, 10), Fraction(1, 10)]
    assert (point["i3"], point["b8"], point["t_o1"]) == (Fraction(1, 2), Fraction(8, 10), 1)


def test_random_points_are_the_same_for_a_seed_and_others_for_another():
    assert list(random_points(NET, 3, 5)) == list(random_points(NET, 3, 5))
    assert len({tuple(point.values()) for point in random_points(NET, 3, 5)}) == 5
    assert random_point(NET, 3) == next(random_points(NET, 3, 1)) != random_point(NET, 4)
    assert set(random_point(NET, 3)) == set(SAMPLE)
    assert all(abs(value) <= 1 and 1000 % value.denominator == 0 for value in random_point(NET, 3).values())


@pytest.mark.parametrize("make", [default_point, lambda graph: random_point(graph, 0)])
def test_a_graph_without_roles_has_no_default_point(make):
    apple = Graph(["apple"], [])
    with pytest.raises(DeriveError, match="'apple'"):
        make(apple)


def test_samples_are_found_by_name():
    assert data("xor").targets == ((0,), (1,), (1,), (0,))
    assert all(len(one.inputs) == len(one.targets) for one in DATA.values())
    with pytest.raises(DeriveError, match="did you mean 'xor'"):
        data("xr")


# ---- what is read


TABLES = """
[inputs]
i1 = 0.5
i2 = 1
[weights]
w1 = "1/3"
w2 = -2e-1
w3 = 0.3
w4 = 0.4
w5 = 0.5
w6 = 0.6
w7 = 0.7
w8 = 1_000.5
[biases]
b1 = 0.1
b2 = 0.2
b3 = 0.3
b4 = +0.4
[targets]
t_o1 = 1
t_o2 = 0
"""


def test_numbers_stay_exact():
    (point,) = read(TABLES, GRAPH, ".toml")
    expected = {"w1": Fraction(1, 3), "w2": Fraction(-1, 5), "w3": Fraction(3, 10), "w8": Fraction("1000.5"), "b4": Fraction(2, 5)}
    assert {name: point[name] for name in expected} == expected


@pytest.mark.parametrize("suffix", [".toml", ".TOML", "", ".txt"])
def test_a_flat_file_says_the_same(suffix):
    assert read(flat(), GRAPH, suffix) == [default_point(NET)]


@pytest.mark.parametrize("suffix", [".json", ""])
def test_json_says_the_same_and_stays_exact(suffix):
    text = json.dumps(SAMPLE | {"w1": 0.1, "w2": "1/5"})
    assert read(text, GRAPH, suffix) == [default_point(NET)]


SAMPLES = """
[[samples]]
inputs = { i1 = 0, i2 = 1 }
targets = { t_o1 = 1, t_o2 = 0 }
[[samples]]
i1 = 1
i2 = 1
targets = { t_o1 = 0, t_o2 = 1 }
"""
PARAMETERS = flat(i1=None, i2=None, t_o1=None, t_o2=None)


def test_samples_share_the_parameters():
    first, second = read(PARAMETERS + SAMPLES, GRAPH, ".toml")
    assert (first["i1"], first["t_o1"], second["i1"], second["t_o1"]) == (0, 1, 1, 0)
    assert first["w8"] == second["w8"] == Fraction(4, 5)


def test_a_graph_without_roles_reads_names():
    graph = Graph(["apple", "tax"], [Definition(GRAPH.givens[0], GRAPH.givens[1])][:0])
    assert read("apple = 100\ntax = 1.1", graph) == [{"apple": 100, "tax": Fraction(11, 10)}]


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(flat(w3=None), "no value for w3", id="missing"),
        pytest.param(flat(w3=None, b2=None), "no value for w3 and b2", id="two missing"),
        pytest.param(flat(w_1="2"), "no given 'w_1'.*did you mean 'w1'", id="misspelt"),
        pytest.param(flat(net_h1="2"), "'net_h1' is computed", id="computed"),
        pytest.param(flat(w1="nan"), "w1 = nan is not finite", id="nan"),
        pytest.param(flat(w1="-inf"), "w1 = -inf is not finite", id="inf"),
        pytest.param(flat(w1="true"), "w1 = True is a truth value", id="truth value"),
        pytest.param(flat(w1="[0.1]"), r"w1 = \['0.1'\] is no number", id="list"),
        pytest.param(flat(w1="1979-05-27"), "w1 = 1979-05-27 is no number", id="date"),
        pytest.param(flat(w1='"abc"'), "w1 = 'abc' is not a number", id="words"),
        pytest.param(flat(w1='""'), "w1 = '' is not a number", id="nothing"),
        pytest.param(flat(w1='"1/0"'), "w1 = '1/0' is not a number", id="by zero"),
        pytest.param(flat(w1="1e999"), "w1 is larger than any float", id="large"),
        pytest.param(flat(w1="1e999999999"), "too large", id="huge exponent"),
        pytest.param(flat() + "w1 = 2", r"malformed TOML: .*line 17, column 7", id="twice in TOML"),
        pytest.param("w1 = 0.5\nw2 = 1..2\n", r"malformed TOML: .*line 2, column 7", id="malformed"),
        pytest.param("w1 = 0.5\n[weights", r"malformed TOML: .*line 2, column 9", id="malformed end"),
        pytest.param("w1 = ", r"malformed TOML: .*line 1, column 6", id="no value"),
        pytest.param('{"w1": 1, "w1": 2}', "w1 is given twice", id="twice in JSON"),
        pytest.param('{"w1": NaN}', "w1 = nan is not finite", id="NaN in JSON"),
        pytest.param('{"w1": null}', "w1 = None is no number", id="null"),
        pytest.param('{"w1": 1,\n "w2" 2}', "malformed JSON: .*line 2 column 7", id="malformed JSON"),
        pytest.param('{"w1": ' + "[" * 100_000, "malformed JSON: .*nested too deep", id="deep JSON"),
        pytest.param("w1 = " + "[" * 100_000, "malformed TOML: .*nested too deep", id="deep TOML"),
        pytest.param("[weihgts]\nw1 = 1", "no table 'weihgts'.*did you mean 'weights'", id="table misspelt"),
        pytest.param("[weights]\nb1 = 1", r"b1 stands in \[weights\].*\[biases\]", id="wrong table"),
        pytest.param("[weights]\nw12 = 1", r"no weight 'w12'; \[weights\] takes w1 … w8", id="unknown in a table"),
        pytest.param("w1 = 1\n[weights]\nw1 = 1", "w1 is given twice", id="twice, once in a table"),
        pytest.param(PARAMETERS + "[samples]\ni1 = 1", r"\[\[samples\]\]", id="one bracket"),
        pytest.param('{"samples": []}', r"\[\[samples\]\]", id="no samples"),
        pytest.param(PARAMETERS + SAMPLES + "w1 = 3", "sample 2: w1 is a parameter", id="parameter in a sample"),
        pytest.param(PARAMETERS + SAMPLES.replace("i1 = 0, ", ""), "sample 1: there is no value for i1", id="incomplete sample"),
        pytest.param("i1 = 1\n" + PARAMETERS + SAMPLES, "sample 1: i1 is given twice", id="twice, once in a sample"),
        pytest.param("", "no value for i1, i2, w1 … w4", id="empty"),
    ],
)
def test_a_file_is_refused_with_the_reason(text, said):
    with pytest.raises(DeriveError, match=said) as caught:
        read(text, GRAPH)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_list_is_no_point():
    with pytest.raises(DeriveError, match="a point is a table"):
        read("[1, 2]", GRAPH, ".json")


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_any_text_is_read_or_refused(text):
    with pytest.raises(DeriveError):
        read(text, GRAPH)


@given(st.binary(max_size=60))
def test_bytes_are_text_or_refused(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("points") / "point.toml"
    path.write_bytes(raw)
    try:
        raw.decode()
    except UnicodeDecodeError:
        with pytest.raises(DeriveError, match="UTF-8"):
            text_of(str(path))
    else:
        assert text_of(str(path)) == raw.decode("utf-8-sig")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "point.toml").write_bytes("\ufeffw1 = 1".encode())
    assert text_of(str(tmp_path / "point.toml")) == "w1 = 1"


# ---- name=value


@pytest.mark.parametrize(
    ("text", "values"),
    [("w1=0.5", {"w1": "0.5"}), ("w1=0.5,b1=1/3", {"w1": "0.5", "b1": "1/3"}), (" w1 = -2 , b1 = 1e-3 ", {"w1": "-2", "b1": "1e-3"})],
)
def test_assignments_are_read(text, values):
    assert assignments(text) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("w1=0,5", "'5' is no name=value"),
        ("w1", "'w1' is no name=value"),
        ("w1=", "'w1=' is no name=value"),
        ("=3", "'=3' is no"),
        ("w1=1,w1=2", "w1 is given twice"),
    ],
)
def test_other_text_is_no_assignment(text, said):
    with pytest.raises(DeriveError, match=said):
        assignments(text)


@pytest.mark.parametrize(
    ("source", "expected"), [("w1=0.5", True), ("w1=0.5,b1=1", True), ("point.toml", False), ("-", False), ("run=3/point.toml", False), ("w1", False)]
)
def test_values_are_told_from_files(source, expected):
    assert is_values(source) is expected


def test_single_values_are_replaced_at_every_sample():
    points = read(PARAMETERS + SAMPLES, GRAPH)
    changed = replaced(points, {"w1": "1/3"}, GRAPH)
    assert [one["w1"] for one in changed] == [Fraction(1, 3)] * 2
    assert [one["w1"] for one in points] == [Fraction(1, 10)] * 2


@pytest.mark.parametrize(
    ("values", "said"),
    [({"w11": "1"}, "no value 'w11'.*did you mean 'w1'"), ({"net_h1": "1"}, "net_h1 is computed"), ({"w1": "nan"}, "w1 = 'nan'"), ({"w1": "x"}, "w1 = 'x'")],
)
def test_a_replacement_that_does_not_fit_is_refused(values, said):
    with pytest.raises(DeriveError, match=said):
        replaced([default_point(NET)], values, GRAPH)


# ---- what is written

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9).map(Fraction)
ratios = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6)
extremes = st.integers(-300, 300).map(lambda power: Fraction(10) ** power)
values = st.one_of(decimals, ratios, extremes, st.floats(-1e300, 1e300))


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.data())
@settings(max_examples=40)
def test_what_is_written_is_read_back_exactly(language, data):
    draw = st.fixed_dictionaries(dict.fromkeys(SAMPLE, values))
    points = data.draw(st.lists(draw, min_size=1, max_size=3))
    shared = {name: points[0][name] for name in SAMPLE if name[0] in "wb"}
    points = [point | shared for point in points]
    again = read(written(points, GRAPH, language), GRAPH, f".{language}")
    assert [{name: float(value) for name, value in one.items()} for one in again] == [{name: float(value) for name, value in one.items()} for one in points]
    exact = [{name: value for name, value in one.items() if not isinstance(value, float)} for one in points]
    assert [{name: two[name] for name in one} for one, two in zip(exact, again, strict=True)] == exact


def test_the_toml_says_where_a_parameter_acts():
    text = written([default_point(NET)], GRAPH)
    assert [" ".join(line.split()) for line in text.splitlines() if line.startswith(("w3", "b2"))] == ["w3 = 0.3 # i2 → h1", "b2 = 0.2 # h2"]
    assert list(tomllib.loads(text)) == ["inputs", "weights", "biases", "targets"]


def test_the_toml_names_the_layers_of_a_deep_network():
    net = Network(2, 2, 2, 1, biases="per-layer", numbering="by-target")
    text = written([default_point(net)], net.graph)
    assert "w2 = 0.2        # i2 → a1_1" in text
    assert "b1 = 0.1        # z1_1, z1_2" in text


def test_a_network_without_biases_has_no_table_of_them():
    net = Network(2, 1, biases="none")
    assert "biases" not in written([default_point(net)], net.graph)
    assert read(written([default_point(net)], net.graph), net.graph) == [default_point(net)]


def test_a_graph_without_roles_is_written_flat():
    graph = Graph(["apple", "tax"], [])
    point = {"apple": Fraction(100), "tax": Fraction(11, 10)}
    assert all(read(written([point], graph, language), graph) == [point] for language in LANGUAGES)


def test_an_unknown_language_of_files_is_refused():
    with pytest.raises(DeriveError, match="'yaml'; there is toml and json"):
        written([default_point(NET)], GRAPH, "yaml")
