"""Where functions rise and fall, distances and their gradients, schemes of differences and their errors."""

from __future__ import annotations

import pytest
from sympy import Expr, Max, Piecewise, Rational, Symbol, exp, oo, pi, sqrt, symbols

from derive import judge, parse_expression
from derive.analysis.extrema import variation
from derive.analysis.schemes import SCHEMES, best_step, leading_error
from derive.distances import DISTANCES, distance
from derive.errors import DeriveError, UndefinedError, UnknownNameError
from numeric import check, evaluate

x, h = symbols("x h")

# text, places as (x, f, kind), directions between them
TABLES: list[tuple[str, list[tuple[object, object, str]], list[int | None]]] = [
    ("x**2", [(0, 0, "minimum")], [-1, 1]),
    ("x**3 - 3*x**2 - 9*x + 5", [(-1, 10, "maximum"), (3, -22, "minimum")], [1, -1, 1]),
    ("x**3", [(0, 0, "saddle")], [1, 1]),
    ("x**4 - 4*x**2", [(-sqrt(2), -4, "minimum"), (0, 0, "maximum"), (sqrt(2), -4, "minimum")], [-1, 1, -1, 1]),
    ("x/(1 + x**2)", [(-1, -Rational(1, 2), "minimum"), (1, Rational(1, 2), "maximum")], [-1, 1, -1]),
    ("x*exp(-x)", [(1, exp(-1), "maximum")], [1, -1]),
    ("x*log(x)", [(0, None, "gap"), (exp(-1), -exp(-1), "minimum")], [None, -1, 1]),
    ("x**x", [(0, None, "gap"), (exp(-1), exp(-exp(-1)), "minimum")], [None, -1, 1]),
    ("sqrt(x)*(1 - x)", [(0, 0, "edge"), (Rational(1, 3), 2 * sqrt(3) / 9, "maximum")], [None, 1, -1]),
    ("1/x", [(0, None, "gap")], [-1, -1]),
    ("x + 1/x", [(-1, -2, "maximum"), (0, None, "gap"), (1, 2, "minimum")], [1, -1, -1, 1]),
    ("abs(x)", [(0, 0, "minimum")], [-1, 1]),
    ("max(x, 1 - x)", [(Rational(1, 2), Rational(1, 2), "minimum")], [-1, 1]),
    ("relu(x)", [(0, 0, "saddle")], [0, 1]),
    ("exp(-x**2)", [(0, 1, "maximum")], [1, -1]),
    ("1/(1 + exp(-x))", [], [1]),
    ("tanh(x)", [], [1]),
    ("5", [], [0]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places", "directions"), TABLES, ids=[text for text, *_ in TABLES])
def test_the_table_of_rising_and_falling(text: str, places: list[tuple[object, object, str]], directions: list[int | None]) -> None:
    table = variation(text)
    assert [(one.x, one.value, one.kind) for one in table.places] == places
    assert [one.direction for one in table.stretches] == directions
    assert [one.left for one in table.stretches] == [-oo, *(one.x for one in table.places)]
    assert [one.right for one in table.stretches] == [*(one.x for one in table.places), oo]
    assert all(one.slope == 0 for one in (*table.minima, *table.maxima) if text not in ("abs(x)", "max(x, 1 - x)"))


# text, and f′ at each of its places: None at a corner, a jump and a pole
SLOPES: list[tuple[str | Expr, dict[Expr | int, int | None]]] = [
    ("abs(x)", {0: None}),
    ("max(0, x)", {0: None}),
    ("sqrt(x**2)", {0: None}),
    ("relu(x)", {0: None}),
    ("leaky_relu(x)", {0: None}),
    ("elu(x, 2)", {0: None}),
    ("selu(x)", {0: None}),
    ("hard_tanh(x)", {-1: None, 1: None}),
    ("step(x)", {0: None}),
    ("abs(x) + 2*x", {0: None}),
    ("sign(x)**2", {0: None}),
    ("max(x, x**2, 1)", {-1: None, 1: None}),
    ("max(0, x, x**2)", {0: None, 1: None}),
    ("abs(x**2 - 1)", {-1: None, 0: 0, 1: None}),
    ("abs(relu(x) - 1)", {0: None, 1: None}),
    ("sqrt(x)*abs(x - 1)", {0: None, Rational(1, 3): 0, 1: None}),
    (Piecewise((x**2, x < 1), (x, True)), {0: 0, 1: None}),
    (Piecewise((0, x < 0), (1, True)), {0: None}),
    # No corner: both sides have one slope.
    ("elu(x)", {}),
    ("relu(x) - relu(-x)", {}),
    ("relu(x)**2", {0: 0}),
    ("x*abs(x)", {0: 0}),
    ("abs(x)*relu(x)", {0: 0}),
    (Piecewise((x**2, x < 1), (2 * x - 1, True)), {0: 0}),
]


@pytest.mark.parametrize(("text", "slopes"), SLOPES, ids=[str(text) for text, _ in SLOPES])
def test_at_a_corner_there_is_no_derivative_and_where_both_sides_agree_there_is(text: str | Expr, slopes: dict[Expr | int, int | None]) -> None:
    assert {one.x: one.slope for one in variation(text).places} == slopes


def test_roots_that_are_no_radicals_are_exact_too() -> None:
    (least,) = variation("x**6 - 6*x**2 + x").minima[1:]
    assert (6 * least.x**5 - 12 * least.x + 1).evalf(30) == 0 or abs((6 * least.x**5 - 12 * least.x + 1).evalf(30)) < 1e-25


def test_within_an_interval() -> None:
    table = variation("sin(x)", least=0, largest=7)
    assert [(one.x, one.kind) for one in table.places] == [(pi / 2, "maximum"), (3 * pi / 2, "minimum")]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [("sin(x)", {}, "not found exactly"), ("a*x", {}, "other names than x"), ("x", {"least": 1, "largest": 0}, "is empty"), ("x*sigmoid(x)", {}, "not found")],
)
def test_what_is_refused(text: str, options: dict[str, int], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        variation(text, **options)  # type: ignore[arg-type]


# ---- distances

POINT = {"x1": 1, "x2": 4, "y1": 3, "y2": "0.5"}


@pytest.mark.parametrize(("name", "value", "similarity"), [("manhattan", 5.5, 1 / 6.5), ("euclid", 16.25**0.5, 1 / (1 + 16.25**0.5))])
def test_distance_and_similarity(name: str, value: float, similarity: float) -> None:
    graph = distance(name)
    numbers = evaluate(graph.derivation("s", "x1"), POINT).nodes
    assert numbers[Symbol("d")] == pytest.approx(value)
    assert numbers[Symbol("s")] == pytest.approx(similarity)


@pytest.mark.parametrize("name", DISTANCES)
def test_every_gradient_of_a_distance_agrees_with_differences(name: str) -> None:
    graph = distance(name, 3)
    at = {**POINT, "x3": 2, "y3": "-1"} | ({"m": "2.5"} if name == "minkowski" else {})
    assert all(check(graph.derivation("s", one), at).ok for one in graph.givens if one.name != "m" or name == "minkowski")


def test_the_slope_of_the_euclidean_distance_is_the_share_of_a_difference() -> None:
    assert distance("euclid").gradients("d", ["x1"])[Symbol("x1")] == parse_expression("u1/sqrt(u1**2 + u2**2)")


def test_the_special_cases_of_minkowski() -> None:
    for power, name in ((1, "manhattan"), (2, "euclid")):
        assert judge(distance("minkowski", power=power).substituted("d"), distance(name).substituted("d")).status == "proved"


def test_kinks_of_distances() -> None:
    alike = {**POINT, "x1": 3}
    report = check(distance("manhattan").derivation("d", "x1"), alike)
    assert "at a kink" in {one.verdict for one in report.values()}
    assert evaluate(distance("manhattan").derivation("d", "x1"), alike)[distance("manhattan").derivation("d", "x1").claim].value == 0
    same = {"x1": 1, "x2": 1, "y1": 1, "y2": 1}
    with pytest.raises(UndefinedError):
        evaluate(distance("euclid").derivation("d", "x1"), same)


@pytest.mark.parametrize(("arguments", "message"), [(("cosine",), "no distance 'cosine'"), (("euclid", 0), "dimensions=0"), (("minkowski", 2, 0), "power=0")])
def test_a_distance_that_does_not_exist(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        distance(*arguments)  # type: ignore[arg-type]


# ---- schemes of numerical differentiation


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["exp(x)", "sin(x) + x**3", "1/(1 + exp(-x))"])
def test_the_leading_error_is_that_of_the_quotient(scheme: str, text: str) -> None:
    error, _ = leading_error(text, "x", scheme)
    quotient = SCHEMES[scheme].quotient(text)
    exact = parse_expression(text).diff(x)
    for step in (Rational(1, 100), Rational(1, 200)):
        at: dict[Expr, Expr] = {x: Rational(1, 3), h: step}
        measured = (quotient.expression.xreplace(at) - exact.xreplace(at)).evalf(40)
        assert measured == pytest.approx(float(error.xreplace(at)), rel=0.05)


def test_central_differences_of_a_parabola_are_exact_and_forward_ones_are_not() -> None:
    assert leading_error("0.01*x**2 + 0.1*x")[0] == 0
    assert leading_error("0.01*x**2 + 0.1*x", "x", "forward")[0] == h / 100


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_best_step_is_the_least_of_truncation_and_rounding(scheme: str) -> None:
    own = SCHEMES[scheme]
    size, epsilon, slope = 3.0, 1e-16, 7.0
    best = float(best_step(scheme).xreplace({Symbol("f"): size, Symbol("epsilon"): epsilon, Symbol(f"f{own.order}"): slope}))  # type: ignore[dict-item]

    def error(step: float) -> float:
        return abs(float(own.moment(own.order))) * slope * step ** (own.order - 1) + float(sum(map(abs, own.weights))) * epsilon * size / step  # type: ignore[arg-type]

    assert error(best) < min(error(0.98 * best), error(1.02 * best))


def test_a_scheme_that_does_not_exist() -> None:
    for ask in (lambda: leading_error("x", "x", "sideways"), lambda: best_step("sideways")):
        with pytest.raises(UnknownNameError, match="no scheme 'sideways'"):
            ask()


def test_euler_and_the_logarithm_laws() -> None:
    assert judge("limit((1 + 1/n)**n, n, oo)", "exp(1)").status == "proved"
    laws = [
        ("log(1, a)", "0"), ("log(a, a)", "1"), ("log(u*v, a)", "log(u, a) + log(v, a)"), ("log(u/v, a)", "log(u, a) - log(v, a)"),
        ("log(u**c, a)", "c*log(u, a)"), ("log(u, a)", "log(u, b)/log(a, b)"), ("log(b, a)", "1/log(a, b)"),
        ("log2(u)", "ln(u)/ln(2)"), ("lg(u)", "ln(u)/ln(10)"),
    ]  # fmt: skip
    for left, right in laws:
        assert judge(left, right, "a > 0, a != 1, b > 0, b != 1, u > 0, v > 0").status == "proved", left


def test_maximum_is_what_it_is() -> None:
    assert variation("max(x, 1 - x)").minima[0].value == Max(Rational(1, 2), Rational(1, 2))


def test_a_search_that_takes_too_long_names_what_it_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        while True:
            abs(1)

    monkeypatch.setattr("derive.analysis.extrema.SECONDS", 0.01)
    monkeypatch.setattr("derive.analysis.extrema.solveset", endless)
    with pytest.raises(DeriveError, match=r"the zeros of .*cos\(x\).* are not found: it takes longer than 0.01 s"):
        variation("x*sin(x)")
