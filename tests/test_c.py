"""C from the facts, compiled by the machine's compiler: its numbers are Python's."""

from __future__ import annotations

import ctypes
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from click.testing import CliRunner
from sympy import Add, Symbol

from derive import Definition, DeriveError, Graph, Network, parse_graph
from derive.activations import ACTIVATIONS
from derive.losses import LOSSES
from explain.cli import explain
from numeric import compile_gradient, loss_and_gradient
from numeric.code.c import WORDS, C
from numeric.code.printers import SCALAR
from numeric.data import random_points

Doubles = ctypes.POINTER(ctypes.c_double)
COMPILER = shutil.which("gcc") or shutil.which("cc")
FLAGS = ["-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Wno-unused", "-Werror", "-shared", "-fPIC"]
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no gcc or cc on this machine")


@cache
def library(*sources: str) -> list[ctypes.CDLL]:
    """Each of the sources compiled and loaded, without a warning."""
    assert COMPILER
    with TemporaryDirectory() as folder:
        made = []
        for number, source in enumerate(sources):
            path, shared = Path(folder) / f"{number}.c", Path(folder) / f"{number}.so"
            path.write_text(source, "utf-8")
            command = [COMPILER, *FLAGS, str(path), "-o", str(shared), "-lm"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            made.append(ctypes.CDLL(str(shared)))
        return made


def pointwise(source: str, count: int) -> Callable[[list[float]], list[float]]:
    """``gradient`` of a source with so many slopes, as a function of its givens."""
    gradient = library(source)[0].gradient
    gradient.restype = ctypes.c_double

    def function(at: list[float]) -> list[float]:
        slopes = (ctypes.c_double * count)()
        return [gradient(*map(ctypes.c_double, at), slopes), *slopes]

    return function


def close(found: object, expected: object) -> None:
    """Equal to 1e-12 relative; where terms cancel, to 1e-14 of terms of size 1."""
    np.testing.assert_allclose(np.array(found, float), np.array(expected, float), rtol=1e-12, atol=1e-14)


def outputs() -> list[dict[str, str]]:
    """Every loss after the first output that it takes."""
    found = []
    for loss in LOSSES:
        for output in ("sigmoid", "softmax", "identity", "tanh"):
            try:
                Network(2, 2, 2, output=output, loss=loss)
            except DeriveError:  # an output that leaves the domain of the loss
                continue
            found.append({"output": output, "loss": loss})
            break
    return found


@needs_compiler
@pytest.mark.parametrize("options", [*({"activation": name} for name in ACTIVATIONS), *outputs()], ids=str)
def test_every_activation_and_loss_gives_pythons_numbers(options):
    net = Network(2, 2, 2, **options)
    compiled = compile_gradient(net.graph, net.loss, net.parameters)
    run = pointwise(compiled.c_source, len(net.parameters))
    for one in random_points(net.graph, 7, 100):
        point = {name: float(value) for name, value in one.items()}
        try:
            value, slopes = compiled(point)
        except DeriveError:  # such as R² of targets that are all alike
            assert not np.isfinite(run(list(point.values()))).all()
        else:
            close(run(list(point.values())), [value, *slopes.values()])


@needs_compiler
def test_the_function_of_a_sample_takes_arrays():
    net = Network(2, 3, 2, activation="swish", l2="0.1")
    f, draw = loss_and_gradient(net), random.Random(1)
    run = library(f.c_source)[0].sample_loss_and_gradient
    run.restype, run.argtypes = ctypes.c_double, [Doubles] * 4
    theta, inputs, targets = ([draw.gauss(0, 1) for _ in range(count)] for count in (len(net.parameters), 2, 2))
    slopes = (ctypes.c_double * len(theta))()
    targets = [abs(one) % 1 for one in targets]
    loss = run(*((ctypes.c_double * len(one))(*one) for one in (theta, inputs, targets)), slopes)
    expected, gradient = f(theta, [inputs], [targets])
    close([loss, *slopes], [expected, *gradient])


@needs_compiler
@pytest.mark.parametrize("text", ["x**2/3 + (1/2)*x**2.5 + y/(3*4)", "2/3*x - 1/y", "(2*x)**(-2) + 7**y/2", "-x**2*y**2.5", "2**-x - (x + y)**(-1/2)"])
def test_whole_numbers_are_divided_as_numbers(text):
    graph, at = parse_graph(f"f = {text} + 0*y"), {"x": 1.25, "y": 0.75}
    compiled = compile_gradient(graph, "f", ["x", "y"])
    value, slopes = compiled(at)
    close(pointwise(compiled.c_source, 2)([at[one.name] for one in graph.givens]), [value, *slopes.values()])


@needs_compiler
def test_names_that_mean_something_in_c():
    words = [*sorted(one for one in WORDS if not iskeyword(one) and "_" not in one), *"M_PI EOF DOMAIN exp y1 j0 gamma isnan sin main printf x".split()]
    graph = Graph(words, [Definition(Symbol("register1"), Add(*(place * Symbol(one) ** 2 for place, one in enumerate(words, 1))))])
    compiled = compile_gradient(graph, "register1", words)
    value, slopes = compiled(dict.fromkeys(words, 0.1))
    close(pointwise(compiled.c_source, len(words))([0.1] * len(words)), [value, *slopes.values()])


def test_the_dialect_has_what_the_scalar_one_has():
    assert C.functions.keys() >= SCALAR.functions.keys()
    for name, text in SCALAR.forms.items():
        assert set(re.findall(r"{(\w+)}", C.forms[name])) == set(re.findall(r"{(\w+)}", text)), name
        assert not re.search(r"\bif\b|\*\*|\babs\b", C.forms[name]), name


def test_the_program_goes_into_a_file_of_its_suffix(tmp_path):
    path = tmp_path / "network.c"
    done = CliRunner().invoke(explain, ["code", "--lang", "c", "-o", str(path)])
    assert done.exit_code == 0, done.output
    assert "call sample_loss_and_gradient(" in done.stderr
    assert path.read_text("utf-8").startswith("// Written by gradnotes")
    assert "```c\n//" in CliRunner().invoke(explain, ["code", "--lang", "c", "--format", "markdown"]).stdout
