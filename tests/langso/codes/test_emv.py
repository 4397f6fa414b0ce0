"""Payment codes read leniently: everything found is told, every fault beside it. All values are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.codes import Parsed, parse, payee
from langso.codes.describe import describe
from langso.codes.tlv import checksum

HEAD = "000201"
WHO = "38560010A0000007270126000697041501120000000000010208QRIBFTTA"
VND, VN = "5303704", "5802VN"


def item(tag: str, value: str, size: int | None = None) -> str:
    return f"{tag}{len(value) if size is None else size:02d}{value}"


def sealed(body: str) -> str:
    return body + "6304" + checksum(body + "6304")


def read(*middle: str, who: str = WHO, head: str = HEAD + "010212") -> Parsed:
    return parse(sealed(head + who + VND + "".join(middle) + VN))


def test_a_sound_code_has_no_problem_but_says_what_to_check() -> None:
    parsed = read(item("54", "8000"))
    assert parsed.kind == "emv"
    assert parsed.problems == []
    assert parsed.fields["amount_vnd"] == 8000
    assert parsed.fields["bank"] == "VietinBank"
    assert any("đối chiếu" in c or "xem tên" in c for c in parsed.cautions)


@pytest.mark.parametrize("around", ["{}\r\n", " {}", "\ufeff{}\n", "\t{}\t"])
def test_what_scanners_add_around_is_dropped(around: str) -> None:
    parsed = parse(around.format(sealed(HEAD + "010211" + WHO + VND + VN)))
    assert parsed.problems == []


def test_lower_case_checksum_is_accepted() -> None:
    # an account number under which the checksum holds a letter
    for n in range(50):
        code = sealed(HEAD + WHO + VND + item("62", item("05", str(n))) + VN)
        if any(c in "ABCDEF" for c in code[-4:]):
            assert parse(code[:-4] + code[-4:].lower()).fields["crc_ok"]
            return
    raise AssertionError("no checksum with a letter among fifty")


@pytest.mark.parametrize(
    ("text", "dong", "strict"),
    [
        ("50000", 50000, True),
        ("50000.", 50000, True),
        ("50000.00", 50000, False),
        ("08000", 8000, True),
        ("9999999999999", 9_999_999_999_999, True),
        ("50 000", None, False),
        ("50,000", None, False),
        ("50.000.000", None, False),
        ("8000.5", None, False),
        ("0", None, False),
        ("0.", None, False),
        (".", None, False),
        ("-8000", None, False),
        ("8000đ", None, False),
        ("٨٠٠٠", None, False),
        ("12345678901234", None, False),
    ],
)
def test_amounts(text: str, dong: int | None, strict: bool) -> None:
    parsed = read(item("54", text))
    assert parsed.fields["amount"] == text
    assert parsed.fields["amount_vnd"] == dong
    assert parsed.fields["strict_valid"] is strict
    assert bool(parsed.problems) is not strict


def test_an_unreadable_amount_is_not_any_amount() -> None:
    assert payee(read(item("54", "50,000"))) is None
    assert payee(read()) is not None


@pytest.mark.parametrize(
    ("tip", "strict"),
    [
        ("550201", True),
        ("550202" + item("56", "1000"), True),
        ("550203" + item("57", "05.00"), True),
        ("550203" + item("57", "99.99"), True),
        ("550203" + item("57", "5%"), False),
        ("550203" + item("57", "00.00"), False),
        ("550203" + item("57", "100"), False),
        ("550203", False),
        ("550202", False),
        ("550202" + item("56", "0"), False),
        (item("56", "1000"), False),
        (item("57", "05.00"), False),
        ("550204", False),
    ],
)
def test_tips(tip: str, strict: bool) -> None:
    assert read(item("54", "8000"), tip).fields["strict_valid"] is strict


@pytest.mark.parametrize(
    "more",
    [
        item("59", "N" * 26),
        item("60", "C" * 16),
        item("61", "1" * 11),
        item("59", "Nguyễn"),
        item("52", "58A1"),
        item("62", item("08", "x" * 26)),
        item("62", item("08", "hóa đơn")),
        item("62", item("08", "a") + item("08", "b")),
        item("54", "1000") + item("54", "9000"),
        item("66", "x"),
    ],
)
def test_strict_rules_only_report(more: str) -> None:
    parsed = read(more)
    assert parsed.fields["tlv_ok"]
    assert parsed.fields["account"] == "000000000001"
    assert parsed.problems


def test_vietnamese_letters_are_right_in_the_language_template_only() -> None:
    parsed = read(item("59", "UBND XA MAU"), item("64", "0002vi" + item("01", "UBND xã Mẫu")))
    assert parsed.fields["name"] == "UBND xã Mẫu"
    assert parsed.fields["templates"]["64"] == {"00": "vi", "01": "UBND xã Mẫu"}
    assert parsed.problems == []


@pytest.mark.parametrize("unit", ["chars", "utf8bytes"])
def test_lengths_may_count_characters_or_bytes(unit: str) -> None:
    purpose = "Lệ phí hộ tịch"
    size = len(purpose) if unit == "chars" else len(purpose.encode())
    inner = item("08", purpose, size)
    outer = len(inner) if unit == "chars" else len(inner.encode())
    parsed = read(item("62", inner, outer))
    assert parsed.fields["purpose"] == purpose
    assert parsed.fields["length_unit"] == unit
    assert parsed.fields["crc_ok"]


def test_a_wrong_inner_length_is_no_account() -> None:
    broken = WHO.replace("0112000000000001", "0111000000000001")
    parsed = read(who=broken)
    assert parsed.fields["crc_ok"]
    assert not parsed.fields["tlv_ok"]
    assert (parsed.fields["bank_bin"], parsed.fields["account"]) == (None, None)
    assert parsed.fields["service"] == "QRIBFTTA"
    assert "38.01" in parsed.fields["template_errors"]
    assert payee(parsed) is None


def test_service_nested_beside_the_account_is_found() -> None:
    who = item("38", item("00", "A000000727") + item("01", "0006970422" + item("01", "0123456") + "0208QRIBFTTA"))
    parsed = read(who=who)
    assert (parsed.fields["service"], parsed.fields["account"]) == ("QRIBFTTA", "0123456")
    assert parsed.problems


@pytest.mark.parametrize(
    ("bin_", "account", "wallet"),
    [
        ("971025", "PSP000000000000001", "MoMo"),
        ("970454", "99MM00000000000001", "MoMo"),
        ("970454", "99ZP00000000000001", "ZaloPay"),
        ("970454", "0000000001", None),
        ("971025", "0000000001", None),
    ],
)
def test_wallets_behind_a_bank(bin_: str, account: str, wallet: str | None) -> None:
    who = item("38", item("00", "A000000727") + item("01", item("00", bin_) + item("01", account)) + "0208QRIBFTTA")
    parsed = read(item("80", "046"), who=who)
    assert parsed.fields["wallet"] == wallet
    assert parsed.fields["provider"] == "VIETQR"
    assert "80" not in parsed.fields["templates"]
    assert parsed.fields["template_errors"] == {}


def test_vnpay_has_a_merchant_and_no_payee() -> None:
    parsed = read(who=item("26", item("00", "A000000775") + item("01", "0101234567")))
    assert (parsed.fields["provider"], parsed.fields["merchant_id"]) == ("VNPAY", "0101234567")
    assert payee(parsed) is None


@pytest.mark.parametrize(
    "code",
    [
        sealed(HEAD + WHO + VND + VN)[:-1] + "!",
        sealed(HEAD + WHO + VND + VN) + item("59", "X"),
        sealed(HEAD + WHO + item("53", "840") + VN),
        sealed(HEAD + WHO + VND + item("58", "US"))[:-4] + "0000",
        sealed(HEAD + WHO + WHO + VND + VN),
        sealed(HEAD + WHO + WHO.replace("38", "39", 1) + VND + VN),
        sealed(HEAD + VND + VN),
        "000201",
        "0002016304",
        "000201" + "9" * 100,
    ],
)
def test_a_code_not_to_be_believed_has_no_payee(code: str) -> None:
    parsed = parse(code)
    assert parsed.kind == "emv"
    assert parsed.problems
    assert not parsed.fields["strict_valid"]
    assert payee(parsed) is None


@pytest.mark.parametrize(
    "other", [item("26", item("00", "A000000775") + item("01", "0101234567")), item("02", "4000000000000000")]
)
def test_a_second_receiver_for_other_apps_takes_the_payee_away(other: str) -> None:
    parsed = read(other)
    assert parsed.fields["account"] == "000000000001"
    assert parsed.fields["ambiguous"]
    assert any("nhiều nơi nhận" in caution for caution in parsed.cautions)
    assert payee(parsed) is None


def test_stars_ask_the_payer() -> None:
    parsed = read(item("62", "0103***0803***"))
    assert parsed.fields["asks_payer"] == ["bill_number", "purpose"]
    who = payee(parsed)
    assert who is not None
    assert (who.bill, who.purpose) == (None, None)


@given(st.text(max_size=300) | st.text("0123456789AVNQR.đ", max_size=300))
def test_no_tail_makes_the_reader_raise(tail: str) -> None:
    for text in (HEAD + tail, sealed(HEAD + tail.strip())):
        parsed = parse(text)
        assert parsed.kind == "emv"
        assert parsed.problems or parsed.fields["strict_valid"]
        payee(parsed)
        parsed.as_json()
        describe(parsed)


@given(st.dictionaries(st.from_regex(r"[0-9]{2}", fullmatch=True), st.text(min_size=1, max_size=30), max_size=8))
def test_every_well_formed_list_of_elements_is_found_again(elements: dict[str, str]) -> None:
    elements = {tag: value for tag, value in elements.items() if tag not in ("00", "63")}
    body = HEAD + "".join(item(tag, value) for tag, value in elements.items())
    parsed = parse(sealed(body))
    assert parsed.fields["crc_ok"]
    if parsed.fields["length_unit"] != "utf8bytes":
        assert parsed.fields["root"] == {"00": "01", **elements, "63": sealed(body)[-4:]}
