"""Formats: the names of the writers, and which one the suffix of a file picks. Light to load, for the command line.

To add a format: a row in ``WRITERS`` (its module, and the function after a colon where it has another name), and
a row in ``SUFFIXES`` where a file name should pick it.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from os.path import splitext

__all__ = ["SUFFIXES", "WRITERS", "among", "format_of"]

WRITERS: Mapping[str, str] = {
    "latex": ".latex",
    "standalone": ".standalone",
    "beamer": ".beamer",
    "html": ".html",
    "markdown": ".markdown",
    "github": ".markdown:github",
    "myst": ".markdown:myst",
    "quarto": ".markdown:quarto",
    "typst": ".typst",
    "pdf": ".pdf",
    "text": ".text",
    "json": ".json",
}

SUFFIXES: Mapping[str, str] = {
    ".tex": "latex",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".qmd": "quarto",
    ".typ": "typst",
    ".pdf": "pdf",
    ".txt": "text",
    ".json": "json",
}


def format_of(path: str | PathLike[str]) -> str:
    """The format that the suffix of a path picks; raises UnknownNameError for a suffix without one."""
    return among(SUFFIXES, splitext(fspath(path))[1].lower(), "format for the suffix")


def among(table: Mapping[str, str], name: str, kind: str) -> str:
    """The entry of a table; raises UnknownNameError, with the names that it has, for another one."""
    try:
        return table[name]
    except (KeyError, TypeError):
        # Importing derive brings sympy, which a page that can be written does not need here.
        from derive.errors import UnknownNameError

        raise UnknownNameError(kind, name, table) from None
