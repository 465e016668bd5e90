"""Exercises: a finished page as hints for self-study, or as a sheet with blanks and the answers at its end.

Both are made of the page's own blocks: every equation with a label is a step. Nothing is narrated again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate

from .document import Block, Cite, Document, Equation, Figure, Heading, Inline, Items, Paragraph
from .formula import Formula, Lines, Relation, Row, Word, row
from .locales import Locale, locale
from .writers.folding import Line, inlines_of, split

__all__ = ["blank", "hints", "stages"]

BLANK = Word("…" * 8)
EMPTY = Row(())


# ---- hints


def hints(document: Document) -> Document:
    """The page with every step as a numbered block: the question, the reason as a hint, then the formula."""
    words, blocks, count = locale(document.language), [], 0
    for lead, block in _with_leads(document.blocks):
        if not (isinstance(block, Equation) and block.label):
            blocks += [*([lead] if lead else []), block]
            continue
        blocks += [replace(lead, parts=())] if lead else []
        for step in _steps(block, lead.parts if lead else (), words):
            count += 1
            blocks.append(Items((step,), start=count))
    return replace(document, blocks=tuple(blocks))


def _with_leads(blocks: Sequence[Block]) -> Iterator[tuple[Paragraph | None, Block]]:
    """Each block; a titled paragraph that opens a labelled equation comes together with it."""
    lead: Paragraph | None = None
    for block in blocks:
        if isinstance(block, Equation) and block.label:
            yield lead, block
            lead = None
            continue
        if lead:
            yield None, lead
        lead = block if isinstance(block, Paragraph) and block.lead else None
        if lead is None:
            yield None, block
    if lead:
        yield None, lead


def _steps(block: Equation, opening: tuple[Inline, ...], words: Locale) -> Iterator[tuple[Block, ...]]:
    """The steps of one equation: one for each left side."""
    chunks = list(_chunks(block.formula))
    part = block.label.rpartition(":")[2]
    for place, chunk in enumerate(chunks):
        key = f"hint.ask.{part}" if f"hint.ask.{part}" in words.sentences else "hint.ask"
        hint = _hint(chunk, opening if place == 0 else (), part, words)
        formula = Lines(tuple(chunk)) if len(chunk) > 1 or chunk[0][2] else row(*chunk[0][:2])
        answer = Equation(formula, block.label if place == len(chunks) - 1 else "")
        yield (Paragraph(words.say(key, what=chunk[0][0])), *hint, answer)


def _chunks(formula: Formula) -> Iterator[list[Line]]:
    """The lines of a formula, those without a left side with the one that they continue."""
    rows: Sequence[Line] = formula.rows if isinstance(formula, Lines) else ((*split(formula), None),)
    starts = [place for place, (left, _, _) in enumerate(rows) if left != EMPTY or place == 0]
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield list(rows[start:end])


def _hint(chunk: Sequence[Line], opening: tuple[Inline, ...], part: str, words: Locale) -> list[Block]:
    """The reasons of the lines, or what the page says before the equation."""
    reasons = list(dict.fromkeys(inlines_of(why) for _, _, why in chunk if why))
    key = f"hint.{part}"
    said = words.listed(reasons) if reasons else opening or (words.say(key) if key in words.sentences else ())
    return [Paragraph(said, words.say("hint"))] if said else []


def stages(document: Document) -> list[Document]:
    """The page of hints as it grows: up to the first hint, up to its formula, up to the next hint, and so on to the whole page."""
    found = []
    for place, block in enumerate(document.blocks):
        if isinstance(block, Items):
            (step,) = block.items
            found += [(*document.blocks[:place], replace(block, items=(step[:upto],))) for upto in range(1, len(step))]
    return [replace(document, blocks=blocks) for blocks in (*found, document.blocks)]


# ---- blanks


@dataclass(frozen=True)
class _Sheet:
    """What stands on the sheet, and what stands among the answers."""

    sheet: tuple[Block, ...] = ()
    answers: tuple[Block, ...] = ()
    titles: tuple[tuple[Heading, ...], tuple[Heading, ...]] = ((), ())
    asked: bool = False

    def below(self, title: Heading) -> _Sheet:
        """A title, which is set where something stands below it."""
        return replace(self, titles=((title,), (replace(title, level=title.level + 1),)))

    def asking(self, *blocks: Block) -> _Sheet:
        return replace(self, sheet=(*self.sheet, *self.titles[0], *blocks), titles=((), self.titles[1])) if blocks else self

    def answering(self, *blocks: Block) -> _Sheet:
        return replace(self, answers=(*self.answers, *self.titles[1], *blocks), titles=(self.titles[0], ()))


def blank(document: Document) -> Document:
    """The page as an exercise sheet: what the steps come to is left out, and stands at the end under the numbers of the equations.

    The chain rule stays, as the frame that is to be filled; what is said after the first step moves to the answers.
    """
    words = locale(document.language)
    question = words.say("want")
    *_, made = accumulate(_with_leads(document.blocks), partial(_sorted, question), initial=_Sheet())
    opening = Paragraph(words.say("blank.here"), words.say("blank"))
    answers = [Heading(2, words.say("blank.answers")), *made.answers] if made.answers else []
    return replace(document, blocks=(opening, *made.sheet, *answers))


def _sorted(question: tuple[Inline, ...], made: _Sheet, pair: tuple[Paragraph | None, Block]) -> _Sheet:
    """One block more, on the sheet or among the answers; what is asked stands on the sheet, with its paths and picture."""
    lead, block = pair
    asks = isinstance(block, Paragraph) and block.lead == question
    made = replace(made, asked=asks or (made.asked and isinstance(block, Equation | Figure) and not getattr(block, "label", "")))
    if isinstance(block, Heading):
        return made.below(block)
    if isinstance(block, Equation) and block.label:
        asked = made.asking(*([lead] if lead else []))
        if block.label.endswith(":chain"):
            return asked.asking(block)
        blanked = Equation(_blanked(block.formula), block.label)
        return asked.asking(blanked).answering(Paragraph((), (Cite(block.label),)), Equation(block.formula))
    return made.answering(block) if made.answers and not made.asked else made.asking(block)


def _blanked(formula: Formula) -> Formula:
    """Every left side with a blank in the place of what it comes to."""
    lines = [(chunk[0][0], row(Relation("="), BLANK), None) for chunk in _chunks(formula)]
    return Lines(tuple(lines)) if len(lines) > 1 else row(*lines[0][:2])
