"""The board: how names, numbers, expressions and facts are set, as formula trees.

A ``Board`` is a notation together with what stands on the board: the roles of the symbols, display labels
and, where numbers are put in, their values. The order of terms and factors is the written one where it is known, else the one of a hand: numbers, then
weights, then other letters, then sums; in sums higher degrees first, and a positive term in front.

To set another function: a row in ``_FUNCTIONS`` by its SymPy head, or in ``_HEADS`` where the expression itself is
needed. Notations are in ``notations``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sympy import (
    Abs,
    Add,
    And,
    E,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Mul,
    Not,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    exp,
    log,
    pi,
    sign,
    sqrt,
    true,
)
from sympy.logic.boolalg import Boolean

from derive.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE, maximum, minimum
from derive.errors import DeriveError
from derive.graph import Graph, Role
from derive.names import split
from derive.steps import Claim, Factor, Local, Term, Total
from derive.written import Written

from .formula import Binary, Cases, Fence, Formula, Fraction, Name, Number, Prefix, Relation, Root, Row, Script, Times, Word, row
from .notations import NOTATIONS, Notation, notation_of
from .numbers import numeral
from .ordering import factor_key, in_order, is_below, sign_into_a_difference

__all__ = ["NOTATIONS", "Board", "Notation", "Piece", "board_of"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
MOST_PRIMES = 3
SIGNS = {">": ">", "<": "<", ">=": "≥", "<=": "≤", "!=": "≠", "==": "="}

# Constants by their letters, and functions by the names under which they are spoken of where these are not those of text.
CONSTANTS = {E: "e", pi: "π", SELU_SCALE: "λ", SELU_ALPHA: "α"}
SPOKEN = {
    "leaky_relu": "LeakyReLU", "prelu": "PReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "hard_sigmoid": "hardsigmoid", "hard_tanh": "hardtanh",
}  # fmt: skip

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι",
    "kappa": "κ", "lamda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lamda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip


class Piece(NamedTuple):
    """A formula with what its neighbours must know: how tightly it binds, and a minus sign taken off its front."""

    formula: Formula
    level: float = ATOM
    minus: bool = False


@dataclass(frozen=True)
class Board:
    """A notation and what stands on the board.

    numbers puts values in the places of symbols; totals are the derivatives that are set with d because
    the local one (set with ∂) is another number.
    """

    notation: Notation = NOTATIONS["net-out"]
    roles: Mapping[Symbol, Role] = field(default_factory=dict)
    cited: Mapping[Symbol, Total] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[Symbol, Any] | None = None
    totals: frozenset[Total] = frozenset()

    @classmethod
    def of(cls, graph: Graph, notation: Notation, labels: Mapping[str, str] | None = None, totals: Iterable[Total] = ()) -> Board:
        """The board of a graph."""
        return cls(notation, graph.roles, {name: total for total, name in graph.cited.items()}, labels or {}, None, frozenset(totals))

    def with_numbers(self, numbers: Mapping[Symbol, Any]) -> Board:
        """The same board with numbers in the places of the symbols."""
        return replace(self, numbers=numbers)

    @property
    def empty(self) -> Board:
        """The same notation with nothing on the board."""
        return Board(self.notation)

    def with_totals(self, totals: frozenset[Total]) -> Board:
        """The same board with these totals set with d."""
        return replace(self, totals=totals)

    # ---- names and derivatives

    def name(self, symbol: Symbol) -> Formula:
        """A symbol as it is named on the board."""
        if symbol.name in self.labels:
            return Word(self.labels[symbol.name])
        if symbol in self.cited:
            return self.delta(self.cited[symbol])
        role = self.roles.get(symbol)
        setter = _ROLES.get(role.kind) if role is not None else None
        named = setter(self.notation, role, symbol) if setter and role else None
        if named is not None:
            return named
        base, subscripts = split(symbol.name)
        return Script(_letters(base), _subscript(subscripts)) if subscripts else _letters(base)

    def delta(self, total: Total) -> Formula:
        """The δ of a unit: the total derivative by its pre-activation, named by the unit's own subscripts."""
        node = self.name(total.wrt)
        return Script(Name("δ"), node.sub, node.sup) if isinstance(node, Script) else Script(Name("δ"), node)

    def claim(self, claim: Claim) -> Formula:
        """A derivative as a fraction, ∂of over ∂wrt; of an expression, ∂ over ∂wrt before it."""
        sign = Prefix(self.notation.total if claim in self.totals else self.notation.partial)
        below = row(sign, self.name(claim.wrt))
        if isinstance(claim.of, Symbol):
            return Fraction(row(sign, self.name(claim.of)), below)
        return row(Fraction(sign, below), Times(), self.inside(self.piece(claim.of), PRODUCT if claim.of.is_Pow or claim.of.is_Function else ATOM))

    # ---- expressions

    def formula(self, expression: Expr | Written) -> Formula:
        """An expression as a formula."""
        return self.inside(self.piece(expression), SUM)

    def piece(self, expression: Expr | Written) -> Piece:
        """An expression as a piece of a larger formula."""
        if isinstance(expression, Written):
            return self._written(expression)
        if isinstance(expression, Symbol):
            return self.leaf(expression)
        if expression.is_Number:
            return self.number(expression)
        setter = _HEADS.get(expression.func)
        return setter(self, expression) if setter else self._applied(expression.func, [self.piece(arg) for arg in expression.args])

    def leaf(self, symbol: Symbol) -> Piece:
        """A symbol, or its number where numbers are put in."""
        if self.numbers is not None and symbol in self.numbers:
            return self.number(self.numbers[symbol])
        return Piece(self.name(symbol))

    def number(self, value: Any) -> Piece:
        """A number as it is printed."""
        digits, exponent = numeral(value, self.notation.decimals, self.notation.exact)
        minus, digits = digits.startswith("-"), digits.removeprefix("-")
        if exponent is not None:
            return Piece(row(Number(digits), Times("·"), Script(Number("10"), sup=Number(str(exponent)))), PRODUCT, minus)
        if "/" in digits:
            above, below = digits.split("/")
            return Piece(Fraction(Number(above), Number(below)), PRODUCT, minus)
        return Piece(Number(digits), ATOM, minus)

    def inside(self, piece: Piece, level: float) -> Formula:
        """The formula of a piece where at least that tightness is needed: fenced if it binds less."""
        whole = row(Prefix("−"), piece.formula) if piece.minus else piece.formula
        return fenced(whole) if (min(piece.level, SUM) if piece.minus else piece.level) < level else whole

    def sum(self, pieces: Sequence[Piece]) -> Piece:
        """The pieces in order with plus and minus signs between them."""
        if len(pieces) == 1:
            return pieces[0]
        parts: list[Formula] = []
        for piece in pieces:
            body = fenced(piece.formula) if piece.level <= SUM and piece.minus else piece.formula
            sign = (Binary("−" if piece.minus else "+"),) if parts else (Prefix("−"),) if piece.minus else ()
            parts += [*sign, body]
        return Piece(row(*parts), SUM)

    def product(self, pieces: Sequence[Piece], dots: bool = False) -> Piece:
        """The pieces in order as factors, with dots where numbers would run together or ``dots`` asks for them.

        Signs are gathered in front; where numbers are put in, a negative one keeps its sign in parentheses.
        """
        if len(pieces) == 1:
            return pieces[0]
        gather = self.numbers is None
        parts: list[Formula] = []
        for place, piece in enumerate(pieces):
            body = self.inside(piece._replace(minus=False) if gather else piece, PRODUCT)
            if place < len(pieces) - 1:
                body = _closed_function(body)
            parts += [*([Times("·" if dots or not gather or _needs_dot(parts[-1], body) else "")] if parts else []), body]
        return Piece(row(*parts), PRODUCT, gather and sum(piece.minus for piece in pieces) % 2 == 1)

    def ratio(self, above: Piece, below: Piece) -> Piece:
        """One piece over another; the sign of the upper one goes in front, except that of a number that is put in."""
        stays = self.numbers is not None
        return Piece(Fraction(self.inside(above if stays else above._replace(minus=False), SUM), self.inside(below, SUM)), PRODUCT, above.minus and not stays)

    def power(self, base: Piece, exponent: Piece) -> Piece:
        """One piece to the power of another."""
        below = self.inside(base, ATOM)
        if isinstance(below, Script):
            if below.sup is not None:
                return Piece(Script(fenced(below), sup=self.inside(exponent, SUM)), POWER)
            return Piece(Script(below.base, below.sub, self.inside(exponent, SUM)), POWER)
        return Piece(Script(below, sup=self.inside(exponent, SUM)), POWER)

    def terms(self, terms: Iterable[Term], set_factor: Callable[[Factor], Piece] | None = None, dots: bool = False) -> Piece:
        """The terms of a step: a sum of ordered products; each factor set by ``set_factor`` (or as it is)."""
        place = set_factor or self.factor
        pieces = [self._signed_product(term, place, dots) for term in terms]
        return self.sum(pieces) if pieces else Piece(Number("0"))

    def _signed_product(self, term: Term, place: Callable[[Factor], Piece], dots: bool) -> Piece:
        """A product whose factors 1 and −1 are its sign only, where there are others."""
        kept = [factor for factor in term if factor not in (1, -1)] or list(term[:1])
        minus = (len(kept) < len(term) and sum(factor == -1 for factor in term if factor not in kept)) % 2 == 1
        piece = self.product([place(factor) for factor in kept], dots)
        return piece._replace(minus=piece.minus != minus)

    def factor(self, factor: Factor) -> Piece:
        """A factor of a step: a derivative, or an expression."""
        return Piece(self.claim(factor)) if isinstance(factor, Local | Total) else self.piece(factor)

    # ---- heads

    def _written(self, written: Written) -> Piece:
        pieces = [self.piece(arg) for arg in written.args]
        if isinstance(written.head, str):
            return _SIGNS[written.head](self, pieces)
        return self._applied(written.head, pieces)

    def _negative(self, piece: Piece) -> Piece:
        """The piece with its sign turned; a negative number that is put in keeps its own, in parentheses."""
        if piece.minus and self.numbers is not None:
            return Piece(fenced(self.inside(piece, SUM)), ATOM, True)
        if piece.level <= SUM and not piece.minus:
            return Piece(fenced(piece.formula), ATOM, True)
        return piece._replace(minus=not piece.minus)

    def _add(self, expression: Expr) -> Piece:
        return self.sum([self.piece(term) for term in in_order(expression)])

    def _mul(self, expression: Expr) -> Piece:
        number, factors = sign_into_a_difference(expression)
        below = [1 / factor for factor in factors if is_below(factor)]
        above = [factor for factor in factors if not is_below(factor)]
        if not below:
            whole = self._factors(abs(number), above)
        else:
            whole = self.ratio(self._factors(Integer(abs(number).p), above), self._factors(Integer(number.q), below))
        return self._negative(whole) if number < 0 else whole

    def _factors(self, number: Expr, factors: list[Expr]) -> Piece:
        """A positive coefficient, left out where it is 1, and factors in a hand's order."""
        coefficient = [self.number(number)] if number != 1 or not factors else []
        return self.product([*coefficient, *(self.piece(factor) for factor in sorted(factors, key=factor_key))])

    def _pow(self, expression: Expr) -> Piece:
        base, exponent = expression.args
        if exponent.is_Number and exponent.is_negative:
            return self.ratio(Piece(Number("1")), self.piece(1 / expression))
        if exponent == Rational(1, 2):
            return Piece(Root(self.formula(base)))
        return self.power(self.piece(base), self.piece(exponent))

    def _indicator(self, expression: Expr) -> Piece:
        """1 where the argument is positive, else 0: what is subtracted in it stands on the other side, as in z ≤ 0 or u ≥ v."""
        number, rest = expression.args[0].as_coeff_Add()
        signs = ("≥", "≤") if expression.args[1:] == (1,) else (">", "<")
        terms = [] if rest == 0 else Add.make_args(rest)
        left = [one for one in terms if not one.could_extract_minus_sign()]
        right = [-one for one in terms if one.could_extract_minus_sign()]
        sides = (Add(*left), signs[0], Add(*right, -number)) if left or not right else (Add(*right), signs[1], number)
        return Piece(row(Name("𝟙"), Fence(row(self.formula(sides[0]), Relation(sides[1]), self.formula(sides[2])), "[", "]")))

    def _indicated(self, z: Piece, at_zero: bool = False) -> Piece:
        """1 where z is positive (with ``at_zero``, also where it is zero), else 0."""
        return Piece(row(Name("𝟙"), Fence(row(self.inside(z, SUM), Relation("≥" if at_zero else ">"), Number("0")), "[", "]")))

    def _cases(self, cases: Any) -> Piece:
        """Branch by branch, the last one under the condition that is left."""
        rows: list[tuple[Formula, Formula]] = []
        left: Boolean = true
        for value, condition in cases.args:
            rest = And(left, condition)
            rows.append((self.formula(value), self._condition(rest)))
            left = And(left, Not(condition))
        return Piece(Cases(tuple(rows)))

    def _condition(self, condition: Any) -> Formula:
        """A condition; of bounds on one name only the tightest, as in −3 < z < 3."""
        turned = ((one, one.lhs.is_number or (one.lhs.is_Symbol and not (one.rhs.is_Symbol or one.rhs.is_number))) for one in And.make_args(condition))
        relations = [one.reversed if turn else one for one, turn in turned]  # |z| ≤ δ, and not δ ≥ |z|
        if len({one.lhs for one in relations}) > 1 or not all(one.lhs.is_Symbol and one.rhs.is_number for one in relations):
            parts = [row(self.formula(one.lhs), Relation(SIGNS[one.rel_op]), self.formula(one.rhs)) for one in relations]
            return row(*(part for place, one in enumerate(parts) for part in ([Relation(",")] if place else []) + [one]))
        above = sorted((one for one in relations if one.rel_op in (">", ">=")), key=lambda one: one.rhs)[-1:]
        below = sorted((one for one in relations if one.rel_op in ("<", "<=")), key=lambda one: one.rhs)[:1]
        left = [part for one in (above if below else []) for part in (self.formula(one.rhs), Relation(SIGNS[one.reversed.rel_op]))]
        right = [part for one in below or above or relations[:1] for part in (self.formula(one.lhs), Relation(SIGNS[one.rel_op]), self.formula(one.rhs))]
        return row(*left, *right)

    def _logarithm(self, argument: Piece, base: Piece | None = None) -> Piece:
        """ln u, or the logarithm to a base that was written."""
        if base is None:
            return self._bare_function(self.notation.log, argument)
        plain = self._bare_function("log", argument)
        name, *rest = plain.formula.items  # type: ignore[attr-defined]
        return Piece(row(Script(name, self.inside(base, SUM)), *rest), PRODUCT)

    def _applied(self, head: Any, pieces: list[Piece]) -> Piece:
        setter = _FUNCTIONS.get(head)
        if setter is not None:
            return setter(self, pieces)
        name = getattr(head, "__name__", str(head))
        return self._function(SPOKEN.get(name, name), pieces)

    def _function(self, name: str, pieces: list[Piece]) -> Piece:
        arguments = row(*(part for place, piece in enumerate(pieces) for part in ([Relation(",")] if place else []) + [self.inside(piece, SUM)]))
        return Piece(row(Name(name, "function"), fenced(arguments)))

    def _bare_function(self, name: str, piece: Piece) -> Piece:
        """A function whose argument needs no parentheses where it is a single name: ln out."""
        if piece.level == ATOM and not piece.minus and isinstance(piece.formula, Name | Script | Number | Word):
            return Piece(row(Name(name, "function"), Times(), piece.formula), PRODUCT)
        return self._function(name, [piece])


