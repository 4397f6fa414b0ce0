"""What a page of a large commune reads does not grow with its loudspeakers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from large_commune import populate

from langso.trust import chain
from office import places


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The trust bundles that are verified, one an entry."""
    seen: list[bytes] = []

    def opening(raw: bytes, roots: Any) -> Any:
        seen.append(raw)
        return chain.open_bundle(raw, roots)

    monkeypatch.setattr(places, "open_bundle", opening)
    return seen


def test_a_page_reads_trust_once(browser: Any, office_world: Any, verified: list[bytes]) -> None:
    for number in range(5):
        office_world.reporter(f"loa-{number}")
    for path in ("/lich", "/loa", "/khan-cap", "/soan", "/lich/manh", "/loa/manh"):
        verified.clear()
        office_world.office.home.trust_file.touch()
        assert browser.get(path).status_code == 200
        assert len(verified) == 1, path


def test_new_rights_are_seen_by_the_next_page(browser: Any, office_world: Any, verified: list[bytes]) -> None:
    home = office_world.office.home
    before = home.trust()
    assert home.trust() is before
    home.trust_file.write_bytes(home.trust_bundle() + b" ")
    assert home.trust() is not before
    home.trust_file.unlink()
    assert browser.get("/loa").status_code >= 400


def test_a_page_of_a_large_commune_asks_the_database_few_questions(browser: Any, office_world: Any) -> None:
    office = office_world.office
    populate(office, office.clock.now(), messages=8)
    asked: list[str] = []
    office.store.db.conn.set_trace_callback(asked.append)
    for path in ("/lich", "/loa"):
        browser.get(path)
        asked.clear()
        assert browser.get(path).status_code == 200
        assert len(asked) < 40, path
    office.store.db.conn.set_trace_callback(None)


def test_who_asks_is_looked_up_once_a_page_and_old_alarms_are_not_read(
    browser: Any, device: Any, office_world: Any
) -> None:
    office = office_world.office
    old = (office.clock.now() - timedelta(days=3)).isoformat()
    office.alarms.urgent("Lũ quét.", targets=["*"], by="van-thu")
    for number in range(120):
        office.store.db.execute(
            "INSERT INTO urgent_orders SELECT ?, body, by, ?, ?, ? FROM urgent_orders WHERE id LIKE 'u%' LIMIT 1",
            [f"cu-{number}", old, old, old],
        )
    # It counts the sounds that are kept, once a minute.
    browser.get("/loa")
    asked: list[str] = []
    office.store.db.conn.set_trace_callback(asked.append)
    for path in ("/lich", "/lich/manh", "/loa", "/khan-cap/manh"):
        # Something was written: nothing is answered as it was kept.
        office.store.db.execute("UPDATE states SET number = number")
        asked.clear()
        assert browser.get(path).status_code == 200
        assert sum("FROM sessions" in one for one in asked) == 1, path
        alarms = [one for one in asked if "FROM urgent_orders" in one]
        read = [len(office.store.db.execute(one).fetchall()) for one in alarms]
        assert path == "/loa" or read, path
        # The page of alarms tells of three months.
        assert sum(count > 1 for count in read) == (path == "/khan-cap/manh"), path
    office.store.db.conn.set_trace_callback(None)


def test_when_each_loudspeaker_last_sounded_is_found_without_reading_a_year_of_plays(office_world: Any) -> None:
    from office.broadcasting.play_reports import SOUNDED_AT

    plan = office_world.office.store.db.execute(
        f"EXPLAIN QUERY PLAN SELECT rowid FROM plays WHERE device = 'x' AND {SOUNDED_AT} IS NOT NULL"
        f" ORDER BY {SOUNDED_AT} DESC LIMIT 1"
    ).fetchall()
    assert "plays_sounded" in str([row[-1] for row in plan])
    assert "TEMP B-TREE" not in str(plan)
