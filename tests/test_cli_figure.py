"""``explain figure``: every picture by name, in every picture format, its description on standard error."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result

from explain import figures
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED, SYSTEM
from explain.figures.canvas import SUFFIXES
from explain.pictures import PICTURES

SHOP = "total = apple * count\nprice = total * tax\n"

# What to type after each name, and a part of the description.
TYPED = {
    "network": ("w1", "Coloured: w1 → net_h1"),
    "graph": ("- --wrt apple --at apple=100,count=2,tax=1.5", "Coloured: apple → total → price"),
    "activation": ("tanh", "The largest slope is 1, at 0."),
    "tangent": ("w1", "the tangent at w1 = 0.1 has the slope 0.04092"),
    "secants": ("w5", "secants through w5 = 0.5"),
    "differences": ("w1", "the step chosen is"),
    "gradient_sizes": ("sigmoid relu", "sigmoid: "),
    "losses": ("adam", "The mean loss in each of 2,000 steps"),
    "descent": ("gd adam", "after 30 steps: gd: ("),
    "decision": ("and", "4 samples, full where the target is 1: at the start, after 2,000 steps"),
    "balls": ("1 2 inf", "power 1, 2, ∞"),
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, ["figure", *arguments], input=SHOP)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("network --values", "below it the derivative of Loss by it"),
        ("network w5 --values --at w5=2", "Coloured: w5"),
        ("descent gd adam --wrt w1,w2", "Loss over w1 × w2 as lines of equal value; where each optimizer is after 200 steps: gd: ("),
        ("decision moons", "with 200 samples, full where the target is 1"),
    ],
)
def test_options_of_a_picture(typed, said):
    done = run(*typed.split())
    assert done.exit_code == DONE, done.output
    assert said in done.stderr


def test_the_values_in_a_picture_of_a_network_are_those_of_the_point():
    plain, valued = (run("network", *more).stdout.count("<use") for more in ((), ("--values",)))
    assert valued > plain + 100  # every digit is a glyph


def test_every_picture_of_the_house_has_a_name_here():
    assert set(PICTURES) == set(figures.__all__) == set(TYPED)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_and_described(name):
    typed, said = TYPED[name]
    done = run(name, *typed.split())
    assert done.exit_code == DONE, done.output
    assert done.stdout.lstrip().startswith("<?xml")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("suffix", "opening"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_the_suffix_picks_the_format(tmp_path, suffix, opening):
    assert suffix in SUFFIXES
    path = tmp_path / f"picture.{suffix}"
    assert run("balls", "-o", str(path)).stdout == ""
    assert path.read_bytes().startswith(opening)
    other = tmp_path / "picture.other"
    assert run("balls", "--format", suffix, "-o", str(other)).exit_code == DONE
    assert other.read_bytes() == path.read_bytes()


def test_the_options_of_a_network_reach_the_picture():
    assert "layers of 3, 4, 1 units" in run("network", "--net", "3-4-1").stderr
    assert "slope" in run("tangent", "w1", "--activation", "relu", "--at", "w1=0.7").stderr
    assert "w1 = 0.7" in run("tangent", "w1", "--at", "w1=0.7").stderr


def test_words_follow_the_language():
    assert "활성화 함수 tanh" in run("activation", "tanh", "--language", "ko").stderr


def test_the_help_lists_the_pictures():
    text = run("--help").stdout
    assert all(f"\n  {name} " in text for name in PICTURES)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("netwrk", "no figure 'netwrk'; there is network, graph.*did you mean 'network'"),
        ("tangent", "figure tangent is followed by NAME, a parameter or input, not by nothing"),
        ("tangent w1 w2", "not by w1 w2"),
        ("network w99", "no .*'w99'"),
        ("activation tanhh", "did you mean 'tanh'"),
        ("descent adm", "did you mean 'adam'"),
        ("descent gd --wrt w1", "over two parameters, such as w1,w2"),
        ("descent gd --wrt w1,x", "over two parameters, such as w1,w2"),
        ("decision line", "shape"),
        ("balls two", "powers such as 1 2 inf"),
        ("balls 0.5", "from 1 to infinity"),
        ("balls -o x.gif", "-o x.gif: no picture format 'gif'"),
        ("balls --format gif", "no picture format 'gif'"),
        ("graph - --wrt aple", "did you mean 'apple'"),
        ("decision xr", "did you mean 'xor'"),
        ("decision xor --net 3-3-1", "3 inputs|shape"),
    ],
)
def test_what_does_not_fit_is_refused(line, said):
    done = run(*line.split())
    assert (done.exit_code, done.stdout) == (REFUSED, ""), done.output
    assert re.search(said, done.stderr), done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_is_not_there_is_the_systems_refusal(tmp_path):
    assert run("balls", "-o", str(tmp_path / "nowhere" / "x.svg")).exit_code == SYSTEM
