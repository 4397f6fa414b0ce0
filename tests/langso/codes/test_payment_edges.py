"""Payment codes, read and written, at the last that is good and the first that is not. All values are made up."""

from __future__ import annotations

from typing import Any

import pytest
from refusals import refused

from langso.codes import CannotWrite, Parsed, emv, parse, payee, tlv
from langso.codes.emv_rules import (
    amount_in_dong,
    problems_of_details,
    problems_of_receiver,
    problems_of_root,
    repeated,
)
from langso.codes.tlv import Element, Fault
from langso.words.catalogue import Sentence, t


def paying(bank: str = "970415", account: str = "12345678", amount: int | None = 8000, **more: Any) -> str:
    return emv.write(emv.VietQr(bank, account, amount, **more))


@pytest.mark.parametrize(
    ("text", "dong"),
    [
        ("1", 1),
        ("9" * 13, 10**13 - 1),
        ("1" * 14, None),
        ("00", None),
        ("10.", 10),
        ("10.00", 10),
        ("10.01", None),
        (".5", None),
    ],
)
def test_an_amount_has_thirteen_letters_at_most_and_no_parts_of_a_dong(text: str, dong: int | None) -> None:
    assert amount_in_dong(text) == dong


def root(*more: tuple[str, str], currency: str = "704", country: str = "VN") -> list[str]:
    head = [("00", "01"), ("38", "x")]
    return problems_of_root(
        [Element(*one) for one in (*head, ("53", currency), *more, ("58", country), ("63", "0000"))]
    )


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ([], None),
        ([("59", "n" * 25)], None),
        ([("59", "n" * 26)], t("codes-too-long", what=Sentence("codes-receiver-name"), limit=25)),
        ([("60", "n" * 15)], None),
        ([("60", "n" * 16)], t("codes-too-long", what=Sentence("codes-city"), limit=15)),
        ([("61", "n" * 10)], None),
        ([("61", "n" * 11)], t("codes-too-long", what=Sentence("codes-postcode"), limit=10)),
        ([("52", "5812")], None),
        ([("52", "581")], t("codes-category")),
        ([("52", "58123")], t("codes-category")),
        ([("62", "ă"), ("64", "ă")], None),
        ([("61", "ă")], t("codes-marks")),
        ([("65", "x")], t("codes-unknown-field")),
        ([("79", "x")], t("codes-unknown-field")),
        ([("80", "x")], None),
        ([("64", "x")], None),
        ([("01", "11")], None),
        ([("01", "12")], None),
        ([("01", "13")], t("codes-once-or-often")),
        ([("54", "1.")], None),
        ([("54", "1.0")], t("codes-amount-cents")),
        ([("54", "x")], t("codes-amount-wrong")),
        ([("55", "01")], None),
        ([("55", "04")], t("codes-tip-wrong")),
        ([("55", "02")], t("codes-tip-amount")),
        ([("55", "02"), ("56", "1")], None),
        ([("55", "02"), ("56", "x")], t("codes-tip-amount-wrong")),
        ([("55", "03")], t("codes-tip-percent")),
        ([("55", "03"), ("57", "1.25")], None),
        ([("55", "03"), ("57", "1.255")], t("codes-tip-percent-wrong")),
        ([("55", "03"), ("57", "0.0")], t("codes-tip-percent-wrong")),
    ],
)
def test_each_rule_of_the_first_level_at_its_edge(more: list[tuple[str, str]], problem: str | None) -> None:
    assert root(*more) == ([] if problem is None else [problem])


def test_a_code_for_another_currency_country_or_nobody_says_so() -> None:
    assert root(currency="840") == [t("codes-not-dong")]
    assert root(country="US") == [t("codes-not-vietnam")]
    first = [Element("00", "02"), Element("53", "704"), Element("58", "VN")]
    assert problems_of_root(first) == [t("codes-begin-wrong"), t("codes-crc-not-last"), t("codes-no-receiver")]
    assert problems_of_root([]) == [t("codes-not-dong"), t("codes-not-vietnam"), t("codes-no-receiver")]


