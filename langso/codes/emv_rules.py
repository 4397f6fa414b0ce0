"""What EMVCo and NAPAS ask of a merchant-presented code, checked element by element.

Every rule here only reports; a code that breaks one is still read as far as it goes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from langso.words.catalogue import Sentence, t

from .tlv import Element

_LIMITS = {
    "59": (25, Sentence("codes-receiver-name")),
    "60": (15, Sentence("codes-city")),
    "61": (10, Sentence("codes-postcode")),
}
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_PERCENT = re.compile(r"[0-9]{1,2}(?:\.[0-9]{0,2})?")


def amount_in_dong(text: str) -> int | None:
    """Whole đồng of a tag 54 (`50000`, `50000.`, leniently `50000.00`), or None where it is no such amount."""
    if len(text) > 13 or not _AMOUNT.fullmatch(text):
        return None
    whole, _, fraction = text.partition(".")
    if fraction.strip("0") or not whole.strip("0"):
        return None
    return int(whole)


def problems_of_root(items: Sequence[Element]) -> list[str]:
    """Faults among the elements of the first level, as Vietnamese sentences."""
    root = {item.tag: item.value for item in items}
    problems = [*_order(items), *_required(root), *_amount(root), *_tip(root)]
    for tag, (limit, what) in _LIMITS.items():
        if len(root.get(tag, "")) > limit:
            problems.append(t("codes-too-long", what=what, limit=limit))
    if "52" in root and not re.fullmatch(r"[0-9]{4}", root["52"]):
        problems.append(t("codes-category"))
    if not all(item.value.isascii() for item in items if item.tag not in ("62", "64")):
        problems.append(t("codes-marks"))
    if any("80" > item.tag > "64" for item in items):
        problems.append(t("codes-unknown-field"))
    return problems


def problems_of_details(items: Sequence[Element]) -> list[str]:
    """Faults inside tag 62 (bill number, purpose ...)."""
    problems: list[str] = []
    if any(len(item.value) > 25 for item in items if item.tag <= "09"):
        problems.append(t("codes-purpose-too-long"))
    if not all(item.value.isascii() for item in items):
        problems.append(t("codes-purpose-marks"))
    return problems


def problems_of_receiver(
    bin_: str | None, account: str | None, service: str | None, nested_service: bool
) -> list[str]:
    """Faults of a VietQR receiver: bank (BIN), account or card, and the transfer service."""
    problems: list[str] = []
    if bin_ is None or not re.fullmatch(r"[0-9]{6}", bin_):
        problems.append(t("codes-bank-wrong"))
    if account is None or not re.fullmatch(r"[0-9A-Za-z]{1,19}", account):
        problems.append(t("codes-account-wrong"))
    if service not in ("QRIBFTTA", "QRIBFTTC"):
        problems.append(t("codes-service-unclear"))
    if nested_service:
        problems.append(t("codes-service-misplaced"))
    return problems


def repeated(items: Iterable[Element], where: str) -> list[str]:
    """A fault for every tag given twice: readers differ in which of the two they believe."""
    counts = Counter(item.tag for item in items)
    return [t("codes-field-twice", tag=tag, where=where) for tag, n in counts.items() if n > 1]


def _order(items: Sequence[Element]) -> list[str]:
    problems: list[str] = []
    if items and (items[0].tag, items[0].value) != ("00", "01"):
        problems.append(t("codes-begin-wrong"))
    if items and items[-1].tag != "63":
        problems.append(t("codes-crc-not-last"))
    return problems


def _required(root: Mapping[str, str]) -> list[str]:
    problems: list[str] = []
    if root.get("01", "11") not in ("11", "12"):
        problems.append(t("codes-once-or-often"))
    if root.get("53") != "704":
        problems.append(t("codes-not-dong"))
    if root.get("58") != "VN":
        problems.append(t("codes-not-vietnam"))
    if not any("02" <= tag <= "51" for tag in root):
        problems.append(t("codes-no-receiver"))
    elif not any("26" <= tag <= "51" for tag in root) and "53" not in root:
        problems.append(t("codes-personal-wallet"))
    return problems


def _amount(root: Mapping[str, str]) -> list[str]:
    text = root.get("54")
    if text is None:
        return []
    if amount_in_dong(text) is None:
        return [t("codes-amount-wrong")]
    if text.partition(".")[2]:
        return [t("codes-amount-cents")]
    return []


def _tip(root: Mapping[str, str]) -> list[str]:
    kind, fixed, percent = root.get("55"), root.get("56"), root.get("57")
    problems: list[str] = []
    if kind is not None and kind not in ("01", "02", "03"):
        problems.append(t("codes-tip-wrong"))
    if (kind == "02") != (fixed is not None):
        problems.append(t("codes-tip-amount"))
    if (kind == "03") != (percent is not None):
        problems.append(t("codes-tip-percent"))
    if fixed is not None and amount_in_dong(fixed) is None:
        problems.append(t("codes-tip-amount-wrong"))
    if percent is not None and (not _PERCENT.fullmatch(percent) or not percent.strip("0.")):
        problems.append(t("codes-tip-percent-wrong"))
    return problems