def board_of(
    graph: Graph | None, notation: str | Notation = "net-out", labels: Mapping[str, str] | None = None, precision: int | None = None, exact: bool = False
) -> Board:
    """The board of a graph, or an empty one. Raises DeriveError for a notation, a label or a precision that does not exist or fit."""
    notation = notation_of(notation)
    if precision is not None and (isinstance(precision, bool) or not isinstance(precision, int) or not 0 <= precision <= 15):
        raise DeriveError(f"precision={precision!r}; it is a number of decimals from 0 to 15")
    for name, text in (labels or {}).items():
        if graph is not None:
            graph.node(name)
        if not isinstance(text, str) or not text.strip() or "\n" in text:
            raise DeriveError(f"the label of {name!r} is {text!r}; a label is one line of text")
    notation = notation.with_numbers(notation.decimals if precision is None else precision, exact or notation.exact)
    return Board.of(graph, notation, labels) if graph is not None else Board(notation, labels=labels or {})


def _unit(base: str, role: Role) -> Formula:
    """A unit of a layer: z with its number below and its layer above."""
    return Script(Name(base), Number(str(role.row)), Fence(Number(str(role.layer))))


def _primed(function: Formula, times: int) -> Formula:
    """A derivative of a function: y′, y″, y‴, y⁽⁴⁾, …"""
    return Script(function, sup=Name("′" * times) if times <= MOST_PRIMES else Fence(Number(str(times))))


