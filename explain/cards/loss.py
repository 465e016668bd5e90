"""The card of a loss: its formula, its derivative by a prediction, what becomes of it in front of the output activation, numbers, check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Expr, S, Symbol

from derive.activations import ACTIVATIONS, Activation
from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.losses import Loss
from derive.losses import loss as loss_of
from derive.named import Named
from derive.steps import Derivation
from derive.written import Written
from numeric.checking import Report

from ..document import Block, Document, Equation, Inline, Paragraph
from ..formula import Lines, row
from ..lessons.factors import fact_lines
from ..lessons.lesson import Lesson
from ..lessons.lines import Line, equals
from ..lessons.record import check_data
from ..locales import Locale, locale
from ..notation import Board, board_of
from . import Point, Sampled, by_rule_blocks, checked, interval, labelled, ruled, sampled, table, whole

__all__ = ["loss_card", "loss_names"]

L, INNER = Symbol("L"), Symbol("S")
UNIT = (S.Zero, S.One)
FREE = ((Fraction(1, 2), 1), (1, 1), (2, Fraction(1, 2)), (-1, 1))  # predictions and targets of one unit
CERTAIN = ((Fraction(9, 10), 1), (Fraction(9, 10), 0), (Fraction(1, 2), 1), (Fraction(1, 10), 1))
SIGNED = ((-1, 1), (0, 1), (2, 1), (Fraction(1, 2), -1))
SHARES = (((7, 2, 1), (10, 0, 0)), ((7, 2, 1), (0, 0, 10)), ((2, 5, 3), (3, 3, 4)))  # tenths
SEVERAL = (((0, 1), (1, 3)), ((2, 2), (1, 3)), ((Fraction(1, 2), 4), (2, 1)))
BEFORE = ((0, 0, 0), (2, 1, 0), (-1, 1, 3))  # net inputs


def loss_names(name: str) -> tuple[str, ...]:
    """The names on the card of that loss. Raises DeriveError where there is none."""
    card = Card(loss_of(name), Board(), locale("en"))
    return tuple(dict.fromkeys(one.name for part in card.parts for one in part.derivation.graph.order))


def loss_card(name: str, *, language: str = "en", detail: str = "normal", labels: Mapping[str, str] | None = None, **told: Any) -> tuple[Document, Report]:
    """The card of the loss of that name, and the report of its checks.

    name may make choices, "mse(half=yes)", or be a formula in t and o; told is notation, precision and exact, as for
    ``lecture``. Raises DeriveError where there is no such loss.
    """
    words, plain = locale(language), board_of(None, labels=labels, **told)
    card = Card(loss_of(name), plain, words, detail)
    report = whole(card.parts)
    blocks = (*card.formula(), *card.by_rules(), *card.before(), *card.numbers(), checked(card.parts, card.board, words))
    return Document(words.say("card.loss", name=words.called("loss", card.record.name)), language, labelled(blocks, name), lambda: _data(card, report)), report


@dataclass(frozen=True)
class Card:
    """A loss with what is needed to tell it."""

    record: Loss
    board: Board
    words: Locale
    detail: str = "normal"

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.words.say(key, **parts)

    # ---- what it is about

    @cached_property
    def units(self) -> int:
        """How many output units are shown: one where each has a share of its own."""
        if self.record.shares:
            return 3
        try:
            self.record.share(1)
        except DeriveError:
            return max(2, self.record.units)
        return 2 if self.record.conventions.get("over") == "mean" else 1

    def _named(self, letter: str) -> tuple[Symbol, ...]:
        return (Symbol(letter),) if self.units == 1 else tuple(Symbol(f"{letter}{place + 1}") for place in range(self.units))

    @cached_property
    def targets(self) -> tuple[Symbol, ...]:
        """The targets, one for each unit."""
        return self._named("t")

    @cached_property
    def predictions(self) -> tuple[Symbol, ...]:
        """The predictions, one for each unit."""
        return self._named("o")

    @cached_property
    def written(self) -> Written | Expr:
        """The loss, written out unit by unit."""
        return self.record.of(self.targets, self.predictions)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """The loss; what stands under a root, or in another function of all units, has a name of its own."""
        if self.units > 1 and isinstance(self.written, Written) and callable(self.written.head):
            return Definition.of(INNER, self.written.args[0]), Definition.of(L, Written(self.written.head, (INNER,)))
        return (Definition.of(L, self.written),)

    @cached_property
    def derivation(self) -> Derivation:
        """By the first prediction."""
        return Graph((*self.predictions, *self.targets), self.definitions).derivation(L, self.predictions[0])

    @cached_property
    def output(self) -> Activation | None:
        """The activation whose values are what this loss takes, where there is one besides the identity."""
        if self.record.shares and self.record.domain == UNIT:
            return ACTIVATIONS["softmax"]
        return ACTIVATIONS["sigmoid"] if self.record.domain == UNIT else None

    @cached_property
    def from_net(self) -> Derivation | None:
        """By what the output activation is applied to."""
        if self.output is None:
            return None
        nets, function = self._named("z"), self.output.function
        layer = self.output.whole is not None
        outs = [Definition(o, function(z, *(other for other in nets if layer and other != z))) for o, z in zip(self.predictions, nets, strict=True)]
        shares = self.targets if self.record.shares else ()
        graph = Graph((*nets, *self.targets), [*outs, Definition.of(L, self.written)], shares=shares)
        return graph.derivation(L, nets[0])

    # ---- the page

    def formula(self) -> list[Block]:
        """The loss, what its letters mean, and what may be chosen."""
        o, t = (self.board.name(one[0]) for one in (self.predictions, self.targets))
        logits = self.record.targets == UNIT != self.record.domain
        sentences = [*self._functions(), self.say("card.letters.net" if logits else "card.letters", o=o, t=t), *self._domain(), *self._use()]
        lines: list[Line] = [(self.board.name(one.symbol), equals(self.board.formula(one.written or one.expression)), None) for one in self.definitions]
        equation = Equation(Lines(tuple(lines)) if len(lines) > 1 else row(*lines[0][:2]), "definition")
        return [Paragraph((), self.say("card.function")), equation, Paragraph(self.words.in_line(sentences))]

    def _functions(self) -> Iterator[tuple[Inline, ...]]:
        """What the named functions in it are."""
        heads = dict.fromkeys(type(one) for one in expression_of(self.written).atoms(Named))
        applied = [head(Symbol("z"), *(Symbol(one.name) for one in head.record.settings)) for head in heads]
        spelt = [row(self.board.formula(one), equals(self.board.formula(one.spelt))) for one in applied]
        if spelt:
            yield self.say("definitions.functions", definitions=self.words.joined(spelt))

    def _domain(self) -> Iterator[tuple[Inline, ...]]:
        record = self.record
        if record.domain != (S.NegativeInfinity, S.Infinity):
            yield self.say("card.domain", interval=interval(self.board, record.domain, (False, False)))
        if record.shares:
            yield self.say("card.shares")
        if self.units > 1:
            yield self.say("card.units", count=self.units)
        if record.conventions:
            code = ", ".join(f"{key}={value}" for key, value in record.conventions.items())
            yield self.say("card.chosen", chosen=self.words.listed(list(map(self._choice, *zip(*record.conventions.items(), strict=True)))), code=code)

    def _choice(self, key: str, value: str) -> tuple[Inline, ...]:
        """A convention in words."""
        exactly = f"choice.{key}.{value}"
        return self.say(exactly) if exactly in self.words.sentences else self.say(f"choice.{key}", value=value)

    def _use(self) -> Iterator[tuple[Inline, ...]]:
        """Where it is used, as far as the language has a sentence for it."""
        key = f"loss.use.{self.record.name.partition('(')[0]}"
        if key in self.words.sentences:
            yield self.say(key)

    def by_rules(self) -> list[Block]:
        """The derivative by the first prediction, law by law."""
        variables = [self.predictions[0], *(one.symbol for one in self.definitions)]
        blocks = [
            block
            for one, x in zip(self.definitions, variables, strict=False)
            for block in by_rule_blocks(ruled(one.symbol, one.written or one.expression, x, _givens(one, x)), self.board, self.words, self.detail)
        ]
        if len(self.definitions) == 1:
            return blocks
        lines = fact_lines(Lesson(self.derivation, self.board.writing(self.derivation.graph), self.words), self.derivation[self.derivation.claim])
        return [*blocks, Paragraph((), self.say("chain")), Equation(Lines(tuple(lines)), "chain")]

    def before(self) -> list[Block]:
        """What the chain rule makes of it together with the output activation."""
        derivation, output = self.from_net, self.output
        if derivation is None or output is None:
            return []
        lesson = Lesson(derivation, self.board.writing(derivation.graph), self.words)
        (first, *_) = derivation.graph.definitions
        what = row(self.board.name(first.symbol), equals(self.board.formula(first.expression)))
        lines = fact_lines(lesson, derivation[derivation.claim])
        return [Paragraph(self.say("card.before.here", definition=what), self.say("card.before")), Equation(Lines(tuple(lines)), "before")]

    # ---- numbers

    @cached_property
    def parts(self) -> list[Sampled]:
        """The derivatives, checked at the points."""
        found = [sampled(self.derivation, self.points)]
        if self.from_net is not None:
            nets = [one for one in self.from_net.graph.givens if one not in self.targets]
            found.append(
                sampled(self.from_net, [{**dict(zip(nets, map(Fraction, net), strict=False)), **_of(point, self.targets)} for net, point in self._paired])
            )
        return found

    @property
    def _paired(self) -> Iterator[tuple[tuple[int, ...], Point]]:
        return zip(BEFORE, self.points, strict=False)

    @cached_property
    def points(self) -> list[Point]:
        """Predictions and targets at which numbers are shown."""
        return [
            {**dict(zip(self.predictions, map(Fraction, predictions), strict=True)), **dict(zip(self.targets, map(Fraction, targets), strict=True))}
            for predictions, targets in self._samples()
        ]

    def _samples(self) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        if self.record.shares:
            tenths = SHARES if self.record.name != "kl_divergence" else SHARES[2:]
            yield from (tuple(tuple(Fraction(one, 10) for one in side) for side in sample) for sample in tenths)  # type: ignore[misc]
        elif self.units > 1:
            yield from SEVERAL
        else:
            signed = self.record.targets is not None and self.record.targets[0] == -1
            for prediction, target in CERTAIN if self.record.domain == UNIT else SIGNED if signed else FREE:
                yield (prediction,), (target,)

    def numbers(self) -> list[Block]:
        """The numbers at the points, each derivative beside its central difference."""
        rounding = self.say("card.rounding", places=self.board.notation.decimals)
        return [Paragraph(rounding, self.say("point")), *(table(one, self.board, self.words) for one in self.parts)]


def _givens(one: Definition, x: Symbol) -> list[Symbol]:
    return sorted({x, *one.expression.free_symbols}, key=lambda name: name.name)  # type: ignore[arg-type]


def expression_of(written: Written | Expr) -> Expr:
    """What is written, as SymPy keeps it."""
    return written.expression if isinstance(written, Written) else written


def _of(point: Point, names: tuple[Symbol, ...]) -> dict[Symbol, Fraction]:
    return {one: point[one] for one in names}


def _data(card: Card, report: Report) -> dict[str, object]:
    return {
        "loss": card.record.name,
        "text": card.record.formula,
        "conventions": card.record.conventions,
        "derivative": card.derivation.result,
        "before_the_output": None if card.from_net is None else card.from_net.result,
        "numbers": [{"wrt": claim.wrt.name, **check_data(one)} for (claim, _), one in report.items()],
    }