def test_parts_of_a_purpose_are_short_and_plain() -> None:
    for tag, size, wrong in (("09", 25, False), ("09", 26, True), ("10", 26, False)):
        assert (problems_of_details([Element(tag, "x" * size)]) == [t("codes-purpose-too-long")]) is wrong
    assert problems_of_details([Element("08", "ă")]) == [t("codes-purpose-marks")]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (("970415", "1", "QRIBFTTA", False), None),
        (("970415", "x" * 19, "QRIBFTTC", False), None),
        (("97041", "1", "QRIBFTTA", False), "codes-bank-wrong"),
        ((None, "1", "QRIBFTTA", False), "codes-bank-wrong"),
        (("970415", "1" * 20, "QRIBFTTA", False), "codes-account-wrong"),
        (("970415", None, "QRIBFTTA", False), "codes-account-wrong"),
        (("970415", "1", None, False), "codes-service-unclear"),
        (("970415", "1", "QRIBFTTA", True), "codes-service-misplaced"),
    ],
)
def test_a_receiver_has_a_bank_an_account_and_a_service(asked: Any, problem: str | None) -> None:
    assert problems_of_receiver(*asked) == ([] if problem is None else [t(problem)])


def test_a_field_given_twice_is_told_once() -> None:
    items = [Element(tag, "x") for tag in ("01", "02", "01", "01")]
    assert repeated(items, "y") == [t("codes-field-twice", tag="01", where="y")]


def test_elements_are_of_one_to_ninety_nine_letters() -> None:
    assert tlv.write([("01", "x" * 99), ("02", None), ("03", "y")]) == "0199" + "x" * 99 + "0301y"
    for value in ("", "x" * 100, "ă"):
        with refused(CannotWrite, "codes-write-field"):
            tlv.write([("01", value)])


@pytest.mark.parametrize("unit", ["chars", "utf8bytes"])
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0101x020", Fault(Sentence("codes-fault-head-missing"), 5)),
        ("0101x02a1", Fault(Sentence("codes-fault-no-number"), 5)),
        ("0101x0200", Fault(Sentence("codes-fault-zero", tag="02"), 5)),
        ("0101x0203yz", Fault(Sentence("codes-fault-short", tag="02", want=3, got=2), 5)),
        ("0101x02\u0661\u0661yz", Fault(Sentence("codes-fault-no-number"), 5)),
    ],
)
def test_the_first_fault_of_a_list_is_told_with_its_place(text: str, fault: Fault, unit: Any) -> None:
    assert tlv.read(text, unit) == fault
    assert tlv.read(text[:5], unit) == [Element("01", "x")]


def test_a_length_in_bytes_that_cuts_a_letter_is_told() -> None:
    assert tlv.read("0101x0201ă", "utf8bytes") == Fault(Sentence("codes-fault-cuts-letter", tag="02"), 5)
    assert tlv.read("0101x0202ă", "utf8bytes") == [Element("01", "x"), Element("02", "ă")]
    assert tlv.read("0101x0201ă") == [Element("01", "x"), Element("02", "ă")]


# Writing them.


@pytest.mark.parametrize(
    ("more", "good"),
    [
        ({"account": "1" * 19}, True),
        ({"account": "1" * 20}, False),
        ({"amount": 1}, True),
        ({"amount": 9_999_999_999_999}, True),
        ({"amount": 10_000_000_000_000}, False),
        ({"amount": False}, False),
        ({"bill": "x" * 25}, True),
        ({"bill": ""}, False),
        ({"account": "1" * 16, "service": "QRIBFTTC"}, True),
        ({"account": "1" * 19, "service": "QRIBFTTC"}, True),
        ({"account": "1" * 15, "service": "QRIBFTTC"}, False),
        ({"account": "x" * 16, "service": "QRIBFTTC"}, False),
    ],
)
def test_what_is_written_keeps_the_standards_bounds(more: dict[str, Any], good: bool) -> None:
    if good:
        assert parse(paying(**more)).problems == []
    else:
        with pytest.raises(CannotWrite):
            paying(**more)


