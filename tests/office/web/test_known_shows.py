"""What the calendar remembers of itself is what it would make anew: whatever happens, and as time passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from filled_office import fill

from langso.contract import Media
from langso.words.language import in_language
from office.broadcasting.plans import Piece, Planned
from office.broadcasting.play_reports import PlayReport
from office.broadcasting.rows import Broadcast
from office.publishing.standings import Standings
from office.web import known_shows
from office.web.known_shows import KnownShows
from office.web.shows import PATIENCE, show_of
from office.web.speakers import villages

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LENGTH = timedelta(seconds=40)
ID = "b1.1"


def shown(known: KnownShows, office: Any, stand: Any, broadcasts: Any) -> list[Any]:
    rows = office.fleet_rows()
    plays = office.broadcasts.plays_of(one.planned.id for one in broadcasts)
    groups = villages(row.device for row in rows)
    anew = [
        show_of(one, plays[one.planned.id], groups, {row.device.id: row for row in rows}, stand) for one in broadcasts
    ]
    found = known.of(broadcasts, plays, groups, rows, stand)
    assert found == anew
    return found


def broadcasts_of(office: Any) -> Any:
    now = office.clock.now()
    return office.broadcasts.window(now - timedelta(days=1), now + timedelta(days=14))


def test_a_working_day_is_remembered_right_through_all_that_happens(office_world: Any) -> None:
    office, known = office_world.office, KnownShows()
    reporters: dict[str, Any] = {}

    def reporter(id: str, *more: Any) -> Any:
        reporters[id] = office_world.reporter(id, *more)
        return reporters[id]

    fill(office, reporter)
    before = shown(known, office, office.speaker_orders.standings(), broadcasts_of(office))
    again = shown(known, office, office.speaker_orders.standings(), broadcasts_of(office))
    assert len(before) > 4
    assert all(one is other for one, other in zip(before, again, strict=True))
    # One loudspeaker speaks as it did before, and nothing is made anew; then each thing that changes a line.
    device = reporters["loa-thon-2"]
    held = office.fleet.opened_state(device.id).held
    office.fleet.take_state(device.id, device.state(held))
    later = shown(known, office, office.speaker_orders.standings(), broadcasts_of(office))
    assert all(one is other for one, other in zip(before, later, strict=True))
    for change in (
        lambda: office.fleet.take_state(device.id, device.state(held, playing=before[-1].id)),
        lambda: office.store.db.execute("UPDATE states SET received_at = '2026-01-01T00:00:00+00:00'"),
        lambda: office.broadcasts.withdraw(before[1].id, "van-thu"),
        lambda: office_world.reporter("loa-moi"),
        lambda: office.store.db.execute("UPDATE plays SET outcome = 'cut'"),
    ):
        change()
        shown(known, office, office.speaker_orders.standings(), broadcasts_of(office))
    with in_language("en"):
        shown(known, office, office.speaker_orders.standings(), broadcasts_of(office))
    shown(known, office, replace(office.speaker_orders.standings(), why="máy ký im"), broadcasts_of(office))


LATE = timedelta(seconds=5)
MOMENTS = sorted(
    at + timedelta(milliseconds=ms)
    for at in (-timedelta(days=1), timedelta(0), LENGTH, LENGTH + PATIENCE, LATE + LENGTH + PATIENCE)
    for ms in (-1, 0, 1)
)


@pytest.mark.parametrize("said", [None, "begun", "late", "played", "cut"])
def test_as_time_passes_it_shows_what_holds_now(said: str | None) -> None:
    media = Media(sha256="a" * 64, size=1, duration_ms=int(LENGTH.total_seconds() * 1000), codec="opus")
    planned = Planned(ID, Piece("b1", "Họp", "normal", (media,), ("*",)), NOON)
    broadcast = Broadcast("b1", "Họp thôn.", "scheduled", "van-thu", NOON, planned, NOON)
    known, groups = KnownShows(), villages([_device()])
    reports = [] if said is None else [_report(said)]
    for passed in (*MOMENTS, *reversed(MOMENTS)):
        stand = Standings(NOON + passed, frozenset({ID}))
        anew = show_of(broadcast, reports, groups, {}, stand)
        assert known.of([broadcast], {ID: reports}, groups, [], stand) == [anew], passed


def test_another_day_is_another_word_for_when(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = Planned(ID, Piece("b1", "Họp", "normal", (), ("*",)), NOON)
    broadcast = Broadcast("b1", "Họp thôn.", "scheduled", "van-thu", NOON, planned)
    known, groups = KnownShows(), villages([_device()])
    notes = [
        known.of([broadcast], {ID: []}, groups, [], Standings(NOON - timedelta(hours=hours), why="im"))[0].note
        for hours in (1, 24)
    ]
    assert "hôm nay" in notes[0]
    assert "ngày mai" in notes[1]
    made: list[object] = []
    monkeypatch.setattr(known_shows, "show_of", lambda *of: made.append(of))
    known.of([broadcast], {ID: []}, groups, [], Standings(NOON - timedelta(hours=25), why="im"))
    assert not made


def _device() -> Any:
    from langso.device.paired_devices import PairedDevice

    return PairedDevice(id="loa-1", role="speaker", place="Loa 1", public_key="00" * 32, registered=NOON)


def _report(said: str) -> PlayReport:
    began = NOON + (LATE if said == "late" else timedelta(0))
    outcome = said if said in ("played", "cut") else None
    return PlayReport(ID, "loa-1", "Họp", NOON, began, 0.5, outcome, "", 1000, False)
