"""Matrix expressions as text, second half: from the tree to a SymPy expression whose shapes fit.

To add an operation: one row in ``OPERATIONS`` or ``FUNCTIONS``: the shape of what it gives, and how that is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Expr, Identity, Rational

from ..errors import DeriveError, ParseError, UnknownNameError, listed
from ..functions import CONSTANTS, TextFunction, Vocabulary
from ..names import refuse_look_alikes, split, symbol
from ..shapes import IRRATIONAL, MOST_WORK, NAME, NUMBER
from ..written import Written
from .fitting import Part
from .operations import FUNCTIONS, OPERATIONS, Operation, entry_by_entry
from .parts import is_matrix
from .sizes import Letter, Shape, Sizes, letter
from .text import Node, parse_tree

__all__ = ["MatrixReading", "letters_in", "parse_matrix", "read_matrix"]

ALIASES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}
EYE = "eye"


@dataclass(frozen=True)
class MatrixReading:
    """A matrix expression that was text: its value, what was written, and its letters in the order in which they appear."""

    expression: Expr
    written: Written | Expr
    letters: Mapping[str, Expr]


def parse_matrix(text: str, declared: Mapping[str, Any] | None = None) -> Expr:
    """The SymPy expression over matrix symbols that the text writes, in the notation of matrixcalculus.org.

    a … g are numbers, h … z column vectors, A … Z matrices; ``declared`` says otherwise, or says sizes: ``{"x":
    "row vector", "A": "symmetric matrix", "B": "matrix 3 x 2"}``. Sizes that nobody states follow from the
    operations, or stay letters. e and pi are the constants unless declared. Raises ParseError, with column and token,
    where the text is no such expression, and where shapes do not fit, with both.
    """
    return read_matrix(text, declared).expression


def read_matrix(text: str, declared: Mapping[str, Any] | None = None, also: Mapping[str, TextFunction] | None = None) -> MatrixReading:
    """What the text writes, with its letters; ``also`` are functions of one number besides the usual ones.

    Arguments and errors are otherwise those of ``parse_matrix``.
    """
    tree = parse_tree(text)
    reader = _Reader(tree, declared or {}, Vocabulary(also=also or {}))
    part = reader.part(tree)
    letters = {name: one.symbol(reader.sizes) for name, one in reader.letters.items()}  # first: so that open sizes are m, n, … from the left
    value, written = reader.value(part)
    return MatrixReading(value, written, letters)


def letters_in(text: str) -> set[str]:
    """The names in a text, constants among them. Raises ParseError where it is no matrix expression."""
    return {node.text for node in _names(parse_tree(text))}


@dataclass
class _Reader:
    tree: Node
    declared: Mapping[str, Any]
    words: Vocabulary
    sizes: Sizes = field(init=False)
    letters: dict[str, Letter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [one for one in _names(self.tree) if one.text != EYE and not self.is_constant(one.text)]
        self.sizes = Sizes({one.text for one in names} | set(self.declared))
        for node in names:
            if node.text not in self.letters:
                self.letters[node.text] = self.located(node, self.letter, node.text)
        unknown = next((one for one in self.declared if one not in self.letters), None)
        if unknown is not None:
            raise UnknownNameError("letter", unknown, self.letters, "it is declared, but the text has")

    def letter(self, name: str) -> Letter:
        if self.function(name) is not None or name in FUNCTIONS:
            raise DeriveError(f"{name!r} is a function: write {name}(…)")
        other = next((one for one in self.letters if split(one) == split(name)), name)
        refuse_look_alikes([symbol(other), symbol(name)])
        return letter(name, self.declared, self.sizes)

    def function(self, name: str) -> TextFunction | None:
        return self.words.function(ALIASES.get(name, name))

    def part(self, node: Node) -> Part:
        """The part that a node of the tree stands for, with its shape."""
        if node.head == "number":
            return Part(node, None, NUMBER)
        if node.head == "name":
            return Part(node, self.shape_of(node.text), IRRATIONAL if self.is_constant(node.text) else NAME)
        operation = self.operation(node)
        parts = tuple(map(self.part, node.args))
        shape = self.located(node, operation.fit, self.sizes, parts)
        form = operation.form(parts, shape)
        if form.work > MOST_WORK:
            raise self.error(node, "makes the expression too large")
        return Part(node, shape, form, operation, parts)

    def shape_of(self, name: str) -> Shape:
        if name == EYE:
            size = self.sizes.open()
            return size, size
        return None if self.is_constant(name) else self.letters[name].shape

    def operation(self, node: Node) -> Operation:
        if node.head != "call":
            return OPERATIONS[node.head]
        operation = FUNCTIONS.get(node.called) or self.on_entries(node)
        if len(node.args) != 1:
            raise self.error(node, f"{node.called} takes 1 argument, not {len(node.args)}")
        return operation

    def on_entries(self, node: Node) -> Operation:
        """A function of numbers, which works entry by entry."""
        function = self.function(node.called)
        if function is None:
            known = self.functions()
            unknown = str(UnknownNameError("function", node.called, known, "there are"))
            raise self.error(node, unknown.replace(listed(known), listed(known, 200)))
        if function.least > 1:
            raise self.error(node, f"{node.called} takes {function.takes()}; only functions of one number work on matrices, entry by entry")
        return entry_by_entry(function)

    def functions(self) -> list[str]:
        alone = (one for one in self.words.functions if self.words.function(one).least == 1)  # type: ignore[union-attr]
        return sorted({*FUNCTIONS, *ALIASES, *alone})

    def value(self, part: Part) -> tuple[Any, Any]:
        """The value of a part, and as what it was written."""
        node = part.node
        if node.head == "number":
            exact = Fraction(node.text)
            number = Rational(exact.numerator, exact.denominator)
            return number, number
        if part.operation is None:
            value = self.named(node.text, part.shape)
            return value, value
        found = [self.value(one) for one in part.parts]
        values = [value for value, _ in found]
        value = self.located(node, part.operation.build, part.shape and self.sizes.shape(part.shape), values)
        if part.operation.number and not part.operation.after and not any(map(is_matrix, values)):
            return value, Written(part.operation.number, tuple(written for _, written in found))
        return value, value

    def named(self, name: str, shape: Shape) -> Any:
        """What a name stands for, once the sizes are known."""
        if name == EYE:
            return Identity(self.sizes.shape(shape)[0])
        return CONSTANTS[name] if self.is_constant(name) else self.letters[name].symbol(self.sizes)

    def is_constant(self, name: str) -> bool:
        return name in CONSTANTS and name not in self.declared

    def located(self, node: Node, make: Callable[..., Any], *args: object) -> Any:
        """What ``make`` gives; what it refuses is put down to the node."""
        try:
            return make(*args)
        except ParseError:
            raise
        except DeriveError as refused:
            raise self.error(node, str(refused)) from None

    def error(self, node: Node, what: str) -> ParseError:
        shown = node.text if len(node.text) <= 60 else f"{node.text[:59]}…"
        return ParseError(f"{shown!r}: {what}" if node.head != "name" else what, 1, node.start + 1, node.text)


def _names(node: Node) -> Iterator[Node]:
    if node.head == "name":
        yield node
    for one in node.args:
        yield from _names(one)
