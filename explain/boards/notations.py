"""Notations: the signs and words of a course, as data.

To add a notation: one ``Notation(...)`` in ``NOTATIONS``; a user's own is a TOML file with the same fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from derive.errors import DeriveError, UnknownNameError

__all__ = ["NOTATIONS", "Notation", "notation_of"]


@dataclass(frozen=True, slots=True)
class Notation:
    """The signs and words of a course.

    partial and total are the signs of a derivative with the rest held fixed and of one through every path;
    sigmoid, log and exp the words for these functions, exp empty where they are powers of e, and selu what stands
    below its constants λ and α; loss, target and input the letters for these, where empty the
    names that they have. layered names nodes by their layer, z with (l) above it, instead of net_h1 and out_h1;
    deltas writes the chain rule as the recursion of δ throughout. hadamard is the sign of the entrywise product,
    transpose the one of a transpose. decimals are the places that numbers are rounded to on the page; exact
    leaves fractions as they are.
    """

    name: str
    partial: str = "∂"
    total: str = "d"
    sigmoid: str = "σ"
    log: str = "ln"
    exp: str = ""
    selu: str = ""
    loss: str = ""
    target: str = ""
    input: str = ""
    layered: bool = False
    deltas: bool = False
    hadamard: str = "⊙"
    transpose: str = "⊤"
    decimals: int = 4
    exact: bool = False

    def beside(self, names: Iterable[str]) -> Notation:
        """The same notation where these names stand: no constant has a letter that one of them has."""
        taken = set(names)
        exp = self.exp or ("exp" if "e" in taken else "")
        selu = self.selu or ("SELU" if taken & {"lamda", "alpha"} else "")
        return replace(self, exp=exp, selu=selu) if (exp, selu) != (self.exp, self.selu) else self

    def with_numbers(self, decimals: int, exact: bool) -> Notation:
        """The same notation with another number of decimals, or with exact fractions."""
        return replace(self, decimals=decimals, exact=exact)


NOTATIONS: dict[str, Notation] = {
    one.name: one
    for one in (
        Notation("net-out"),
        Notation("indexed", loss="L", input="x", layered=True),
        Notation("delta", loss="L", input="x", layered=True, deltas=True),
    )
}


def notation_of(name: str | Notation) -> Notation:
    """The notation of that name, or of a TOML file: its ``base`` and the fields that differ.

    Raises UnknownNameError for an unknown name or field, DeriveError for a value of another type or malformed
    TOML, OSError for a file that cannot be read.
    """
    if isinstance(name, Notation):
        return name
    if isinstance(name, str) and name.endswith(".toml"):
        return _from_file(Path(name))
    if name not in NOTATIONS:
        raise UnknownNameError("notation", name, [*NOTATIONS, "a .toml file"])
    return NOTATIONS[name]


def _from_file(path: Path) -> Notation:
    import tomllib  # needed for a user's own notation only

    try:
        chosen = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise DeriveError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise DeriveError(f"{path} is no text in UTF-8") from None
    base = notation_of(chosen.pop("base", "net-out"))
    return replace(base, **{"name": path.stem, **_checked(path, chosen)})


def _checked(path: Path, chosen: Mapping[str, Any]) -> Mapping[str, Any]:
    types = {one.name: type(one.default) for one in fields(Notation) if one.name != "name"}
    for key, value in chosen.items():
        if key not in types:
            raise UnknownNameError("field of a notation", key, types, f"{path} may have base and")
        if type(value) is not types[key] or (isinstance(value, str) and (len(value) > 20 or not value.isprintable())):
            raise DeriveError(f"{path}: {key} = {value!r}; it is {_wanted(types[key])}")
        if isinstance(value, int) and not 0 <= value <= 15:
            raise DeriveError(f"{path}: decimals = {value}; it is a number from 0 to 15")
    return chosen


def _wanted(kind: type) -> str:
    return {str: "a short text", bool: "true or false", int: "a whole number"}[kind]
