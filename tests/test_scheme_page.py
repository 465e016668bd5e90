"""The page of numerical differentiation: series, numbers, measured errors beside the predicted ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from golden import PAGES, steady

from derive.analysis.schemes import SCHEMES
from derive.errors import DeriveError
from explain.document import Figure, Table
from explain.locales import LANGUAGES, locale
from explain.narrate import lecture
from explain.pages.scheme import scheme_page

THREE = [SCHEMES[name] for name in ("forward", "backward", "central")]


def text(schemes: Any, at: Any = None, **options: Any) -> str:
    return str(lecture(schemes, at, pictures=False, **options).to("text"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_reads_as_it_was_reviewed(language: str) -> None:
    import os

    name = "schemes" if language == "en" else f"schemes-{language}"
    path, page = PAGES / f"{name}.txt", text(THREE, language=language)
    if os.environ.get("UPDATE"):
        path.write_text(page, encoding="utf-8")
    # What is measured differs between machines in its last digit.
    told, kept = (steady(one).split(" (7) ")[0] for one in (page, path.read_text(encoding="utf-8")))
    assert told == kept


def test_the_usual_function_at_its_usual_points() -> None:
    shown = text(THREE)
    for line in ("f′(5) = 0.02 · 5 + 0.1 = 0.2", "f′(10) = 0.02 · 10 + 0.1 = 0.3", "= 0.201   (error 0.001)", "= 0.2   (error 0)"):
        assert line in shown
    assert "The central difference has no error but rounding here" in " ".join(shown.split())


def data(schemes: Any, at: Any = None, **options: Any) -> dict[str, Any]:
    page, _ = scheme_page(schemes, at, **options)
    return dict(page.record())


@pytest.mark.parametrize("function", ["exp(x)", "sin(x) + x**3", "1/(1 + exp(-x))"])
@pytest.mark.parametrize("x", [1, "0.7"])
def test_the_best_step_that_is_found_is_near_the_predicted_one(function: str, x: Any) -> None:
    (point,) = data(list(SCHEMES.values()), {"x": x}, of=function, pictures=False)["points"]
    for one in point["measured"]:
        assert 0.05 < one["found"] / one["predicted"] < 20, one["scheme"]


def test_errors_fall_with_the_order_of_the_scheme() -> None:
    (point,) = data(THREE, {"x": 1}, of="exp(x)", pictures=False)["points"]
    errors = {one["scheme"]: one["errors"] for one in point["measured"]}
    assert errors["forward"]["0.01"] / errors["forward"]["0.001"] == pytest.approx(10, rel=0.1)
    assert errors["central"]["0.01"] / errors["central"]["0.001"] == pytest.approx(100, rel=0.1)


def test_one_scheme_alone_and_five_points() -> None:
    assert "preferred" not in text(SCHEMES["central"])
    shown = text(SCHEMES["five points"], {"x": 1}, of="exp(x)")
    assert "1/12" not in shown.split("What is left out.")[0]
    assert "h⁴" in shown


def test_what_has_no_value_far_from_the_point_is_left_out() -> None:
    page, (report,) = scheme_page(THREE, {"x": "0.3"}, of="log(x)")
    assert report.ok
    tables = [block for block in page.blocks if isinstance(block, Table)]
    assert len(tables[0].rows) == 13
    assert [block.draw("svg")[:5] for block in page.blocks if isinstance(block, Figure)] == [b"<?xml"]


@pytest.mark.parametrize(
    ("at", "options", "message"),
    [
        (None, {"of": "a*x"}, "a function of one name"),
        (None, {"of": "5"}, "a function of one name"),
        ({"x": 0}, {"of": "1/x"}, "must have values at every point"),
        ([], {}, "there must be one"),
        ({"y": 0}, {}, "y"),
        (None, {"detail": "long"}, "no detail 'long'"),
    ],
)
def test_what_is_refused(at: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        text(THREE, at, **options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scheme_has_a_name(language: str) -> None:
    assert {f"scheme.{name}" for name in SCHEMES} <= set(locale(language).sentences)


@pytest.mark.parametrize("form", ["latex", "beamer", "html", "markdown", "typst", "json"])
def test_every_format_takes_the_page(form: str) -> None:
    written = lecture(THREE, language="ko", detail="brief").to(form)
    assert json.loads(str(written)) if form == "json" else written


def test_every_point_has_a_picture_of_its_own() -> None:
    figures = [block.stem.rsplit("-", 1)[0] for block in lecture(THREE).blocks if isinstance(block, Figure)]
    assert figures == ["schemes-f-5", "schemes-f-10"]
