"""What a network can have beyond plain layers, on the command line: typed, given values, written to files, told and checked."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from derive import DeriveError, Network
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED
from explain.point_files import LANGUAGES, written
from explain.points import read
from numeric.data import default_point, random_points

BEYOND = {
    "--skips 0:2": {"skips": [(0, 2)]},
    "--skips 0:1,1:2": {"skips": [(0, 1), (1, 2)]},
    "--l1 0.01": {"l1": "0.01"},
    "--l2 lamda": {"l2": "lamda"},
    "--l1 lamda1 --l2 lamda2": {"l1": "lamda1", "l2": "lamda2"},
    "--l1 0": {},
    "--dropout 0.5": {"dropout": "0.5"},
    "--dropout 1/4 --masks 10": {"dropout": "1/4", "masks": [[1, 0]]},
    "--dropout 0": {},
    "--frozen w1,b3": {"frozen": ["w1", "b3"]},
    "--frozen 1,w5": {"frozen": [1, "w5"]},
    "--activation prelu": {"activation": "prelu"},
    "--activation maxout": {"activation": "maxout"},
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, list(arguments))


@pytest.mark.parametrize("typed", BEYOND)
def test_an_option_makes_the_network_that_python_makes(typed):
    done = run("network", "--format", "json", *typed.split())
    assert done.exit_code == DONE, done.output
    net = Network(2, 2, 2, **BEYOND[typed])
    record = json.loads(done.stdout)
    assert record["network"] == repr(net)
    assert record["graph"]["givens"] == [one.name for one in net.graph.givens]
    assert list(record["update"]["gradient"]) == [one.name for one in net.parameters]
    assert all("check" not in step or step["check"]["verdict"] in ("agrees", "at a kink") for step in record["steps"])


@pytest.mark.parametrize("typed", BEYOND)
@pytest.mark.parametrize("command", ["gradient w5 --format text", "check", "code", "code --lang python", "point", "figure network w5"])
def test_the_commands_take_it(command, typed):
    done = run(*command.split(), *typed.split())
    assert done.exit_code == DONE, done.output
    assert len(done.stdout) > 100


@pytest.mark.parametrize("typed", [one for one in BEYOND if BEYOND[one]])
def test_layers_take_it(typed):
    done = run("matrix", "W2", "--format", "json", *typed.split())
    assert done.exit_code == DONE, done.output
    record = json.loads(done.stdout)
    assert record["proof"]["status"] == "proved"
    assert record["proof"]["entries"] == 4
    assert [one["verdict"] for one in record["entries"]] == ["agrees"] * 4


@pytest.mark.parametrize("typed", ["--net 2-3-2 --activation softmax", "--output identity --loss rmse"])
def test_layers_refuse_what_has_no_layer_rules(typed):
    done = run("matrix", "W1", *typed.split())
    assert done.exit_code == REFUSED
    assert "there are no layer rules for" in done.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--skips 1-2", "such as 1:3"), ("--skips 2:1", "leads forward"), ("--skips 0:9", "pair of layers"), ("--skips x", "such as 1:3"),
        ("--l1 nan", "'nan' is not a number"), ("--l2=-1", "at least 0"), ("--l1 w1", "'w1' is given twice"), ("--l2 lambda", "'lamda'"),
        ("--l2 1e999999999", "too large"), ("--dropout 1", "below 1"), ("--dropout half", "below 1"), ("--masks 10", "belong to dropout"),
        ("--dropout 0.5 --masks 12", "1 or 0 for every unit"), ("--dropout 0.5 --masks 101", "[2]"), ("--frozen w99", "w1 … w4"), ("--frozen 3", "freeze"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["gradient w2", "network"])
def test_what_does_not_fit_is_refused_in_one_line(command, typed, said):
    done = run(*command.split(), *typed.split())
    assert done.exit_code == REFUSED
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_source_has_the_numbers_of_what_is_not_learnt():
    done = run("code", "--l2", "lamda", "--frozen", "w1", "--at", "lamda=0.25,w1=-3")
    assert re.search(r"^    lamda = 0.25$", done.stdout, re.MULTILINE)
    assert re.search(r"^    w1 = -3", done.stdout, re.MULTILINE)
    assert run("code", "--l2", "lamda").stdout.count("lamda = 0.1") >= 1


# ---- files of points


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", BEYOND)
def test_a_file_of_a_point_gives_back_its_values(typed, language):
    net = Network(2, 2, 2, **BEYOND[typed])
    point = default_point(net)
    assert read(written([point], net.graph, language), net.graph) == [point]
    own = {one.name for one in (*net.inputs, *net.masks, *net.targets)}
    samples = [{**point, **{name: value for name, value in at.items() if name in own}} for at in random_points(net, 3, 3)]
    assert read(written(samples, net.graph, language), net.graph) == samples


def test_a_file_says_what_each_value_is_for():
    text = run("point", "--activation", "prelu", "--dropout", "0.5", "--l2", "lamda").stdout
    assert re.search(r"\[slopes\]\nalpha1 = 0.25 +# h1, h2\n", text)
    assert re.search(r"\[masks\]\nm_h1 = 1 +# h1\nm_h2 = 0 +# h2\n", text)
    assert "[strengths]\nlamda = 0.1\n" in text


@pytest.mark.parametrize(("name", "said"), [("lamda", "strength of a penalty"), ("alpha1", "is a parameter"), ("w1", "is a parameter")])
def test_what_all_samples_share_is_given_once(name, said):
    net = Network(2, 2, 2, activation="prelu", l2=True)
    point = default_point(net)
    text = written([point, point], net.graph)
    wrong = text.replace("[[samples]]\n", f"[[samples]]\n{name} = 1\n", 1)
    with pytest.raises(DeriveError, match=said):
        read(wrong, net.graph)


# ---- several samples


@pytest.fixture
def samples(tmp_path):
    net = Network(2, 2, 2)
    common = {one.name for one in net.parameters}
    first, *others = random_points(net, 1, 4)
    points = [first, *({**at, **{name: first[name] for name in common}} for at in others)]
    path = tmp_path / "samples.toml"
    path.write_text(written(points, net.graph), "utf-8")
    return str(path)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_mean_over_the_samples_is_checked_and_printed(samples, language):
    done = run("gradient", "w1", "i2", "--at", samples, "--format", "text", "--language", language)
    assert done.exit_code == DONE
    assert "; 2 of 2 mean gradients agree with central differences (largest error" in done.stderr
    assert " ".join(done.stdout.split()).count("taken over all samples at once" if language == "en" else "모든 표본에서") == 2
    record = json.loads(run("gradient", "w1", "--at", samples, "--format", "json").stdout)
    assert record["derivations"][0]["mean"]["verdict"] == "agrees"


def test_the_mean_is_not_checked_where_nothing_is(samples):
    done = run("gradient", "w1", "--at", samples, "--no-check", "--format", "json")
    assert json.loads(done.stdout)["derivations"][0]["mean"] is None
    assert done.stderr == "nothing was checked\n"


# ---- interactive pages


@pytest.mark.parametrize("command", ["gradient w1", "network"])
@pytest.mark.parametrize(("more", "said"), [("--format text", "not text"), ("-o page.tex", "not latex"), ("--hints", "choose one"), ("--blank", "choose one")])
def test_an_interactive_page_is_html_and_no_exercise(command, more, said):
    done = run(*command.split(), "--interactive", *more.split())
    assert done.exit_code == REFUSED
    assert said in done.stderr


@pytest.mark.parametrize(
    ("language", "held"), [("en", "w₁ is held fixed here, so descent leaves it as it is."), ("ko", "여기서 w₁은 고정되어 있어 경사 하강법이 바꾸지 않는다.")]
)
def test_what_is_not_learnt_makes_no_step_of_descent(language, held):
    told = " ".join(run("gradient", "w1", "w2", "--frozen", "w1", "--format", "text", "--language", language).stdout.split())
    assert held in told
    assert "w₁ ←" not in told
    assert "w₂ ←" in told


@pytest.mark.parametrize("beyond", ["--dropout 0.5", "--frozen w1", "--l2 lamda", "--net 2-3-1 --dropout 0.5 --masks 101"])
@pytest.mark.parametrize("picture", ["decision xor", "losses adam", "descent gd --wrt w2,w5"])
def test_the_pictures_of_a_training_take_it(picture, beyond, monkeypatch):
    monkeypatch.setattr("explain.pictures.STEPS", 20)
    done = run("figure", *picture.split(), *(beyond if "--masks" in beyond else f"{beyond} --net 2-2-1").split())
    assert done.exit_code == DONE, done.output
    assert "held=" not in done.stderr
