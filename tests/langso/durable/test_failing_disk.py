"""A database on a disk that fills up, turns read-only or dies under it, and comes back: an office's, a kiosk's."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from failing_card import FAULTS, FailingCard, may_mount

from langso.durable.errors import StoreError
from langso.durable.store import Migration, Store

pytestmark = pytest.mark.skipif(not may_mount(), reason="needs root and mounts")
ROWS = Migration("rows", lambda db: db["rows"].create({"id": int}, pk="id") and None)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[FailingCard]:
    card = FailingCard(tmp_path / "state", tmp_path / "card.img", megabytes=40)
    yield card
    card.close()


def insert(store: Store, number: int) -> None:
    with store.transaction() as db:
        db["rows"].insert({"id": number})


@pytest.mark.parametrize("fault", FAULTS)
def test_what_it_took_is_there_when_the_disk_is_whole_again_and_nothing_else(fault: str, card: FailingCard) -> None:
    store = Store(card.folder / "a.sqlite", [ROWS])
    taken = [1]
    insert(store, 1)
    card.fail(fault)
    for number in range(2, 40):
        with contextlib.suppress(StoreError):
            insert(store, number)
            taken.append(number)
    assert len(taken) < 39
    # As a service's end, which a disk has to wait for before it can be checked.
    store.close()
    del store
    gc.collect()
    card.repair()
    with Store(card.folder / "a.sqlite", [ROWS]) as again:
        assert again.set_aside is None
        assert [row[0] for row in again.db.execute("SELECT id FROM rows ORDER BY id").fetchall()] == taken
        insert(again, 100)
