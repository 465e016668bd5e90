"""The arrows between the rooms: who may import whom, read off the source, and what each entry really loads."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# For each room, what it may import besides itself and the standard library.
MAY_IMPORT = {
    "derive": {"sympy", "mpmath"},
    "numeric": {"derive", "sympy", "mpmath", "numpy", "numba", "jax", "pytest"},
    "explain": {"derive", "numeric", "sympy", "mpmath", "numpy", "matplotlib", "click", "rich", "typst", "fontTools"},
}
SOURCES = [path for room in MAY_IMPORT for path in sorted((ROOT / room).rglob("*.py"))]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and top-level name of everything imported anywhere in a module; relative imports stay in their room."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and _name(node.func) in {"import_module", "__import__"} and node.args:
            yield from ((node.lineno, one) for one in _literal(node.args[0]))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literal(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and not argument.value.startswith("."):
        yield argument.value.partition(".")[0]


def wrong_arrows(room: str, source: str) -> list[str]:
    allowed = MAY_IMPORT[room] | {room} | sys.stdlib_module_names
    return [f"line {line}: {name}" for line, name in imported(ast.parse(source)) if name not in allowed]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_import_follows_the_arrows(path):
    assert wrong_arrows(path.relative_to(ROOT).parts[0], path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("derive", "import numeric"),
        ("derive", "import numpy as np"),
        ("derive", "import sympy, matplotlib.pyplot"),
        ("derive", "def f():\n    from explain.formula import Row"),
        ("derive", "from importlib import import_module\nimport_module('numeric.values')"),
        ("derive", "if TYPE_CHECKING:\n    from numeric import check"),
        ("numeric", "from explain import latex"),
        ("numeric", "class A:\n    def f(self):\n        __import__('explain')"),
        ("explain", "import pandas"),
    ],
)
def test_a_wrong_arrow_is_seen(room, source):
    assert len(wrong_arrows(room, source)) == 1


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("derive", "from .steps import Total\nimport sympy"),
        ("numeric", "import_module(f'.{name}', __name__)\nfrom derive import Network"),
        ("explain", "import numeric"),
    ],
)
def test_a_right_arrow_passes(room, source):
    assert wrong_arrows(room, source) == []


def test_every_library_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    declared = {re.split(r"[^\w-]", one)[0].lower() for one in requirements} | {"mpmath"}  # SymPy's own arithmetic, which it requires
    used = {name.lower() for path in SOURCES for _, name in imported(ast.parse(path.read_text("utf-8")))}
    assert used - {name.lower() for name in sys.stdlib_module_names} - set(MAY_IMPORT) <= declared


# What a program leaves in sys.modules is printed at its very end, whichever way it ends.
WATCH = "import atexit, sys; atexit.register(lambda: print('loaded:', *{one.partition('.')[0] for one in sys.modules}, file=sys.stderr)); "
COMMAND = WATCH + "import runpy; runpy.run_module('explain', run_name='__main__', alter_sys=True)"


@pytest.mark.parametrize(
    ("program", "arguments", "unwanted"),
    [
        pytest.param("import derive", [], {"numpy", "matplotlib", "numeric", "explain", "rich", "click"}, id="import derive"),
        pytest.param("import numeric, explain", [], {"sympy", "numpy", "matplotlib", "rich", "click"}, id="import numeric, explain"),
        pytest.param(None, ["--help"], {"sympy", "numpy", "matplotlib", "rich"}, id="explain --help"),
        pytest.param(None, ["gradient", "--help"], {"sympy", "numpy", "matplotlib", "rich"}, id="explain gradient --help"),
        pytest.param(None, ["gradient", "w1"], {"numpy", "matplotlib", "rich"}, id="explain gradient w1"),
        pytest.param(None, ["gradient", "all", "--format", "text"], {"numpy", "matplotlib", "rich"}, id="explain gradient all --format text"),
    ],
)
def test_nothing_heavy_is_loaded(python, program, arguments, unwanted):
    done = python("-c", WATCH + program if program else COMMAND, *arguments)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.splitlines()[-1].removeprefix("loaded:").split())
    assert "sys" in loaded
    assert loaded & unwanted == set()


@pytest.mark.parametrize("room", ["numeric", "explain"])
def test_every_late_name_arrives(room):
    module = importlib.import_module(room)
    assert module.__all__
    assert set(module.__all__) <= set(dir(module))
    assert [name for name in module.__all__ if getattr(module, name, None) is None] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        module.no_such_name  # noqa: B018 (the look-up itself is what is tested)
