"""The page of a distance: formula, numbers, gradients beside differences, kinks, unit ball; the command."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from golden import hold

from derive.distances import DISTANCES
from derive.errors import DeriveError
from explain.cli import explain
from explain.cli.endings import DONE, REFUSED
from explain.document import Figure
from explain.locales import LANGUAGES, locale
from explain.narrate import lecture
from explain.pages.distance import Distance, distance_page

GOLDEN: dict[str, tuple[Distance, dict[str, Any]]] = {
    "distance-euclid": (Distance("euclid"), {}),
    "distance-manhattan-ko": (Distance("manhattan"), {"language": "ko", "detail": "brief"}),
    "distance-minkowski": (Distance("minkowski"), {"detail": "brief"}),
}


def text(distance: Distance, at: Any = None, **options: Any) -> str:
    return str(lecture(distance, at, pictures=False, **options).to("text"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, ["distance", *arguments])


@pytest.mark.parametrize("name", GOLDEN)
def test_the_page_reads_as_it_was_reviewed(name: str) -> None:
    distance, options = GOLDEN[name]
    hold(name, text(distance, **options))


@pytest.mark.parametrize("dimensions", [1, 3])
@pytest.mark.parametrize("name", DISTANCES)
def test_every_gradient_agrees_with_differences(name: str, dimensions: int) -> None:
    _, (report,) = distance_page(Distance(name, dimensions), pictures=False)
    assert report.ok
    assert len(report) == 4 * dimensions
    assert {one.verdict for one in report.values()} == {"agrees"}


@pytest.mark.parametrize("distance", [Distance("manhattan"), Distance("euclid"), Distance("minkowski"), Distance("minkowski", power=5)], ids=str)
def test_the_slopes_on_both_sides_of_a_kink_are_measured(distance: Distance) -> None:
    shown = " ".join(text(distance).split("Kinks.")[1].split("The unit ball")[0].split())
    assert "= −1 (from the left)" in shown
    assert "= 1 (from the right)" in shown


def test_at_a_kink_the_declared_slope_is_told() -> None:
    _, (report,) = distance_page(Distance("manhattan"), {"x1": 1, "x2": 2, "y1": 1, "y2": 4}, pictures=False)
    assert {one.verdict for one in report.values()} == {"agrees", "at a kink"}
    assert report.ok


def test_special_cases_of_minkowski_stand_only_where_m_is_a_name() -> None:
    assert "Both were proved equal" in text(Distance("minkowski"))
    assert "Both were proved equal" not in text(Distance("minkowski", power=3))


def test_the_unit_balls() -> None:
    page, _ = distance_page(Distance("minkowski", power=4))
    (figure,) = (block for block in page.blocks if isinstance(block, Figure))
    assert figure.alt == "The points at distance 1 from the origin, by the norms of power 1, 2, 4, ∞."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_distance_has_its_words(language: str) -> None:
    assert {key for name in DISTANCES for key in (f"distance.{name}", f"distance.{name}.want")} <= set(locale(language).sentences)


@pytest.mark.parametrize(
    ("distance", "at", "message"),
    [
        (Distance("euclid"), {"x1": 1, "x2": 1, "y1": 1, "y2": 1}, "has no number"),
        (Distance("minkowski"), {"x1": 1, "x2": 1, "y1": 1, "y2": 2, "m": "0.5"}, "from 1 on"),
        (Distance("euclid"), {"x1": 1}, "there is no value for y1, x2 and y2"),
    ],
)
def test_points_that_do_not_fit_are_refused(distance: Distance, at: Any, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        text(distance, at)


def test_what_is_no_distance_is_refused_at_once() -> None:
    with pytest.raises(DeriveError, match="no distance 'cosine'"):
        Distance("cosine")


@pytest.mark.parametrize("form", ["latex", "beamer", "html", "markdown", "typst", "json"])
def test_every_format_takes_the_page(form: str) -> None:
    assert lecture(Distance("euclid", 3), language="ko", check=form == "json").to(form)


@pytest.mark.parametrize(("name", "title"), [("L1", "Manhattan"), ("l2", "Euclidean"), ("L3", "Minkowski"), ("manhattan", "Manhattan")])
def test_the_command(name: str, title: str) -> None:
    done = run(name, "--format", "text")
    assert done.exit_code == DONE
    assert done.stdout.startswith(f"The {title} distance")
    assert "8 of 8 derivatives agree" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["L0"], "no distance 'L0'"),
        (["euclidd"], "did you mean 'euclid'"),
        (["euclid", "--dimensions", "0"], "dimensions=0"),
        (["euclid", "--at", "x1=1"], "there is no value for"),
        (["euclid", "--at", "z=1"], "z"),
    ],
)
def test_what_the_command_refuses(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == REFUSED
    assert message in done.stderr
