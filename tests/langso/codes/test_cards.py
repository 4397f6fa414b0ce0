"""Citizen and health cards, dossier codes and links. All numbers and names are made up."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.codes import mask, parse
from langso.codes.citizen_card import id_digits
from langso.codes.describe import describe
from langso.codes.health_card import read as read_health
from langso.words.catalogue import t

CARD = "001095000001|012345678|Người Mẫu|05031995|Nam|Thôn Mẫu, Hà Nội|10052021"


def card(**changes: str) -> str:
    keys = ("id", "old", "name", "dob", "sex", "address", "issued")
    values = dict(zip(keys, CARD.split("|"), strict=True)) | changes
    return "|".join(values.values())


def hexed(text: str) -> str:
    return text.encode().hex().upper()


def health(**changes: str) -> str:
    values = {
        "card": "GD4010100000001",
        "name": hexed("Người Mẫu"),
        "dob": "05/03/1995",
        "sex": "1",
        "address": hexed("Xã Mẫu"),
        "clinic": "01 - 001",
        "from": "01/01/2025",
        "to": "31/12/2025",
    }
    return "|".join((values | changes).values())


def test_a_citizen_card_is_read_whole() -> None:
    parsed = parse(CARD)
    assert parsed.kind == "citizen_card"
    assert parsed.problems == []
    assert parsed.fields["dob"] == "1995-03-05"
    assert parsed.fields["issued"] == "2021-05-10"
    assert parsed.fields["old_id"] == "012345678"
    assert parsed.fields["id_digits"] == {
        "province_code": "001",
        "province": "Hà Nội",
        "sex": "Nam",
        "birth_year": 1995,
        "random": "000001",
    }


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("001095000001|Người Mẫu|05031995|Nam|Hà Nội|10052021", 0),
        ("001095000001||Người Mẫu|05031995|Nam|Hà Nội|10052021", 0),
        ("001095000001||Người Mẫu|05031995|Nam|Hà Nội|10052021|||x|", 4),
    ],
)
def test_variants_of_the_card(text: str, extra: int) -> None:
    parsed = parse(text)
    assert parsed.problems == []
    assert (parsed.fields["name"], parsed.fields["old_id"]) == ("Người Mẫu", None)
    assert (parsed.fields["issued"], parsed.fields["extra_fields"]) == ("2021-05-10", extra)


def test_decomposed_letters_come_out_composed() -> None:
    parsed = parse(unicodedata.normalize("NFD", CARD) + "\r\n")
    assert parsed.fields["name"] == "Người Mẫu"
    assert parsed.fields["sex"] == "Nam"
    assert parsed.problems == []


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({"dob": "05031994"}, ["birth_year_mismatch"]),
        ({"sex": "Nữ"}, ["sex_mismatch"]),
        ({"id": "003095000001"}, ["province_unknown"]),
        ({"issued": ""}, ["no_issue_date"]),
        ({"old": "12345"}, ["bad_old_id"]),
        ({"issued": "10051990"}, ["issued_before_birth"]),
        ({"id": "003195000001", "dob": "05031994"}, ["province_unknown", "sex_mismatch", "birth_year_mismatch"]),
    ],
)
def test_what_disagrees_warns_and_is_still_read(changes: dict[str, str], warnings: list[str]) -> None:
    parsed = parse(card(**changes))
    assert parsed.fields["warnings"] == warnings
    assert len(parsed.problems) == len(warnings)
    assert parsed.fields["errors"] == []
    assert parsed.fields["name"] == "Người Mẫu"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"dob": "31021995"}, "bad_dob"),
        ({"dob": "1995"}, "bad_dob"),
        ({"dob": "٠٥٠٣١٩٩٥"}, "bad_dob"),
        ({"sex": "X"}, "bad_sex"),
        ({"name": ""}, "bad_name"),
        ({"issued": "32132021"}, "bad_issued"),
    ],
)
def test_what_cannot_be_is_an_error(changes: dict[str, str], error: str) -> None:
    parsed = parse(card(**changes))
    assert error in parsed.fields["errors"]
    assert parsed.problems


@pytest.mark.parametrize("text", ["00109500001||N|05031995|Nam|H|10052021", "0010950000011||N", "x" + CARD])
def test_other_lengths_are_no_citizen_card(text: str) -> None:
    assert parse(text).kind == "unknown"


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [
        ("001000000000", "Nam", 1900),
        ("001199000000", "Nữ", 1999),
        ("001224000000", "Nam", 2024),
        ("001307000000", "Nữ", 2007),
        ("001999000000", "Nữ", 2399),
    ],
)
def test_century_and_sex_share_a_digit(number: str, sex: str, year: int) -> None:
    digits = id_digits(number)
    assert digits is not None
    assert (digits.sex, digits.birth_year) == (sex, year)


def test_a_health_card_is_read() -> None:
    parsed = parse(health() + "|01/01/2025|0101|-|4|$")
    assert parsed.kind == "health_card"
    assert parsed.problems == []
    assert parsed.fields == {
        "card_no": "GD4010100000001",
        "name": "Người Mẫu",
        "dob": "05/03/1995",
        "sex": "Nam",
        "address": "Xã Mẫu",
        "clinic": "01-001",
        "valid_from": "2025-01-01",
        "valid_to": "2025-12-31",
    }


@pytest.mark.parametrize(
    "changes",
    [{"card": "0100000001"}, {"dob": "1995"}, {"dob": "03/1995"}, {"to": "-"}, {"name": hexed("Người Mẫu").lower()}],
)
def test_variants_of_the_health_card(changes: dict[str, str]) -> None:
    parsed = parse(health(**changes))
    assert parsed.kind == "health_card"
    assert parsed.problems == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "ZZ12"},
        {"name": "4E6"},
        {"name": "C3"},
        {"name": ""},
        {"name": "4E 67"},
        {"sex": "3"},
        {"dob": "31/02/1995"},
        {"dob": "0000"},
        {"from": "2025-01-01"},
        {"to": "01/01/2020"},
        {"address": "FF"},
    ],
)
def test_a_damaged_health_card_reports(changes: dict[str, str]) -> None:
    assert parse(health(**changes)).problems


def test_ten_digits_are_a_health_card_only_with_a_hexadecimal_name() -> None:
    assert parse("0100000001|Người Mẫu|1995").kind == "unknown"


@pytest.mark.parametrize(
    ("text", "office", "received"),
    [
        ("H29.16-250701-0001", "H29.16", "2025-07-01"),
        ("h29-240229-00012\n", "H29", "2024-02-29"),
        ("000.00.16.H29-250701-000123", "000.00.16.H29", "2025-07-01"),
    ],
)
def test_dossier_codes(text: str, office: str, received: str) -> None:
    parsed = parse(text)
    assert parsed.kind == "dossier_code"
    assert parsed.problems == []
    assert (parsed.fields["office"], parsed.fields["received"]) == (office, received)


@pytest.mark.parametrize(
    "text",
    [
        "H29.16-250229-0001",
        "H29.16-250701-001",
        "H2916-250701-0001",
        "H29.16-٢٥٠٧٠١-0001",
        "H29.16.1.2.3-250701-0001",
    ],
)
def test_near_misses_are_no_sound_dossier_code(text: str) -> None:
    parsed = parse(text)
    assert parsed.problems


def test_a_dossier_code_inside_a_link_is_found() -> None:
    parsed = parse("https://dichvucong.example.gov.vn/tra-cuu?ma=H29.16-250701-0001&x=1")
    assert parsed.kind == "url"
    assert parsed.fields["dossier_code"] == "H29.16-250701-0001"
    assert parsed.fields["government"]
    assert parsed.problems == []
    assert parsed.cautions == []


@pytest.mark.parametrize(
    "text",
    [
        "https://dichvucong.gov.vn@example.com/",
        "http://[::1",
        "https://",
        "https://exa\u0301mple.com/ă",
        "https://example.com:99999999/",
        "http://example.com/a b",
    ],
)
def test_links_that_trick_or_break_report(text: str) -> None:
    parsed = parse(text)
    assert parsed.kind == "url"
    assert parsed.problems


def test_a_look_alike_host_is_not_the_governments() -> None:
    for host in ("gov.vn.example.com", "xgov.vn", "example.com"):
        assert not parse(f"https://{host}/").fields["government"]


def test_personal_numbers_are_masked_in_descriptions() -> None:
    assert mask("012345678901") == "0123******01"
    assert mask("12345678") == "******78"
    assert mask("12") == "**"
    for text, secret in ((CARD, "001095000001"), (health(), "GD4010100000001"), ("0123456789123", "0123456789123")):
        assert secret not in describe(parse(text))


@given(st.text(max_size=200))
def test_nothing_makes_the_router_raise(text: str) -> None:
    parsed = parse(text)
    parsed.as_json()
    describe(parsed)


@given(st.sampled_from([CARD, health(), "H29.16-250701-0001", "https://a.gov.vn/"]), st.data())
def test_damaged_codes_never_raise(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 12))
    parsed = parse(text[:at] + data.draw(st.text(max_size=12)) + text[at + cut :])
    parsed.as_json()
    describe(parsed)


@pytest.mark.parametrize(
    ("number", "sound"),
    [
        ("GD4010100000001", True),
        ("0123456789", True),
        ("gd4010100000001", False),
        ("GD401010000000", False),
        ("1", False),
    ],
)
def test_a_health_card_without_a_cards_number_says_so(number: str, sound: bool) -> None:
    parsed = parse(health(card=number))
    if parsed.kind == "health_card":
        assert (t("codes-health-number") in parsed.problems) is not sound
    else:
        assert not sound
    short = read_health(health(card="GD40101000"))
    assert t("codes-health-number") in short.problems
