"""Who may order, as the signer itself knows them: their passkeys, authenticator apps and printed codes.

They are enrolled here and nowhere else: by root at a terminal of the office's machine, or by whoever holds the
one-time code that root was shown there. The office's pages can ask for proofs, never make one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from langso.words.catalogue import Sentence
from office.signer.asked import codes, passkeys
from office.signer.asked.book import HOUR, Book
from office.signer.asked.passkeys import Passkey
from office.signer.errors import SignerRefused

ROOT = "root"
"""Whoever is root on the office's machine. No account has this name in the signer's book."""
WRONG_AN_HOUR = 10
"""Then one code no longer counts; two in a row do, which nobody guesses: whoever holds the app is never barred."""
INVITED = timedelta(hours=24)
CHALLENGE_S = 180.0
MOST_CHALLENGES = 500
MOST_KEYS = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Powers:
    """What root lets a person do beyond asking for broadcasts: give emergencies; approve what others ask for."""

    alarms: bool = False
    approves: bool = False


@dataclass(frozen=True)
class Person:
    """What one person has enrolled. `alarms`: may give emergencies; `listed`: lines of the printed list unused;
    `approves`: may say yes to what others ask for.
    """

    person: str
    alarms: bool
    code: bool
    passkeys: int
    listed: int
    used: datetime | None = None
    approves: bool = False

    @property
    def usable(self) -> bool:
        """Whether there is anything to prove oneself by."""
        return self.code or self.passkeys > 0 or self.listed > 0


@dataclass(frozen=True)
class _Challenge:
    sha256: str
    person: str
    host: str
    until: float


class People:
    """All of that, in the signer's book. The caller takes turns; `monotonic`: seconds that only grow."""

    def __init__(self, book: Book, origins: Iterable[str], monotonic: Callable[[], float]) -> None:
        self._book = book
        self._origins = tuple(origins)
        self._monotonic = monotonic
        self._challenges: dict[bytes, _Challenge] = {}
        self._enrolling: dict[str, tuple[str, Powers, float]] = {}

    def all(self) -> tuple[Person, ...]:
        """Everybody enrolled, by name."""
        rows = self._book.db.execute(
            "SELECT p.person, p.alarms, p.secret IS NOT NULL,"
            " (SELECT count(*) FROM passkeys k WHERE k.person = p.person),"
            " (SELECT count(*) FROM listed l WHERE l.person = p.person AND l.used IS NULL), p.used, p.approves"
            " FROM people p ORDER BY p.person"
        )
        return tuple(_person(row) for row in rows)

    def anybody(self) -> bool:
        """Whether anybody can prove what he asks."""
        return any(one.usable for one in self.all())

    def challenge(self, person: str, sha256: str, origin: str) -> str:
        """What the browser is to ask of this person's passkeys for this order, JSON. Raises SignerRefused."""
        host = passkeys.host_of(origin, self._origins)
        held = [key for key in self._keys(person) if key.host == host]
        if not held:
            raise SignerRefused(Sentence("signer-passkey-none", person=person))
        # The order's hash is in it, and so is what nobody knew before: an assertion counts for one order, once.
        challenge = hashlib.sha256(b"langso challenge/1\0" + secrets.token_bytes(32) + sha256.encode()).digest()
        self._open(challenge, _Challenge(sha256, person, host, self._monotonic() + CHALLENGE_S))
        return passkeys.asking(host, challenge, held)

    def prove(self, person: str, sha256: str, now: datetime, *, code: str = "", passkey: str = "") -> str:
        """By what this person proved to ask for this order: `passkey`, `code`, `listed`. Raises SignerRefused."""
        held = self._find(person)
        if held is None or not held.usable:
            raise SignerRefused(Sentence("signer-person-unknown", person=person))
        how = self._touched(person, sha256, now, passkey) if passkey else self._typed(person, now, code)
        with self._book.transaction() as db:
            db.execute("UPDATE people SET used = ? WHERE person = ?", [now.isoformat(), person])
        return how

    def may_alarm(self, person: str) -> bool:
        """Whether this person may give emergencies."""
        held = self._find(person)
        return held is not None and held.alarms

    def may_approve(self, person: str) -> bool:
        """Whether this person may approve what others ask for."""
        held = self._find(person)
        return held is not None and held.approves

    def begin_code(self, person: str, commune: str, *, powers: Powers) -> str:
        """A fresh secret for an app, as the address that its camera reads; it counts from `finish_code` on."""
        secret = codes.new_secret()
        self._enrolling = {person: (secret, powers, self._monotonic() + 900)}
        return codes.address_for(secret, person, commune)

    def finish_code(self, person: str, code: str, now: datetime) -> None:
        """The first code of that app; how far its clock is from ours is kept. Raises SignerRefused."""
        secret, powers, until = self._enrolling.get(person, ("", Powers(), 0.0))
        if not secret or until < self._monotonic():
            raise SignerRefused(Sentence("signer-enrol-over"))
        said = codes.typed(code)
        found = (
            codes.match(secret, said, now.timestamp(), drift=0, after=0, wide=True) if said.kind == "code" else None
        )
        if found is None:
            raise SignerRefused(Sentence("signer-code-wrong"))
        with self._book.transaction() as db:
            self._add(person, powers, now)
            db.execute(
                "UPDATE people SET secret = ?, drift = ?, step = ? WHERE person = ?",
                [secret, found.drift, found.step, person],
            )
        self._enrolling.pop(person, None)

    def invite(self, person: str, now: datetime, *, powers: Powers) -> str:
        """A one-time code with which this person may enrol one passkey at the console, within a day."""
        code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
        with self._book.transaction() as db:
            db.execute("DELETE FROM invitations WHERE person = ? OR expires < ?", [person, now.isoformat()])
            expires = (now + INVITED).isoformat()
            db.execute(
                "INSERT INTO invitations (sha256, person, alarms, approves, expires) VALUES (?, ?, ?, ?, ?)",
                [_invitation(code), person, int(powers.alarms), int(powers.approves), expires],
            )
        return code

    def begin_passkey(self, person: str, code: str, origin: str, now: datetime) -> str:
        """What the browser is to ask of a key that is to be new, JSON. Raises SignerRefused."""
        self._invited(person, code, now)
        host = passkeys.host_of(origin, self._origins)
        challenge = secrets.token_bytes(32)
        self._open(challenge, _Challenge(_invitation(code), person, host, self._monotonic() + CHALLENGE_S))
        return passkeys.enrolling(host, challenge, person, self._keys(person))

    def finish_passkey(self, person: str, code: str, answer: str, now: datetime) -> None:
        """Keeps the new key; the one-time code is used up. Raises SignerRefused."""
        powers = self._invited(person, code, now)
        challenge, asked = self._answered(person, _invitation(code), answer)
        made = passkeys.enrolled(asked.host, self._origins, challenge, answer)
        with self._book.transaction() as db:
            self._add(person, powers, now)
            if len(self._keys(person)) >= MOST_KEYS:
                raise SignerRefused(Sentence("signer-passkeys-full", most=MOST_KEYS))
            if db.execute("SELECT 1 FROM passkeys WHERE id = ?", [made.id]).fetchone():
                raise SignerRefused(Sentence("signer-passkey-twice"))
            db.execute(
                "INSERT INTO passkeys (id, person, data, host, count, enrolled) VALUES (?, ?, ?, ?, ?, ?)",
                [made.id, person, made.data, made.host, made.count, now.isoformat()],
            )
            db.execute("DELETE FROM invitations WHERE sha256 = ?", [_invitation(code)])

    def list_anew(self, person: str, now: datetime, *, powers: Powers | None = None) -> tuple[str, ...]:
        """Ten one-time codes to be printed; those of an earlier list no longer count. Raises SignerRefused."""
        held = self._find(person)
        if held is None and powers is None:
            raise SignerRefused(Sentence("signer-person-unknown", person=person))
        lines = codes.new_list()
        with self._book.transaction() as db:
            self._add(person, powers or Powers() if held is None else Powers(held.alarms, held.approves), now)
            db.execute("DELETE FROM listed WHERE person = ?", [person])
            for line in lines:
                db.execute("INSERT INTO listed (sha256, person) VALUES (?, ?)", [codes.kept(line), person])
        return lines

    def revoke(self, person: str) -> None:
        """All that this person enrolled counts no more. Raises SignerRefused where there is nothing."""
        with self._book.transaction() as db:
            gone = db.execute("DELETE FROM people WHERE person = ?", [person]).rowcount
            gone += db.execute("DELETE FROM invitations WHERE person = ?", [person]).rowcount
        self._challenges = {key: one for key, one in self._challenges.items() if one.person != person}
        if not gone:
            raise SignerRefused(Sentence("signer-person-unknown", person=person))

    def _touched(self, person: str, sha256: str, now: datetime, answer: str) -> str:
        challenge, asked = self._answered(person, sha256, answer)
        held = [key for key in self._keys(person) if key.host == asked.host]
        key = passkeys.proven(self._origins, challenge, held, answer)
        with self._book.transaction() as db:
            db.execute("UPDATE passkeys SET count = ?, used = ? WHERE id = ?", [key.count, now.isoformat(), key.id])
        return "passkey"

    def _typed(self, person: str, now: datetime, code: str) -> str:
        said = codes.typed(code)
        if said.kind == "listed":
            with self._book.transaction() as db:
                used = db.execute(
                    "UPDATE listed SET used = ? WHERE sha256 = ? AND person = ? AND used IS NULL",
                    [now.isoformat(), codes.kept(said.digits), person],
                )
                if used.rowcount:
                    return "listed"
        elif said.kind != "wrong":
            if said.kind == "code" and self._wrong(person, now) >= WRONG_AN_HOUR:
                raise SignerRefused(Sentence("signer-code-two"))
            row = self._book.db.execute(
                "SELECT secret, drift, step FROM people WHERE person = ? AND secret IS NOT NULL", [person]
            ).fetchone()
            found = row and codes.match(row[0], said, now.timestamp(), drift=int(row[1]), after=int(row[2]))
            if found:
                with self._book.transaction() as db:
                    db.execute(
                        "UPDATE people SET drift = ?, step = ? WHERE person = ?", [found.drift, found.step, person]
                    )
                    db.execute("DELETE FROM failures WHERE person = ?", [person])
                return "code"
        with self._book.transaction() as db:
            db.execute("INSERT INTO failures VALUES (?, ?)", [person, now.isoformat()])
        raise SignerRefused(Sentence("signer-code-wrong"))

    def _wrong(self, person: str, now: datetime) -> int:
        with self._book.transaction() as db:
            db.execute(
                "DELETE FROM failures WHERE at < ? OR at > ?", [*((now + by * HOUR).isoformat() for by in (-1, 1))]
            )
            row = db.execute("SELECT count(*) FROM failures WHERE person = ?", [person]).fetchone()
        return int(row[0])

    def _answered(self, person: str, sha256: str, answer: str) -> tuple[bytes, _Challenge]:
        """The open challenge that this answer names; it is open no more."""
        challenge = passkeys.challenge_in(answer)
        asked = self._challenges.pop(challenge, None)
        if asked is None or asked.until < self._monotonic():
            raise SignerRefused(Sentence("signer-passkey-late"))
        if (asked.person, asked.sha256) != (person, sha256):
            raise SignerRefused(Sentence("signer-passkey-other"))
        return challenge, asked

    def _open(self, challenge: bytes, asked: _Challenge) -> None:
        now = self._monotonic()
        kept = {key: one for key, one in self._challenges.items() if one.until > now}
        while len(kept) >= MOST_CHALLENGES:
            del kept[next(iter(kept))]
        self._challenges = {**kept, challenge: asked}

    def _invited(self, person: str, code: str, now: datetime) -> Powers:
        row = self._book.db.execute(
            "SELECT alarms, approves FROM invitations WHERE sha256 = ? AND person = ? AND expires > ?",
            [_invitation(code), person, now.isoformat()],
        ).fetchone()
        if row is None:
            raise SignerRefused(Sentence("signer-invitation-wrong"))
        return Powers(bool(row[0]), bool(row[1]))

    def _add(self, person: str, powers: Powers, now: datetime) -> None:
        self._book.db.execute(
            "INSERT INTO people (person, alarms, approves, enrolled) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (person) DO UPDATE SET alarms = excluded.alarms, approves = excluded.approves",
            [person, int(powers.alarms), int(powers.approves), now.isoformat()],
        )

    def _keys(self, person: str) -> list[Passkey]:
        rows = self._book.db.execute("SELECT data, host, count FROM passkeys WHERE person = ?", [person])
        return [Passkey(bytes(data), str(host), int(count)) for data, host, count in rows]

    def _find(self, person: str) -> Person | None:
        return next((one for one in self.all() if one.person == person), None)


def _person(row: tuple[Any, ...]) -> Person:
    person, alarms, code, keys, listed, used, approves = row
    at = None if used is None else datetime.fromisoformat(used)
    return Person(str(person), bool(alarms), bool(code), int(keys), int(listed), at, bool(approves))


def _invitation(code: str) -> str:
    plain = "".join(code.lower().split()).replace("-", "")
    return hashlib.sha256(b"langso invitation/1\0" + plain.encode("utf-8", "replace")).hexdigest()
