"""Korean particles: which form follows depends on the last sound, also of a formula as it is read aloud.

``particle(before, "을")`` gives 을 after a final consonant and 를 after a vowel; 으로 becomes 로 after a vowel and
after ㄹ too. Digits are read in Sino-Korean, letters by the names that schoolbooks give them (r is 아르); a power ends in 승 or 제곱, a transpose in
전치, a prime in 프라임, an estimate in 햇, a mean in 바.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from .. import formula as f
from ..document import Cite, Code, Emphasis, Inline, Math, Strong, Text

__all__ = ["FORMS", "final_sound", "particle"]

Final = Literal["vowel", "ㄹ", "consonant"]

# The form after a consonant, and the one after a vowel.
FORMS = {
    "은": "는", "이": "가", "을": "를", "과": "와", "으로": "로",
}  # fmt: skip

# A whole number ending in zeros is read with 십, 백, 천 or 만, all of which end in a consonant, as 영 does.
_DIGITS: dict[str, Final] = {
    "0": "consonant", "1": "ㄹ", "2": "vowel", "3": "consonant", "4": "vowel", "5": "vowel", "6": "consonant", "7": "ㄹ", "8": "ㄹ", "9": "vowel",
}  # fmt: skip

# Words and letters whose Korean reading does not end in a vowel; all others do.
_READ: dict[str, Final] = {
    "l": "ㄹ", "m": "consonant", "n": "consonant", "L": "ㄹ", "M": "consonant", "N": "consonant",
    "net": "consonant", "out": "consonant", "input": "consonant", "output": "consonant", "target": "consonant", "log": "vowel",
    "ε": "consonant", "ο": "consonant", "υ": "consonant", "′": "consonant",
}  # fmt: skip

_ENDINGS: dict[str, Final] = {"le": "ㄹ", "ng": "consonant", "ne": "consonant"}
_SOUNDING: dict[str, Final] = {"l": "ㄹ", "m": "consonant", "n": "consonant", "p": "consonant", "b": "consonant"}
_POWERS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ")
_LAST_WORD = re.compile(r"[A-Za-z]+$")


def particle(before: Sequence[Inline], form: str) -> str:
    """The particle of that name in the form that fits what stands before it. Raises KeyError for an unknown one."""
    after_vowel = FORMS[form]
    final = _of_inline(before[-1]) if before else "vowel"
    if final == "vowel" or (final == "ㄹ" and form == "으로"):
        return after_vowel
    return form


def final_sound(text: str) -> Final:
    """How the reading of a text ends: in a vowel, in ㄹ, or in another consonant."""
    spoken = text.rstrip(" )]}”’\"'.,…")
    if not spoken:
        return "vowel"
    last = spoken[-1]
    if "가" <= last <= "힣":
        return _of_syllable(last)
    if last in _POWERS:
        return "consonant"
    if last.isdigit():
        return _DIGITS[str(unicodedata.digit(last))]
    found = _LAST_WORD.search(spoken)
    word = found[0] if found else last
    if word in _READ or len(word) == 1:
        return _READ.get(word, "vowel")
    if word.isupper():  # an abbreviation is read letter by letter
        return _READ.get(last, "vowel")
    return _ENDINGS.get(word[-2:]) or _SOUNDING.get(last, "vowel")


def _of_syllable(syllable: str) -> Final:
    coda = (ord(syllable) - ord("가")) % 28
    return "vowel" if coda == 0 else "ㄹ" if coda == 8 else "consonant"


def _of_inline(part: Inline) -> Final:
    match part:
        case Text(text) | Code(text):
            return final_sound(text)
        case Math(formula):
            return _of_formula(formula)
        case Strong(parts) | Emphasis(parts):
            return _of_inline(parts[-1]) if parts else "vowel"
        case Cite():
            return "vowel"
    return "vowel"


def _of_formula(node: f.Formula) -> Final:
    """The last sound of a formula read aloud."""
    match node:
        case f.Row(items):
            return _of_formula(items[-1]) if items else "vowel"
        case f.Number(text) if "e" in text:
            return "consonant"
        case f.Name(text) | f.Word(text) | f.Number(text):
            return final_sound(text)
        case f.Script(_, sub, f.Fence() as layer):
            return _of_formula(sub if sub is not None else layer)
        case f.Script(_, _, f.Name("⊤" | "T" | "ᵀ" | "*")):
            return "vowel"
        case f.Script(_, _, sup) if sup is not None:
            return "consonant"
        case f.Script(base, sub):
            return _of_formula(sub if sub is not None else base)
        case f.Over(_, "^"):
            return "consonant"
        case f.Over():
            return "vowel"
        case f.Fraction(_, below) if isinstance(below, f.Row) and isinstance(below.items[0], f.Prefix):
            return _of_formula(below)
        case f.Fraction(above, _):
            return _of_formula(above)
        case f.Fence(body) | f.Root(body) | f.UnderBrace(body):
            return _of_formula(body)
    return "vowel"
