"""Reed-Solomon over GF(256) as QR codes use it (polynomial 0x11D, first root 1), with erasures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Levels

# Powers of 2 in the field of 256 that QR codes are checked in (ISO/IEC 18004), twice round; and their logarithms.
_EXP = np.zeros(512, np.int64)
_LOG = np.zeros(256, np.int64)  # 0 has none
_value = 1
for _power in range(255):
    _EXP[_power] = _value
    _LOG[_value] = _power
    _value = (_value << 1) ^ (0x11D if _value & 0x80 else 0)
_EXP[255:510] = _EXP[:255]
_EXP_LIST, _LOG_LIST = _EXP.tolist(), _LOG.tolist()


def syndromes(word: Levels, checks: int) -> list[int]:
    """The `checks` syndromes of a block (uint8 array, first codeword is the highest power); all 0: nothing wrong."""
    length = len(word)
    powers = np.arange(length - 1, -1, -1)
    held = np.flatnonzero(word)
    logs = _LOG[word[held]]
    return [int(np.bitwise_xor.reduce(_EXP[(logs + powers[held] * i) % 255], initial=0)) for i in range(checks)]


def corrections(found: Sequence[int], length: int, erased: Sequence[int]) -> dict[int, int] | None:
    """What to xor where (index -> value) so that the block is a codeword, given its syndromes and the indices of
    erased codewords; None where there is no solution within the code's reach.
    """
    checks = len(found)
    if not any(found):
        return {}
    if len(erased) > checks:
        return None
    locator = [1]
    for index in erased:
        locator = _times(locator, [1, _EXP_LIST[length - 1 - index]])
    locator = _berlekamp(found, locator, len(erased))
    while locator and locator[-1] == 0:
        locator.pop()
    errors = len(locator) - 1
    if 2 * errors - len(erased) > checks:
        return None
    # Roots are the inverses of the places' powers.
    places = np.arange(length)
    steps = (255 - (length - 1 - places)) % 255
    values = np.zeros(length, np.int64)
    for power, coefficient in enumerate(locator):
        if coefficient:
            values ^= _EXP[(_LOG_LIST[coefficient] + steps * power) % 255]
    roots = np.flatnonzero(values == 0)
    if len(roots) != errors:
        return None
    evaluator = _times(list(found), locator)[:checks]
    fixes: dict[int, int] = {}
    for index in roots.tolist():
        step = int(steps[index])
        top = _at(evaluator, step)
        bottom = 0
        for power in range(1, len(locator), 2):
            if locator[power]:
                bottom ^= _EXP_LIST[(_LOG_LIST[locator[power]] + step * (power - 1)) % 255]
        if bottom == 0:
            return None
        if top:
            # First root is 1, so the value carries one more power of the place.
            fixes[index] = _EXP_LIST[(_LOG_LIST[top] - _LOG_LIST[bottom] + 255 + (length - 1 - index)) % 255]
    return fixes


def _berlekamp(found: Sequence[int], start: list[int], erased: int) -> list[int]:
    current, before = list(start), list(start)
    reach = erased
    for step in range(erased, len(found)):
        before = [0, *before]
        delta = 0
        for power, coefficient in enumerate(current):
            if coefficient and power <= step and found[step - power]:
                delta ^= _EXP_LIST[_LOG_LIST[coefficient] + _LOG_LIST[found[step - power]]]
        if not delta:
            continue
        log = _LOG_LIST[delta]
        changed = _plus(current, [_EXP_LIST[_LOG_LIST[c] + log] if c else 0 for c in before])
        if 2 * reach <= step + erased:
            reach = step + 1 + erased - reach
            before = [_EXP_LIST[_LOG_LIST[c] + 255 - log] if c else 0 for c in current]
        current = changed
    return current


def _plus(a: list[int], b: list[int]) -> list[int]:
    if len(a) < len(b):
        a, b = b, a
    out = list(a)
    for index, value in enumerate(b):
        out[index] ^= value
    return out


def _times(a: list[int], b: list[int]) -> list[int]:
    out = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        if x:
            log = _LOG_LIST[x]
            for j, y in enumerate(b):
                if y:
                    out[i + j] ^= _EXP_LIST[log + _LOG_LIST[y]]
    return out


def _at(coefficients: Sequence[int], step: int) -> int:
    total = 0
    for power, coefficient in enumerate(coefficients):
        if coefficient:
            total ^= _EXP_LIST[(_LOG_LIST[coefficient] + step * power) % 255]
    return total
