"""Text for speech: what a voice engine says wrong becomes words; everything else stays."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from langso import words
from langso.words import speech

YEAR = "năm hai nghìn không trăm hai mươi sáu"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("18/11/2026", f"ngày mười tám tháng mười một {YEAR}"),
        ("ngày 18/11/2026", f"ngày mười tám tháng mười một {YEAR}"),
        ("ngày 18-11-2026.", f"ngày mười tám tháng mười một {YEAR}."),
        ("2026-11-18", f"ngày mười tám tháng mười một {YEAR}"),
        ("08/04/2026", f"ngày mùng tám tháng tư {YEAR}"),
        ("mùng 8/4/2026", f"mùng tám tháng tư {YEAR}"),
        ("ngày 5 tháng 4 năm 2026", f"ngày mùng năm tháng tư {YEAR}"),
        ("mỗi ngày 2 lần", "mỗi ngày hai lần"),
        ("sáng 8/3", "sáng ngày mùng tám tháng ba"),
        ("lễ 2/9", "lễ ngày mùng hai tháng chín"),
        ("từ 18-20/11", "từ ngày mười tám đến ngày hai mươi tháng mười một"),
        ("tháng 11/2026", f"tháng mười một {YEAR}"),
        ("11/2026", f"tháng mười một {YEAR}"),
        ("thứ 4, thứ 7", "thứ tư, thứ bảy"),
        ("05/12", "ngày mùng năm tháng mười hai"),
        ("2/3 số hộ", "hai phần ba số hộ"),
        ("1/4", "một phần tư"),
        ("15/20 hộ", "mười lăm trên hai mươi hộ"),
        ("24/7", "hai mươi tư trên bảy"),
    ],
)
def test_dates_and_parts(text: str, said: str) -> None:
    assert speech(text) == said


@pytest.mark.parametrize("text", ["31/02/2026", "32/01/2026", "1/13/2026", "00/00/0000"])
def test_a_day_that_does_not_exist_is_not_said_as_a_day(text: str) -> None:
    assert "ngày" not in speech(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7h00", "bảy giờ"),
        ("7h", "bảy giờ"),
        ("7h30", "bảy giờ ba mươi phút"),
        ("7h05'", "bảy giờ năm phút"),
        ("17:30", "mười bảy giờ ba mươi phút"),
        ("17:30:05", "mười bảy giờ ba mươi phút năm giây"),
        ("7g15", "bảy giờ mười lăm phút"),
        ("7h30-9h", "bảy giờ ba mươi phút đến chín giờ"),
        ("7h00 - 9h00", "bảy giờ đến chín giờ"),
        ("25:70", "hai mươi lăm:bảy mươi"),
        ("7ha", "bảy héc-ta"),
    ],
)
def test_times(text: str, said: str) -> None:
    assert speech(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8.000 đ", "tám nghìn đồng"),
        ("8.000đ/bản", "tám nghìn đồng một bản"),
        ("500.000đ/người/tháng", "năm trăm nghìn đồng một người một tháng"),
        ("> 400mm, <5%", "trên bốn trăm mi-li-mét, dưới năm phần trăm"),
        ("200.000 VNĐ", "hai trăm nghìn đồng"),
        ("8000₫", "tám nghìn đồng"),
        ("1,5 triệu đồng", "một phẩy năm triệu đồng"),
        ("50k", "năm mươi nghìn"),
        ("12,5%", "mười hai phẩy năm phần trăm"),
        ("5-10%", "năm đến mười phần trăm"),
        ("2,05 ha", "hai phẩy không năm héc-ta"),
        ("300m2", "ba trăm mét vuông"),
        ("5 kg/hộ", "năm ki-lô-gam một hộ"),
        ("40 km/h", "bốn mươi ki-lô-mét trên giờ"),
        ("-5°C", "âm năm độ xê"),
        ("1.234.567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy"),
        ("1,234,567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy"),
        ("mục 3.5", "mục ba chấm năm"),
        ("05 hộ", "năm hộ"),
        ("2025-2026", "hai nghìn không trăm hai mươi lăm đến hai nghìn không trăm hai mươi sáu"),
    ],
)
def test_money_measures_and_numbers(text: str, said: str) -> None:
    assert speech(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0912345678", "không chín một hai, ba bốn năm, sáu bảy tám"),
        ("0912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám"),
        ("+84 912345678", "cộng tám bốn, chín một hai ba bốn năm sáu bảy tám"),
        ("1900 1234", "một chín không không, một hai ba bốn"),
        ("gọi 113", "gọi một một ba"),
        ("113 hộ", "một trăm mười ba hộ"),
        ("001095000001", "không không một, không chín năm, không không không, không không một"),
        ("H29.16-250701-0001", "hát hai chín chấm một sáu, hai năm không bảy không một, không không không một"),
    ],
)
def test_numbers_that_name_something_go_digit_by_digit(text: str, said: str) -> None:
    assert speech(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("UBND và HĐND xã", "Ủy ban nhân dân và Hội đồng nhân dân xã"),
        ("thẻ BHYT, CCCD", "thẻ bảo hiểm y tế, căn cước công dân"),
        ("TP. Huế, TP Hà Nội, toàn TP", "thành phố Huế, thành phố Hà Nội, toàn thành phố"),
        ("TP.HCM", "thành phố Hồ Chí Minh"),
        ("P.5, Q.1", "phường năm, quận một"),
        ("QL1A", "quốc lộ một A"),
        (
            "ĐT 745, ĐT 0912345678",
            "đường tỉnh bảy trăm bốn mươi lăm, điện thoại không chín một hai, ba bốn năm, sáu bảy tám",
        ),
        ("PGS.TS. Mẫu, BS Thử", "phó giáo sư tiến sĩ Mẫu, bác sĩ Thử"),
        ("phát triển KT-XH", "phát triển kinh tế - xã hội"),
        ("Sở GD&ĐT", "Sở giáo dục và đào tạo"),
        ("đ/c Bí thư", "đồng chí Bí thư"),
        ("ống PVC", "ống pê vê xê"),
        ("UBNDX", "UBNDX"),
        ("Covid-19", "cô vít mười chín"),
        ("168/2024/NĐ-CP", "một trăm sáu mươi tám trên hai nghìn không trăm hai mươi tư trên nghị định Chính phủ"),
        ("15/KH-UBND", "mười lăm trên kế hoạch Ủy ban nhân dân"),
        ("dichvucong.gov.vn.", "dichvucong chấm gov chấm vn."),
    ],
)
def test_abbreviations(text: str, said: str) -> None:
    assert speech(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lần thứ XIII", "lần thứ mười ba"),
        ("lần thứ I", "lần thứ nhất"),
        ("quý IV", "quý bốn"),
        ("khóa XV", "khóa mười lăm"),
        ("thế kỷ XXI", "thế kỷ hai mươi mốt"),
        ("I. Mục đích\nII. Nội dung", "một. Mục đích\nhai. Nội dung"),
        ("vitamin I", "vitamin I"),
        ("chị V nói", "chị V nói"),
        ("khóa IIX", "khóa IIX"),
    ],
)
def test_roman_numerals_only_where_sure(text: str, said: str) -> None:
    assert speech(text) == said


def test_an_announcement_is_said_whole() -> None:
    text = "UBND xã mời bà con họp lúc 7h00 ngày 18/11/2026 tại NVH thôn 5. Liên hệ 0912 345 678."
    assert speech(text) == (
        "Ủy ban nhân dân xã mời bà con họp lúc bảy giờ ngày mười tám tháng mười một "
        f"{YEAR} tại nhà văn hóa thôn năm. Liên hệ không chín một hai, ba bốn năm, sáu bảy tám."
    )


def test_changed_places_are_told() -> None:
    parts = words.speech_parts("Nộp 8.000đ tại UBND")
    assert [(p.original, p.spoken) for p in parts if p.changed] == [
        ("8.000đ", "tám nghìn đồng"),
        ("UBND", "Ủy ban nhân dân"),
    ]
    assert [p.original for p in parts if not p.changed] == ["Nộp ", " tại "]


def test_plain_vietnamese_is_left_alone() -> None:
    text = "Kính mời bà con tới nhà văn hóa. Trời mưa to, xin cẩn thận!"
    assert [p.changed for p in words.speech_parts(text)] == [False]
    assert words.speech_parts("") == []


@pytest.mark.parametrize("text", ["V/v họp thôn", "v/v họp thôn"])
def test_the_subject_of_a_letter_is_no_roman_number(text: str) -> None:
    assert speech(text) == "về việc họp thôn"


_office_text = st.text(alphabet="0123456789.,/-–:h đ%kgmUBNDTPIVXĐCaă\n&+@", max_size=80)


@given(st.text(max_size=120) | _office_text)
def test_nothing_is_lost_and_no_digit_is_left(text: str) -> None:
    parts = words.speech_parts(text)
    assert "".join(p.original for p in parts) == unicodedata.normalize("NFC", text)
    assert not re.search(r"[0-9]", "".join(p.spoken for p in parts))
    assert all(p.original for p in parts)


@example("2@2.B0ă")
@example("V/V0")
@given(_office_text)
def test_spoken_text_stays_as_it_is(text: str) -> None:
    # Capitals may join anew once numbers between them are words, so only texts without them must be stable.
    once = speech(text.lower())
    assert speech(once) == once


@pytest.mark.parametrize(
    "piece", ["1", "1.", "0 ", "1/", "I", "T.", "7h", "a.b", "1-", "a1@", "1.000", "QĐ-", ", ", "đ"]
)
def test_the_longest_text_is_worked_out_at_once(piece: str) -> None:
    text = (piece * words.MAX_SPEECH)[: words.MAX_SPEECH]
    # Processor time: what others do to the machine is not the text's fault.
    start = time.thread_time()
    speech(text)
    assert time.thread_time() - start < 5.0


def test_more_than_an_announcement_is_refused() -> None:
    with pytest.raises(words.SpeechTooLong):
        speech("a" * (words.MAX_SPEECH + 1))
