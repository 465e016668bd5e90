"""Choices: a name with what was chosen for it, written as ``name(key=value, key=value)``: ``huber(delta=2)``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .errors import DeriveError

__all__ = ["chosen", "is_expression", "spelling"]

_CALL = re.compile(r"\s*(\w+)\s*\(([^()]*=[^()]*)\)\s*", re.ASCII)


def chosen(text: str) -> tuple[str, dict[str, str]]:
    """The name and the choices that a text spells; without choices the text itself. Raises DeriveError on malformed ones."""
    found = _CALL.fullmatch(text)
    if found is None:
        return text, {}
    choices: dict[str, str] = {}
    for part in found[2].split(","):
        key, equals, value = (one.strip() for one in part.partition("="))
        if not (key and equals and value):
            raise DeriveError(f"{part.strip()!r} in {text!r} is no choice; write such as {found[1]}(key=value)")
        if key in choices:
            raise DeriveError(f"{key!r} is chosen twice in {text!r}")
        choices[key] = value
    return found[1], choices


def spelling(name: str, choices: Mapping[str, object]) -> str:
    """The text that ``chosen`` reads back."""
    return f"{name}({', '.join(f'{key}={value}' for key, value in choices.items())})" if choices else name


def is_expression(text: str) -> bool:
    """Is this an expression, not a name?"""
    return any(sign in text for sign in "+-*/(")
