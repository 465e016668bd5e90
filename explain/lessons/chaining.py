"""The chain rule of a lesson in derivatives, opened along the paths or stated unit by unit."""

from __future__ import annotations

from ..document import Block, Cite, Equation, Inline, Paragraph
from ..formula import Lines, Name, row
from .lesson import Lesson
from .lines import called, equals
from .unfolding import Node, has_sum, leaves, set_derivatives

__all__ = ["chain_rule"]


def chain_rule(lesson: Lesson) -> list[Block]:
    """The chain rule in derivatives, opened along the paths or stated unit by unit."""
    if lesson.derivation.path_count == 0 or lesson.is_direct:
        return []
    first, *others = [(called(lesson, claim), equals(set_derivatives(lesson.tree(claim), lesson.board, lesson.named)), None) for claim in lesson.opened()]
    formula = Lines((first, *others)) if others else row(*first[:2])
    return [Paragraph(_chain_words(lesson), lesson.say("chain")), Equation(formula, lesson.label("chain"))]


def _chain_words(lesson: Lesson) -> tuple[Inline, ...]:
    tree = lesson.tree(lesson.derivation.claim)
    known = list(dict.fromkeys(step.claim for step in leaves(tree) if step.claim in lesson.told))
    sentences = [lesson.say(_chain_key(lesson, tree), delta=Name("δ"))]
    if known:
        where = lesson.words.joined(list(dict.fromkeys(Cite(lesson.told[claim]) for claim in known)))  # type: ignore[index]
        sentences.insert(0, lesson.say("chain.known", known=lesson.words.joined([lesson.named(claim) for claim in known]), where=where))
    if lesson.board.totals:
        sentences.insert(0, lesson.say("chain.totals"))
    return lesson.words.in_line(sentences)


def _chain_key(lesson: Lesson, tree: Node) -> str:
    if not lesson.few_paths:
        return "chain.many"
    if lesson.derivation.path_count == 1:
        return "chain.one"
    return "chain.few" if has_sum(tree) else "chain.shared"
