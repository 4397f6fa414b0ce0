"""A sound card that somebody has muted is turned on again, and told; one that stays mute is told as bad.

The card is missing here: what stands for it is a program `amixer` that keeps its switches in files.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from speaker.sound.card_mixer import CardMixer
from speaker.sound.mixer import TOLD_S

AMIXER = """#!/bin/sh
[ "$1 $2" = "-c 1" ] || exit 1
shift 2
echo "$*" >> "$CARD/asked"
case "$1" in
scontents)
    echo "Simple mixer control 'Speaker',0"
    echo "  Mono: Playback 20 [$(cat "$CARD/percent")] [-17.00dB] [$(cat "$CARD/switch")]"
    echo "Simple mixer control 'Mic',0"
    echo "  Mono: Capture 0 [0%] [off]" ;;
-q)
    [ -e "$CARD/stuck" ] && exit 1
    for word in "$@"; do
        case "$word" in
        unmute) echo on > "$CARD/switch" ;;
        *%) echo "$word" > "$CARD/percent" ;;
        esac
    done ;;
esac
"""


class Card:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.now = folder, 1000.0
        program = folder / "amixer"
        program.write_text(AMIXER)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("CARD", str(folder))
        (folder / "cards").write_text(" 1 [Device         ]: USB-Audio - USB Audio Device\n")
        self.set("on", "54%")
        self.mixer = CardMixer("hw:Device", cards=folder / "cards", monotonic=lambda: self.now)

    def set(self, switch: str, percent: str) -> None:
        (self.folder / "switch").write_text(switch)
        (self.folder / "percent").write_text(percent)

    def asked(self) -> list[str]:
        asked = (self.folder / "asked").read_text().splitlines()
        return [line for line in asked if line != "scontents"]

    def level(self) -> str:
        self.mixer.look()
        check = self.mixer.check()
        return "ok" if check is None else check.level


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Card:
    return Card(tmp_path, monkeypatch)


def test_a_card_that_is_on_is_left_as_it_is(card: Card) -> None:
    assert card.level() == "ok"
    assert card.asked() == []


def test_a_muted_card_is_turned_on_as_loud_as_it_was_and_told_for_a_day(card: Card) -> None:
    card.set("off", "54%")
    assert card.level() == "warn"
    assert card.asked() == ["-q set Speaker unmute"]
    assert (card.folder / "percent").read_text() == "54%"
    card.now += TOLD_S
    assert card.level() == "warn"
    card.now += 1
    assert card.level() == "ok"


def test_a_card_at_nothing_is_turned_up(card: Card) -> None:
    card.set("off", "0%")
    assert card.level() == "warn"
    assert card.asked() == ["-q set Speaker unmute", "-q set Speaker 80% unmute"]
    assert (card.folder / "percent").read_text().strip() == "80%"


def test_a_card_that_stays_mute_is_bad_until_it_is_on(card: Card) -> None:
    card.set("off", "54%")
    (card.folder / "stuck").touch()
    assert card.level() == "bad"
    (card.folder / "stuck").unlink()
    assert card.level() == "warn"


def test_where_there_is_no_such_card_or_no_program_nothing_is_said(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    card.set("off", "0%")
    assert CardMixer("hw:3", cards=card.folder / "cards").check() is None
    monkeypatch.setenv("PATH", str(card.folder / "nowhere"))
    assert card.level() == "ok"
    (card.folder / "cards").unlink()
    assert card.level() == "ok"
