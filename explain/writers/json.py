"""JSON: what a page says as a record, for programs; it prints the document's ``data``.

The record opens with ``schema``, the name and version of its form, and goes on with ``language`` and ``title``,
then the entries of ``data`` in their order. Numbers that JSON cannot hold are text: exact ones as they are
written ("3/20", a long integer), "nan", "inf" and "-inf". Expressions and derivatives are text that the
program reads back. The same document always gives the same bytes.
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
    return str(value)
