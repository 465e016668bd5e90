"""Tokens: text cut into numbers, names and signs; whatever is wrong before there is a tree is refused here, with its place.

Only numbers, names and the signs ``+ - * / ** ( ) ,`` leave this room, in an order that makes an
expression and within the limits: nothing of it can be slow or surprising to Python's own parser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import DeriveError, ParseError, UnknownNameError, listed
from .functions import TextFunction, Vocabulary
from .names import valid

__all__ = ["DEEPEST", "LARGEST_EXPONENT", "MOST_CHARACTERS", "Token", "refuse_strange", "tokens"]

MOST_CHARACTERS = 4_000
MOST_NODES = 2_000
DEEPEST = 60
MOST_DIGITS = 40
LARGEST_EXPONENT = 100

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|[-+*/(),])|(?P<space>[ \t]+)|(?P<other>.)",
    re.ASCII | re.DOTALL,
)

INSTEAD = {
    "^": "a power is written **",
    "=": "an expression has no '='",
    ";": "one definition or expression stands on a line",
    ":": "only numbers, names and the signs + - * / ** ( ) , make an expression",
    "[": "only ( ) group",
    "]": "only ( ) group",
    "{": "only ( ) group",
    "}": "only ( ) group",
    "!": "factorials are not supported",
    "%": "remainders are not supported",
    ".": "a point stands only inside a number, such as 0.5",
    "'": "text is not supported",
    '"': "text is not supported",
    "\\": "a line cannot be continued",
    "\n": "an expression stands on one line",
    "\r": "an expression stands on one line",
    "#": "an expression has no comment",
    "|": "an absolute value is written abs(x)",
    "<": "comparisons are not supported",
    ">": "comparisons are not supported",
    "×": "write *", "·": "write *", "⋅": "write *", "∙": "write *", "÷": "write /", "−": "write -", "–": "write -",
    "²": "write **2", "³": "write **3", "√": "write sqrt(x)", "∞": "infinity is no number", "\ufeff": "save the text without a byte order mark",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a name or a sign, and the column at which it starts, counted from 1."""

    kind: str
    text: str
    column: int


def tokens(text: str, words: Vocabulary, line: int = 1) -> list[Token]:
    """The tokens of one expression, seen to be an expression that is neither too long nor too deep.

    Raises ParseError at the first token that is wrong, with what would work.
    """
    if len(text.strip()) > MOST_CHARACTERS:
        raise ParseError(f"the expression has {len(text.strip())} characters; at most {MOST_CHARACTERS} are allowed", line, 1)
    found = [_token(match, line) for match in _TOKEN.finditer(text) if match.lastgroup != "space"]
    nodes = sum(one.text not in "()," for one in found)
    if nodes > MOST_NODES:
        raise ParseError(f"the expression has {nodes} numbers, names and operations; at most {MOST_NODES} are allowed", line, 1)
    _Grammar(words, line, len(text) + 1).check(found)
    return found


def refuse_strange(text: str, line: int) -> None:
    """Raise ParseError at the first character that is neither printable ASCII nor a blank."""
    strange = re.search(r"[^ -~\t]", text)
    if strange:
        raise ParseError(_wrong_character(strange[0]), line, strange.start() + 1, strange[0])


def _token(match: re.Match[str], line: int) -> Token:
    kind, text, column = str(match.lastgroup), match[0], match.start() + 1
    wrong = _wrong_character(text) if kind == "other" else _wrong_number(text) if kind == "number" else ""
    if wrong:
        raise ParseError(wrong, line, column, text)
    if kind == "name":
        try:
            valid(text)
        except DeriveError as refused:
            raise ParseError(str(refused), line, column, text) from None
    return Token(kind, text, column)


def _wrong_character(char: str) -> str:
    """Why the character is refused: what it is, where that cannot be seen, and what to write instead."""
    called = "" if "!" <= char <= "~" else f" ({unicodedata.name(char, 'a control character')}, U+{ord(char):04X})"
    return f"{char!r}{called} is not allowed; {INSTEAD.get(char) or _plain(char)}"


def _plain(char: str) -> str:
    """What to write for a character outside the tables: the ASCII letter it looks like, or a Greek letter's name."""
    alike = unicodedata.normalize("NFKC", char)
    if not char.isascii() and len(alike) == 1 and "!" <= alike <= "~":
        return f"write the ASCII character {alike!r}"
    greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", unicodedata.name(char, ""))
    if greek:
        return f"write {greek[2].lower() if greek[1] == 'SMALL' else greek[2].capitalize()}"
    return "only numbers, names of ASCII letters and the signs + - * / ** ( ) , make an expression"