def test_names_and_purposes_are_cut_to_what_fits() -> None:
    fields = parse(paying(name="n" * 30, city="c" * 30, purpose="p" * 30)).fields
    assert (fields["name"], fields["city"], fields["purpose"]) == ("n" * 25, "c" * 15, "p" * 25)
    assert parse(paying(name="n" * 24 + " x")).fields["name"] == "n" * 24
    assert parse(paying(name="...")).fields["name"] is None


def test_a_fee_goes_out_under_the_dossiers_code_as_long_as_it_fits() -> None:
    for digits, kept in ((10, True), (11, False)):
        code = "H29.1.1-250701-" + "1" * digits
        assert emv.for_fee("970415", "1", 1, code).bill == (code if kept else code.replace(".", ""))
    assert emv.memo_for("H29-250701-" + "1" * 13) == "LPH29250701X" + "1" * 13
    with refused(CannotWrite, "codes-write-dossier-long"):
        emv.memo_for("H29-250701-" + "1" * 14)


# Whom a code pays.


def sealed(body: str) -> str:
    return body + "6304" + tlv.checksum(body + "6304")


def test_a_payee_is_told_with_all_that_the_code_says() -> None:
    found = payee(parse(paying(bill="B1", purpose="Le phi", name="UBND")))
    assert found is not None
    assert (found.bin, found.account, found.name, found.amount, found.purpose, found.bill) == (
        "970415", "12345678", "UBND", 8000, "Le phi", "B1",
    )  # fmt: skip


def test_the_initiation_and_the_parts_of_a_code_are_told_as_they_are() -> None:
    assert [parse(paying(amount=one)).fields["initiation"] for one in (None, 1)] == ["static", "dynamic"]
    other = parse(sealed(paying()[:-8].replace("010212", "010213", 1))).fields
    assert other["initiation"] == "13"
    parts = "".join(f"0{number}02x{number}" for number in range(1, 9))
    fields = parse(sealed(paying()[:-8] + f"62{len(parts)}{parts}")).fields
    names = ("bill_number", "mobile", "store", "loyalty", "reference", "customer", "terminal", "purpose")
    assert [fields[name] for name in names] == [f"x{number}" for number in range(1, 9)]


def test_what_a_person_should_still_check_is_said() -> None:
    assert parse(paying(name="A")).cautions == [t("codes-name-by-maker")]
    assert parse(paying(amount=None)).cautions == [t("codes-no-name"), t("codes-no-amount")]
    assert parse("0002").cautions == []


def test_a_checksum_counts_in_its_own_field_alone() -> None:
    body = paying()[:-8]
    assert parse(sealed(body)).fields["crc_ok"]
    for field in ("6404", "6303"):
        assert not parse(body + field + tlv.checksum(body + field)).fields["crc_ok"]


def test_a_service_in_its_own_place_comes_before_one_beside_the_account() -> None:
    def service(own: str, beside: str) -> Parsed:
        inner = f"00069704150101x{beside}"
        who = f"0010A00000072701{len(inner):02d}{inner}{own}"
        return parse(sealed(f"00020138{len(who)}{who}53037045802VN"))

    both = service("0208QRIBFTTA", "0208QRIBFTTC")
    assert (both.fields["service"], both.problems) == ("QRIBFTTA", [])
    nested = service("", "0208QRIBFTTC")
    assert (nested.fields["service"], nested.problems) == ("QRIBFTTC", [t("codes-service-misplaced")])
    neither = service("", "")
    assert (neither.fields["service"], neither.problems) == (None, [t("codes-service-unclear")])
