# ruff: noqa: D102 (each method prints the kind of node that it is named after)
"""Formulas and words as LaTeX, with nothing loaded but amsmath.

To add a sign: one entry in ``SIGNS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from .. import formula as f
from . import Formulas, one_line
from .folding import slashed
from .widths import LIMITS, fence_size

__all__ = ["SIGNS", "LatexFormulas", "escaped", "guarded", "pieces"]

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ϑ": "vartheta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

# Capitals that look like Latin ones have no command of their own.
_LOOK_LATIN = {greek: rf"\mathrm{{{latin}}}" for greek, latin in zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True)}

_COMMANDS = {
    "·": "cdot", "×": "times", "÷": "div", "±": "pm", "∓": "mp", "⊙": "odot", "∘": "circ", "⊗": "otimes", "⊕": "oplus",
    "≈": "approx", "→": "to", "←": "leftarrow", "↦": "mapsto", "↔": "leftrightarrow", "⇒": "Rightarrow", "⇔": "Leftrightarrow",
    "≤": "le", "≥": "ge", "≠": "ne", "≡": "equiv", "∼": "sim", "∝": "propto", "∈": "in", "∉": "notin", "⊂": "subset", "⊆": "subseteq",
    "∪": "cup", "∩": "cap", "∧": "land", "∨": "lor", "¬": "lnot", "∂": "partial", "∇": "nabla", "∞": "infty", "∑": "sum", "∏": "prod",
    "∫": "int", "√": "surd", "∅": "emptyset", "∀": "forall", "∃": "exists", "ℓ": "ell", "′": "prime", "⊤": "top", "⊥": "perp", "…": "ldots",
    "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "‖": "Vert", "∣": "mid", "≪": "ll", "≫": "gg", "↑": "uparrow", "↓": "downarrow",
    "↗": "nearrow", "↘": "searrow",
}  # fmt: skip

SIGNS: dict[str, str] = {
    **{char: f"\\{name}" for char, name in (_GREEK | _COMMANDS).items()},
    **_LOOK_LATIN,
    "−": "-", "𝟙": r"\mathbf{1}", "≔": ":=", "ᵀ": r"\top", "°": r"^{\circ}", "ο": "o",
    **{char: char for char in "+-=<>/,:;!?.()[]|*"},
    **{char: rf"\mathbf{{{letter}}}" for char, letter in zip("ℝℕℤℚ", "RNZQ", strict=True)},
}  # fmt: skip

_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "`": r"\textasciigrave{}", "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "\u00a0": "~",
    **{char: rf"\ensuremath{{{command}}}" for char, command in SIGNS.items() if not char.isascii()},
    "…": r"\ldots{}", "°": r"\textdegree{}", "𝟙": r"\ensuremath{\mathbf{1}}",
}  # fmt: skip

# The signs in pairs are those that TeX would join into one glyph.
_NEEDS_ESCAPE = re.compile("|".join(map(re.escape, [*_ESCAPES, '"'])) + "|-(?=-)|'(?=')|,(?=,)")
_FUNCTIONS = frozenset({
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "det", "dim", "exp", "inf", "lim", "ln", "log", "max", "min", "sec", "sin", "sinh",
    "sup", "tan", "tanh",
})  # fmt: skip
_OPENING = {"(": "(", "[": "[", "{": r"\{", "|": r"\lvert", "‖": r"\lVert", "⟨": r"\langle", "⌈": r"\lceil", "⌊": r"\lfloor", "": "."}
_CLOSING = {")": ")", "]": "]", "}": r"\}", "|": r"\rvert", "‖": r"\rVert", "⟩": r"\rangle", "⌉": r"\rceil", "⌋": r"\rfloor", "": "."}
_SIZES = ("", r"\big", r"\Big", r"\bigg", r"\Bigg")


def escaped(text: str) -> str:
    """Words as LaTeX prints them literally, whatever they contain; a very long one may be broken anywhere."""
    plain = one_line(text)
    if _LONG_WORD.search(plain):
        return r"\allowbreak{}".join(escaped(part) for part in pieces(plain))
    return _NEEDS_ESCAPE.sub(lambda found: _escape(found, plain), plain)


_LONG_WORD = re.compile(r"\S{25,}")


def pieces(text: str) -> list[str]:
    """The text cut inside its long words; a piece of a word has at most 12 characters."""
    cut = _LONG_WORD.sub(lambda found: "\0".join(re.findall(".{1,12}", found[0])), text)
    return cut.split("\0")


def _escape(found: re.Match[str], text: str) -> str:
    char = found.group()
    if char == '"':
        opens = found.start() == 0 or text[found.start() - 1] in " (["
        return "``" if opens else "''"
    return _ESCAPES.get(char) or char + "{}"


def guarded(text: str) -> str:
    """A cell after a line's end, where a bracket or a star would be read as an argument of the line's end."""
    return "{}" + text if text.lstrip()[:1] in ("[", "*") else text


def joined(parts: Iterable[str]) -> str:
    """The parts side by side, with a blank where a command would run into a letter."""
    out = ""
    for part in parts:
        out += " " + part if part[:1].isalpha() and _ENDS_IN_COMMAND.search(out) else part
    return out


_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")


class LatexFormulas(Formulas):
    """A formula as LaTeX; ``display`` is False where it stands in a line of text."""

    def __init__(self, display: bool = True) -> None:
        self.display = display
        self.inner = self if not display else type(self)(display=False)

    def row(self, node: f.Row) -> str:
        around = (None, *node.items, None)
        return joined(_space(*around[place : place + 3 : 2]) if one == _NO_SIGN else self(one) for place, one in enumerate(node.items))

    def name(self, node: f.Name) -> str:
        return _STYLES[node.style](node.text)

    def number(self, node: f.Number) -> str:
        digits, exponent, power = node.text.replace("−", "-").partition("e")
        if not re.fullmatch(r"-?[0-9.,]+", digits) or (exponent and not re.fullmatch(r"[+-]?[0-9]+", power)):
            return _symbols(node.text)
        plain = digits.replace(",", "{,}")
        if not exponent:
            return plain
        ten = f"10^{{{int(power)}}}"
        return ten if plain == "1" else f"{plain} \\cdot {ten}"

    def word(self, node: f.Word) -> str:
        return rf"\text{{{escaped(node.text)}}}"

    def binary(self, node: f.Binary) -> str:
        return f" {_sign(node.sign)} "

    def prefix(self, node: f.Prefix) -> str:
        return _sign(node.sign)

    def times(self, node: f.Times) -> str:
        return r" \cdot " if node.sign else r"\,"

    def relation(self, node: f.Relation) -> str:
        return ", " if node.sign == "," else f" {_sign(node.sign)} "

    def fraction(self, node: f.Fraction) -> str:
        return rf"\frac{{{self.inner(node.above)}}}{{{self.inner(node.below)}}}"

    def script(self, node: f.Script) -> str:
        base = self(node.base)
        if isinstance(node.base, f.Script | f.Row | f.UnderBrace | f.Fraction):
            base = f"{{{base}}}"
        sub, sup = ("" if one is None else mark + _braced(self.inner(slashed(one))) for mark, one in (("_", node.sub), ("^", node.sup)))
        return base + sub + ("'" * len(node.sup.text) if isinstance(node.sup, f.Name) and set(node.sup.text) == {"′"} else sup)

    def root(self, node: f.Root) -> str:
        index = f"[{{{self.inner(node.index)}}}]" if node.index else ""
        return rf"\sqrt{index}{{{self(node.body)}}}"

    def fence(self, node: f.Fence) -> str:
        size = fence_size(node, self.display)
        open, close = _OPENING.get(node.open) or _symbols(node.open), _CLOSING.get(node.close) or _symbols(node.close)
        if size >= len(_SIZES):
            # Without the empty atoms TeX would put a gap around the grown fence.
            return joined((r"\mathopen{}\left", open, " ", self(node.body), r" \right", close, r"\mathclose{}"))
        left = joined((_SIZES[size] and _SIZES[size] + "l", open)) if node.open else ""
        right = joined((_SIZES[size] and _SIZES[size] + "r", close)) if node.close else ""
        return joined((left, self(node.body), right))

    def underbrace(self, node: f.UnderBrace) -> str:
        return rf"\underbrace{{{self(node.body)}}}_{{{self.inner(node.label)}}}"

    def over(self, node: f.Over) -> str:
        narrow = isinstance(node.body, f.Name) and len(node.body.text) == 1
        mark = {"¯": (r"\overline", r"\bar"), "^": (r"\widehat", r"\hat")}[node.mark][narrow]
        return f"{mark}{{{self(node.body)}}}"

    def matrix(self, node: f.Matrix) -> str:
        rows = r" \\ ".join(guarded(" & ".join(map(self.inner, entries))) for entries in node.rows)
        # amsmath's bmatrix ends at ten columns.
        columns = len(node.rows[0]) if node.rows else 0
        if columns <= 10 and not (node.open and node.close):
            return rf"\left{node.open or '.'}\begin{{matrix}} {rows} \end{{matrix}}\right{node.close or '.'}"
        if columns > 10:
            return rf"\left{node.open or '.'}\begin{{array}}{{{'c' * columns}}} {rows} \end{{array}}\right{node.close or '.'}"
        return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"

    def cases(self, node: f.Cases) -> str:
        rows = r" \\ ".join(guarded(f"{self.inner(value)} & {self.inner(when)}") for value, when in node.rows)
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def lines(self, node: f.Lines) -> str:
        rows = (guarded(f"{self(left)} &{self(right)}") for left, right, _ in node.rows)
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _space(before: f.Formula | None, after: f.Formula | None) -> str:
    """The space between two factors: TeX sets one beside a function itself, and two fractions need more than others."""
    if _is_function(before) or _is_function(after):
        return ""
    return r"\;" if isinstance(before, f.Fraction | f.UnderBrace) and isinstance(after, f.Fraction | f.UnderBrace) else r"\,"


def _is_function(node: f.Formula | None) -> bool:
    name = node.base if isinstance(node, f.Script) else node
    return isinstance(name, f.Name) and name.style == "function" and len(name.text) > 1


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _sign(sign: str) -> str:
    return SIGNS.get(sign) or _symbols(sign)


def _symbols(text: str) -> str:
    """Each character as a sign of mathematics where there is one, as text where there is none."""
    return joined(char if char.isascii() and char.isalnum() else SIGNS.get(char) or rf"\text{{{escaped(char)}}}" for char in one_line(text))


def _upright(text: str) -> str:
    return rf"\mathrm{{{_symbols(text)}}}" if re.search("[A-Za-z0-9]", text) else _symbols(text)


def _letter(text: str) -> str:
    """One letter in italics, with its primes; more than one upright."""
    stem = text.rstrip("′")
    return _upright(text) if len(stem) != 1 else _symbols(stem) + "'" * (len(text) - 1)


def _function(text: str) -> str:
    if text in _FUNCTIONS:
        return f"\\{text}"
    star = "*" if text in LIMITS else ""
    return _letter(text) if len(text.rstrip("′")) == 1 else rf"\operatorname{star}{{{_symbols(text)}}}"


_STYLES: dict[str, Callable[[str], str]] = {
    "auto": _letter,
    "upright": _upright,
    "italic": lambda text: _symbols(text) if len(text) == 1 else rf"\mathit{{{_symbols(text)}}}",
    "bold": lambda text: rf"\mathbf{{{_symbols(text)}}}" if text.isascii() else rf"\boldsymbol{{{_symbols(text)}}}",
    "function": _function,
}

_NO_SIGN = f.Times()
DISPLAYED = LatexFormulas()
IN_LINE = LatexFormulas(display=False)
