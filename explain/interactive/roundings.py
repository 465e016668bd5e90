"""Numbers that are put into an expression: where they, rounded as they are printed, do not come to its value, they are not shown.

At 1 − 1.0000 a static page leaves the line out; here the setting moves, so that the script asks the question anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sympy import Expr, Symbol
from sympy.printing.jscode import jscode

from derive.named import Named

from ..lessons.lesson import Lesson
from .live import Measured, Origin

if TYPE_CHECKING:
    from .writing import Places  # which reads told.py, which makes these lessons

__all__ = ["LiveLesson", "put_in"]


@dataclass(frozen=True)
class LiveLesson(Lesson):
    """A lesson that remembers into which expressions it put numbers: ``inserted`` has them by the origin of their value."""

    inserted: dict[Origin, Expr] = field(default_factory=dict)

    @classmethod
    def of(cls, lesson: Lesson, **changes: Any) -> LiveLesson:
        """The same lesson with some changes."""
        return cls(**{name: getattr(lesson, name) for name in lesson.__dataclass_fields__} | changes)

    def shows(self, expression: Any, value: Any) -> bool:
        """Do the numbers come to the value at the start? If so, the expression is remembered."""
        shown = super().shows(expression, value)
        plain = getattr(expression, "expression", expression)
        if shown and isinstance(value, Measured) and not plain.has(Named):
            self.inserted.setdefault(value.origin, plain)
        return shown


def put_in(lessons: Iterable[Lesson], places: Places) -> str:
    """JavaScript: pairs of the place of a number, and a function that computes it from the numbers that are printed, each rounded by ``r``."""
    rows: dict[int, str] = {}
    for lesson in lessons:
        for origin, expression in lesson.inserted.items() if isinstance(lesson, LiveLesson) else ():
            place, code = places.numbers.get(places.code(origin)), _rounded(expression, lesson.numbers.nodes, places)  # type: ignore[union-attr]
            if place is not None and code:
                rows[place] = f"[{place},()=>{code}]"
    return f"[{','.join(rows.values())}]"


def _rounded(expression: Expr, nodes: Mapping[Symbol, Any], places: Places) -> str:
    """The expression in rounded numbers; nothing where JavaScript has no name for a part of it."""
    named = {one: Symbol(f"r({places.code(nodes[one].origin)})") for one in expression.free_symbols}
    try:
        code = str(jscode(expression.xreplace(named)))
    except NotImplementedError:
        return ""
    return "" if "//" in code else " ".join(code.split())
