"""Golden pages: what a page reads like, kept as text under ``tests/pages`` for a teacher to review.

``UPDATE=1 pytest`` writes them anew; read the difference as a student would.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

PAGES = Path(__file__).parent / "pages"


def steady(page: str) -> str:
    """The page without the last digits of differences, which another processor may round otherwise."""
    page = re.sub(r"\d+ · 10⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d+ · 10\^\(−\d+\)", "tiny", page)
    page = re.sub(r"(?s)(Central difference:).*?(against)", r"\1 … \2", re.sub(r"\s+", " ", page))
    return re.sub(r"(?s)(중앙 차분 ).*?( 비교하면)", r"\1…\2", page)


def hold(name: str, page: str | bytes) -> None:
    """Fail where a page does not read as it was reviewed."""
    path = PAGES / f"{name}.txt"
    if os.environ.get("UPDATE"):
        path.write_text(str(page), encoding="utf-8")
    assert steady(str(page)) == steady(path.read_text(encoding="utf-8"))
