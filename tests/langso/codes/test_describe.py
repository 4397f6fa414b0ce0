"""What a person reads of a code: enough to know it again, never a whole number. All values are made up."""

from __future__ import annotations

from typing import Any

import pytest

from langso.codes import emv, parse
from langso.codes.describe import describe
from langso.words.catalogue import t


def paying(bank: str = "970415", account: str = "12345678", amount: int | None = 8000, **more: Any) -> str:
    return emv.write(emv.VietQr(bank, account, amount, **more))


def said(text: str) -> dict[str, str]:
    lines = describe(parse(text)).splitlines()
    return dict(line.strip().split(": ", 1) for line in lines if line.startswith("  "))


def test_a_card_is_described_without_its_number() -> None:
    assert said("001095000001||Người Mẫu|05031995|Nam|Hà Nội|" + "10052021") == {
        t("codes-id-number"): "0010******01", t("codes-full-name"): "Người Mẫu", t("codes-birth-year"): "1995",
        t("codes-sex"): "Nam", t("codes-birth-place"): "Hà Nội",
    }  # fmt: skip
    assert t("codes-birth-year") not in said("001095000001||Người Mẫu|0503|Nam|Hà Nội|" + "10052021")


@pytest.mark.parametrize(
    ("start", "end", "valid"),
    [
        ("01/02/2025", "31/12/2025", "01/02/2025 - 31/12/2025"),
        ("01/02/2025", "-", t("codes-from", first="01/02/2025")),
        ("-", "31/12/2025", t("codes-until", last="31/12/2025")),
        ("-", "-", None),
    ],
)
def test_a_health_card_says_how_long_it_holds(start: str, end: str, valid: str | None) -> None:
    told = said(f"GD4010100000001|4d4d|1995|1|4d|01 - 001|{start}|{end}")
    assert (told[t("codes-card-number")], told.get(t("codes-valid"))) == ("GD40*********01", valid)
    assert (told[t("codes-full-name")], told[t("codes-clinic")]) == ("MM", "01-001")


def test_links_dossier_codes_and_what_is_unknown_are_described() -> None:
    assert said("H29-250701-0012") == {
        t("codes-code"): "H29-250701-0012", t("codes-received"): "01/07/2025", t("codes-running-number"): "0012",
    }  # fmt: skip
    assert said("https://a.gov.vn/?H29-250701-0012") == {
        "Trang": "a.gov.vn",
        t("codes-dossier-code"): "H29-250701-0012",
    }
    assert said("xyz") == {t("codes-length"): t("codes-letters", count=3)}
    assert said("") == {}


def test_a_payment_is_described_by_bank_wallet_amount_and_purpose() -> None:
    told = said(paying(bill="B1", purpose="Le phi", name="UBND"))
    assert told == {
        t("codes-bank"): "VietinBank", t("codes-account"): "******78", t("codes-name-in-code"): "UBND",
        t("codes-amount"): "8.000 đ (tám nghìn đồng)", t("codes-bill"): "B1", t("codes-purpose"): "Le phi",
    }  # fmt: skip
    assert t("codes-amount") not in said(paying(amount=None))
    assert said(paying("999999"))[t("codes-bank")] == "BIN 999999"
    assert said(paying("970454", "99MM1"))[t("codes-bank")] == "MoMo (qua BVBank)"
    assert said(paying("971025", "PSP1"))[t("codes-bank")] == "MoMo"
    assert t("codes-bank") not in said("0002016304")
