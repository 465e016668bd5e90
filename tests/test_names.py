"""Names that users type: what is allowed, how they split, which look alike."""

from __future__ import annotations

import pytest
from sympy import Symbol

from derive import DeriveError
from derive.names import refuse_look_alikes, split, symbol, valid


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("w1", ("w", ("1",))),
        ("w_1", ("w", ("1",))),
        ("net_h1", ("net", ("h1",))),
        ("z1_2", ("z", ("1", "2"))),
        ("Loss", ("Loss", ())),
        ("alpha", ("alpha", ())),
    ],
)
def test_a_name_splits_into_base_and_subscripts(name: str, parts: tuple[str, tuple[str, ...]]) -> None:
    assert split(name) == parts


@pytest.mark.parametrize("name", ["", "1w", "_w", "w_", "w-1", "w 1", "ω", "w\uff11", "w.x", "__import__", "x" * 65])
def test_what_cannot_be_typed_or_printed_is_refused(name: str) -> None:
    with pytest.raises(DeriveError):
        valid(name)


@pytest.mark.parametrize(("word", "instead"), [("lambda", "lamda"), ("for", "for1"), ("None", "None1")])
def test_words_of_python_are_refused_with_another_name(word: str, instead: str) -> None:
    with pytest.raises(DeriveError, match=instead):
        valid(word)


def test_a_symbol_keeps_its_assumptions() -> None:
    x = Symbol("x", positive=True)
    assert symbol(x) is x
    assert symbol("x") == Symbol("x")


@pytest.mark.parametrize("pair", [("w1", "w_1"), ("z1_2", "z_1_2")])
def test_names_that_print_alike_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(DeriveError, match="print alike"):
        refuse_look_alikes(map(Symbol, pair))


def test_one_name_with_two_assumptions_is_refused() -> None:
    with pytest.raises(DeriveError, match="assumptions"):
        refuse_look_alikes([Symbol("x"), Symbol("x", positive=True)])
