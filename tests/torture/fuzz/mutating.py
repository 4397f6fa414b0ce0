"""Changes bytes and JSON the way line noise, a curious neighbour and an attacker do. Pure: the dice decide."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

MOST = 1 << 16
"""Bytes of an input: what a door refuses for its size alone it need not be asked a million times."""
HUGE: tuple[Any, ...] = (
    -1, 0, 1, 255, 256, 65535, 1 << 31, (1 << 53) - 1, 1 << 53, 1 << 62, (1 << 63) - 1, 1 << 63, 1 << 64,
    -(1 << 63), 10**30, 1e308, -0.0, 1.5, True, False, None,
)  # fmt: skip
WORDS: tuple[Any, ...] = (
    "", "*", "+", "#", "root", "office", "thon-1", "..", "/", "\x00", "\u202e", "ệ", "e\u0323\u0302", "\udc80",
    "a" * 81, "a" * 5000, "9" * 400, "-1", "NaN", "2026-11-22T02:14:42.123Z", "9999-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00Z",
    "2026-11-22T02:14:42", "2026-02-30T00:00:00Z", "+14:00", "1e9", "null", "emergency", "plan", "trust", "ﷺ" * 20,
)  # fmt: skip
PIECES = (
    b"\0", b"\xff", b"\x80", b"\r\n", b"\n", b"\t", b" ", b'"', b"\\", b"{", b"}", b"[", b"]", b":", b",", b"=", b"&",
    b"%", b"%00", b"%u0000", b"+", b"..", b"/", b"null", b"NaN", b"Infinity", b"1e999", b"-0", b"\xed\xb2\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae", b"\xcc\xa3", b"99999999999999999999", b"-1", b"'", b"#", b"|", b"\x1b[2J",
)  # fmt: skip


def changed_bytes(dice: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Changed in one to four ways; at most MOST bytes."""
    raw = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 2, 4))):
        at = dice.randrange(len(raw) + 1)
        how = dice.randrange(10)
        if how == 0 and raw:
            raw[at % len(raw)] ^= 1 << dice.randrange(8)
        elif how == 1 and raw:
            raw[at % len(raw)] = dice.choice((0, 1, 127, 128, 254, 255, dice.randrange(256)))
        elif how == 2:
            del raw[at : at + dice.choice((1, 1, 2, 4, 16, 1000))]
        elif how == 3:
            raw[at:at] = dice.choice(PIECES)
        elif how == 4:
            raw[at:at] = dice.randbytes(dice.choice((1, 2, 4, 8, 64)))
        elif how == 5:
            piece = raw[at : at + dice.choice((1, 2, 8, 40))]
            raw[at:at] = piece * dice.choice((1, 2, 3, 40))
        elif how == 6:
            del raw[at:]
        elif how == 7 and others:
            other = dice.choice(others)
            begin = dice.randrange(len(other) + 1)
            raw[at : at + dice.choice((0, 0, 8, 1000))] = other[begin : begin + dice.choice((4, 40, 1000))]
        elif how == 8:
            raw[at : at + dice.choice((1, 4))] = dice.choice(PIECES)
        else:
            end = at
            while end < len(raw) and 48 <= raw[end] <= 57:
                end += 1
            raw[at:end] = str(dice.choice((0, 1, 9, 99, 1 << 31, 1 << 63, 10**25))).encode()
    return bytes(raw[:MOST])


def changed_json(dice: random.Random, data: bytes) -> bytes:
    """JSON with a few places changed in their meaning: swapped, doubled, dropped, made huge, of another kind."""
    try:
        value = json.loads(data)
    except ValueError:
        return data
    for _ in range(dice.choice((1, 1, 2, 3))):
        value = _changed(dice, value)
    text = json.dumps(value, ensure_ascii=dice.random() < 0.5, separators=(",", ":"))
    if dice.random() < 0.1:
        text = _doubled_field(dice, text)
    return text.encode("utf-8", "surrogatepass")[:MOST]


def _doubled_field(dice: random.Random, text: str) -> str:
    """A key twice in one object, which no dictionary can say."""
    value = json.loads(text)
    if not isinstance(value, dict) or not value:
        return text
    name = dice.choice(list(value))
    again = json.dumps({name: dice.choice((value[name], dice.choice(HUGE)))})
    return f"{text[:-1]},{again[1:-1]}}}"


def _changed(dice: random.Random, value: Any, depth: int = 0) -> Any:
    if isinstance(value, dict) and value and (depth == 0 or dice.random() < 0.8):
        name = dice.choice(list(value))
        how = dice.randrange(8)
        fields = dict(value)
        if how == 0:
            fields.pop(name)
        elif how == 1:
            other = dice.choice(list(value))
            fields[name], fields[other] = fields[other], fields[name]
        elif how == 2:
            fields[dice.choice(("x", "kind", name.upper(), name + " ", "__proto__", ""))] = fields[name]
        else:
            fields[name] = _changed(dice, fields[name], depth + 1)
        return fields
    if isinstance(value, list) and value and dice.random() < 0.8:
        items, at, how = list(value), dice.randrange(len(value)), dice.randrange(6)
        if how == 0:
            items.pop(at)
        elif how == 1:
            items.insert(at, items[dice.randrange(len(items))])
        elif how == 2:
            items = items * dice.choice((2, 20))
        else:
            items[at] = _changed(dice, items[at], depth + 1)
        return items
    return _other(dice, value)


def _other(dice: random.Random, value: Any) -> Any:
    """Another value instead, often of the same kind."""
    if isinstance(value, bool) or value is None or dice.random() < 0.15:
        return dice.choice((*HUGE, *WORDS, [], {}, [[]], {"a": {}}))
    if isinstance(value, int | float):
        near = value + dice.choice((-1, 1, 1 << 31)) if isinstance(value, int) or abs(value) < 1e300 else value
        return dice.choice((near, dice.choice(HUGE), str(value)))
    if isinstance(value, str):
        at = dice.randrange(len(value) + 1)
        return dice.choice(
            (
                value[:at],
                value[at:] + value[:at],
                value[:at] + dice.choice(WORDS) + value[at:],
                value.upper(),
                value * 2,
            )
        )
    return dice.choice(HUGE)
