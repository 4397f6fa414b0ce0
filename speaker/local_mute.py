"""The mute on the spot: a command's wish, the switch that is kept, the board's. Each change is journalled once."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from firmware_bridge.switchboard import Switchboard
from langso.contract import DocumentReceipt
from langso.contract.health import Check
from langso.contract.sentences import vietnamese
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.words.catalogue import Sentence, t
from speaker.record.journal import Journal
from speaker.record.plays import Ledger

WISH = "speaker-mute"
TAKEN_S = 5.0
_TOLD = "mute_told"
_MOST_BYTES = 16


def wish_mute(run: Path, muted: bool) -> bool:
    """Asks the running loudspeaker to be mute or not, by a file in `run`, which is no card; whether it took it."""
    wish = run / WISH
    with contextlib.suppress(FileRefused), acting_as_owner(run):
        write_atomic(wish, b"1" if muted else b"0")
        until = time.monotonic() + TAKEN_S
        while wish.exists():
            if time.monotonic() > until:
                wish.unlink(missing_ok=True)
                return False
            time.sleep(0.05)
        return True
    return False


class LocalMute:
    """`run`: where wishes come; a switch that is kept in memory while the card fails is owed like all else."""

    def __init__(self, run: Path, ledger: Ledger, journal: Journal, board: Switchboard) -> None:
        self._wish = run / WISH
        self._ledger, self._journal, self._board = ledger, journal, board

    @property
    def muted(self) -> bool:
        """Whether somebody on the spot wants silence, by command or by the board's switch."""
        return self._ledger.muted or self._board.muted()

    def look(self) -> bool:
        """Takes a wish, and journals what has changed since it was told last; whether anything did. Cheap."""
        if self._wish.exists():
            self._take()
        muted = self.muted
        if muted == (self._ledger.switch(_TOLD) == "1"):
            return False
        code = "speaker-mute-on" if muted else "speaker-mute-off"
        with self._ledger.together():
            self._ledger.set_switch(_TOLD, "1" if muted else "0")
            self._journal.write(
                DocumentReceipt(
                    document="mute", issuer="hand", outcome="stored", code=code, why=vietnamese(Sentence(code))
                )
            )
        return True

    def checks(self) -> list[Check]:
        """A health line `mute` while it is mute; bad where that keeps an emergency from being heard."""
        if not self.muted:
            return []
        silenced = self._ledger.silenced()
        if silenced:
            return [Check.bad("mute", t("speaker-mute-beats", title=silenced[-1]), t("speaker-unmute-now"))]
        return [Check.warning("mute", t("speaker-muted-here"), t("speaker-unmute-when-done"))]

    def _take(self) -> None:
        with contextlib.suppress(FileRefused):
            wanted = read_limited(self._wish, _MOST_BYTES, follow=False).decode(errors="replace")
            if wanted in ("0", "1") and self._ledger.switch("muted") != wanted:
                self._ledger.set_switch("muted", wanted)
        with contextlib.suppress(OSError):
            self._wish.unlink()
