"""Writing VietQR transfer codes strictly, as NAPAS's "Quy định định dạng mã VietQR" asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from langso.words import fold
from langso.words.catalogue import Sentence

from . import tlv
from .dossier_code import read as read_dossier_code
from .errors import CannotWrite
from .tlv import checksum

GUID = "A000000727"
"""NAPAS's application identifier, in the template of tag 38."""

MAX_AMOUNT = 9_999_999_999_999
"""Largest amount in đồng that fits tag 54 (13 digits)."""

MAX_PURPOSE = 25
MAX_NAME = 25
MAX_CITY = 15

Service = Literal["QRIBFTTA", "QRIBFTTC"]


@dataclass(frozen=True)
class VietQr:
    """A transfer to ask for: BIN (6 digits), account or card, amount in đồng (None = the payer fills it in).

    `bill` goes out unchanged or is refused; `purpose`, `name` and `city` are folded to plain letters and cut.
    """

    bin: str
    account: str
    amount: int | None = None
    bill: str | None = None
    purpose: str | None = None
    name: str | None = None
    city: str | None = None
    service: Service = "QRIBFTTA"


def write(qr: VietQr) -> str:
    """The payload to draw as a QR code, checksum included. Raises CannotWrite, saying what to correct."""
    _check(qr)
    account = tlv.write([("00", qr.bin), ("01", qr.account)])
    more = tlv.write([("01", qr.bill), ("08", _plain(qr.purpose, MAX_PURPOSE))])
    body = tlv.write(
        [
            ("00", "01"),
            ("01", "11" if qr.amount is None else "12"),
            ("38", tlv.write([("00", GUID), ("01", account), ("02", qr.service)])),
            ("53", "704"),
            ("54", None if qr.amount is None else str(qr.amount)),
            ("58", "VN"),
            ("59", _plain(qr.name, MAX_NAME)),
            ("60", _plain(qr.city, MAX_CITY)),
            ("62", more or None),
        ]
    )
    return body + "6304" + checksum(body + "6304")


def for_fee(bin_: str, account: str, amount: int, dossier: str) -> VietQr:
    """The code for one dossier's fee (lệ phí): bill number = dossier code, purpose = `memo_for` of it.

    Raises CannotWrite when `dossier` is no dossier code.
    """
    code = _dossier(dossier)
    # The longest dossier codes exceed EMV's 25 characters for a bill number; without dots they fit.
    bill = code if len(code) <= MAX_PURPOSE else code.replace(".", "")
    return VietQr(bin_, account, amount, bill=bill, purpose=memo_for(code))


def memo_for(dossier: str) -> str:
    """Transfer memo of a dossier, letters and digits only because banks drop punctuation.

    `H29.16-250701-0001` -> `LPH2916250701X0001` (LP = lệ phí; X keeps date and number apart).
    """
    office, date, number = _dossier(dossier).rsplit("-", 2)
    memo = f"LP{office.replace('.', '')}{date}X{number}"
    if len(memo) > MAX_PURPOSE:
        raise CannotWrite(Sentence("codes-write-dossier-long"))
    return memo


def _dossier(text: str) -> str:
    parsed = read_dossier_code(text)
    if parsed is None or parsed.problems:
        raise CannotWrite(Sentence("codes-write-dossier"))
    code: str = parsed.fields["code"]
    return code


def _check(qr: VietQr) -> None:
    if not re.fullmatch(r"[0-9]{6}", qr.bin):
        raise CannotWrite(Sentence("codes-write-bin"))
    if not re.fullmatch(r"[0-9A-Za-z]{1,19}", qr.account):
        raise CannotWrite(Sentence("codes-write-account"))
    if qr.service not in ("QRIBFTTA", "QRIBFTTC"):
        raise CannotWrite(Sentence("codes-write-service"))
    if qr.service == "QRIBFTTC" and not re.fullmatch(r"[0-9]{16,19}", qr.account):
        raise CannotWrite(Sentence("codes-write-card"))
    # bool is an int to Python, never an amount.
    if qr.amount is not None and (isinstance(qr.amount, bool) or not 1 <= qr.amount <= MAX_AMOUNT):
        raise CannotWrite(Sentence("codes-write-amount"))
    if qr.bill is not None and not re.fullmatch(r"[0-9A-Za-z.\-]{1,25}", qr.bill):
        raise CannotWrite(Sentence("codes-write-bill"))


def _plain(text: str | None, limit: int) -> str | None:
    if text is None:
        return None
    letters = re.sub(r"[^0-9A-Za-z]+", " ", fold(text)).strip()
    return letters[:limit].rstrip() or None
