"""Points as files to edit: TOML with a comment on every parameter, or JSON; ``points.read`` gives back the same values.

To add a language of files: a function of points and graph, and a row in ``LANGUAGES``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.errors import UnknownNameError
from derive.graph import Graph
from numeric.points import Exact

from .boards.numbers import decimal_digits
from .points import OWN, TABLES, Point

__all__ = ["LANGUAGES", "written"]

LONGEST_PLAIN = 20  # digits; a longer number is written with a power of ten

HEAD = """\
# The values in use, to be changed: every name needs a value. A fraction is text: "1/3".
# Use them: explain gradient w1 --at point.toml
"""


def written(points: Sequence[Point], graph: Graph, language: str = "toml") -> str:
    """The points, one a sample, as the text of a file. Raises UnknownNameError for a language of files that does not exist."""
    if language not in LANGUAGES:
        raise UnknownNameError("format of a point", language, LANGUAGES)
    return LANGUAGES[language](points, graph)


def _as_toml(points: Sequence[Point], graph: Graph) -> str:
    places = _places(graph)
    parts = [HEAD]
    for title, names in _tables(graph, _once(points)):
        lines = (f"{f'{name} = {_toml(points[0][name])}':<16}{f'# {places[name]}' if name in places else ''}".rstrip() for name in names)
        parts.append("\n".join([*([f"[{title}]"] if title else []), *lines]) + "\n")
    for point in points if len(points) > 1 else ():
        own = (f"{title} = {{ {', '.join(f'{name} = {_toml(point[name])}' for name in names)} }}" for title, names in _tables(graph, OWN))
        parts.append("\n".join(["[[samples]]", *own]) + "\n")
    return "\n".join(parts)


def _as_json(points: Sequence[Point], graph: Graph) -> str:
    table = _json_tables(points[0], graph, _once(points))
    samples = {"samples": [_json_tables(point, graph, OWN) for point in points]} if len(points) > 1 else {}
    return json.dumps(table | samples, indent=2) + "\n"


LANGUAGES: Mapping[str, Callable[[Sequence[Point], Graph], str]] = {"toml": _as_toml, "json": _as_json}


def _once(points: Sequence[Point]) -> list[str]:
    """The tables that are written once, before any samples."""
    return [title for title in TABLES if len(points) == 1 or title not in OWN]


def _tables(graph: Graph, titles: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The tables that this graph needs and the names in each; one without a title where its givens have no roles."""
    if not graph.roles:
        yield "", [one.name for one in graph.givens]
        return
    for title in titles:
        names = [one.name for one in graph.givens if graph.roles[one].kind == TABLES[title]]
        if names:
            yield title, names


def _json_tables(point: Point, graph: Graph, titles: Iterable[str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for title, names in _tables(graph, titles):
        entries = {name: _json(point[name]) for name in names}
        table |= {title: entries} if title else entries
    return table


def _places(graph: Graph) -> dict[str, str]:
    """Where each parameter acts: "i1 → h1" for a weight, the units for a bias, a slope or a mask."""
    units = {(role.layer, role.row): _unit(one.name) for one, role in graph.roles.items() if role.kind in ("input", "out")}
    found: dict[str, str] = {}
    for one, role in graph.roles.items():
        if role.kind == "weight":
            found[one.name] = f"{units[role.layer - 1, role.row]} → {units[role.layer, role.col]}"
        elif role.kind in ("bias", "slope", "mask"):
            found[one.name] = ", ".join(dict.fromkeys(_unit(reader.name) for reader in graph.readers[one]))
    return found


def _unit(name: str) -> str:
    return re.sub("^(net[0-9]*|out|kept)_", "", name)


def _json(value: Exact) -> float | int | str:
    """The value as JSON's own number where that is exact, else as text."""
    if isinstance(value, float) or (value.denominator == 1 and abs(value) < 2**53):
        return value if isinstance(value, float) else int(value)
    near = float(value)
    return near if Fraction(repr(near)) == value else _toml(value).strip('"')


def _toml(value: Exact) -> str:
    """The value as a number where it is a decimal one, else as the text of a fraction."""
    if isinstance(value, float):
        return repr(value)
    ratio = Fraction(value)
    places = decimal_digits(ratio)
    return f'"{ratio}"' if places is None else _decimal(ratio, places)


def _decimal(value: Fraction, places: int) -> str:
    sign, digits = "-" if value < 0 else "", str(abs(value.numerator) * 10**places // value.denominator)
    if max(len(digits), places) > LONGEST_PLAIN:
        bare = digits.rstrip("0")
        return f"{sign}{bare}e{len(digits) - len(bare) - places}"
    padded = digits.rjust(places + 1, "0")
    return sign + (f"{padded[:-places]}.{padded[-places:]}" if places else digits)