def _wrong_number(text: str) -> str:
    mantissa, _, exponent = text.lower().partition("e")
    digits = mantissa.replace(".", "")
    if len(digits) > MOST_DIGITS:
        return f"the number {text[:12]}… has {len(digits)} digits; at most {MOST_DIGITS} are allowed"
    if len(exponent) > MOST_DIGITS or abs(int(exponent or 0)) > LARGEST_EXPONENT:
        return f"the number {text[:60]} has an exponent beyond ±{LARGEST_EXPONENT}"
    if re.match(r"0\d", mantissa):
        return f"the number {text} starts with a zero too many; write {re.sub('^0+(?=[0-9])', '', text)}"
    return ""


@dataclass(slots=True)
class _Bracket:
    """An open bracket: the call that it belongs to, its arguments so far, and the depth around it."""

    token: Token
    call: TextFunction | None
    around: int
    arguments: int = 1


class _Grammar:
    """Goes once through the tokens: operands and operators take turns, brackets close, calls have their arguments."""

    def __init__(self, words: Vocabulary, line: int, end: int) -> None:
        self.words, self.line, self.end = words, line, end
        self.open: list[_Bracket] = []
        self.depth = self.run = 0

    def check(self, found: Sequence[Token]) -> None:
        """Raise ParseError at the first token that cannot stand where it stands."""
        wants_operand = True
        for before, token in zip((None, *found), found, strict=False):
            if wants_operand:
                wants_operand = self._operand(before, token)
            else:
                wants_operand = self._operator(before, token)  # type: ignore[arg-type]
            if self.depth + self.run > DEEPEST:
                raise self._error(f"brackets, signs and powers are nested more than {DEEPEST} deep here", token)
        if wants_operand:
            self._missing(found[-1] if found else None, None)
        if self.open:
            raise self._error("this '(' is never closed", self.open[-1].token)
        if found[-1].kind == "name":
            self._meaning(found[-1])

    def _operand(self, before: Token | None, token: Token) -> bool:
        """Take a token where an operand is wanted; gives whether one is still wanted."""
        if token.text == "(":
            self._open(token, None)
        elif token.text in ("+", "-"):
            self.run += 1
        elif token.kind == "sign":
            self._missing(before, token)
        return token.kind == "sign"

    def _operator(self, before: Token, token: Token) -> bool:
        """Take a token where an operator is wanted; gives whether an operand is wanted after it."""
        if before.kind == "name":
            if token.text == "(":
                self._open(token, self._called(before))
                return True
            self._meaning(before)
        if token.kind != "sign" or token.text == "(":
            raise self._error(f"an operator is missing between {before.text[:40]!r} and {token.text[:40]!r}; a product is written with *", token)
        if token.text == "**":
            self.run += 1
        elif token.text == ")":
            self._close(token)
        else:
            self.run = 0
            if token.text == ",":
                self._next_argument(token)
        return token.text != ")"

    def _open(self, token: Token, call: TextFunction | None) -> None:
        self.open.append(_Bracket(token, call, self.run))
        self.depth, self.run = self.depth + self.run + 1, 0

    def _close(self, token: Token) -> None:
        if not self.open:
            raise self._error("this ')' closes nothing", token)
        bracket = self.open.pop()
        self._count(bracket, bracket.arguments, token)
        self.run = bracket.around
        self.depth -= self.run + 1

    def _next_argument(self, token: Token) -> None:
        if not self.open or self.open[-1].call is None:
            raise self._error("a ',' stands only between the arguments of a function; a decimal point is written '.'", token)
        self.open[-1].arguments += 1

    def _count(self, bracket: _Bracket, count: int, token: Token) -> None:
        call = bracket.call
        if call is not None and not call.least <= count <= call.most:
            raise self._error(f"{call.name} takes {call.takes()}, not {count}", token)

    def _missing(self, before: Token | None, token: Token | None) -> None:
        """Raise because an operand is missing before the token (None: the end)."""
        if before is None and token is None:
            raise ParseError("the expression is empty", self.line, self.end)
        if before is not None and token is not None and before.text == "(" and token.text == ")":
            self._count(self.open[-1], 0, token)
        where = f"before {token.text!r}" if token is not None else f"after {before.text!r}, at the end"  # type: ignore[union-attr]
        raise self._error(f"a number or a name is missing {where}", token or Token("end", "", self.end))

    def _called(self, name: Token) -> TextFunction:
        function = self.words.called(name.text)
        if function is not None:
            return function
        if self.words.names is not None and name.text in self.words.names:
            raise self._error(f"{name.text!r} is a name, not a function; a product is written {name.text}*(…)", name)
        known = self.words.functions
        unknown = UnknownNameError("function", name.text, known, "there are").args[0].replace(listed(known), listed(known, 200))
        raise self._error(f"{unknown}; a product is written {name.text}*(…)", name)

    def _meaning(self, name: Token) -> None:
        try:
            self.words.meaning(name.text)
        except DeriveError as refused:
            raise self._error(str(refused), name) from None

    def _error(self, what: str, token: Token) -> ParseError:
        return ParseError(what, self.line, token.column, token.text)
