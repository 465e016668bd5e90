"""Points as a user gives them: a file or ``name=value,…``, read exactly or refused with what would work.

A file is TOML or JSON: ``w1 = 0.1`` as it stands, or sorted into the tables [inputs], [weights], [biases], [slopes]
(what an activation learns), [masks], [strengths] (of penalties) and [targets]; with several samples, each a table in
[[samples]] that has inputs, masks and targets of its own. A file is complete. ``name=value,…`` replaces single values.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sympy import Symbol

from derive.errors import DeriveError, UnknownNameError
from derive.graph import Graph
from derive.network import Network
from numeric.points import Exact, number
from numeric.points import point as complete

__all__ = ["OWN", "TABLES", "Point", "assignments", "completed", "held", "is_values", "names_in", "read", "replaced", "text_of"]

Point = Mapping[str, Exact]

# The tables of a file, in their order, and the kind of given that each holds.
TABLES: Mapping[str, str] = {
    "inputs": "input", "weights": "weight", "biases": "bias", "slopes": "slope", "masks": "mask", "strengths": "strength", "targets": "target",
}  # fmt: skip
OWN = ("inputs", "masks", "targets")  # what a sample has of its own
SHARED = {**dict.fromkeys(("weight", "bias", "slope"), "a parameter"), "strength": "the strength of a penalty"}

LARGEST_FILE = 10_000_000  # bytes


# ---- reading


def is_values(source: str) -> bool:
    """Is this ``name=value,…``, and not the name of a file?"""
    return "=" in source and not source.lower().endswith((".toml", ".json"))


def assignments(text: str) -> dict[str, str]:
    """The values of ``w1=0.5,b1=1/3`` by name, still as text. Raises DeriveError on anything else, or a name twice."""
    found: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = (one.strip() for one in part.partition("="))
        if not (name and equals and value):
            raise DeriveError(f"{part.strip()!r} is no name=value; write such as w1=0.5,b1=-0.25")
        if name in found:
            raise DeriveError(f"{name} is given twice ({found[name]} and {value})")
        found[name] = value
    return found


def text_of(source: str) -> str:
    """The text of a file, or of standard input for "-". Raises OSError, or DeriveError where it is no text or far too long."""
    if source == "-":
        raw = sys.stdin.buffer.read(LARGEST_FILE + 1)
    else:
        with Path(source).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise DeriveError(f"longer than {LARGEST_FILE} bytes; a short text is expected")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeriveError(f"no UTF-8 text (byte {error.start + 1})") from None


def read(text: str, graph: Graph, suffix: str = "") -> list[Point]:
    """The points of a file, one a sample, each with a value for every given of the graph.

    suffix is ".toml" or ".json"; with any other, text that opens with a brace is JSON, other text TOML. Raises DeriveError
    on malformed text, and on values that are missing, unknown, given twice or no numbers.
    """
    table = _parsed(text, suffix)
    samples = table.pop("samples", None)
    common = _values(table, graph, TABLES)
    if samples is None:
        return [completed(common, graph)]
    if not (isinstance(samples, list) and samples and all(isinstance(one, dict) for one in samples)):
        raise DeriveError("samples is a list of tables: open each sample with [[samples]], in two brackets")
    return [_sample(place, one, common, graph) for place, one in enumerate(samples, 1)]


def names_in(text: str, suffix: str = "") -> set[str]:
    """The names to which a file gives values. Raises DeriveError on malformed text."""
    table = _parsed(text, suffix)
    samples = table.pop("samples", None)
    tables = [table, *(one for one in samples if isinstance(one, dict))] if isinstance(samples, list) else [table]
    inner = [entry for one in tables for entry in one.values() if isinstance(entry, dict)]
    return {name for one in (*tables, *inner) for name in one}


def replaced(points: Iterable[Point], values: Mapping[str, str], graph: Graph) -> list[Point]:
    """The points with single values replaced in each. Raises DeriveError on names that are not given and on no numbers."""
    givens = [one.name for one in graph.givens]
    defined = {one.name for one in graph.by_symbol}
    for name in values:
        if name in defined:
            raise DeriveError(f"{name} is computed from its definition and takes no value")
        if name not in givens:
            raise UnknownNameError("value", name, givens, "this network takes" if graph.roles else "this graph takes")
    exact = {name: number(name, value) for name, value in values.items()}
    return [{**point, **exact} for point in points]


def _sample(place: int, table: dict[str, Any], common: Point, graph: Graph) -> Point:
    try:
        own = _values(table, graph, OWN)
        shared = next(((name, SHARED[kind]) for name in own if (kind := _kind(graph, name)) in SHARED), None)
        if shared is not None:
            raise DeriveError(f"{shared[0]} is {shared[1]}; it is given once, before the first [[samples]]")
        _refuse_twice(common, own)
        return completed({**common, **own}, graph)
    except DeriveError as error:
        raise DeriveError(f"sample {place}: {error}") from None


def _values(table: dict[str, Any], graph: Graph, tables: Iterable[str]) -> Point:
    """The values of a table and of the tables in it, by name."""
    found: dict[str, Exact] = {}
    for key, entry in table.items():
        if isinstance(entry, dict):
            part = dict(_of_kind(key, entry, graph, tables))
        else:
            part = {key: _number(key, entry)}
        _refuse_twice(found, part)
        found |= part
    return found


def _of_kind(title: str, table: dict[str, Any], graph: Graph, tables: Iterable[str]) -> Iterator[tuple[str, Exact]]:
    if title not in tables:
        raise UnknownNameError("table", title, tables, "the tables here are")
    kind = TABLES[title]
    for name, entry in table.items():
        actual = _kind(graph, name)
        if actual is None:
            raise UnknownNameError(kind, name, [one.name for one in graph.givens if _kind(graph, one.name) == kind], f"[{title}] takes")
        if actual != kind:
            home = next(one for one in TABLES if TABLES[one] == actual)
            raise DeriveError(f"{name} stands in [{title}], and is no {kind}; move it to [{home}]")
        yield name, _number(name, entry)


def _kind(graph: Graph, name: str) -> str | None:
    """The kind of a given, one of those of ``TABLES``; None for any other name."""
    role = graph.roles.get(Symbol(name))
    return role.kind if role is not None and role.kind in TABLES.values() else None


def _number(name: str, entry: Any) -> Exact:
    if isinstance(entry, str | int | float):
        return number(name, entry)
    shown = str(entry)
    raise DeriveError(f"{name} = {shown[:40]}{'…' if len(shown) > 40 else ''} is no number; a value is one number, such as 0.15, or text such as '3/20'")


def _refuse_twice(first: Point, second: Point) -> None:
    twice = next((name for name in second if name in first), None)
    if twice is not None:
        raise DeriveError(f"{twice} is given twice")


def completed(values: Point, graph: Graph) -> Point:
    """The values of all givens of a graph, in its order. Raises DeriveError with those that are missing."""
    return {symbol.name: value for symbol, value in complete(graph.givens, values, graph.by_symbol).items()}


def held(network: Network, point: Point) -> dict[str, float]:
    """The values of what a network does not learn: frozen parameters, and strengths of penalties that have a name."""
    names = [*(one.name for one in network.all_parameters if one in network.frozen), *(one.name for one in network.strengths)]
    return {name: float(point[name]) for name in names}


# ---- TOML and JSON


def _parsed(text: str, suffix: str) -> dict[str, Any]:
    """The table that a text spells, with decimals kept as text so that they stay exact."""
    language = {".toml": "TOML", ".json": "JSON"}.get(suffix.lower()) or ("JSON" if text.lstrip().startswith("{") else "TOML")
    try:
        table = _toml(text) if language == "TOML" else _json(text)
    except DeriveError:
        raise
    except RecursionError:
        raise DeriveError(f"malformed {language}: tables or lists are nested too deep") from None
    except ValueError as error:
        raise DeriveError(f"malformed {language}: {_located(error, text)}") from None
    if not isinstance(table, dict):
        raise DeriveError('a point is a table of names and values, such as {"w1": 0.1}')
    return table


def _toml(text: str) -> Any:
    import tomllib  # not at the top: most runs read no file

    return tomllib.loads(text, parse_float=lambda digits: float(digits) if digits.lstrip("+-").isalpha() else digits)


def _json(text: str) -> Any:
    import json

    return json.loads(text, parse_float=str, parse_int=str, parse_constant=float, object_pairs_hook=_distinct)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, entry in pairs:
        if key in table:
            raise DeriveError(f"{key} is given twice")
        table[key] = entry
    return table


def _located(error: ValueError, text: str) -> str:
    """The parser's message, with the line and the column where it stopped."""
    lines = text.split("\n")
    return str(error).replace("(at end of document)", f"(at line {len(lines)}, column {len(lines[-1]) + 1}, the end)")
