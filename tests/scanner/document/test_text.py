"""Adding text through OCRmyPDF: an end to every reading, a sentence for every failure, nothing left behind, nothing
said aloud, and several at once.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest

from scanner.clean import CleanPage
from scanner.document import text as reading
from scanner.document.pdf import put_together
from scanner.document.sheet import JpegPage, compress
from scanner.document.text import with_text

Reads = Callable[..., None]


@pytest.fixture
def blank() -> JpegPage:
    return compress(CleanPage(np.full((400, 300, 3), 255, np.uint8), 200, "other", (38.1, 50.8)))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go; must be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_a_reading_that_takes_too_long_is_ended(
    blank: JpegPage, reads: Reads, tmp_path: Path, temporary: Path
) -> None:
    reads(script=f"echo $$ > {tmp_path}/pid; exec sleep 60")
    plain = put_together([blank])
    data, (page,) = with_text(plain, 1, seconds=0.5)
    assert "lâu quá" in str(page.failed)
    assert data.startswith(b"%PDF-")
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    "script",
    ["exit 3", "kill -9 $$", "echo nonsense", 'echo "<html/>" > "$prefix.hocr"', 'echo "<x" > "$prefix.hocr"'],
)
def test_a_reading_that_breaks_is_told(blank: JpegPage, reads: Reads, temporary: Path, script: str) -> None:
    reads(script=script)
    _, (page,) = with_text(put_together([blank]), 1)
    assert "dừng giữa chừng" in str(page.failed)
    assert not page.text
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("languages", ["", "eng"])
def test_without_tesseract_or_its_vietnamese_the_page_says_so(
    blank: JpegPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path, languages: str
) -> None:
    if languages:
        program = tmp_path / "tesseract"
        program.write_text(f"#!/bin/sh\n[ $1 = --version ] && echo tesseract 5.3.0 || printf 'list\\n{languages}\\n'")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    plain = put_together([blank, blank])
    data, pages = with_text(plain, 2)
    assert data == plain
    assert ["chưa có Tesseract" in str(page.failed) for page in pages] == [True, True]
    assert not list(temporary.iterdir())


def test_a_fault_in_the_library_costs_the_words_only(
    blank: JpegPage, reads: Reads, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads()
    monkeypatch.setattr("ocrmypdf._graft.OcrGrafter.finalize", lambda self: 1 / 0)
    plain = put_together([blank])
    data, (page,) = with_text(plain, 1)
    assert data == plain
    assert page.failed
    assert not list(temporary.iterdir())


def test_an_empty_page_has_no_words_and_no_fault(blank: JpegPage, tesseract: None) -> None:
    _, (page,) = with_text(put_together([blank]), 1)
    assert (page.text, page.failed) == ("", None)


@pytest.mark.parametrize("size_mm", [(2.0, 2.0), (2.0, 2000.0), (2000.0, 2000.0), (54.0, 85.6)])
@pytest.mark.parametrize("shape", [(8, 8), (30, 2000), (900, 700, 3)])
def test_a_page_of_any_size_is_read(reads: Reads, size_mm: tuple[float, float], shape: tuple[int, ...]) -> None:
    reads()
    page = JpegPage.of(cv2.imencode(".jpg", np.full(shape, 255, np.uint8))[1].tobytes(), "", size_mm)
    data, (text,) = with_text(put_together([page]), 1)
    assert text.text == "Tiếng Việt"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert [float(side) for side in pdf.pages[0].mediabox][2:] == pytest.approx(
            [side / 25.4 * 72 for side in size_mm], abs=0.01
        )
        assert next(iter(pdf.pages[0].get_images().values())).read_raw_bytes() == page.data


def test_one_thread_a_page_and_its_temporary_files_are_nobody_elses(
    blank: JpegPage, reads: Reads, tmp_path: Path, temporary: Path
) -> None:
    reads(script=f'echo "$OMP_THREAD_LIMIT $(stat -c %a "$(dirname "$prefix")")" >> {tmp_path}/seen; exit 1')
    with_text(put_together([blank, blank]), 2)
    assert (tmp_path / "seen").read_text().splitlines() == ["1 700"] * 2


def test_nothing_is_said_aloud(
    blank: JpegPage, reads: Reads, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    reads(script="echo 'Detected 40 diacritics'; echo 'Error: secret word'; exit 1")
    with caplog.at_level(logging.DEBUG):
        with_text(put_together([blank]), 1)
    assert capfd.readouterr() == ("", "")
    assert "secret" not in caplog.text
    assert [record.name for record in caplog.records if record.levelno >= logging.WARNING] == [
        "scanner.document.reader"
    ]


def test_several_threads_may_add_text_at_once(
    blank: JpegPage, reads: Reads, extracted: Callable[..., str], temporary: Path
) -> None:
    reads()
    start = threading.Barrier(3)

    def add(pages: int) -> tuple[bytes, tuple[reading.PageText, ...]]:
        start.wait(60)
        return with_text(put_together([blank] * pages), pages)

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(add, (1, 2, 3)))
    for number, (data, texts) in enumerate(made, 1):
        assert [text.text for text in texts] == ["Tiếng Việt"] * number
        assert extracted(data).split() == ["Tiếng", "Việt"] * number
    assert not list(temporary.iterdir())
