"""Laurent polynomials: sums of products of generators to whole powers, negative ones too, with exact coefficients.

The arithmetic of proofs. A generator is a number; what it stands for is known to ``derive.claims.towers``. Unlike
SymPy's rings these need not know all generators beforehand, and a product of three generators among five
hundred costs three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sympy import QQ

__all__ = ["HALF", "ONE", "ZERO", "Laurent", "Monomial", "total"]

Monomial = tuple[tuple[int, int], ...]


class Laurent:
    """A sum of monomials; ``terms`` maps each sorted tuple of (generator, power) to its coefficient, never zero."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[Monomial, Any]) -> None:
        self.terms = terms

    @classmethod
    def constant(cls, value: Any) -> Laurent:
        """The polynomial of a rational number."""
        return cls({(): _exact(value)} if value else {})

    @classmethod
    def generator(cls, number: int, power: int = 1) -> Laurent:
        """One generator to a power."""
        return cls({((number, power),) if power else (): 1})

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Laurent) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __len__(self) -> int:
        return len(self.terms)

    def __neg__(self) -> Laurent:
        return Laurent({monomial: -value for monomial, value in self.terms.items()})

    def __add__(self, other: Laurent) -> Laurent:
        return total((self, other))

    def __sub__(self, other: Laurent) -> Laurent:
        return total((self, -other))

    def __mul__(self, other: Laurent) -> Laurent:
        terms: dict[Monomial, Any] = {}
        for left, value in self.terms.items():
            for right, factor in other.terms.items():
                monomial = _product(left, right)
                terms[monomial] = terms.get(monomial, 0) + value * factor
        return _of(terms)

    @property
    def generators(self) -> set[int]:
        """The generators that occur."""
        return {number for monomial in self.terms for number, _ in monomial}

    @property
    def single(self) -> tuple[Monomial, Any] | None:
        """The monomial and its coefficient where there is exactly one."""
        return next(iter(self.terms.items())) if len(self.terms) == 1 else None

    def at_least(self, other: Laurent) -> bool:
        """Is it the other and a number that is not negative?"""
        more = (self - other).terms
        return not more or (list(more) == [()] and more[()] >= 0)

    def inverse(self) -> Laurent:
        """The reciprocal of a single term."""
        ((monomial, value),) = self.terms.items()
        return Laurent({tuple((number, -power) for number, power in monomial): _exact(1 / QQ(value))})

    @property
    def normal(self) -> Laurent:
        """Its positive multiple whose leading coefficient is 1 or −1."""
        return self * Laurent({(): abs(self.terms[max(self.terms)])}).inverse() if self else self

    def lowest(self, number: int) -> int:
        """The lowest power of a generator; 0 where some term has none of it."""
        return min((dict(monomial).get(number, 0) for monomial in self.terms), default=0)

    def partials(self) -> Iterator[tuple[int, Laurent]]:
        """Every generator that occurs, with the derivative by it."""
        found: dict[int, dict[Monomial, Any]] = {}
        for monomial, value in self.terms.items():
            for place, (number, power) in enumerate(monomial):
                lower = ((number, power - 1),) if power != 1 else ()
                found.setdefault(number, {})[(*monomial[:place], *lower, *monomial[place + 1 :])] = value * power
        return ((number, Laurent(terms)) for number, terms in found.items())

    def replaced(self, number: int, form: Callable[[int], Laurent | None], times: Callable[[Laurent, Laurent], Laurent]) -> Laurent:
        """The polynomial with each power of one generator in another form; None leaves a power as it is."""
        kept: dict[Monomial, Any] = {}
        by_power: dict[int, dict[Monomial, Any]] = {}
        for monomial, value in self.terms.items():
            power = dict(monomial).get(number, 0)
            if power:
                by_power.setdefault(power, {})[tuple([pair for pair in monomial if pair[0] != number])] = value
            else:
                kept[monomial] = value
        parts = [Laurent(kept)]
        for power, terms in by_power.items():
            parts.append(times(Laurent(terms), form(power) or Laurent.generator(number, power)))
        return total(parts)


def total(parts: Iterable[Laurent]) -> Laurent:
    """The sum of many polynomials."""
    terms: dict[Monomial, Any] = {}
    for part in parts:
        for monomial, value in part.terms.items():
            terms[monomial] = terms.get(monomial, 0) + value
    return _of(terms)


def _exact(value: Any) -> Any:
    """The rational number as an int where it is one: those multiply much faster."""
    return int(value) if value.denominator == 1 else QQ(int(value.numerator), int(value.denominator))


def _of(terms: dict[Monomial, Any]) -> Laurent:
    return Laurent({monomial: value for monomial, value in terms.items() if value})


def _product(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for number, power in right:
        powers[number] = powers.get(number, 0) + power
    return tuple(sorted([pair for pair in powers.items() if pair[1]]))


ZERO, ONE, HALF = Laurent.constant(0), Laurent.constant(1), Laurent.constant(QQ(1, 2))
