"""The loudspeaker's one database: its file in the device's folder, and the tables of all that write into it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from langso.durable.card_hand import CardHand
from langso.durable.files import make_folder
from langso.durable.memory_first import MemoryFirstStore
from langso.durable.outbox import OUTBOX_MIGRATION
from langso.timekeeping.clock import Clock
from speaker.record.journal import JOURNAL_MIGRATION
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.talk_book import TALK_MIGRATION

DATABASE = "speaker.sqlite"
MIGRATIONS = (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS, OUTBOX_MIGRATION, TALK_MIGRATION)


def open_database(state: Path, spare: Path, clock: Clock, hand: CardHand | None = None) -> MemoryFirstStore:
    """The database in the device's folder. What the card does not take is held in memory, and in the folder `spare`,
    which is on no card, for a start after this one. `hand`: waits for the card. Raises StoreError.
    """
    with contextlib.suppress(OSError):
        make_folder(spare)
    return MemoryFirstStore(state / DATABASE, MIGRATIONS, spare=spare, hand=hand, monotonic=clock.monotonic)
