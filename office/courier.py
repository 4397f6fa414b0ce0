"""The office's end of the courier: every signed word and its sounds go out by stick, reports and dossiers come in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from langso.contract import Topics
from langso.courier.letters import Direction, Letter
from langso.courier.spool import Attached, Outcome, Wanted
from langso.durable.files import open_plain
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from office.broadcasting.media import MediaStore
from office.desk.dossiers import Desk
from office.errors import CarriedWithout, NotFound
from office.fleet.devices import Fleet
from office.places import OfficeHome
from office.publishing.documents import Documents
from office.publishing.orders import DeviceOrders
from office.publishing.other_issuers import OtherIssuers
from office.signer.places import ISSUER

PIECE = 1 << 20
VOUCHED_FOR = timedelta(days=60)


class OfficeCourier:
    """A `Correspondent`. `sounds`: the SHA-256 of what signed documents name, in order of need; `freshen`: signs anew
    what has grown old; `told`: who else is to hear what a device reported (topic, bytes), as from the line.
    """

    direction: Direction = "to-office"

    def __init__(
        self,
        store: Store,
        home: OfficeHome,
        clock: Clock,
        *,
        documents: Documents,
        orders: DeviceOrders,
        others: OtherIssuers,
        fleet: Fleet,
        desk: Desk,
        media: MediaStore,
        sounds: Callable[[], Iterable[str]],
        freshen: Sequence[Callable[[], object]],
        told: Callable[[str, bytes], None],
    ) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._documents = documents
        self._orders = orders
        self._others = others
        self._fleet = fleet
        self._desk = desk
        self._media = media
        self._sounds = sounds
        self._freshen = freshen
        self._told = told
        self._topics = Topics(home.settings.commune.code)

    def take_letter(self, letter: Letter, raw: bytes, files: dict[str, Path]) -> Outcome:
        """As from the line. Raises ReportRefused, UploadRefused, StoreError."""
        device = letter.device or ""
        if letter.kind == "dossier":
            return self._take_dossier(raw, files)
        if letter.kind == "state":
            fresh = self._fleet.take_state(device, raw).fresh
        else:
            stored = self._fleet.take_receipts(device, raw)
            if stored.through < stored.last:
                raise CarriedWithout(Sentence("courier-receipts-between"))
            fresh = stored.new > 0
        self._told(letter.topic(self._topics), raw)
        return "taken" if fresh else "same"

    def take_file(self, file: Path) -> Outcome:
        """Nothing takes a file for itself: a dossier is read out of it, or was here before."""
        del file
        return "same"

    def wanted(self) -> Iterable[Wanted]:
        """The office wants nothing that is not brought."""
        return ()

    def outgoing(self) -> tuple[list[tuple[Letter, bytes]], list[tuple[Attached, Path]]]:
        """Trust, everything signed in force (also by province and villages, as far as the office heard of it), an
        acknowledgement for each device, and every sound they name that is here.

        Raises SignerUnreachable, SignerRefused.
        """
        for freshen in self._freshen:
            freshen()
        self._vouch()
        letters = [(Letter("trust"), self._home.trust_bundle())]
        for issued in self._documents.all_latest():
            if issued.kind == "order":
                letter = Letter("order", device=issued.audience)
            else:
                letter = Letter(issued.kind, issuer=ISSUER if issued.kind == "urgent" else None)
            letters.append((letter, issued.envelope))
        letters += [(Letter("urgent", issuer=issuer), raw) for issuer, raw in self._others.in_force()]
        for stored in self._fleet.receipts.newest_journals():
            ack = self._fleet.receipts.ack(stored, self._home.settings.commune.code)
            letter = Letter("ack", device=stored.device, mark=stored.journal)
            letters.append((letter, self._documents.signer.sign("ack", ack)))
        return letters, list(self._files())

    def _files(self) -> Iterator[tuple[Attached, Path]]:
        for sha256 in dict.fromkeys((*self._others.sounds(), *self._sounds())):
            with contextlib.suppress(NotFound, OSError):
                path = self._media.path_of(sha256)
                yield Attached(sha256=sha256, size=path.stat().st_size), path

    def _take_dossier(self, raw: bytes, files: dict[str, Path]) -> Outcome:
        upload = self._desk.create_upload(raw)
        outcome: Outcome = "same"
        if not upload.finished:
            file = files.get(self._desk.sha256_of(upload.id))
            if file is None:
                raise CarriedWithout(Sentence("courier-dossier-without-file"))
            with open_plain(file, follow=False) as source:
                source.seek(upload.offset)
                while not upload.finished and (piece := source.read(PIECE)):
                    upload = self._desk.append(upload.id, upload.offset, piece)
            if not upload.finished:
                raise CarriedWithout(Sentence("courier-dossier-without-file"))
            outcome = "taken"
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO carried_dossiers (device, dossier, at) VALUES (?, ?, ?)"
                " ON CONFLICT (device, dossier) DO UPDATE SET at = excluded.at",
                [upload.device, upload.dossier, self._clock.now().isoformat()],
            )
        return outcome

    def _vouch(self) -> None:
        """A kiosk gives a dossier up by the office's signature alone: it goes along for 60 days, and is never so old
        that it would have expired on the way.
        """
        with self._store.transaction() as db:
            db.execute("DELETE FROM carried_dossiers WHERE at < ?", [(self._clock.now() - VOUCHED_FOR).isoformat()])
        for (device,) in self._store.db.execute("SELECT DISTINCT device FROM carried_dossiers").fetchall():
            self._orders.reissue(str(device))
