"""Reading a page: the right letters in NFC, an end to every reading, and no harm from odd output."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.clean import CleanPage
from scanner.document import text as reading
from scanner.document.text import clean_word, grey_for_reading, parse_hocr, recognise

HOCR = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><body>
<div class='ocr_page' title='image "x"; bbox 0 0 1000 2000; ppageno 0'><div class='ocr_carea'><p class='ocr_par'>
<span class='ocr_line' title="bbox 100 200 600 240; baseline 0.01 -8; x_size 36; x_descenders 8; x_ascenders 8">
<span class='ocrx_word' title='bbox 100 200 300 240; x_wconf 96'>{first}</span>
<span class='ocrx_word' title='bbox 320 200 600 240; x_wconf 96'><strong>xã</strong></span>
</span></p></div></div></body></html>"""


def test_words_are_read_as_printed(page_of_words: Callable[..., tuple[CleanPage, str]], tesseract: None) -> None:
    page, words = page_of_words(3, dpi=200, lines=5)
    read = recognise(page)
    right = sum(a == b for a, b in zip(read.text.split(), words.split(), strict=True))
    assert right >= 0.95 * len(words.split())
    assert read.characters == pytest.approx(len("".join(words.split())), abs=2)
    assert unicodedata.is_normalized("NFC", read.text)


def test_lines_become_words_with_places() -> None:
    read = parse_hocr(HOCR.format(first=unicodedata.normalize("NFD", "Tiếng")).encode())
    (line,) = read.lines
    assert [word.text for word in line.words] == ["Tiếng", "xã"]
    assert (line.words[0].left, line.words[0].right) == (0.1, 0.3)
    assert line.base == pytest.approx(((240 - 8 - 1) / 2000, (240 - 8 + 9) / 2000))
    assert line.size == pytest.approx(36 / 2000)


def test_words_it_is_not_sure_of_are_left_out() -> None:
    doubtful = HOCR.replace("240; x_wconf 96", "240; x_wconf 3", 1).format(first="»`ñnh")
    assert parse_hocr(doubtful.encode()).text == "xã"


def test_an_entity_bomb_is_not_expanded() -> None:
    bomb = HOCR.replace("<html", '<!DOCTYPE html [<!ENTITY a "aaaa">]><html').format(first="&a;")
    assert parse_hocr(bomb.encode()).failed


@given(st.binary(max_size=300))
def test_any_output_is_survived(output: bytes) -> None:
    assert parse_hocr(output).characters >= 0


@given(st.text(alphabet="bxo0123456789-. aseline_i;", max_size=60), st.text(max_size=20))
def test_any_title_gives_places_on_the_page(title: str, word: str) -> None:
    safe = "".join(sign for sign in word if sign.isalnum())
    read = parse_hocr(HOCR.replace("bbox 320 200 600 240", title).format(first=safe).encode())
    for line in read.lines:
        for placed in line.words:
            assert placed.left >= 0
            assert placed.right <= 1


@given(st.text(max_size=300))
def test_a_word_has_no_spaces_and_is_nfc(raw: str) -> None:
    word = clean_word(raw)
    assert len(word.split()) <= 1
    assert word.isprintable()
    assert unicodedata.is_normalized("NFC", word)
    assert all(ord(sign) < 0x10000 for sign in word)


def test_a_coarse_page_is_enlarged_for_reading_only() -> None:
    page = CleanPage(np.full((1169, 827, 3), 255, np.uint8), 100, "A4", (210.0, 297.0))
    pgm, dpi = grey_for_reading(page.image, page.dpi)
    assert dpi >= 200
    assert pgm.startswith(b"P5\n1654 2338\n")
    assert page.image.shape == (1169, 827, 3)


def fake_tesseract(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "tesseract"
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(reading, "available", lambda: True)


def blank() -> CleanPage:
    return CleanPage(np.full((400, 300, 3), 255, np.uint8), 200, "other", (38.1, 50.8))


def test_a_reading_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tesseract(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    assert "lâu quá" in recognise(blank(), seconds=0.5).failed
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


@pytest.mark.parametrize("script", ["exit 3", "kill -9 $$", "cat > /dev/null; echo nonsense"])
def test_a_reading_that_breaks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    fake_tesseract(tmp_path, monkeypatch, script)
    read = recognise(blank())
    assert read.failed
    assert not read.lines


def test_without_tesseract_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    reading.available.cache_clear()
    try:
        assert "Tesseract" in recognise(blank()).failed
    finally:
        reading.available.cache_clear()


def test_an_empty_page_has_no_words_and_no_fault(tesseract: None) -> None:
    read = recognise(blank())
    assert (read.text, read.failed) == ("", "")


def test_one_thread_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tesseract(tmp_path, monkeypatch, f"echo $OMP_THREAD_LIMIT > {tmp_path}/threads; cat > /dev/null")
    recognise(blank())
    assert (tmp_path / "threads").read_text().strip() == "1"


def test_any_kind_of_picture_can_be_read() -> None:
    for image in (np.zeros((40, 30), np.uint8), np.zeros((40, 30, 3), np.uint8)):
        pgm, _ = grey_for_reading(image, 0)
        assert pgm.startswith(b"P5")


@pytest.mark.parametrize("shape", [(10, 4000), (10, 4000, 3), (1, 1, 3), (4000, 1)])
def test_a_page_that_says_it_is_a_millimetre_wide_is_read(shape: tuple[int, ...]) -> None:
    pgm, dpi = grey_for_reading(np.full(shape, 200, np.uint8), 1_270_000)
    width, height = map(int, pgm.split(b"\n")[1].split())
    assert min(width, height) >= 1
    assert dpi >= 70
