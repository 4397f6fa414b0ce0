"""The office adds the text to what the kiosk handed in: same pictures, same title, and refusals for other files."""

from __future__ import annotations

import io
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.words.language import Language, in_language
from scanner.clean import CleanPage
from scanner.document import About, add_text, make_document, make_pdf, untitled
from scanner.document.reopen import about_of, pages_of
from scanner.errors import DocumentRefused


def test_the_pictures_pass_through_untouched(
    noise_page: Callable[..., CleanPage], reads: Callable[..., None]
) -> None:
    reads()
    about = About("Giấy khai sinh", datetime(2024, 8, 1, tzinfo=UTC), "H56-240801-0001", "H56-240801-0001-001.pdf")
    plain = make_document([noise_page(1), noise_page(2)], about, text=False)
    with_text = add_text(plain.data)
    assert [page.data for page in pages_of(with_text.data)] == [page.data for page in pages_of(plain.data)]
    assert [page.size_mm for page in pages_of(with_text.data)] == [(210.0, 297.0)] * 2
    assert with_text.level == "2b"
    assert with_text.characters == 2 * len("TiếngViệt")
    with pikepdf.open(io.BytesIO(with_text.data)) as pdf, pdf.open_metadata() as told:
        assert told["dc:title"] == "Giấy khai sinh"
        assert told["dc:description"] == "Hồ sơ H56-240801-0001"
        assert str(told["xmp:CreateDate"]).startswith("2024-08-01")


def test_adding_text_twice_gives_it_once(noise_page: Callable[..., CleanPage], reads: Callable[..., None]) -> None:
    reads()
    once = add_text(make_pdf([noise_page()], "x"))
    assert add_text(once.data).characters == once.characters


def test_the_office_names_it(noise_page: Callable[..., CleanPage], reads: Callable[..., None]) -> None:
    reads()
    named = add_text(make_pdf([noise_page()], "x"), dossier="H56-240801-0001", name="H56-240801-0001-001.pdf")
    with pikepdf.open(io.BytesIO(named.data)) as pdf, pdf.open_metadata() as told:
        assert told["dc:description"] == "Hồ sơ H56-240801-0001"
        assert told["dc:identifier"] == "H56-240801-0001-001.pdf"


@pytest.mark.parametrize("tongue", ["en", "qps"])
def test_a_documents_own_words_are_in_the_language_it_says_whoever_makes_it(
    tongue: Language, noise_page: Callable[..., CleanPage]
) -> None:
    with in_language(tongue):
        made = make_document([noise_page(dpi=40)], About(untitled(), dossier="H56-240801-0001"), text=False)
    with pikepdf.open(io.BytesIO(made.data)) as pdf, pdf.open_metadata() as told:
        assert told["dc:title"] == "Giấy tờ quét"
        assert told["dc:description"] == "Hồ sơ H56-240801-0001"
        assert (str(pdf.Root.Lang), "vi" in told["dc:language"]) == ("vi", True)


@pytest.mark.parametrize(
    ("description", "dossier"),
    [
        ("Hồ sơ H56-240801-0001", "H56-240801-0001"),
        ("Dossier H56-240801-0001", "H56-240801-0001"),
        ("H56-240801-0001", "H56-240801-0001"),
        ("Hồ sơ", ""),
        ("ghi chú của người khác", ""),
        ("", ""),
    ],
)
def test_its_dossier_is_known_by_the_code_not_by_the_words_before_it(
    description: str, dossier: str, noise_page: Callable[..., CleanPage]
) -> None:
    with pikepdf.open(io.BytesIO(make_pdf([noise_page(dpi=40)], "x"))) as pdf:
        with pdf.open_metadata() as told:
            told["dc:description"] = description
        out = io.BytesIO()
        pdf.save(out)
    assert about_of(out.getvalue()).dossier == dossier


def broken(kind: str) -> bytes:
    page = CleanPage(np.zeros((30, 20, 3), np.uint8), 100, "A4", (210.0, 297.0))
    with pikepdf.open(io.BytesIO(make_pdf([page], "x"))) as pdf:
        leaf = pdf.pages[0]
        picture = next(iter(leaf.get_images().values()))
        if kind == "no picture":
            del leaf.Resources.XObject
        elif kind == "two pictures":
            leaf.Resources.XObject.Im1 = pdf.make_stream(b"x", Subtype=pikepdf.Name.Image)
        elif kind == "not a JPEG":
            picture.write(b"\0" * 1800)
        elif kind == "turned":
            leaf.Rotate = 90
        elif kind == "spoilt JPEG":
            picture.write(b"\xff\xd8\xff spoilt", filter=pikepdf.Name.DCTDecode)
        elif kind == "huge page":
            leaf.MediaBox = [0, 0, 9_000_000, 10]
        elif kind == "no pages":
            del pdf.pages[0]
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "kind", ["no picture", "two pictures", "not a JPEG", "turned", "spoilt JPEG", "huge page", "no pages"]
)
def test_a_file_that_is_not_ours_is_refused(kind: str) -> None:
    with pytest.raises(DocumentRefused):
        add_text(broken(kind))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentRefused):
        add_text(data)
    with pytest.raises(DocumentRefused):
        add_text(b"%PDF-1.7\n" + data)


@pytest.fixture(scope="module")
def small() -> bytes:
    page = CleanPage(np.zeros((30, 20, 3), np.uint8), 100, "A4", (210.0, 297.0))
    return make_pdf([page], "Giấy tờ")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_spoilt_file_is_refused_or_read(small: bytes, data: st.DataObject) -> None:
    spoilt = bytearray(small)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(spoilt) - 1))
        run = data.draw(st.binary(min_size=1, max_size=8))
        spoilt[place : place + data.draw(st.integers(0, 40))] = run
    try:
        pages = pages_of(bytes(spoilt))
    except DocumentRefused:
        return
    assert all(page.data for page in pages)


def test_a_packed_description_is_not_unpacked(noise_page: Callable[..., CleanPage]) -> None:
    with pikepdf.open(io.BytesIO(make_pdf([noise_page(dpi=40)], "x"))) as pdf:
        bomb = zlib.compress(b" " * 30_000_000)
        pdf.Root.Metadata = pikepdf.Stream(pdf, bomb, Filter=pikepdf.Name.FlateDecode)
        out = io.BytesIO()
        pdf.save(out, fix_metadata_version=False)
    tracemalloc.start()
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        assert pdf.Root.Metadata.Filter == pikepdf.Name.FlateDecode
    assert about_of(out.getvalue()).title == "Giấy tờ quét"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
