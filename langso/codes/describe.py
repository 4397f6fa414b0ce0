"""What a code says, in a few lines for a person; personal numbers are masked."""

from __future__ import annotations

from langso import words
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

from .parsed import Parsed

_TITLES = {
    "emv": Sentence("codes-is-payment"),
    "url": Sentence("codes-is-link"),
    "health_card": Sentence("codes-is-health-card"),
    "citizen_card": Sentence("codes-is-citizen-card"),
    "dossier_code": Sentence("codes-is-dossier"),
    "unknown": Sentence("codes-is-unknown"),
}


def mask(number: str) -> str:
    """`012345678901` -> `0123******01`; a number of eight characters or less keeps only its last two."""
    if len(number) > 8:
        return number[:4] + "*" * (len(number) - 6) + number[-2:]
    return "*" * max(0, len(number) - 2) + number[-2:] if len(number) > 2 else "*" * len(number)


def describe(parsed: Parsed) -> str:
    """A title, what the code holds, then its faults (lines that begin `! `) and its warnings (`- `)."""
    lines = [str(_TITLES[parsed.kind])]
    lines += [f"  {name}: {harmless(value)}" for name, value in _facts(parsed) if value]
    lines += [f"! {problem}" for problem in parsed.problems]
    lines += [f"- {caution}" for caution in parsed.cautions]
    return "\n".join(lines)


def _facts(parsed: Parsed) -> list[tuple[str, str | None]]:
    f = parsed.fields
    if not f:
        return []
    if parsed.kind == "emv":
        dong: int | None = f["amount_vnd"]
        return [
            (t("codes-bank"), _bank(f["bank_bin"], f["bank"], f["wallet"])),
            (t("codes-account"), mask(f["account"]) if f["account"] else None),
            (t("codes-merchant"), f["merchant_id"]),
            (t("codes-name-in-code"), f["name"]),
            (t("codes-amount"), f"{words.money(dong)} ({words.amount(dong)})" if dong else None),
            (t("codes-bill"), f["bill_number"]),
            (t("codes-purpose"), f["purpose"]),
        ]
    if parsed.kind == "citizen_card":
        return [
            (t("codes-id-number"), mask(f["id"])),
            (t("codes-full-name"), f["name"]),
            (t("codes-birth-year"), f["dob"][:4] if f["dob"] else None),
            (t("codes-sex"), f["sex"]),
            (t("codes-birth-place"), f["id_digits"]["province"]),
        ]
    if parsed.kind == "health_card":
        return [
            (t("codes-card-number"), mask(f["card_no"])),
            (t("codes-full-name"), f["name"]),
            (t("codes-clinic"), f["clinic"]),
            (t("codes-valid"), _span(f["valid_from"], f["valid_to"])),
        ]
    if parsed.kind == "dossier_code":
        return [
            (t("codes-code"), f["code"]),
            (t("codes-received"), _shown(f["received"])),
            (t("codes-running-number"), f["number"]),
        ]
    if parsed.kind == "url":
        return [("Trang", f["host"]), (t("codes-dossier-code"), f["dossier_code"])]
    # What is not understood may still be somebody's number: only its length is told.
    return [(t("codes-length"), t("codes-letters", count=len(f["text"])))]


def _bank(bin_: str | None, bank: str | None, wallet: str | None) -> str | None:
    if bin_ is None:
        return None
    name = bank or f"BIN {bin_}"
    return f"{wallet} (qua {name})" if wallet and wallet != bank else name


def _shown(day: str | None) -> str | None:
    return "/".join(reversed(day.split("-"))) if day else None


def _span(start: str | None, end: str | None) -> str | None:
    first, last = _shown(start), _shown(end)
    if first and last:
        return f"{first} - {last}"
    return t("codes-from", first=first) if first else t("codes-until", last=last) if last else None
