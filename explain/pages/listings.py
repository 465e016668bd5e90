"""Listings: the source that runs, generated from the recorded facts, alone as a program or on a page.

To add a language: a row in ``LANGS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from sympy import Symbol

from derive.errors import UnknownNameError, listed
from derive.graph import Graph
from derive.network import Network
from numeric.compiling import compile_gradient, loss_and_gradient

from ..document import Code, Document, Paragraph
from ..locales import locale

__all__ = ["LANGS", "Lang", "Listing", "of_graph", "of_network"]

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Lang:
    """A language: the attribute of a compiled function that holds its source, what opens a remark, its suffix, its name."""

    source: str
    remark: str = "#"
    suffix: str = ".py"
    name: str = "python"


LANGS: Mapping[str, Lang] = {
    "numpy": Lang("source"),
    "python": Lang("scalar_source"),
    "javascript": Lang("javascript_source", "//", ".js", "javascript"),
    "c": Lang("c_source", "//", ".c", "c"),
}


@dataclass(frozen=True)
class Listing:
    """A source with remarks at its head that say what goes in; ``of`` says what it differentiates, ``lang`` is a row of ``LANGS``."""

    source: str
    of: str
    lang: str

    @property
    def signature(self) -> str:
        """How the function is called: ``loss_and_gradient(theta, inputs, targets)``."""
        name, arguments = re.findall(r"^(?:def|function|double) (\w+)\((.*?)\)", self.source, re.MULTILINE)[-1]
        return f"{name}({', '.join(one for one in arguments.split(', ') if '=' not in one)})"

    def page(self, language: str = "en") -> Document:
        """The listing as a page."""
        words = locale(language)
        said = words.say("code.here", signature=self.signature)
        blocks = (Paragraph(said), Code(self.source, LANGS[self.lang].name))
        return Document(words.say("code.title"), language, blocks, lambda: {"of": self.of, "lang": self.lang, "source": self.source})


def of_network(net: Network, lang: str = "numpy", held: Mapping[str, float] | None = None) -> Listing:
    """The source of the mean loss and its gradient over a batch (numpy), or of one sample in plain floats (python, javascript, c).

    held has the numbers of what is not learnt, as for ``loss_and_gradient``. Raises UnknownNameError for another lang.
    """
    takes = {"theta": net.parameters, "inputs": net.inputs, "targets": net.targets, "masks": net.masks}
    remarks = [f"{name}: {_named(symbols)}" for name, symbols in takes.items() if symbols]
    remarks += [f"held fixed: {listed(f'{name} = {value}' for name, value in held.items())}"] if held else []
    rows = ["inputs and targets have a row for every sample; the loss is the mean over the rows."] if lang == "numpy" else []
    return _listing(getattr(loss_and_gradient(net, held=held), _lang(lang).source), repr(net), [*remarks, *rows], lang)


def of_graph(graph: Graph, of: str, wrt: Iterable[str], lang: str = "numpy") -> Listing:
    """The source of a node of a graph and its derivatives. Raises UnknownNameError for another lang, DeriveError for unknown names."""
    names = list(wrt)
    gives = f"gives {of}, and its derivatives by {listed(names)}"
    return _listing(getattr(compile_gradient(graph, of, names), _lang(lang).source), f"{of} by {listed(names)}", [gives], lang)


def _lang(lang: str) -> Lang:
    if lang not in LANGS:
        raise UnknownNameError("lang", lang, LANGS)
    return LANGS[lang]


def _listing(source: str, of: str, remarks: Iterable[str], lang: str) -> Listing:
    lines = [part for line in (f"Written by gradnotes from the derivation of {of}", *remarks) for part in wrap(line, WIDTH, break_long_words=False)]
    head = "\n".join(f"{LANGS[lang].remark} {line}" for line in lines)
    return Listing(f"{head}\n\n{source.strip()}\n", of, lang)


def _named(symbols: Iterable[Symbol]) -> str:
    return listed(one.name for one in symbols)
