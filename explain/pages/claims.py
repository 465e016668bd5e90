"""Claims: the page that says of an equality whether it is true, with its proof or a point at which it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction as Ratio
from typing import Any

from sympy import Expr, Symbol, false, true

from derive.claims.cases import CASES
from derive.claims.judging import judge
from derive.claims.sampling import number, points
from derive.claims.text import Assumptions, Side, read_claim, side, split_claim
from derive.claims.verdicts import Verdict, as_assumed
from derive.proofs import FREE
from derive.written import Written

from ..boards.ordering import is_below
from ..document import Block, Document, Equation, Inline, Paragraph
from ..formula import Formula, Fraction, Lines, Name, Prefix, Relation, Row, Script, Times, row
from ..lessons.conditions import relation, told_domain
from ..lessons.constants import names_apart
from ..locales import Locale, locale
from ..notation import ATOM, PRODUCT, SUM, Board, Piece, board_of
from .claim_reasons import told_reason

__all__ = ["Claim", "ClaimBoard", "as_data", "judged", "names", "values_apart"]

FEW = 3  # names whose values stand in a sentence
NOTHING = Row(())


class ClaimBoard(Board):
    """A board on which derivatives and limits stand as they are written in a claim."""

    def _written(self, written: Written) -> Piece:
        setter = {"derivative": self._derivative, "limit": self._limit}.get(getattr(written.head, "__name__", ""))
        return setter(*written.args) if setter else super()._written(written)

    def _derivative(self, function: Written | Expr, x: Written | Expr, times: Written | Expr | None = None) -> Piece:
        alone = _expression(function).free_symbols <= {x}
        sign, order = Prefix(self.notation.total if alone else self.notation.partial), None if times in (None, 1) else self.formula(times)  # type: ignore[arg-type]
        below = Script(self.formula(x), sup=order) if order else self.formula(x)
        operator = Fraction(Script(sign, sup=order) if order else sign, row(sign, below))
        return Piece(row(operator, Times(), self._operand(function, "**")), PRODUCT)

    def _limit(self, function: Written | Expr, x: Written | Expr, at: Written | Expr) -> Piece:
        below = row(self.formula(x), Relation("→"), self._end(at))
        return Piece(row(Script(Name("lim", "function"), sub=below), Times(), self._operand(function, "**", "*", "/")), PRODUCT)

    def _operand(self, function: Written | Expr, *plain: str) -> Formula:
        """What an operator stands before: in a fence, unless it is a single function or was made by one of the ``plain`` operations."""
        alone = isinstance(function, Written) and (callable(function.head) or function.head in plain)
        return self.inside(self.piece(function), PRODUCT if alone else ATOM)

    def _end(self, at: Written | Expr) -> Formula:
        """Where a variable goes: a number, or infinity, which is a name in the text."""
        infinite = {Symbol("oo"): row(Name("∞")), -Symbol("oo"): row(Prefix("−"), Name("∞"))}
        return infinite.get(_expression(at)) or self.formula(at)


def _expression(written: Written | Expr) -> Expr:
    return written.expression if isinstance(written, Written) else written


@dataclass(frozen=True)
class Claim:
    """A claim as text with its verdict, its board and its words: all that the page is made of."""

    sides: tuple[Side, Side]
    given: Assumptions
    verdict: Verdict
    board: Board
    words: Locale

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.words.say(key, **parts)


def judged(text: str, assuming: str = "", *, language: str = "en", labels: Mapping[str, str] | None = None, **told: Any) -> tuple[Document, Verdict]:
    """The page of a claim "A = B" or "A = B for a > 0", and its verdict.

    assuming is as for ``judge``; told is notation, precision and exact, as for ``lecture``. Raises DeriveError for what
    is no claim.
    """
    left, right, given = split_claim(text)
    conditions = ", ".join(filter(str.strip, (given, assuming)))
    sides, assumed = read_claim(left, right, conditions or ())
    verdict = judge(left, right, conditions or ())
    plain = board_of(None, labels=labels, names=_names(sides, assumed), **told)
    board = ClaimBoard(plain.notation, labels=plain.labels)
    claim = Claim(sides, assumed, verdict, board, locale(language))
    return Document(claim.say("claim.title"), language, tuple(_blocks(claim)), lambda: _data(left, right, conditions, verdict)), verdict


def names(text: str, assuming: str = "") -> list[str]:
    """The names in a claim, in alphabetical order. Raises DeriveError for what is no claim."""
    left, right, given = split_claim(text)
    sides, _ = read_claim(left, right, [given, assuming])
    return sorted(_names(sides))


def _names(sides: Iterable[Side], assumed: Assumptions | None = None) -> set[str]:
    """The names in the sides of a claim and in what is assumed of it."""
    values = [part for pair in assumed.values for part in pair] if assumed else []
    conditions = [one.expression for one in assumed.conditions] if assumed else []
    return {one.name for expression in (*(one.expression for one in sides), *values, *conditions) for one in expression.atoms(Symbol)}


def _conditions(claim: Claim) -> list[Formula]:
    """What is assumed, as formulas."""
    return [*(relation(claim.board, one.relation) for one in claim.given.conditions), *_values(claim)]


def _values(claim: Claim) -> list[Formula]:
    """The names that are assumed to have a value, as equations."""
    return [row(claim.board.name(name), Relation("="), claim.board.formula(value)) for name, value in claim.given.values]


def _put_in(claim: Claim, expression: Expr) -> Expr:
    """An expression with the values that are assumed in the places of their names."""
    for name, value in claim.given.values:
        expression = expression.xreplace({name: value})
    return expression


# ---- the page


def _blocks(claim: Claim) -> list[Block]:
    given = _conditions(claim)
    asked = claim.say("claim.asked.given", conditions=claim.words.joined(given)) if given else claim.say("claim.asked")
    left, right = (claim.board.formula(one.written) for one in claim.sides)
    blocks: list[Block] = [Paragraph(asked, claim.say("claim")), Equation(row(left, Relation("="), right), "claim"), *_worked_out(claim)]
    return [
        *names_apart(_names(claim.sides, claim.given), claim.board, claim.words),
        *blocks,
        *{"proved": _proved, "refuted": _refuted, "undecided": _undecided}[claim.verdict.status](claim),
    ]


def _worked_out(claim: Claim) -> list[Block]:
    """What the derivatives and limits of the claim come to."""
    if claim.verdict.status == "undecided":
        return []
    lines = [(claim.board.formula(one.written), row(Relation("="), claim.board.formula(one.value)), None) for one in claim.sides if one.value != one.expression]
    heads = {name for one in claim.sides for name in _heads(one.written)} & {"derivative", "limit"}
    here = claim.say(f"claim.worked.{heads.pop() if len(heads) == 1 else 'both'}")
    return [Paragraph(here, claim.say("claim.worked")), Equation(Lines(tuple(lines)))] if lines else []


def _heads(written: Written | Expr) -> Iterator[str]:
    """The names of what is applied in a side, as it was written."""
    if isinstance(written, Written):
        yield getattr(written.head, "__name__", "")
        for one in written.args:
            yield from _heads(one)


def _proved(claim: Claim) -> list[Block]:
    values = _values(claim)
    put_in = [claim.say("claim.put in", values=claim.words.joined(values))] if values else []
    sentences = [*put_in, _method(claim), *_domain(claim), *_example(claim)]
    return [Paragraph(claim.words.in_line(sentences), claim.say("claim.proved"))]


def _method(claim: Claim) -> tuple[Inline, ...]:
    """How it was proved; in the words of the proof itself where there is no sentence for it."""
    name, *laws = claim.verdict.method.split("; ")
    if name.startswith(SLOPES):
        at = [_equation(claim, one) for one in name.removeprefix(SLOPES).split(", ")]
        return claim.say("claim.by slopes", point=claim.words.joined(at))
    if name not in METHODS:
        return claim.say("claim.by", method=claim.verdict.method)
    key = f"{METHODS[name]}{_work(claim) if name == FREE else ''}"
    if laws:
        return claim.say(f"{key}.laws", laws=claim.words.joined([_equation(claim, one) for one in laws]))
    return claim.say(key)


def _work(claim: Claim) -> str:
    """What there is to be done besides the laws: denominators to be brought together, products to be multiplied out, or nothing."""
    parts = [part for one in claim.sides for part in _parts(one.value)]
    if any(is_below(part) for part in parts):
        return ""
    laws = ";" in claim.verdict.method
    return ".multiplied" if not laws or any(part.is_Add for one in parts if one.is_Mul or one.is_Pow for part in one.args) else ".plain"


def _parts(expression: Expr) -> Iterator[Expr]:
    """An expression and its parts, those inside functions left out."""
    yield expression
    if expression.is_Add or expression.is_Mul or expression.is_Pow:
        for part in expression.args:
            yield from _parts(part)  # type: ignore[arg-type]


SLOPES = "both sides have the same derivative, and the same value at "
METHODS = {
    "both sides are the same expression": "claim.by same",
    FREE: "claim.by identity",
    CASES: "claim.by cases",
}


def _equation(claim: Claim, text: str) -> Formula:
    left, right, _ = split_claim(text)
    return row(claim.board.formula(side(left, "").written), Relation("="), claim.board.formula(side(right, "").written))


def _domain(claim: Claim) -> Iterable[tuple[Inline, ...]]:
    domain = claim.verdict.domain
    if domain != true:
        yield claim.say("claim.where", domain=told_domain(claim.board, claim.words, domain))
    elif any(_put_in(claim, one.value).free_symbols for one in claim.sides):
        yield claim.say("claim.everywhere")


def _example(claim: Claim) -> Iterable[tuple[Inline, ...]]:
    """Both sides at a point of the domain: what is proved is seen there as well."""
    left, right = (_put_in(claim, one.value) for one in claim.sides)
    names = left.free_symbols | right.free_symbols
    for point in points(names) if names else ():
        values = number(left, point), number(right, point)  # type: ignore[arg-type]
        if claim.verdict.domain.xreplace(dict(point)) == true and None not in values:
            shown = claim.words.joined([_assigned(claim, one.name, value) for one, value in sorted(point.items(), key=str)])
            yield claim.say("claim.example", point=shown, value=_number(claim.board, values[0]))
            return


def _assigned(claim: Claim, name: str, value: Any) -> Formula:
    return row(claim.board.name(Symbol(name)), Relation("="), _number(claim.board, value))


def _number(board: Board, value: Any) -> Formula:
    """A number of SymPy as the page prints numbers: a short decimal, else rounded."""
    return board.inside(board.number(Ratio(int(value.p), int(value.q)) if value.is_Rational else value), SUM)


def _refuted(claim: Claim) -> list[Block]:
    point, values = claim.verdict.counterexample or {}, claim.verdict.values
    assert values is not None
    shown = [_assigned(claim, name, value) for name, value in point.items()]
    key = "claim.numbers" if not point else "claim.differs" if len(point) <= FEW else "claim.differs.many"
    blocks: list[Block] = [Paragraph(claim.say(key, point=claim.words.joined(shown)), claim.say("claim.refuted"))]
    if len(point) > FEW:
        blocks.append(
            Equation(Lines(tuple((claim.board.name(Symbol(name)), row(Relation("="), _number(claim.board, one)), None) for name, one in point.items())))
        )
    lines = [line for one, value in zip(claim.sides, values_apart(claim.board, values), strict=True) for line in _inserted(claim, one, value)]
    return [*blocks, *([Equation(Lines(tuple(lines)), "claim:values")] if lines else []), *_part(claim)]


def _inserted(claim: Claim, one: Side, value: Formula) -> list[tuple[Formula, Formula, None]]:
    """A side, the same with the numbers of the counterexample, and what it comes to; no line for a number that was written as such."""
    point = {Symbol(name): number for name, number in (claim.verdict.counterexample or {}).items()}
    for name, assumed in claim.given.values:
        point[name] = assumed.xreplace(point)
    steps = [claim.board.with_numbers(point).formula(one.written)] if one.value == one.expression and point else []
    first, *others = dict.fromkeys([claim.board.formula(one.written), *steps, value])
    return [(first, row(*(part for step in others for part in (Relation("="), step))), None)] if others else []


def values_apart(board: Board, values: tuple[Any, Any]) -> tuple[Formula, Formula]:
    """Two different numbers with as many decimals as it takes to see that they differ."""
    for decimals in (board.notation.decimals, 8, 12, 15):
        finer = Board(board.notation.with_numbers(decimals, board.notation.exact))
        shown = _number(finer, values[0]), _number(finer, values[1])
        if shown[0] != shown[1]:
            break
    return shown


def _part(claim: Claim) -> list[Block]:
    part = claim.verdict.part
    return [] if part == false else [Paragraph(claim.say("claim.part", domain=told_domain(claim.board, claim.words, part)))]


def _undecided(claim: Claim) -> list[Block]:
    return [Paragraph(told_reason(claim.board, claim.words, claim.verdict.method), claim.say("claim.undecided"))]


def _data(left: str, right: str, conditions: str, verdict: Verdict) -> dict[str, object]:
    return {"claim": {"left": left.strip(), "right": right.strip(), "assuming": conditions.strip()}, **as_data(verdict)}


def as_data(verdict: Verdict) -> dict[str, object]:
    """A verdict as plain data, for JSON."""
    point, values = verdict.counterexample, verdict.values
    return {
        "status": verdict.status,
        "method": verdict.method,
        "domain": None if verdict.domain == false else as_assumed(verdict.domain),
        "counterexample": point,
        "values": None if values is None else [float(value) for value in values],
        "holds_where": None if verdict.part == false else as_assumed(verdict.part),
        "slip": None if verdict.slip is None else {"kind": verdict.slip.kind, "detail": list(verdict.slip.detail)},
    }
