"""The README is run: its two commands have the right shape, every example gives what stands there, every link leads somewhere."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
TOP = "\n".join(README.splitlines()[:25])
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q "


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text):
    return [line for block in blocks(text, "sh") for line in block.splitlines()]


def sessions(text):
    """Each ``$ explain …`` with the output shown below it."""
    return [part.split("\n", 1) for block in blocks(text, "console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]


SESSIONS = sessions(README)


def test_the_top_shows_what_it_is_and_how_to_run_it():
    assert "every gradient derived, explained and checked" in TOP.lower()
    assert "0.0409" in TOP
    assert [line.removeprefix(SET_UP) for line in commands(TOP)] == [". && .venv/bin/explain gradient w1", "'.[test]' && .venv/bin/pytest -n auto"]


def test_python_examples_give_what_stands_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = "\n".join(blocks(README, "pycon"))
    example = doctest.DocTestParser().get_doctest(source, {}, "README.md", "README.md", 0)
    assert len(example.examples) >= 10
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert said == []


@pytest.mark.parametrize(("command", "shown"), SESSIONS, ids=[command for command, _ in SESSIONS])
def test_command_line_examples_print_what_stands_there(command, shown, python, tmp_path):
    program, *arguments = shlex.split(command)
    assert program == "explain"
    done = python("-m", "explain", *arguments, cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stderr
    got = done.stdout + done.stderr  # as a terminal shows them: the page, then the closing line
    assert doctest.OutputChecker().check_output(shown, got, doctest.ELLIPSIS), got


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_and_named_files_exist(page):
    text = (ROOT / page).read_text("utf-8")
    linked = [target for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in target]
    named = re.findall(r"`((?:derive|numeric|explain|tests|\.ci)/[\w./]+)`", text)
    assert [target for target in linked + named if not (ROOT / target).exists()] == []


def test_ci_pre_commit_and_contributing_run_the_same():
    ci = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    (_, written) = [block.splitlines() for block in blocks((ROOT / "CONTRIBUTING.md").read_text("utf-8"), "sh")]
    told = [one for line in written for one in line.split(" && ")]
    assert hooks == told[:-1] == [line for line in ci if line in hooks]
    assert commands(TOP)[-1].endswith(f"/{told[-1]}")
    assert ci[-1] == f"CI=true python -m {told[-1]}"
