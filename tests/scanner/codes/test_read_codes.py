"""QR codes: exact text with corners, small or worn, and nothing where there is nothing."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.codes import read_codes
from scanner.codes.texts import believable_of_wechat, believable_of_zbar


def code_picture(text: str, scale: int = 6, encoding: str | None = None) -> Any:
    out = io.BytesIO()
    segno.make_qr(text, encoding=encoding, mode="byte" if encoding else None).save(
        out, kind="png", scale=scale, border=4
    )
    return cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("text", ["H29.16-250701-0001", "Nguyễn Thị Ánh Đào", "000201", "https://xa.example/ho-so"])
def test_text_is_exact(text: str) -> None:
    assert [code.text for code in read_codes(code_picture(text))] == [text]


def test_corners_are_where_the_code_is() -> None:
    picture = np.full((600, 900, 3), 255, np.uint8)
    code = code_picture("LANGSO")
    height, width = code.shape[:2]
    picture[200 : 200 + height, 500 : 500 + width] = code
    (found,) = read_codes(picture)
    xs, ys = [p[0] for p in found.polygon], [p[1] for p in found.polygon]
    assert 500 < min(xs) < max(xs) < 500 + width
    assert 200 < min(ys) < max(ys) < 200 + height


def test_many_codes_are_all_read() -> None:
    picture = np.full((700, 1000, 3), 255, np.uint8)
    for number in range(6):
        code = code_picture(f"so {number}", 5)
        y, x = 30 + number // 3 * 330, 30 + number % 3 * 320
        picture[y : y + code.shape[0], x : x + code.shape[1]] = code
    assert sorted(code.text for code in read_codes(picture)) == [f"so {n}" for n in range(6)]


def test_small_blurred_codes_are_read_after_a_change() -> None:
    small = code_picture("001095000001||Người Mẫu|05031995|Nam|Xã Mẫu|10052021", 2)
    worn = cv2.GaussianBlur(small, (0, 0), 0.9)
    canvas = np.full((400, 600, 3), 230, np.uint8)
    canvas[100 : 100 + worn.shape[0], 200 : 200 + worn.shape[1]] = worn
    (found,) = read_codes(canvas)
    assert found.kind == "citizen_card"


def test_the_kind_says_what_it_is() -> None:
    assert read_codes(code_picture("https://dichvucong.example/"))[0].kind == "url"


def test_nothing_is_read_where_there_is_nothing() -> None:
    rng = np.random.default_rng(2)
    assert read_codes(rng.integers(0, 256, (300, 300, 3), dtype=np.uint8)) == []


@settings(max_examples=40, deadline=None)
@given(
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x1EF9, exclude_categories=["Cs", "Cn"]),
        min_size=1,
        max_size=60,
    )
)
def test_any_text_in_utf8_comes_back(text: str) -> None:
    assert [code.text for code in read_codes(code_picture(text, 4, "utf-8"))] == [text]


def test_the_same_text_twice_is_two_codes() -> None:
    picture = np.full((400, 900, 3), 255, np.uint8)
    code = code_picture("LANGSO")
    for x in (40, 500):
        picture[60 : 60 + code.shape[0], x : x + code.shape[1]] = code
    assert [found.text for found in read_codes(picture)] == ["LANGSO", "LANGSO"]


def test_a_code_within_a_code_is_two_codes() -> None:
    out = io.BytesIO()
    segno.make_qr("LANGSO ngoai", error="h", version=7).save(out, kind="png", scale=12, border=4)
    outer = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    inner = code_picture("trong", 3)
    y, x = ((a - b) // 2 for a, b in zip(outer.shape[:2], inner.shape[:2], strict=True))
    outer[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
    turned = cv2.warpAffine(outer, cv2.getRotationMatrix2D((300, 300), 8, 0.8), (700, 700), borderValue=(255,) * 3)
    seen = cv2.GaussianBlur(turned, (0, 0), 0.9)
    assert sorted(code.text for code in read_codes(seen)) == ["LANGSO ngoai", "trong"]


def test_two_hundred_codes_are_read_in_time() -> None:
    code = code_picture("A1", 4)[:, :, 0]
    sheet = np.tile(np.pad(code, 6, constant_values=255), (14, 15))
    # The reader ends where its budget does: on a busy machine it needs more of it (bench_codes.py has the figures).
    assert len(read_codes(sheet, budget_s=5.0)) == 210


@pytest.mark.parametrize("size", [5, 6, 7, 9])
def test_checks_and_stripes_are_no_code(size: int) -> None:
    checks = np.add(*np.mgrid[:40, :60]) % 2 * 200 + 25
    picture = np.kron(checks.astype(np.uint8), np.ones((size, size), np.uint8))
    picture[::31] = 25
    assert read_codes(picture) == []


def test_light_on_dark_is_read() -> None:
    assert [code.text for code in read_codes(255 - code_picture("LANGSO 7"))] == ["LANGSO 7"]


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [("Đỗ Thị Ví Dụ", "utf-8", True), ("Café Éric", "iso-8859-1", True), ("点茗漢字", "shift-jis", True)],
)
def test_the_codes_own_character_set_is_used(text: str, encoding: str, named: bool) -> None:
    out = io.BytesIO()
    segno.make_qr(text, encoding=encoding, mode="byte", eci=named).save(out, kind="png", scale=6, border=4)
    picture = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    assert [code.text for code in read_codes(picture)] == [text]


def test_decomposed_letters_stay_as_they_were_written() -> None:
    text = unicodedata.normalize("NFD", "Nguyễn Thị Ánh")
    assert [code.text for code in read_codes(code_picture(text, encoding="utf-8"))] == [text]


def test_a_worn_code_beside_a_clear_one_is_read_too() -> None:
    picture = np.full((500, 900, 3), 235, np.uint8)
    clear, worn = code_picture("ro rang"), cv2.GaussianBlur(code_picture("mo nhat", 5), (0, 0), 3.4)
    picture[60 : 60 + clear.shape[0], 60 : 60 + clear.shape[1]] = clear
    picture[200 : 200 + worn.shape[0], 550 : 550 + worn.shape[1]] = worn
    assert sorted(code.text for code in read_codes(picture, 5)) == ["mo nhat", "ro rang"]


@pytest.mark.parametrize("shape", [(1, 1), (16, 16), (1, 4000), (40, 40, 3)])
def test_a_picture_too_small_for_a_code_holds_none(shape: tuple[int, ...]) -> None:
    assert read_codes(np.zeros(shape, np.uint8)) == []


class TestBelieved:
    def test_zbars_ascii_and_vietnamese_are_believed(self) -> None:
        for text in ("H29.16-250701-0001", "Nguyễn Thị Ánh", unicodedata.normalize("NFD", "Đặng Hữu")):
            assert believable_of_zbar(text)

    @pytest.mark.parametrize("charset", ["shift-jis", "big5", "iso-8859-1", "cp1252", "gb18030", "euc-kr"])
    def test_utf8_misread_is_never_believed(self, charset: str) -> None:
        for text in ("Đỗ", "Ánh", "Nguyễn Thị Ví Dụ", "Lý", "Hồ Ngô", "Bích", "ơ", "ư", "â"):
            misread = text.encode("utf-8").decode(charset, "replace")
            assert misread == text or not believable_of_zbar(misread)

    def test_wechats_cut_or_replaced_texts_are_not_believed(self) -> None:
        assert not believable_of_wechat("")
        assert not believable_of_wechat("Caf\ufffd")
        assert believable_of_wechat("Nguyễn Thị Ánh")


def test_a_code_too_small_for_the_first_look_at_a_huge_picture_is_read_in_full() -> None:
    picture = np.full((4400, 8800), 200, np.uint8)
    code = code_picture("Xã Hoa Sơn 12345678901", scale=2)[..., 0]
    picture[3000 : 3000 + len(code), 5000 : 5000 + len(code)] = code
    (found,) = read_codes(picture, budget_s=5)
    assert found.text == "Xã Hoa Sơn 12345678901"
    assert found.polygon[0] == pytest.approx((5008, 3008), abs=4)