# How symbols are named by their role; None leaves the name that the user knows.
_ROLES: dict[str, Callable[[Notation, Role, Symbol], Formula | None]] = {
    "loss": lambda notation, role, symbol: Name(notation.loss) if notation.loss else None,
    "net": lambda notation, role, symbol: _unit("z", role) if notation.layered or symbol.name.startswith("z") else None,
    "out": lambda notation, role, symbol: _unit("a", role) if notation.layered or symbol.name.startswith("a") else None,
    "target": lambda notation, role, symbol: (
        Script(Name(notation.target or "t"), Number(str(role.row)))
        if notation.layered or (notation.target and "_" not in symbol.name)
        else Script(Name(notation.target), _subscript(split(symbol.name)[1]))
        if notation.target
        else None
    ),
    "input": lambda notation, role, symbol: Script(Name(notation.input), Number(str(role.row))) if notation.input else None,
    "derivative": lambda notation, role, symbol: _primed(_letters(split(symbol.name)[0]), role.layer),
}


def _called(name: str) -> Callable[[Board, list[Piece]], Piece]:
    """A function under its usual name, which is not the one that it has in text."""
    return lambda board, pieces: board._function(name, pieces)


_SIGNS: dict[str, Callable[[Board, list[Piece]], Piece]] = {
    "+": lambda board, pieces: board.sum(pieces),
    "*": lambda board, pieces: board.product(pieces),
    "neg": lambda board, pieces: board._negative(pieces[0]),
    "/": lambda board, pieces: board.ratio(*pieces),
    "**": lambda board, pieces: board.power(*pieces),
}

