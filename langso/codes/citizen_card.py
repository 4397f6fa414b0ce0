"""The QR code on a citizen's card (căn cước công dân, thẻ căn cước).

`id12|old id or empty|name|ddmmyyyy|Nam/Nữ|address|ddmmyyyy`; a variant lacks the old id, the card of 2024 adds fields
after the issue date. Numbers carry no check digit, so what disagrees is a warning and never a refusal.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date

from langso.words import fold
from langso.words.catalogue import Sentence, t

from .parsed import Parsed
from .printed import FEMALE, MALE
from .provinces import province_name

_BEGINNING = re.compile(r"[0-9]{12}\|")

_WARNINGS = {
    "province_unknown": Sentence("codes-id-province"),
    "sex_mismatch": Sentence("codes-id-sex-differs"),
    "birth_year_mismatch": Sentence("codes-id-year-differs"),
    "no_issue_date": Sentence("codes-id-no-issue-date"),
    "issued_before_birth": Sentence("codes-id-issued-before-birth"),
    "bad_old_id": Sentence("codes-id-old-number"),
}
_ERRORS = {
    "too_few_fields": Sentence("codes-id-short"),
    "bad_name": Sentence("codes-id-no-name"),
    "bad_dob": Sentence("codes-birth-not-real"),
    "bad_sex": Sentence("codes-sex-unreadable"),
    "bad_issued": Sentence("codes-issue-not-real"),
}


@dataclass(frozen=True)
class IdDigits:
    """What a 12-digit number itself tells: province of birth registration, century and sex, year of birth, six random
    digits.
    """

    province_code: str
    province: str | None
    sex: str
    birth_year: int
    random: str


def looks_like(text: str) -> bool:
    """Whether a text begins as a citizen's card does."""
    return _BEGINNING.match(text) is not None


def id_digits(number: str) -> IdDigits | None:
    """Takes a 12-digit number apart; None for any other text."""
    if not re.fullmatch(r"[0-9]{12}", number):
        return None
    century = int(number[3])
    return IdDigits(
        province_code=number[:3],
        province=province_name(number[:3]),
        sex=FEMALE if century % 2 else MALE,
        birth_year=1900 + 100 * (century // 2) + int(number[4:6]),
        random=number[6:],
    )


def read(text: str) -> Parsed:
    """Fields: `id`, `old_id`, `name`, `dob`, `sex`, `address`, `issued` (ISO dates), `extra_fields` (how many were
    ignored), `warnings` and `errors` (codes), `id_digits`. What a field does not say is None.
    """
    parts = [part.strip() for part in text.strip().split("|")]
    number = parts[0]
    digits = id_digits(number)
    if digits is None:
        return Parsed("citizen_card", {}, [t("codes-id-digits")])
    if len(parts) > 1 and parts[1] and not re.fullmatch(r"[0-9]+", parts[1]):
        parts.insert(1, "")
    old_id, name, dob_text, sex_text, address, issued_text = [*parts[1:7], *[""] * 6][:6]
    dob, issued = _day(dob_text), _day(issued_text)
    sex = {"nam": MALE, "nu": FEMALE}.get(fold(sex_text).lower())

    errors: list[str] = []
    if len(parts) < 6:
        errors.append("too_few_fields")
    if not name:
        errors.append("bad_name")
    if dob is None:
        errors.append("bad_dob")
    if sex is None:
        errors.append("bad_sex")
    if issued_text and issued is None:
        errors.append("bad_issued")
    warnings: list[str] = []
    if digits.province is None:
        warnings.append("province_unknown")
    if sex is not None and sex != digits.sex:
        warnings.append("sex_mismatch")
    if dob is not None and dob.year != digits.birth_year:
        warnings.append("birth_year_mismatch")
    if not issued_text:
        warnings.append("no_issue_date")
    if dob is not None and issued is not None and issued < dob:
        warnings.append("issued_before_birth")
    if old_id and not re.fullmatch(r"[0-9]{9}|[0-9]{12}", old_id):
        warnings.append("bad_old_id")
    fields = {
        "id": number,
        "old_id": old_id or None,
        "name": name or None,
        "dob": dob.isoformat() if dob else None,
        "sex": sex,
        "address": address or None,
        "issued": issued.isoformat() if issued else None,
        "extra_fields": max(0, len(parts) - 7),
        "warnings": warnings,
        "errors": errors,
        "id_digits": asdict(digits),
    }
    return Parsed(
        "citizen_card", fields, [*(str(_ERRORS[e]) for e in errors), *(str(_WARNINGS[w]) for w in warnings)]
    )


def _day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
