"""Which records have a page: every row leads to one, anything else is refused with what there is."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from derive import Network, difference_quotient, differentiate, matrix_gradient, variation
from derive.analysis.schemes import SCHEMES
from derive.errors import DeriveError
from explain.document import Document
from explain.narrate import lecture
from explain.pages import GRAPHS, PAGES, page_of
from explain.pages.distance import Distance

RECORDS = [difference_quotient("x"), variation("x**2"), SCHEMES["central"], [SCHEMES["central"], SCHEMES["forward"]], Distance(), matrix_gradient("tr(X)", "X")]


@pytest.mark.parametrize(("module", "name"), [*PAGES, *GRAPHS])
def test_every_row_names_a_class_and_a_page(module: str, name: str) -> None:
    assert getattr(import_module(module), name).__name__ == name
    home, _, function = (PAGES | GRAPHS)[module, name].partition(":")  # type: ignore[operator]
    assert callable(getattr(import_module(home, "explain.pages"), function))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_record_has_a_page_in_every_language(record: Any) -> None:
    for language in ("en", "ko"):
        page = lecture(record, language=language, detail="brief", pictures=False)
        assert isinstance(page, Document)
        assert page.language == language


def test_derivations_are_told_as_before() -> None:
    assert page_of(Network(2, 2, 2).derivation("w1")) is None
    assert page_of(differentiate("x**2", "x")) is None
    assert page_of([]) is None


@pytest.mark.parametrize("record", [5, "x", None, [], {}, {"a": 1}, [None], [difference_quotient("x")]], ids=repr)
def test_anything_else_is_refused(record: Any) -> None:
    with pytest.raises(DeriveError, match=r"Quotient, Variation, Scheme|an empty list"):
        lecture(record)
