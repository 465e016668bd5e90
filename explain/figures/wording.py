"""Sentences of a picture as plain text: its description, the words at its axes."""

from __future__ import annotations

from ..document import Text
from ..locales import Locale, Part, locale

__all__ = ["Locale", "english", "sentence"]


def english() -> Locale:
    """The language of a picture for which none is named."""
    return locale("en")


def sentence(words: Locale, key: str, **parts: Part) -> str:
    """The sentence of that key, its parts being words as well."""
    return "".join(part.text for part in words.say(key, **parts) if isinstance(part, Text))
