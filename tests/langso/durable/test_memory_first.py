"""Rows are in memory whatever the card does, and on it as soon as it takes them; on real file systems too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from failing_card import FAULTS, FailingCard, may_mount

from langso.durable import memory_first
from langso.durable.errors import StoreBusy, StoreError, StoreFull, StoreTooNew
from langso.durable.memory_first import LONGEST_WAIT_S, MemoryFirstStore
from langso.durable.store import Migration, Store

PLAYS = Migration("plays", lambda db: db["plays"].create({"id": int, "what": str}, pk="id") and None)
needs_mounts = pytest.mark.skipif(not may_mount(), reason="needs root and mounts")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def later(self) -> None:
        self.now += LONGEST_WAIT_S


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "card" / "a.sqlite"


@pytest.fixture
def store(path: Path, tmp_path: Path, clock: Clock) -> Iterator[MemoryFirstStore]:
    (tmp_path / "run").mkdir()
    store = MemoryFirstStore(path, [PLAYS], spare=tmp_path / "run", monotonic=clock)
    yield store
    store.close()


def add(store: Store, *whats: str) -> None:
    with store.transaction() as db:
        for what in whats:
            db["plays"].insert({"what": what})


def rows(store: Store) -> list[str]:
    return [row[0] for row in store.db.execute("SELECT what FROM plays ORDER BY id").fetchall()]


def on_card(path: Path) -> list[str]:
    with sqlite3.connect(path) as there:
        return [row[0] for row in there.execute("SELECT what FROM plays ORDER BY id")]


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def failing(*_: Any) -> None:
        raise error

    monkeypatch.setattr(memory_first, "_repeat", failing)


def test_while_the_card_is_well_a_row_is_on_it_when_its_transaction_ends(store: Any, path: Path) -> None:
    add(store, "a", "b")
    store.db["plays"].insert({"what": "alone"})
    assert rows(store) == on_card(path) == ["a", "b", "alone"]
    assert store.trouble is None


def test_what_is_rolled_back_is_nowhere(store: Any, path: Path) -> None:
    def inner_fails() -> None:
        with store.transaction() as db:
            db["plays"].insert({"what": "inner"})
            raise KeyError

    with store.transaction() as db:
        db["plays"].insert({"what": "kept"})
        with pytest.raises(KeyError):
            inner_fails()
    with pytest.raises(KeyError):
        inner_fails()
    assert rows(store) == on_card(path) == ["kept"]


@pytest.mark.parametrize(
    "error",
    [StoreFull("đầy"), StoreError("EIO"), StoreBusy("bận"), sqlite3.IntegrityError("x"), OSError(5, "EIO")],
    ids=lambda error: type(error).__name__,
)
def test_whatever_the_card_answers_the_row_is_there_and_comes_to_the_card_later(
    error: Exception, store: Any, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "before")
    with monkeypatch.context() as card:
        fail_with(card, error)
        add(store, "meanwhile")
        assert store.failing
        assert store.trouble.full == isinstance(error, StoreFull)
        assert rows(store) == ["before", "meanwhile"]
        assert on_card(path) == ["before"]
    assert not store.catch_up(), "a card is not tried without end"
    clock.later()
    assert store.catch_up()
    assert not store.failing
    add(store, "after")
    assert on_card(path) == ["before", "meanwhile", "after"]


def test_a_commit_of_which_nobody_knows_is_not_counted_twice(
    store: Any, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "a")
    repeat = memory_first._repeat

    def committed_all_the_same(*arguments: Any) -> None:
        repeat(*arguments)
        raise StoreError("EIO at the last sync")

    with monkeypatch.context() as card:
        card.setattr(memory_first, "_repeat", committed_all_the_same)
        store.db.execute("UPDATE plays SET what = what || '+'")
    clock.later()
    assert store.catch_up()
    assert on_card(path) == rows(store) == ["a+"]


def test_more_than_can_be_owed_is_written_as_a_whole(
    store: Any, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_first, "MOST_OWED", 5)
    with monkeypatch.context() as card:
        fail_with(card, StoreFull("đầy"))
        for number in range(20):
            add(store, str(number))
    clock.later()
    assert store.catch_up()
    assert on_card(path) == rows(store) == [str(number) for number in range(20)]


def test_what_another_process_writes_is_seen(store: Any, path: Path, clock: Clock) -> None:
    add(store, "ours")
    with Store(path, [PLAYS]) as other:
        add(other, "theirs")
    clock.later()
    assert rows(store) == ["ours", "theirs"]
    add(store, "ours again")
    assert on_card(path) == ["ours", "theirs", "ours again"]


def test_a_process_that_dies_meanwhile_leaves_its_rows_to_the_next(
    store: Any, path: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "before")
    with monkeypatch.context() as card:
        fail_with(card, StoreFull("đầy"))
        add(store, "meanwhile")
    after = MemoryFirstStore(path, [PLAYS], spare=tmp_path / "run", monotonic=clock)
    assert rows(after) == ["before", "meanwhile"]
    assert not after.fresh
    clock.later()
    assert after.catch_up()
    assert on_card(path) == ["before", "meanwhile"]
    after.close()
    assert list((tmp_path / "run").iterdir()) == []


def test_damage_met_while_working_is_set_aside_and_the_file_made_anew_from_memory(
    store: Any, path: Path, clock: Clock
) -> None:
    add(store, *("x" * 900 for _ in range(500)))
    store._card.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    store._card.db.execute("PRAGMA cache_size = 1")
    with path.open("r+b") as file:
        for at in range(4096, path.stat().st_size, 4096):
            file.seek(at)
            file.write(b"\xff" * 64)
    add(store, "after")
    assert store.failing
    clock.later()
    assert store.catch_up()
    assert store.set_aside is not None
    assert len(on_card(path)) == 501


def test_a_newer_database_is_refused_as_ever(path: Path) -> None:
    Store(path, [PLAYS, Migration("from the future", lambda db: None)]).close()
    with pytest.raises(StoreTooNew):
        MemoryFirstStore(path, [PLAYS])


def test_memory_has_a_limit_of_its_own(store: Any) -> None:
    store.db.conn.execute("PRAGMA max_page_count = 10")
    with pytest.raises(StoreFull):
        add(store, *("x" * 1000 for _ in range(100)))
    assert rows(store) == []


@needs_mounts
@pytest.mark.parametrize("fault", FAULTS)
def test_a_card_that_really_fails_and_comes_back_has_all_rows(fault: str, tmp_path: Path, clock: Clock) -> None:
    card = FailingCard(tmp_path / "card", tmp_path / "image", megabytes=4)
    path = tmp_path / "card" / "a.sqlite"
    (tmp_path / "run").mkdir()
    try:
        store = MemoryFirstStore(path, [PLAYS], spare=tmp_path / "run", monotonic=clock)
        add(store, "before")
        card.fail(fault)
        for number in range(300):
            add(store, f"{number} {'x' * 500}")
        assert store.failing
        assert len(rows(store)) == 301
        # Begun anew on the failing card: with what the process before held, and, without that, with what can be read.
        again = MemoryFirstStore(path, [PLAYS], spare=tmp_path / "run", monotonic=clock)
        assert len(rows(again)) == 301
        again.close()
        clock.later()
        bare = MemoryFirstStore(path, [PLAYS], monotonic=clock)
        assert rows(bare)[:1] == ([] if fault == "eio" else ["before"])
        add(bare, "works")
        bare._drop_card()
        del bare
        card.repair()
        clock.later()
        assert store.catch_up()
        assert len(on_card(path)) == 301
        store.close()
    finally:
        card.close()
