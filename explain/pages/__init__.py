"""Pages: which records have a page of their own kind, and the module that tells it.

A page is a function of the record, a point and the options of ``lecture``, which gives a document and the reports of its
checks. To add one: a row in ``PAGES`` under the module and the name of the record's class; for derivations, in ``GRAPHS``
under those of its graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

__all__ = ["GRAPHS", "KINDS", "PAGES", "page_of"]

PAGES: Mapping[tuple[str, str], str] = {
    ("derive.network", "Network"): ".network:network_lecture",
    ("derive.analysis.limits", "Quotient"): ".limit:limit_page",
    ("derive.analysis.extrema", "Variation"): ".extrema:extrema_page",
    ("derive.analysis.schemes", "Scheme"): ".scheme:scheme_page",
    ("explain.pages.distance", "Distance"): ".distance:distance_page",
}

GRAPHS: Mapping[tuple[str, str], str] = {
    ("derive.matrices.functions", "MatrixFunction"): ".matrix_expression:matrix_expression_page",
}


KINDS = tuple(name for _, name in PAGES)
TOGETHER = (("derive.analysis.schemes", "Scheme"),)  # classes of which several records share a page


def page_of(record: Any) -> Callable[..., Any] | None:
    """The page for a record, or for several that share one; None where ``lecture`` tells it as a derivation.

    Classes are looked up by their names, so that no page loads what another one needs.
    """
    first = record[0] if isinstance(record, Sequence) and record else None
    one = first if _class(first) in TOGETHER else record
    row = PAGES.get(_class(one)) or GRAPHS.get(_class(getattr(one, "graph", None)))
    if row is None:
        return None
    module, _, name = row.partition(":")
    return getattr(import_module(module, __name__), name)


def _class(one: Any) -> tuple[str, str]:
    return type(one).__module__, type(one).__qualname__
