"""`langso scan` speaks the language it is asked in: nothing it says stands outside the catalogue."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import cv2
import numpy as np
import pytest
import scenes
from literals import is_vietnamese

from deploy import cli
from langso.device import running
from langso.words.language import use_language
from scanner.commands import scan

DOSSIER = "H56.37.12-240801-0001"
HELP = [f"{name} --help" for name in ("", *scan.commands)]
GOOD = [
    "page form.jpg blank.jpg",
    "page --json blank.jpg",
    "page --all form.jpg blank.jpg",
    "read form.jpg",
    "pdf --no-text form.jpg blank.jpg -o two.pdf",
    f"pdf --no-text --dossier {DOSSIER} form.jpg -o .",
    "pdf --no-text --pdfa none form.jpg -o plain.pdf",
    "watch --camera cam --hold 1 --seconds 2 --out pages",
    "camera --camera cam --seconds 0.5 --out try.jpg",
    "camera --camera white --seconds 0.5 --measure --table table.json",
]
"""Calls that answer with exit status 0."""

BAD = {
    "nosuch": 2,
    "page": 2,
    "page --jsn form.jpg": 2,
    "page bad.jpg nosuch.jpg note.pdf thin.png small.png": 1,
    "page --table bad.jpg form.jpg": 1,
    "read": 2,
    "read --camera": 2,
    "read bad.jpg": 1,
    "pdf": 2,
    "pdf form.jpg -o .": 2,
    "pdf form.jpg -o x.pdf --order 1,,2": 2,
    "pdf form.jpg -o x.pdf --paper B7": 2,
    "pdf form.jpg -o x.pdf --pdfa 3": 2,
    "pdf form.jpg -o /dev/null": 2,
    "pdf --no-text form.jpg -o x.pdf --order 4": 1,
    "pdf form.jpg -o . --dossier 12": 1,
    "pdf note.pdf nosuch.pdf -o y.pdf": 1,
    "pdf bare.jpg -o y.pdf": 1,
    "watch --camera nosuch --frames 2": 1,
    "watch --frames 0": 2,
    "watch --settings nosuch.toml": 2,
    "watch --camera cam --table bad.jpg": 1,
    "camera --camera nosuch": 1,
    "camera --seconds x": 2,
    "camera --camera empty --seconds 0.3": 1,
    "camera --camera cam --out /dev/null": 2,
    "camera --camera cam --seconds 0.3 --measure --table t.json": 1,
}
"""Calls that are refused, with the exit status."""

CLICKS_OWN = {"IMAGES", "none"}
KEYS = {"image", "ms", "quad", "confidence", "advice"}
Call = Callable[[str], tuple[int, str]]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of papers under the camera, and of what is none."""
    folder = tmp_path_factory.mktemp("table")
    form = scenes.sample("form", "easy", 1, size=(1280, 960)).image
    white = np.full((960, 1280, 3), 70, np.uint8)
    cv2.fillConvexPoly(white, np.array([(292, 234), (988, 234), (988, 726), (292, 726)]), (235, 235, 235))
    drawn = {
        "form.jpg": form,
        "blank.jpg": scenes.sample("blank", "easy", 7, size=(1280, 960)).image,
        "bare.jpg": np.full((600, 800, 3), 90, np.uint8),
        "thin.png": np.zeros((20, 2000, 3), np.uint8),
        "small.png": np.zeros((8, 8, 3), np.uint8),
        "cam/0.jpg": form,
        "white/0.png": cv2.GaussianBlur(white, (0, 0), 1.0),
    }
    for name, image in drawn.items():
        (folder / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / name), image)
    (folder / "empty").mkdir()
    (folder / "bad.jpg").write_bytes(b"no picture")
    (folder / "note.pdf").write_bytes(b"%PDF-1.4 nothing")
    return folder


@pytest.fixture
def call(table: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Runs `langso scan …` as a terminal would: exit status, and all that was said."""
    monkeypatch.chdir(table)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setattr(click.Command, "context_class", click.Command.context_class)
    # Threads of other tests would make it end this very process.
    monkeypatch.setattr(running, "end_process", lambda status, **_: sys.exit(status))

    def run(words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["langso", "scan", *shlex.split(words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    yield run
    use_language("vi")


def outside(said: str) -> str:
    """What stands outside all brackets of the pseudo-language."""
    before = ""
    while before != said:
        before, said = said, re.sub("⟦[^⟦⟧]*⟧", " ", said)
    # A list of commands is cut at the end of the line.
    said = re.sub("⟦[^⟦⟧\n]*$", " ", said, flags=re.MULTILINE)
    assert not re.search("[⟦⟧]", said)
    return said


def words_outside(said: str, words: str) -> set[str]:
    """Words of two letters and more that are no sentence of ours, nor a name, a key or what was typed."""
    left = outside(said).replace(str(Path.cwd()), "")
    # Options and commands are what is typed, in every language.
    left = re.sub(r"--?[a-z][a-z-]*", "", left)
    given = set(re.findall(r"[^\W\d_]{2,}", f"langso scan {words} {' '.join(scan.commands)}"))
    return set(re.findall(r"[^\W\d_]{2,}", left)) - given - CLICKS_OWN - KEYS


@pytest.mark.parametrize(("words", "status"), [*((words, 0) for words in HELP + GOOD), *BAD.items()])
def test_nothing_is_said_outside_the_catalogue(
    words: str, status: int, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGSO_LANGUAGE", "qps")
    ended, said = call(words)
    assert ended == status, said
    assert "⟦" in said
    assert words_outside(said, words) == set(), said
    assert not is_vietnamese(said), said


@pytest.mark.parametrize(
    "words", ["page form.jpg", "pdf form.jpg -o x.pdf --order x", "camera --help", "page bad.jpg"]
)
def test_english_is_said_in_english(words: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSO_LANGUAGE", "en")
    _, said = call(words)
    assert not is_vietnamese(said), said
    assert re.search(r"\b(the|is|paper|page|with)\b", said), said


def test_a_codes_text_stays_what_it_is(table: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    shot = scenes.sample("slip", "easy", 2, size=(1280, 960))
    cv2.imwrite(str(table / "slip.jpg"), shot.image)
    monkeypatch.setenv("LANGSO_LANGUAGE", "qps")
    ended, said = call("read slip.jpg")
    assert ended == 0
    assert shot.codes[0].text in said
    assert words_outside(said.replace(shot.codes[0].text, ""), "read slip.jpg") == {"emv"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("form.jpg: trang 1, A4", {"trang"}),
        ("form.jpg: ⟦pägë 1⟧, chắc 98%", {"chắc"}),
        ("⟦⟦pägë⟧ ïs⟧ wrïttëñ", {"wrïttëñ"}),
    ],
)
def test_the_search_sees_a_word_that_was_forgotten(said: str, left: set[str]) -> None:
    assert words_outside(said, "page form.jpg") == left
