"""Every page as JSON against the schema in the documentation, which leaves nothing out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from explain.cli import explain

DOCS = Path(__file__).parent.parent / "docs"
SCHEMA = json.loads((DOCS / "record.schema.json").read_text("utf-8"))
PAGES = {
    "derivations": [
        "gradient w1",
        "gradient all --net 2-2-2-1 --activation relu --no-check",
        "rule x**2*sin(x) --wrt x",
        "graph - --of price --wrt apple",
        "graph - --of price --wrt apple --at apple=100,count=2,tax=1.1",
    ],
    "network": ["network", "network --net 2-3 --output softmax --loss categorical_cross_entropy"],
    "matrix": ["matrix W1", "matrix X --layout columns --no-check"],
    "matrix expression": ["matrix tr(A*X) --wrt X --shape A=2x3 --shape X=3x2"],
    "limit": ["rule 1/x --wrt x --limit"],
    "extrema": ["rule x**3-3*x --wrt x --extrema", "rule abs(x) --wrt x --extrema"],
    "activation": ["activation elu", "activation softmax", "activation maxout"],
    "loss": ["loss mse", "loss categorical_cross_entropy"],
    "optimizer": ["optimizer adam"],
    "claim": ["claim x+x=2*x", "claim x**2=x"],
    "check": ["check --points 2", "check --loss r2 --at t_o1=0.5,t_o2=0.5"],
    "check of a wide network": ["check --net 60-50-10"],
    "training": ["train xor --steps 3"],
}


def record(line: str) -> dict[str, object]:
    done = CliRunner().invoke(explain, [*line.split(), "--format", "json"], input="total = apple * count\nprice = total * tax\n")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in PAGES.items() for line in lines])
def test_a_page_is_as_its_schema_says(kind: str, line: str) -> None:
    (own,) = (one for one in SCHEMA["oneOf"] if one["title"] == kind)
    Draft202012Validator({**own, "$defs": SCHEMA["$defs"]}).validate(record(line))
    Draft202012Validator(SCHEMA).validate(record(line))


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    _, code = (DOCS / "json.md").read_text("utf-8").split("```python\n")
    exec(code.partition("```")[0], {})  # noqa: S102 (the documentation's own example)
    assert capsys.readouterr().out == "i1*out_h1*(1 - out_h1)*(w5*(out_o1 - t_o1) + w6*(out_o2 - t_o2)) 0.04091636849052809 agrees\n"


def test_every_kind_of_page_is_written_down() -> None:
    text = (DOCS / "json.md").read_text("utf-8")
    assert all(f"| {one['title']} |" in text for one in SCHEMA["oneOf"])
    assert set(PAGES) <= {one["title"] for one in SCHEMA["oneOf"]}
