"""Notebooks: what ``%load_ext explain`` shows, and the example notebook, executed from the top."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

import explain
from derive import Network, parse_graph
from derive.differentiation import differentiate
from explain import lecture
from explain.figures import activation
from explain.notebook import MIME, SHOWN, derivation, document, figure, history, report
from numeric import check, train
from numeric.data import default_point

ROOT = Path(__file__).resolve().parent.parent
TOUR = ROOT / "docs" / "tour.ipynb"
NET = Network(1, 1)


class Formatter(dict[str, Any]):
    """What IPython's formatter does with types that are known by name."""

    def for_type_by_name(self, module: str, name: str, shown: Any) -> None:
        self[f"{module}.{name}"] = shown


class Shell:
    """As much of IPython as an extension sees."""

    def __init__(self) -> None:
        self.display_formatter = self
        self.formatters = {MIME: Formatter()}


def test_the_extension_is_loaded_and_unloaded():
    shell = Shell()
    explain.load_ipython_extension(shell)
    assert set(shell.formatters[MIME]) == {f"{module}.{name}" for module, name in SHOWN}
    explain.unload_ipython_extension(shell)
    assert shell.formatters[MIME] == {}


@pytest.mark.parametrize(("module", "name"), SHOWN)
def test_every_kind_is_at_home_where_it_is_said_to_be(module, name):
    kind = getattr(__import__(module, fromlist=[name]), name)
    assert (kind.__module__, kind.__qualname__) == (module, name)


def test_loading_loads_nothing(python):
    watch = "import sys, explain; explain.load_ipython_extension(__import__('types').SimpleNamespace(display_formatter=D())); "
    fake = "class D:\n    formatters = property(lambda self: {'text/markdown': self})\n    for_type_by_name = lambda self, *a: None\n"
    done = python("-c", f"{fake}{watch}print({{'sympy', 'numpy', 'matplotlib'}} & set(sys.modules))")
    assert done.stdout.strip() == "set()", done.stderr


def test_a_derivation_is_its_chain_rule_and_its_closed_form():
    shown = derivation(Network().derivation("w1"))
    assert r"\underbrace" in shown
    assert r"\mathrm{out}_{h1}\,(1 - \mathrm{out}_{h1})" in shown
    assert "0.0409" not in shown


def test_an_expression_is_shown_by_its_rules():
    assert "sin" in derivation(differentiate("x**2*sin(3*x)", "x"))


def test_a_report_is_a_table_with_a_summary():
    shown = report(check(NET.derivation("w1"), default_point(NET)))
    assert shown.count("\n|") >= 5
    assert "agrees" in shown
    assert "steps agree with central differences" in shown


def test_a_training_is_its_curve():
    shown = history(train(NET, [[0.5]], [[1]], steps=3))
    assert "3 steps: loss" in shown
    assert svg_of(shown).lstrip().startswith("<?xml")


def test_a_page_carries_its_pictures():
    page = lecture(parse_graph("y = x**2").derivation("y", "x"), {"x": 3})
    shown = document(page)
    assert "](graph" not in shown
    assert "</svg>" in svg_of(shown)


def test_a_picture_is_shown_with_its_description():
    assert "The activation tanh" in figure(activation("tanh"))


def svg_of(markdown: str) -> str:
    found = re.search(r"!\[[^\]]*\]\(data:image/svg\+xml;base64,([^)]*)\)", markdown)
    assert found, markdown[:400]
    return base64.b64decode(found[1]).decode()


# ---- the example


def test_the_example_is_kept_without_outputs():
    cells = json.loads(TOUR.read_text("utf-8"))["cells"]
    assert [cell["outputs"] for cell in cells if cell["cell_type"] == "code" and cell["outputs"]] == []
    assert cells[1]["source"] == "%load_ext explain"


@pytest.mark.notebook
def test_the_example_runs_and_shows_what_it_promises(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    book = nbformat.read(TOUR, as_version=4)
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output["data"] for cell in book.cells if cell.cell_type == "code" for output in cell.outputs if "data" in output]
    assert len(shown) == sum(cell.cell_type == "code" for cell in book.cells) - 1
    assert all(MIME in data for data in shown)
    whole = "\n".join(data[MIME] for data in shown)
    assert [
        part for part in (r"\frac{\partial", "agree with central differences", "data:image/svg+xml", "Refuted", "2000 steps", "……") if part not in whole
    ] == []
