"""From the grey of every module to a whole symbol: what is unsure is erased, Reed-Solomon fills it in.

An engine that decides each module black or white corrects half as many damaged codewords as one that also knows which
of them to distrust.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.rescue import solomon, symbol

if TYPE_CHECKING:
    from scanner.arrays import Levels, Mask, Numbers, Plane

# Check codewords that must stay unused where some were erased: chance makes a codeword of fewer.
_SPARE = 3
# Share of the certainty in corrected codewords that lies on bits left as they are.
_LEAST_AGREEMENT = 0.72
# Score of the second format word, against the first, to be tried too; of the first, to be believed.
_CLOSE, _LEAST_FORMAT = 0.6, 0.42
# Modules each way in which the lightest and the darkest are sought, and over which they are averaged.
_NEAR, _WIDE = np.ones((5, 5), np.uint8), (9, 9)
# Shares of a grey that lie on the next module across and down: blurs that are undone.
_BLURS = ((0.0, 0.0), (0.1, 0.1), (0.18, 0.18), (0.25, 0.25), (0.18, 0.0), (0.0, 0.18), (0.28, 0.05), (0.05, 0.28))
# Of those, under which the fixed patterns come out best.
_BLURS_TRIED = 3
# Squared share of noise the blur is undone against.
_NOISE = 0.02


def mended(light: Plane) -> Mask | None:
    """The symbol's modules (n, n) bool, True = dark, all codewords corrected, from sampled greys (n, n) of any scale;
    None where it cannot be mended beyond doubt.
    """
    size = light.shape[0]
    if light.shape != (size, size) or size < 21 or size > 177 or size % 4 != 1:
        return None
    plan = symbol.plan((size - 17) // 4)
    for darkness in _deblurred(light, plan):
        for word in _formats(darkness, plan):
            level, mask = divmod(word, 8)
            found = _corrected(darkness, plan, level, mask)
            if found is not None:
                return _drawn(found, plan, word)
    return None


def darknesses(light: Plane) -> Plane:
    """Greys as darkness against the neighbourhood: about -1 light to 1 dark, 0 undecided."""
    values = light.astype(np.float32)
    high = cv2.blur(cv2.dilate(values, _NEAR), _WIDE, borderType=cv2.BORDER_REPLICATE)
    low = cv2.blur(cv2.erode(values, _NEAR), _WIDE, borderType=cv2.BORDER_REPLICATE)
    least = 0.07 * max(float(high.max() - low.min()), 1.0)
    spread = np.maximum((high - low) * 0.5, least)
    plane: Plane = np.clip(((high + low) * 0.5 - values) / spread, -1, 1)
    return plane


def _deblurred(light: Plane, plan: symbol.SymbolPlan) -> list[Plane]:
    """Darknesses of the greys with blurs of several widths along rows and columns undone: those under which the fixed
    patterns come out best.
    """
    values = light.astype(np.float32)
    fixed = plan.known >= 0
    wanted = 2.0 * plan.known[fixed] - 1
    tried = []
    for across, down in _BLURS:
        sharp = _undoing(plan.size, down) @ values @ _undoing(plan.size, across).T
        darkness = darknesses(sharp.astype(np.float32, copy=False))
        tried.append((float(wanted @ np.sign(darkness[fixed])), -across - down, darkness))
    tried.sort(key=lambda entry: entry[:2], reverse=True)
    return [darkness for _, _, darkness in tried[:_BLURS_TRIED]]


@lru_cache(maxsize=64)
def _undoing(size: int, share: float) -> Plane:
    """The matrix that takes back a blur giving each neighbour along a line that share of a module's grey."""
    blur = np.eye(size) * (1 - 2 * share) + (np.eye(size, k=1) + np.eye(size, k=-1)) * share
    blur[0, 0] += share
    blur[-1, -1] += share
    return (np.linalg.solve(blur.T @ blur + _NOISE * np.eye(size), blur.T) * (1 + _NOISE)).astype(np.float32)


def _formats(darkness: Plane, plan: symbol.SymbolPlan) -> list[int]:
    """Format words to try, none where what is seen is like none of them."""
    signs = 2.0 * symbol.format_words() - 1
    scores, seen = np.zeros(32), 0.0
    for places in plan.formats:
        rows, columns = zip(*places, strict=True)
        scores += signs @ darkness[rows, columns]
        seen += float(np.abs(darkness[rows, columns]).sum())
    # Chance brings the likeliest of 32 words to 0.4, a symbol with half its format bits lost to 0.5.
    if scores.max() < _LEAST_FORMAT * seen:
        return []
    best, second = np.argsort(-scores)[:2]
    # Two words differ in a third of their bits at least: a clear first leaves the second far behind.
    return [int(best), int(second)] if scores[second] > _CLOSE * scores[best] else [int(best)]


def _corrected(darkness: Plane, plan: symbol.SymbolPlan, level: int, mask: int) -> Levels | None:
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


def _block(words: Levels, bits: Numbers, sure: Numbers, checks: int) -> dict[int, int] | None:
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


def _erasures(sure: Numbers, checks: int) -> Iterator[int]:
    yield 0
    most = checks - min(_SPARE, checks // 4)
    step = max(2, most // 6)
    yield from range(step, most + 1, step)


def _plausible(words: Levels, bits: Numbers, fixes: dict[int, int]) -> bool:
    """Whether the picture speaks for the corrections more than against: the bits changed are the doubtful ones."""
    for_, all_ = 0.0, 0.0
    for index, value in fixes.items():
        change = np.unpackbits(np.array([value], np.uint8)).astype(bool)
        doubt = np.abs(bits[index])
        for_ += float(doubt[~change].sum())
        all_ += float(doubt.sum())
    return all_ == 0 or for_ / all_ > _LEAST_AGREEMENT


def _drawn(words: Levels, plan: symbol.SymbolPlan, word: int) -> Mask:
    level_mask = word % 8
    dark = plan.known == 1
    for places in plan.formats:
        for (row, column), bit in zip(places, symbol.format_words()[word], strict=True):
            dark[row, column] = bool(bit)
    rows, columns = plan.data[:, 0], plan.data[:, 1]
    dark[rows, columns] = np.unpackbits(words).astype(bool) ^ plan.masks[level_mask][rows, columns]
    mask: Mask = dark
    return mask
