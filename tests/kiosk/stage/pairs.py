"""Few rows that together hold every pair of values of any two columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any


def pairwise(columns: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows of one value of each column: for each two columns every pair of their values stands in some row.

    Greedy: each row takes one missing pair and, column by column, what adds most; where that is the same, what was
    used least, so that no combination is forgotten for being last. The same rows every time.
    """
    missing = {
        ((i, a), (j, b))
        for i, j in combinations(range(len(columns)), 2)
        for a in range(len(columns[i]))
        for b in range(len(columns[j]))
    }
    rows: list[tuple[Any, ...]] = []
    used = Counter[tuple[int, int]]()
    while missing:
        row = dict(min(missing))
        for column in range(len(columns)):
            if column in row:
                continue

            worth = [
                (sum(_pair((column, value), one) in missing for one in row.items()), -used[column, value])
                for value in range(len(columns[column]))
            ]
            row[column] = worth.index(max(worth))
        used.update(row.items())
        missing -= {_pair(one, other) for one, other in combinations(row.items(), 2)}
        rows.append(tuple(columns[column][row[column]] for column in range(len(columns))))
    return rows


def _pair(one: tuple[int, int], other: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (one, other) if one < other else (other, one)
