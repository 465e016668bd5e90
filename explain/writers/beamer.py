# ruff: noqa: D102 (each method prints the kind that it is named after)
"""Beamer: slides with one idea each, their lines uncovered step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from .. import document as d
from ..formula import Lines
from . import Options, Page, blocks_within, equation_numbers, titled
from .frames import Frame, frames, steps
from .latex import Latex
from .latex_formulas import DISPLAYED
from .standalone import packages
from .widths import Widths

__all__ = ["Beamer", "write"]

ROOM = 34.0  # ems of 11 pt between the margins of a slide 160 mm wide


def write(document: d.Document, options: Options) -> Page:
    """The document as Beamer slides, with its pictures as PDF files beside it."""
    pictures = _pictures(document) if options.pictures else {}
    writer = Beamer(equation_numbers(document), options.pictures, ROOM)
    shown = frames(titled(document), ROOM)
    first, *rest = shown if document.blocks or document.title else [Frame((), (), ())]
    body = "\n\n".join((writer.opening(first), *map(writer.frame, rest)))
    return Page(PAGE.format(packages=packages(document.language, body, bool(pictures)), body=body), pictures)


@dataclass(frozen=True)
class Beamer(Latex):
    """Prints slides; ``step`` is the click at which the next line is uncovered, ``order`` the clicks of a formula's lines."""

    step: int = 1
    order: tuple[int, ...] = ()
    still: bool = False

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
        inner, printed = self, []
        for block in frame.blocks:
            printed.append(inner(block))
            inner = replace(inner, step=inner.step + inner.clicks(block))
        shrink = "[shrink]" if frame.crowded else ""
        return f"\\begin{{frame}}{shrink}\n{head}\n" + "\n\n".join(filter(None, printed)) + "\n\\end{frame}"

    def clicks(self, block: d.Block) -> int:
        """How many clicks a block takes to be seen whole."""
        if isinstance(block, d.Equation):
            return max(steps(block.formula.rows)) + 1 if isinstance(block.formula, Lines) else 1
        if isinstance(block, d.Figure):
            return len(block.walk()) if self.pictures else 0
        return len(block.items) if isinstance(block, d.Items) else 0

    def covered(self, text: str) -> str:
        """What is uncovered at this step."""
        return f"\\uncover<{self.step}->{{{text}}}" if self.step > 1 and not self.still else text

    def paragraph(self, block: d.Paragraph) -> str:
        return self.covered(self.line((*block.lead, d.Text(" "), *block.parts) if block.lead else block.parts))

    def equation(self, block: d.Equation) -> str:
        shown = super().equation(block)
        return shown if isinstance(block.formula, Lines) else self.covered(shown)

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

    def pictured(self, block: d.Figure) -> str:
        walk = () if self.still else block.walk()
        if not walk:
            return super().pictured(block)
        first, last = self.step, self.step + len(walk)
        before = (f"-{first}", *map(str, range(first + 1, last)))  # before its click the first keeps the room
        turns = [*(f"<{turn}|handout:0>" for turn in before), f"<{last}->"]
        shown = list(zip(turns, (block, *walk), strict=True))
        images = "%\n".join(rf"\only{turn}{{{self.image(one.stem, 0.48)}}}" for turn, one in shown)
        captions = "%\n".join(rf"\only{turn}{{{self.turned(one.caption)}}}" for turn, one in shown)
        return f"{images}\n\\par\\medskip\n\\begin{{overlayarea}}{{\\linewidth}}{{4.4em}}\\centering\n{captions}\n\\end{{overlayarea}}"

    def turned(self, caption: tuple[d.Inline, ...]) -> str:
        """The caption of a picture among several; a formula alone is displayed."""
        if len(caption) == 1 and isinstance(caption[0], d.Math):
            return rf"$\displaystyle {DISPLAYED(caption[0].formula)}$"
        return rf"{{\small\strut {self.line(caption)}}}"

    def image(self, stem: str, share: float = 0.55) -> str:
        return super().image(stem).replace(r"0.4\textheight", rf"{share}\textheight")

    def code(self, block: d.Code) -> str:
        return self.covered(super().code(block))


def _pictures(document: d.Document) -> dict[str, bytes]:
    """The files of the pictures, and of those that take their place."""
    shown = [one for block in blocks_within(document.blocks) if isinstance(block, d.Figure) for one in (block, *block.walk())]
    return {f"{stem}.pdf": one.draw("pdf") for stem, one in {one.stem: one for one in shown}.items()}


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
\begin{{document}}

{body}

\end{{document}}
"""
