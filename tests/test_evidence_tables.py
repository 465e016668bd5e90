"""Tables of checks on a page of several derivations: every step once, and all of them together."""

from __future__ import annotations

import pytest

from derive import Network
from explain import lecture
from explain.document import Math, Table


def tables(document):
    return [block for block in document.blocks if isinstance(block, Table)]


def steps(table):
    return [cell.formula for row in table.rows for cell in row[0] if isinstance(cell, Math)]


@pytest.mark.parametrize("net", [Network(), Network(2, 3, 2, output="softmax", loss="categorical_cross_entropy")])
def test_a_step_stands_in_one_table_only_and_none_is_missing(net):
    names = [parameter.name for parameter in net.parameters]
    together = tables(lecture([net.derivation(name) for name in names], detail="full"))
    alone = [tables(lecture(net.derivation(name), detail="full"))[0] for name in names]
    shown = [step for table in together for step in steps(table)]
    assert {step for table in alone for step in steps(table)} == set(shown)
    assert len(shown) < sum(len(steps(table)) for table in alone) / 2
    deltas = [step for step in shown if shown.count(step) > 1]
    assert not deltas


def test_a_page_of_one_derivation_has_all_of_its_steps():
    report_of_one = tables(lecture(Network().derivation("w1"), detail="full"))[0]
    assert len(report_of_one.rows) == 13
