"""Random matrix expressions and points, for the tests."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np

KINDS = {
    "a": "scalar", "b": "scalar", "x": "vector 3", "z": "vector 3", "y": "vector 2", "r": "row vector 3", "A": "matrix 2 x 3", "X": "matrix 2 x 3",
    "B": "matrix 3 x 3", "Y": "matrix 3 x 3", "S": "symmetric matrix 3", "W": "matrix 3 x 2",
}  # fmt: skip
SHAPES = {
    "a": None, "b": None, "x": (3, 1), "z": (3, 1), "y": (2, 1), "r": (1, 3), "A": (2, 3), "X": (2, 3), "B": (3, 3), "Y": (3, 3), "S": (3, 3), "W": (3, 2),
}  # fmt: skip
PLAIN = [(2, 3), (3, 3), (3, 1), (2, 1), (1, 3), (3, 2)]
TALLER = [(2, 3), (3, 3), (3, 2)]  # than one row, so that X X' is no number
LEAVES: dict[Any, list[str]] = {(2, 2): ["(A*W)", "(X*A')"], (1, 2): ["(y')"], (3, 3): ["(Y - eye)"]}
for _name, _shape in SHAPES.items():
    LEAVES.setdefault(_shape, []).append(_name)
    if _shape:
        LEAVES.setdefault(_shape[::-1], []).append(f"({_name}')")


class Grammar:
    """Random expressions whose shapes fit and whose values stay within reach of a difference."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice([*LEAVES[None], "2", "0.5"])
        vector, square, some = self.matrix((3, 1), depth - 1), self.matrix((3, 3), depth - 1), self.matrix(self.random.choice(PLAIN), depth - 1)
        one, two = self.number(depth - 1), self.number(depth - 1)
        return self.random.choice([
            f"({one} + {two})", f"({one} * {two})", f"(-{one})", f"({one} / ({two}^2 + 1))", f"sin({one})", f"exp(tanh({one}))", f"log({one}^2 + 1)",
            f"tr({square})", f"sum({some})", f"norm1({some})", f"norm2({some})", f"(norm2({some})^2)", f"({vector}'*{square}*{vector})",
            f"({vector}'*{self.matrix((3, 1), depth - 1)})", f"({vector}'*{vector})", f"tr({square}'*{square})", f"det({square} + 3*eye)",
            f"logdet({square}*{square}' + eye)", f"log(det({square}*{square}' + 2*eye))",
        ])  # fmt: skip

    def matrix(self, shape: tuple[int, int], depth: int) -> str:
        if depth <= 0:
            return self.random.choice(LEAVES[shape])
        inner = self.random.choice([2, 3])
        one, two, number = self.matrix(shape, depth - 1), self.matrix(shape, depth - 1), self.number(depth - 1)
        choices = [
            f"({one} + {two})", f"({one} - {two})", f"({number}*{one})", f"({one}.*{two})", f"({one}.^{self.random.choice('23')})",
            f"({one}./exp(sin({two})))", f"(exp(tanh({one})).^{two})", f"(exp(tanh({one})).^{number})", f"(2.^tanh({one}))", f"(exp(tanh({number})).^{one})",
            f"softmax({one})",
            f"({self.matrix((shape[0], inner), depth - 1)}*{self.matrix((inner, shape[1]), depth - 1)})", f"({self.matrix((shape[1], shape[0]), depth - 1)}')",
            f"{self.random.choice(['sin', 'cos', 'tanh', 'sigmoid', 'softplus', 'arctan'])}({one})",
        ]  # fmt: skip
        if shape == (3, 3):
            choices += [f"inv({one} + 4*eye)", f"({one}^2)", f"({one}^3)", f"diag({self.matrix((3, 1), depth - 1)})"]
        if shape == (3, 1):
            choices.append(f"diag({self.matrix((3, 3), depth - 1)})")
        return self.random.choice(choices)


def letters_in(text: str) -> list[str]:
    return [name for name in SHAPES if re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z(0-9])", text)]


def random_point(letters: Any, seed: int) -> dict[Any, Any]:
    """Numbers in (0.4, 1.4), entries in (-1, 1), of three decimals."""
    numbers = np.random.default_rng(seed)
    point: dict[Any, Any] = {}
    for letter in letters:
        shape = SHAPES[str(letter)]
        array = round(numbers.uniform(0.4, 1.4), 3) if shape is None else numbers.uniform(-1, 1, shape).round(3)
        point[letter] = (array + array.T) / 2 if str(letter) == "S" else array  # type: ignore[union-attr]
    return point


class Repeating(Grammar):
    """Expressions in which parts stand again: as they are, turned, and inside of others."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.made: dict[Any, list[str]] = {}

    def again(self, shape: Any, new: str) -> str:
        """Sometimes a part of that shape that was made before, else the new one."""
        earlier = [*self.made.get(shape, ()), *(f"({one}')" for one in self.made.get(shape and shape[::-1], ()) if shape)]
        if earlier and self.random.random() < 0.5:
            return self.random.choice(earlier)
        self.made.setdefault(shape, []).append(new)
        return new

    def number(self, depth: int) -> str:
        if depth <= 0:
            return super().number(depth)
        return self.again(None, super().number(depth) if self.random.random() < 0.6 else self.of_one_part(depth))

    def of_one_part(self, depth: int) -> str:
        """A number in which one matrix stands several times, and where one law speaks of what another one hides."""
        part, square = self.matrix(self.random.choice(TALLER), depth - 1), self.matrix((3, 3), depth - 1)
        whole, number = f"({part}*{part}' + eye)", self.number(depth - 1)
        return self.random.choice([
            f"tr({part}*{part}')", f"(tr({part}*{part}') + sum({part}'))", f"(norm2({part})^2 + norm2({part}))", f"sum({square}.*{square}')",
            f"(log(det({whole})) + {number}*det({whole}))", f"(tr({part}*{part}'*{whole}) + sum({part}*{part}'))", f"tr({square}*{square}*{square}')",
            f"tr(inv({whole})*{part}*{part}')", f"(x'*{square}*{square}*x + {number}*sum({square}*{square}))",
        ])  # fmt: skip

    def matrix(self, shape: tuple[int, int], depth: int) -> str:
        return self.again(shape, super().matrix(shape, depth)) if depth > 0 else super().matrix(shape, depth)
