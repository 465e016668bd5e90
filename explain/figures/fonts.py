"""Fonts for the words of a picture: the page's own, and for other scripts one that is installed and has the glyphs.

To prefer another font for a script: a name in ``PREFERRED``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive.errors import DeriveError

__all__ = ["families"]

# Serifs first, as the words around them have; each system brings another one.
PREFERRED = (
    "NanumMyeongjo", "Noto Serif CJK KR", "UnBatang", "Batang", "AppleMyungjo", "Baekmuk Batang",
    "NanumGothic", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo", "UnDotum",
    "Noto Serif CJK JP", "Noto Serif CJK SC", "DejaVu Serif", "DejaVu Sans",
)  # fmt: skip
_BOXES = ("LastResort", "Last Resort", ".LastResort")  # fonts that have a box for every character


def families(text: str, first: str = "STIXGeneral") -> list[str]:
    """The families of fonts that have, together, a glyph for every character of the text, the page's own first.

    Raises DeriveError with the characters for which no installed font has one.
    """
    from matplotlib import font_manager

    names = [first]
    missing = _without(text, font_manager.get_font(font_manager.findfont(first)))
    for entry in _candidates(font_manager.fontManager.ttflist) if missing else ():
        left = _lacking(missing, entry.fname)
        if len(left) < len(missing):
            names.append(entry.name)
            missing = left
        if not missing:
            break
    if missing:
        raise DeriveError(
            f"no installed font has a glyph for {', '.join(f'{char} (U+{ord(char):04X})' for char in sorted(missing))} in the label {text!r}; "
            "install one that does (for Korean: Debian's fonts-nanum, or Noto Serif CJK KR), or choose another label"
        )
    return names


def _candidates(entries: list[Any]) -> Iterator[Any]:
    """Upright fonts of ordinary weight, the preferred ones first, the rest by name."""
    plain = [one for one in entries if one.style == "normal" and one.weight in (400, "normal", "regular", "book") and not one.name.startswith(_BOXES)]
    rank = {name: place for place, name in enumerate(PREFERRED)}
    yield from sorted(plain, key=lambda one: (rank.get(one.name, len(rank)), one.name, one.fname))


def _without(text: str, font: Any) -> frozenset[str]:
    return frozenset(char for char in text if not char.isspace() and not font.get_char_index(ord(char)))


def _lacking(missing: frozenset[str], path: str) -> frozenset[str]:
    from matplotlib import font_manager

    try:
        return _without("".join(missing), font_manager.get_font(path))
    except (OSError, RuntimeError):
        # A font of bitmaps (colour emoji), or a broken one: FreeType cannot scale it.
        return missing
