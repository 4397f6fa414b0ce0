"""Documents that are handed in: in the outbox, encrypted, until the office has them."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from kiosk.errors import NotReady
from kiosk.sending.last_receipt import LastReceipt
from kiosk.sending.sealing import FOLDER, HandedIn, SealedDocument, seal_document
from langso.contract import DossierManifest
from langso.durable.errors import FileRefused, StoreError
from langso.durable.files import make_folder, write_atomic
from langso.durable.outbox import Outbox
from langso.timekeeping.clock import VIETNAM, Clock
from langso.trust import SigningKey, seal
from langso.words.catalogue import Sentence
from langso.words.language import in_language

log = logging.getLogger(__name__)

KIND = "dossier"


class Dossiers:
    """Only encrypted files touch the disk: `folder/outgoing/ID.age`; the signed manifest is in the outbox."""

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
        last: LastReceipt | None = None,
    ) -> None:
        """`used`: whether an id was given out before, also to a dossier that was sent long ago; `last`: remembers the
        code that was handed out last.
        """
        self.folder = folder / FOLDER
        make_folder(self.folder)
        self._outbox = outbox
        self._clock = clock
        self._key = key
        self._device = device
        self._commune = commune
        self._used = used
        self._last = last

    def hand_in(self, pdf: bytes, *, title: str, pages: int, recipient: str | None) -> HandedIn:
        """Durable when it returns. What it is and what is asked for, the encrypted document alone says.

        Raises NotReady: no office key, too large a document, no room.
        """
        return self.keep(seal_document(pdf, title=title, pages=pages, recipient=recipient))

    def keep(self, sealed: SealedDocument) -> HandedIn:
        """Keeps an encrypted document until the office has it; durable when it returns. Raises NotReady: no room."""
        dossier = self._new_id()
        path = self.path(dossier)
        manifest = DossierManifest(
            device=self._device,
            commune=self._commune,
            dossier=dossier,
            title=unnamed(),
            pages=sealed.pages,
            sha256=hashlib.sha256(sealed.data).hexdigest(),
            size=len(sealed.data),
            plain_sha256=sealed.plain_sha256,
            made=self._clock.now(),
        )
        try:
            # The file first: a crash between leaves a file nobody asks for, which the next start removes.
            write_atomic(path, sealed.data)
            # Code and dossier in one: no code is shown without its dossier, and none is forgotten that may be shown.
            with self._outbox.together():
                self._outbox.put(KIND, seal(manifest, KIND, [self._key]), key=dossier)
                if self._last is not None:
                    self._last.give(dossier, sealed.pages)
        except (FileRefused, StoreError) as error:
            # A file's name means nothing to a villager; doctor and the office have the card's own line.
            log.error("a dossier cannot be kept: %s", error)
            with contextlib.suppress(OSError):
                path.unlink()
            raise NotReady(Sentence("sending-no-room")) from error
        return HandedIn(dossier, sealed.title, sealed.pages)

    def path(self, dossier: str) -> Path:
        """The path of a waiting dossier's encrypted file."""
        return self.folder / f"{dossier}.age"

    def sent(self, item_id: int, dossier: str) -> None:
        """The office has it: removes it from the outbox, then from the disk."""
        self._outbox.acknowledge(item_id)
        self.path(dossier).unlink(missing_ok=True)

    def tidy(self, waiting: Iterable[str]) -> int:
        """Removes encrypted files that no waiting dossier needs; returns how many."""
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


def unnamed() -> str:
    """What a manifest in clear calls every dossier: who finds a kiosk's card or a courier's stick learns nothing."""
    with in_language("vi"):
        return str(Sentence("sending-unnamed"))
