"""Messages, rules and occurrences: asked for by window, without reading all that was ever played."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langso.contract import Media
from langso.durable.store import Store
from office.broadcasting import rows
from office.broadcasting.plans import Piece, Planned
from office.broadcasting.play_reports import plays_of
from office.broadcasting.rows import Broadcast
from office.store import open_store

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
MANY = 10_000
HOUR = timedelta(hours=1)
SOUND = Media(sha256="a" * 64, size=1, duration_ms=60_000, codec="opus")


def broadcast(number: int, status: rows.Status = "scheduled", *, heard: bool = True) -> Broadcast:
    piece = Piece(f"b{number}", f"Tin {number}", "normal", (SOUND,) if heard else (), ("*",))
    planned = Planned(f"b{number}.1", piece, FIRST + number * HOUR)
    return Broadcast(piece.id, "Lời.", status, "a", FIRST, planned)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "office.db") as made:
        yield made


@pytest.fixture
def full(store: Store) -> Store:
    with store.transaction() as db:
        for number in range(MANY):
            rows.insert(db, broadcast(number))
        db.execute("INSERT INTO plays (occurrence, device, outcome) SELECT id, 'loa-1', 'played' FROM occurrences")
    return store


def test_a_window_holds_what_begins_in_it_and_nothing_else(full: Store) -> None:
    found = rows.window(full.db, FIRST + 5000 * HOUR, FIRST + 5024 * HOUR)
    assert [one.planned.id for one in found] == [f"b{number}.1" for number in range(5000, 5024)]
    said = plays_of(full.db, [one.planned.id for one in found])
    assert [len(said[one.planned.id]) for one in found] == [1] * 24


def test_among_ten_thousand_only_the_windows_rows_are_touched(full: Store) -> None:
    for query, asked in ((rows.WINDOW, ["2020", "2021"]), (rows.SCHEDULED, ["2021"])):
        plan = [str(row[3]) for row in full.db.execute(f"EXPLAIN QUERY PLAN {query}", asked)]
        assert not [step for step in plan if step.startswith("SCAN")], plan
        assert any("occurrences_start" in step for step in plan), plan
    steps = {"few": 0, "all": 0}
    for name, hours in (("few", 24), ("all", MANY)):

        def count(name: str = name) -> int:
            steps[name] += 1
            return 0

        full.db.conn.set_progress_handler(count, 100)
        rows.window(full.db, FIRST + 5000 * HOUR, FIRST + (5000 + hours) * HOUR)
    full.db.conn.set_progress_handler(None, 100)
    assert steps["few"] * 50 < steps["all"]


def test_drafts_and_what_was_withdrawn_before_it_was_sent_are_not_in_the_calendar(store: Store) -> None:
    with store.transaction() as db:
        rows.insert(db, broadcast(1, "prepared"))
        rows.insert(db, broadcast(2))
        rows.insert(db, broadcast(3, heard=False, status="draft"))
        rows.insert(db, broadcast(4))
        rows.mark_sent(db, "b4", FIRST)
        rows.insert(db, broadcast(5, "prepared"))
        for id in ("b3", "b4", "b5"):
            rows.mark_withdrawn(db, id, FIRST)
    found = rows.window(store.db, FIRST, FIRST + 9 * HOUR)
    assert [(one.id, one.status) for one in found] == [("b2", "scheduled"), ("b4", "withdrawn")]
    assert rows.find(store.db, "b1").status == "prepared"


def test_what_stands_in_a_signed_plan_is_not_unsent(store: Store) -> None:
    with store.transaction() as db:
        for number in (1, 2):
            rows.insert(db, broadcast(number))
        rows.mark_signed(db, ["b1.1"], FIRST)
        for id in ("b1", "b2"):
            rows.unsend(db, id)
    assert [rows.find(store.db, id).status for id in ("b1", "b2")] == ["scheduled", "prepared"]


def at(id: str, start: datetime, *, signed: datetime | None = None) -> Broadcast:
    piece = Piece(id, id, "normal", (SOUND,), ("*",))
    return Broadcast(id, "Lời.", "scheduled", "a", FIRST, Planned(f"{id}.1", piece, start), signed)


def test_a_window_is_in_order_of_time_and_of_id_within_one_instant(store: Store) -> None:
    with store.transaction() as db:
        for id, hours in (("late", 3), ("z", 1), ("m", 1), ("a", 1), ("early", 0)):
            rows.insert(db, at(id, FIRST + hours * HOUR))
    assert [one.id for one in rows.window(store.db, FIRST, FIRST + 4 * HOUR)] == ["early", "a", "m", "z", "late"]


def test_what_is_to_be_played_begins_at_the_instant_or_later_is_sent_and_not_taken_back(store: Store) -> None:
    with store.transaction() as db:
        for number in (5, 4, 3, 2, 1, 0):
            rows.insert(db, broadcast(number, "draft" if number == 2 else "scheduled"))
        rows.mark_withdrawn(db, "b4", FIRST)
        # One time of a message that goes on.
        db.execute("UPDATE occurrences SET withdrawn_at = '2020' WHERE id = 'b3.1'")
    assert [one.id for one in rows.scheduled(store.db, FIRST + HOUR)] == ["b1.1", "b5.1"]


def test_what_was_never_signed_is_played_only_if_there_is_time_to_tell_of_it(store: Store) -> None:
    told, begins = at("told", FIRST, signed=FIRST), at("x", FIRST).planned.begins
    with store.transaction() as db:
        for one in (told, at("now", FIRST), at("next", FIRST + timedelta(milliseconds=1))):
            rows.insert(db, one)

    def wanted(after: datetime | None) -> list[str]:
        return [one.show.id for one in rows.scheduled(store.db, FIRST - HOUR, unsigned_after=after)]

    assert wanted(begins) == ["told", "next"]
    assert wanted(begins + HOUR) == ["told"]
    assert wanted(None) == ["told", "now", "next"]
