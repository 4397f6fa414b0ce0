"""An office.db as 0.1.0 left it, brought up to date: nothing is lost, and a power cut meanwhile leaves it whole.

`kept/office-0.1.0.sql` is the dump of a database that 0.1.0 itself wrote, with rows of every kind.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langso.timekeeping.clock import SystemClock
from langso.words.language import in_language
from office.broadcasting import rows
from office.broadcasting.play_reports import plays
from office.broadcasting.urgent_rows import urgent_rows
from office.fleet.conflicts import conflicts
from office.people.audit import Audit
from office.people.operator import RESTORED, who_in_words
from office.store import MIGRATIONS, open_store

DUMP = (Path(__file__).parent / "kept" / "office-0.1.0.sql").read_text(encoding="utf-8")
UNCHANGED = (
    *("urgent_orders", "device_orders", "device_settings", "documents", "devices", "states", "state_numbers"),
    *("presence", "journals", "receipts", "uploads", "dossiers", "archived", "certificates"),
    *("sessions", "browsers", "outbox"),
)


# What 0.1.0 knew of a play.
PLAYS = (
    "occurrence, device, planned, started_at, error_ms, outcome, why, heard_ms, ended_at, sure, time_unproven, title"
)


def table(db: Any, name: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in db.execute(f"SELECT {columns} FROM {name}").fetchall()), key=repr)


@pytest.fixture
def before() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.executescript(DUMP)
    return made


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "office.db"
    written = sqlite3.connect(path)
    written.executescript(DUMP)
    written.close()
    return path


def test_the_kept_database_has_rows_of_every_kind(before: sqlite3.Connection) -> None:
    empty = {"outbox"}
    for (name,) in before.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        assert name in empty or table(before, name), name
    kinds = {row[0] for row in before.execute("SELECT status FROM broadcasts")}
    assert kinds == {"draft", "prepared", "scheduled", "withdrawn"}
    outcomes = {row[0] for row in before.execute("SELECT outcome FROM plays")}
    assert outcomes == {"played", "cut", "missed", "refused"}
    assert {row[0] for row in before.execute("SELECT event FROM receipts")} == {
        "document",
        "started",
        "ended",
        "heard",
    }
    actions = {json.loads(row[0])["action"] for row in before.execute("SELECT body FROM urgent_orders")}
    assert actions == {"play", "stop", "all_clear"}


def test_every_broadcast_is_found_again_as_it_was(before: sqlite3.Connection, old_file: Path) -> None:
    was = before.execute(
        "SELECT b.id, b.title, b.text, b.class, b.targets, b.volume, b.chime, b.media, b.late, b.after_cut, b.status,"
        " b.by, b.created_at, o.id, o.start, o.signed_at, b.sent_at, b.ended_at, o.withdrawn_at"
        " FROM broadcasts b JOIN occurrences o ON o.broadcast = b.id"
    ).fetchall()
    assert len(was) == 8
    with open_store(old_file) as store:
        for row in was:
            found = rows.find(store.db, row[0])
            show = found.show
            assert (found.id, show.title, found.text, show.broadcast_class) == row[:4]
            assert (list(show.devices), show.volume) == (json.loads(row[4]), row[5])
            assert (show.chime and json.loads(show.chime.to_json())) == (row[6] and json.loads(row[6]))
            assert [json.loads(media.to_json()) for media in show.media] == json.loads(row[7])
            assert (json.loads(show.late.to_json()), show.after_cut) == (json.loads(row[8]), row[9])
            assert (found.status, found.by, found.created.isoformat()) == row[10:13]
            assert (found.planned.id, found.planned.start.isoformat()) == row[13:15]
            assert (found.signed and found.signed.isoformat()) == row[15]
            more = store.db.execute(
                "SELECT r.sent_at, r.ended_at, o.withdrawn_at, r.start, r.rrule, r.exdates FROM rules r"
                " JOIN occurrences o ON o.rule = r.id WHERE r.message = ?",
                [row[0]],
            ).fetchall()
            assert more == [(*row[16:19], row[14], "", "[]")]
        assert len(rows.newest(store.db, 100)) == 8


def test_urgent_orders_endings_receipts_and_all_else_stay(before: sqlite3.Connection, old_file: Path) -> None:
    with open_store(old_file) as store:
        for name in UNCHANGED:
            assert table(store.db, name) == table(before, name), name
        assert table(store.db, "plays", PLAYS) == table(before, "plays", PLAYS)
        orders = urgent_rows(store.db)
        assert {row.order.action: row.ended is not None for row in orders if row.order.action != "play"} == {
            "stop": False,
            "all_clear": False,
        }
        assert sorted(row.ended is not None for row in orders if row.order.action == "play") == [False, True]
        played = [
            one.outcome
            for (id,) in before.execute("SELECT DISTINCT occurrence FROM plays")
            for one in plays(store.db, id)
        ]
        assert sorted(map(str, played)) == ["cut", "missed", "played", "refused"]


def test_what_stood_there_in_words_is_kept_as_codes(old_file: Path) -> None:
    written = sqlite3.connect(old_file)
    plan = "SELECT id FROM broadcasts ORDER BY id LIMIT 1"
    written.execute(f"UPDATE broadcasts SET by = 'khôi phục' WHERE id = ({plan})")
    written.execute("UPDATE urgent_orders SET by = 'lệnh:root'")
    for device, kind, detail in (
        ("loa-3", "state", "trạng thái số 57 có hai nội dung"),
        ("loa-4", "boots", "hai lần khởi động xen kẽ nhau"),
    ):
        written.execute(
            "INSERT INTO conflicts VALUES (?, ?, ?, '2026-11-30', '2026-11-30', 1)", [device, kind, detail]
        )
    chime = written.execute("SELECT * FROM media WHERE title = 'Nhạc hiệu'").fetchone()
    others = written.execute("SELECT * FROM media WHERE title <> 'Nhạc hiệu'").fetchall()
    written.commit()
    written.close()
    with open_store(old_file) as store:
        found = {one.device: (one.kind, one.number, str(one.detail), one.count) for one in conflicts(store.db)}
        assert found == {
            "loa-2": ("receipts", 2, "số phiếu tới 2 có hai nội dung", 2),
            "loa-3": ("state", 57, "trạng thái số 57 có hai nội dung", 1),
            "loa-4": ("boots", None, "hai lần khởi động xen kẽ nhau", 1),
        }
        with in_language("en"):
            assert [str(one.detail) for one in conflicts(store.db) if one.device == "loa-3"] == [
                "state number 57 has two contents"
            ]
            authors = [one.by for one in rows.newest(store.db, 100)]
            assert [who_in_words(by) for by in authors if by == RESTORED] == ["restored"]
            assert {who_in_words(row.by) for row in urgent_rows(store.db)} == {"command:root"}
        assert store.db.execute("SELECT title FROM media WHERE sha256 = ?", [chime[0]]).fetchone()[0] == ""
        left = table(store.db, "media")
        assert [row for row in left if row[0] != chime[0]] == sorted(others, key=repr)
        assert len(left) == len(others) + 1


def test_the_log_of_old_is_the_beginning_of_the_chain(before: sqlite3.Connection, old_file: Path) -> None:
    was = before.execute("SELECT id, at, who, action, subject, note FROM access_log ORDER BY id").fetchall()
    with open_store(old_file) as store:
        now = store.db.execute("SELECT number, at, who, action, subject, note FROM audit ORDER BY number").fetchall()
        assert now == was
        audit = Audit(store, SystemClock())
        audit.write("van-thu", "login", "van-thu", "127.0.0.1")
        assert (audit.verify().broken, audit.verify().rows) == (None, len(was) + 1)


def test_what_is_to_be_played_and_the_calendars_window_are_the_same(old_file: Path) -> None:
    first = datetime.fromisoformat("2026-11-30T00:00:00+00:00")
    with open_store(old_file) as store:
        window = rows.window(store.db, first, first + timedelta(days=30))
        assert [one.show.title for one in window] == ["Dừng", "Họp thôn", "Rút", "Tiêm phòng", "Chưa ký"]
        wanted = rows.scheduled(store.db, first)
        assert [one.show.title for one in wanted] == ["Họp thôn", "Tiêm phòng", "Chưa ký"]


_KILLED = """
import os, signal, sys
from pathlib import Path
import sqlite_utils
from office import store
left = int(sys.argv[2])
real = sqlite_utils.Database.execute
def dying(self, sql, parameters=None):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, sql, parameters)
sqlite_utils.Database.execute = dying
store.open_store(Path(sys.argv[1]))
print(left)
"""


@pytest.mark.parametrize("at", [2, 4, 8, 12, 16, 19, 22, 30, 50, 58, 62, 66])
def test_a_power_cut_at_any_step_leaves_the_old_or_the_new(
    before: sqlite3.Connection, old_file: Path, at: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(old_file), str(at)], capture_output=True, text=True, check=False
    )
    assert done.returncode == -9, done.stderr
    with open_store(old_file) as store:
        assert len(rows.newest(store.db, 100)) == 8
        assert Audit(store, SystemClock()).verify().rows == 31
        for name in UNCHANGED:
            assert table(store.db, name) == table(before, name), name
        names = [row[0] for row in store.db.execute("SELECT name FROM langso_migrations")]
        assert sorted(names) == sorted(migration.name for migration in MIGRATIONS)


def test_a_new_database_has_the_tables_of_an_old_one_brought_up_to_date(old_file: Path, tmp_path: Path) -> None:
    def tables(path: Path) -> dict[str, str]:
        with open_store(path) as store:
            return dict(store.db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())

    assert tables(old_file) == tables(tmp_path / "new.db")
