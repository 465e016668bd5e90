# ruff: noqa: D102 (each method prints the kind that it is named after)
"""Beamer: slides with one idea each, their lines uncovered step by step, the picture above a formula turning with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from .. import document as d
from ..formula import Lines
from . import Options, Page, blocks_within, equation_numbers, titled
from .folding import EMPTY as NOTHING
from .frames import MOST, Frame, capacity, facts_in, frames, height, picture_height, steps, walk_height
from .latex import Latex
from .standalone import packages
from .widths import Widths

__all__ = ["Beamer", "write"]

ROOM = 34.0  # ems of 11 pt between the margins of a slide 160 mm wide


def write(document: d.Document, options: Options) -> Page:
    """The document as Beamer slides, with its pictures as PDF files beside it."""
    shown = list(frames(titled(document), ROOM, options.pictures)) or [Frame((), (), ())]
    pictures = {f"{stem}.pdf": one.draw("pdf") for stem, one in _pictures(shown).items()}
    writer = Beamer(equation_numbers(document), options.pictures, ROOM)
    first, *rest = shown
    body = "\n\n".join((writer.opening(first), *map(writer.frame, rest)))
    return Page(PAGE.format(packages=packages(document.language, body, bool(pictures)), body=body), pictures)


@dataclass(frozen=True)
class Beamer(Latex):
    """Prints slides; ``step`` is the click at which the next line is uncovered, ``order`` the clicks of a formula's lines.

    ``free`` is the height in ems that pictures may take beyond the least one.
    """

    step: int = 1
    order: tuple[int, ...] = ()
    still: bool = False
    free: float = 0.0

    def opening(self, frame: Frame) -> str:
        """The first slide: the title of the page where there is one."""
        if frame.blocks or not frame.heading:
            return self.frame(frame)
        return f"\\title{{{self.line(frame.heading)}}}\n\\date{{}}\n\\begin{{frame}}\n\\titlepage\n\\end{{frame}}"

    def frame(self, frame: Frame) -> str:
        """One slide; an empty one under a heading opens a section."""
        if not frame.blocks:
            heading = self.line(frame.heading)
            return f"\\section{{{heading}}}\n\\begin{{frame}}\n\\centering\\Large {heading}\n\\end{{frame}}"
        title, heading = (frame.title, frame.heading) if frame.title else (frame.heading, ())
        head = f"\\frametitle{{{self.line(title)}}}" + (f"\n\\framesubtitle{{{self.line(heading)}}}" if heading else "")
        inner, printed = replace(self, free=self._free(frame)), []
        for block in frame.blocks:
            printed.append(inner(block))
            inner = replace(inner, step=inner.step + inner.clicks(block))
        # A walk stands at the top, so that nothing moves from slide to slide.
        wishes = [wish for wish, holds in (("t", any(map(_is_walked, frame.blocks))), ("shrink", frame.crowded)) if holds]
        options = f"[{','.join(wishes)}]" if wishes else ""
        return f"\\begin{{frame}}{options}\n{head}\n" + "\n\n".join(filter(None, printed)) + "\n\\end{frame}"

    def _free(self, frame: Frame) -> float:
        """The height that is left on a slide, for each of its pictures; those above formulas have one size on all slides."""
        count = sum(isinstance(one, d.Figure) for one in frame.blocks)
        left = capacity(frame, self.room) - sum(height(one, self.room) for one in frame.blocks)
        return max(left, 0.0) / max(count, 1)

    def clicks(self, block: d.Block) -> int:
        """How many clicks a block takes to be seen whole."""
        if isinstance(block, d.Equation):
            lines = max(steps(block.formula.rows)) + 1 if isinstance(block.formula, Lines) else 1
            return lines + (len(block.walk()) > facts_in(block.formula))
        return len(block.items) if isinstance(block, d.Items) else 0

    def covered(self, text: str) -> str:
        """What is uncovered at this step."""
        return f"\\uncover<{self.step}->{{{text}}}" if self.step > 1 and not self.still else text

    def paragraph(self, block: d.Paragraph) -> str:
        return self.covered(self.line((*block.lead, d.Text(" "), *block.parts) if block.lead else block.parts))

    def equation(self, block: d.Equation) -> str:
        shown = super().equation(block)
        whole = shown if isinstance(block.formula, Lines) else self.covered(shown)
        return "\n\n".join(filter(None, (self.turning(block), whole)))

    def turning(self, block: d.Equation) -> str:
        """The pictures above a formula, each from the click at which its fact is uncovered."""
        walk = () if self.still else block.walk()
        if not walk:
            return ""
        rows = block.formula.rows if isinstance(block.formula, Lines) else ()
        facts = [at for (left, _, _), at in zip(rows, steps(rows), strict=True) if left != NOTHING] or [0]
        starts = [self.step + at for at in (*facts, max(steps(rows), default=0) + 1)][: len(walk)]
        ends = [f"-{start - 1}" for start in starts[1:]]
        turns = [f"<{start if place else ''}{end}|handout:0>" for place, (start, end) in enumerate(zip(starts, ends, strict=False))]
        shown = [self.sized(one, walk_height(one, self.room)) for one in walk]
        images = (rf"\only{turn}{{{image}}}" for turn, image in zip([*turns, f"<{starts[-1]}->"], shown, strict=True))
        return "\\begin{center}\n" + "%\n".join(images if turns else shown) + "\n\\end{center}"

    def aligned(self, lines: Lines, width: Widths, label: str = "") -> str:
        return Latex.aligned(replace(self, order=steps(lines.rows)), lines, width, label)

    def shown(self, at: int, cells: tuple[str, ...]) -> str:
        step = self.step + self.order[at]
        if self.still or step == 1:
            return super().shown(at, cells)
        return super().shown(at, tuple(f"\\uncover<{step}->{{{cell}}}" if cell.strip() else cell for cell in cells))

    def item(self, at: int) -> str:
        return rf"\item<{self.step + at}->" if self.step + at > 1 and not self.still else r"\item"

    def within(self, block: d.Items) -> Self:
        return replace(super().within(block), still=True)

    def table(self, block: d.Table) -> str:
        return self.covered(super().table(block))

    def figure(self, block: d.Figure) -> str:
        return self.covered(super().figure(block)) if self.pictures else ""

    def sized(self, block: d.Figure, high: float | None = None) -> str:
        """A picture as high as its slide leaves room for, or as it is told."""
        high = high or min(picture_height(block, self.room) + self.free, picture_height(block, self.room, MOST))
        return rf"\includegraphics[width=\linewidth,height={high:.1f}em,keepaspectratio]{{{block.stem}.pdf}}"

    def code(self, block: d.Code) -> str:
        return self.covered(super().code(block))


def _is_walked(block: d.Block) -> bool:
    return isinstance(block, d.Equation) and bool(block.walk())


def _pictures(shown: Iterable[Frame]) -> dict[str, d.Figure]:
    """The pictures of the slides by their stems, those above formulas among them."""
    blocks = [block for frame in shown for block in blocks_within(frame.blocks)]
    inner = (one for block in blocks for one in ((block,) if isinstance(block, d.Figure) else block.walk() if isinstance(block, d.Equation) else ()))
    return {one.stem: one for one in inner}


# Under XeTeX hyperref, which beamer loads, asks for the font of the links, which not every TeX has and these slides do not use.
PAGE = r"""\ifdefined\XeTeXversion\suppressfontnotfounderror=1\fi
\documentclass[11pt,aspectratio=169]{{beamer}}
\ifdefined\XeTeXversion\suppressfontnotfounderror=0\fi
{packages}
\usefonttheme[onlymath]{{serif}}
\setbeamertemplate{{navigation symbols}}{{}}
\setbeamertemplate{{footline}}[frame number]
\setbeamercovered{{invisible}}
\tolerance=2000
\emergencystretch=4em
\binoppenalty=5000
\setlength{{\jot}}{{5pt}}
\begin{{document}}

{body}

\end{{document}}
"""
