"""The plan of a QR symbol (ISO/IEC 18004): which module is what, in which order the data lies, blocks and masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Integers, Mask

# Check codewords a block and number of blocks, versions 1 to 40, by the two format bits of the level (M, L, H, Q).
_CHECKS = (
    "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28 28 28 28 28 28 28 28 28 "
    "28 28 28 28 28 28 28 28 28 28",
    "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30 30 30 30 "
    "30 30 30 30 30 30 30 30 30 30",
    "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24 30 30 30 30 30 30 30 30 "
    "30 30 30 30 30 30 30 30 30 30",
    "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28 30 30 30 30 "
    "30 30 30 30 30 30 30 30 30 30",
)
_BLOCKS = (
    "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
    "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
)
CHECKS = tuple(tuple(map(int, row.split())) for row in _CHECKS)
BLOCKS = tuple(tuple(map(int, row.split())) for row in _BLOCKS)

# Of the format information (ISO/IEC 18004, annex C).
_FORMAT_GENERATOR, _FORMAT_MASK = 0x537, 0x5412
# Of the version information (ISO/IEC 18004, annex D).
_VERSION_GENERATOR = 0x1F25


@dataclass(frozen=True)
class SymbolPlan:
    """One version. `known`: (n, n) int8, 1 dark, 0 light, -1 not fixed; `data`: (bits, 2) row and column of the data
    modules in the order of the bits; `masks`: (8, n, n) bool, True where the mask turns a module over;
    `formats`: two lists of 15 (row, column), highest bit first.
    """

    version: int
    size: int
    known: Integers
    data: Integers
    masks: Mask
    formats: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]


@lru_cache(maxsize=40)
def plan(version: int) -> SymbolPlan:
    """The plan of version 1 to 40."""
    n = 17 + 4 * version
    known = np.full((n, n), -1, np.int8)
    taken = np.zeros((n, n), bool)
    known[6, :] = known[:, 6] = (np.arange(n) + 1) % 2
    taken[6, :] = taken[:, 6] = True
    for row, column in ((0, 0), (0, n - 7), (n - 7, 0)):
        _square(known, row + 3, column + 3, 3, border=True)
    for row in alignments(version):
        for column in alignments(version):
            if (row, column) not in ((6, 6), (6, n - 7), (n - 7, 6)):
                _square(known, row, column, 2)
    formats = (
        tuple((8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)) + tuple((r, 8) for r in (7, 5, 4, 3, 2, 1, 0)),
        tuple((n - 1 - i, 8) for i in range(7)) + tuple((8, n - 8 + i) for i in range(8)),
    )
    for places in formats:
        for row, column in places:
            taken[row, column] = True
    known[n - 8, 8] = 1
    if version >= 7:
        word = version << 12 | _remainder(version << 12, _VERSION_GENERATOR, 12)
        for bit in range(18):
            value = word >> bit & 1
            known[n - 11 + bit % 3, bit // 3] = known[bit // 3, n - 11 + bit % 3] = value
    taken |= known >= 0
    rows, columns = np.mgrid[0:n, 0:n]
    product = rows * columns
    masks = np.stack(
        [
            (rows + columns) % 2,
            rows % 2,
            columns % 3,
            (rows + columns) % 3,
            (rows // 2 + columns // 3) % 2,
            product % 2 + product % 3,
            (product % 2 + product % 3) % 2,
            ((rows + columns) % 2 + product % 3) % 2,
        ]
    )
    return SymbolPlan(version, n, known, _order(taken), masks == 0, formats)


def alignments(version: int) -> list[int]:
    """Rows (and columns) of the middles of the alignment patterns."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6, *sorted(version * 4 + 10 - step * i for i in range(count - 1))]


@lru_cache(maxsize=1)
def format_words() -> Integers:
    """The 32 format words as (32, 15) of 0 and 1, highest bit first; index = level bits * 8 + mask."""
    words = [(data << 10 | _remainder(data << 10, _FORMAT_GENERATOR, 10)) ^ _FORMAT_MASK for data in range(32)]
    return np.array([[word >> (14 - bit) & 1 for bit in range(15)] for word in words])


@lru_cache(maxsize=160)
def blocks(version: int, level: int) -> tuple[tuple[tuple[int, ...], ...], int]:
    """For each block the indices of its codewords in the symbol, data first; and how many are check codewords."""
    total = len(plan(version).data) // 8
    count, checks = BLOCKS[level][version - 1], CHECKS[level][version - 1]
    shorter = total // count - checks
    longer = total % count
    sizes = [shorter + (index >= count - longer) for index in range(count)]
    places: list[list[int]] = [[] for _ in sizes]
    at = 0
    for column in range(max(sizes)):
        for index, size in enumerate(sizes):
            if column < size:
                places[index].append(at)
                at += 1
    for _ in range(checks):
        for index in range(count):
            places[index].append(at)
            at += 1
    return tuple(map(tuple, places)), checks


def _square(known: Integers, row: int, column: int, reach: int, border: bool = False) -> None:
    n = known.shape[0]
    for r in range(row - reach - border, row + reach + border + 1):
        for c in range(column - reach - border, column + reach + border + 1):
            if 0 <= r < n and 0 <= c < n:
                ring = max(abs(r - row), abs(c - column))
                known[r, c] = ring not in (reach - 1, reach + 1)


def _order(taken: Mask) -> Integers:
    n = taken.shape[0]
    places: list[tuple[int, int]] = []
    upward = True
    for column in (c if c > 6 else c - 1 for c in range(n - 1, 0, -2)):
        rows = range(n - 1, -1, -1) if upward else range(n)
        places += [(r, c) for r in rows for c in (column, column - 1) if not taken[r, c]]
        upward = not upward
    return np.array(places[: len(places) // 8 * 8])


def _remainder(word: int, generator: int, bits: int) -> int:
    while word >> bits:
        word ^= generator << (word.bit_length() - generator.bit_length())
    return word
