"""Letters, amounts in words, money and groups."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vn_money import to_words

from langso import words
from langso.words.language import in_language


def test_amounts_in_words_are_the_shared_ones(shared_dir: Path) -> None:
    data = json.loads((shared_dir / "vectors" / "vietnamese_text.json").read_text(encoding="utf-8"))
    assert {value: words.number(value) for value, _ in data["amount_words"]} == dict(data["amount_words"])
    text = unicodedata.normalize("NFD", data["nfc"]["text"])
    assert len(words.nfc(text)) == data["nfc"]["nfc_codepoints"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "không đồng"),
        (8000, "tám nghìn đồng"),
        (15_000, "mười lăm nghìn đồng"),
        (21_000, "hai mươi mốt nghìn đồng"),
        (104, "một trăm linh bốn đồng"),
        (224, "hai trăm hai mươi tư đồng"),
        (2_005_000, "hai triệu không trăm linh năm nghìn đồng"),
    ],
)
def test_amounts_are_northern(value: int, said: str) -> None:
    assert words.amount(value) == said


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0 đ"), (500, "500 đ"), (8000, "8.000 đ"), (1_234_567, "1.234.567 đ")]
)
def test_money_is_grouped_with_dots(value: int, shown: str) -> None:
    assert words.money(value) == shown


@pytest.mark.parametrize("value", [True, 2**53, -(2**60), 1.5, "8000"])
def test_what_is_no_amount_is_refused(value: object) -> None:
    for say in (words.number, words.amount, words.money):
        with pytest.raises(words.NotAnAmount):
            say(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đường Nguyễn Huệ", "Duong Nguyen Hue"),
        ("đặng", "dang"),
        ("Ủy ban", "Uy ban"),
        ("ƯƠ ươ", "UO uo"),
        ("漢 5", "漢 5"),
    ],
)
def test_fold_drops_marks_and_strokes(text: str, plain: str) -> None:
    assert words.fold(text) == plain
    assert words.fold(unicodedata.normalize("NFD", text)) == plain


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ "))
def test_every_vietnamese_letter_folds_to_ascii_one_for_one(text: str) -> None:
    for written in (text, text.upper()):
        assert words.fold(written).isascii()
        assert len(words.fold(written)) == len(written)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("012345678901", "012 345 678 901"),
        ("0912345678", "0912 345 678"),
        ("123456789", "123 456 789"),
        ("12345678", "123 456 78"),
        ("1234", "1234"),
        ("H29.16-250701-0001", "H29.16 - 250701 - 0001"),
        ("000.00.16.H29-250701-0001234567", "000.00.16.H29 - 250701 - 0001 234 567"),
        ("", ""),
    ],
)
def test_ids_are_grouped_for_the_eye_and_ear(code: str, shown: str) -> None:
    assert words.group(code) == shown


@given(st.from_regex(r"[0-9A-Z.\-]{0,40}", fullmatch=True))
def test_grouping_adds_only_spaces(code: str) -> None:
    assert words.group(code).replace(" ", "") == code


def test_digits_are_named_one_by_one() -> None:
    assert words.digits("0912-4") == "không chín một hai bốn"
    assert words.digits("x") == ""


DONG = st.integers(0, 10**15)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "quadrillion": 10**15}
_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip


def heard(said: str) -> int:
    """What a listener writes down who hears an English number."""
    whole = part = 0
    for word in re.split(r"[ -]", said):
        if word == "hundred":
            part *= 100
        elif word in _SCALES:
            whole, part = whole + part * _SCALES[word], 0
        elif word != "and":
            part += _SMALL[word]
    return whole + part


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "zero dong"),
        (8000, "eight thousand dong"),
        (21_000, "twenty-one thousand dong"),
        (104, "one hundred and four dong"),
        (1015, "one thousand and fifteen dong"),
        (1115, "one thousand one hundred and fifteen dong"),
        (2_000_005, "two million and five dong"),
        (10**15, "one quadrillion dong"),
        (-8000, "minus eight thousand dong"),
    ],
)
def test_amounts_in_english(value: int, said: str) -> None:
    with in_language("en"):
        assert words.amount(value) == said


@given(DONG)
def test_an_english_number_is_written_down_as_it_was_said(value: int) -> None:
    with in_language("en"):
        assert heard(words.number(value)) == value
        assert words.number(-value) == (f"minus {words.number(value)}" if value else "zero")
        assert words.money(value) == f"{value:,} dong"
        assert words.amount(value) == f"{words.number(value)} dong"


@given(DONG)
def test_vietnamese_numbers_are_as_ever(value: int) -> None:
    with in_language("vi"):
        assert words.number(value) == to_words(value)
        assert words.amount(value) == f"{to_words(value)} đồng"
        assert words.money(value) == f"{value:,} đ".replace(",", ".")
        assert words.money(-value) == (f"-{value:,} đ".replace(",", ".") if value else "0 đ")


def test_what_is_no_amount_is_refused_in_every_language() -> None:
    with in_language("en"), pytest.raises(words.NotAnAmount, match="whole number"):
        words.money(2**53)
    with pytest.raises(words.NotAnAmount, match="số nguyên"):
        words.money(2**53)


def test_digits_are_named_in_english_too() -> None:
    with in_language("en"):
        assert words.digits("0912-4") == "zero nine one two four"


def test_a_broadcast_is_spoken_in_vietnamese_whoever_listens() -> None:
    text = "Phí 8.000đ, gọi 0912 345 678 trước 17h30 ngày 4/4/2026."
    with in_language("en"):
        assert words.speech(text) == (
            "Phí tám nghìn đồng, gọi không chín một hai, ba bốn năm, sáu bảy tám trước mười bảy giờ ba mươi phút "
            "ngày mùng bốn tháng tư năm hai nghìn không trăm hai mươi sáu."
        )


@pytest.mark.parametrize(("value", "places", "said"), [(7.45, 1, "7,5"), (15, 1, "15,0"), (-0.126, 2, "-0,13")])
def test_a_decimal_has_a_comma_in_vietnamese_and_a_point_in_english(value: float, places: int, said: str) -> None:
    assert words.numbers.decimal(value, places) == said
    with in_language("en"):
        assert words.numbers.decimal(value, places) == said.replace(",", ".")
