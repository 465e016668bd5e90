"""Options that are given twice: several values where several make sense, one line where they do not, never silently the last."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from explain.cli import COMMANDS, explain
from explain.cli.endings import DONE, REFUSED

SHOP = "all = apple * count\nprice = all * tax\n"
OPTIONS = [
    (name, option)
    for name in COMMANDS
    for option in explain.get_command(click.Context(explain), name).params  # type: ignore[union-attr]
    if isinstance(option, click.Option)
]
SINGLE = [(name, option.opts[0]) for name, option in OPTIONS if not (option.multiple or option.is_flag)]
PAIRS = [(name, option.opts[0], option.secondary_opts[0]) for name, option in OPTIONS if option.secondary_opts]


def run(*arguments, typed=SHOP):
    return CliRunner().invoke(explain, arguments, input=typed)


@pytest.mark.parametrize(("command", "option"), SINGLE)
def test_a_second_value_of_an_option_that_takes_one_is_refused(command, option):
    done = run(command, option, "1", option, "2")
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert done.stderr.startswith(f"explain {command}: {option} is given twice, with '1' and '2'; it takes one value")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("command", "on", "off"), PAIRS)
def test_a_flag_and_its_opposite_are_refused(command, on, off):
    for typed in ((on, off), (off, on)):
        done = run(command, *typed)
        assert (done.exit_code, done.stderr) == (
            REFUSED,
            f"explain {command}: {on} and {off} are both given; choose one\n",
        )


@pytest.mark.parametrize("typed", ["--precision 2", "--language=en", "--no-check", "--exact", "--seed 3", "--frozen w5"])
def test_the_same_value_twice_is_that_value(typed):
    once, twice = (run("gradient", "w1", "--format", "text", *(typed.split() * count)) for count in (1, 2))
    assert (once.exit_code, once.output) == (twice.exit_code, twice.output) == (DONE, once.output)


def test_a_list_with_commas_says_how_several_are_written():
    assert "write them with commas, --frozen w1,w2" in run("gradient", "w5", "--frozen", "w1", "--frozen", "w2").stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("matrix tr(A*X) --wrt X --at A=[[1]] --at A=[[2]],X=[[1]]", "--at A=[[2]],X=[[1]]: A is given twice"),
        ("matrix tr(A*X) --wrt X --at A=[[1]],A=[[2]],X=[[1]]", "A is given twice"),
        ("matrix tr(A*X) --wrt X --shape A=2x3 --shape A=3x2", "--shape 'A=3x2': A has another shape already"),
        ("matrix tr(A*X) --wrt X --wrt A", "--wrt is given twice, with 'X' and 'A'"),
        ("gradient w1 --at w1=1 --at w1=2", "w1 is given twice (1 and 2)"),
        ("gradient w1 --label w1=milk --label w1=bread", "w1 has two labels"),
        ("figure graph - --of all --of price", "--of is given twice, with 'all' and 'price'"),
    ],
)
def test_one_thing_with_two_values_is_refused(typed, said):
    done = run(*typed.split())
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert said in done.stderr


def test_a_typed_value_replaces_that_of_a_file_of_matrices(tmp_path):
    file = tmp_path / "values.toml"
    file.write_text("A = [[1, 2], [3, 4]]\nX = [[1, 0], [0, 1]]\n", encoding="utf-8")
    for order in ((str(file), "A=[[5,6],[7,8]]"), ("A=[[5,6],[7,8]]", str(file))):
        done = run("matrix", "tr(A*X)", "--wrt", "X", "--format", "json", "--at", order[0], "--at", order[1])
        assert json.loads(done.stdout)["steps"][-1]["number"] == [[5.0, 7.0], [6.0, 8.0]]


# ---- several where several make sense


@pytest.mark.parametrize("command", ["graph -", "code -"])
def test_several_derivatives_of_a_graph(command):
    done = run(
        *command.split(),
        "--wrt",
        "apple",
        "--wrt",
        "tax",
        *(["--format", "text"] if command.startswith("graph") else []),
    )
    assert done.exit_code == DONE
    assert all(name in done.stdout for name in ("apple", "tax"))


def test_a_figure_colours_the_paths_of_every_name():
    one, other, both = (run("figure", "graph", "-", *typed) for typed in (["--wrt", "apple"], ["--wrt", "tax"], ["--wrt", "apple", "--wrt", "tax"]))
    assert both.exit_code == DONE
    assert "Coloured: apple → all → price. Coloured: tax → price." in both.stderr
    assert "tax → price" not in one.stderr
    assert "apple → all" not in other.stderr
    colours = ["#0072b2", "#d55e00"]
    assert [[colour in done.stdout for colour in colours] for done in (one, both)] == [[True, False], [True, True]]


def test_a_figure_says_in_korean_what_it_colours():
    assert run("figure", "graph", "-", "--wrt", "apple", "--wrt", "tax", "--language", "ko").stderr.count("색으로 나타낸 경로") == 2


def test_more_names_than_a_figure_has_colours_for_are_refused():
    text = "y = a*b*c*d*e2"
    done = run("figure", "graph", "-", *(part for name in ("a", "b", "c", "d", "e2") for part in ("--wrt", name)), typed=text)
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert "there are 5 derivatives to colour, by a, b, c, d and e2; at most 4" in done.stderr


def test_the_surface_of_a_descent_is_over_two_names_in_either_spelling():
    commas, repeated = (run("figure", "descent", "gd", *typed).stderr for typed in (["--wrt", "w1,w2"], ["--wrt", "w1", "--wrt", "w2"]))
    assert "Loss over w1 × w2" in commas
    assert repeated == commas


def test_several_conditions_are_all_assumed():
    claim, conditions = "log(a*b) = log(a) + log(b)", ("a > 0", "b > 0")
    both = run("claim", claim, "--assuming", conditions[0], "--assuming", conditions[1])
    assert (both.exit_code, both.output) == (DONE, run("claim", claim, "--assuming", ", ".join(conditions)).output)
