"""Text to expressions and graphs, by whitelist: numbers, names, + - * / **, and the functions of ``derive.functions``.

Python's parser gives the tree of a text whose tokens have been seen to be harmless; nothing is ever
evaluated as Python, and no text reaches SymPy. The order that was written is kept, decimals stay exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sympy import Expr, Symbol

from .errors import DeriveError, ParseError
from .functions import TextFunction, Vocabulary
from .graph import Definition, Graph
from .names import refuse_look_alikes, split, symbol
from .reading import Reading, read
from .shapes import MOST_WORK
from .tokens import MOST_CHARACTERS, Token, refuse_strange, tokens
from .written import Written

__all__ = ["names_of", "parse_expression", "parse_graph", "parse_written"]

MOST_GRAPH_CHARACTERS = 40_000
MOST_GRAPH_WORK = 5 * MOST_WORK
MOST_LINES = 1_000


Names = Iterable[str | Symbol]


def parse_expression(text: str, names: Names | None = None, also: Mapping[str, TextFunction] | None = None, declared: Names = ()) -> Expr:
    """The SymPy expression that the text writes, such as ``"w1*i1 + 0.15"``; decimals are exact.

    ``names`` are the names that may occur (None: any valid one), ``also`` functions besides the usual ones. e and pi are
    the constants unless they are among the names, or ``declared`` to be names. Raises ParseError, with line, column and
    token, where the text is no such expression.
    """
    return _read(text, names, also, declared).value()


def parse_written(text: str, names: Names | None = None, also: Mapping[str, TextFunction] | None = None, declared: Names = ()) -> Written | Expr:
    """The expression that the text writes, in the order in which it is written.

    Arguments and errors are those of ``parse_expression``, whose result is this one's ``.expression``.
    """
    reading = _read(text, names, also, declared)
    reading.value()  # what has no real value is refused here too
    return reading.written


def parse_graph(text: str, declared: Names = ()) -> Graph:
    """The graph that the text writes: one ``name = expression`` a line; ``#`` begins a comment, blank lines are skipped.

    Names that no line defines are the givens, in the order in which they appear; e and pi are the constants unless a line
    defines them, or they are ``declared`` to be names. Raises ParseError, with line, column and token, where a line is no
    definition, a name is defined twice or read before it is defined, or two names would print alike.
    """
    _refuse_not_text(text)
    if len(text) > MOST_GRAPH_CHARACTERS:
        raise ParseError(f"the text has {len(text)} characters; at most {MOST_GRAPH_CHARACTERS} are allowed", 1, 1)
    if text.count("\n") >= MOST_LINES:
        raise ParseError(f"the text has more than {MOST_LINES} lines; larger graphs are built with Graph", 1, 1)
    lines = list(_lines(text, Vocabulary()))
    if not lines:
        raise ParseError("the text defines nothing; write one 'name = expression' a line", 1, 1)
    words = Vocabulary(declared={*names_of("declared", declared), *(line.name.text for line in lines)})
    lines = [line._replace(reads=tuple(token for token in line.reads if not words.is_constant(token.text))) for line in lines]
    givens = _givens(lines)
    readings = list(_readings(lines, words))
    return Graph(givens, [Definition(symbol(line.name.text), one.value(), one.written) for line, one in zip(lines, readings, strict=True)])


def names_of(argument: str, given: Names) -> dict[str, Symbol]:
    """The symbols by name. Raises DeriveError for what is no list of names."""
    if isinstance(given, str | Symbol) or not isinstance(given, Iterable):
        raise DeriveError(f"{argument} is a list of names or Symbols, not {given!r}")
    return {one.name: one for one in map(symbol, given)}


def _read(text: str, names: Names | None, also: Mapping[str, TextFunction] | None, declared: Names) -> Reading:
    _refuse_not_text(text)
    words = Vocabulary(None if names is None else names_of("names", names), also or {}, names_of("declared", declared))
    if len(text) > MOST_CHARACTERS:
        raise ParseError(f"the expression has {len(text)} characters; at most {MOST_CHARACTERS} are allowed", 1, 1)
    body = text.strip(" \t\r\n")
    above = text[: text.index(body)].split("\n")
    source, line = " " * len(above[-1]) + body, len(above)
    tokens(source, words, line)
    return read(source, line, words)


def _refuse_not_text(text: str) -> None:
    if not isinstance(text, str):
        raise DeriveError(f"the text is a str, not {text!r:.80}")


class _Line(NamedTuple):
    """One definition of a graph: its name, its expression with blanks in front, and the names that it reads."""

    name: Token
    source: str
    number: int
    reads: tuple[Token, ...]


def _lines(text: str, words: Vocabulary) -> Iterator[_Line]:
    for number, whole in enumerate(text.split("\n"), 1):
        code = whole.removesuffix("\r").partition("#")[0].rstrip(" \t")
        if code.strip(" \t"):
            yield _line(code, number, words)


def _line(code: str, number: int, words: Vocabulary) -> _Line:
    left, equals, right = code.partition("=")
    name = left.strip(" \t")
    column = left.index(name) + 1
    refuse_strange(left, number)
    if not equals:
        raise ParseError(f"{name[:60]!r} is no definition; write name = expression", number, column, name)
    try:
        words.fresh(name)
    except DeriveError as refused:
        raise ParseError(str(refused), number, column, name) from None
    source = " " * (len(left) + 1) + right
    found = tokens(source, words, number)
    called = (after is not None and after.text == "(" for after in (*found[1:], None))
    reads = tuple(one for one, is_call in zip(found, called, strict=True) if one.kind == "name" and not is_call)
    return _Line(Token("name", name, column), source, number, reads)


def _readings(lines: Sequence[_Line], words: Vocabulary) -> Iterator[Reading]:
    work = 0
    for line in lines:
        reading = read(line.source, line.number, words)
        work += reading.part.shape.work
        if work > MOST_GRAPH_WORK:
            raise ParseError("from this line on the graph is too large to be read from text; larger graphs are built with Graph", line.number, 1)
        yield reading


def _givens(lines: Sequence[_Line]) -> list[str]:
    """The names that no line defines, in the order in which they appear. Raises ParseError where the order of the lines is wrong."""
    defined = _defined(lines)
    known: dict[str, bool] = {}
    alike: dict[object, str] = {}
    for line in lines:
        for token in (*line.reads, line.name):
            if token.text in known:
                continue
            if token.text in defined and token is not line.name:
                raise ParseError(_too_early(line, token, defined), line.number, token.column, token.text)
            other = alike.setdefault(split(token.text), token.text)
            try:
                refuse_look_alikes([symbol(other), symbol(token.text)])
            except DeriveError as refused:
                raise ParseError(str(refused), line.number, token.column, token.text) from None
            known[token.text] = token is not line.name
    return [name for name, given in known.items() if given]


def _defined(lines: Sequence[_Line]) -> dict[str, _Line]:
    defined: dict[str, _Line] = {}
    for line in lines:
        first = defined.setdefault(line.name.text, line)
        if first is not line:
            what = f"{line.name.text!r} is defined already in line {first.number}; a name is defined once"
            raise ParseError(what, line.number, line.name.column, line.name.text)
    return defined


def _too_early(line: _Line, token: Token, defined: Mapping[str, _Line]) -> str:
    """Why a line cannot read a name: the definitions run in a circle, or stand in the wrong order."""
    path = _path(token.text, line.name.text, defined)
    if path:
        circle = (line.name.text, *path)
        return "the definitions run in a circle: " + " → ".join(circle if len(circle) < 12 else (*circle[:5], "…", *circle[-5:]))
    return f"{token.text!r} is read before it is defined in line {defined[token.text].number}; move that line up"


def _path(start: str, end: str, defined: Mapping[str, _Line]) -> tuple[str, ...]:
    """The names from one definition to another along what they read; empty where there is no way."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == end:
            return way
        for token in defined[way[-1]].reads:
            if token.text in defined and token.text not in seen:
                seen.add(token.text)
                ways.append((*way, token.text))
    return ()
