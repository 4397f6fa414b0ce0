"""Who a payment code pays, for screens and account checks."""

from __future__ import annotations

from dataclasses import dataclass

from .parsed import Parsed


@dataclass(frozen=True)
class Payee:
    """Receiver and payment of a VietQR code; `amount` in đồng, None where the payer is to fill it in."""

    bin: str
    account: str
    name: str | None
    amount: int | None
    purpose: str | None
    bill: str | None


def payee(parsed: Parsed) -> Payee | None:
    """The payee of a VietQR code that can be believed, else None.

    None: no VietQR, checksum or structure broken, an element given twice, another receiver beside it, a currency
    other than đồng, or an amount that is written but unreadable (it must not pass for "any amount").
    """
    f = parsed.fields
    if parsed.kind != "emv" or f["provider"] != "VIETQR":
        return None
    if not (f["crc_ok"] and f["tlv_ok"]) or f["currency"] != "704":
        return None
    if not f["bank_bin"] or not f["account"] or f["ambiguous"]:
        return None
    if f["amount"] is not None and f["amount_vnd"] is None:
        return None
    return Payee(
        bin=f["bank_bin"],
        account=f["account"],
        name=f["name"],
        amount=f["amount_vnd"],
        purpose=_given(f["purpose"]),
        bill=_given(f["bill_number"]),
    )


def _given(text: str | None) -> str | None:
    return None if text in (None, "***") else text