_HEADS: dict[type, Callable[[Board, Any], Piece]] = {
    Add: Board._add,
    Mul: Board._mul,
    Pow: Board._pow,
    Heaviside: Board._indicator,
    Piecewise: Board._cases,
    **{type(one): lambda board, expression, letter=letter: Piece(Name(letter)) for one, letter in CONSTANTS.items()},
}

_FUNCTIONS: dict[Any, Callable[[Board, list[Piece]], Piece]] = {
    exp: lambda board, pieces: Piece(Name("e")) if pieces[0] == Piece(Number("1")) else Piece(Script(Name("e"), sup=board.inside(pieces[0], SUM)), POWER),
    log: lambda board, pieces: board._logarithm(*pieces),
    sqrt: lambda board, pieces: Piece(Root(board.inside(pieces[0], SUM))),
    **{head: _called(name) for head, name in {asin: "arcsin", acos: "arccos", atan: "arctan", asinh: "arsinh", acosh: "arcosh", atanh: "artanh"}.items()},
    Heaviside: lambda board, pieces: board._indicated(pieces[0], *(piece.formula == Number("1") for piece in pieces[1:])),
    Abs: lambda board, pieces: Piece(Fence(board.inside(pieces[0], SUM), "|", "|")),
    Max: lambda board, pieces: board._function("max", pieces),
    Min: lambda board, pieces: board._function("min", pieces),
    maximum: lambda board, pieces: board._function("max", pieces),
    minimum: lambda board, pieces: board._function("min", pieces),
    sign: lambda board, pieces: board._function("sgn", pieces),
    ACTIVATIONS["sigmoid"].function: lambda board, pieces: board._function(board.notation.sigmoid, pieces),
    ACTIVATIONS["relu"].function: lambda board, pieces: board._function("ReLU", pieces),
}


