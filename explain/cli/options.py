"""The options that commands share, in groups; a command receives each group as one record.

A record turns what was typed into what the command works on, and loads sympy only then. To add an option: a field of
the record and a ``click.option`` of the same name below it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, fields
from errno import EISDIR
from functools import partial, wraps
from os.path import isdir
from pathlib import PurePath
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..formats import SUFFIXES, format_of
from .choices import FILE, Among, Later, NetworkName, Once
from .endings import delivered
from .naming import naming
from .nets import Net

if TYPE_CHECKING:
    from derive.graph import Graph
    from derive.matrix import MatrixGraph
    from derive.network import Network

    from ..document import Document
    from ..points import Point
    from ..writers import Page

__all__ = [
    "At", "Look", "Net", "Sheet",
    "as_record", "at_options", "chosen", "detail_option", "detail_options", "look_options", "naming", "net_options", "option",
    "picture_suffix", "sheet_options", "values_options",
]  # fmt: skip

PICTURES_INSIDE = ("html",)
T = TypeVar("T")


def chosen(network: Network, names: tuple[str, ...]) -> list[str]:
    """Each name once, in the order typed, with all parameters in the place of "all"."""
    parameters = [one.name for one in network.parameters]
    return list(dict.fromkeys(one for name in names for one in (parameters if name == "all" else [name])))


@dataclass(frozen=True, slots=True)
class At:
    """The point that was asked for, as it was typed; ``texts`` are its files as far as they have been read."""

    at: tuple[str, ...]
    seed: int | None = None
    texts: dict[str, str] = field(default_factory=dict, compare=False)

    def declared(self, wrt: Iterable[str] = ()) -> list[str]:
        """The names of constants that are names here, since they are given a value or differentiated by."""
        from derive.functions import CONSTANTS

        from ..points import assignments, is_values, names_in

        given = set(wrt)
        for source in filter(None, self.at):
            given |= assignments(source).keys() if is_values(source) else self._read(source, lambda text, suffix: names_in(text, suffix))
        return [name for name in CONSTANTS if name in given]

    def given(self, graph: Graph) -> list[Point] | None:
        """The points of a graph that has no default one; None where nothing was asked for.

        Raises DeriveError, with what is missing, where not every value is given, and as ``points``.
        """
        if not self.at:
            return None
        from ..points import completed

        found = self.points(graph)
        with naming(f"--at {' --at '.join(self.at)}"):
            return [completed(one, graph) for one in found]

    def points(self, graph: Graph) -> list[Point]:
        """The points, one a sample: from a file, at random or the default one, with single values replaced.

        Raises DeriveError and OSError, both with the option in the message.
        """
        from ..points import assignments, is_values, read, replaced

        if "" in self.at:
            raise click.BadParameter("it is empty; write a FILE, or such as w1=0.5,b1=1/3", param_hint="'--at'")
        files = [f"--at {one}" for one in self.at if not is_values(one)]
        sources = [*files, *([f"--seed {self.seed}"] if self.seed is not None else [])]
        if len(sources) > 1:
            raise click.UsageError(f"{' and '.join(sources)} each give all values; choose one")
        start = self._read(files[0].removeprefix("--at "), lambda text, suffix: read(text, graph, suffix)) if files else [self._start(graph)]
        typed = ",".join(one for one in self.at if is_values(one))
        with naming(f"--at {typed}"):
            return replaced(start, assignments(typed) if typed else {}, graph)

    def held(self, network: Network) -> dict[str, float]:
        """The values of what a network does not learn: frozen parameters, and strengths of penalties that have a name. Raises as ``points``."""
        from ..points import held

        return held(network, self.points(network.graph)[0]) if network.frozen or network.strengths else {}

    def _read(self, source: str, use: Callable[[str, str], T]) -> T:
        """What is made of the text and the suffix of a file, read once: standard input cannot be read again."""
        from ..points import text_of

        try:
            with naming(f"--at {source}"):
                if source not in self.texts:
                    self.texts[source] = text_of(source)
                return use(self.texts[source], PurePath(source).suffix)
        except FileNotFoundError as error:
            raise OSError(error.errno, f"{error.strerror}; FILE is TOML or JSON, - is standard input; or write name=value,…", f"--at {source}") from None
        except OSError as error:
            raise OSError(error.errno, error.strerror, f"--at {source}") from None

    def _start(self, graph: Graph) -> Point:
        from numeric.data import default_point, random_point

        if not graph.roles:
            return {}
        return dict(default_point(graph) if self.seed is None else random_point(graph, self.seed))


@dataclass(frozen=True, slots=True)
class Look:
    """Where something is written, and in which language and notation."""

    format: str | None
    file: str | None
    language: str
    notation: str
    label: tuple[str, ...]

    @property
    def to_file(self) -> bool:
        """Is a file written, and not standard output?"""
        return self.file not in (None, "-")

    def labels(self) -> dict[str, str]:
        """The labels by name. Raises click's BadParameter for what is none."""
        found: dict[str, str] = {}
        for one in self.label:
            name, _, text = one.partition("=")
            if not (name and text):
                raise click.BadParameter(f"{one!r} is no NAME=TEXT; write such as w1=milk", param_hint="'--label'")
            if name in found:
                raise click.BadParameter(f"{name} has two labels, {found[name]!r} and {text!r}", param_hint="'--label'")
            found[name] = text
        return found


