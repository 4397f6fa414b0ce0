"""`langso scan pdf`: a line an image, a line for the document; refusals in their place, nothing half-written."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from click.testing import CliRunner, Result
from waiting import until

from scanner import clean, pages
from scanner.commands import scan

CODE = "H56.37.12-240801-0001"


CLEANED: dict[tuple[object, ...], Any] = {}


@pytest.fixture(autouse=True)
def _each_picture_is_cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second each, and nearly all are the same; what becomes of a picture is tested in tests/scanner/clean."""
    for room, name in ((pages, "find_page"), (clean, "finish")):
        real = getattr(room, name)

        def once(picture: Any, *more: Any, real: Callable[..., Any] = real, **named: Any) -> Any:
            key = (real, picture.shape, hashlib.sha256(picture.tobytes()).digest(), repr((more, named)))
            if key not in CLEANED:
                CLEANED[key] = real(picture, *more, **named)
            return CLEANED[key]

        monkeypatch.setattr(room, name, once)


@pytest.fixture
def image(photo: Callable[..., Any], tmp_path: Path) -> Path:
    file = tmp_path / "a.png"
    cv2.imwrite(str(file), photo())
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(scan, ["pdf", *map(str, words)])


def lines(said: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_a_page_an_image_and_a_line_for_the_document(image: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    said = run("--json", "--no-text", "-o", out, image, image)
    assert said.exit_code == 0, said.output
    first, second, document = lines(said)
    assert [first["page"], second["page"]] == [1, 2]
    assert set(first) == {"image", "ms", "page", "dpi", "paper", "confidence"}
    assert document == {
        "document": str(out),
        "pages": 2,
        "bytes": out.stat().st_size,
        "pdfa": "2b",
        "characters": 0,
        "unread": [],
        "seconds": document["seconds"],
    }
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_ended_from_outside_it_leaves_no_picture_behind(
    image: Path, tmp_path: Path, reads: Callable[..., None], how: signal.Signals
) -> None:
    reads(script=f": > {tmp_path}/reading; sleep 2; exit 1")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    script = "from scanner.commands import scan; scan()"
    command = [sys.executable, "-c", script, "pdf", "-o", str(tmp_path / "out.pdf"), str(image)]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(temporary)}) as running:
        until(lambda: (tmp_path / "reading").exists())
        assert list(temporary.rglob("*.png"))
        running.send_signal(how)
        assert running.wait(60) not in (0, None)
    until(lambda: not list(temporary.iterdir()))
    assert not (tmp_path / "out.pdf").exists()


