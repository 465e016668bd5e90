"""Layered places for any directed graph without circles: ranks, an order with few crossings, coordinates.

The method of Sugiyama, Tagawa and Toda (1981): each node one rank after the last that it reads, long edges cut
by turning points, ranks ordered by the mean place of their neighbours, then moved towards straight lines.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

__all__ = ["Bend", "Ranked", "crossings", "ranked", "spread"]

SWEEPS = 12
N = TypeVar("N", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Bend:
    """The point in which a long edge passes a rank."""

    edge: tuple[Hashable, Hashable]
    rank: int


@dataclass(frozen=True)
class Ranked:
    """``ranks`` are nodes and bends from left to right, each rank from top to bottom; ``paths`` leads each edge through its bends."""

    ranks: tuple[tuple[Hashable, ...], ...]
    paths: Mapping[tuple[Hashable, Hashable], tuple[Hashable, ...]]

    @property
    def segments(self) -> list[tuple[Hashable, Hashable]]:
        """The pieces of all edges, each from one rank to the next."""
        return [piece for path in self.paths.values() for piece in pairwise(path)]


def ranked(reads: Mapping[N, Sequence[N]]) -> Ranked:
    """The ranks of the nodes of ``reads``, where each node comes after those that it reads."""
    rank = _ranks(reads)
    paths: dict[tuple[Hashable, Hashable], tuple[Hashable, ...]] = {(one, node): _path(one, node, rank) for node, sources in reads.items() for one in sources}
    ranks: list[list[Hashable]] = [[] for _ in range(1 + max(rank.values(), default=0))]
    for node in _by_first_use(reads):
        ranks[rank[node]].append(node)
    for path in paths.values():
        for bend in path[1:-1]:
            assert isinstance(bend, Bend)
            ranks[bend.rank].append(bend)
    return _untangled(Ranked(tuple(map(tuple, ranks)), paths))


def _ranks(reads: Mapping[N, Sequence[N]]) -> dict[N, int]:
    """Each node one rank after the last that it reads; what reads nothing stands right before its first reader."""
    rank: dict[N, int] = {}
    for node, sources in reads.items():
        rank[node] = 1 + max((rank[one] for one in sources), default=-1)
    for node, sources in reads.items():
        users = [rank[user] for user, others in reads.items() if node in others]
        if not sources and users:
            rank[node] = min(users) - 1
    return rank


def _path(start: N, end: N, rank: Mapping[N, int]) -> tuple[Hashable, ...]:
    return (start, *(Bend((start, end), place) for place in range(rank[start] + 1, rank[end])), end)


def _by_first_use(reads: Mapping[N, Sequence[N]]) -> list[N]:
    """The nodes from the last one backwards, each followed by what it reads: neighbours in a formula stay neighbours."""
    seen: dict[N, None] = {}
    stack = list(reads)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen[node] = None
            stack += reversed(reads[node])
    return list(seen)


# ---- order


def _untangled(start: Ranked) -> Ranked:
    """The best of a few sweeps, forwards and backwards in turn, each followed by exchanges of neighbours."""
    before, after = _neighbours(start)
    ranks = [list(rank) for rank in start.ranks]
    best, fewest = start.ranks, crossings(start.ranks, start.segments)
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 0
        for place in range(len(ranks)) if forwards else reversed(range(len(ranks))):
            _order_by_mean(ranks, place, before if forwards else after)
        _exchange(ranks, start.segments)
        count = crossings(ranks, start.segments)
        if count < fewest:
            best, fewest = tuple(map(tuple, ranks)), count
    return Ranked(best, start.paths)


def _neighbours(graph: Ranked) -> tuple[dict[Hashable, list[Hashable]], dict[Hashable, list[Hashable]]]:
    before: dict[Hashable, list[Hashable]] = {}
    after: dict[Hashable, list[Hashable]] = {}
    for one, other in graph.segments:
        before.setdefault(other, []).append(one)
        after.setdefault(one, []).append(other)
    return before, after


def _order_by_mean(ranks: list[list[Hashable]], place: int, neighbours: Mapping[Hashable, list[Hashable]]) -> None:
    at = {node: spot for rank in ranks for spot, node in enumerate(rank)}

    def mean(node: Hashable) -> float:
        near = neighbours.get(node)
        return sum(at[one] for one in near) / len(near) if near else at[node]

    ranks[place].sort(key=mean)


def _exchange(ranks: list[list[Hashable]], segments: Sequence[tuple[Hashable, Hashable]]) -> None:
    """Swap neighbours in a rank as long as that undoes crossings."""
    count = crossings(ranks, segments)
    for rank in ranks:
        for spot in range(len(rank) - 1):
            rank[spot], rank[spot + 1] = rank[spot + 1], rank[spot]
            swapped = crossings(ranks, segments)
            if swapped < count:
                count = swapped
            else:
                rank[spot], rank[spot + 1] = rank[spot + 1], rank[spot]


def crossings(ranks: Sequence[Sequence[Hashable]], segments: Sequence[tuple[Hashable, Hashable]]) -> int:
    """How many pairs of segments between the same two ranks cross."""
    at = {node: (place, spot) for place, rank in enumerate(ranks) for spot, node in enumerate(rank)}
    gaps: dict[int, list[tuple[int, int]]] = {}
    for one, other in segments:
        gaps.setdefault(at[one][0], []).append((at[one][1], at[other][1]))
    return sum((a - c) * (b - d) < 0 for pairs in gaps.values() for place, (a, b) in enumerate(pairs) for c, d in pairs[:place])


# ---- coordinates


def spread(graph: Ranked, heights: Mapping[Hashable, float], gap: float) -> dict[Hashable, float]:
    """The height above the ground of every node and bend: near the mean of its neighbours, ``gap`` from the next in its rank."""
    y: dict[Hashable, float] = {}
    for rank in graph.ranks:
        y |= _kept_apart(rank, dict.fromkeys(rank, 0.0), heights, gap)
    before, after = _neighbours(graph)
    near = {node: before.get(node, []) + after.get(node, []) for node in y}
    for sweep in range(2 * SWEEPS):
        for rank in graph.ranks if sweep % 2 else reversed(graph.ranks):
            wished = {node: sum(y[one] for one in near[node]) / len(near[node]) if near[node] else y[node] for node in rank}
            y |= _kept_apart(rank, wished, heights, gap)
    return y


def _kept_apart(rank: Sequence[Hashable], wished: Mapping[Hashable, float], heights: Mapping[Hashable, float], gap: float) -> dict[Hashable, float]:
    """The places nearest to the wished ones, by least squares, that keep order and distance (pool adjacent violators)."""
    offset, total = [], 0.0
    for one, other in pairwise((rank[0], *rank)):
        total += 0.0 if one == other else (heights[one] + heights[other]) / 2 + gap
        offset.append(total)
    pools: list[tuple[float, int]] = []
    for node, down in zip(rank, offset, strict=True):
        mean, count = wished[node] + down, 1
        while pools and pools[-1][0] < mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    levels = [mean for mean, count in pools for _ in range(count)]
    return {node: level - down for node, level, down in zip(rank, levels, offset, strict=True)}
