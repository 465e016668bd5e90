"""Lines that write into rooms: the same numbers as before, and no room that is read after it was written over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numeric.code.inplace import Assignment, inplace

ROWS = {"a": 2, "b": 2, "c": 2}


def run(lines, texts, rooms):
    random = np.random.default_rng(0)
    given = {name: random.uniform(0.5, 2, (rows, 7)) for name, rows in ROWS.items()}
    plain: dict = {"np": np, **given}
    held = {name: np.full((rows, 7), np.nan) for name, rows in rooms.rows.items()}
    held |= {name: np.full((rows or 1, 7), one) for name, (one, rows) in rooms.constants.items()}
    room: dict = {"np": np, **{name: array.copy() for name, array in given.items()}, **held}
    with np.errstate(all="ignore"):
        for line, text in zip(lines, texts, strict=True):
            exec(f"{line.name} = {line.text}", plain)  # noqa: S102 (the lines of this test)
            exec(text, room)  # noqa: S102 (what they became)
            found, wanted = np.broadcast_arrays(room[line.name], plain[line.name])
            assert np.array_equal(found, wanted, equal_nan=True), text
    assert all((room[name] == given[name]).all() for name in ROWS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a * b + c", "x = np.add(np.multiply(a, b, out=room1), c, out=room1)"),
        ("a * b - b * c", "x = np.subtract(np.multiply(a, b, out=room1), np.multiply(b, c, out=room2), out=room1)"),
        ("-np.exp(a) ** 2", "x = np.negative(np.square(np.exp(a, out=room1), out=room1), out=room1)"),
        ("1.0 / (1.0 + a)", "x = np.divide(1.0, np.add(1.0, a, out=room1), out=room1)"),
        ("np.minimum(a, 709.0)", "x = np.minimum(a, all_709_in_2, out=room1)"),
        ("np.heaviside(a, 0.0)", "x = np.greater(a, all_0_in_2, out=room1)"),
        ("np.where(a > b, a, b)", "x = np.where(a > b, a, b)"),
        ("2.0", "x = 2.0"),
        ("a", "x = a"),
    ],
)
def test_the_text_of_one_line(text, expected):
    line = Assignment("x", text)
    texts, rooms = inplace([line], {**ROWS, "x": 2})
    assert texts == [expected]
    run([line], texts, rooms)


@given(st.data())
def test_random_lines_give_the_same_numbers(data):
    known, lines = ["a", "b", "c"], []
    for place in range(data.draw(st.integers(1, 8))):

        def part(depth):
            kind = data.draw(st.sampled_from(["name", "name", "number", "binary", "binary", "unary"] if depth else ["name"]))
            if kind == "name":
                return data.draw(st.sampled_from(known))
            if kind == "number":
                return "0.5"
            if kind == "unary":
                return data.draw(st.sampled_from(["-({})", "np.tanh({})", "np.minimum({}, 1.5)", "np.sqrt(np.abs({}))"])).format(part(depth - 1))
            return f"({part(depth - 1)} {data.draw(st.sampled_from('+-*'))} {part(depth - 1)})"

        lines.append(Assignment(f"x{place}", part(2)))
        known.append(f"x{place}")
    rows = {**ROWS, **{line.name: 2 for line in lines}}
    texts, rooms = inplace(lines, rows)
    run(lines, texts, rooms)


@pytest.mark.parametrize(("height", "turned", "name"), [(8, (), "all_1_5_in_8"), (9, (), "row_of_1_5"), (9, (9,), "all_1_5_in_9"), (0, (), "row_of_1_5")])
def test_a_number_fills_few_rows_and_what_is_turned(height, turned, name):
    texts, rooms = inplace([Assignment("x", "np.maximum(a, 1.5)")], {"a": height, "x": height}, turned=turned)
    assert texts == [f"x = np.maximum(a, {name}, out=room1)"]
    assert rooms.constants == {name: (1.5, height if name.startswith("all") else 0)}


def test_a_product_by_the_function_that_is_asked_for():
    for product in ("matmul", "dot"):
        assert inplace([Assignment("x", "a @ b + c")], {**ROWS, "x": 2}, product=product)[0] == [f"x = np.add(np.{product}(a, b, out=room1), c, out=room1)"]


def test_a_room_is_used_again():
    lines = [Assignment("x1", "a + 1.0")] + [Assignment(f"x{one}", f"x{one - 1} * 2.0") for one in range(2, 9)]
    texts, rooms = inplace(lines, {**ROWS, **{line.name: 2 for line in lines}})
    assert len(rooms.rows) == 1
    run(lines, texts, rooms)


def test_a_result_that_has_its_place_is_written_there():
    texts, rooms = inplace([Assignment("x", "a * b", "the product", into="x")], {**ROWS, "x": 2})
    assert texts == ["np.multiply(a, b, out=x)  # the product"]
    assert not rooms.rows
