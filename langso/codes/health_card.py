"""The QR code on a health insurance card (thẻ bảo hiểm y tế).

`card|HEX(UTF-8 name)|birth date or year|1 or 2|HEX(address)|clinic|from|to|...`; what follows is ignored.
"""

from __future__ import annotations

import re
from datetime import date

from langso.words import nfc
from langso.words.catalogue import t

from .parsed import Parsed
from .printed import FEMALE, MALE

_BEGINNING = re.compile(r"[A-Z]{2}[0-9]{13}\||[0-9]{10}\|[0-9A-Fa-f]{4,}\|")
_ABSENT = ("", "-")


def looks_like(text: str) -> bool:
    """Whether a text begins as a health card does: 15 characters, or 10 digits and a hexadecimal name."""
    return _BEGINNING.match(text) is not None


def read(text: str) -> Parsed:
    """Fields: `card_no`, `name`, `dob` (as printed: dd/mm/yyyy or yyyy), `sex`, `address`, `clinic`, `valid_from`,
    `valid_to` (ISO dates). What cannot be read is None and has its problem.
    """
    parts = [part.strip() for part in text.strip().split("|")]
    card, name_hex, dob, sex_digit, address_hex, clinic, start_text, end_text = [*parts[:8], *[""] * 8][:8]
    problems: list[str] = []
    if len(parts) < 8:
        problems.append(t("codes-health-short"))
    if not re.fullmatch(r"[A-Z]{2}[0-9]{13}|[0-9]{10}", card):
        problems.append(t("codes-health-number"))
    name = _text(name_hex)
    if not name:
        problems.append(t("codes-name-unreadable"))
    if not _birth(dob):
        problems.append(t("codes-birth-not-real"))
    sex = {"1": MALE, "2": FEMALE}.get(sex_digit)
    if sex is None:
        problems.append(t("codes-sex-unreadable"))
    address = _text(address_hex)
    if address is None:
        problems.append(t("codes-address-unreadable"))
    start, end = _day(start_text), _day(end_text)
    if (start_text not in _ABSENT and start is None) or (end_text not in _ABSENT and end is None):
        problems.append(t("codes-validity-not-real"))
    if start is not None and end is not None and end < start:
        problems.append(t("codes-ends-before-start"))
    fields = {
        "card_no": card,
        "name": name or None,
        "dob": dob or None,
        "sex": sex,
        "address": address or None,
        "clinic": re.sub(r"\s+", "", clinic) or None,
        "valid_from": start.isoformat() if start else None,
        "valid_to": end.isoformat() if end else None,
    }
    return Parsed("health_card", fields, problems)


def _text(hexadecimal: str) -> str | None:
    if hexadecimal in _ABSENT:
        return ""
    # bytes.fromhex skips spaces, which would let a damaged code through.
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", hexadecimal):
        return None
    try:
        return nfc(bytes.fromhex(hexadecimal).decode("utf-8")).strip()
    except UnicodeDecodeError:
        return None


def _birth(text: str) -> bool:
    if re.fullmatch(r"[0-9]{4}", text):
        return int(text) > 0
    if re.fullmatch(r"[0-9]{2}/[0-9]{4}", text):
        return _day(f"01/{text}") is not None
    return _day(text) is not None


def _day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", text):
        return None
    try:
        return date(int(text[6:]), int(text[3:5]), int(text[:2]))
    except ValueError:
        return None
