"""Locales: the sentences of each language as data, one file a language.

A sentence is text with places in braces: ``{w}`` takes an inline (a formula, words), and what follows a
colon is handed to the language itself (Korean writes its particles there: ``{w:을}``). A key that ends in ``.one`` is
the same sentence about a single thing.

To add a language: a file here with the same keys as ``en.py``, and a row in ``LANGUAGES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from string import Formatter

from ..document import Inline, Math, Text
from ..formula import Formula
from .numerals import counted, measured

__all__ = ["LANGUAGES", "Locale", "Part", "locale"]

LANGUAGES: Mapping[str, str] = {"en": ".en", "ko": ".ko"}

Part = int | float | str | Formula | Inline | Sequence[Inline]


def _nothing(before: Sequence[Inline], particle: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Locale:
    """A language: its sentences, how a list is joined, and what it writes after a place with a specification.

    point stands before the decimals of a number, thousands between the groups of a count (an int in a sentence; a float is
    a number with four digits), quotes are those around words and around words inside them.
    """

    code: str
    sentences: Mapping[str, str]
    comma: str = ", "
    last: str = " and "
    point: str = "."
    thousands: str = ","
    quotes: str = "“”‘’"
    particle: Callable[[Sequence[Inline], str], str] = _nothing

    def say(self, key: str, **parts: Part) -> tuple[Inline, ...]:
        """The sentence of that key with the parts in their places; the one for a single thing where there is such a key and what is counted is 1.

        ``count`` says how many things there are; without it every whole number does.
        """
        counted = [parts["count"]] if "count" in parts else parts.values()
        single = any(type(part) is int and part == 1 for part in counted) and f"{key}.one" in self.sentences
        said: list[Inline] = []
        for words, name, specification, _ in Formatter().parse(self.sentences[f"{key}.one" if single else key]):
            if words:
                said.append(Text(words))
            if name is not None:
                part = parts[name]
                here = inlines(self.number(part) if isinstance(part, int | float) else part)
                said.extend(here)
                if specification:
                    said.append(Text(self.particle(here, specification)))
        return tuple(said)

    def called(self, kind: str, name: str) -> str:
        """A record by its name in this language; one that has none by the name that code has for it."""
        plain = name.partition("(")[0]
        return self.sentences.get(f"{kind}.{plain}", name.replace("_", " ") if name.isidentifier() else name)

    def number(self, value: float, digits: int = 4) -> str:
        """A number among words: a count with its thousands set apart, any other with so many significant digits."""
        return counted(value, self.thousands) if isinstance(value, int) else measured(value, self.point, digits)

    def joined(self, parts: Sequence[Part]) -> tuple[Inline, ...]:
        """The parts as a list in words: a, b and c."""
        said: list[Inline] = []
        for place, part in enumerate(parts):
            if place:
                said.append(Text(self.last if place == len(parts) - 1 else self.comma))
            said.extend(inlines(part))
        return tuple(said)

    def listed(self, parts: Sequence[Part]) -> tuple[Inline, ...]:
        """The parts one after the other, with commas between them."""
        return tuple(part for place, one in enumerate(parts) for part in ([Text(self.comma)] if place else []) + list(inlines(one)))

    def in_line(self, sentences: Iterable[Sequence[Inline]]) -> tuple[Inline, ...]:
        """The sentences one after the other."""
        return tuple(part for place, one in enumerate(sentences) for part in ((Text(" "),) if place else ()) + tuple(one))


def inlines(part: Part) -> tuple[Inline, ...]:
    """A part of a sentence as inlines: text, a number, a formula, or inlines already."""
    if isinstance(part, str | int | float):
        return (Text(str(part)),)
    if isinstance(part, Formula):
        return (Math(part),)
    return (part,) if isinstance(part, Inline) else tuple(part)


def locale(language: str) -> Locale:
    """The locale of a language code. Raises UnknownNameError with the languages there are."""
    from derive.errors import UnknownNameError

    try:
        module = LANGUAGES[language]
    except (KeyError, TypeError):
        raise UnknownNameError("language", language, LANGUAGES) from None
    return import_module(module, __name__).LOCALE
