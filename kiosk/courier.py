"""The kiosk's end of the courier: the catalogue comes by stick, encrypted dossiers go by it to the office."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from kiosk.sending.dossiers import KIND, Dossiers
from langso.contract import DossierManifest
from langso.courier.letters import Direction, Letter, mark_of
from langso.courier.spool import Attached, Outcome, Wanted
from langso.durable.outbox import Outbox
from langso.mqtt.state_reports import StateReporter
from langso.trust import Refused, parse_payload, read_sealed


class KioskCourier:
    """A `Correspondent`. `take`: what takes a document as from the line, True where it was news. Raises Refused."""

    direction: Direction = "to-devices"

    def __init__(
        self,
        device: str,
        *,
        taken: tuple[str, ...],
        take: Callable[[str, bytes], bool],
        outbox: Outbox,
        dossiers: Dossiers,
        reporter: StateReporter,
    ) -> None:
        self._device = device
        self._kinds = taken
        self._take = take
        self._outbox = outbox
        self._dossiers = dossiers
        self._reporter = reporter

    def take_letter(self, letter: Letter, raw: bytes, files: dict[str, Path]) -> Outcome:
        """As from the line; what an old stick brings is told apart from an attack. Raises Refused."""
        del files
        if letter.kind not in self._kinds or not letter.is_for(self._device):
            return "same"
        try:
            return "taken" if self._take(letter.kind, raw) else "same"
        except Refused as refused:
            if refused.reason == "rolled_back":
                return "older"
            raise

    def take_file(self, file: Path) -> Outcome:
        """A kiosk keeps no sounds."""
        del file
        return "same"

    def wanted(self) -> Iterable[Wanted]:
        """Nothing but documents comes to a kiosk."""
        return ()

    def outgoing(self) -> tuple[list[tuple[Letter, bytes]], list[tuple[Attached, Path]]]:
        """Every dossier that the office does not have yet, still encrypted, and the state as it is now."""
        letters = [(Letter("state", device=self._device), self._reporter.sealed())]
        files = []
        for item in self._outbox.unacknowledged(KIND):
            letter = Letter("dossier", device=self._device, mark=mark_of(item.id, item.body))
            manifest = parse_payload(read_sealed(item.body, KIND).payload, DossierManifest)
            letters.append((letter, item.body))
            attached = Attached(sha256=manifest.sha256, size=manifest.size, name=letter.name)
            files.append((attached, self._dossiers.path(item.key)))
        return letters, files
