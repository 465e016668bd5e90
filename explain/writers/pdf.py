"""PDF: the standalone LaTeX page, set by the TeX on the machine, or the Typst page, set by the package typst.

To add a TeX engine: its name in ``ENGINES``. A character without a glyph is an error in both ways, never an
empty box.
"""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from derive.errors import DeriveError

from ..document import Document
from . import Options, Page, standalone, typst

__all__ = ["ENGINES", "write"]

ENGINES = ("pdflatex", "lualatex", "xelatex")
NEITHER = (
    "a PDF needs a typesetter, and none was found: pip install 'gradnotes[pdf]' brings one, or install TeX with "
    "amsmath and geometry (Debian: texlive-latex-recommended, and texlive-lang-korean for Korean)"
)

# A program that writes the same page twice writes the same file twice.
_SHUT_IN = {"openin_any": "p", "openout_any": "p", "max_print_line": "1000", "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
_NO_DATE = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def write(document: Document, options: Options) -> Page:
    """The document as PDF, its pictures within it.

    Raises DeriveError where no typesetter is found, or where the one found cannot set the page.
    """
    engine = next(filter(None, map(shutil.which, ENGINES)), None)
    has_typst = find_spec("typst") is not None
    if engine is None and not has_typst:
        raise DeriveError(NEITHER)
    if engine is not None:
        try:
            return Page(_by_tex(engine, standalone.write(document, Options())))
        except DeriveError:
            # A TeX without the packages that the page loads is no reason to give up while there is another way.
            if not has_typst:
                raise
    return Page(_by_typst(typst.write(document, Options())))


def _laid_out(page: Page, folder: Path, name: str) -> Path:
    for file, data in page.companions.items():
        (folder / file).write_bytes(data)
    path = folder / name
    path.write_text(str(page.main), encoding="utf-8")
    return path


def _by_tex(engine: str, page: Page) -> bytes:
    """Twice through the engine, since only the second run knows the numbers of the equations."""
    with tempfile.TemporaryDirectory(prefix="gradnotes-") as name:
        path = _laid_out(page, Path(name), "page.tex")
        for _ in range(2):
            _run(engine, path)
        lost = re.search(r"^Missing character: There is no (\S+)", path.with_suffix(".log").read_text("utf-8", "replace"), re.MULTILINE)
        if lost:
            raise DeriveError(f"{Path(engine).name} has no glyph for {lost[1]!r}; choose a label without it, or install a font that has it")
        return path.with_suffix(".pdf").read_bytes()


def _run(engine: str, path: Path) -> None:
    command = [engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", path.name]
    try:
        done = subprocess.run(command, cwd=path.parent, env={**os.environ, **_SHUT_IN}, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise DeriveError(f"{Path(engine).name} did not end within 120 s") from None
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace")
        complaint = re.search(r"^! (.*)", said, re.MULTILINE)
        raise DeriveError(f"{Path(engine).name} cannot set the page: {complaint[1] if complaint else said[-300:]}")


def _by_typst(page: Page) -> bytes:
    """As PDF/A, in which a character that no font has is an error and not an empty box."""
    typesetter = import_module("typst")

    with tempfile.TemporaryDirectory(prefix="gradnotes-") as name:
        path = _laid_out(page, Path(name), "page.typ")
        try:
            return typesetter.compile(str(path), root=name, pdf_standards=["a-2u"], timestamp=_NO_DATE)
        except typesetter.TypstError as error:
            raise DeriveError(f"typst cannot set the page: {error}; a font that has the character helps, such as Noto Serif KR for Korean") from error
