"""Folding: every line fits the room, nothing is lost, and a line ends at a sensible place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explain.formula import Binary, Fence, Fraction, Lines, Matrix, Name, Number, Prefix, Relation, Root, Row, Script, Times, UnderBrace, row
from explain.writers.folding import folded, items_of, slashed, split, starts_with_relation
from explain.writers.text_formulas import NO_BREAK, TextFormulas
from explain.writers.widths import Widths, fence_size

FLAT = TextFormulas(False, False)


def shown(node):
    return FLAT(node).lines[0].replace(NO_BREAK, " ")


def width(node):
    return FLAT(node).width


def leaves(node):
    """Every sign and letter of a formula in reading order."""
    if isinstance(node, Fence):
        yield from filter(None, (node.open, *leaves(node.body), node.close))
    elif isinstance(node, Script) and isinstance(node.base, Fence):
        yield from (*leaves(node.base), node.sup)
    elif isinstance(node, Row):
        yield from (leaf for item in node.items for leaf in leaves(item))
    else:
        yield node


def named(count, sign="+"):
    return row(*(part for k in range(count) for part in ((Binary(sign),) if k else ()) + (Script(Name("w"), Number(str(k))), Times(), Name("out"))))


def chain(*terms):
    return row(Name("y"), *(part for term in terms for part in (Relation("="), term)))


names = st.sampled_from([Name("w"), Name("net"), Script(Name("b"), Number("12")), Number("0.25"), Fraction(Name("x"), Name("y"))])
sums = st.lists(names, min_size=1, max_size=8).map(
    lambda terms: row(*(part for k, term in enumerate(terms) for part in ((Binary("+"),) if k else ()) + (term,)))
)
products = st.lists(st.one_of(names, sums.map(Fence)), min_size=1, max_size=5).map(
    lambda factors: row(*(part for k, factor in enumerate(factors) for part in ((Times("·"),) if k else ()) + (factor,)))
)
chains = st.lists(st.one_of(sums, products), min_size=1, max_size=4).map(lambda terms: chain(*terms))


@given(chains, st.integers(min_value=24, max_value=90))
def test_every_line_fits_and_nothing_is_lost(formula, room):
    result = folded(formula, width, room, indent=2)
    rows = result.rows if isinstance(result, Lines) else ((Row(()), result, None),)
    side = max(width(left) for left, _, _ in rows)
    assert all(side + width(right) + (0 if result is formula or starts_with_relation(right) else 2) <= room for _, right, _ in rows)
    assert [leaf for left, right, _ in rows for part in (left, right) for leaf in leaves(part)] == list(leaves(formula))


def nested(inner):
    terms = st.lists(st.one_of(names, inner), min_size=1, max_size=4).map(
        lambda terms: row(*(part for k, term in enumerate(terms) for part in ((Binary("−"),) if k else ()) + (term,)))
    )
    fences = st.tuples(terms, st.booleans()).map(lambda one: Script(Fence(one[0]), sup=Number("2")) if one[1] else Fence(one[0], "[", "]"))
    return st.lists(st.one_of(names, fences), min_size=2, max_size=4).map(
        lambda factors: row(*(part for k, factor in enumerate(factors) for part in ((Times("·"),) if k else ()) + (factor,)))
    )


@given(st.recursive(sums, nested, max_leaves=12).map(chain), st.integers(min_value=30, max_value=80))
def test_fences_within_fences_are_broken_from_the_outside_in(formula, room):
    result = folded(formula, width, room, indent=2)
    rows = result.rows if isinstance(result, Lines) else ((Row(()), result, None),)
    assert all(width(left) + width(right) <= room for left, right, _ in rows)
    assert [leaf for left, right, _ in rows for part in (left, right) for leaf in leaves(part)] == list(leaves(formula))


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        (Fraction(row(Name("x"), Times(), Fence(named(4))), Name("n")), ["= (1/n) x", "· (w₀ out + w₁ out", "+ w₂ out + w₃ out)"]),
        (row(Prefix("−"), Fraction(named(3), Fence(named(4)))), ["= −(w₀ out + w₁ out", "+ w₂ out + w₃ out)⁻¹", "· [w₀ out + w₁ out", "+ w₂ out]"]),
        (Root(named(4)), ["= [w₀ out + w₁ out", "+ w₂ out + w₃ out]^(1/2)"]),
        (Script(Name("e"), sup=named(4)), ["= exp[w₀ out + w₁ out", "+ w₂ out + w₃ out]"]),
        (UnderBrace(named(4), Name("δ")), ["= [w₀ out + w₁ out", "+ w₂ out + w₃ out]_δ"]),
        (row(Name("lim", "function"), Times(), Fence(named(4))), ["= lim(w₀ out + w₁ out", "+ w₂ out + w₃ out)"]),
    ],
    ids=["product", "denominator", "root", "power", "brace", "function"],
)
def test_a_factor_that_is_too_wide_is_opened(formula, lines):
    result = folded(chain(formula), width, 30, 2)
    assert isinstance(result, Lines)
    assert [shown(right).strip() for _, right, _ in result.rows] == lines


def test_a_wide_matrix_goes_on_in_the_next_line_with_its_next_columns():
    entries = tuple(tuple(Number(f"0.{line}{k}") for k in range(9)) for line in range(2))
    result = folded(chain(Matrix(entries)), Widths(), 12, 1)
    assert isinstance(result, Lines)
    parts = [item for _, right, _ in result.rows for item in items_of(right) if isinstance(item, Matrix)]
    assert [(one.open, one.close) for one in parts] == [("[", ""), *[("", "")] * (len(parts) - 2), ("", "]")]
    assert tuple(sum((one.rows[line] for one in parts), ()) for line in range(2)) == entries
    assert len(parts) > 1


def test_both_ends_of_a_broken_fence_have_one_size():
    body = row(Fraction(Name("a"), Name("b")), *(part for k in range(5) for part in (Binary("+"), Name(f"term{k}"))))
    result = folded(chain(Fence(body)), Widths(), 12, 1)
    assert isinstance(result, Lines)
    ends = [item for _, right, _ in result.rows for item in items_of(right) if isinstance(item, Fence)]
    assert [(bool(one.open), bool(one.close)) for one in ends] == [(True, False), (False, True)]
    assert len(set(map(fence_size, ends))) == 1


def test_what_fits_stays_as_it_is():
    formula = chain(named(2))
    assert folded(formula, width, 80, 2) is formula


def test_a_chain_of_equalities_breaks_before_its_signs():
    result = folded(chain(named(2), named(3), Number("0.5")), width, 40, 2)
    assert isinstance(result, Lines)
    assert [shown(right).strip() for _, right, _ in result.rows] == ["= w₀ out + w₁ out", "= w₀ out + w₁ out + w₂ out = 0.5"]
    assert [shown(left) for left, _, _ in result.rows] == ["y", ""]


def test_a_sum_breaks_before_a_sign_and_lines_are_of_like_length():
    result = folded(chain(named(8)), width, 40, 2)
    assert isinstance(result, Lines)
    assert all(isinstance(items_of(right)[0], Binary) for _, right, _ in result.rows[1:])
    lengths = [width(right) for _, right, _ in result.rows]
    assert max(lengths) <= 2 * min(lengths)


def test_a_fence_is_opened_only_when_nothing_else_helps():
    whole = folded(chain(row(Fence(named(2)), Times("·"), Fence(named(2)))), width, 30, 2)
    assert isinstance(whole, Lines)
    assert [shown(right).strip() for _, right, _ in whole.rows] == ["= (w₀ out + w₁ out)", "· (w₀ out + w₁ out)"]
    opened = folded(chain(Fence(named(4))), width, 30, 2)
    assert isinstance(opened, Lines)
    assert [shown(right).strip() for _, right, _ in opened.rows] == ["= (w₀ out + w₁ out", "+ w₂ out + w₃ out)"]


def test_a_product_that_goes_on_shows_its_sign():
    parts = [part for k in range(6) for part in (Times(), Name(f"factor{k}"))][1:]
    result = folded(chain(row(*parts)), width, 30, 2)
    assert isinstance(result, Lines)
    assert shown(result.rows[1][1]).strip().startswith("· ")


def test_a_list_breaks_after_its_commas():
    numbers = row(*(part for k in range(12) for part in ((Relation(","),) if k else ()) + (Number(f"-0.{k}"),)))
    result = folded(row(Name("w"), Relation("="), Fence(numbers)), width, 40, 2)
    assert isinstance(result, Lines)
    assert all(shown(right).rstrip().endswith(",") for _, right, _ in result.rows[:-1])


def test_a_wide_fraction_becomes_a_product_that_breaks():
    result = folded(chain(Fraction(named(6), Name("n"))), Widths(), 14, 1)
    assert isinstance(result, Lines)
    assert shown(result.rows[0][1]).startswith(" = (1/n) [w₀ out")


def test_rows_that_fit_keep_their_reasons():
    lines = Lines(((Name("a"), row(Relation("="), named(5)), ("why",)), (Row(()), row(Relation("="), Number("1")), None)))
    result = folded(lines, width, 36, 2)
    assert isinstance(result, Lines)
    assert [reason for _, _, reason in result.rows] == [None, ("why",), None]


def test_split_takes_what_stands_before_the_first_relation():
    left, right = split(chain(Number("1")))
    assert (shown(left), shown(right)) == ("y", " = 1")
    assert split(Name("x"))[0] == Row(())


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        (Fraction(row(Prefix("∂"), Name("Loss")), row(Prefix("∂"), Name("w"))), "∂Loss/∂w"),
        (Fraction(row(Name("a"), Binary("−"), Name("b")), row(Number("2"), Times(), Name("h"))), "(a − b)/(2 h)"),
        (row(Fraction(Number("1"), Number("2")), Times(), Name("x")), "(1/2) x"),
        (row(Fraction(Name("a"), Name("b")), Times(), Fraction(Name("c"), Name("d"))), "(a/b) (c/d)"),
        (row(Prefix("−"), Fraction(Name("a"), Name("b"))), "−a/b"),
        (Fence(Fraction(Name("a"), Name("b")), "[", "]"), "[a/b]"),
        (row(Name("y"), Relation("="), Fraction(Number("1"), Number("2"))), "y = 1/2"),
    ],
)
def test_fractions_in_a_line_of_text(formula, line):
    assert shown(slashed(formula)) == line


@pytest.mark.parametrize("sign", [Prefix("∂"), Script(Prefix("d"), None, Number("2"))], ids=["first", "second"])
def test_the_sign_of_a_derivative_stays_with_its_function(sign) -> None:
    slope = Fraction(sign, row(Prefix("∂"), Name("x")))
    items = row(Relation("="), *(part for k in range(6) for part in (Name(f"factor{k}"), Times())), slope, Times(), Fence(Name("the_function")))
    for room in range(20, 90, 3):
        lines = folded(items, width, room, 2)
        for line in (right for _, right, _ in lines.rows) if isinstance(lines, Lines) else ():
            assert items_of(line)[-1] != slope
