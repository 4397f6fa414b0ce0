"""A kiosk that cannot be heard says so: in its health, and to whoever wanted to hear it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from waiting import until

from kiosk.devices.sound import Sound
from kiosk.prompts.aloud import Theirs
from kiosk.prompts.speech import NO_SOUND, NO_VOICE, ReadAloud
from kiosk.shell.visit import Workspace

CARD = " 0 [Device         ]: USB-Audio - USB Audio Device\n                      USB Audio at usb-1\n"
NONE = "--- no soundcards ---\n"
PLAYS, FAILS = (sys.executable, ("-c", "")), (sys.executable, ("-c", "raise SystemExit(1)"))
needs_voice = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    file = tmp_path / "cards"
    file.write_text(CARD, encoding="utf-8")
    return file


def told(reader: ReadAloud) -> object:
    """What is told of a reading once it is over."""
    reader.read((Theirs("Xin chào"),))
    until(lambda: not reader.busy)
    return reader.take_fault()


def test_a_card_that_is_pulled_out_and_put_in_again_is_seen_at_once(cards: Path) -> None:
    sound = Sound(cards=cards)
    assert (sound.there, sound.check().level) == (True, "ok")
    cards.write_text(NONE, encoding="utf-8")
    assert (sound.there, sound.check().level) == (False, "warn")
    assert "Cắm" in sound.check().fix
    cards.unlink()
    assert not sound.there, "a kernel without sound"
    cards.write_text(CARD, encoding="utf-8")
    assert sound.check().level == "ok"


def test_a_kiosk_that_shall_have_no_sound_is_well_without(cards: Path) -> None:
    sound = Sound(wanted=False, cards=cards)
    assert (sound.there, sound.check().level) == (False, "ok")


@needs_voice
def test_whoever_wants_to_hear_is_told_once_that_nothing_sounds(tmp_path: Path, cards: Path) -> None:
    sound = Sound(cards=cards)
    reader = ReadAloud(Workspace(tmp_path / "visit"), players=(PLAYS,), device=sound)
    assert told(reader) is None
    cards.write_text(NONE, encoding="utf-8")
    assert told(reader) == NO_SOUND, "also where a player would play into nothing and call it done"
    assert reader.take_fault() is None
    cards.write_text(CARD, encoding="utf-8")
    assert sound.check().level == "warn", "until it was heard again"
    assert told(reader) is None
    assert sound.check().level == "ok"


@needs_voice
def test_a_card_that_is_there_and_does_not_play_is_told_too(tmp_path: Path, cards: Path) -> None:
    sound = Sound(cards=cards)
    reader = ReadAloud(Workspace(tmp_path / "visit"), players=(FAILS, FAILS), device=sound)
    assert told(reader) == NO_SOUND
    assert sound.check().level == "warn"


def test_a_voice_that_is_missing_is_not_blamed_on_the_loudspeaker(
    tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise OSError("no espeak-ng")

    monkeypatch.setattr("kiosk.prompts.speech.voices.speak", silent)
    reader = ReadAloud(Workspace(tmp_path / "visit"), players=(PLAYS,), device=Sound(cards=cards))
    assert told(reader) == NO_VOICE


def test_who_pressed_again_to_silence_it_is_told_nothing(
    tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadAloud, "_speak", lambda *_: False)
    reader = ReadAloud(Workspace(tmp_path / "visit"), players=(PLAYS,), device=Sound(cards=cards))
    reader.read((Theirs("Xin chào"),))
    until(lambda: not reader.busy)
    reader.hush()
    assert reader.take_fault() is None
