"""The derivations of a page, one after the other: a fact that several of them use stands in the first, and the others cite it.

``data-facts`` names the facts of a derivation in order, so that the script can bring all of them to the one that is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from ..document import Block, Document, Equation, Heading, Text
from ..locales import Locale
from ..writers import equation_numbers
from .told import Section
from .writing import LiveHtml, Places

__all__ = ["printed"]


@dataclass(frozen=True)
class _Fact:
    """A fact that was told on the page: which one it is, and the number of its equation."""

    place: int
    number: str


def printed(sections: Sequence[Section], words: Locale, places: Places) -> Iterator[str]:
    """Each derivation as an element; of several, each under its own heading."""
    known: dict[Block, list[_Fact]] = {}
    for place, section in enumerate(sections):
        numbers = equation_numbers(Document((), words.code, section.blocks))
        prefix = f"{place + 1}." if len(sections) > 1 else ""
        writer = LiveHtml({label: prefix + number for label, number in numbers.items()}, places=places)
        yield _section(section, writer, words, known, len(sections) > 1)


def _section(section: Section, writer: LiveHtml, words: Locale, known: dict[Block, list[_Fact]], several: bool) -> str:
    told = {key: list(facts) for key, facts in known.items()}
    own, cited, order = [], [], []
    for block in section.factors:
        key = replace(block, label="") if isinstance(block, Equation) else block
        if told.get(key):
            fact = told[key].pop(0)
            cited += [fact] if fact.number else []
        else:
            fact = _Fact(sum(map(len, known.values())), writer.numbers.get(block.label, "") if isinstance(block, Equation) else "")
            known.setdefault(key, []).append(fact)
            own.append(f'<div class="fact" id="fact-{fact.place}">{writer(block)}</div>')
        order.append(str(fact.place))
    title = writer(Heading(2, section.lesson.say("section", wrt=section.lesson.x))) + "\n" if several else ""
    known_from = f'<p class="known">{_known(cited, words)}</p>' if cited else ""
    inner = "\n".join((writer.body(section.opening), '<div class="facts">', known_from, *own, "</div>", writer.body(section.close)))
    return f'<section class="derivation" id="by-{section.wrt}" data-facts="{" ".join(order)}">\n{title}{inner}\n</section>'


def _known(cited: Sequence[_Fact], words: Locale) -> str:
    """Where an earlier derivation told the same, for those who read without a script."""
    links = words.joined([f"\0{place}\0" for place in range(len(cited))])
    text = "".join(escape(one.text) for one in words.say("page.known", where=links) if isinstance(one, Text))
    return re.sub("\0([0-9]+)\0", lambda found: '<a href="#fact-{0.place}">({0.number})</a>'.format(cited[int(found[1])]), text)
