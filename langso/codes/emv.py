"""Payment codes (EMVCo merchant-presented, VietQR, VNPAY), read leniently: what is found is told, faults beside it.

Written strictly by `write`. Reading never raises and takes time linear in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from langso.words import nfc
from langso.words.catalogue import t

from . import emv_rules, tlv
from .banks import bank_name, wallet_name
from .parsed import Parsed
from .tlv import checksum
from .vietqr import GUID, VietQr, for_fee, memo_for, write

__all__ = ["VNPAY_GUID", "VietQr", "for_fee", "looks_like", "memo_for", "read", "write"]

VNPAY_GUID = "A000000775"

_ASK_THE_PAYER = "***"
_DETAILS = {
    "bill_number": "01",
    "mobile": "02",
    "store": "03",
    "loyalty": "04",
    "reference": "05",
    "customer": "06",
    "terminal": "07",
    "purpose": "08",
}
_Elements = dict[str, str]


@dataclass
class _Tree:
    """The elements of a payload: first level in order, templates by path (`38`, `38.01`), and what did not parse."""

    unit: tlv.Unit
    items: list[tlv.Element] = field(default_factory=list)
    fault: tlv.Fault | None = None
    templates: dict[str, list[tlv.Element]] = field(default_factory=dict)
    template_faults: dict[str, tlv.Fault] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return self.fault is None and not self.template_faults

    def elements(self, path: str) -> _Elements:
        return {item.tag: item.value for item in self.templates.get(path, [])}


def looks_like(text: str) -> bool:
    """Whether a text begins as an EMV payment code does."""
    return text.startswith("000201")


def read(text: str) -> Parsed:
    """Read a payload. Fields: `crc_ok`, `crc_calculated`, `tlv_ok`, `strict_valid`, `root`, `templates`, `provider`
    (VIETQR, VNPAY or None), `bank_bin`, `bank`, `wallet`, `account`, `service`, `merchant_id`, `initiation`,
    `currency`, `amount` (as written), `amount_vnd` (int), `name`, `city`, the parts of tag 62, `asks_payer`,
    `length_unit`, and `ambiguous` where two readers could understand the code differently.
    """
    payload = text.strip()
    tree = _parse(payload)
    calculated = checksum(payload[:-4])
    crc_ok = payload[-8:-4] == "6304" and payload[-4:].upper() == calculated
    root = {item.tag: item.value for item in tree.items}
    fields: dict[str, Any] = {
        "crc_ok": crc_ok,
        "crc_calculated": calculated,
        "tlv_ok": tree.whole,
        "root": root,
        "templates": {path: tree.elements(path) for path in tree.templates},
        "length_unit": tree.unit,
    }
    problems = [] if crc_ok else [t("codes-crc")]
    problems += _structure_problems(tree)
    problems += _add_receiver(fields, tree)
    _add_payment(fields, root, tree.elements("62"), tree.elements("64"))
    if tree.fault is None:
        problems += emv_rules.problems_of_root(tree.items)
        problems += emv_rules.problems_of_details(tree.templates.get("62", []))
    problems += _repetitions(tree)
    fields["ambiguous"] = bool(_repetitions(tree)) or sum("02" <= tag <= "51" for tag in root) > 1
    fields["template_errors"] = {
        p: t("codes-fault-at", why=f.why, position=f.position) for p, f in tree.template_faults.items()
    }
    fields["strict_valid"] = not problems
    return Parsed("emv", fields, problems, [] if tree.fault else _cautions(fields))


def _parse(payload: str) -> _Tree:
    if payload.isascii():
        return _tree(payload, "ascii")
    # Writers disagree on what a length counts once letters carry marks; the unit under which all fits is right.
    by_chars = _tree(payload, "chars")
    if by_chars.whole:
        return by_chars
    by_bytes = _tree(payload, "utf8bytes")
    if by_bytes.whole or (by_bytes.fault is None and by_chars.fault is not None):
        return by_bytes
    return by_chars


def _tree(payload: str, unit: tlv.Unit) -> _Tree:
    tree = _Tree(unit)
    items = tlv.read(payload, unit)
    if isinstance(items, tlv.Fault):
        tree.fault = items
        return tree
    tree.items = items
    for item in items:
        if "26" <= item.tag <= "51" or item.tag in ("62", "64"):
            _open(tree, item.tag, item.value)
    for tag in [tag for tag in tree.templates if "26" <= tag <= "51"]:
        inner = tree.elements(tag)
        if inner.get("00", "").upper() == GUID and "01" in inner:
            _open(tree, f"{tag}.01", inner["01"])
    return tree


def _open(tree: _Tree, path: str, value: str) -> None:
    found = tlv.read(value, tree.unit)
    if isinstance(found, tlv.Fault):
        tree.template_faults[path] = found
        tree.templates.pop(path, None)
    else:
        tree.templates[path] = found


def _structure_problems(tree: _Tree) -> list[str]:
    if tree.fault is not None:
        return [t("codes-damaged-at", position=tree.fault.position, why=tree.fault.why)]
    return [
        t("codes-part-damaged-at", path=path, position=fault.position, why=fault.why)
        for path, fault in tree.template_faults.items()
    ]


def _receivers(tree: _Tree) -> dict[str, str]:
    guids = {tag: tree.elements(tag).get("00", "").upper() for tag in tree.templates if "." not in tag}
    return {tag: guid for tag, guid in guids.items() if "26" <= tag <= "51" and guid in (GUID, VNPAY_GUID)}


def _repetitions(tree: _Tree) -> list[str]:
    problems = emv_rules.repeated(tree.items, t("codes-the-code"))
    for path, items in tree.templates.items():
        problems += emv_rules.repeated(items, t("codes-the-part", path=path))
    return problems


def _add_receiver(fields: dict[str, Any], tree: _Tree) -> list[str]:
    provider = bin_ = account = service = merchant = None
    problems: list[str] = []
    receivers = _receivers(tree)
    # A transfer to an account is what the kiosk can check, so it is the one told where a code holds both.
    tag = next((key for key, guid in receivers.items() if guid == GUID), next(iter(receivers), None))
    inner = tree.elements(tag) if tag is not None else {}
    for other in [key for key, guid in receivers.items() if guid == VNPAY_GUID]:
        provider, merchant = "VNPAY", tree.elements(other).get("01")
    if tag is not None and receivers[tag] == GUID:
        provider = "VIETQR"
        who = tree.elements(f"{tag}.01")
        bin_, account = who.get("00"), who.get("01")
        nested = "02" not in inner and "02" in who
        service = who["02"] if nested else inner.get("02")
        problems += emv_rules.problems_of_receiver(bin_, account, service, nested)
        if tag != "38":
            problems.append(t("codes-receiver-misplaced"))
    if list(receivers.values()).count(GUID) > 1:
        problems.append(t("codes-two-accounts"))
    fields["provider"] = provider
    fields["bank_bin"] = bin_
    fields["bank"] = bank_name(bin_) if bin_ else None
    fields["wallet"] = wallet_name(bin_ or "", account or "")
    fields["account"] = account
    fields["service"] = service
    fields["merchant_id"] = merchant
    return problems


def _add_payment(fields: dict[str, Any], root: _Elements, details: _Elements, local: _Elements) -> None:
    amount = root.get("54")
    fields["initiation"] = {"11": "static", "12": "dynamic"}.get(root.get("01", ""), root.get("01"))
    fields["currency"] = root.get("53")
    fields["amount"] = amount
    fields["amount_vnd"] = emv_rules.amount_in_dong(amount) if amount is not None else None
    fields["name"] = _nfc(local.get("01") or root.get("59"))
    fields["city"] = _nfc(local.get("02") or root.get("60"))
    for name, tag in _DETAILS.items():
        fields[name] = _nfc(details.get(tag))
    fields["asks_payer"] = [name for name, tag in _DETAILS.items() if details.get(tag) == _ASK_THE_PAYER]


def _nfc(text: str | None) -> str | None:
    return None if text is None else nfc(text)


def _cautions(fields: Mapping[str, Any]) -> list[str]:
    # Neither bank nor standard checks the name inside a code: only the bank's answer on the phone is to be believed.
    cautions = [t("codes-name-by-maker") if fields["name"] else t("codes-no-name")]
    if fields["ambiguous"]:
        # A code may show the commune's account to one app and a stranger's to another.
        cautions.append(t("codes-several-receivers"))
    if fields["amount"] is None:
        cautions.append(t("codes-no-amount"))
    if fields["asks_payer"]:
        cautions.append(t("codes-payer-fills-in"))
    return cautions