@dataclass(frozen=True, slots=True)
class Sheet(Look):
    """How the page is told, in which format it is written, and where."""

    precision: int | None
    exact: bool
    ascii: bool

    def told(self, names: Graph | MatrixGraph | Collection[str]) -> dict[str, Any]:
        """What a narration takes: language, notation, precision and labels of nodes, or of other names. Raises DeriveError on others."""
        labels = self.labels()
        with naming("--label"):
            for name in labels:
                _refuse_unknown(name, names)
        return {"language": self.language, "notation": self.notation, "precision": self.precision, "exact": self.exact, "labels": labels}

    def pictured(self, usual: str = "latex") -> bool:
        """Is there a place for pictures: in the page itself, or beside it as files?"""
        return self.to_file or self.form(usual) in PICTURES_INSIDE

    def page(self, document: Document, usual: str = "latex") -> Page:
        """The finished page; ``usual`` is the format where none was asked for. Raises DeriveError for what cannot be written."""
        from ..writers import write

        return write(document, self.form(usual), ascii=self.ascii, pictures=self.to_file, width=None if self.to_file else _columns())

    def deliver(self, document: Document, usual: str = "latex") -> None:
        """Write the page to its file, or print it. Raises DeriveError and OSError."""
        delivered(self.page(document, usual), self.file)

    def form(self, usual: str = "latex") -> str:
        """The name of the format: as asked for, else by the suffix of the file.

        Raises DeriveError on a suffix without a format, and click's UsageError for words that have no ASCII.
        """
        form = self._named(usual)
        if self.ascii and form == "text" and not _in_ascii(self.language):
            raise click.UsageError(f"--ascii has no letters for --language {self.language}; leave one of the two out")
        return form

    def _named(self, usual: str) -> str:
        if self.format or not self.to_file:
            return self.format or usual
        if isdir(str(self.file)):
            raise IsADirectoryError(EISDIR, "this is a folder; name a file in it", f"-o {self.file}")
        with naming(f"-o {self.file}"):
            return format_of(str(self.file))


def _in_ascii(language: str) -> bool:
    """Can the words of a language be written in ASCII?"""
    from ..locales import locale
    from ..writers.text_formulas import to_ascii

    return all("\\u" not in to_ascii(sentence) for sentence in locale(language).sentences.values())


def picture_suffix(file: str, option: str) -> str:
    """The picture format that the name of a file asks for. Raises DeriveError before anything is computed."""
    from derive.errors import UnknownNameError

    from ..figures.canvas import SUFFIXES as PICTURE_SUFFIXES

    suffix = PurePath(file).suffix.lower().removeprefix(".")
    if suffix not in PICTURE_SUFFIXES:
        with naming(f"{option} {file}"):
            raise UnknownNameError("picture format", suffix, PICTURE_SUFFIXES)
    return suffix


def _refuse_unknown(name: str, names: Graph | MatrixGraph | Collection[str]) -> None:
    from derive.errors import UnknownNameError

    if not isinstance(names, Collection):
        names.node(name)
    elif name not in names:
        raise UnknownNameError("name", name, names)


def _columns() -> int | None:
    """The width of the terminal that the page is printed on, within reason; None where it is printed elsewhere."""
    return min(max(get_terminal_size().columns, 40), 110) if sys.stdout is not None and sys.stdout.isatty() else None


