"""The loudspeaker's end of the courier: orders and sounds come by stick, receipts and the state go by it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from langso.courier.letters import Direction, Letter, mark_of
from langso.courier.spool import Attached, Outcome, Wanted
from langso.mqtt.state_reports import StateReporter
from speaker.inbox import TAKEN, Inbox
from speaker.media.library import Library
from speaker.record.receipts import ReceiptSender


class SpeakerCourier:
    """A `Correspondent`: the same inbox and library as the line has, the same outbox of receipts."""

    direction: Direction = "to-devices"

    def __init__(
        self,
        device: str,
        *,
        inbox: Inbox,
        library: Library,
        receipts: ReceiptSender,
        reporter: StateReporter,
    ) -> None:
        self._device = device
        self._inbox = inbox
        self._library = library
        self._receipts = receipts
        self._reporter = reporter

    def take_letter(self, letter: Letter, raw: bytes, files: dict[str, Path]) -> Outcome:
        """As from the line; but what an old stick brings is no attack, and gets no receipt. Raises Refused."""
        del files
        if letter.kind not in TAKEN or not letter.is_for(self._device):
            return "same"
        return self._inbox.carried(letter.kind, raw, issuer=letter.issuer)

    def take_file(self, file: Path) -> Outcome:
        """A sound that held documents name. Raises LibraryFull, MediaRefused, OSError."""
        return "taken" if self._library.adopt(file) else "same"

    def wanted(self) -> Iterable[Wanted]:
        """Sounds that are not here yet."""
        return [Wanted(sha256=medium.sha256, size=medium.size) for medium in self._library.missing()]

    def outgoing(self) -> tuple[list[tuple[Letter, bytes]], list[tuple[Attached, Path]]]:
        """Every batch of receipts that the office has not acknowledged, and the state as it is now."""
        letters = [(Letter("state", device=self._device), self._reporter.sealed())]
        for number, raw in self._receipts.unacknowledged():
            letters.append((Letter("receipts", device=self._device, mark=mark_of(number, raw)), raw))
        return letters, []
