"""The finished file: PDF/A by its own rules and by veraPDF where that is, true size, the JPEG as it was, words."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import unicodedata
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest

from scanner.clean import CleanPage
from scanner.document import (
    MAX_PAGES,
    PAGE_BYTES,
    About,
    JpegPage,
    PageText,
    archive,
    jpeg,
    make,
    make_document,
    make_pdf,
)
from scanner.document.archive import save
from scanner.document.pdf import describe, put_together
from scanner.document.sheet import compress
from scanner.errors import DocumentRefused

Faults = Callable[[bytes, str], list[str]]
MADE = datetime(2024, 8, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("level", ["2b", "1b"])
def test_the_file_keeps_the_rules_of_its_level(
    level: Any, noise_page: Callable[..., CleanPage], pdfa_faults: Faults, reads: Callable[..., None]
) -> None:
    reads()
    made = make_document([noise_page(), noise_page(2)], About("Giấy tờ", dossier="H56-240801-0001"), level=level)
    assert made.level == level
    assert pdfa_faults(made.data, level) == []


@pytest.mark.parametrize("level", ["2b", "1b"])
def test_verapdf_finds_nothing(
    level: Any, noise_page: Callable[..., CleanPage], reads: Callable[..., None], tmp_path: Path
) -> None:
    if shutil.which("verapdf") is None:
        pytest.skip("no veraPDF here")
    reads()
    file = tmp_path / "a.pdf"
    file.write_bytes(make_document([noise_page()], About("Giấy tờ"), level=level).data)
    done = subprocess.run(
        ["verapdf", "--flavour", level, "--format", "text", str(file)], capture_output=True, timeout=120, check=False
    )
    assert done.stdout.startswith(b"PASS"), done.stdout


def test_the_rules_would_see_a_broken_file(noise_page: Callable[..., CleanPage], pdfa_faults: Faults) -> None:
    with pikepdf.open(io.BytesIO(make_pdf([noise_page()], "x", level="1b"))) as pdf:
        del pdf.Root.OutputIntents
        pdf.pages[0].Group = pikepdf.Dictionary(S=pikepdf.Name.Transparency)
        out = io.BytesIO()
        pdf.save(out)
    assert {"no output intent", "transparency"} <= set(pdfa_faults(out.getvalue(), "1b"))


def test_what_breaks_the_rules_is_told_as_plain_pdf(noise_page: Callable[..., CleanPage]) -> None:
    with pikepdf.open(io.BytesIO(make_pdf([noise_page()], "x", level="none"))) as pdf:
        pdf.pages[0].Resources.ExtGState = pikepdf.Dictionary(
            G=pikepdf.Dictionary(SMask=pikepdf.Dictionary(S=pikepdf.Name.Luminosity))
        )
        pdf.pages[0].contents_add(b"/G gs", prepend=True)
        data, level = archive.save(pdf, "1b")
    assert level == "none"
    assert data.startswith(b"%PDF-")


def test_the_jpeg_is_in_the_file_byte_for_byte() -> None:
    data = jpeg(np.random.default_rng(1).integers(0, 255, (60, 40, 3), dtype=np.uint8))
    page = JpegPage.of(data, "A4", (210.0, 297.0))
    with pikepdf.open(io.BytesIO(make_pdf([page], "x"))) as pdf:
        assert next(iter(pdf.pages[0].get_images().values())).read_raw_bytes() == data


@pytest.mark.parametrize("size_mm", [(210.0, 297.0), (148.0, 210.0), (85.6, 53.98), (80.0, 240.0)])
def test_a_page_is_as_large_as_its_paper(size_mm: tuple[float, float]) -> None:
    page = CleanPage(np.full((80, 60, 3), 255, np.uint8), 100, "other", size_mm)
    with pikepdf.open(io.BytesIO(make_pdf([page], "x"))) as pdf:
        box = [float(side) for side in pdf.pages[0].mediabox]
    assert box == pytest.approx([0, 0, size_mm[0] / 25.4 * 72, size_mm[1] / 25.4 * 72], abs=0.01)


def test_the_document_says_what_it_is(noise_page: Callable[..., CleanPage]) -> None:
    title = unicodedata.normalize("NFD", "Giấy khai\nsinh ")
    about = About(title, MADE, "H56.37.12-240801-0001", "H56.37.12-240801-0001-001.pdf")
    with pikepdf.open(io.BytesIO(make_document([noise_page()], about, text=False).data)) as pdf:
        assert pdf.Root.Lang == "vi"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20240801093000")
        with pdf.open_metadata() as told:
            assert told["dc:title"] == "Giấy khai sinh"
            assert told["dc:language"] == {"vi"}
            assert "H56.37.12-240801-0001" in told["dc:description"]
            assert told["dc:identifier"] == "H56.37.12-240801-0001-001.pdf"
            assert told["xmp:CreatorTool"] == "Làng Số"


def test_the_words_come_out_in_nfc_and_in_order(
    page_of_words: Callable[..., tuple[CleanPage, str]],
    tesseract: None,
    extracted: Callable[..., str],
    pdfa_faults: Faults,
) -> None:
    pages = [page_of_words(seed, dpi=200, lines=5) for seed in (1, 2)]
    made = make_document([page for page, _ in pages], About("Hai trang"))
    words = " ".join(text for _, text in pages).split()
    read = [word for text in made.texts for word in text.text.split()]
    assert made.unread == ()
    assert made.characters == pytest.approx(len("".join(words)), abs=3)
    assert len(read) == len(words)
    assert sum(a == b for a, b in zip(read, words, strict=True)) >= 0.95 * len(words)
    assert pdfa_faults(made.data, "2b") == []
    for options in ([], ["-raw"], ["-layout"]):
        text = extracted(made.data, *options)
        assert unicodedata.is_normalized("NFC", text)
        assert text.split() == read


def test_every_vietnamese_letter_survives_the_text_layer(
    noise_page: Callable[..., CleanPage],
    reads: Callable[..., None],
    say: Callable[..., str],
    extracted: Callable[..., str],
) -> None:
    vowels = "aăâeêioôơuưy"
    marks = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = [vowel + mark for vowel in vowels for mark in marks] + ["đ"]
    every = [*letters, *(letter.upper() for letter in letters)]
    assert len(every) == 146
    rows = [every[start : start + 10] for start in range(0, len(every), 10)]
    reads(say([[(x + "n", n / 12, (n + 0.9) / 12) for n, x in enumerate(row)] for row in rows]))
    made = make_document([noise_page()], About("x"))
    assert made.level == "2b"
    assert extracted(made.data).split() == [unicodedata.normalize("NFC", letter) + "n" for letter in every]


def test_words_stand_where_they_are_on_the_page(
    noise_page: Callable[..., CleanPage], reads: Callable[..., None], extracted: Callable[..., str]
) -> None:
    reads()
    out = extracted(make_document([noise_page()], About("x")).data, "-bbox")
    rows = [line for line in out.splitlines() if "<word" in line]
    left = [float(row.split('xMin="')[1].split('"')[0]) for row in rows]
    right = [float(row.split('xMax="')[1].split('"')[0]) for row in rows]
    middle = [float(row.split('yMin="')[1].split('"')[0]) for row in rows]
    assert left == pytest.approx([0.1 * 595.28, 0.31 * 595.28], abs=1)
    assert right == pytest.approx([0.3 * 595.28, 0.5 * 595.28], abs=1)
    assert middle[0] == pytest.approx(0.09 * 841.89, abs=20)


def test_a_page_that_cannot_be_read_stays_without_text(
    noise_page: Callable[..., CleanPage], reads: Callable[..., None], tmp_path: Path
) -> None:
    reads(script=f'case "$prefix" in *000001*) exit 3;; esac; cp {tmp_path}/programs/words "$prefix.hocr"')
    made = make_document([noise_page(1), noise_page(2)], About("x"))
    assert [page for page, _ in made.unread] == [1]
    assert made.texts[1] == PageText("Tiếng Việt")
    assert made.characters == len("TiếngViệt")
    assert made.level == "2b"
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert len(pdf.pages) == 2


def test_one_picture_at_a_time_is_in_memory(noise_page: Callable[..., CleanPage]) -> None:
    seen: list[weakref.ref[Any]] = []

    def pages() -> Any:
        for number in range(5):
            assert not [one for one in seen if one() is not None]
            page = noise_page(number, dpi=50)
            seen.append(weakref.ref(page))
            yield page
            del page

    make_document(pages(), About("x"), text=False)


def test_handing_in_needs_no_reading(noise_page: Callable[..., CleanPage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "with_text", lambda *_, **__: pytest.fail("read a page"))
    with pikepdf.open(io.BytesIO(make_pdf([noise_page()], "Giấy khai sinh", made=MADE))) as pdf:
        assert "/Font" not in pdf.pages[0].Resources


def test_the_same_pages_give_the_same_file(noise_page: Callable[..., CleanPage]) -> None:
    pages = [noise_page()]
    first, second = (make_document(pages, About("x", MADE), text=False, level="none").data for _ in range(2))
    assert first == second


def test_an_identifier_from_an_earlier_program_does_not_live_on(noise_page: Callable[..., CleanPage]) -> None:
    """The page's PDF is stamped with the second it was made in; across a second's turn two files would differ."""
    plain = put_together([compress(noise_page())])

    def stamped(identifier: bytes) -> bytes:
        with pikepdf.open(io.BytesIO(plain)) as pdf:
            pdf.trailer.ID = pikepdf.Array([pikepdf.String(identifier)] * 2)
            describe(pdf, About("x", MADE))
            return save(pdf, "none")[0]

    assert stamped(b"a" * 16) == stamped(b"b" * 16)


def test_handing_in_loads_no_library_for_reading() -> None:
    """A kiosk's small computer takes seconds to load them."""
    script = (
        "import sys, numpy; from scanner.clean import CleanPage; from scanner.document import make_pdf\n"
        "make_pdf([CleanPage(numpy.zeros((30, 20, 3), numpy.uint8), 100, 'A4', (210.0, 297.0))], 'x')\n"
        "print({'ocrmypdf', 'pdfminer', 'fpdf', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_a_page_takes_at_most_half_a_megabyte(noise_page: Callable[..., CleanPage]) -> None:
    pages = [noise_page(seed, dpi=200, blur=1.0) for seed in (1, 2)]
    assert len(make_pdf(pages, "x")) <= 2 * PAGE_BYTES + 20_000


def test_no_page_is_no_document() -> None:
    with pytest.raises(DocumentRefused):
        make_pdf([], "x")


def test_too_many_pages_are_refused() -> None:
    page = JpegPage.of(jpeg(np.zeros((8, 8, 3), np.uint8)), "A4", (210.0, 297.0))
    with pytest.raises(DocumentRefused, match=str(MAX_PAGES)):
        make_pdf([page] * (MAX_PAGES + 1), "x")
