"""The key that opens dossiers: sealed on the disk, in memory from an officer's passphrase until it is locked again.

Receiving needs no key: at night, after a restart, dossiers come in and wait, encrypted as they came. The key in
memory goes with the process; it is taken out after an hour without use and after half a day in any case.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from langso.durable.files import read_limited, write_atomic
from langso.timekeeping.clock import Clock
from langso.trust.roots.age_identity import Lock, SealedIdentity, make_lock, open_lock, recipient_of
from langso.trust.roots.errors import WrongPassphrase
from langso.trust.roots.passphrase import check_new
from langso.trust.roots.passphrase_cipher import Cost
from langso.words.catalogue import Sentence
from office.errors import DeskLocked
from office.places import OfficeHome

IDLE_S = 3600.0
LONGEST_S = 12 * 3600.0
PAUSE_S = 3.0
"""Between two wrong passphrases, whoever typed them: 70 bits are not guessed, and a clerk may mistype."""
COST = Cost(64 << 10, 3, 4)
"""A quarter of a root key's memory: the office's pages answer in the same process meanwhile."""


@dataclass
class _Held:
    identity: str
    recipient: str
    since: float
    used: float


class DeskKey:
    """One process's hold of the key; thread-safe. An office that has not sealed its key yet is always open."""

    def __init__(self, home: OfficeHome, clock: Clock, cost: Cost = COST) -> None:
        self._home = home
        self._clock = clock
        self._cost = cost
        self._lock = threading.Lock()
        self._trying = threading.Lock()
        self._held: _Held | None = None
        self._failed: float | None = None

    @property
    def sealed(self) -> bool:
        """Whether officers' passphrases open it."""
        return not self._home.age_file.exists() and self._home.age_sealed.exists()

    @property
    def open(self) -> bool:
        """Whether dossiers can be opened now."""
        return not self.sealed or self._current() is not None

    def officers(self) -> tuple[str, ...]:
        """Who can open it; none while it is not sealed."""
        return self._home.sealed_identity().officers if self.sealed else ()

    def identity(self) -> str:
        """The secret key, for one use now. Raises DeskLocked, NotInitialised."""
        if not self.sealed:
            return self._home.age_identity()
        held = self._current()
        if held is None:
            raise DeskLocked(Sentence("desk-locked"))
        held.used = self._clock.monotonic()
        return held.identity

    def unlock(self, officer: str, passphrase: str) -> None:
        """Takes the key into memory. Raises WrongPassphrase, DeskLocked (no officer of this name, too soon again)."""
        sealed = self._home.sealed_identity()
        lock = sealed.lock("officer", officer)
        if lock is None:
            raise DeskLocked(Sentence("desk-no-officer"))
        self._take(lock, passphrase, sealed)

    def lock(self) -> None:
        """Takes the key out of memory."""
        with self._lock:
            self._held = None

    def set_passphrase(self, officer: str, passphrase: str) -> None:
        """The officer opens it by this passphrase from now on; it must be open. Raises WeakPassphrase, DeskLocked."""
        identity, phrase = self.identity(), check_new(passphrase)
        made = make_lock(identity, phrase, kind="officer", who=officer, now=self._clock.now(), cost=self._cost)
        write_sealed(self._home, self._home.sealed_identity().with_lock(made))

    def _take(self, lock: Lock, passphrase: str, sealed: SealedIdentity) -> None:
        if not self._trying.acquire(blocking=False):
            raise DeskLocked(Sentence("desk-unlock-wait"))
        try:
            now = self._clock.monotonic()
            if self._failed is not None and now - self._failed < PAUSE_S:
                raise DeskLocked(Sentence("desk-unlock-wait"))
            try:
                identity = open_lock(lock, passphrase, sealed.recipient)
            except WrongPassphrase:
                self._failed = self._clock.monotonic()
                raise
            now, self._failed = self._clock.monotonic(), None
            with self._lock:
                self._held = _Held(identity, sealed.recipient, now, now)
        finally:
            self._trying.release()

    def _current(self) -> _Held | None:
        with self._lock:
            held, now = self._held, self._clock.monotonic()
            if held is not None and (now - held.used >= IDLE_S or now - held.since >= LONGEST_S):
                held = self._held = None
            return held


def seal(home: OfficeHome, officer: str, passphrase: str, recovery: str, clock: Clock, cost: Cost = COST) -> Lock:
    """Seals the office's plain key to its first officer and to the recovery phrase, then removes the plain file;
    returns the recovery's lock, to be printed. Cut off at any moment, it is done again. Raises WeakPassphrase,
    NotInitialised.
    """
    identity, now = home.age_identity(), clock.now()
    locks = (
        make_lock(identity, check_new(passphrase), kind="officer", who=officer, now=now, cost=cost),
        make_lock(identity, check_new(recovery), kind="recovery", now=now, cost=cost),
    )
    write_sealed(home, SealedIdentity(recipient=recipient_of(identity), locks=locks))
    # What cannot be opened again must not cost the only other copy.
    kept = home.sealed_identity()
    for lock, phrase in zip(kept.locks, (passphrase, recovery), strict=True):
        assert open_lock(lock, phrase, kept.recipient) == identity
    home.age_file.write_bytes(b"\0" * len(read_limited(home.age_file, 4096)))
    home.age_file.unlink()
    return locks[1]


def recover(
    home: OfficeHome,
    sealed: SealedIdentity,
    recovery: str,
    officer: str,
    passphrase: str,
    clock: Clock,
    cost: Cost = COST,
) -> None:
    """With the recovery phrase, an officer gets a passphrase anew: all have forgotten theirs, or the file was lost
    (`sealed` is then what the printed sheet says). Raises WrongPassphrase, WeakPassphrase, DeskLocked.
    """
    lock = sealed.lock("recovery")
    if lock is None:
        raise DeskLocked(Sentence("desk-no-recovery"))
    identity = open_lock(lock, recovery, sealed.recipient)
    made = make_lock(identity, check_new(passphrase), kind="officer", who=officer, now=clock.now(), cost=cost)
    write_sealed(home, sealed.with_lock(made))


def remove_officer(home: OfficeHome, officer: str) -> None:
    """Somebody leaves. Raises DeskLocked where nobody of this name can open it, or nobody else could."""
    sealed = home.sealed_identity()
    if officer not in sealed.officers:
        raise DeskLocked(Sentence("desk-no-officer"))
    if len(sealed.locks) == 1:
        raise DeskLocked(Sentence("desk-last-officer"))
    write_sealed(home, SealedIdentity(recipient=sealed.recipient, locks=sealed.without("officer", officer)))


def write_sealed(home: OfficeHome, sealed: SealedIdentity) -> None:
    """Keeps the sealed key durably, for the office's user alone. Raises FileRefused."""
    write_atomic(home.age_sealed, sealed.to_json(), mode=0o600)
