"""``explain code``: what is printed is a program by itself, and it gives the numbers that the package gives."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from derive import Network, parse_graph
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED
from explain.locales import LANGUAGES
from explain.writers import WRITERS
from numeric import compile_gradient, loss_and_gradient

SHOP = "apples = apple * count\nprice = apples * tax\n"
THETA, INPUTS, TARGETS = [0.1 * place for place in range(1, 13)], [[0.5, 1.0], [-1.0, 0.25]], [[1.0, 0.0], [0.0, 1.0]]


def run(*arguments: str, input: str | None = None) -> Result:
    done = CliRunner().invoke(explain, ["code", *arguments], input=input)
    assert done.exit_code == DONE, done.output
    return done


def executed(path, call: str):
    """What a file gives that is run in a Python that does not know this checkout."""
    path.write_text(path.read_text("utf-8") + f"\nimport json\nprint(json.dumps({call}))\n", "utf-8")
    done = subprocess.run([sys.executable, "-I", path.name], cwd=path.parent, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_source_is_led_into_a_file_and_runs(tmp_path):
    path = tmp_path / "network.py"
    path.write_text(run().stdout, "utf-8")
    call = f"(lambda loss, slope: [float(loss), slope.tolist()])(*loss_and_gradient(np.array({THETA}), np.array({INPUTS}), np.array({TARGETS})))"
    loss, gradient = loss_and_gradient(Network())(THETA, INPUTS, TARGETS)
    found = executed(path, call)
    assert found[0] == pytest.approx(loss)
    assert found[1] == pytest.approx(list(gradient))


def test_plain_python_needs_no_numpy_and_gives_the_same(tmp_path):
    path = tmp_path / "network.py"
    run("--lang", "python", "-o", str(path))
    assert "numpy" not in path.read_text("utf-8")
    loss, gradient = loss_and_gradient(Network())(THETA, INPUTS[:1], TARGETS[:1])
    found = executed(path, f"sample_loss_and_gradient({THETA}, {INPUTS[0]}, {TARGETS[0]})")
    assert found[0] == pytest.approx(loss)
    assert found[1] == pytest.approx(list(gradient))


@pytest.mark.parametrize("lang", ["numpy", "python"])
def test_a_graph_has_its_source_too(tmp_path, lang):
    path = tmp_path / "shop.py"
    path.write_text(run("-", "--wrt", "apple", "--wrt", "tax", "--lang", lang, input=SHOP).stdout, "utf-8")
    value, slopes = compile_gradient(parse_graph(SHOP), "price", ["apple", "tax"])({"apple": 100, "count": 2, "tax": 1.5})
    assert executed(path, "gradient(100, 2, 1.5)") == [value, *slopes.values()]


def test_remarks_say_what_goes_in():
    head = run("--net", "3-2-1").stdout
    assert re.match("# Written by gradnotes .*Network\\(3, 2, 1", head)
    assert "# theta: w1 … w6, b1, b2, w7, w8 and b3\n# inputs: i1 … i3\n# targets: t_o1\n" in head


def test_the_last_line_says_how_to_call_it():
    assert re.fullmatch(r"\d+ lines of numpy; call loss_and_gradient\(theta, inputs, targets\)\n", run().stderr)


@pytest.mark.parametrize("format", [one for one in WRITERS if one != "pdf"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_prints_the_source(format, language):
    page = run("--format", format, "--lang", "python", "--language", language).stdout
    assert "net" in page
    assert "theta" in page


def test_the_data_hold_the_source_itself():
    assert json.loads(run("--format", "json").stdout)["source"] == run().stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lang", "cobol"], "no lang 'cobol'; there is numpy, python, javascript and c"),
        (["--of", "price"], "--of and --wrt belong to a graph"),
        (["-", "--of", "prise"], "did you mean 'price'"),
        (["-o", "x.docx"], "no format for the suffix '.docx'"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, said):
    done = CliRunner().invoke(explain, ["code", *arguments], input=SHOP)
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert said in done.stderr
