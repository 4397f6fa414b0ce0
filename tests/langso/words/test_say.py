"""What communes write and how it must be said, by the table in `readings.txt`, one line each.

It is written by hand; where a reading may be heard in two ways, the one of provincial radio stands here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from langso import words
from langso.words import speech

READINGS = Path(__file__).with_name("readings.txt")
TABLE = [tuple(line.split(" => ")) for line in READINGS.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("written", "said"), TABLE, ids=[written for written, _ in TABLE])
def test_what_communes_write_is_said_in_words(written: str, said: str) -> None:
    assert speech(written) == said
    assert speech(said) == said


def test_every_line_says_the_same_within_a_sentence_and_keeps_its_place() -> None:
    for written, said in TABLE:
        if written[0] in "IX":  # a heading is one only where its line begins
            continue
        parts = words.speech_parts(f"Kính mời {written}, xin cảm ơn.")
        assert "".join(p.original for p in parts) == f"Kính mời {written}, xin cảm ơn."
        assert "".join(p.spoken for p in parts) == f"Kính mời {said}, xin cảm ơn."


@pytest.mark.parametrize(
    "text",
    [
        "bản A/B",
        "và/hoặc",
        "Sở TT-TT",
        "quy tắc 5K",
        "lớp 10A",
        "thứ T9",
        "ông T2 nói",
        "ga CN",
        "NĐ-XYZ",
    ],
)
def test_what_only_looks_like_one_is_not_taken_for_it(text: str) -> None:
    said = speech(text)
    for wrong in ("một b", "một hoặc", "thông tư", "nghìn", "am-pe", "chủ nhật", "nghị định X", "thứ hai"):
        assert wrong not in said


def test_the_tenth_heading_follows_a_ninth() -> None:
    assert speech("IX. Kinh phí\nX. Tổ chức") == "chín. Kinh phí\nmười. Tổ chức"
    assert speech("X. Hòa An") == "xã Hòa An"


def test_grams_are_hours_only_after_a_word_of_time() -> None:
    assert speech("gói 7g") == "gói bảy gam"
    assert speech("lúc 7g") == "lúc bảy giờ"
    assert speech("lúc 25g") == "lúc hai mươi lăm gam"


def test_leap_years_are_told_from_others() -> None:
    assert speech("29/2/2027").startswith("hai mươi chín trên hai trên")
    assert speech("29/2/2028").startswith("ngày hai mươi chín tháng hai năm")
