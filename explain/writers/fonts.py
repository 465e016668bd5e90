"""A mathematical font for a page that has to carry its own: cut to the characters on the page.

The font is STIX Two Math, as the package ziamath ships it, under the SIL Open Font License 1.1.
"""

from __future__ import annotations

import base64
import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .mathml import italic

__all__ = ["LICENCE", "math_font"]

LICENCE = "Formulas: a part of STIX Two Math, Copyright 2001-2020 The STIX Fonts Project Authors, SIL Open Font License 1.1, https://scripts.sil.org/OFL"

_FILE = Path("fonts", "STIXTwoMath-Regular.ttf")
_ALWAYS = "()[]{}|‖⏟√¯^0123456789=+−·"  # what stretches, and what a page without it would soon need


def math_font(text: str, always: str = _ALWAYS) -> str | None:
    """The font for these characters and their italics, and for those of ``always``, as WOFF in base64.

    None where ziamath or fonttools is not installed.
    """
    package = find_spec("ziamath")
    file = Path(package.origin).parent / _FILE if package and package.origin else None
    if file is None or not file.is_file() or find_spec("fontTools") is None:
        return None
    return base64.b64encode(_cut(file, {*always, *text, *map(italic, text)})).decode()


def _cut(file: Path, characters: set[str]) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=["ssty"], hinting=False, notdef_outline=True, glyph_names=False, name_IDs=[0, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    out = io.BytesIO()
    with TTFont(file, lazy=True, recalcTimestamp=False) as font:
        cutter.subset(font)
        _with_even_roots(font)
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()


def _with_even_roots(font: Any) -> None:
    """Make every size of the root sign as wide as the smallest one.

    Chromium takes the widest of them for the width of any root, which would leave a gap after a small one.
    """
    root = font.getBestCmap().get(ord("√"))
    if root is None:
        return
    variants = font["MATH"].table.MathVariants
    sizes = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    parts = sizes.GlyphAssembly.PartRecords if sizes.GlyphAssembly else []
    wide, _ = font["hmtx"][root]
    for name in {*(one.VariantGlyph for one in sizes.MathGlyphVariantRecord), *(one.glyph for one in parts)} - {root}:
        width, bearing = font["hmtx"][name]
        glyph = font["glyf"][name]
        glyph.coordinates.scale((wide / width, 1))
        glyph.coordinates.toInt()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (wide, round(bearing * wide / width))
