"""The text of a code by the code's own character set rules, and when an engine's text is to be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langso import codes
from langso.words.letters import is_vietnamese

if TYPE_CHECKING:
    import zxingcpp

MAX_TEXT = 4296
"""Letters in the largest QR code (version 40-L, alphanumeric); anything longer is no QR text."""

_NAMED = frozenset(("]Q2", "]Q4", "]Q6"))


def of_zxing(result: zxingcpp.Barcode) -> str:
    """Text of a zxing-cpp result, "" where it is none we take.

    Where the code names a character set (ECI) that is used. Otherwise bytes that are valid UTF-8 are
    UTF-8: phones, banks and the ID card write it without saying so, and a guess between Asian character sets
    garbles short Vietnamese words.
    """
    if str(result.symbology_identifier) not in _NAMED:
        try:
            return bytes(result.bytes).decode("utf-8")
        except UnicodeDecodeError:
            pass
    return str(result.text)


def believable_of_wechat(text: str) -> bool:
    """WeChat hands bytes over unchanged, as UTF-8, but cuts them at a NUL and leaves a replaced character where it
    guessed wrong.
    """
    return 0 < len(text) <= MAX_TEXT and "\ufffd" not in text


def believable_of_zbar(text: str) -> bool:
    """ZBar guesses the character set. Plain ASCII cannot be garbled by that, nor does UTF-8 read as anything else
    ever come out as Vietnamese letters only; else the content must check itself (a payment code's checksum).
    """
    if not 0 < len(text) <= MAX_TEXT:
        return False
    if is_vietnamese(text):
        return True
    parsed = codes.parse(text)
    return parsed.kind == "emv" and bool(parsed.fields.get("crc_ok"))