def fenced(body: Formula) -> Formula:
    """The body in parentheses; in brackets where it has parentheses of its own."""
    return Fence(body, "[", "]") if _has_fence(body) else Fence(body)


def _has_fence(body: Formula) -> bool:
    parts = body.items if isinstance(body, Row) else (body,)
    return any(isinstance(part, Fence) and part.open == "(" for part in parts)


def _letters(text: str) -> Formula:
    return Name(GREEK.get(text, text))


def _part(text: str) -> Formula:
    """One subscript: "1", "h1", "max"."""
    letters, digits = re.fullmatch(r"(.*?)(\d*)", text).groups()  # type: ignore[union-attr]
    return row(*([_letters(letters)] if letters else []), *([Number(digits)] if digits else []))


def _subscript(parts: Sequence[str]) -> Formula:
    return row(*(one for place, part in enumerate(parts) for one in ([Relation(",")] if place else []) + [_part(part)]))


def _needs_dot(before: Formula, after: Formula) -> bool:
    """Would the two run together? A number after anything but a fence, and a fraction of numbers."""
    first = after.items[0] if isinstance(after, Row) else after
    base = first.base if isinstance(first, Script) else first
    if _is_word(before.base if isinstance(before, Script) else before) and _is_word(base):
        return True
    return isinstance(base, Number) or (isinstance(before, Fence) and isinstance(first, Fence) and _all_numbers(before) and _all_numbers(first))


def _closed_function(body: Formula) -> Formula:
    """A function without parentheses gets them where something follows: ln(x) y, since ln x y says another thing."""
    match body:
        case Row((Name(_, "function") as name, Times(""), argument)):
            return row(name, fenced(argument))
    return body


def _is_word(node: Formula) -> bool:
    return isinstance(node, Word) or (isinstance(node, Name) and len(node.text) > 1 and node.style == "auto")


def _all_numbers(fence: Fence) -> bool:
    parts = fence.body.items if isinstance(fence.body, Row) else (fence.body,)
    return all(isinstance(part, Number | Prefix | Binary | Times) for part in parts)
