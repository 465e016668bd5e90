"""Reading: Python's tree of one expression, first into what was written, then into its SymPy value.

To read another kind of node: its type in ``ALLOWED``, and a function in ``_READ``; every other kind is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from sympy import Expr, Integer, Rational

from .activations import ACTIVATIONS
from .errors import DeriveError, ParseError
from .functions import Vocabulary
from .guards import build, refuse_no_number
from .shapes import IRRATIONAL, MOST_WORK, NAME, NUMBER, PRODUCTS, Shape, shape
from .tokens import DEEPEST
from .written import Written

__all__ = ["Reading", "read"]


ALLOWED = frozenset({
    ast.Name, ast.Load, ast.Constant, ast.Call, ast.UnaryOp, ast.UAdd, ast.USub,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow,
})  # fmt: skip


class Part(NamedTuple):
    """A part of an expression: its node in Python's tree, what is written there, the parts it is made of, and its shape."""

    node: ast.expr
    written: Written | Expr
    parts: tuple[Part, ...]
    shape: Shape


def read(source: str, line: int, words: Vocabulary) -> Reading:
    """The expression that a source writes whose tokens have been checked.

    Raises ParseError where it is too large.
    """
    reader = _Reader(source, line, words)
    try:
        # Inside brackets blanks in front mean nothing to Python, and its columns count from 1.
        tree = ast.parse(f"({source})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as refused:
        raise ParseError(f"Python's parser cannot read this: {refused}", line, 1) from None
    reader.refuse_all_but_allowed(tree)
    return Reading(reader, reader.part(tree))


class Reading(NamedTuple):
    """An expression that has been read but not worked out yet."""

    reader: _Reader
    part: Part

    @property
    def written(self) -> Written | Expr:
        """The expression in the order in which it is written."""
        return self.part.written

    def value(self) -> Expr:
        """The SymPy expression. Raises ParseError where a part of it has no real value."""
        value = self.reader.value(self.part)
        self.reader.located(self.part.node, refuse_no_number, value)
        return value


class _Reader:
    """One expression that is read: its source, the line where it stands, and the words that it may use."""

    def __init__(self, source: str, line: int, words: Vocabulary) -> None:
        self.source, self.line, self.words = source, line, words

    def refuse_all_but_allowed(self, tree: ast.expr) -> None:
        """Raise ParseError where the tree holds anything but the kinds of node in ``ALLOWED``."""
        for node in ast.walk(tree):
            if type(node) not in ALLOWED or (isinstance(node, ast.Constant) and type(node.value) not in (int, float)):
                what = "is not allowed; only numbers, names, + - * / ** and functions make an expression"
                raise self.error(node if isinstance(node, ast.expr) else tree, what)

    def part(self, node: ast.expr) -> Part:
        """The part that a node of the tree stands for."""
        return _READ[type(node)](self, node)

    def value(self, part: Part) -> Expr:
        """The value of a part, from the inside out."""
        if not isinstance(part.written, Written) or not part.parts:
            return part.written  # type: ignore[return-value]
        return self.located(part.node, build, part.written.head, [self.value(one) for one in part.parts])

    def applied(self, node: ast.expr, head: str | Callable[..., Expr], parts: Sequence[Part], weight: int = 6) -> Part:
        """The part that applies an operation or a function to others."""
        first, last = parts[0].written, parts[-1].written
        power = int(last) if isinstance(last, Integer) else None  # type: ignore[arg-type]
        form = shape(head, [part.shape for part in parts], weight, power, isinstance(first, Written) and first.head in PRODUCTS)
        if form.depth > DEEPEST:
            raise self.error(node, f"is nested more than {DEEPEST} deep")
        if form.work > MOST_WORK:
            raise self.error(node, "makes the expression too large; give parts of it names of their own, in a graph of several definitions")
        return Part(node, Written(head, tuple(part.written for part in parts)), tuple(parts), form)

    def located(self, node: ast.expr, make: Callable[..., Any], *args: object) -> Any:
        """What ``make`` gives; what it refuses is put down to the node."""
        try:
            return make(*args)
        except DeriveError as refused:
            raise self.error(node, str(refused)) from None

    def error(self, node: ast.expr, what: str) -> ParseError:
        """What is wrong with the text of a node."""
        token = self.text(node)
        shown = token if len(token) <= 60 else f"{token[:59]}…"
        return ParseError(f"{shown!r} {what}", self.line, node.col_offset, token)

    def text(self, node: ast.expr) -> str:
        """The text of a node."""
        return self.source[node.col_offset - 1 : (node.end_col_offset or 0) - 1]


def _leaf(node: ast.expr, value: Expr) -> Part:
    form = NAME if value.is_Symbol else NUMBER if value.is_Rational else IRRATIONAL
    return Part(node, value, (), form)


def _name(reader: _Reader, node: ast.Name) -> Part:
    return _leaf(node, reader.words.meaning(node.id))


def _number(reader: _Reader, node: ast.Constant) -> Part:
    exact = Fraction(reader.text(node))
    return _leaf(node, Rational(exact.numerator, exact.denominator))


def _signed(reader: _Reader, node: ast.UnaryOp) -> Part:
    """A sign before something; it belongs to a number, and is an operation before everything else."""
    part = reader.part(node.operand)
    if isinstance(node.op, ast.UAdd):
        return part
    if isinstance(node.operand, ast.Constant):
        return _leaf(node, -part.written)  # type: ignore[operator]
    return reader.applied(node, "neg", [part])


def _operation(reader: _Reader, node: ast.BinOp) -> Part:
    return _OPERATIONS[type(node.op)](reader, node)


def _power(reader: _Reader, node: ast.BinOp) -> Part:
    return reader.applied(node, "**", [reader.part(node.left), reader.part(node.right)])


def _sum(reader: _Reader, node: ast.BinOp) -> Part:
    first, steps = _chain(node, (ast.Add, ast.Sub))
    parts = [reader.part(first)]
    for step in steps:
        part = reader.part(step.right)
        parts.append(reader.applied(step.right, "neg", [part]) if isinstance(step.op, ast.Sub) else part)
    return reader.applied(node, "+", parts, weight=2)


def _product(reader: _Reader, node: ast.BinOp) -> Part:
    """A product and quotient from left to right; a minus sign in front stands before the whole of it."""
    first, steps = _chain(node, (ast.Mult, ast.Div))
    negative = isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub) and first.col_offset == node.col_offset
    factors = [reader.part(first.operand if negative else first)]  # type: ignore[attr-defined]
    for step in steps:
        factor = reader.part(step.right)
        factors = [*factors, factor] if isinstance(step.op, ast.Mult) else [reader.applied(step, "/", [_times(reader, step, factors), factor])]
    product = _times(reader, node, factors)
    return reader.applied(node, "neg", [product]) if negative else product


