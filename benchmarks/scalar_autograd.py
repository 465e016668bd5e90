"""A scalar autograd engine of the kind that is written to teach: an object for every number, a closure for every operation.

It is a peer to measure against; nothing else uses it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

__all__ = ["Value"]


class Value:
    """A number that remembers what it was made of."""

    def __init__(self, data: float, parents: tuple[Value, ...] = ()) -> None:
        self.data, self.grad, self.parents = data, 0.0, parents
        self.push: Callable[[], None] = lambda: None

    def __add__(self, other: Value) -> Value:
        out = Value(self.data + other.data, (self, other))

        def push() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out.push = push
        return out

    def __mul__(self, other: Value) -> Value:
        out = Value(self.data * other.data, (self, other))

        def push() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.push = push
        return out

    def through(self, value: float, slope: float) -> Value:
        """The value of a function here, whose derivative is slope."""
        out = Value(value, (self,))

        def push() -> None:
            self.grad += slope * out.grad

        out.push = push
        return out

    def sigmoid(self) -> Value:
        s = 1 / (1 + math.exp(-self.data))
        return self.through(s, s * (1 - s))

    def log(self) -> Value:
        return self.through(math.log(self.data), 1 / self.data)

    def backward(self) -> None:
        """Put the derivative of this number by every number that it was made of into its grad."""
        order: list[Value] = []
        seen: set[int] = set()

        def visit(one: Any) -> None:
            if id(one) not in seen:
                seen.add(id(one))
                for parent in one.parents:
                    visit(parent)
                order.append(one)

        visit(self)
        self.grad = 1.0
        for one in reversed(order):
            one.push()
