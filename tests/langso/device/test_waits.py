"""The note of a service that waits: written, taken back, and never in the way of the waiting itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from langso.device.waits import read_waits, say_goes_on, say_waits
from langso.words.catalogue import Sentence, t


def test_a_note_is_there_while_it_waits(tmp_path: Path) -> None:
    assert read_waits(tmp_path, "kiosk") is None
    say_goes_on(tmp_path, "kiosk")
    assert read_waits(tmp_path, "kiosk") is None, "one that never waited says nothing"
    say_waits(tmp_path, "kiosk", "screen", "Không có màn hình.")
    note = read_waits(tmp_path, "kiosk")
    assert note is not None
    assert (note.reason, note.why, note.pid) == ("screen", "Không có màn hình.", os.getpid())
    assert (note.code, note.parameters) == ("screen", None)
    assert read_waits(tmp_path, "speaker") is None
    assert not note.over
    say_goes_on(tmp_path, "kiosk")
    after = read_waits(tmp_path, "kiosk")
    assert after is not None
    assert after.over


def test_a_note_made_of_a_sentence_carries_its_code_and_one_of_0_1_0_is_still_read(tmp_path: Path) -> None:
    say_waits(tmp_path, "kiosk", "screen", Sentence("machine-files-errors", named="sda"))
    note = read_waits(tmp_path, "kiosk")
    assert note is not None
    assert (note.code, note.parameters) == ("machine-files-errors", {"named": "sda"})
    assert note.why == t("machine-files-errors", named="sda")
    (tmp_path / "kiosk-waits.json").write_text('{"reason": "screen", "why": "x", "pid": 7, "over": true}')
    old = read_waits(tmp_path, "kiosk")
    assert old is not None
    assert (old.why, old.code) == ("x", None)


def test_a_folder_that_cannot_be_written_does_not_end_the_waiting(tmp_path: Path) -> None:
    say_waits(tmp_path / "gone", "kiosk", "screen", "x" * 1000)
    say_goes_on(tmp_path / "gone", "kiosk")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"reason": "screen", "why": "x"}', '{"reason": "screen", "why": "x", "pid": 0}',
     '{"reason": "screen", "why": "x", "pid": 7, "more": "' + "y" * 5000 + '"}'],
)  # fmt: skip
def test_what_is_no_note_is_no_news(tmp_path: Path, text: str) -> None:
    (tmp_path / "kiosk-waits.json").write_text(text)
    assert read_waits(tmp_path, "kiosk") is None
