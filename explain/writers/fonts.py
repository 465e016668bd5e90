"""A mathematical font for a page that has to carry its own: cut to the characters on the page.

The font is STIX Two Math, as the package ziamath ships it, under the SIL Open Font License 1.1.
"""

from __future__ import annotations

import base64
import io
from importlib.util import find_spec
from pathlib import Path

from .mathml import italic

__all__ = ["LICENCE", "math_font"]

LICENCE = "Formulas: a part of STIX Two Math, Copyright 2001-2020 The STIX Fonts Project Authors, SIL Open Font License 1.1, https://scripts.sil.org/OFL"

_FILE = Path("fonts", "STIXTwoMath-Regular.ttf")
_ALWAYS = "()[]{}|‖⏟√¯^0123456789=+−·"  # what stretches, and what a page without it would soon need


def math_font(text: str) -> str | None:
    """The font for these characters and their italics as WOFF in base64; None where ziamath or fonttools is not installed."""
    package = find_spec("ziamath")
    file = Path(package.origin).parent / _FILE if package and package.origin else None
    if file is None or not file.is_file() or find_spec("fontTools") is None:
        return None
    return base64.b64encode(_cut(file, {*_ALWAYS, *text, *map(italic, text)})).decode()


def _cut(file: Path, characters: set[str]) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=["*"], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    out = io.BytesIO()
    with TTFont(file, lazy=True, recalcTimestamp=False) as font:
        cutter.subset(font)
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()
