"""Minutes of talk are counted ahead and kept through a killed program; a day and a month are Vietnamese ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from langso.durable.store import Store
from speaker.programme.talking import Talked
from speaker.record.talk_book import AHEAD, TALK_MIGRATION, TalkBook

MORNING = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _open(folder: Path) -> tuple[Store, TalkBook]:
    store = Store(folder / "s.sqlite", (TALK_MIGRATION,))
    return store, TalkBook(store)


def test_a_program_that_is_killed_while_somebody_speaks_has_counted_more_than_was_spoken(tmp_path: Path) -> None:
    store, book = _open(tmp_path)
    book.begin("a", MORNING)
    assert book.talked(MORNING).day == AHEAD
    for seconds in range(60):
        book.goes_on("a", MORNING, seconds * SECOND)
        assert seconds * SECOND < book.talked(MORNING).day <= seconds * SECOND + AHEAD
    store.close()
    store, again = _open(tmp_path)
    assert 60 * SECOND <= again.talked(MORNING).day <= 60 * SECOND + AHEAD
    store.close()


def test_what_was_not_spoken_is_given_back_at_the_end(tmp_path: Path) -> None:
    store, book = _open(tmp_path)
    book.begin("a", MORNING)
    book.end("a", MORNING, 4 * SECOND)
    assert book.talked(MORNING) == Talked(4 * SECOND, 4 * SECOND)
    book.end("b", MORNING, -SECOND)
    assert book.talked(MORNING).day == 4 * SECOND
    store.close()


def test_a_day_ends_at_midnight_in_vietnam_and_a_month_with_its_last_day(tmp_path: Path) -> None:
    store, book = _open(tmp_path)
    last = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
    book.end("a", last, 30 * SECOND)
    book.end("b", last - timedelta(days=30), 7 * SECOND)
    assert book.talked(last) == Talked(30 * SECOND, 37 * SECOND)
    assert book.talked(last + timedelta(minutes=2)) == Talked()
    store.close()


def test_talks_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    store, book = _open(tmp_path)
    book.end("a", MORNING, SECOND)
    book.end("b", MORNING + timedelta(days=94), SECOND)
    assert [row[0] for row in store.db.execute("SELECT play FROM talks").fetchall()] == ["b"]
    store.close()
