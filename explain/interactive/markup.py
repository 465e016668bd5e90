"""The body of an interactive page, as short as a browser and the script take it.

A page has thousands of formulas, so what a browser takes for granted is left out. Of the sentences that hold under other
conditions only the words are kept, each wording once, with the places of the formulas that they share with the sentence that stands;
the script makes them. Where one has a formula of its own, it stays in the page, hidden.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

__all__ = ["Variants", "shared_words", "short"]

Wording = tuple[str | int, ...]  # text, and the places of formulas among those of the sentence that stands
Variants = dict[Wording, int]

_SENTENCE = re.compile(r'<(?P<tag>p|span) data-w="(?P<condition>\d+)"(?P<hidden> hidden)?>(?P<inner>(?:(?!<(?P=tag)\b).)*?)</(?P=tag)>', re.DOTALL)
_PART = re.compile(r"<(math|strong|span)\b.*?</\1>", re.DOTALL)


def short(body: str) -> str:
    """The body with what a browser takes for granted left out."""
    body = re.sub(
        r'<mo form="(?:prefix|postfix)" stretchy="true"((?: minsize="[^"]*")?(?: maxsize="[^"]*")?) lspace="0" rspace="0">([()\[\]])', r"<mo\1>\2", body
    )
    body = re.sub(r'<mo form="(?:prefix|postfix)" stretchy="false">([()\[\]])', r'<mo stretchy="false">\1', body)
    body = re.sub(r'(</[a-z]+>)<mo form="infix"', r"\1<mo", body)
    # An arrow in a row has nothing to stretch to; what is invisible has no space before it.
    body = body.replace('<mo stretchy="false">→', "<mo>→").replace('<mo stretchy="false">←', "<mo>←")
    body = re.sub(r'<mo lspace="0" rspace="0\.17em">([\u2061\u2062])', r'<mo rspace=".17em">\1', body)
    return re.sub(r'<(?:m[a-z]+|span)(?: [a-z-]+="[^"]*")+>', lambda found: re.sub(r'="([A-Za-z0-9.]+)"', r"=\1", found[0]), body)


def shared_words(body: str, variants: Variants) -> str:
    """The body without the sentences that can be made of others; their wordings are added to ``variants``."""
    pieces, done = [], 0
    for run in _runs(body):
        pieces += [body[done : run[0].start()], _gathered(run, variants)]
        done = run[-1].end()
    return "".join((*pieces, body[done:]))


def _runs(body: str) -> list[list[re.Match[str]]]:
    """The sentences under conditions, those together that stand side by side."""
    runs: list[list[re.Match[str]]] = []
    for one in _SENTENCE.finditer(body):
        last = runs[-1][-1] if runs else None
        if last is not None and last["tag"] == one["tag"] and not body[last.end() : one.start()].strip():
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _gathered(run: Sequence[re.Match[str]], variants: Variants) -> str:
    """The sentences that stay, the one that stands with the wordings and conditions of those that can be made of it."""
    standing = next((one for one in run if not one["hidden"]), None)
    known = [part[0] for part in _PART.finditer(standing["inner"])] if standing else []
    wordings = {one["condition"]: _wording(one["inner"], known) for one in run if one["hidden"]}
    kept = [one[0] for one in run if wordings.get(one["condition"]) is None]
    made = [f"{variants.setdefault(wording, len(variants))}:{condition}" for condition, wording in wordings.items() if wording is not None]
    text = ("\n" if run[0]["tag"] == "p" else "").join(kept)
    if standing is None or not made:
        return text
    marked = f'data-w="{standing["condition"]}"'
    return text.replace(marked, f'{marked} data-more="{" ".join(made)}"', 1)


def _wording(inner: str, known: Sequence[str]) -> Wording | None:
    """A sentence as words and places of known parts; None where it has another one."""
    wording: list[str | int] = []
    done = 0
    for part in _PART.finditer(inner):
        if part[0] not in known:
            return None
        wording += [unescape(inner[done : part.start()]), known.index(part[0])]
        done = part.end()
    return None if "<" in _PART.sub("", inner) else (*wording, unescape(inner[done:]))
