"""Matrix expressions as text, first half: signs and brackets into a tree, in the notation of matrixcalculus.org.

``+ - * / ^`` work on whole vectors and matrices, ``.* ./ .^`` entry by entry, ``'`` transposes. The grammar is
this house's own and knows nothing else; nothing is ever evaluated. What the tree means is said in matrix_kinds.

To add an operator: its sign in ``_TOKEN``, its rank in ``RANKS``, its meaning in a row of matrix_kinds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import DeriveError, ParseError
from ..functions import Vocabulary
from ..names import valid
from ..tokens import DEEPEST, MOST_CHARACTERS, Token, tokens

__all__ = ["Node", "parse_tree"]

MOST_NODES = 400

# A point belongs to a number only between or before digits: 2.*x is 2 .* x.
_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\.[*/^]|[-+*/^(),'])|(?P<space>[ \t]+)|(?P<other>.)",
    re.ASCII | re.DOTALL,
)
RANKS = (("+", "-"), ("*", "/", ".*", "./"))
LONG = ("+", "*", ".*")  # any number of arguments
POWERS = ("^", ".^")
ALLOWED = "numbers, names of ASCII letters, functions and the signs + - * / ^ ' .* ./ .^ ( ) ,"
INSTEAD = {
    ".": "a point stands inside a number, such as 0.5, or before * / ^, which then work entry by entry",
    "=": "an expression has no '='",
    "[": "only ( ) group; a vector or matrix is a letter",
    "]": "only ( ) group; a vector or matrix is a letter",
    "|": "a norm is written norm2(x), a determinant det(X), an absolute value abs(a)",
    "@": "a matrix product is written *",
    "\n": "an expression stands on one line", "\r": "an expression stands on one line",
    "ᵀ": "a transpose is written '", "⊤": "a transpose is written '", "’": "a transpose is written '", "′": "a transpose is written '",
    "∘": "write .*", "⊙": "write .*", "×": "write *", "·": "write *", "⋅": "write *", "−": "write -", "–": "write -", "²": "write ^2", "⁻": "write inv(X)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """A number, a name, or an operation and what it is applied to; ``start`` is its place in the text, from 0.

    ``head`` is number, name, neg, call (of the function ``called``), or a sign; ``+ * .*`` take any number of
    arguments, and a difference is a sum with a neg.
    """

    head: str
    args: tuple[Node, ...]
    start: int
    text: str
    depth: int = 0
    called: str = ""


def parse_tree(text: str) -> Node:
    """The tree of a matrix expression. Raises ParseError, with column and token, where the text is none."""
    if not isinstance(text, str):
        raise DeriveError(f"the text is a str, not {text!r:.80}")
    if len(text) > MOST_CHARACTERS:
        raise ParseError(f"the expression has {len(text)} characters; at most {MOST_CHARACTERS} are allowed", 1, 1)
    found = list(_tokens(text))
    count = sum(one.text not in ("(", ")", ",") for one in found)
    if count > MOST_NODES:
        raise ParseError(f"the expression has {count} numbers, names and operations; at most {MOST_NODES} are allowed", 1, 1)
    reader = _Reader(text, found)
    tree = reader.chain(0)
    if reader.next is not None:
        reader.refuse_rest()
    return tree


def _tokens(text: str) -> Iterator[Token]:
    words = Vocabulary()
    for match in _TOKEN.finditer(text):
        kind, own, column = str(match.lastgroup), match[0], match.start() + 1
        if kind == "other":
            raise ParseError(_wrong_character(own), 1, column, own)
        if kind == "number":
            tokens(" " * match.start() + own, words)  # the same limits as in every other text
        if kind == "name":
            _refuse_invalid(own, column)
        if kind != "space":
            yield Token(kind, own, column)


def _refuse_invalid(name: str, column: int) -> None:
    try:
        valid(name)
    except DeriveError as refused:
        raise ParseError(str(refused), 1, column, name) from None


def _wrong_character(char: str) -> str:
    called = "" if "!" <= char <= "~" else f" ({unicodedata.name(char, 'a control character')}, U+{ord(char):04X})"
    return f"{char!r}{called} is not allowed; {INSTEAD.get(char) or f'a matrix expression is made of {ALLOWED}'}"


class _Reader:
    """Reads tokens from left to right; what binds tighter is read further inside."""

    def __init__(self, text: str, found: list[Token]) -> None:
        self.text, self.found, self.place, self.depth = text, found, 0, 0

    @property
    def next(self) -> Token | None:
        return self.found[self.place] if self.place < len(self.found) else None

    def take(self, *texts: str) -> Token | None:
        """The next token, taken, if it is one of the signs."""
        token = self.next
        if token is None or token.kind != "sign" or token.text not in texts:
            return None
        self.place += 1
        return token

    def chain(self, rank: int) -> Node:
        """Operations of one rank, from left to right."""
        if rank == len(RANKS):
            return self.signed()
        sign = self.take("-") if rank == 0 else None  # a minus in front stands before the whole product
        first = self.chain(rank + 1)
        left = self.node("neg", (first,), sign.column - 1) if sign else first
        linked = ""
        while operator := self.take(*RANKS[rank]):
            right = self.chain(rank + 1)
            right = self.node("neg", (right,), right.start) if operator.text == "-" else right
            head = operator.text.replace("-", "+")
            left = self.node(head, (*left.args, right) if head == linked and head in LONG else (left, right), left.start)
            linked = head
        return left

    def signed(self) -> Node:
        signs = []
        while sign := self.take("-", "+"):
            signs.append(sign)
            self.deeper(sign)
        node = self.power()
        for sign in reversed(signs):
            self.depth -= 1
            node = self.node("neg", (node,), sign.column - 1) if sign.text == "-" else node
        return node

    def power(self) -> Node:
        base = self.turned()
        operator = self.take(*POWERS)
        if operator is None:
            return base
        sign = self.take("-", "+")
        exponent = self.operand()
        if sign and sign.text == "-":
            exponent = self.node("neg", (exponent,), sign.column - 1)
        again = self.next
        if again is not None and again.text in (*POWERS, "'"):
            raise self.error(f"brackets must say what this {again.text!r} belongs to: (a^b){again.text} or a^(b{again.text})", again)
        return self.node(operator.text, (base, exponent), base.start)

    def turned(self) -> Node:
        node = self.operand()
        while self.take("'"):
            node = self.node("'", (node,), node.start)
        return node

    def operand(self) -> Node:
        token = self.next
        if token is None or (token.kind == "sign" and token.text != "("):
            self.missing(token)
        assert token is not None
        self.place += 1
        if token.text == "(":
            return self.bracket(token)
        if token.kind == "name" and (bracket := self.take("(")):
            return self.call(token, bracket)
        return Node(token.kind, (), token.column - 1, token.text)

    def bracket(self, opened: Token) -> Node:
        self.deeper(opened)
        node = self.chain(0)
        self.closed(opened)
        return replace(node, start=opened.column - 1)

    def call(self, name: Token, opened: Token) -> Node:
        self.deeper(opened)
        arguments = [] if self.next is not None and self.next.text == ")" else [self.chain(0)]
        while self.take(","):
            arguments.append(self.chain(0))
        self.closed(opened)
        return replace(self.node("call", tuple(arguments), name.column - 1), called=name.text)

    def closed(self, opened: Token) -> None:
        if self.take(")") is None:
            if self.next is None:
                raise self.error("this '(' is never closed", opened)
            self.refuse_rest()
        self.depth -= 1

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"brackets and signs are nested more than {DEEPEST} deep here", token)

    def node(self, head: str, args: tuple[Node, ...], start: int) -> Node:
        last = self.found[self.place - 1]
        node = Node(head, args, start, self.text[start : last.column - 1 + len(last.text)], 1 + max((one.depth for one in args), default=0))
        if node.depth > DEEPEST:
            raise self.error(f"operations are nested more than {DEEPEST} deep here", last)
        return node

    def missing(self, token: Token | None) -> None:
        """Raise because an operand is missing before the token (None: at the end)."""
        before = self.found[self.place - 1].text if self.place else ""
        if token is None:
            where = f"after {before!r}, at the end" if before else ""
            raise ParseError(f"a number or a name is missing {where}" if where else "the expression is empty", 1, len(self.text) + 1)
        if token.text == "*" and before == "*":
            raise self.error("a power is written ^", token)
        raise self.error(f"a number or a name is missing before {token.text!r}", token)

    def refuse_rest(self) -> None:
        """Raise because the next token cannot follow what stands before it."""
        token, before = self.next, self.found[self.place - 1]
        assert token is not None
        if token.text == ")":
            raise self.error("this ')' closes nothing", token)
        if token.text == ",":
            raise self.error("a ',' stands only between the arguments of a function; a decimal point is written '.'", token)
        raise self.error(f"an operator is missing between {before.text[:40]!r} and {token.text[:40]!r}; a product is written with *", token)

    def error(self, what: str, token: Token) -> ParseError:
        return ParseError(what, 1, token.column, token.text)
