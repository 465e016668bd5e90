"""``--hints`` and ``--blank``: the same page asked step by step, and as a sheet; what is left out and when it is told."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from click.testing import CliRunner, Result
from golden import hold
from processes import COMMAND, PATIENCE, terminal

from derive import Network
from explain import lecture
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED
from explain.exercises import blank, hints, stages
from explain.locales import LANGUAGES
from explain.writers import WRITERS, equation_numbers

NET = Network()
PAGES = {
    "one": lecture(NET.derivation("w1")),
    "all": lecture([NET.derivation(one) for one in NET.parameters]),
    "brief": lecture(NET.derivation("w5"), detail="brief"),
    "full": lecture(NET.derivation("w5"), detail="full"),
    "korean": lecture(NET.derivation("w2"), language="ko"),
    "delta": lecture(NET.derivation("w1"), notation="delta"),
    "deep": lecture(Network(2, 2, 2, 1, activation="tanh").derivation("w1")),
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, ["gradient", *arguments])


def words(page: str | bytes) -> str:
    return " ".join(str(page).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exercise", ["hints", "blank"])
def test_the_exercise_reads_as_it_was_reviewed(exercise, language):
    name = f"{exercise}-w1" if language == "en" else f"{exercise}-w1-{language}"
    hold(name, run("w1", f"--{exercise}", "--format", "text", "--language", language).stdout)


@pytest.mark.parametrize("name", PAGES)
def test_no_equation_is_lost_and_the_numbers_stay(name):
    page = PAGES[name]
    assert equation_numbers(hints(page)) == equation_numbers(page) == equation_numbers(blank(page))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("format", [one for one in WRITERS if one != "pdf"])
def test_every_page_can_be_an_exercise_in_every_format(name, format):
    if name in ("one", "korean", "all"):
        assert hints(PAGES[name]).to(format)
        assert blank(PAGES[name]).to(format)


@pytest.mark.parametrize("name", PAGES)
def test_hints_leave_nothing_out(name):
    whole, asked = (re.findall(r"[0-9.]{4,}", words(page.to("text"))) for page in (PAGES[name], hints(PAGES[name])))
    assert sorted(whole) == sorted(asked)


@pytest.mark.parametrize("name", PAGES)
def test_the_stages_add_to_each_other_up_to_the_whole(name):
    asked = hints(PAGES[name])
    texts = [str(stage.to("text")) for stage in stages(asked)] if name != "all" else []
    assert all(after.startswith(before.rstrip("\n")) for before, after in pairwise(texts))
    assert not texts or texts[-1] == asked.to("text")


def test_a_stage_ends_in_a_question_or_in_its_hint_and_never_shows_the_answer():
    texts = [words(stage.to("text")) for stage in stages(hints(PAGES["one"]))]
    assert len(texts) == 2 * 12 + 1
    assert texts[0].endswith("1. What does the chain rule make of ∂Loss/∂w₁?")
    assert "0.0409" not in "".join(texts[:-1])
    assert texts[6].endswith("4. What is ∂out_o1/∂net_o1?")
    assert texts[7].endswith("Hint: the slope of σ, written in its output")


def test_the_sheet_shows_no_result_before_the_answers():
    sheet, answers = words(blank(PAGES["one"]).to("text")).split(" Answers ")
    results = ("0.0409", "0.2548", "0.1899", "−1.3420", "out_o1 − t_o1", "cancels")
    assert [one for one in results if one in sheet] == []
    assert [one for one in results if one not in answers] == []
    assert len(re.findall("…{8}", sheet)) == 11


def test_hints_are_numbered_through_the_page():
    text = str(hints(PAGES["all"]).to("text"))
    numbers = [int(one) for one in re.findall(r"^ *(\d+)\. [A-Z]", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 40


def test_both_at_once_are_refused():
    done = run("w1", "--hints", "--blank")
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert "choose one" in done.stderr


def test_a_graph_has_exercises_too(tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("a = x*y\nb = a**2\n", "utf-8")
    done = CliRunner().invoke(explain, ["graph", str(path), "--wrt", "x", "--at", "x=2,y=3", "--blank", "--format", "text"])
    assert done.exit_code == DONE
    assert "………" in done.stdout


def test_without_a_terminal_nothing_waits():
    assert "12. What do the factors give together" in words(run("w1", "--hints", "--format", "text").stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are those of Unix here")
def test_on_a_terminal_every_enter_shows_one_thing_more():
    asked = (*COMMAND, "gradient", "w1", "--hints", "--format", "text")
    with terminal(*asked, on=("stdin", "stdout"), stderr=subprocess.DEVNULL) as (screen, process):
        screen.shown("1. What does the chain rule make of ∂Loss/∂w₁?")
        screen.type("\n")
        assert "net_o2" not in screen.shown("Hint: One product per path; what the paths share is taken out once:")
        screen.type("\n")
        screen.shown("2. What is ∂Loss/∂out_o1?")
        screen.type("\x04")  # the end of input: the rest is shown
        assert re.search(r"0\.0409.*agrees\s+\(largest", screen.shown(), re.DOTALL)
        assert process.wait(PATIENCE) == DONE


def test_what_is_asked_of_each_derivative_stands_on_the_sheet_and_its_title_above_the_answers(tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("t = x + y\nz = t**2\n", "utf-8")
    done = CliRunner().invoke(explain, ["graph", str(path), "--at", "x=1,y=2", "--blank", "--format", "text"])
    sheet, answers = done.stdout.split("Answers\n")
    for name in "xy":
        assert f"How does z change when only {name} changes?" in sheet
        assert f"The derivative with respect to {name}" in answers
    assert "How does" not in answers
    assert "raises z" not in sheet


def test_no_title_stands_alone_on_the_sheet():
    sheet, answers = run_network("--blank").stdout.split("Answers\n")
    assert "One step" not in sheet.split("Forward", 2)[-1]
    assert "One step" in answers


def run_network(*arguments):
    return CliRunner().invoke(explain, ["network", "--format", "text", *arguments])
