"""Reading aloud: into the workspace, one at a time, silent when told; and what driving accepts as steps."""

from __future__ import annotations

import contextlib
import shutil
import threading
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import until

from kiosk.prompts.aloud import Theirs
from kiosk.prompts.speech import FILE, ReadAloud
from kiosk.shell.driving_steps import Step, read_steps
from kiosk.shell.visit import Workspace
from langso.errors import UsageError

needs_voice = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")


def wait_quiet(reader: ReadAloud) -> None:
    until(lambda: not reader.busy)


@needs_voice
def test_without_a_sound_player_the_words_are_in_a_file(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "visit")
    reader = ReadAloud(workspace, players=())
    reader.read((Theirs("Số tiền phải nộp: 8.000 đ"),))
    wait_quiet(reader)
    with wave.open(str(workspace.home / FILE)) as sound:
        assert sound.getnframes() > sound.getframerate(), "more than a second of speech"


@needs_voice
def test_what_is_read_after_the_visit_ended_leaves_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "visit")
    reader = ReadAloud(workspace, players=())
    others = set(threading.enumerate())
    reader.read((Theirs("Mã nhận giấy tờ của bạn. " * 40),))
    reader.hush()
    workspace.wipe()
    until(lambda: set(threading.enumerate()) <= others)
    assert workspace.files() == []


@needs_voice
def test_hush_ends_a_player_that_plays(tmp_path: Path) -> None:
    player = tmp_path / "player"
    player.write_text("#!/bin/sh\nexec sleep 60\n")
    player.chmod(0o755)
    reader = ReadAloud(Workspace(tmp_path / "visit"), players=((str(player), ()),))
    reader.read((Theirs("Xin chào"),))
    process = until(lambda: reader._process)
    reader.hush()
    assert process.wait(30) != 0
    assert not reader.busy


def test_nothing_to_say_is_no_disaster(tmp_path: Path) -> None:
    reader = ReadAloud(Workspace(tmp_path / "visit"), players=())
    reader.read((Theirs("…"),))
    wait_quiet(reader)


def test_steps_are_read() -> None:
    steps = read_steps('[{"touch":"Nộp phí"},{"wait":"8.000 đ","seconds":3},{"shot":"fee"}]'.encode())
    assert steps == (Step(touch="Nộp phí"), Step(wait="8.000 đ", seconds=3), Step(shot="fee"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[{}]",
        b'[{"touch":"a","wait":"b"}]',
        b'[{"shot":"../x"}]',
        b'[{"wait":"a","seconds":1e9}]',
        b'[{"t":1}]',
    ],
)
def test_wrong_steps_are_refused_with_where(raw: bytes) -> None:
    with pytest.raises(UsageError, match="các bước"):
        read_steps(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_steps_or_refused(raw: bytes) -> None:
    with contextlib.suppress(UsageError):
        read_steps(raw)
