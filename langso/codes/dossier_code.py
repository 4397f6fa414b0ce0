"""Dossier codes (mã hồ sơ) as on appointment slips: `H29.16-250701-0001`, bare or inside a link.

Shape: Thông tư 01/2018/TT-VPCP, điều 19, and the shorter one in use since; YYMMDD must be a day that exists.
"""

from __future__ import annotations

import re
from datetime import date

from langso.words.catalogue import t

from .parsed import Parsed

_OFFICE = r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,3})"
_CODE = re.compile(rf"({_OFFICE})-([0-9]{{6}})-([0-9]{{4,}})")
# Inside a longer text the code must stand alone, or a piece of some other number would be taken for it.
_INSIDE = re.compile(rf"(?<![0-9A-Z.\-]){_OFFICE}-[0-9]{{6}}-[0-9]{{4,}}(?![0-9A-Z\-])")
_MAX = 64


def read(text: str) -> Parsed | None:
    """The dossier code a whole text is, in capitals, or None where it has another shape.

    Fields: `code`, `office`, `received` (ISO date or None), `number`.
    """
    code = text.strip().upper()
    if len(code) > _MAX:
        return None
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    office, day, number = match.groups()
    received = _day(day)
    fields = {"code": code, "office": office, "received": received, "number": number}
    problems = [] if received else [t("codes-dossier-date")]
    return Parsed("dossier_code", fields, problems)


def find(text: str) -> str | None:
    """The first sound dossier code inside a longer text (a link), in capitals, or None."""
    for match in _INSIDE.finditer(text.upper()):
        parsed = read(match.group())
        if parsed is not None and not parsed.problems:
            return match.group()
    return None


def _day(text: str) -> str | None:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:])).isoformat()
    except ValueError:
        return None
