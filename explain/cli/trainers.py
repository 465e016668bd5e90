"""What a training is typed as: optimizers and schedules with their numbers, rows that are held out."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numeric.optimizers import Optimizer
    from numeric.runs.datasets import DataSet

__all__ = ["held_apart", "optimizer_of", "schedule_of"]


def optimizer_of(typed: str, rate: float | None) -> Optimizer:
    """The optimizer that a name, or a name with numbers, stands for. Raises DeriveError for others."""
    from numeric.optimizers import OPTIMIZERS

    return _made(typed, "optimizer", OPTIMIZERS, {} if rate is None else {"rate": rate})


def schedule_of(typed: str | None, steps: int) -> Any:
    """The schedule likewise; one over so many steps lasts as long as the training unless it says otherwise."""
    from numeric.runs import schedules

    known = {"".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_"): getattr(schedules, name) for name in schedules.__all__}
    return None if typed is None else _made(typed, "schedule", known, {}, {"steps": steps})


def _made(typed: str, kind: str, known: Mapping[str, type], given: Mapping[str, float], usual: Mapping[str, float] | None = None) -> Any:
    from derive.choices import chosen
    from derive.errors import DeriveError, UnknownNameError

    name, choices = chosen(typed)
    if name not in known:
        raise UnknownNameError(kind, name, known)
    own = {one.name: one for one in fields(known[name])}
    numbers: dict[str, Any] = {key: value for key, value in (usual or {}).items() if key in own}
    for key, text in choices.items():
        if key not in own:
            raise UnknownNameError("number", key, own, f"{name} has")
        numbers[key] = _number(f"{key}={text}", text, whole="int" in str(own[key].type))
    numbers |= given
    missing = next((key for key, one in own.items() if key not in numbers and one.default is MISSING), None)
    if missing is not None:
        raise DeriveError(f"{name} needs its {missing}; write such as {name}({missing}=100)")
    return known[name](**numbers)


def _number(what: str, text: str, whole: bool) -> float | int:
    from derive.errors import DeriveError

    try:
        return int(text) if whole else float(text)
    except ValueError:
        raise DeriveError(f"{what} is no {'whole ' if whole else ''}number") from None


def held_apart(dataset: DataSet, part: float | None, seed: int) -> tuple[DataSet, DataSet | None]:
    """The samples to learn from, and those held out, drawn by the seed. Raises DeriveError where one of the two would be empty."""
    if part is None:
        return dataset, None
    import numpy as np

    from derive.errors import DeriveError

    count = len(dataset.inputs)
    out = round(part * count)
    if not 0 < out < count:
        raise DeriveError(f"--validation {part:g} of {count} rows holds {out} out; both parts need at least one")
    order = np.random.default_rng(seed).permutation(count)
    seen, unseen = (replace(dataset, inputs=dataset.inputs[rows], targets=dataset.targets[rows]) for rows in (order[out:], order[:out]))
    return seen, unseen
