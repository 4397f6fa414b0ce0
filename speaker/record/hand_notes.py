"""Whoever sets the time of this loudspeaker stands in its journal, once for each time."""

from __future__ import annotations

from pathlib import Path

from langso.contract import DocumentReceipt
from langso.contract.sentences import vietnamese
from langso.durable.card_hand import CardHand
from langso.timekeeping.dates import full
from langso.timekeeping.hand_set import changed_at, told_of
from langso.words.catalogue import Sentence, Unit
from speaker.record.journal import Journal
from speaker.record.plays import Ledger

_NOTED = "time_by_hand"


class HandNotes:
    """Looks at the file that `langso clock set` leaves in `state`."""

    def __init__(self, state: Path, ledger: Ledger, journal: Journal, card: CardHand | None = None) -> None:
        self._state, self._ledger, self._journal, self._card = state, ledger, journal, card
        self._seen: int | None = None

    def look(self) -> bool:
        """Writes a receipt where the time was set anew; whether it did. Cheap. Raises StoreError."""
        if self._card is not None and self._card.hangs:
            return False
        changed = changed_at(self._state)
        if changed == self._seen:
            return False
        told = told_of(self._state)
        if told is None or self._ledger.switch(_NOTED) == told.made:
            self._seen = changed
            return False
        why = Sentence("clock-hand-journal", moment=Unit(full, told.moment), who=told.who or "—")
        receipt = DocumentReceipt(
            document="clock", issuer="hand", outcome="stored", code="clock-set-by-hand", why=vietnamese(why)
        )
        with self._ledger.together():
            self._ledger.set_switch(_NOTED, told.made)
            self._journal.write(receipt)
        # Only now: what could not be written is tried again at the next look.
        self._seen = changed
        return True
