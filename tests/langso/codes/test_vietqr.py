"""VietQR written strictly, and read back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.codes import CannotWrite, Payee, emv, parse, payee
from langso.codes.tlv import checksum, crc16

FEE = "00020101021238560010A0000007270126000697041501120000000000010208QRIBFTTA5303704540480005802VN6244"


def test_checksum_is_the_standards() -> None:
    assert crc16(b"123456789") == 0x29B1
    assert (checksum("00"), checksum("01")) == ("2EC9", "3EE8")


def test_checksum_keeps_its_leading_zero() -> None:
    found = next(checksum(str(n)) for n in range(10_000) if crc16(str(n).encode()) < 0x1000)
    assert len(found) == 4
    assert found[0] == "0"


def test_a_dossiers_fee_is_written_byte_for_byte() -> None:
    written = emv.write(emv.for_fee("970415", "000000000001", 8000, "h29.16-250701-0001"))
    body = FEE + "0118H29.16-250701-00010818LPH2916250701X00016304"
    assert written == body + checksum(body)


def test_the_longest_dossier_code_fits_without_its_dots() -> None:
    fields = parse(emv.write(emv.for_fee("970415", "1", 1, "000.00.16.H29-250701-000123"))).fields
    assert fields["bill_number"] == "0000016H29-250701-000123"
    assert fields["purpose"] == "LP0000016H29250701X000123"
    assert fields["strict_valid"]


def test_purpose_and_name_lose_marks_and_are_cut() -> None:
    qr = emv.VietQr("970415", "1", 5000, purpose="Đóng lệ phí: chứng thực bản sao", name="Ủy ban nhân dân xã Mẫu")
    fields = parse(emv.write(qr)).fields
    assert fields["purpose"] == "Dong le phi chung thuc ba"
    assert fields["name"] == "Uy ban nhan dan xa Mau"


def test_a_code_without_amount_is_static() -> None:
    fields = parse(emv.write(emv.VietQr("970415", "1"))).fields
    assert (fields["initiation"], fields["amount"], fields["amount_vnd"]) == ("static", None, None)


@pytest.mark.parametrize(
    "qr",
    [
        emv.VietQr("97041", "1"),
        emv.VietQr("٩٧٠٤١٥", "1"),
        emv.VietQr("970415", ""),
        emv.VietQr("970415", "1" * 20),
        emv.VietQr("970415", "12 34"),
        emv.VietQr("970415", "1", 0),
        emv.VietQr("970415", "1", -5),
        emv.VietQr("970415", "1", 10**13),
        emv.VietQr("970415", "1", True),
        emv.VietQr("970415", "1", bill="hóa đơn"),
        emv.VietQr("970415", "1", bill="x" * 26),
        emv.VietQr("970415", "1", service="QRIBFTTC"),
        emv.VietQr("970415", "1", service="OTHER"),  # type: ignore[arg-type]
    ],
)
def test_what_the_standard_forbids_is_refused(qr: emv.VietQr) -> None:
    with pytest.raises(CannotWrite):
        emv.write(qr)


@pytest.mark.parametrize("code", ["", "H29.16-251301-0001", "H29.16", "000.00.16.H29-250701-0001234"])
def test_no_fee_for_what_is_no_usable_dossier_code(code: str) -> None:
    with pytest.raises(CannotWrite):
        emv.for_fee("970415", "1", 8000, code)


_qrs = st.builds(
    emv.VietQr,
    bin=st.from_regex(r"[0-9]{6}", fullmatch=True),
    account=st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    amount=st.none() | st.integers(1, 9_999_999_999_999),
    bill=st.none() | st.from_regex(r"[0-9A-Za-z.\-]{1,25}", fullmatch=True),
    purpose=st.none() | st.text(max_size=60),
    name=st.none() | st.text(max_size=60),
    city=st.none() | st.text(max_size=60),
)


@given(_qrs)
def test_everything_written_is_read_back_without_a_fault(qr: emv.VietQr) -> None:
    read = parse(emv.write(qr))
    assert read.problems == []
    assert read.fields["strict_valid"]
    who = payee(read)
    assert isinstance(who, Payee)
    assert (who.bin, who.account, who.amount, who.bill) == (qr.bin, qr.account, qr.amount, qr.bill)
    for text in (who.purpose, who.name, read.fields["city"]):
        assert text is None or re.fullmatch(r"[0-9A-Za-z ]{1,25}", text)


@given(_qrs, st.data())
def test_no_changed_digit_goes_unnoticed(qr: emv.VietQr, data: st.DataObject) -> None:
    written = emv.write(qr)
    at = data.draw(st.integers(0, len(written) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFx"))
    changed = written[:at] + other + written[at + 1 :]
    if changed.upper() != written.upper():
        assert payee(parse(changed)) is None
