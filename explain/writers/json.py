"""JSON: what a page says as a record, for programs; it prints the document's ``record``. All kinds: docs/json.md.

The record opens with ``schema`` (the name and version of its form), ``language`` and ``title``, and goes on with
its own entries in their order. That of a page about derivations, version 1::

    graph          givens: [name]   definitions: [{name, expression}], in the order of computation
    samples        [{name: value}], one for each point; empty where no numbers were given
    derivations    [{claim, result, expanded, path_count, proof, mean, steps}], one for each variable
      claim        {kind: "local" | "total", of, wrt}: with the other arguments held fixed, or through every path
      result       the closed form in named nodes; expanded: with nothing cited
      proof        "proved" | "refuted" | "undecided" | null
      mean         with several samples the mean derivative as a check (see below), else null
      steps        [{claim, rule, terms, because, value, number?, check?}], each citing earlier ones only
        terms      a sum of ordered products; a factor is an expression, or the claim of an earlier step
        number     the value at the first sample
        check      {value, difference, h, error, bound, verdict, cause?}: the central difference beside the value, and its step

Expressions are text that ``derive.parse_expression`` reads back as the same (a given e or pi declared), those of
definitions in the order in which they were written; conditions are text that ``derive.judge`` takes as assumed. Floats are
numbers; what JSON cannot hold is text: exact fractions ("3/20"), integers beyond 2**53, "nan", "inf" and "-inf". The same
document always gives the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ..document import Document
from . import Options, Page
from .text import title_of

__all__ = ["SCHEMA", "write"]

SCHEMA = "gradnotes/1"

_SAFE = 2**53  # larger integers are rounded by programs that read JSON numbers as doubles


def write(document: Document, options: Options) -> Page:
    """The document's record as JSON in UTF-8; in ASCII where ``options.ascii`` is True."""
    record = {"schema": SCHEMA, "language": document.language, "title": title_of(document), **document.record()}
    return Page(json.dumps(plain(record), ensure_ascii=options.ascii, indent=2, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """The value from dicts with text as keys, lists, text, numbers that JSON can hold, True, False and None only."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _SAFE else str(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, float) or not (hasattr(value, "free_symbols") or hasattr(value, "summands")):
        return str(value)
    if getattr(value, "is_infinite", False):
        return str(float(value))
    from derive.plain import plain as text  # a page with an expression has loaded SymPy; this room does not need it

    return text(value)
