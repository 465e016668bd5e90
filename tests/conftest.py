"""What every test may need: the tools that markers ask for, the command line as a process, and TeX.

A test marked ``tex``, ``typst``, ``pdf`` or ``browser`` is skipped with the reason where its tool is absent, and fails there when
CI=true. To add a tool: a marker in pyproject.toml and a row in NEEDS.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# Machines that share their processors miss any deadline; where CI runs, the same examples come every time.
settings.register_profile("shared", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "shared")


@cache
def _missing_tex() -> str:
    if not shutil.which("pdflatex"):
        return "there is no pdflatex on the PATH"
    found = subprocess.run(["kpsewhich", "amsmath.sty", "tikz.sty", "kotex.sty"], capture_output=True, text=True, timeout=60, check=False)
    absent = [name for name in ("amsmath.sty", "tikz.sty", "kotex.sty") if name not in found.stdout]
    return f"this TeX lacks {', '.join(absent)}" if absent else ""


@cache
def _missing_browser() -> str:
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed (pip install '.[browser]')"
    return "" if shutil.which("chromium") else "there is no chromium on the PATH"


def _missing_typst() -> str:
    return "" if importlib.util.find_spec("typst") else "typst is not installed (pip install '.[pdf]')"


def _missing_typesetter() -> str:
    return f"{_missing_tex()}, and {_missing_typst()}" if _missing_tex() and _missing_typst() else ""


def pytest_configure() -> None:
    """A script in the background ignores interrupts, and so would every process that a test starts and interrupts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@cache
def _missing_notebook() -> str:
    absent = [name for name in ("nbclient", "ipykernel") if importlib.util.find_spec(name) is None]
    return f"{' and '.join(absent)} not installed (pip install '.[notebook]')" if absent else ""


NEEDS: dict[str, Callable[[], str]] = {
    "tex": _missing_tex,
    "typst": _missing_typst,
    "pdf": _missing_typesetter,
    "browser": _missing_browser,
    "notebook": _missing_notebook,
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, missing in NEEDS.items():
        reason = missing() if item.get_closest_marker(marker) else ""
        if reason and os.environ.get("CI") == "true":
            pytest.fail(f"{marker} tests are required where CI=true, but {reason}", pytrace=False)
        elif reason:
            pytest.skip(reason)


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """``python("-m", "explain", "--help")``: a fresh Python, run to its end in the checkout or in ``cwd``; ``env`` is added."""

    def run(*arguments: str, cwd: Path = ROOT, timeout: float = 120, **env: str) -> subprocess.CompletedProcess[str]:
        surroundings = {**os.environ, "PYTHONUTF8": "1", **env}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=cwd, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=timeout, check=False)

    return run


@dataclass(frozen=True)
class Compiled:
    """What pdflatex made of a page, and what it had to say about it."""

    pdf: Path
    log: str

    @property
    def overfull(self) -> list[tuple[float, str]]:
        """Every box that is too wide or too high: by how many points, and where."""
        return [(float(match[1]), match[0]) for match in re.finditer(r"^Overfull \\[hv]box \(([\d.]+)pt too (?:wide|high)\).*", self.log, re.MULTILINE)]

    @property
    def lost(self) -> list[str]:
        """What does not reach the page although TeX goes on: characters without a glyph, references without a target."""
        return re.findall(r"^(?:Missing character: .*|LaTeX Warning: (?:Reference|Label|Citation) .*)", self.log, re.MULTILINE)


@pytest.fixture
def compile_tex(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Compiled]:
    """``compile_tex(page)`` runs pdflatex twice on a copy of the page's folder: no shell, no file outside it, 60 s at most.

    Fails the test with TeX's own message where the page does not compile.
    """

    def run(page: Path) -> Compiled:
        folder = tmp_path_factory.mktemp("tex") / "page"
        shutil.copytree(page.parent, folder)
        command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", page.name]
        shut_in = {**os.environ, "openin_any": "p", "openout_any": "p", "max_print_line": "1000"}
        for _ in range(2):  # the second run knows the numbers of the equations
            done = subprocess.run(command, cwd=folder, env=shut_in, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
            if done.returncode:
                pytest.fail(f"{page.name} does not compile:\n{_complaint(done.stdout.decode('utf-8', 'replace'))}", pytrace=False)
        return Compiled((folder / page.name).with_suffix(".pdf"), (folder / page.name).with_suffix(".log").read_text("utf-8", "replace"))

    return run


def _complaint(log: str) -> str:
    start = log.find("\n!")
    return log[start : start + 800] if start >= 0 else log[-800:]
