"""Papers made ready for the archive: named by dossier code, with words to search, one at a time."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from refusals import refused

import scanner.document
from office.desk.archive import Archive
from office.errors import ArchiveRefused, NotFound
from scanner.clean import CleanPage
from scanner.document import make_pdf
from scanner.errors import DocumentRefused

CODE = "H56.37.12-240801-0001"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    page = np.full((1169, 827, 3), 255, np.uint8)
    cv2.putText(page, "KIOSK 2026", (80, 300), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 0, 0), 6)
    return make_pdf([CleanPage(page, 100, "A4", (210.0, 297.0))], "Đơn xin xác nhận")


def extracted(data: bytes) -> str:
    if shutil.which("pdftotext") is None or shutil.which("tesseract") is None:
        pytest.skip("no pdftotext or no Tesseract here")
    return subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


@pytest.fixture
def archive(office_world: Any) -> Archive:
    return office_world.office.archive  # type: ignore[no-any-return]


@pytest.fixture
def kiosk(office_world: Any) -> Any:
    return office_world.reporter("kiosk-1", "kiosk")


def test_it_is_pdf_a_named_by_its_code_with_the_scanned_picture_untouched_and_its_words(
    office_world: Any, archive: Archive, kiosk: Any, pdf: bytes
) -> None:
    id = office_world.hand_in(kiosk, pdf)
    assert archive.name(id) is None
    made = archive.make(id, CODE.lower(), "van-thu")
    assert (made.name, archive.name(id)) == (f"{CODE}-001.pdf", f"{CODE}-001.pdf")
    with pikepdf.open(io.BytesIO(pdf)) as before, pikepdf.open(io.BytesIO(made.data)) as after:
        told = after.open_metadata()
        assert (str(told["pdfaid:part"]), str(told["pdfaid:conformance"])) == ("2", "B")
        assert str(told["dc:title"]) == "Đơn xin xác nhận"
        pictures = [next(iter(one.pages[0].get_images().values())).read_raw_bytes() for one in (before, after)]
        assert pictures[0] == pictures[1]
    assert "2026" in extracted(made.data)
    assert made.unread == ()
    logged = office_world.office.store.db.execute("SELECT who, action, subject, note FROM audit").fetchall()
    assert ("van-thu", "archive-dossier", id, made.name) in logged


def test_numbers_rise_within_a_dossier_and_a_paper_keeps_its_own(
    office_world: Any, archive: Archive, kiosk: Any, pdf: bytes
) -> None:
    first, second = office_world.hand_in(kiosk, pdf, "hs-1"), office_world.hand_in(kiosk, pdf, "hs-2")
    assert archive.make(first, CODE, "a").name == f"{CODE}-001.pdf"
    assert archive.make(second, CODE, "a").name == f"{CODE}-002.pdf"
    assert archive.make(first, CODE, "b", "1b").name == f"{CODE}-001.pdf"


def test_a_number_once_given_is_never_another_papers(
    office_world: Any, archive: Archive, kiosk: Any, pdf: bytes
) -> None:
    first, second = office_world.hand_in(kiosk, pdf, "hs-1"), office_world.hand_in(kiosk, pdf, "hs-2")
    other = CODE.replace("-0001", "-0002")
    assert archive.make(first, CODE, "a").name == f"{CODE}-001.pdf"
    assert archive.make(first, other, "a").name == f"{other}-001.pdf"
    assert archive.make(second, CODE, "a").name == f"{CODE}-002.pdf"
    assert archive.make(first, CODE, "a").name == f"{CODE}-001.pdf", "its own from before"


@pytest.mark.parametrize("code", ["", "H56", "../../etc/passwd", "H56.37.12-240832-0001", "x" * 60])
def test_a_wrong_code_changes_nothing(office_world: Any, archive: Archive, kiosk: Any, pdf: bytes, code: str) -> None:
    id = office_world.hand_in(kiosk, pdf)
    with pytest.raises(ArchiveRefused, match="Mã hồ sơ"):
        archive.make(id, code, "van-thu")
    assert archive.name(id) is None


def test_what_is_no_scan_of_ours_or_not_there_is_refused(office_world: Any, archive: Archive, kiosk: Any) -> None:
    with pytest.raises(NotFound):
        archive.make("khong-co", CODE, "van-thu")
    id = office_world.hand_in(kiosk, b"%PDF-1.7 broken")
    with pytest.raises(DocumentRefused):
        archive.make(id, CODE, "van-thu")


def test_a_document_that_could_not_be_made_costs_no_number(
    office_world: Any, archive: Archive, kiosk: Any, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = office_world.hand_in(kiosk, b"%PDF-1.7 broken", "hs-1"), office_world.hand_in(kiosk, pdf, "hs-2")
    with pytest.raises(DocumentRefused):
        archive.make(bad, CODE, "van-thu")
    with monkeypatch.context() as patch:
        patch.setattr("scanner.document.add_text", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            archive.make(good, CODE, "van-thu")
    assert archive.name(bad) is None
    assert archive.name(good) is None
    assert archive.make(good, CODE, "van-thu").name == f"{CODE}-001.pdf"


def test_a_number_taken_meanwhile_is_given_to_one_only(
    office_world: Any, archive: Archive, kiosk: Any, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = office_world.hand_in(kiosk, pdf, "hs-1"), office_world.hand_in(kiosk, pdf, "hs-2")
    other = Archive(office_world.office.store, office_world.office.desk, office_world.office.clock)
    made = scanner.document.add_text

    def slow(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr("scanner.document.add_text", made)
        assert other.make(second, CODE, "b").name == f"{CODE}-001.pdf"
        return made(*given, **named)

    monkeypatch.setattr("scanner.document.add_text", slow)
    with refused(ArchiveRefused, "desk-number-taken"):
        archive.make(first, CODE, "a")
    assert archive.name(first) is None
    assert archive.make(first, CODE, "a").name == f"{CODE}-002.pdf"


def test_two_clerks_at_once_are_told_to_wait(
    office_world: Any, archive: Archive, kiosk: Any, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = office_world.hand_in(kiosk, pdf)
    inside, go_on = threading.Event(), threading.Event()
    opened = office_world.office.desk.open

    def slow(*asked: str) -> bytes:
        inside.set()
        go_on.wait(60)
        return opened(*asked)  # type: ignore[no-any-return]

    monkeypatch.setattr(office_world.office.desk, "open", slow)
    thread = threading.Thread(target=archive.make, args=(id, CODE, "a"))
    thread.start()
    assert inside.wait(60)
    with refused(ArchiveRefused, "desk-archiving"):
        archive.make(id, CODE, "b")
    go_on.set()
    thread.join(60)
    assert archive.name(id) == f"{CODE}-001.pdf"
