"""The mute on the spot: by command, by the board's switch; each change journalled; an emergency it beats is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import release_0_1_0

from firmware_bridge.switchboard import NoSwitchboard
from langso.contract import DocumentReceipt
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock
from speaker import local_mute
from speaker.local_mute import WISH, LocalMute, wish_mute
from speaker.programme.shows import Show
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Board(NoSwitchboard):
    held = False

    def muted(self) -> bool:
        return self.held


class Pole:
    def __init__(self, folder: Path) -> None:
        clock = SimulatedClock(NOON)
        self.run, self.board = folder, Board()
        store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
        self.journal = Journal(store, clock, device="loa-1", commune="xa")
        self.ledger = Ledger(store, self.journal, clock)
        self.mute = LocalMute(folder, self.ledger, self.journal, self.board)

    def told(self) -> list[Any]:
        for line in self.journal.lines():
            release_0_1_0.Receipt.model_validate_json(line.to_json(), strict=True)  # type: ignore[attr-defined]
        bodies = [line.body for line in self.journal.lines()]
        assert all(isinstance(body, DocumentReceipt) and body.document == "mute" for body in bodies)
        return [body.code for body in bodies if isinstance(body, DocumentReceipt)]


@pytest.fixture
def pole(tmp_path: Path) -> Pole:
    return Pole(tmp_path)


def test_a_wish_is_taken_once_and_journalled_once(pole: Pole) -> None:
    assert not pole.mute.look()
    (pole.run / WISH).write_bytes(b"1")
    assert pole.mute.look()
    assert pole.mute.muted
    assert pole.ledger.muted
    assert not (pole.run / WISH).exists()
    assert not pole.mute.look()
    again = LocalMute(pole.run, pole.ledger, pole.journal, pole.board)
    assert not again.look(), "nor after a restart"
    (pole.run / WISH).write_bytes(b"0")
    assert pole.mute.look()
    assert pole.told() == ["speaker-mute-on", "speaker-mute-off"]


@pytest.mark.parametrize("said", [b"", b"2", b"1\n", b"\xff", b"1" * 100])
def test_what_is_no_wish_changes_nothing_and_goes(pole: Pole, said: bytes) -> None:
    (pole.run / WISH).write_bytes(said)
    assert not pole.mute.look()
    assert not pole.mute.muted
    assert not (pole.run / WISH).exists()


def test_a_link_in_the_place_of_a_wish_is_not_followed(pole: Pole, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"1")
    (pole.run / WISH).symlink_to(tmp_path / "elsewhere")
    assert not pole.mute.look()
    assert (tmp_path / "elsewhere").exists()


def test_the_board_s_switch_is_a_mute_too(pole: Pole) -> None:
    pole.board.held = True
    assert pole.mute.muted
    assert pole.mute.look()
    assert not pole.ledger.muted, "that is somebody else's"
    (pole.run / WISH).write_bytes(b"1")
    assert not pole.mute.look()
    pole.board.held = False
    assert not pole.mute.look(), "the command still holds"
    (pole.run / WISH).write_bytes(b"0")
    assert pole.mute.look()
    assert pole.told() == ["speaker-mute-on", "speaker-mute-off"]


def test_its_health_is_a_warning_and_bad_where_it_beats_an_emergency(pole: Pole) -> None:
    assert pole.mute.checks() == []
    pole.ledger.set_switch("muted", "1")
    assert [check.level for check in pole.mute.checks()] == ["warn"]
    flood = Show("lu", "Lũ về", "office", "emergency", NOON, (), urgent=True, expires=NOON + timedelta(hours=1))
    pole.ledger.silence(flood, unproven=False)
    (check,) = pole.mute.checks()
    assert (check.level, check.code) == ("bad", "speaker-mute-beats")
    assert "Lũ về" in check.why
    (told,) = [line.body for line in pole.journal.lines()]
    assert isinstance(told, DocumentReceipt)
    assert (told.code, told.parameters) == ("speaker-mute-beats", {"title": "Lũ về"})
    pole.ledger.end("lu", "refused", None)
    assert [check.level for check in pole.mute.checks()] == ["warn"]


def test_a_wish_that_nobody_takes_is_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_mute, "TAKEN_S", 0.1)
    assert not wish_mute(tmp_path, True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert not wish_mute(tmp_path / "file", True)
