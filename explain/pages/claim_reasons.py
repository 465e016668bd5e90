"""Reasons: what stood in the way of a verdict, in the words of the page's language.

A verdict gives its reason as a line of English. To add one: a row in ``REASONS``, whose named groups are the parts of
the sentence, and the sentence in every locale; the tests hold the rows against the lines that ``derive`` raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from derive.errors import DeriveError
from derive.parsing import parse_expression

from ..document import Inline
from ..formula import Formula, Name, Prefix, row
from ..locales import Locale, Part
from ..notation import Board

__all__ = ["REASONS", "told_reason"]

OPEN = "claim.open"

REASONS: Mapping[str, str] = {
    "no proof was found, and no point at which the two sides differ": OPEN,
    "the two sides are not the same in free generators, and differ at no point that was tried": OPEN,
    "no point was found at which both sides are defined": "claim.no point",
    "there is no point at which both sides are defined": "claim.nowhere",
    r"it takes longer than (?P<seconds>\S+) s": "claim.reason.time",
    "multiplying out takes too many terms": "claim.reason.terms",
    r"(?P<paths>\d+) paths lead from (?P<wrt>\w+) to (?P<of>\w+); at most (?P<most>\d+) are multiplied out": "claim.reason.paths",
    r"the limit as (?P<x>\w+) goes to (?P<at>\S+) was not found: .*": "claim.reason.limit",
    r"the limit as (?P<x>\w+) goes to (?P<at>\S+) is no real number that was found, but (?P<value>.+)": "claim.reason.no number",
    "divides by zero": "claim.reason.zero",
    r"the sign of (?P<what>.+) is the sign of zero": "claim.reason.sign",
    r"the condition (?P<what>.+) is no comparison": "claim.reason.condition",
    r"(?P<what>.+) says nothing for the rest": "claim.reason.cases",
    r"(?P<what>.+) is outside what is proved here": "claim.reason.outside",
    r"(?P<what>.+) is no number": "claim.reason.no value",
    "it is proved for a part of the kink only": "claim.reason.kink",
    "the kink is not solved for a name": "claim.reason.kink",
}

NUMBERS = ("seconds", "paths", "most")


def told_reason(board: Board, words: Locale, reason: str) -> tuple[Inline, ...]:
    """Why a claim is undecided, as a sentence; in the line's own words where no row knows it."""
    for pattern, key in REASONS.items():
        found = re.fullmatch(pattern, reason, re.DOTALL)
        if found:
            return words.say(key, **{name: _part(board, name, text) for name, text in found.groupdict().items()})
    return words.say("claim.reason", reason=reason)


def _part(board: Board, name: str, text: str) -> Part:
    return text if name in NUMBERS else _formula(board, text)


def _formula(board: Board, text: str) -> Part:
    """An expression of SymPy's as the board sets it; as text where it is none that can be read."""
    if text in INFINITE:
        return INFINITE[text]
    try:
        return board.formula(parse_expression(text))
    except DeriveError:
        return text


INFINITE: Mapping[str, Formula] = {"oo": row(Name("∞")), "-oo": row(Prefix("−"), Name("∞")), "oo or -oo": row(Prefix("±"), Name("∞"))}
