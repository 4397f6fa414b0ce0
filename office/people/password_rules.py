"""Which passwords are refused: short ones, and those that everybody tries first. Pure."""

from __future__ import annotations

import re

from langso.words import fold, nfc
from langso.words.catalogue import Sentence
from office.errors import PasswordRefused

MAX_PASSWORD = 256
LEAST_VARIED = 6
# The commonest guesses and what this very place suggests; plain letters, without spaces or marks.
_DENIED = [
    "password",
    "matkhau",
    "administrator",
    "admin123",
    "admin1234",
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "9876543210",
    "11111111",
    "88888888",
    "99999999",
    "00000000",
    "66666666",
    "68686868",
    "79797979",
    "qwertyuiop",
    "qwerty123",
    "abcd1234",
    "abc12345",
    "abcdefgh",
    "anhyeuem",
    "emyeuanh",
    "vietnam",
    "vietnam123",
    "langso",
    "langso123",
    "truyenthanh",
    "uybannhandan",
    "ubndxa123",
    "hanoi123",
    "saigon123",
    "iloveyou",
]


def checked_password(password: str, login: str, shortest: int) -> str:
    """The password, NFC, where it is long enough, not one that everybody tries and not mostly digits in a row
    or one character repeated. Raises PasswordRefused.
    """
    given = nfc(password)
    if len(given) < shortest:
        raise PasswordRefused(Sentence("people-password-short", shortest=shortest))
    if len(given) > MAX_PASSWORD:
        raise PasswordRefused(Sentence("people-password-long", most=MAX_PASSWORD))
    plain = re.sub(r"[\W_]", "", fold(given)).casefold()
    # A denied word with a short tail is what people write when the word alone is refused.
    core = re.sub(r"[0-9]{0,4}$", "", plain)
    own = re.sub(r"[\W_]", "", login)
    varied = _without_runs(plain)
    too_plain = len(set(plain)) < 4 or len(varied) < LEAST_VARIED or varied.rstrip("0123456789") in _DENIED
    if too_plain or plain in _DENIED or core in _DENIED or plain == own or (own and core == own):
        raise PasswordRefused(Sentence("people-password-guessed"))
    return given


def _without_runs(plain: str) -> str:
    """Each repeated character, and each run of three or more digits that count up or down, as its first character."""
    single = re.sub(r"(.)\1+", r"\1", plain)
    kept, at = "", 0
    while at < len(single):
        kept += single[at]
        at += max(_run(single, at, 1), _run(single, at, -1), 1)
    return kept


def _run(text: str, begin: int, step: int) -> int:
    """Length of the run of digits from `begin` in steps of `step` (9 and 0 are neighbours); 1 below three."""
    end = begin + 1
    while (
        end < len(text)
        and text[end - 1 : end + 1].isdecimal()
        and (int(text[end]) - int(text[end - 1]) - step) % 10 == 0
    ):
        end += 1
    return end - begin if end - begin >= 3 else 1
