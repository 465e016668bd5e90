"""The interactive page as a text: what its policy allows, how large it is, what is refused."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive import DeriveError, Network
from explain.boards.quantities import small_number
from explain.cli import explain
from explain.formula import Number
from explain.interactive.markup import shared_words
from explain.interactive.page import interactive_page
from tests.interactive.tabs import page_of, usual


def test_the_policy_allows_its_own_script_and_style_alone():
    text = page_of()
    policy = re.search(r'content="([^"]*)"', text)
    assert policy
    script, style = re.search(r"<script>(.*)</script>", text, re.DOTALL), re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert script
    assert style
    for kind, body in (("script", script[1]), ("style", style[1])):
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\bfetch\(|XMLHttpRequest|import\(", script[1])
    assert not re.search(r"<[a-z][^>]* (?:on[a-z]+|style)=", text[: script.start()])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_small(language):
    assert len(usual(language).encode()) <= 260_000


def test_a_page_with_twice_as_many_derivations_is_less_than_twice_as_large():
    assert len(page_of(Network(3, 4, 2), check=False).encode()) <= 430_000


def test_sentences_of_other_conditions_are_worded_once():
    variants = {}
    body = "".join(
        f'<p data-w="{at}"><strong>So.</strong> <math>{name}</math> rises &amp; falls.</p>\n<p data-w="{at + 1}" hidden>'
        f'<strong>So.</strong> <math>{name}</math> rests.</p>\n<p data-w="{at + 2}" hidden><math>other</math></p><p>.</p>'
        for at, name in ((0, "w"), (3, "b"))
    )
    shorter = shared_words(body, variants)
    assert variants == {("", 0, " ", 1, " rests."): 0}
    assert shorter == body.replace('data-w="0"', 'data-w="0" data-more="0:1"').replace('data-w="3"', 'data-w="3" data-more="0:4"').replace(
        '<p data-w="1" hidden><strong>So.</strong> <math>w</math> rests.</p>\n', ""
    ).replace('<p data-w="4" hidden><strong>So.</strong> <math>b</math> rests.</p>\n', "")


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (("w9",), {}, "w9"),
        (("w1",), {"exact": True}, "exact"),
        (("w1",), {"detail": "long"}, "long"),
        (("w1",), {"language": "fr"}, "fr"),
        (("w1",), {"at": {"w1": 1}}, "no value for"),
    ],
)
def test_what_has_no_such_page_is_refused(names, options, message):
    with pytest.raises(DeriveError, match=message):
        interactive_page(Network(2, 2, 2), names, **options)


def test_too_many_derivations_are_refused():
    with pytest.raises(DeriveError, match="at most 40"):
        interactive_page(Network(2, 20, 2))


@pytest.mark.parametrize(
    ("arguments", "live"),
    [
        ("network -o page.html", True),
        ("network --no-interactive -o page.html", False),
        ("network --hints -o page.html", False),
        ("network --net 2-20-2 -o page.html", False),
        ("gradient w1 -o page.html", False),
        ("gradient w1 --interactive -o page.html", True),
        ("gradient net_h1 i1 --interactive --language ko -o page.html", True),
    ],
)
def test_the_command_line_makes_it(arguments, live, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(explain, arguments.split())
    assert done.exit_code == 0, done.output
    assert ("<script>" in Path("page.html").read_text("utf-8")) is live


def test_other_formats_have_no_such_page():
    assert CliRunner().invoke(explain, ["gradient", "w1", "--interactive", "--format", "text"]).exit_code == 2


def test_an_error_without_a_bound_can_be_set():
    assert small_number(float("inf")) == Number("∞")
