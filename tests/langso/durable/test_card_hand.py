"""A card's hand: callers wait for a card so long and no longer; what was given up overwrites nothing later."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import until

from langso.durable import card_hand
from langso.durable.card_hand import CardHand
from langso.durable.errors import CardHangs, FileRefused
from langso.durable.memory_first import MemoryFirstStore
from langso.durable.owed_files import OwedFiles
from langso.durable.store import Migration, Store

ROWS = Migration("rows", lambda db: db["rows"].create({"id": int}, pk="id") and None)


class Stuck:
    """Work that holds the card until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.go_on.wait(60)
        return "late"


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> CardHand:
    monkeypatch.setattr(card_hand, "PATIENCE_S", 0.05)
    return CardHand()


@pytest.fixture
def stuck(hand: CardHand) -> Iterator[Stuck]:
    """The card hangs."""
    stuck = Stuck()
    with pytest.raises(CardHangs):
        hand.do(stuck)
    yield stuck
    stuck.go_on.set()


def test_what_the_card_does_in_time_is_returned_and_what_it_refuses_is_raised() -> None:
    hand = CardHand()
    assert hand.do(lambda: 7, 60.0) == 7
    with pytest.raises(ZeroDivisionError):
        hand.do(lambda: 1 // 0, 60.0)
    assert not hand.hangs
    assert hand.do(lambda: hand.do(lambda: 8, 60.0), 60.0) == 8, "from its own thread it is done at once"


def test_a_hang_is_waited_for_once_and_then_refused_at_once(
    hand: CardHand, stuck: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hand.hangs
    monkeypatch.setattr(card_hand, "PATIENCE_S", 600.0)
    before = time.monotonic()
    with pytest.raises(CardHangs):
        hand.do(lambda: 7)
    assert time.monotonic() - before < 60
    stuck.go_on.set()
    until(lambda: not hand.hangs)
    assert hand.do(lambda: 7) == 7


def test_what_nobody_waits_for_any_more_is_not_begun_but_what_is_to_be_done_by_the_way_is() -> None:
    hand, stuck, done = CardHand(), Stuck(), []
    hand.later(stuck)
    assert stuck.begun.wait(60)
    with pytest.raises(CardHangs):
        hand.do(lambda: done.append("given up"), 0.05)
    hand.later(lambda: done.append("by the way"))
    stuck.go_on.set()
    until(lambda: done)
    until(lambda: not hand.hangs)
    assert done == ["by the way"]


def test_an_idle_hand_keeps_no_thread(hand: CardHand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_hand, "_IDLE_S", 0.02)
    hand.do(lambda: 1, 60.0)
    until(lambda: hand._thread is None)
    assert hand.do(lambda: 2, 60.0) == 2


def test_rows_go_to_memory_while_the_card_hangs_and_to_the_card_after_it(tmp_path: Path, hand: CardHand) -> None:
    now = [0.0]
    store = MemoryFirstStore(tmp_path / "a.sqlite", [ROWS], hand=hand, monotonic=lambda: now[0])
    store.db["rows"].insert({"id": 1})
    stuck = Stuck()
    hand.later(stuck)
    assert stuck.begun.wait(60)
    store.db["rows"].insert({"id": 2})
    assert store.trouble is not None
    assert store.trouble.hangs
    store.db["rows"].insert({"id": 3})
    assert [row["id"] for row in store.db["rows"].rows] == [1, 2, 3]
    now[0] += 100
    assert not store.catch_up()
    stuck.go_on.set()
    until(lambda: not hand.hangs)
    now[0] += 100
    assert store.catch_up()
    assert store.trouble is None
    store.close()
    with Store(tmp_path / "a.sqlite", [ROWS]) as kept:
        assert [row["id"] for row in kept.db["rows"].rows] == [1, 2, 3]


def test_what_another_process_wrote_is_seen_once_the_card_answers(tmp_path: Path, hand: CardHand) -> None:
    now = [0.0]
    store = MemoryFirstStore(tmp_path / "a.sqlite", [ROWS], hand=hand, monotonic=lambda: now[0])
    with Store(tmp_path / "a.sqlite", [ROWS]) as other:
        other.db["rows"].insert({"id": 1})
    now[0] += 1
    assert [row["id"] for row in store.db["rows"].rows] == [1]
    stuck = Stuck()
    hand.later(stuck)
    assert stuck.begun.wait(60)
    now[0] += 1
    # Reading waits for no card either.
    assert [row["id"] for row in store.db["rows"].rows] == [1]
    assert store.failing
    stuck.go_on.set()
    store.close()


def test_files_are_owed_while_the_card_hangs_and_never_overwritten_by_what_comes_late(
    tmp_path: Path, hand: CardHand
) -> None:
    files = OwedFiles(tmp_path / "held", tmp_path / "spare", hand=hand)
    stuck = Stuck()
    hand.later(stuck)
    assert stuck.begun.wait(60)
    files.write("a", b"1")
    files.write("a", b"2")
    assert files.owed
    assert files.read("a", 9) == b"2"
    with pytest.raises(FileRefused):
        files.read("b", 9)
    assert files.names("*") == ["a"]
    assert not files.catch_up()
    stuck.go_on.set()
    until(lambda: not hand.hangs)
    assert not (tmp_path / "held" / "a").exists()
    assert files.catch_up()
    assert (tmp_path / "held" / "a").read_bytes() == b"2"


def test_a_store_without_a_hand_works_in_its_callers_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    store = MemoryFirstStore(tmp_path / "a.sqlite", [ROWS])
    store.db["rows"].insert({"id": 1})
    assert threading.active_count() == before
    store.close()
    with sqlite3.connect(tmp_path / "a.sqlite") as there:
        assert there.execute("SELECT count(*) FROM rows").fetchone() == (1,)
