"""Values of matrices as text: A=[[1,2],[3,4]], several with commas between them, or a TOML or JSON file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from derive.errors import DeriveError

__all__ = ["declarations", "matrix_values"]

SIZES = re.compile(r"([0-9]+)x([0-9]+)")
VALUE = re.compile(r"\s*([A-Za-z]\w*)\s*=(.*)", re.DOTALL)


def declarations(shapes: Iterable[str]) -> dict[str, Any]:
    """What ``matrix_gradient`` takes as ``declared`` from texts such as "A=2x3" or "b=vector".

    Raises DeriveError for other texts, and for a letter of two kinds.
    """
    found: dict[str, Any] = {}
    for one in shapes:
        name, sign, kind = (part.strip() for part in one.partition("="))
        if not (name and sign and kind):
            raise DeriveError(f"--shape {one!r} says nothing; write such as A=2x3, b=vector or S='symmetric matrix 3'")
        sizes = SIZES.fullmatch(kind.replace("×", "x"))
        declared = "scalar" if sizes and sizes[0] == "1x1" else (int(sizes[1]), int(sizes[2])) if sizes else kind
        if found.setdefault(name, declared) != declared:
            raise DeriveError(f"--shape {one!r:.80}: {name} has another shape already; a letter has one")
    return found


def matrix_values(texts: Iterable[str]) -> dict[str, Any]:
    """The values by name; decimals stay exact, and values that are typed replace those of files.

    Raises DeriveError for malformed text and for a name with two values, and OSError for a file that cannot be read.
    """
    texts = list(texts)
    typed = _once((text, _assigned(text)) for text in texts if VALUE.match(text))
    return {**_once((text, _from_file(text)) for text in texts if not VALUE.match(text)), **typed}


def _once(tables: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The tables as one. Raises DeriveError for a name that two of them have."""
    found: dict[str, Any] = {}
    for text, table in tables:
        for name, value in table.items():
            if name in found:
                raise DeriveError(f"--at {text[:80]}: {name} is given twice")
            found[name] = value
    return found


def _assigned(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in re.split(r",(?=\s*[A-Za-z]\w*\s*=)", text):
        match = VALUE.match(part)
        assert match is not None
        if match[1] in found:
            raise DeriveError(f"--at {text[:80]}: {match[1]} is given twice")
        found[match[1]] = _json(match[2], f"--at {match[1]}={match[2]}")
    return found


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_constant=_refused)
    except RecursionError:
        raise DeriveError(f"{where[:80]} is nested too deep") from None
    except ValueError:
        raise DeriveError(f'{where[:80]} is no number and no rows of numbers; write such as A=[[1,2],[3,4]], x=[0.5,1] or a="1/3"') from None


def _refused(text: str) -> Any:
    raise ValueError(text)


def _from_file(name: str) -> Mapping[str, Any]:
    from .points import text_of

    text = text_of(name)
    try:
        found = json.loads(text, parse_float=str) if PurePath(name).suffix.lower() != ".toml" and text.lstrip().startswith("{") else _toml(text)
    except (ValueError, RecursionError) as error:
        raise DeriveError(f"--at {name}: {str(error)[:200]}") from None
    if not isinstance(found, dict):
        raise DeriveError(f"--at {name} holds no table of names and values, such as A = [[1, 2], [3, 4]]")
    return found


def _toml(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=str)