def _times(reader: _Reader, node: ast.expr, factors: Sequence[Part]) -> Part:
    return factors[0] if len(factors) == 1 else reader.applied(node, "*", factors)


def _chain(node: ast.BinOp, kinds: tuple[type[ast.operator], ...]) -> tuple[ast.expr, list[ast.BinOp]]:
    """The first operand of a chain of operations of equal rank, and the operations in their order.

    An operand in brackets starts further right than the operation it begins, and is kept whole.
    """
    steps = [node]
    while isinstance(node.left, ast.BinOp) and isinstance(node.left.op, kinds) and node.left.col_offset == node.col_offset:
        node = node.left
        steps.append(node)
    return node.left, steps[::-1]


def _call(reader: _Reader, node: ast.Call) -> Part:
    function = reader.words.called(node.func.id) if isinstance(node.func, ast.Name) else None
    if function is None:
        raise reader.error(node, "is not allowed; only functions of this list are called, by name: " + ", ".join(reader.words.functions))
    parts = [*map(reader.part, node.args), *(_leaf(node, one) for one in function.after[len(node.args) - function.least :])]
    if function.head is ACTIVATIONS["identity"].function:
        return parts[0]
    return reader.applied(node, function.head, parts, function.weight)


_READ: dict[type[ast.expr], Callable[[_Reader, Any], Part]] = {
    ast.Name: _name, ast.Constant: _number, ast.UnaryOp: _signed, ast.BinOp: _operation, ast.Call: _call,
}  # fmt: skip
_OPERATIONS: dict[type[ast.operator], Callable[[_Reader, ast.BinOp], Part]] = {
    ast.Add: _sum, ast.Sub: _sum, ast.Mult: _product, ast.Div: _product, ast.Pow: _power,
}  # fmt: skip
