"""From the grey of every module to a whole symbol: what is unsure is erased, Reed-Solomon fills it in.

An engine that decides each module black or white corrects half as many damaged codewords as one that also knows which
of them to distrust.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from scanner.reading import solomon, symbol

_SPARE = 3
_LEAST_AGREEMENT = 0.72
_FORMATS_TRIED = 2
_SHARPENINGS = (0.0, 0.12, 0.25)


def mended(light: Any) -> Any | None:
    """The symbol's modules (n, n) bool, True = dark, all codewords corrected, from sampled greys (n, n) of any scale;
    None where it cannot be mended beyond doubt.
    """
    size = light.shape[0]
    if light.shape != (size, size) or size < 21 or size > 177 or size % 4 != 1:
        return None
    plan = symbol.plan((size - 17) // 4)
    for amount in _SHARPENINGS:
        darkness = darknesses(light, amount)
        for word in _formats(darkness, plan):
            level, mask = divmod(word, 8)
            found = _corrected(darkness, plan, level, mask)
            if found is not None:
                return _drawn(found, plan, word)
    return None


def darknesses(light: Any, sharpening: float = 0.0) -> Any:
    """Greys as darkness against the neighbourhood: about -1 light to 1 dark, 0 undecided. `sharpening` takes that
    share of each of the four neighbours away, as an unsharp lens had added it.
    """
    values = light.astype(np.float32)
    if sharpening:
        padded = cv2.copyMakeBorder(values, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
        values = values * (1 + 4 * sharpening) - sharpening * around
    reach = (9, 9)
    high = cv2.blur(cv2.dilate(values, np.ones((5, 5))), reach, borderType=cv2.BORDER_REPLICATE)
    low = cv2.blur(cv2.erode(values, np.ones((5, 5))), reach, borderType=cv2.BORDER_REPLICATE)
    spread = np.maximum((high - low) / 2, 0.07 * max(float(high.max() - low.min()), 1.0))
    return np.clip(((high + low) / 2 - values) / spread, -1, 1)


def agreement(darkness: Any, plan: symbol.Plan) -> float:
    """How well finder, timing, alignment and version modules are where the plan has them: -1..1."""
    fixed = plan.known >= 0
    return float(np.mean(darkness[fixed] * (2.0 * plan.known[fixed] - 1)))


def _formats(darkness: Any, plan: symbol.Plan) -> list[int]:
    signs = 2.0 * symbol.format_words() - 1
    scores = np.zeros(32)
    for places in plan.formats:
        rows, columns = zip(*places, strict=True)
        scores += signs @ darkness[rows, columns]
    return [int(word) for word in np.argsort(-scores)[:_FORMATS_TRIED]]


def _corrected(darkness: Any, plan: symbol.Plan, level: int, mask: int) -> Any | None:
    """All codewords (uint8), corrected."""
    rows, columns = plan.data[:, 0], plan.data[:, 1]
    soft = darkness[rows, columns] * np.where(plan.masks[mask][rows, columns], -1.0, 1.0)
    bits = soft.reshape(-1, 8)
    words = np.packbits(bits > 0, axis=1)[:, 0]
    doubt = np.abs(bits)
    # A codeword is as sure as its least sure bits.
    sure = np.sort(doubt, axis=1)[:, :2] @ np.array([0.8, 0.2])
    places, checks = symbol.blocks(plan.version, level)
    mended = words.copy()
    for block in places:
        index = np.array(block)
        fixes = _block(words[index], bits[index], sure[index], checks)
        if fixes is None:
            return None
        for at, value in fixes.items():
            mended[index[at]] ^= value
    return mended


def _block(words: Any, bits: Any, sure: Any, checks: int) -> dict[int, int] | None:
    found = solomon.syndromes(words, checks)
    order = np.argsort(sure)
    for erased in _erasures(sure[order], checks):
        which = [int(i) for i in order[:erased]]
        fixes = solomon.corrections(found, len(words), which)
        if fixes is None:
            continue
        errors = sum(index not in which for index in fixes)
        # Too little redundancy left over: chance could have made a codeword of it.
        if erased and 2 * errors + erased > checks - min(_SPARE, checks // 4):
            continue
        if not erased or _plausible(words, bits, fixes):
            return fixes
    return None


def _erasures(sure: Any, checks: int) -> Iterator[int]:
    yield 0
    most = checks - min(_SPARE, checks // 4)
    step = max(2, most // 6)
    yield from range(step, most + 1, step)


def _plausible(words: Any, bits: Any, fixes: dict[int, int]) -> bool:
    """Whether the picture speaks for the corrections more than against: the bits changed are the doubtful ones."""
    for_, all_ = 0.0, 0.0
    for index, value in fixes.items():
        change = np.unpackbits(np.array([value], np.uint8)).astype(bool)
        doubt = np.abs(bits[index])
        for_ += float(doubt[~change].sum())
        all_ += float(doubt.sum())
    return all_ == 0 or for_ / all_ > _LEAST_AGREEMENT


def _drawn(words: Any, plan: symbol.Plan, word: int) -> Any:
    level_mask = word % 8
    dark = plan.known == 1
    for places in plan.formats:
        for (row, column), bit in zip(places, symbol.format_words()[word], strict=True):
            dark[row, column] = bool(bit)
    rows, columns = plan.data[:, 0], plan.data[:, 1]
    dark[rows, columns] = np.unpackbits(words).astype(bool) ^ plan.masks[level_mask][rows, columns]
    return dark
