"""Names that users type: which are allowed, and how one falls into a base and its subscripts.

A name is ASCII letters, digits and underscores, a letter first. Digits that end the part before the
first underscore are a subscript, and so is what follows it: ``w1`` is w with subscript 1, ``net_h1`` is
net with subscript h1, ``z1_2`` is z with subscripts 1 and 2. Two names that would print alike (``w1``
and ``w_1``) are refused in one graph.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from sympy import Symbol

from .errors import DeriveError

__all__ = ["refuse_look_alikes", "split", "symbol", "valid"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_LONGEST = 64


def valid(name: str) -> str:
    """The name itself; raises DeriveError where it is not one that can be typed and printed."""
    if not isinstance(name, str):
        raise DeriveError(f"a name is text, not {name!r}")
    if not _NAME.fullmatch(name) or name.endswith("_"):
        raise DeriveError(f"{name[:80]!r} is no name: ASCII letters, digits and inner underscores, a letter first, such as 'w1' or 'net_h1'")
    if len(name) > _LONGEST:
        raise DeriveError(f"the name {name[:20]!r}… has {len(name)} characters; at most {_LONGEST} are allowed")
    if keyword.iskeyword(name):
        instead = "lamda" if name == "lambda" else f"{name}1"
        raise DeriveError(f"{name!r} is a word of Python; write {instead!r} instead")
    return name


def symbol(name: str | Symbol) -> Symbol:
    """The plain Symbol of a valid name; a Symbol is passed on once its name is seen to be valid."""
    if isinstance(name, Symbol):
        valid(name.name)
        return name
    return Symbol(valid(name))


def split(name: str) -> tuple[str, tuple[str, ...]]:
    """The base of a name and its subscripts: ``"net_h1"`` gives ``("net", ("h1",))``, ``"w1"`` gives ``("w", ("1",))``."""
    head, *rest = [part for part in name.split("_") if part]
    base = head.rstrip("0123456789")
    digits = head[len(base) :]
    return base, ((digits,) if digits else ()) + tuple(rest)


def refuse_look_alikes(symbols: Iterable[Symbol]) -> None:
    """Raise DeriveError where two symbols share a name or would print alike."""
    seen: dict[tuple[str, tuple[str, ...]], Symbol] = {}
    for one in symbols:
        other = seen.setdefault(split(one.name), one)
        if other is not one and other != one:
            if other.name == one.name:
                raise DeriveError(f"two different symbols are named {one.name!r} (their assumptions differ); use one of them throughout")
            raise DeriveError(f"the names {other.name!r} and {one.name!r} would print alike; rename one of them")