def as_record(record: type, name: str, *options: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that gives a command the options and hands them over as one record, the argument ``name``."""
    keys = [one.name for one in fields(record)]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def gathered(**typed: Any) -> Any:
            return command(**{name: record(**{key: typed.pop(key) for key in keys if key in typed})}, **typed)

        for option in reversed(options):
            gathered = option(gathered)
        return gathered

    return decorate


option = partial(click.option, cls=Once, show_default=True)
activation = Later("activation", "derive.activations", "ACTIVATIONS")


def net_options(sizes: str = "2-2-2") -> Callable[..., Any]:
    """The options of a network, with the sizes that stand where none are given."""
    numbering, biases = Later("numbering", "derive.network", "NUMBERINGS"), Later("biases", "derive.network", "BIASES")
    return as_record(
        Net,
        "net",
        option("--net", default=sizes, metavar="SIZES", help="Units of each layer, inputs first."),
        option("--activation", default="sigmoid", type=activation, help="Of the hidden units; one for all, or one a layer with commas."),
        option("--output", default="sigmoid", type=activation, help="Activation of the output units (-o names the file)."),
        option("--loss", default="cross_entropy", type=Later("loss", "derive.losses", "LOSSES"), help="Summed over the output units."),
        option("--numbering", default="by-source", type=numbering, help="by-source: w2 is i1→h2; by-target: w2 is i2→h1."),
        option("--biases", default="per-neuron", type=biases, help="per-neuron, per-layer or none."),
        option("--skips", metavar="FROM:TO,…", help="Skip connections between layers, 0 the inputs, such as 1:3."),
        option("--l1", metavar="NUMBER|NAME", help="Penalty NUMBER·Σ|w| in the loss; a NAME, such as lamda, is given by --at."),
        option("--l2", metavar="NUMBER|NAME", help="Penalty NUMBER/2·Σw² in the loss; a NAME is given by --at."),
        option("--dropout", metavar="PART", help="Dropout of hidden units, such as 0.5; the masks m_h1, … are given by --at."),
        option("--masks", metavar="MASK,…", help="Fixed masks of dropout, one a hidden layer, such as 10 or 10,110."),
        option("--frozen", type=NetworkName(inputs=False), metavar="NAME|LAYER,…", help="Parameters that are not learnt, by name or by layer."),
    )


_at = option("--at", multiple=True, metavar="FILE|NAME=VALUE,…", help="All values from a file (TOML or JSON; - is standard input), or single ones. Repeatable.")

at_options = as_record(At, "at", _at, option("--seed", type=click.IntRange(min=0), metavar="N", help="Random values instead of the default ones."))
values_options = as_record(At, "at", _at)


detail_option = option(
    "--detail", default="normal", type=Later("detail", "explain.lessons.lesson", "DETAILS"), metavar="[brief|normal|full]", help="How much is told."
)


def detail_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How much is told of a derivation, and whether it is checked: the arguments ``detail`` and ``check``."""
    return detail_option(option("--check/--no-check", default=True, help="Compare every step with a central difference.")(command))


_language = option("--language", default="en", type=Among("language", "explain.locales", "LANGUAGES"), help="Of the words.")
_notation = option(
    "--notation",
    default="net-out",
    type=Later("notation", "explain.boards.notations", "NOTATIONS"),
    help="How names and derivatives are written; NAME may be a TOML file.",
)
_label = option("--label", multiple=True, metavar="NAME=TEXT", help="Words in the place of a name, such as w1=milk. Repeatable.")

sheet_options = as_record(
    Sheet,
    "sheet",
    option("--format", type=Among("format", "explain.formats", "WRITERS"), help=f"Else the suffix of FILE decides: {', '.join(SUFFIXES)}."),
    option("-o", "file", type=FILE, metavar="FILE", help="Write the page to a file instead of standard output."),
    _language,
    _notation,
    option("--precision", type=click.IntRange(0, 15), metavar="N", help="Decimals; 4 unless the notation says otherwise."),
    option("--exact", is_flag=True, help="Leave fractions as fractions, such as 1/3, and check to thirty digits."),
    _label,
    option("--ascii", is_flag=True, help="Keep a text page to ASCII."),
)

pictured = Later("picture format", "explain.figures.canvas", "SUFFIXES")
look_options = as_record(
    Look,
    "look",
    option("--format", type=pictured, metavar="[svg|pdf|png]", help="Else the suffix of FILE decides; SVG on standard output."),
    option("-o", "file", type=FILE, metavar="FILE", help="Write the picture to a file instead of standard output."),
    _language,
    _notation,
    _label,
)
