from __future__ import annotations

import errno
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlite_utils

from langso.durable.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreTooNew
from langso.durable.store import RESERVE_BYTES, Migration, Store
from langso.errors import LangsoError

PLAYS = Migration("plays", lambda db: db["plays"].create({"id": int, "what": str}, pk="id") and None)


def sql(*statements: str) -> Callable[[sqlite_utils.Database], None]:
    def apply(db: sqlite_utils.Database) -> None:
        for statement in statements:
            db.execute(statement)

    return apply


def insert_and_fail(store: Store, what: str, before_failing: Callable[[], object] = lambda: None) -> None:
    with store.transaction() as db:
        db["plays"].insert({"what": what})
        before_failing()
        raise KeyError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lib" / "store.db"


def count(store: Store) -> int:
    return int(store.db["plays"].count)


def test_the_file_is_durable_and_private(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        assert store.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert store.db.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert store.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert store.fresh
    assert path.stat().st_mode & 0o777 == 0o600
    with Store(path, [PLAYS]) as store:
        assert not store.fresh
        assert store.set_aside is None


def test_a_transaction_is_whole_or_nothing(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        with store.transaction() as db:
            db["plays"].insert({"what": "a"})
        with pytest.raises(KeyError):
            insert_and_fail(store, "b")
        assert count(store) == 1


def test_an_inner_transaction_may_fail_alone(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        with store.transaction() as db:
            db["plays"].insert({"what": "a"})
            with pytest.raises(KeyError):
                insert_and_fail(store, "b")
        assert [row["what"] for row in store.db["plays"].rows] == ["a"]


def test_threads_do_not_write_into_each_others_transaction(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        inside, go = threading.Event(), threading.Event()

        def fail() -> None:
            with pytest.raises(KeyError):
                insert_and_fail(store, "rolled back", lambda: (inside.set(), go.wait(60)))

        thread = threading.Thread(target=fail)
        thread.start()
        inside.wait(60)
        threading.Timer(0.1, go.set).start()
        store.db["plays"].insert({"what": "kept"})
        store.db.execute("INSERT INTO plays (what) VALUES ('kept too')")
        thread.join()
        assert [row["what"] for row in store.db["plays"].rows] == ["kept", "kept too"]


def test_many_threads_lose_no_row(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        errors: list[Exception] = []

        def work() -> None:
            try:
                for index in range(25):
                    with store.transaction() as db:
                        db["plays"].insert({"what": str(index)})
                    store.db["plays"].insert({"what": "alone"})
                    list(store.db.query("SELECT * FROM plays LIMIT 5"))
            except Exception as error:  # noqa: BLE001
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert count(store) == 300


def test_rows_that_are_fetched_later_are_not_another_thread_s(path: Path) -> None:
    """One statement text is one compiled statement for all: fetched outside the lock, rows went to whoever came."""
    with Store(path, [PLAYS]) as store:
        for number in range(3):
            store.db["plays"].insert({"what": str(number)})
        first, second = (store.db.execute("SELECT what FROM plays ORDER BY what") for _ in range(2))
        assert first.fetchone() == second.fetchone() == ("0",)
        # SQLite refuses this while any rows are still to be fetched.
        store.db.execute("DROP TABLE plays")
        assert [*first] == second.fetchmany(5) == [("1",), ("2",)]
        assert first.fetchone() is None
        assert second.fetchall() == []


def test_threads_that_ask_the_same_each_get_the_whole_answer(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        for number in range(3):
            store.db["plays"].insert({"what": str(number)})
        wrong: list[object] = []

        def ask() -> None:
            for _ in range(100):
                got = store.db.execute("SELECT what FROM plays ORDER BY what").fetchall()
                if got != [("0",), ("1",), ("2",)]:
                    wrong.append(got)

        switching = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            threads = [threading.Thread(target=ask) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(switching)
        assert wrong == []


def test_migrations_run_once_and_in_order(path: Path) -> None:
    ran: list[str] = []
    steps = [Migration(name, lambda db, name=name: ran.append(name)) for name in ("a", "b")]  # type: ignore[misc]
    Store(path, steps).close()
    Store(path, [*steps, Migration("c", lambda db: ran.append("c"))]).close()
    assert ran == ["a", "b", "c"]


def test_a_failed_migration_leaves_nothing_of_itself(path: Path) -> None:
    bad = Migration("two", sql("CREATE TABLE half (x)", "INSERT INTO plays (id) VALUES (1)", "NOT SQL"))
    with pytest.raises(sqlite3.OperationalError):
        Store(path, [PLAYS, bad])
    with Store(path, [PLAYS]) as store:
        assert "half" not in store.db.table_names()
        assert count(store) == 0
    good = Migration("two", sql("CREATE TABLE half (x)"))
    with Store(path, [PLAYS, good]) as store:
        assert "half" in store.db.table_names()


def test_a_migration_may_not_commit_by_itself(path: Path) -> None:
    with pytest.raises(StoreError, match="tự kết thúc giao dịch"):
        Store(path, [Migration("sly", sql("CREATE TABLE t (x)", "COMMIT"))])


def test_two_migrations_of_one_name_are_a_fault_of_the_program(path: Path) -> None:
    with pytest.raises(ValueError, match="one name"):
        Store(path, [PLAYS, PLAYS])


def test_a_database_of_a_newer_version_is_refused_untouched(path: Path) -> None:
    with Store(path, [PLAYS, Migration("from the future", lambda db: None)]) as store:
        store.db["plays"].insert({"what": "a"})
    with pytest.raises(StoreTooNew, match=r"from the future.*đừng xoá"):
        Store(path, [PLAYS])
    with Store(path, [PLAYS, Migration("from the future", lambda db: None)]) as store:
        assert count(store) == 1


def test_a_damaged_file_is_kept_and_a_new_one_begun(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        store.db["plays"].insert_all({"what": "x" * 500} for _ in range(200))
    damaged = bytearray(path.read_bytes())
    for at in range(4096, len(damaged), 4096):
        damaged[at : at + 200] = os.urandom(200)
    path.write_bytes(damaged)
    with Store(path, [PLAYS]) as store:
        assert store.set_aside is not None
        assert store.set_aside.name.startswith("store.db.corrupt-")
        assert store.set_aside.read_bytes() == bytes(damaged)
        assert store.fresh
        assert count(store) == 0


@pytest.mark.parametrize("junk", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_file_that_is_no_database_is_kept_too(junk: bytes, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(junk)
    path.with_name("store.db-wal").write_bytes(b"old log")
    with Store(path, [PLAYS]) as store:
        store.db["plays"].insert({"what": "new"})
        assert store.set_aside is not None
        assert store.set_aside.read_bytes() == junk
    Store(path, [PLAYS]).close()
    assert len(list(path.parent.glob("*.corrupt-*[Zl]"))) == 2


def test_damage_met_while_working_has_its_own_error(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        store.db["plays"].insert_all({"what": "x" * 900} for _ in range(2000))
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        store.db.execute("PRAGMA cache_size = 1")
        size = path.stat().st_size
        with path.open("r+b") as file:
            for at in range(8192, size, 4096):
                file.seek(at)
                file.write(b"\xff" * 64)
        with pytest.raises(StoreCorrupt, match="bị hỏng"), store.transaction() as db:
            db.execute("SELECT sum(length(what)) FROM plays").fetchall()


def test_a_full_disk_refuses_the_change_and_keeps_the_rest(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        store.db["plays"].insert({"what": "before"})
        store.db.execute(f"PRAGMA max_page_count = {store.db.execute('PRAGMA page_count').fetchone()[0] + 2}")
        with pytest.raises(StoreFull, match="hết chỗ") as caught, store.transaction() as db:
            db["plays"].insert_all({"what": "x" * 1000} for _ in range(100))
        assert isinstance(caught.value, LangsoError)
        assert isinstance(caught.value, OSError)
        assert count(store) == 1
        store.db.execute("PRAGMA max_page_count = 1000000")
        store.db["plays"].insert({"what": "after"})
        assert count(store) == 2


def test_no_room_even_to_begin_is_full_and_not_a_right_wanting(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(path, []).close()
    connect = sqlite3.connect

    class Full(sqlite3.Connection):
        def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:  # type: ignore[override]
            super().execute("PRAGMA max_page_count = 1")
            return super().execute(statement, *parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **{**more, "factory": Full}))
    with pytest.raises(StoreFull, match="hết chỗ"):
        Store(path, [PLAYS])


class _NoIndex(sqlite3.Connection):
    """A card without room for the log's index until somebody gives some up."""

    taken: Path

    def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:  # type: ignore[override]
        if statement == "PRAGMA journal_mode=WAL" and self.taken.exists():
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
            raise error
        return super().execute(statement, *parameters)  # type: ignore[arg-type]


def test_a_card_that_fills_up_between_two_starts_does_not_keep_a_service_from_starting(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(path, [PLAYS]) as store:
        store.db["plays"].insert({"what": "before"})
    reserve = path.with_name("store.db-reserve")
    assert reserve.stat().st_blocks * 512 >= RESERVE_BYTES
    assert reserve.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(_NoIndex, "taken", reserve, raising=False)
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **{**more, "factory": _NoIndex}))

    def none_left(descriptor: int, begin: int, length: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "posix_fallocate", none_left)
        with Store(path, [PLAYS]) as store:
            assert count(store) == 1
            assert not reserve.exists()
    monkeypatch.setattr(sqlite3, "connect", connect)
    with Store(path, [PLAYS]) as store:
        assert reserve.exists(), "there is room again"


def test_without_a_reserve_a_card_too_full_to_open_is_said_to_be_full(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(path, [PLAYS]).close()
    path.with_name("store.db-reserve").unlink()
    monkeypatch.setattr(_NoIndex, "taken", path, raising=False)
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **{**more, "factory": _NoIndex}))
    with pytest.raises(StoreFull, match="hết chỗ"):
        Store(path, [PLAYS])


def test_a_file_that_may_not_grow_is_a_store_error(path: Path) -> None:
    code = (
        "import resource, signal, sys, pathlib\n"
        "from langso.durable.store import Store, Migration\nfrom langso.durable.errors import StoreError\n"
        "store = Store(pathlib.Path(sys.argv[1]), [Migration('t', lambda db: db['t'].create({'x': str}) and None)])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, {resource.RLIM_INFINITY}))\n"
        "try:\n    store.db['t'].insert_all({'x': 'y' * 1000} for _ in range(1000))\n"
        "except StoreError as error:\n    print('refused', store.db['t'].count)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "refused 0\n", done.stderr


def test_a_database_held_by_another_program_is_said(path: Path) -> None:
    with Store(path, [PLAYS]) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        store.db.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StoreBusy, match="đang bị chương trình khác giữ"), store.transaction():
            pass
        other.execute("ROLLBACK")
        other.close()
        with store.transaction() as db:
            db["plays"].insert({"what": "a"})


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Không mở được"):
        Store(tmp_path / "file" / "store.db", [PLAYS])


CHILD = """
import sys, pathlib
from langso.durable.store import Store, Migration
store = Store(pathlib.Path(sys.argv[1]), [Migration("plays", lambda db: None)])
number = store.db.execute("SELECT coalesce(max(id), 0) FROM plays").fetchone()[0]
while True:
    with store.transaction() as db:
        for _ in range(3):
            number += 1
            db["plays"].insert({"id": number, "what": "x" * 300})
    print(number, flush=True)
"""


def test_killed_at_any_moment_no_acknowledged_row_is_lost(path: Path) -> None:
    Store(path, [PLAYS]).close()
    acknowledged = 0
    dice = random.Random(7)
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        acknowledged = max(acknowledged, int(child.stdout.readline()))
        time.sleep(dice.uniform(0.01, 0.25))
        child.send_signal(signal.SIGKILL)
        for line in child.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                acknowledged = max(acknowledged, int(line))
        child.wait()
        child.stdout.close()
        with Store(path, [PLAYS]) as store:
            assert store.set_aside is None
            assert count(store) >= acknowledged
            assert count(store) % 3 == 0
    assert acknowledged >= 18
