"""Cards, dossier codes and links at the last text that is good and the first that is not. All values are made up."""

from __future__ import annotations

import pytest

from langso.codes import Parsed, dossier_code, mask, parse
from langso.codes.banks import bank_name, wallet_name
from langso.codes.citizen_card import id_digits
from langso.codes.citizen_card import read as read_citizen
from langso.codes.health_card import read as read_health
from langso.codes.link import read as read_link
from langso.codes.provinces import province_name
from langso.words.catalogue import t

ISSUED = "10052021"


def citizen(old: str = "012345678", born: str = "05031995", issued: str = ISSUED, *more: str) -> Parsed:
    return read_citizen("|".join(("001095000001", old, "Người Mẫu", born, "Nam", "Hà Nội", issued, *more)))


def test_of_a_number_the_first_four_and_last_two_letters_are_shown() -> None:
    shown = {"": "", "1": "*", "12": "**", "123": "*23", "12345678": "******78", "123456789": "1234***89"}
    assert {number: mask(number) for number in shown} == shown


def test_every_bank_has_a_name_of_its_own_and_every_wallet_its_bank() -> None:
    names = [name for number in range(540_000, 980_000) if (name := bank_name(str(number)))]
    assert (len(names), len(set(names))) == (47, 47)
    assert [wallet_name(bank, account) for bank, account in (("970415", "PSP1"), ("971025", "99MM1"))] == [None, None]


def test_every_province_that_numbers_are_given_in_has_a_name() -> None:
    names = [province_name(f"{number:03d}") for number in range(1000)]
    assert len([name for name in names if name]) == 63


def test_a_number_of_other_than_twelve_digits_tells_nothing() -> None:
    assert [id_digits(text) for text in ("", "00109500000", "0010950000011", "00109500000x")] == [None] * 4
    assert read_citizen("00109500000|x").fields == {}


@pytest.mark.parametrize(
    ("old", "odd"), [("123456789", False), ("123456789012", False), ("12345678", True), ("1234567890", True)]
)
def test_an_old_number_has_nine_or_twelve_digits(old: str, odd: bool) -> None:
    assert ("bad_old_id" in citizen(old).fields["warnings"]) is odd
    assert citizen(old).fields["old_id"] == old


def test_a_citizen_card_has_six_fields_at_least_and_more_than_seven_are_counted() -> None:
    whole = "001095000001||Người Mẫu|05031995|Nam|Hà Nội|" + ISSUED
    assert [citizen("", "05031995", ISSUED, *"xyz"[:n]).fields["extra_fields"] for n in range(4)] == [0, 1, 2, 3]
    for fields, short in ((7, False), (6, False), (5, True)):
        assert ("too_few_fields" in read_citizen("|".join(whole.split("|")[:fields])).fields["errors"]) is short
    bare = read_citizen("001095000001|").fields
    assert [bare[name] for name in ("old_id", "name", "dob", "sex", "address", "issued")] == [None] * 6
    assert (bare["errors"], bare["warnings"]) == (
        ["too_few_fields", "bad_name", "bad_dob", "bad_sex"],
        ["no_issue_date"],
    )


def test_a_card_is_issued_on_the_day_of_birth_at_the_earliest() -> None:
    for issued, odd in (("05031995", False), ("04031995", True)):
        assert ("issued_before_birth" in citizen(issued=issued).fields["warnings"]) is odd
    assert citizen(issued="3").fields["errors"] == ["bad_issued"]


def health(**changes: str) -> Parsed:
    fields = {
        "card": "GD4010100000001", "name": "4d", "dob": "1995", "sex": "2", "address": "4d", "clinic": "01 - 001",
        "from": "01/01/2025", "to": "31/12/2025",
    }  # fmt: skip
    return read_health("|".join((fields | changes).values()))


def test_a_health_card_holds_from_its_first_day_to_its_last() -> None:
    for to, odd in (("01/01/2025", False), ("31/12/2024", True)):
        assert (t("codes-ends-before-start") in health(to=to).problems) is odd
    for odd in ({"from": "x"}, {"to": "x"}, {"from": "32/01/2025"}):
        assert health(**odd).problems == [t("codes-validity-not-real")]
    for absent in ({"from": "-"}, {"to": "-"}, {"from": ""}, {"to": ""}):
        assert health(**absent).problems == []


def test_a_health_card_without_a_field_says_so_and_a_dash_is_none() -> None:
    short = read_health("|".join(["GD4010100000001", "4d", "1995", "2", "4d", "c", "01/01/2025"]))
    assert short.problems == [t("codes-health-short")]
    assert (health(address="-").fields["address"], health(address="-").problems) == (None, [])
    assert (health(name="-").fields["name"], health(name="-").problems) == (None, [t("codes-name-unreadable")])
    assert health(address="4").problems == [t("codes-address-unreadable")]
    assert (health().fields["sex"], health(clinic=" ").fields["clinic"]) == ("Nữ", None)
    for born, good in (("0001", True), ("0000", False), ("12/1995", True), ("13/1995", False), ("", False)):
        assert (t("codes-birth-not-real") in health(dob=born).problems) is not good


def test_a_dossier_code_is_found_after_one_that_is_none_and_has_sixty_four_letters_at_most() -> None:
    assert dossier_code.find("?a=H29-251301-0001&b=h29-250701-0001") == "H29-250701-0001"
    assert dossier_code.find("?a=H29-251301-0001") is None
    head = "H29-250701-"
    for size, good in ((64, True), (65, False)):
        assert (dossier_code.read(head + "1" * (size - len(head))) is not None) is good
    wrong = dossier_code.read("H29-251301-0001")
    assert wrong is not None
    assert (wrong.fields["received"], wrong.problems) == (None, [t("codes-dossier-date")])
    assert (wrong.fields["office"], wrong.fields["number"]) == ("H29", "0001")


@pytest.mark.parametrize(
    ("url", "government", "secure", "problem"),
    [
        ("https://gov.vn/", True, True, None),
        ("HTTPS://a.GOV.vn/", True, True, None),
        ("http://a.gov.vn/", True, False, None),
        ("https://agov.vn/", False, True, None),
        ("https://[::1]/", False, True, None),
        ("https://a.gov.vn/\x1bb", True, True, "codes-link-space"),
        ("https://a.gov.vn/ b", True, True, "codes-link-space"),
        ("https://u@a.gov.vn/", True, True, "codes-link-hides"),
        ("https://u:p@a.gov.vn/", True, True, "codes-link-hides"),
        ("https://ă.gov.vn/", False, True, "codes-link-letters"),
        ("https://a.gov.vn:70000/", False, True, "codes-link-unreadable"),
    ],
)
def test_where_a_link_leads(url: str, government: bool, secure: bool, problem: str | None) -> None:
    read = read_link(url)
    assert (read.fields["government"], read.fields["secure"]) == (government, secure)
    assert read.problems == ([] if problem is None else [t(problem)])
    assert read.cautions == ([] if government else [t("codes-link-not-gov")])


@pytest.mark.parametrize(("digits", "nearly"), [(5, False), (6, True), (18, True), (19, False)])
def test_digits_before_a_bar_are_nearly_a_card(digits: int, nearly: bool) -> None:
    read = parse("1" * digits + "|x")
    assert read.problems == [t("codes-almost-id" if nearly else "codes-unrecognised")]
    assert (parse(" ").problems, parse(" ").fields) == ([t("codes-empty")], {})
