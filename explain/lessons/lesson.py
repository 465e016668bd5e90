"""Lesson: one derivation as it is about to be told, with its board, words, numbers and checks.

Here it is decided what is told: which totals carry a name (δ), which are opened in the chain rule and
which are cited, and in which order and groups the facts come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import Expr, Float, Symbol

from derive.claims.verdicts import Verdict
from derive.named import Named
from derive.steps import Claim, Derivation, Local, Step, Total
from numeric.checking import Check, Report
from numeric.values import Numbers

from ..document import Inline
from ..formula import Formula, Name
from ..locales import Locale, Part
from ..notation import Board
from .unfolding import Leaf, Node, unfold

__all__ = ["DETAILS", "Lesson", "is_simple", "with_totals"]

DETAILS = ("brief", "normal", "full")
FEW_PATHS = 4
MOST_ASIDE = 6
STEP_LETTERS = {"h": "h", "epsilon": "ε", "eta": "η"}  # names that would print as the letter, and the letter


@dataclass(frozen=True)
class Lesson:
    """A derivation with all that is needed to tell it.

    samples is how many samples the page is about; the numbers are those of the first, mean is the check of their mean. told are the deltas that the
    page has derived before, each with the label of its equation, known likewise local slopes; needed are deltas that a later part will cite.
    """

    derivation: Derivation
    board: Board
    words: Locale
    detail: str = "normal"
    numbers: Numbers | None = None
    report: Report | None = None
    proof: Verdict | None = None
    pictures: bool = True
    samples: int = 1
    mean: Check | None = None
    told: Mapping[Total, str] = field(default_factory=dict)
    needed: frozenset[Total] = frozenset()
    known: Mapping[Claim, str] = field(default_factory=dict)

    def after(self, told: Mapping[Total, str], needed: Iterable[Total], known: Mapping[Claim, str]) -> Lesson:
        """The same lesson on a page that has told some deltas and slopes before and will cite some deltas later."""
        return replace(self, told=dict(told), needed=frozenset(needed), known=dict(known))

    def say(self, key: str, **parts: Part) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.words.say(key, **parts)

    def label(self, part: str) -> str:
        """The label of an equation, prefixed by the claim so that several pages go into one file."""
        return f"{self.derivation.claim.of}/{self.derivation.claim.wrt}:{part}"

    @property
    def refuted(self) -> bool:
        """Is it refuted that what is derived is the derivative?"""
        return self.proof is not None and self.proof.status == "refuted"

    @property
    def x(self) -> Formula:
        """The variable by which is differentiated."""
        return self.board.name(self.derivation.claim.wrt)

    @property
    def y(self) -> Formula:
        """What is differentiated."""
        return self.board.name(self.derivation.claim.of)  # type: ignore[arg-type]

    @property
    def step(self) -> Formula:
        """A small change of the variable: h, or another letter where the graph has an h of its own."""
        taken = {one.name for one in self.derivation.graph.order}
        return Name(next((letter for name, letter in STEP_LETTERS.items() if name not in taken), "ξ"))

    # ---- names of facts

    def is_delta(self, claim: Claim) -> bool:
        """Is this the derivative of the loss by a pre-activation, which is called δ?"""
        role = self.board.roles.get(claim.wrt)
        return isinstance(claim, Total) and role is not None and role.kind == "net" and claim != self.derivation.claim

    def named(self, claim: Claim) -> Formula:
        """A derivative as it is called on this page."""
        return self.board.delta(claim) if isinstance(claim, Total) and self.is_delta(claim) else self.board.claim(claim)

    def cited_name(self, claim: Claim) -> Formula | None:
        """How a fact is called where the page cites it, and None where it is opened."""
        return self.named(claim) if claim in self.closed else None

    def value_name(self, claim: Claim) -> Formula | None:
        """How a fact is called inside the value of another one: a δ that rests on others; None where its own value stands there."""
        return self.named(claim) if isinstance(claim, Total) and self.is_delta(claim) and self._rests_on_deltas(claim) else None

    def deltas_below(self) -> Iterator[Total]:
        """The deltas that this derivation rests on."""
        return (step.claim for step in self.derivation.steps if self.is_delta(step.claim))  # type: ignore[misc]

    # ---- what is opened and what is cited

    @property
    def few_paths(self) -> bool:
        """Can a reader take in all paths at once, and does the notation want them written out?"""
        return not self.board.notation.deltas and self.derivation.path_count <= FEW_PATHS

    @cached_property
    def closed(self) -> frozenset[Claim]:
        """The totals that the chain rule cites instead of opening them."""
        own = (step.claim for step in self.derivation.steps)
        return frozenset(self.told) | {claim for claim in own if self._is_shared(claim) or (self.is_delta(claim) and not self.few_paths)}

    def _is_shared(self, claim: Claim) -> bool:
        """Is this a total that several facts cite, and more than a local derivative?"""
        return isinstance(claim, Total) and self._citations.get(claim, 0) > 1 and not self._is_only_its_local(claim)

    @cached_property
    def _citations(self) -> dict[Claim, int]:
        count: dict[Claim, int] = {}
        for step in self.derivation.steps:
            for claim in step.cited():
                count[claim] = count.get(claim, 0) + 1
        return count

    @cached_property
    def braced(self) -> frozenset[Claim]:
        """The deltas that get their name under a brace: those next to the loss, and those that are cited later."""
        first = {claim for claim in self.deltas_below() if not self._rests_on_deltas(claim)}
        return frozenset(first | self.needed)

    def _rests_on_deltas(self, claim: Claim) -> bool:
        return any(self.is_delta(one) or (isinstance(one, Total) and self._rests_on_deltas(one)) for one in self.derivation[claim].cited())

    def tree(self, claim: Claim) -> Node:
        """The chain rule for a claim, opened as far as this page opens it."""
        return unfold(self.derivation, claim, self.closed - {claim}, self.braced - {claim})

    def own_tree(self, claim: Claim) -> Node:
        """The chain rule for a claim that is stated for itself: the other deltas are cited."""
        deltas = {step.claim for step in self.derivation.steps if self.is_delta(step.claim)}
        return unfold(self.derivation, claim, (self.closed | deltas) - {claim}, ())

    def whole_tree(self) -> Node:
        """The chain rule for the claim, opened also where the page has told the parts before; of many paths only the next δ, and those next to the loss."""
        own = self.derivation.claim
        last = {one for one in self.closed if self.is_delta(one) and one in self.derivation and not self._rests_on_deltas(one)}
        return unfold(self.derivation, own, () if self.few_paths else self.closed - {own, *self.derivation[own].cited(), *last}, ())

    def opened(self) -> list[Claim]:
        """The claims that the chain rule states one by one: the last first."""
        steps = [step.claim for step in self.derivation.steps if step.claim in self.closed and step.claim not in self.told]
        reached = self._reached()
        return [self.derivation.claim, *(claim for claim in reversed(steps) if claim in reached)]

    @property
    def is_direct(self) -> bool:
        """Is the derivative a single local one, with nothing to be chained?"""
        node = self.tree(self.derivation.claim)
        return isinstance(node, Leaf) and isinstance(node.step.claim, Local)

    # ---- the order of telling

    def _reached(self, ends: Sequence[Claim] = ()) -> dict[Claim, Step]:
        """The facts in the order of reading, each after those that it cites; those below a told delta are left out."""
        reached: dict[Claim, Step] = {}
        stack: list[tuple[Claim, bool]] = [(claim, False) for claim in reversed(ends or (self.derivation.claim,))]
        while stack:
            claim, entered = stack.pop()
            if entered:
                reached[claim] = self.derivation[claim]
            elif claim not in reached and claim not in self.told:
                stack.append((claim, True))
                stack.extend((one, False) for one in reversed(list(self.derivation[claim].cited())))
        return reached

    def facts(self, ends: Sequence[Claim] = ()) -> list[list[Step]]:
        """The facts to be told one by one, like ones together, in the order of reading; ``ends`` are claims in the place of the one of the derivation."""
        groups: dict[object, list[Step]] = {}
        for claim, step in self._reached(ends).items():
            if claim not in (ends or (self.derivation.claim,)) and claim not in self.known and self._is_told_alone(claim):
                groups.setdefault(self._kind(step), []).append(step)
        return list(groups.values())

    def _is_told_alone(self, claim: Claim) -> bool:
        if isinstance(claim, Local) or self.detail == "full":
            return not (isinstance(claim, Total) and self._is_only_its_local(claim))
        return claim in self.closed or claim in self.braced

    def _is_only_its_local(self, claim: Claim) -> bool:
        return self.derivation[claim].terms == ((Local(claim.of, claim.wrt),),)

    def _kind(self, step: Step) -> object:
        """What two facts share that are told together: rule and places in the network."""
        roles = [self.board.roles.get(one) for one in (step.claim.of, step.claim.wrt)]  # type: ignore[arg-type]
        if None in roles:
            return step.claim
        return (type(step.claim), step.rule, step.because, *((role.kind, role.layer) for role in roles if role))

    def tells(self) -> dict[Total, str]:
        """The deltas that this lesson derives, each with the label of its equation; in brief, that of the chain rule, which names them."""
        facts = [(step, group[0]) for group in self.facts() for step in group if self.is_delta(step.claim)]
        return {step.claim: self.label("chain" if self.detail == "brief" else self.slug(first)) for step, first in facts}  # type: ignore[misc]

    def finds(self) -> dict[Claim, str]:
        """The local slopes that this lesson derives, each with the label of its equation; in brief there are none."""
        facts = [(step, group[0]) for group in self.facts() for step in group if isinstance(step.claim, Local) and self.detail != "brief"]
        return {step.claim: self.label(self.slug(first)) for step, first in facts}

    def cites(self) -> list[Claim]:
        """The local slopes that it takes from what the page has derived before."""
        return [claim for claim in self._reached() if claim in self.known]

    def slug(self, step: Step) -> str:
        """A short name of a fact for a label; a total derivative is told from the local one where there are both."""
        both = isinstance(step.claim, Total) and Local(step.claim.of, step.claim.wrt) in self.derivation
        return f"{step.claim.of}-{step.claim.wrt}{'-total' if both else ''}"

    # ---- numbers

    def value(self, claim: Claim) -> Any:
        """The number of a fact."""
        assert self.numbers is not None
        return self.numbers[claim].value

    @cached_property
    def numbered(self) -> Board | None:
        """The board with numbers in the places of the symbols, where there are numbers."""
        if self.numbers is None:
            return None
        cited = {name: self.numbers[total].value for total, name in self.derivation.graph.cited.items() if total in self.numbers}
        return self.board.with_numbers({**self.numbers.nodes, **cited})

    def definitions_passed(self) -> list[Symbol]:
        """The defined nodes on the paths, in the order of the graph, without those that are defined as derivatives."""
        passed = {step.claim.of for step in self.derivation.steps if isinstance(step.claim, Local)}
        roles = self.board.roles
        return [one for one in self.derivation.graph.by_symbol if one in passed and not (one in roles and roles[one].kind == "derivative")]

    def definitions_aside(self) -> list[Symbol]:
        """The defined nodes that the paths read but that do not lie on them, with what those read if all of it is short."""
        graph, passed = self.derivation.graph, set(self.definitions_passed())
        read = {one for node in passed for one in graph.reads[node]}
        behind = read | {one for node in read for one in graph.reads.get(node, ())}
        aside = [one for one in graph.by_symbol if one in behind and one not in passed]
        return aside if len(aside) <= MOST_ASIDE else [one for one in aside if one in read][:MOST_ASIDE]

    def shows(self, expression: Any, value: Any) -> bool:
        """Do the numbers, rounded as they are printed, come to the value where they are put into an expression? 1 − 1.0000 does not."""
        plain = getattr(expression, "expression", expression)
        decimals, size = self.board.notation.decimals, abs(float(value))
        if self.numbers is None or 10.0 ** (2 - decimals) < size < 2 * decimals or not size or plain.has(Named):
            return True
        printed = {one: Float(round(float(self.numbers.nodes[one]), decimals)) for one in plain.free_symbols}
        found = plain.xreplace(printed).evalf()
        return bool(found.is_Float or found.is_Rational) and abs(float(found) - float(value)) <= size / 2

    def definitions_of_start(self) -> set[Symbol]:
        """The variable itself, where it has a definition, with what only leads to it."""
        graph, wrt = self.derivation.graph, self.derivation.claim.wrt
        if wrt not in graph.by_symbol:
            return set()
        passed = set(self.definitions_passed())
        beside = {one for node in passed for one in graph.reads[node]} - {wrt}
        return {wrt, *(one for one in graph.reads[wrt] if one in graph.by_symbol and one not in beside)}

    def expression(self, node: Symbol) -> Any:
        """The definition of a node, as it was written where that is known."""
        definition = self.derivation.graph.by_symbol[node]
        return definition.written if definition.written is not None else definition.expression


def with_totals(board: Board, derivation: Derivation) -> Board:
    """The board on which totals are set with d of which the local derivative by the same variable is only a part."""
    both = (step.claim for step in derivation.steps if isinstance(step.claim, Total) and len(step.terms) > 1)
    return board.with_totals(frozenset(claim for claim in both if Local(claim.of, claim.wrt) in derivation))


def is_simple(value: Expr) -> bool:
    """A single symbol or number, which needs no line of its own to put a number in."""
    return value.is_Symbol or value.is_number
