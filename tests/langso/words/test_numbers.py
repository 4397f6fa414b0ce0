"""Letters, amounts in words, money and groups."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso import words


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
