"""A scanned document handed in: encrypted to the office at once, then in the outbox until the office has it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import NotReady
from langso.contract import DossierManifest
from langso.durable.errors import FileRefused, StoreError
from langso.durable.files import write_atomic
from langso.durable.outbox import Outbox
from langso.timekeeping.clock import VIETNAM, Clock
from langso.trust import SigningKey, seal
from langso.words.catalogue import Sentence

log = logging.getLogger(__name__)

KIND = "dossier"
FOLDER = "outgoing"
MAX_BYTES = 100 << 20


@dataclass(frozen=True)
class HandedIn:
    """What the villager keeps: `dossier` as the office's list shows it, `code` to read aloud, pages."""

    dossier: str
    title: str
    pages: int

    @property
    def code(self) -> str:
        """The receipt code in groups: `TN 261122 482 173`."""
        _, day, number = self.dossier.split("-")
        return f"TN {day} {number[:3]} {number[3:]}"


class Dossiers:
    """Only ciphertext touches the disk: `folder/outgoing/ID.age`, its signed manifest in the outbox."""

    def __init__(
        self,
        folder: Path,
        outbox: Outbox,
        clock: Clock,
        key: SigningKey,
        *,
        device: str,
        commune: str,
        used: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`used`: whether an id was given out before, also to a dossier that was sent long ago."""
        self.folder = folder / FOLDER
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._outbox = outbox
        self._clock = clock
        self._key = key
        self._device = device
        self._commune = commune
        self._used = used

    def hand_in(self, pdf: bytes, *, title: str, pages: int, recipient: str | None, procedure: str = "") -> HandedIn:
        """Durable when it returns. Raises NotReady: no office key, too large a document, no room."""
        if not recipient:
            raise NotReady(Sentence("sending-no-key"))
        if len(pdf) > MAX_BYTES:
            raise NotReady(Sentence("sending-too-large"))
        sealed = encrypt(pdf, recipient)
        dossier = self._new_id()
        path = self.path(dossier)
        manifest = DossierManifest(
            device=self._device,
            commune=self._commune,
            dossier=dossier,
            title=title,
            procedure=procedure,
            pages=pages,
            sha256=hashlib.sha256(sealed).hexdigest(),
            size=len(sealed),
            plain_sha256=hashlib.sha256(pdf).hexdigest(),
            made=self._clock.now(),
        )
        try:
            # The file first: a crash between leaves a file nobody asks for, which the next start removes.
            write_atomic(path, sealed)
            self._outbox.put(KIND, seal(manifest, KIND, [self._key]), key=dossier)
        except (FileRefused, StoreError) as error:
            # A file's name means nothing to a villager; doctor and the office have the card's own line.
            log.error("a dossier cannot be kept: %s", error)
            with contextlib.suppress(OSError):
                path.unlink()
            raise NotReady(Sentence("sending-no-room")) from error
        return HandedIn(dossier, title, pages)

    def path(self, dossier: str) -> Path:
        """Where a dossier's ciphertext waits."""
        return self.folder / f"{dossier}.age"

    def sent(self, item_id: int, dossier: str) -> None:
        """The office has it: out of the outbox, then off the disk."""
        self._outbox.acknowledge(item_id)
        self.path(dossier).unlink(missing_ok=True)

    def tidy(self, waiting: Iterable[str]) -> int:
        """Removes ciphertexts that no waiting dossier needs; returns how many."""
        keep = {self.path(dossier) for dossier in waiting}
        gone = [path for path in self.folder.iterdir() if path not in keep]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _new_id(self) -> str:
        day = self._clock.now().astimezone(VIETNAM).strftime("%y%m%d")
        while True:
            dossier = f"TN-{day}-{secrets.randbelow(1_000_000):06d}"
            # The outbox and the office take an id twice for the same dossier sent twice, and keep the first.
            if not self.path(dossier).exists() and not self._used(dossier):
                return dossier


def encrypt(plain: bytes, recipient: str) -> bytes:
    """age (X25519) to the office's recipient. Raises NotReady for a key that is none."""
    import pyrage

    try:
        to = pyrage.x25519.Recipient.from_str(recipient)
    except Exception as error:
        raise NotReady(Sentence("sending-bad-key")) from error
    return bytes(pyrage.encrypt(plain, [to]))
