"""One durable SQLite file: WAL, synchronous=FULL, ordered migrations, one connection shared by all threads."""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlite_utils

from langso.durable.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreTooNew
from langso.durable.files import make_folder, sync_folder
from langso.durable.reserve import give_up_reserve, keep_reserve
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 10_000
RESERVE_BYTES = 128 * 1024
"""Kept beside the file and given up where a full card leaves no room even to open it: more than an index takes."""
_SIDE_FILES = ("", "-wal", "-shm")
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_RECORD = "langso_migrations"


@dataclass(frozen=True)
class Migration:
    """A named change, applied once, in order; ``apply`` runs in the transaction that records the name."""

    name: str
    apply: Callable[[sqlite_utils.Database], None]


class Store:
    """The file at ``path`` with all migrations applied.

    A damaged file is renamed ``NAME.corrupt-<time>``, never deleted; ``set_aside`` then says where it is and
    the store starts empty. Raises StoreTooNew, StoreFull, StoreBusy, StoreError.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration]) -> None:
        names = [migration.name for migration in migrations]
        if len(set(names)) != len(names):
            raise ValueError(f"two migrations have one name: {names}")
        self.path = path
        self.set_aside: Path | None = None
        self.fresh = False
        self._lock = threading.RLock()
        try:
            make_folder(path.parent)
            self._database = self._open_whatever_room()
        except StoreCorrupt as error:
            log.error("%s: damaged (%s), set aside as %s", path, error.__cause__ or error, self.set_aside)
            self._database = self._open()
        except StoreError:
            raise
        except OSError as error:
            raise _refusal(error, path) from error
        try:
            self._migrate(migrations)
        except BaseException:
            self.close()
            raise

    @property
    def failing(self) -> bool:
        """Whether what was written last is not on the disk: never of this store, which raises instead."""
        return False

    @property
    def db(self) -> sqlite_utils.Database:
        """The database. A single call is safe from any thread; several that belong together go in transaction()."""
        return self._database

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite_utils.Database]:
        """BEGIN IMMEDIATE .. COMMIT; when the block ends the rows are on the disk. Nested: a savepoint.

        Other threads wait. An exception rolls back. Raises StoreFull, StoreBusy, StoreCorrupt, StoreError.
        """
        with self._database.atomic():
            yield self._database

    @property
    def born(self) -> datetime | None:
        """When the file was made, by the clock of then; None of one whose first step says no time."""
        row = self._database.execute(f"SELECT min(applied_at) FROM {_RECORD}").fetchone()
        try:
            return datetime.fromisoformat(row[0])
        except (TypeError, ValueError):
            return None

    def changes(self) -> tuple[int, int]:
        """Two numbers of which one is another after every change of the file: by this connection, by any other."""
        with self._lock:
            other = self._database.execute("PRAGMA data_version").fetchone()[0]
            return self._database.conn.total_changes, int(other)

    def close(self) -> None:
        """Writes the log back into the file and closes it; may be called twice."""
        with self._lock:
            self._database.close()
            keep_reserve(_reserve_of(self.path), RESERVE_BYTES)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_whatever_room(self) -> LockedDatabase:
        try:
            database = self._open()
        except StoreFull:
            # A clean end removes the log and its index: without room for new ones the service would never start.
            if not give_up_reserve(_reserve_of(self.path)):
                raise
            log.error("%s: no room left, opened with the reserve", self.path)
            database = self._open()
        keep_reserve(_reserve_of(self.path), RESERVE_BYTES)
        return database

    def _open(self) -> LockedDatabase:
        _refuse_no_files(self.path)
        if not self.path.exists():
            # Created here for its mode: SQLite would leave it readable to everyone.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            sync_folder(self.path.parent)
        with _translated(self.path):
            connection = sqlite3.connect(
                self.path,
                timeout=BUSY_TIMEOUT_MS / 1000,
                check_same_thread=False,
                isolation_level=None,
                factory=WholeRows,
            )
        try:
            with _translated(self.path):
                connection.execute("PRAGMA journal_mode=WAL").fetchone()
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")
                verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
                if verdict is None or verdict[0] != "ok":
                    raise StoreCorrupt(
                        Sentence("durable-database-damaged", path=self.path, verdict=verdict and verdict[0])
                    )
                return LockedDatabase(connection, self._lock, self.path)
        except StoreCorrupt:
            # Before closing: SQLite would delete the log, which may hold the last good rows.
            self.set_aside = set_file_aside(self.path)
            connection.close()
            raise
        except BaseException:
            connection.close()
            raise

    def _migrate(self, migrations: Sequence[Migration]) -> None:
        with self.transaction() as db:
            db.execute(
                f"CREATE TABLE IF NOT EXISTS {_RECORD} "
                "(name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID"
            )
            applied = {str(row[0]) for row in db.execute(f"SELECT name FROM {_RECORD}").fetchall()}
        self.fresh = not applied
        unknown = applied - {migration.name for migration in migrations}
        if unknown:
            raise StoreTooNew(
                Sentence("durable-database-too-new", path=self.path, unknown=", ".join(sorted(unknown)))
            )
        for migration in migrations:
            if migration.name in applied:
                continue
            with self.transaction() as db:
                # Asked again inside the transaction: another process may have opened the same file.
                if db.execute(f"SELECT 1 FROM {_RECORD} WHERE name = ?", [migration.name]).fetchone():
                    continue
                migration.apply(db)
                if not db.conn.in_transaction:
                    raise StoreError(Sentence("durable-migration-ends-itself", name=migration.name))
                db.execute(
                    f"INSERT INTO {_RECORD} (name, applied_at) VALUES (?, ?)",
                    [migration.name, datetime.now(UTC).isoformat(timespec="seconds")],
                )


class _Rows(sqlite3.Cursor):
    """A cursor that holds all its rows as soon as its statement has run.

    The same statement text is one compiled statement for all threads: rows fetched later, without the lock, may be
    taken by another thread that asks the same meanwhile, and a table or a row is then not seen that is there.
    """

    _held: Iterator[Any] = iter(())

    def execute(self, sql: str, parameters: Any = (), /) -> _Rows:
        super().execute(sql, parameters)
        self._held = iter(super().fetchall())
        return self

    def fetchone(self) -> Any:
        return next(self._held, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return list(itertools.islice(self._held, self.arraysize if size is None else size))

    def fetchall(self) -> list[Any]:
        return list(self._held)

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> Any:
        return next(self._held)


class WholeRows(sqlite3.Connection):
    def cursor(self, factory: Any = _Rows) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        # Python 3.13 would make a plain cursor here.
        return self.cursor().execute(sql, parameters)  # type: ignore[no-any-return]


class LockedDatabase(sqlite_utils.Database):
    """sqlite-utils over one connection, one thread at a time, so that nobody writes into another's transaction."""

    def __init__(self, connection: sqlite3.Connection, lock: threading.RLock, path: Path) -> None:
        self._lock = lock
        self._path = path
        super().__init__(connection, execute_plugins=False)

    @contextlib.contextmanager
    def atomic(self) -> Generator[sqlite_utils.Database, None, None]:
        with self._lock, _translated(self._path):
            if self.conn.in_transaction:
                with super().atomic():
                    yield self
                return
            # IMMEDIATE: a read that later becomes a write cannot wait for a busy writer, it fails at once.
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self
                self.conn.execute("COMMIT")
            except BaseException:
                if self.conn.in_transaction:
                    self.conn.execute("ROLLBACK")
                raise

    def begin(self) -> None:
        raise StoreError("use Store.transaction(): a transaction must hold the lock")

    def execute(self, sql: str, parameters: Any = None) -> sqlite3.Cursor:
        with self._lock, _translated(self._path):
            return super().execute(sql, parameters)

    def query(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> Generator[dict[str, Any], None, None]:
        with self._lock, _translated(self._path):
            rows = list(super().query(sql, params))  # type: ignore[arg-type]
        return (row for row in rows)


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        refusal = _from_sqlite(error, path)
        if refusal is None:
            raise
        raise refusal from error


def _from_sqlite(error: sqlite3.DatabaseError, path: Path) -> StoreError | None:
    extended = getattr(error, "sqlite_errorcode", None)
    if extended is None:
        return None
    code = extended & 0xFF
    if code == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StoreFull(Sentence("durable-write-full", path=path))
    if code in _CORRUPT:
        return StoreCorrupt(Sentence("durable-database-corrupt", path=path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(Sentence("durable-database-busy", path=path))
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(Sentence("durable-database-no-right", path=path))
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return StoreError(Sentence("durable-database-fails", path=path, why=str(error)))
    return None


def _reserve_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-reserve")


def _refuse_no_files(path: Path) -> None:
    """SQLite opens each of these and would wait for ever at a pipe that its folder's owner laid there."""
    for side in (*_SIDE_FILES, "-journal"):
        place = path.with_name(path.name + side)
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(place.stat().st_mode):
                raise StoreError(Sentence("durable-place-no-file", place=place))


def _refusal(error: OSError, path: Path) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull(Sentence("durable-make-full", path=path))
    return StoreError(Sentence("durable-cannot-open", path=path, why=os_reason(error)))


def set_file_aside(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    kept = path.with_name(f"{path.name}.corrupt-{stamp}")
    # The log goes with its file: left behind, SQLite would replay it into the new database.
    for side in _SIDE_FILES:
        source = path.with_name(path.name + side)
        if source.exists():
            source.rename(kept.with_name(kept.name + side))
    sync_folder(path.parent)
    return kept
