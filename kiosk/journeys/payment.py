"""What a payment code asks, in words, and whether its account is the commune's own; the slip for paying in cash."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from kiosk.errors import WrongStep
from langso import codes, words
from langso.contract.vouched import FUND, Payees
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, Words, t

Verdict = Literal["own", "stranger", "no_list", "broken", "not_payment"]

QR_BORDER = 2
"""Modules of quiet zone drawn; the white card (or slip) around it gives the rest of the four."""


@dataclass(frozen=True)
class PaymentCode:
    """One code that was read. `verdict`: "own": the commune's account; "stranger": another's; "no_list": the signed
    list is not here; "broken": a payment code that must not be believed; "not_payment": another code. `amount`: đồng,
    None where not given.

    `text`: the payload exactly as read; the code that is shown large is this one.
    """

    verdict: Verdict
    text: str
    amount: int | None = None
    holder: str = ""
    label: str = ""
    bank: str = ""
    account: str = ""
    purpose: str = ""
    bill: str = ""
    why: Words = ""

    @property
    def payable(self) -> bool:
        """Whether the kiosk may show the code for paying."""
        return self.verdict == "own"

    @property
    def amount_shown(self) -> str:
        """`8.000 đ`, or that the payer fills it in."""
        return words.money(self.amount) if self.amount else t("journeys-fee-no-amount")

    @property
    def amount_in_words(self) -> str:
        """`tám nghìn đồng`."""
        return words.amount(self.amount) if self.amount else t("prompts-fee-ask-amount")

    @property
    def account_shown(self) -> str:
        """Bank and account in groups: `VietinBank · 000 000 000 001`."""
        return f"{self.bank} · {words.group(self.account)}"

    @property
    def title(self) -> str:
        """The heading's second line: what is paid for, as the code says, or nothing."""
        if self.bill:
            return t("journeys-fee-dossier", number=self.bill)
        return self.purpose


def read_fee(text: str, payees: Payees | None) -> PaymentCode:
    """What a code's text asks to pay, judged by the accounts that the commune's root keys vouch for. Never raises."""
    parsed = codes.parse(text)
    if parsed.kind != "emv":
        return PaymentCode("not_payment", text, why=Sentence("journeys-fee-not-payment"))
    payee = codes.payee(parsed)
    if payee is None:
        return PaymentCode("broken", text, why=Sentence("journeys-fee-broken"))
    account = None if payees is None else payees.own(payee.bin, payee.account, fee=bool(payee.bill))
    bank = codes.bank_name(payee.bin) or t("journeys-fee-bank", number=payee.bin)
    common: dict[str, Any] = {
        "amount": payee.amount,
        "bank": bank,
        "account": payee.account,
        "purpose": payee.purpose or "",
        "bill": payee.bill or "",
    }
    if payees is None:
        why = Sentence("prompts-fee-no-list")
        return PaymentCode("no_list", text, holder=payee.name or "", why=why, **common)
    if account is None:
        why = Sentence("prompts-fee-stranger")
        return PaymentCode("stranger", text, holder=payee.name or "", why=why, **common)
    # The name in the code is whatever its maker typed; the signed list says who holds the account.
    label = account.label or (t("rights-purpose-fund") if account.purpose == FUND else "")
    return PaymentCode("own", text, holder=account.holder, label=label, **common)


def qr_modules(fee: PaymentCode) -> list[list[bool]]:
    """The same code to draw: rows of dark/light with its quiet zone. Raises WrongStep for an account not our own."""
    import segno

    if not fee.payable:
        raise WrongStep(Sentence("journeys-fee-only-own"))
    code = segno.make_qr(fee.text, error="m", boost_error=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=QR_BORDER)]


def slip(fee: PaymentCode, *, commune: str, place: str, now: datetime, kind: Literal["png", "pdf"] = "png") -> bytes:
    """The slip for paying in cash at the counter, 80 mm wide at 203 dpi. Raises WrongStep, AssetMissing."""
    from kiosk.journeys.slip import draw_slip

    if not fee.payable:
        raise WrongStep(Sentence("journeys-slip-only-own"))
    picture = draw_slip(
        heading=commune,
        place=place,
        lines=(
            (t("journeys-slip-amount"), fee.amount_shown),
            (t("journeys-slip-words"), fee.amount_in_words),
            (t("journeys-slip-holder"), fee.holder),
            (t("journeys-slip-account"), fee.account_shown),
            (t("journeys-slip-purpose"), fee.purpose),
            (t("journeys-slip-dossier"), fee.bill),
        ),
        modules=qr_modules(fee),
        foot=f"{dates.hour(now)} {dates.day(dates.local(now).date(), year=True)}",
    )
    out = io.BytesIO()
    picture.save(out, kind.upper(), **({"resolution": 203.0} if kind == "pdf" else {"dpi": (203, 203)}))
    return out.getvalue()


class CodeSearch:
    """Looks for one code, then tells what it asks. Two codes in the picture are refused: the kiosk does not guess."""

    def __init__(self) -> None:
        self.fee: PaymentCode | None = None
        self.hint = LOOK

    def see(self, texts: list[str], payees: Payees | None) -> PaymentCode | None:
        """The codes of one frame; returns what was found once it is certain, else None (then see `hint`)."""
        if self.fee is not None:
            return self.fee
        fees = [read_fee(text, payees) for text in dict.fromkeys(texts)]
        payments = [fee for fee in fees if fee.verdict != "not_payment"]
        if not fees:
            self.hint = LOOK
        elif not payments:
            self.hint = Sentence("journeys-fee-other-code")
        elif len(payments) > 1:
            self.hint = Sentence("journeys-fee-two-codes")
        elif payments[0].verdict == "broken":
            self.hint = Sentence("journeys-fee-unread")
        else:
            self.fee = payments[0]
        return self.fee

    def again(self) -> None:
        """Forgets the code and looks for another."""
        self.fee, self.hint = None, LOOK


LOOK = Sentence("screens-fee-how")
