"""``explain graph``: a computational graph from a file or standard input, with and without values."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from golden import hold

from derive import parse_graph
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED, SYSTEM
from explain.narrate import lecture

SHOP = """\
# Two apples and three oranges, with tax
apples = apple * apple_count
oranges = orange * orange_count
total = apples + oranges
price = total * tax
"""
VALUES = "apple=100,apple_count=2,orange=150,orange_count=3,tax=1.1"


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.txt"
    path.write_text(SHOP, encoding="utf-8")
    return str(path)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(explain, ["graph", *arguments], input=input)


def good(*arguments: str, input: str | None = None) -> Result:
    done = run(*arguments, input=input)
    assert done.exit_code == DONE, done.output
    return done


@pytest.mark.parametrize(("name", "options"), [("shop", []), ("shop-ko", ["--language", "ko", "--label", "apple=사과"])])
def test_the_page_reads_as_it_was_reviewed(shop, name, options):
    hold(name, good(shop, "--wrt", "apple", "--at", VALUES, "--format", "text", *options).stdout)


def test_the_numbers_are_those_of_the_shop(shop):
    record = json.loads(good(shop, "--at", VALUES, "--format", "json").stdout)
    found = {one["claim"]["wrt"]: one["steps"][-1]["number"] for one in record["derivations"]}
    assert found == {"apple": "11/5", "apple_count": 110, "orange": "33/10", "orange_count": 165, "tax": 650}


def test_every_step_is_checked(shop):
    assert re.fullmatch(r"(\d+) of \1 steps agree with central differences \(.*\)\n", good(shop, "--at", VALUES).stderr)


def test_standard_input_a_node_and_several_variables():
    record = json.loads(good("-", "--of", "total", "--wrt", "orange", "--wrt", "apple", "--format", "json", input=SHOP).stdout)
    assert [(one["claim"]["of"], one["claim"]["wrt"]) for one in record["derivations"]] == [("total", "orange"), ("total", "apple")]


def test_without_values_the_page_has_no_numbers_and_the_line_says_how_to_give_them(shop):
    done = good(shop, "--wrt", "tax", "--format", "text")
    assert done.stderr == "no values, so no numbers and no differences; --at apple=…,apple_count=…,orange=…,orange_count=…,tax=… gives them\n"
    assert "= total" in done.stdout
    assert not re.search(r"\d\.\d", done.stdout)


def test_a_file_of_values_is_completed_by_single_ones(shop, tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text("apple = 100\napple_count = 2\norange = 150\norange_count = 3\ntax = 1.1\n", encoding="utf-8")
    record = json.loads(good(shop, "--at", str(path), "--at", "tax=2", "--wrt", "apple", "--format", "json").stdout)
    assert record["derivations"][0]["steps"][-1]["number"] == 4


def test_the_picture_carries_the_numbers_where_there_are_some(shop):
    pages = [str(good(shop, "--wrt", "apple", "--format", "html", *at).stdout) for at in ([], ["--at", VALUES])]
    assert all("data:image/svg+xml" in page for page in pages)
    assert ["its share of the derivative" in page for page in pages] == [False, True]


def test_a_graph_too_large_for_a_picture_has_none():
    long = parse_graph("\n".join(f"x{place + 1} = x{place} + a" for place in range(70)))
    assert "<img" not in str(lecture(long.derivation("x70", "a")).to("html"))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("3", "Positive: raising x by a small amount h raises y by about 6 h."),
        ("-0.5", "lowers y by about h."),
        ("0", "Zero: to first order y does not change"),
    ],
)
def test_the_meaning_follows_the_sign(value, sentence):
    assert sentence in " ".join(good("-", "--at", f"x={value}", "--format", "text", input="y = x**2").stdout.split())


REFUSALS = {
    "--wrt aple": "no node 'aple'; this graph has.*did you mean 'apple'",
    "--of prise": "no node 'prise'.*did you mean 'price'",
    "--at apple=1": "--at apple=1: there is no value for apple_count, orange, orange_count and tax",
    "--at aple=1": "--at aple=1: no value 'aple'; this graph takes.*did you mean 'apple'",
    "--at total=1": "total is computed from its definition",
    "--label price=": "--label.*no NAME=TEXT",
}


@pytest.mark.parametrize("options", REFUSALS)
def test_what_does_not_fit_is_refused(shop, options):
    done = run(shop, *options.split())
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert re.search(REFUSALS[options], done.stderr), done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = b +", "line 1, column 8"),
        ("a = b\na = c", "line 2, column 1: 'a' is defined already in line 1"),
        ("a = __import__('os')", "line 1"),
        ("", "defines nothing"),
    ],
)
def test_a_malformed_graph_is_refused_at_its_place(text, said):
    done = run("-", input=text)
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert done.stderr.startswith("explain: standard input: ")
    assert said in done.stderr


def test_a_missing_file_and_two_readers_of_standard_input():
    done = run("nowhere.txt")
    assert (done.exit_code, done.stderr) == (SYSTEM, "explain: nowhere.txt: No such file or directory\n")
    assert run("-", "--at", "-", input=SHOP).exit_code == REFUSED


def test_the_shell_completes_the_names_of_the_graph(shop, python):
    words = f"explain graph {shop} --wrt ora"
    done = python("-m", "explain", _EXPLAIN_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="4")
    assert [line.partition(",")[2] for line in done.stdout.split()] == ["orange", "orange_count", "oranges"]
