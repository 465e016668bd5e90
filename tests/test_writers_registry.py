"""The table of formats, and what every format has in common."""

from __future__ import annotations

import importlib

import pytest

from derive.errors import DeriveError, UnknownNameError
from explain.document import Cite, Document, Equation, Figure, Heading, Items, Paragraph, Text
from explain.formula import Name
from explain.writers import SUFFIXES, WRITERS, Formulas, Writer, blocks_within, cited, equation_numbers, format_of, one_line, titled, write
from tests.writers_sample import page

# What a PDF takes a typesetter for is tested where there is one.
TEXTS = [name for name in WRITERS if name != "pdf"]

EQUATIONS = Document(
    (Text("t"),),
    "en",
    (Equation(Name("a"), "first"), Equation(Name("b")), Items(((Equation(Name("c"), "second"),),)), Equation(Name("d"), "third")),
)


@pytest.mark.parametrize("format", TEXTS)
def test_every_format_has_a_writer_and_writes_an_empty_page(format):
    module, _, function = WRITERS[format].partition(":")
    assert callable(getattr(importlib.import_module(module, "explain.writers"), function or "write"))
    assert write(Document((), "en", ()), format).main


def test_every_suffix_picks_a_format_that_exists():
    assert set(SUFFIXES.values()) <= set(WRITERS)


@pytest.mark.parametrize(("path", "format"), [("a.tex", "latex"), ("a/b.TXT", "text"), ("x.y.json", "json")])
def test_suffix_picks_the_format(path, format):
    assert format_of(path) == format


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: write(EQUATIONS, "latx"), ("'latx'", "latex", "did you mean 'latex'")),
        (lambda: write(EQUATIONS, None), ("None", "latex")),  # type: ignore[arg-type]
        (lambda: format_of("page.doc"), ("'.doc'", ".tex")),
        (lambda: format_of("page"), ("''", ".tex")),
        (lambda: write(EQUATIONS, "text", widht=3), ("'widht'", "did you mean 'width'")),
        (lambda: cited({"w1:chain": "1"}, "w1:chan"), ("'w1:chan'", "w1:chain")),
    ],
)
def test_unknown_names_are_refused_with_what_there_is(call, words):
    with pytest.raises(UnknownNameError) as refused:
        call()
    assert all(word in str(refused.value) for word in words)
    assert isinstance(refused.value, DeriveError)


@pytest.mark.parametrize(("base", "missing"), [(Formulas, "underbrace"), (Writer, "paragraph")])
def test_a_writer_that_lacks_a_method_is_refused_where_it_is_defined(base, missing):
    with pytest.raises(TypeError, match=missing):
        type("Half", (base,), {})


def test_equations_are_numbered_in_reading_order_through_lists():
    assert equation_numbers(EQUATIONS) == {"first": "1", "second": "2", "third": "3"}


def test_blocks_within_finds_what_is_inside_items():
    inner = Paragraph((Text("in"),))
    assert inner in list(blocks_within((Items(((Items(((inner,),)),),)),)))


def test_the_title_is_printed_once():
    heading = Heading(1, (Text("own"),))
    assert titled(Document((Text("t"),), "en", (heading,))) == (heading,)
    assert titled(Document((Text("t"),), "en", ())) == (Heading(1, (Text("t"),)),)


@pytest.mark.parametrize("format", [name for name in TEXTS if name != "json"])
def test_a_reference_to_no_equation_is_refused(format):
    with pytest.raises(UnknownNameError, match="nowhere"):
        write(Document((), "en", (Paragraph((Cite("nowhere"),)),)), format)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("a\n\nb", "a b"), ("\x1b[31mred", "[31mred"), ("a\u202eb", "ab"), ("\ud800x", "x"), (" a ", " a "), ("우유", "우유"), ("é", "é")],
)
def test_a_text_stays_on_its_line(text, plain):
    assert one_line(text) == plain


@pytest.mark.parametrize("format", TEXTS)
def test_the_same_document_gives_the_same_page(format):
    assert write(EQUATIONS, format) == write(EQUATIONS, format)


def test_pictures_are_left_out_of_a_page_that_stands_alone():
    def draw(suffix: str) -> bytes:
        raise AssertionError("drawn although it cannot be shown")

    document = page(Figure(draw, "net", "the network"), Paragraph((Text("words"),)))
    assert "words" in str(document.to("standalone"))
    assert "includegraphics" not in str(document.to("latex"))
