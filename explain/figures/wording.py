"""Sentences of a picture as plain text: its description, the words at its axes."""

from __future__ import annotations

from derive.steps import Derivation

from ..document import Text
from ..locales import Locale, Part, locale

__all__ = ["Locale", "english", "paths_in_words", "sentence"]

FEW = 2  # paths that are written out


def english() -> Locale:
    """The language of a picture for which none is named."""
    return locale("en")


def sentence(words: Locale, key: str, **parts: Part) -> str:
    """The sentence of that key, its parts being words as well."""
    return "".join(part.text for part in words.say(key, **parts) if isinstance(part, Text))


def paths_in_words(derivation: Derivation, words: Locale) -> str:
    """What is coloured: each of a few paths, or how many there are."""
    wrt, of, count = str(derivation.claim.wrt), str(derivation.claim.of), derivation.path_count
    few = "; ".join(" → ".join(map(str, path)) for path in derivation.paths) if count <= FEW else ""
    key = "figure.network.none" if count == 0 else "figure.network.few" if few else "figure.network.many"
    return sentence(words, key, paths=few, count=count, wrt=wrt, of=of)
