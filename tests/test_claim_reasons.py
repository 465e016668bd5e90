"""Why a claim is undecided: every line that the rooms below can give has its sentence, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import derive
from explain.document import Math, Text
from explain.locales import LANGUAGES, locale
from explain.notation import Board
from explain.pages.claim_reasons import REASONS, told_reason
from explain.pages.claims import judged
from explain.writers import write

DERIVE = Path(derive.__file__).parent

LINES = {
    "it takes longer than 2.5 s": "2.5",
    "multiplying out takes too many terms": "terms",
    "1200 paths lead from w1 to Loss; at most 500 are multiplied out": "500",
    "the limit as x goes to oo was not found: no luck": "was not found",
    "the limit as x goes to oo is no real number that was found, but oo": "∞",
    "the limit as x goes to 0 is no real number that was found, but oo or -oo": "±",
    "divides by zero": "zero",
    "the sign of x - x is the sign of zero": "sign",
    "the condition Ne(x, 0) is no comparison": "does not compare",
    "Piecewise((x, x > 0)) says nothing for the rest": "leave",
    "floor(x) is outside what is proved here": "floor(x)",
    "zoo is no number": "no number",
    "no point was found at which both sides are defined": "No point",
}


def text(line: str, language: str = "en") -> str:
    parts = told_reason(Board(), locale(language), line)
    return "".join(part.text if isinstance(part, Text) else str(part.formula) if isinstance(part, Math) else "" for part in parts)


@pytest.mark.parametrize("line", LINES)
def test_a_line_has_its_sentence(line: str) -> None:
    assert LINES[line] in text(line)
    assert "stands in the way" not in text(line)
    assert not re.search("[a-z]{4,}", re.sub(r"(Name|Script|Row|Fence|Number|Prefix|Text|Loss|function|auto|floor|Piecewise|None|x)", "", text(line, "ko")))


def test_every_line_that_is_raised_is_known() -> None:
    """What ``derive`` raises as its reason, read from its source, each place in braces filled with a name."""
    source = "\n".join(path.read_text("utf-8") for path in DERIVE.rglob("*.py"))
    raised = re.findall(r'(?:OutsideError|TooLargeError|TooLongError)\(f?"([^"]*)"\)', source) + re.findall(r'Verdict\("undecided", f?"([^"]*)"', source)
    assert len(raised) >= 12
    lines = [re.sub(r"\{[^}]*\}", "7", line) for line in raised]
    assert [line for line in lines if not any(re.fullmatch(pattern, line, re.DOTALL) for pattern in REASONS)] == []


def test_an_unknown_line_is_told_as_it_is() -> None:
    assert "the moon is full" in text("the moon is full")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_it(language: str) -> None:
    document, verdict = judged("limit(x, x, oo) = 1", language=language)
    assert verdict.status == "undecided"
    assert verdict.method.startswith("the limit as x goes to oo")
    told = str(write(document, "text").main)
    assert verdict.method not in told
    assert "∞" in told
