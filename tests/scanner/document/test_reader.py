"""What OCRmyPDF is told to do with a page: the picture made ready, doubtful words out, letters in NFC."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ocrmypdf import OcrOptions
from ocrmypdf.api import setup_plugin_infrastructure
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine
from ocrmypdf.helpers import Resolution
from ocrmypdf.hocrtransform import HocrParser
from PIL import Image

from scanner.clean import CleanPage
from scanner.document.pdf import put_together
from scanner.document.reader import MAX_WORDS, TesseractReader, clean_word, for_reading, rasterize_pdf_page, tidy
from scanner.document.sheet import MAX_PIXELS, JpegPage, compress
from scanner.document.text import TEXTS

Say = Callable[..., str]

HOCR = (
    "<html><div class='ocr_page' title='bbox 0 0 1000 1414; scan_res 121 121'><p class='ocr_par'>"
    "<span class='ocr_line' title='bbox 0 100 1000 140; TITLE'>"
    "<span class='ocrx_word' title='bbox 10 100 90 140; x_wconf 90'>xã</span></span></p></div></html>"
)


def read(folder: Path, said: str) -> str:
    (folder / "a.hocr").write_text(said, encoding="utf-8")
    return tidy(HocrParser(folder / "a.hocr").parse())


def test_lines_become_text_in_nfc(tmp_path: Path, say: Say) -> None:
    words = [[(unicodedata.normalize("NFD", "Tiếng"), 0.1, 0.2), ("Việt", 0.3, 0.4)], [("xã", 0.1, 0.2)]]
    assert read(tmp_path, say(words)) == "Tiếng Việt\nxã"


@pytest.mark.parametrize(("sure", "kept"), [(0, ""), (14, ""), (15, "xã"), (96, "xã")])
def test_words_it_is_not_sure_of_are_left_out(tmp_path: Path, say: Say, sure: int, kept: str) -> None:
    assert read(tmp_path, say([[("xã", 0.1, 0.2)]], sure=sure)) == kept


def test_no_page_has_endless_words(tmp_path: Path, say: Say) -> None:
    words = [[("a", 0.1, 0.2)] * 3000 for _ in range(8)]
    assert len(read(tmp_path, say(words)).split()) == MAX_WORDS


@given(st.text(max_size=300))
def test_a_word_has_no_spaces_and_is_nfc(raw: str) -> None:
    word = clean_word(raw)
    assert len(word.split()) <= 1
    assert word.isprintable()
    assert unicodedata.is_normalized("NFC", word)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(alphabet="bxo0123456789-. aseline_i;'<>/", max_size=60).map(
        lambda title: HOCR.replace("TITLE", title).encode()
    )
)
def test_whatever_tesseract_says_is_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    image = tmp_path / "page.png"
    Image.new("L", (100, 140), 255).save(image, dpi=(200, 200))
    monkeypatch.setattr(TesseractOcrEngine, "generate_hocr", lambda picture, out, *_: out.write_bytes(said))
    setup_plugin_infrastructure()
    options = OcrOptions(input_file=image, output_file=image)
    options.extra_attrs[TEXTS] = {}
    page, text = TesseractReader.generate_ocr(image, options, 4)
    assert page.bbox is not None
    assert options.extra_attrs[TEXTS][4].text == text


def test_a_coarse_page_is_enlarged_for_reading_only() -> None:
    image = np.full((1169, 827, 3), 255, np.uint8)
    grey, dpi = for_reading(image, 100)
    assert dpi >= 200
    assert grey.shape == (2338, 1654)
    assert image.shape == (1169, 827, 3)


@pytest.mark.parametrize("shape", [(10, 4000, 3), (1, 1, 3), (4000, 1, 3)])
def test_a_page_that_says_it_is_a_millimetre_wide_is_read(shape: tuple[int, ...]) -> None:
    grey, dpi = for_reading(np.full(shape, 200, np.uint8), 1_270_000)
    assert min(grey.shape) >= 1
    assert dpi >= 70


def test_a_page_that_says_it_is_metres_wide_is_not_made_huge() -> None:
    grey, _ = for_reading(np.full((5000, 5000, 3), 200, np.uint8), 60)
    assert grey.size <= MAX_PIXELS * 1.01


def raster(page: JpegPage, folder: Path) -> Image.Image:
    file, out = folder / "in.pdf", folder / "out.png"
    file.write_bytes(put_together([page]))
    assert rasterize_pdf_page(file, out, Resolution(page.dpi, page.dpi), 1) == out
    return Image.open(out)


def test_tesseract_sees_the_pages_own_pixels(tmp_path: Path) -> None:
    image = np.random.default_rng(1).integers(0, 255, (460, 330, 1), dtype=np.uint8).repeat(3, axis=2)
    page = compress(CleanPage(image, 200, "other", (41.9, 58.4)))
    seen = raster(page, tmp_path)
    kept = cv2.imdecode(np.frombuffer(page.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert np.abs(np.asarray(seen).astype(int) - kept).max() <= 2
    assert seen.info["dpi"] == pytest.approx((200, 200), abs=1)


def test_a_red_seal_is_off_for_reading_and_stays_in_the_file(tmp_path: Path) -> None:
    image = np.full((1200, 900, 3), 255, np.uint8)
    cv2.circle(image, (450, 600), 130, (40, 40, 220), 10)
    cv2.putText(image, "KY TEN", (330, 620), cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 20), 5)
    page = compress(CleanPage(image, 200, "other", (114.3, 152.4)))
    seen = np.asarray(raster(page, tmp_path))
    ring = cv2.circle(np.zeros(seen.shape, np.uint8), (450, 600), 130, 1, 4) > 0
    text = (image.max(axis=2) < 60) & ~ring
    assert np.median(seen[ring]) > 200
    assert np.median(seen[text]) < 80
    with pikepdf.open(tmp_path / "in.pdf") as pdf:
        assert next(iter(pdf.pages[0].get_images().values())).read_raw_bytes() == page.data


def test_a_page_turned_in_its_jpeg_is_read_as_it_is_shown(tmp_path: Path) -> None:
    out = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (320, 200), "white").save(out, exif=exif)
    page = JpegPage.of(out.read_bytes(), "", (40.0, 25.0))
    assert raster(page, tmp_path).size == (320, 200)
    with pikepdf.open(tmp_path / "in.pdf") as pdf:
        assert "/Rotate" not in pdf.pages[0].obj or int(pdf.pages[0].obj.Rotate) == 0


def test_a_jpeg_it_cannot_decode_is_left_to_ocrmypdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = compress(CleanPage(np.full((100, 80, 3), 255, np.uint8), 100, "other", (20.3, 25.4)))
    (tmp_path / "in.pdf").write_bytes(put_together([page]))
    monkeypatch.setattr(cv2, "imdecode", lambda *_: None)
    assert rasterize_pdf_page(tmp_path / "in.pdf", tmp_path / "out.png", Resolution(100, 100), 1) is None