def test_a_run_leaves_its_temporary_folder_empty(
    image: Path, tmp_path: Path, reads: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert run("-o", tmp_path / "out.pdf", image).exit_code == 0
    assert not list(temporary.iterdir())


def test_a_bad_image_is_told_and_the_rest_goes_on(image: Path, tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.png", tmp_path / "out.pdf"
    bad.write_bytes(b"no picture")
    said = run("--json", "--no-text", "-o", out, bad, image)
    assert said.exit_code == 1
    refused, _, document = lines(said)
    assert set(refused) == {"image", "error"}
    assert document["pages"] == 1


def test_nothing_but_bad_images_writes_no_file(tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    assert run("-o", out, tmp_path / "none.png").exit_code == 1
    assert not list(tmp_path.iterdir())


def test_names_follow_the_dossier(image: Path, tmp_path: Path) -> None:
    folder = tmp_path / "dossiers"
    folder.mkdir()
    for _ in range(2):
        assert run("--no-text", "-o", folder, "--dossier", CODE.lower(), image).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == [f"{CODE}-001.pdf", f"{CODE}-002.pdf"]
    with pikepdf.open(folder / f"{CODE}-002.pdf") as pdf, pdf.open_metadata() as told:
        assert CODE in told["dc:description"]
        assert told["dc:identifier"] == f"{CODE}-002.pdf"


def test_a_wrong_code_is_told_before_any_work(image: Path, tmp_path: Path) -> None:
    said = run("--no-text", "-o", tmp_path / "out.pdf", "--dossier", "H56-249901-0001", image)
    assert said.exit_code == 1
    assert "trang 1" not in said.output
    assert not (tmp_path / "out.pdf").exists()


def test_a_folder_needs_a_dossier(image: Path, tmp_path: Path) -> None:
    assert run("-o", tmp_path, image).exit_code == 2


def test_both_sides_of_a_card_share_a_sheet(photo: Callable[..., Any], tmp_path: Path) -> None:
    card = np.full((540, 856, 3), (235, 220, 200), np.uint8)
    cv2.putText(card, "THE MAU", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 3, (40, 40, 40), 8)
    for name in ("front.png", "back.png"):
        cv2.imwrite(str(tmp_path / name), photo(((300, 300), (1156, 300), (1156, 840), (300, 840)), card))
    out = tmp_path / "card.pdf"
    said = run("--json", "--no-text", "--card", "-o", out, tmp_path / "front.png", tmp_path / "back.png")
    assert said.exit_code == 0, said.output
    assert [line.get("page") for line in lines(said)] == [1, 1, None]
    with pikepdf.open(out) as pdf:
        (page,) = pdf.pages
        assert [float(side) for side in page.mediabox][2:] == pytest.approx([595.28, 841.89], abs=0.1)


@pytest.mark.parametrize(("asked", "told"), [("1b", "1b"), ("none", None)])
def test_the_level_asked_for_is_made(image: Path, tmp_path: Path, asked: str, told: str | None) -> None:
    out = tmp_path / "out.pdf"
    assert lines(run("--json", "--no-text", "--pdfa", asked, "-o", out, image))[-1]["pdfa"] == told


def test_a_level_that_could_not_be_kept_is_said(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.document import archive, make

    monkeypatch.setattr(make, "save", lambda pdf, level: archive.save(pdf, "none"))
    said = run("--no-text", "-o", tmp_path / "out.pdf", image)
    assert "PDF thường" in said.output
    assert "không làm được PDF/A-2B" in said.output


def test_a_disk_that_refuses_leaves_the_old_file(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.pdf"
    out.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    assert run("--no-text", "-o", out, image).exit_code == 1
    assert out.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "out.pdf"]


def sizes(file: Path) -> list[int]:
    with pikepdf.open(file) as pdf:
        return [len(next(iter(page.get_images().values())).read_raw_bytes()) for page in pdf.pages]


@pytest.fixture
def three(photo: Callable[..., Any], tmp_path: Path) -> Path:
    """A document of three different pages."""
    for number in range(3):
        sheet = np.full((1414, 1000, 3), 255, np.uint8)
        for line in range(1 + number * 5):
            cv2.putText(sheet, f"trang {number}", (60, 150 + line * 80), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
        corners = ((300, 100), (1100, 100), (1100, 1231), (300, 1231))
        cv2.imwrite(str(tmp_path / f"{number}.png"), photo(corners, sheet))
    out = tmp_path / "three.pdf"
    assert run("--no-text", "-o", out, *(tmp_path / f"{n}.png" for n in range(3))).exit_code == 0
    return out


def test_pages_of_a_document_are_reordered_removed_and_replaced(three: Path, image: Path, tmp_path: Path) -> None:
    before = sizes(three)
    assert len(set(before)) == 3
    said = run("--json", "--no-text", "--order", "3, 4, 1", "-o", three, three, image)
    assert said.exit_code == 0, said.output
    assert [line.get("pages") for line in lines(said)] == [3, None, 3]
    after = sizes(three)
    assert (after[0], after[2]) == (before[2], before[0])
    assert after[1] not in before


def test_an_order_of_pages_that_are_not_there_changes_nothing(three: Path) -> None:
    whole = three.read_bytes()
    for order in ("0", "4", "1,1", "1,,2", "x", "-1"):
        said = run("--no-text", "-o", three, three, f"--order={order}")
        assert said.exit_code in (1, 2)
        assert "--order" in said.output + str(said.exception)
    assert three.read_bytes() == whole


def test_with_a_page_refused_no_order_is_made(three: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    whole = three.read_bytes()
    assert run("--no-text", "--order", "2,1", "-o", three, bad, three).exit_code == 1
    assert three.read_bytes() == whole


@pytest.mark.parametrize("kind", ["foreign", "folder", "absent"])
def test_a_pdf_that_is_not_ours_is_told(image: Path, tmp_path: Path, kind: str) -> None:
    bad = tmp_path / "bad.pdf"
    if kind == "folder":
        bad.mkdir()
    elif kind == "foreign":
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.save(bad)
    said = run("--json", "--no-text", "-o", tmp_path / "out.pdf", bad, image)
    assert said.exit_code == 1
    assert set(lines(said)[0]) == {"image", "error"}
    assert lines(said)[-1]["pages"] == 1


def test_the_papers_that_may_be_named_are_those_known(image: Path, tmp_path: Path) -> None:
    from scanner.papers import SIZES_MM

    refused = run("--no-text", "--paper", "A2", "-o", tmp_path / "out.pdf", image)
    assert refused.exit_code == 2
    assert all(name in refused.stderr for name in SIZES_MM)
    said = run("--json", "--no-text", "--paper", "f4", "-o", tmp_path / "out.pdf", image)
    assert lines(said)[0]["paper"] == "F4"


def test_asking_for_help_loads_no_engine() -> None:
    """A small computer waits seconds for OpenCV: not for a mistyped option."""
    heavy = "{'cv2', 'pikepdf', 'ocrmypdf', 'img2pdf'} & set(sys.modules)"
    script = f"import sys, scanner.document as d, scanner.commands.pdf\nprint({heavy})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_a_picture_that_is_nothing_but_the_sheet_is_taken_whole_where_asked(tmp_path: Path) -> None:
    sheet = np.full((1170, 827, 3), 250, np.uint8)
    for row in range(8):
        cv2.putText(sheet, f"dong thu {row}", (80, 150 + 110 * row), cv2.FONT_HERSHEY_SIMPLEX, 2, (30, 30, 30), 4)
    file, out = tmp_path / "flatbed.png", tmp_path / "out.pdf"
    cv2.imwrite(str(file), sheet)
    refused = run("--no-text", "-o", out, file)
    assert refused.exit_code == 1
    assert "--whole" in refused.stderr
    assert not out.exists()
    said = run("--json", "--no-text", "--whole", "-o", out, file)
    assert said.exit_code == 0, said.output
    assert lines(said)[0]["paper"] == "A4"
    with pikepdf.open(out) as pdf:
        assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].mediabox[2:]] == [210, 297]


def test_papers_of_people_are_read_by_their_owner_only(image: Path, tmp_path: Path) -> None:
    out, folder = tmp_path / "out.pdf", tmp_path / "archive"
    folder.mkdir()
    assert run("--no-text", "-o", out, image).exit_code == 0
    assert run("--no-text", "-o", folder, "--dossier", CODE, image).exit_code == 0
    for file in (out, *folder.iterdir()):
        assert file.stat().st_mode & 0o777 == 0o600
