"""A LaTeX document that compiles as it is, with pdfLaTeX, XeLaTeX or LuaLaTeX."""

from __future__ import annotations

import re

from ..document import Document
from . import Options, Page, equation_numbers, figures, titled
from .latex import Latex

__all__ = ["HANGUL", "packages", "write"]

ROOM = 38.3  # ems of 11 pt in a text 150 mm wide, less what the estimate may be wrong by

HANGUL = re.compile("[\u1100-\u11ff\u3000-\u303f\u3130-\u318f\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")


def write(document: Document, options: Options) -> Page:
    """The document as one LaTeX file, with its pictures as PDF files beside it."""
    pictures = figures(document, "pdf") if options.pictures else {}
    body = Latex(equation_numbers(document), options.pictures, ROOM).body(titled(document))
    return Page(PAGE.format(packages=packages(document.language, body, bool(pictures)), body=body or r"\mbox{}"), pictures)


def packages(language: str, body: str, pictures: bool) -> str:
    """The packages that a body needs: amsmath, graphicx for pictures, kotex for Korean."""
    korean = language == "ko" or HANGUL.search(body)
    return "\n".join(rf"\usepackage{{{name}}}" for name, needed in (("amsmath", True), ("graphicx", pictures), ("kotex", korean)) if needed)


PAGE = r"""\documentclass[11pt]{{article}}
\usepackage[a4paper,hmargin=30mm,vmargin=25mm]{{geometry}}
{packages}
\setlength{{\parindent}}{{0pt}}
\setlength{{\parskip}}{{0.6\baselineskip}}
\setlength{{\jot}}{{5pt}}
\tolerance=2000
\emergencystretch=4em
\binoppenalty=5000
\allowdisplaybreaks
\begin{{document}}

{body}

\end{{document}}
"""
