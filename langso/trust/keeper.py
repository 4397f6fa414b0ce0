"""The device's whole trust state: which documents it obeys, what it holds, and what time is proven."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from langso.contract import Document, Held, Order, TrustDocument
from langso.contract.health import Check
from langso.durable.card_hand import CardHand
from langso.durable.errors import FileRefused
from langso.durable.owed_files import OwedFiles
from langso.timekeeping.clock import Clock, ClockEvidence, ClockTrust
from langso.timekeeping.evidence import EvidenceWatch
from langso.timekeeping.known_time import KnownTime, known_time
from langso.timekeeping.proven_clock import ProvenClock
from langso.trust.chain import MAX_BUNDLE_BYTES, Opened, open_bundle
from langso.trust.checks import trust_checks
from langso.trust.envelope import Sealed, read_sealed
from langso.trust.errors import Refused
from langso.trust.judged_clock import JudgedClock
from langso.trust.keys import RootKeys
from langso.trust.marks import FOLDER, LookedAt, Mark, Marks, MarksFile, new_nonce
from langso.trust.newest_ack import NewestAck
from langso.trust.rules import check_time, check_version, floor_under, lift_of, vouches_for_time, vouching
from langso.trust.taken import Taken, issued_of, issuer_of
from langso.trust.verifying import MODELS, about, read_held, verified, verified_ack

NEEDS_MARKS = ("plan", "urgent")
NONCE_LIFE_S = 600.0
NONCE_SLACK_S = 120.0
ANSWERED_S = 60.0
_MAX_REPORTED = (1 << 62) - 1


class Keeper:
    """Thread-safe; one per device. Its files live in `state_dir/trust`, which pairing prepares (`begin_marks`).

    Held documents are verified again at start, so that a device plays on with broker and office gone.
    `evidence` says what speaks for the wall clock (default: this machine's, remembered in `state_dir` and `run_dir`,
    with a hardware clock that drifts by `rtc_ppm`).
    A `clock` that is a ProvenClock is told what speaks for it, and judges by more than this moment.
    `look_only`: reads what is held and never writes; give it `evidence`. `spare`: a folder that is no card, for what
    the card does not take (`files`); what was accepted counts all the same.
    `hand`: waits for the card. Raises ValueError for a bad clock mode.
    """

    def __init__(
        self,
        state_dir: Path,
        commune: str,
        device_id: str,
        roots: RootKeys,
        clock: Clock,
        clock_mode: str = "auto",
        *,
        run_dir: Path | None = None,
        evidence: Callable[[], ClockEvidence] | None = None,
        rtc_ppm: float | None = None,
        look_only: bool = False,
        spare: Path | None = None,
        hand: CardHand | None = None,
    ) -> None:
        self.commune = commune
        self.device_id = device_id
        self._folder = state_dir / FOLDER
        self._roots = roots
        self._clock = clock
        evidence = evidence or EvidenceWatch(clock, state_dir, run_dir or state_dir, rtc_ppm).evidence
        self._judged_clock = JudgedClock(clock, clock_mode, evidence, state_dir)
        self._lock = threading.RLock()
        held = None if spare is None else spare / FOLDER
        self.files = OwedFiles(self._folder, held, look_only=look_only, hand=hand)
        self._file = LookedAt(self._folder) if look_only else MarksFile(self._folder, self.files)
        self._opened: Opened | None = None
        self._held: dict[tuple[str, str], Taken] = {}
        self._nonce: str | None = None
        self._nonce_made: float | None = None
        self._answered: float | None = None
        self._proven: float | None = None
        self._acknowledged = NewestAck()
        marks = self._file.mend()
        self._marks = marks if marks is not None else self._file.save(Marks(nonce=new_nonce(), lost=True))
        self._load_trust()
        self._load_held()

    @property
    def trust(self) -> TrustDocument | None:
        """The trust document in force; one that has lapsed stays in force."""
        opened = self._opened
        return opened.trust if opened else None

    @property
    def revoked(self) -> bool:
        """Whether trust has revoked this device: it then obeys and holds nothing."""
        return self.trust is not None and self.device_id in self.trust.revoked

    @property
    def needs_nonce(self) -> bool:
        """Whether plans and urgent orders wait until the office has answered `nonce()`."""
        return self._marks.lost

    @property
    def floor(self) -> datetime | None:
        """The latest time that verified documents prove; None before the first."""
        with self._lock:
            return floor_under(self._marks, self.trust)

    def clock_trust(self) -> ClockTrust:
        """Whether the wall clock may be acted on now, and why. While a card takes its time, as of a moment ago."""
        if not self._lock.acquire(blocking=False):
            judged = self._judged_clock.lately()
            if judged is not None:
                return judged
            self._lock.acquire()
        try:
            return self._judged_clock.judge(self.floor, self._proven)
        finally:
            self._lock.release()

    @property
    def asks_time(self) -> bool:
        """Whether the office is to be asked for the time: nothing proves it, or it has leapt."""
        if not self.clock_trust().trusted:
            return True
        return isinstance(self._clock, ProvenClock) and self._clock.asks

    @property
    def doubtful_after(self) -> datetime | None:
        """What was due after this moment is judged over by a clock that has just leapt; None: nothing is in doubt."""
        return self._judged_clock.doubt

    def known_time(self) -> KnownTime:
        """The time by which the dates of certificates are judged."""
        return known_time(self._clock.now(), self.clock_trust(), self.floor)

    def nonce(self) -> str:
        """32 hex digits to publish in the signed state while `needs_nonce`, or while it `asks_time`.

        After lost marks it stays the same until answered; else it changes after ten minutes, since an answer proves
        the time only when it comes soon. One minute after an answer it is asked again if the clock is still not
        trusted: the clock may have been set meanwhile; asked at once, it would be told the same without end.
        """
        with self._lock:
            if self._marks.lost and self._marks.nonce is not None:
                return self._marks.nonce
            now = self._clock.monotonic()
            answered = self._answered is not None and now - self._answered >= ANSWERED_S
            too_old = self._nonce_made is None or now - self._nonce_made > NONCE_LIFE_S
            if self._nonce is None or too_old or answered:
                self._nonce, self._nonce_made, self._answered = new_nonce(), now, None
            return self._nonce

    def versions(self) -> list[Held]:
        """The marks in force, as the state reports them."""
        with self._lock:
            return [
                Held(
                    kind=mark.kind,
                    issuer=mark.issuer,
                    epoch=mark.epoch,
                    version=min(mark.version, _MAX_REPORTED),
                    sha256=mark.sha256,
                )
                for mark in self._marks.marks
                if mark.epoch == self._marks.highest_epoch(mark.issuer)
            ]

    def checks(self) -> list[Check]:
        """Health of what trust rests on: trust document, marks, clock, and whether the office is still heard."""
        with self._lock:
            heard = [floor.moment for floor in vouching(self._marks, self.trust) if floor.issuer != "root"]
            if self._acknowledged.written is not None:
                heard.append(self._acknowledged.written)
            return trust_checks(
                self.trust,
                clock=self.clock_trust(),
                now=self._clock.now(),
                heard=max(heard, default=None),
                needs_nonce=self.needs_nonce,
                revoked=self.revoked,
            )

    def held(self, kind: str, issuer: str | None = None) -> Taken | None:
        """The document of that kind in force (of that issuer, or the newest issued); None where there is none."""
        found = [taken for taken in self.all_held(kind) if issuer is None or issuer_of(taken) == issuer]
        return max(found, key=issued_of, default=None)

    def all_held(self, kind: str) -> list[Taken]:
        """Every issuer's document of that kind in force, by issuer; empty for a revoked device."""
        with self._lock:
            if self.revoked:
                return []
            return [taken for (held_kind, _), taken in sorted(self._held.items()) if held_kind == kind]

    def take_trust(self, raw: bytes) -> Taken:
        """Takes what `/trust` carries: root chain, trust document. Raises Refused; then nothing has changed."""
        with self._lock:
            opened = open_bundle(raw, self._roots)
            trust = opened.trust
            try:
                if self.commune not in trust.communes or trust.commune not in trust.communes:
                    raise Refused("wrong_commune", f"trust for {', '.join(trust.communes)}")
                if trust.audience not in ("*", *trust.communes):
                    raise Refused("wrong_audience", f"trust for {trust.audience}")
                if trust.epoch < self._marks.highest_epoch("root"):
                    raise Refused("rolled_back", f"root {trust.epoch}")
                mark = self._marks.mark("trust", "root", trust.epoch)
                same = check_version(trust, opened.sha256, mark) == "same"
                if same and self._opened is not None:
                    return Taken(self._opened.trust, opened.sha256, fresh=False)
                if not same:
                    self._check_trust_time(opened)
                for rule in trust.issuers:
                    if rule.epoch < self._marks.highest_epoch(rule.name):
                        raise Refused("rolled_back", f"epoch {rule.epoch} of {rule.name}")
            except Refused as refused:
                raise about(refused, trust, opened.sha256) from None
            self.files.write("bundle.json", raw)
            self._mark(trust, opened.sha256, _newest_issued(opened), trust)
            self._opened = opened
            self._acknowledged.forget()
            self._load_held()
            return Taken(trust, opened.sha256, fresh=True)

    def take(
        self,
        kind: str,
        raw: bytes,
        *,
        topic_issuer: str | None = None,
        before_kept: Callable[[], None] | None = None,
    ) -> Taken:
        """Verifies, then parses a document (plan, urgent, catalogue, order, ack). Raises Refused and changes nothing.

        `topic_issuer`: the issuer its topic names, where it names one. `before_kept`: called, without the lock, when
        a new one is held and not yet on the card: for what cannot wait for it. One caller at a time may give it, and
        only where a failing card refuses nothing (`spare`).
        """
        taken, keep = self._judged(kind, raw, topic_issuer, at_once=before_kept is not None)
        if keep is not None and before_kept is not None:
            try:
                before_kept()
            finally:
                with self._lock:
                    keep()
        return taken

    def _judged(
        self, kind: str, raw: bytes, topic_issuer: str | None, *, at_once: bool
    ) -> tuple[Taken, Callable[[], None] | None]:
        """What was taken; with `at_once` also what is still to be done to keep it."""
        with self._lock:
            trust = self.trust
            sealed = read_sealed(raw, kind)
            if trust is None:
                raise Refused("no_trust", "no trust document yet")
            if self.revoked:
                raise Refused("revoked", "this device is revoked")
            if kind == "ack":
                return self._take_ack(sealed, trust, topic_issuer), None
            if kind not in MODELS:
                raise Refused("wrong_role", f"no device obeys {kind}")
            document = verified(sealed, trust, self.device_id, topic_issuer)
            try:
                return self._accept(document, sealed, raw, trust, at_once=at_once)
            except Refused as refused:
                raise about(refused, document, sealed.sha256) from None

    def _accept(
        self, document: Document, sealed: Sealed, raw: bytes, trust: TrustDocument, *, at_once: bool
    ) -> tuple[Taken, Callable[[], None] | None]:
        key = (document.kind, document.issuer)
        mark = self._marks.mark(document.kind, document.issuer, document.epoch)
        held = self._held.get(key)
        same = check_version(document, sealed.sha256, mark) == "same"
        if same and held and held.sha256 == sealed.sha256:
            return dataclasses.replace(held, fresh=False), None
        if self._marks.lost and document.kind in NEEDS_MARKS:
            raise Refused("needs_nonce", "marks were lost, the nonce is not answered")
        trusted = self.clock_trust().trusted
        answers = self._answers(document, trust)
        if not same:
            check_time(document, now=self._clock.now() if trusted else None, floor=self.floor, answers=answers)
        taken = Taken(document, sealed.sha256, fresh=True)

        def keep() -> None:
            # The document before its mark: a crash between leaves it held, and the start raises the mark from it.
            self.files.write(f"held/{document.kind}.{document.issuer}.json", raw)
            self._mark(document, sealed.sha256, document.issued, trust, answers=answers)
            self._held[key] = taken
            if answers:
                self._hear_nonce(document)

        if at_once:
            self._held[key] = taken
            return taken, keep
        keep()
        return taken, None

    def _take_ack(self, sealed: Sealed, trust: TrustDocument, topic_issuer: str | None) -> Taken:
        ack = verified_ack(sealed, trust, self.device_id, topic_issuer)
        now = self._clock.now() if self.clock_trust().trusted else None
        return Taken(ack, sealed.sha256, fresh=self._acknowledged.take(ack, now))

    def _answers(self, order: Document, trust: TrustDocument) -> bool:
        """Whether it answers a nonce that this device waits for, from one who may vouch for time."""
        if not vouches_for_time(trust.rule(order.issuer)):
            return False
        answers = _nonces(order)
        lost = self._marks.lost and self._marks.nonce in answers
        return lost or (self._answered is None and self._nonce_made is not None and self._nonce in answers)

    def _hear_nonce(self, order: Document) -> None:
        """It answers a nonce of ours: signed after that was made, and by one who may vouch for time."""
        answers = _nonces(order)
        if self._marks.lost and self._marks.nonce in answers:
            self._marks = self._file.save(self._marks.model_copy(update={"lost": False, "nonce": None}))
        if self._answered is None and self._nonce_made is not None and self._nonce in answers:
            waited = self._clock.monotonic() - self._nonce_made
            off = abs((self._clock.now() - order.issued).total_seconds())
            # The true time is between `issued` and `issued + waited`; a clock outside it was not confirmed.
            if waited > NONCE_LIFE_S:
                self._nonce = self._nonce_made = None
                return
            self._answered = self._clock.monotonic()
            latest = order.issued + timedelta(seconds=waited + NONCE_SLACK_S)
            if any(floor.moment > latest for floor in self._marks.floors):
                self._marks = self._file.save(self._marks.lowered(latest, order.issued))
            proves = off <= waited + NONCE_SLACK_S
            if isinstance(self._clock, ProvenClock):
                proves = self._clock.confirm(order.issued, waited, NONCE_SLACK_S)
            if proves:
                self._proven = self._answered

    def _check_trust_time(self, opened: Opened) -> None:
        trusted = self.clock_trust().trusted
        now = self._clock.now() if trusted else None
        # By the floor as the new document leaves it: it may be the one that ends a stolen key's false time.
        floor = floor_under(self._marks, opened.trust)
        check_time(opened.trust, now=now, floor=floor)
        if opened.links and opened.links[-1].version > self._marks.highest_epoch("root"):
            check_time(opened.links[-1], now=now, floor=floor)

    def _mark(
        self, document: Document, sha256: str, issued: datetime, trust: TrustDocument, *, answers: bool = False
    ) -> None:
        lift = None
        if document.issuer == "root" or vouches_for_time(trust.rule(document.issuer)):
            proven = max((floor.proven or floor.moment for floor in vouching(self._marks, trust)), default=None)
            trusted = self.clock_trust().trusted
            lift = lift_of(issued, trust, proven=proven, answers=answers, clock=trusted)
        mark = Mark(
            kind=document.kind,
            issuer=document.issuer,
            epoch=document.epoch,
            version=document.version,
            sha256=sha256,
        )
        self._marks = self._file.save(self._marks.with_mark(mark, lift))

    def _load_trust(self) -> None:
        try:
            opened = open_bundle(self.files.read("bundle.json", MAX_BUNDLE_BYTES), self._roots)
        except (FileRefused, Refused):
            return
        trust = opened.trust
        mark = self._marks.mark("trust", "root", trust.epoch)
        if self.commune not in trust.communes or trust.epoch < self._marks.highest_epoch("root"):
            return
        if mark is None or trust.version > mark.version:
            self._mark(trust, opened.sha256, _newest_issued(opened), trust)
        elif opened.sha256 != mark.sha256:
            return
        self._opened = opened

    def _load_held(self) -> None:
        """Judges what is on disk by the trust in force: a document whose signers or epoch it dropped is dropped."""
        self._held = {}
        trust = self.trust
        if trust is None:
            return
        for sealed, document in read_held(self.files, trust, self.device_id):
            try:
                mark = self._marks.mark(document.kind, document.issuer, document.epoch)
                if check_version(document, sealed.sha256, mark) == "newer":
                    self._mark(document, sealed.sha256, document.issued, trust)
            except (FileRefused, Refused):
                continue
            self._held[document.kind, document.issuer] = Taken(document, sealed.sha256, fresh=False)


def _nonces(document: Document) -> set[str | None]:
    entries = document.orders if isinstance(document, Order) else ()
    return {entry.nonce for entry in entries if entry.action == "nonce_answer"}


def _newest_issued(opened: Opened) -> datetime:
    return max(opened.trust.issued, *(link.issued for link in opened.links), opened.trust.issued)
