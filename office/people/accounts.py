"""Staff accounts of the console: passwords, sessions, and the browsers they used; secrets are kept as hashes only."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from langso.durable.errors import StoreError
from langso.durable.store import Store
from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import Clock
from langso.words import fold, nfc
from langso.words.catalogue import Sentence
from office.errors import LoginRefused, PasswordRefused, RoleRefused, TooManyTries
from office.people.audit import Audit
from office.people.guesses import WINDOW_S, Guesses, Try
from office.people.hashing import Hashing
from office.people.password_rules import MAX_PASSWORD, checked_password
from office.people.roles import ROLES, Role, roles_of

ONE_TIME_LIFE = timedelta(days=7)
BROWSER_LIFE = timedelta(days=180)
MOST_BROWSERS = 50
TOUCH = timedelta(seconds=20)
MOST_BARRED = 1000
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")
# A password made for one use carries this before its hash, so that it opens one page only.
_ONCE = "once:"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class StaffSession:
    """A login in use. `id`: the hash of its token, safe to show; `must_change`: only the new-password page opens."""

    id: str
    login: str
    name: str
    csrf: str
    created: datetime
    seen: datetime
    address: str
    must_change: bool
    roles: frozenset[Role] = frozenset()

    def may(self, *roles: Role) -> bool:
        """Whether this person has one of these roles; with no role named, always True."""
        return not roles or not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class NewSession:
    """A session that just began, and the token for its cookie, told only once; `browser`: the token of the browser's
    own cookie.
    """

    token: str
    session: StaffSession
    browser: str = ""


class Accounts:
    """All that is done with accounts and sessions; thread-safe."""

    def __init__(self, store: Store, clock: Clock, settings: OfficeSettings, place: tuple[str, ...] = ()) -> None:
        """`place`: the commune's names, which no password may be made of."""
        self._store = store
        self._clock = clock
        self._settings = settings
        self._place = place
        self._hashing = Hashing()
        self._guesses = Guesses(clock)
        self._audit = Audit(store, clock)
        self._barred: dict[tuple[str, str], float] = {}
        # Checked for unknown names too, so that the answer's time does not tell who exists.
        self._nobody = self._hashing.hash(secrets.token_urlsafe(16))

    def add(self, name: str, password: str | None = None, roles: Iterable[Role] | None = None) -> str | None:
        """A new account, or a new password for an old one, whose sessions end. `password` None: a one-time one is
        made and returned; it must be changed at the first login. `roles` None: all for a new account, as a small
        commune needs it, and those it had for an old one. Raises PasswordRefused, LoginRefused, RoleRefused.
        """
        login = login_of(name)
        once = None
        if password is None:
            once = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
            kept = _ONCE + self._hashing.hash(once)
        else:
            kept = self._hashing.hash(self.checked(password, login, name))
        shown = " ".join(nfc(name).split())[:80]
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO staff (login, name, password, created_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (login) DO UPDATE SET name = excluded.name, password = excluded.password,"
                " created_at = excluded.created_at, disabled_at = NULL",
                [login, shown, kept, now],
            )
            if roles is not None or not self._roles(login):
                self._give(login, ROLES if roles is None else tuple(roles))
            self._forget(login)
            self._audit.write(login, "account", login, "one_time" if once else "set")
        return once

    def disable(self, name: str) -> None:
        """Closes the account: it stays in the log, but logs in no more. Raises LoginRefused where there is none."""
        login = login_of(name)
        with self._store.transaction() as db:
            done = db.execute(
                "UPDATE staff SET disabled_at = ? WHERE login = ?", [self._clock.now().isoformat(), login]
            )
            if not done.rowcount:
                raise LoginRefused(Sentence("people-no-account", login=login))
            self._forget(login)
            self._audit.write(login, "disable", login)

    def give(self, name: str, roles: Iterable[Role], by: str) -> tuple[Role, ...]:
        """Gives the account exactly these roles, at once; returns them. Raises LoginRefused, RoleRefused."""
        login, wanted = login_of(name), tuple(roles)
        with self._store.transaction() as db:
            if db.execute("SELECT 1 FROM staff WHERE login = ?", [login]).fetchone() is None:
                raise LoginRefused(Sentence("people-no-account", login=login))
            self._give(login, wanted)
            self._audit.write(by, "roles", login, " ".join(wanted))
        return wanted

    def roles(self, name: str) -> tuple[Role, ...]:
        """The roles of an account. Raises LoginRefused."""
        return self._roles(login_of(name))

    def names(self) -> list[tuple[str, str, bool]]:
        """(login, name, usable) of every account."""
        rows = self._store.db.execute("SELECT login, name, disabled_at FROM staff ORDER BY login").fetchall()
        return [(str(row[0]), str(row[1]), row[2] is None) for row in rows]

    def login(
        self, name: str, password: str, address: str, *, old_token: str | None = None, browser: str | None = None
    ) -> NewSession:
        """Begins a session under a fresh token; the one of `old_token` ends. `browser`: as an earlier login told it.

        Raises LoginRefused, TooManyTries.
        """
        try:
            login = login_of(name)
        except LoginRefused:
            login = ""
        known = self._browser(login, browser)
        try:
            tried = self._guesses.login(login, address, known)
        except TooManyTries as barred:
            self._note_barred(login, address, barred)
            raise
        kept = self._prove(tried, login, password, address)
        once = kept.startswith(_ONCE)
        if once and self._clock.now() - self._created(login) > ONE_TIME_LIFE:
            self._audit.write(login, "login_failed", login, address)
            raise LoginRefused(Sentence("people-password-over"))
        with self._store.transaction() as db:
            if old_token:
                db.execute("DELETE FROM sessions WHERE token_sha256 = ?", [_digest(old_token)])
            self._sweep()
            opened = self._open(login, address, self._remember(login, browser))
            self._audit.write(login, "login", login, address)
        return opened

    def confirm(self, session: StaffSession, password: str, address: str) -> None:
        """Checks the password once more before something grave; other people's failures do not count. Raises
        LoginRefused, TooManyTries.
        """
        self._prove(self._confirming(session, address), session.login, password, address)

    def change(self, session: StaffSession, old: str, new: str, address: str) -> NewSession:
        """Sets a new password; all sessions of the account end, and a fresh one begins. Raises PasswordRefused,
        LoginRefused.
        """
        self._prove(self._confirming(session, address), session.login, old, address)
        if secrets.compare_digest(nfc(old).encode(), nfc(new).encode()):
            raise PasswordRefused(Sentence("people-password-same"))
        kept = self._hashing.hash(self.checked(new, session.login))
        with self._store.transaction() as db:
            db.execute("UPDATE staff SET password = ? WHERE login = ?", [kept, session.login])
            db.execute("DELETE FROM sessions WHERE login = ?", [session.login])
            opened = self._open(session.login, address)
            self._audit.write(session.login, "password", session.login)
        return opened

    def session(self, token: str | None, *, touch: bool = True) -> StaffSession | None:
        """The session that a cookie's token names; None where it is unknown, was idle too long or is too old.

        `touch`: whether a person is there; a page that refreshes itself is no person.
        """
        if not token or len(token) > 200:
            return None
        found = self._find(_digest(token))
        if found is None:
            return None
        now = self._clock.now()
        if not self._alive(found, now):
            with suppress(StoreError):
                self._store.db.execute("DELETE FROM sessions WHERE token_sha256 = ?", [found.id])
            return None
        # Not at every poll: each write waits for the disk. A full disk must not lock out who is there already.
        if touch and now - found.seen > TOUCH:
            with suppress(StoreError):
                self._store.db.execute(
                    "UPDATE sessions SET seen_at = ? WHERE token_sha256 = ?", [now.isoformat(), found.id]
                )
        return found

    def draft_key(self, login: str) -> str:
        """The key (hex) under which this account's browsers keep what is being typed: the next person at a shared
        machine has another. It changes with the password.
        """
        row = self._store.db.execute("SELECT password FROM staff WHERE login = ?", [login]).fetchone()
        return _digest(f"langso draft {'' if row is None else row[0]}")

    def sessions(self, login: str) -> list[StaffSession]:
        """The live sessions of one account, the newest first."""
        now = self._clock.now()
        rows = self._store.db.execute(
            f"{_SESSION} WHERE s.login = ? AND f.disabled_at IS NULL ORDER BY s.created_at DESC", [login]
        ).fetchall()
        return [one for one in map(_session, rows) if self._alive(one, now)]

    def end(self, login: str, id: str) -> None:
        """Ends one session of this account."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM sessions WHERE token_sha256 = ? AND login = ?", [id, login])
            self._audit.write(login, "logout", login)

    def checked(self, password: str, login: str, name: str = "") -> str:
        """The password, NFC, where it may be one (`password_rules`). Raises PasswordRefused."""
        row = self._store.db.execute("SELECT name FROM staff WHERE login = ?", [login]).fetchone()
        names = (*self._place, name, "" if row is None else str(row[0]))
        return checked_password(password, login, self._settings.password_min, names)

    def _prove(self, tried: Try, login: str, password: str, address: str) -> str:
        row = self._store.db.execute(
            "SELECT password FROM staff WHERE login = ? AND disabled_at IS NULL", [login]
        ).fetchone()
        kept = self._nobody if row is None else str(row[0])
        try:
            right = (
                len(password) <= MAX_PASSWORD
                and self._hashing.right(kept.removeprefix(_ONCE), nfc(password), tried.lane)
                and row is not None
            )
        except TooManyTries:
            self._guesses.unjudged(tried)
            raise
        if not right:
            self._audit.write(login or "?", "login_failed", login or "?", address)
            raise LoginRefused(Sentence("people-login-wrong"))
        self._guesses.right(tried)
        return kept

    def _confirming(self, session: StaffSession, address: str) -> Try:
        try:
            return self._guesses.confirm(session.id)
        except TooManyTries as barred:
            self._note_barred(session.login, address, barred)
            raise

    def _note_barred(self, login: str, address: str, barred: TooManyTries) -> None:
        """Once in a while only: whoever is barred may go on asking, at no cost to him."""
        now, key = self._clock.monotonic(), (login, address)
        if now - self._barred.get(key, float("-inf")) < WINDOW_S:
            return
        if len(self._barred) >= MOST_BARRED:
            self._barred.clear()
        self._barred[key] = now
        self._audit.write(login or "?", "login_barred", login or "?", f"{address} {barred}")

    def _roles(self, login: str) -> tuple[Role, ...]:
        rows = self._store.db.execute("SELECT role FROM staff_roles WHERE login = ?", [login]).fetchall()
        return roles_of(row[0] for row in rows)

    def _give(self, login: str, roles: tuple[Role, ...]) -> None:
        if not roles:
            raise RoleRefused(Sentence("roles-none"))
        db = self._store.db
        others = db.execute(
            "SELECT 1 FROM staff_roles r JOIN staff f ON f.login = r.login"
            " WHERE r.role = 'admin' AND f.disabled_at IS NULL AND r.login <> ?",
            [login],
        ).fetchone()
        if "admin" not in roles and others is None and "admin" in self._roles(login):
            raise RoleRefused(Sentence("roles-last-admin", login=login))
        db.execute("DELETE FROM staff_roles WHERE login = ?", [login])
        for role in roles:
            db.execute("INSERT INTO staff_roles VALUES (?, ?)", [login, role])

    def _created(self, login: str) -> datetime:
        row = self._store.db.execute("SELECT created_at FROM staff WHERE login = ?", [login]).fetchone()
        return datetime.fromisoformat(row[0])

    def _browser(self, login: str, token: str | None) -> str:
        """The hash of a browser's token where this account used that browser lately; else ""."""
        if not token or len(token) > 200:
            return ""
        since = (self._clock.now() - BROWSER_LIFE).isoformat()
        row = self._store.db.execute(
            "SELECT 1 FROM browsers WHERE token_sha256 = ? AND login = ? AND used_at > ?",
            [_digest(token), login, since],
        ).fetchone()
        return "" if row is None else _digest(token)

    def _remember(self, login: str, token: str | None) -> str:
        """The token of this browser, a fresh one unless it was ours."""
        db = self._store.db
        ours = token and db.execute("SELECT 1 FROM browsers WHERE token_sha256 = ?", [_digest(token)]).fetchone()
        kept = token if token and ours else secrets.token_urlsafe(32)
        db.execute(
            "INSERT OR REPLACE INTO browsers VALUES (?, ?, ?)", [_digest(kept), login, self._clock.now().isoformat()]
        )
        db.execute(
            "DELETE FROM browsers WHERE login = ? AND token_sha256 NOT IN"
            " (SELECT token_sha256 FROM browsers WHERE login = ? ORDER BY used_at DESC LIMIT ?)",
            [login, login, MOST_BROWSERS],
        )
        return kept

    def _forget(self, login: str) -> None:
        for table in ("sessions", "browsers"):
            self._store.db.execute(f"DELETE FROM {table} WHERE login = ?", [login])

    def _open(self, login: str, address: str, browser: str = "") -> NewSession:
        token, now = secrets.token_urlsafe(32), self._clock.now().isoformat()
        self._store.db.execute(
            "INSERT INTO sessions (token_sha256, login, csrf, created_at, seen_at, address)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [_digest(token), login, secrets.token_urlsafe(24), now, now, address[:64]],
        )
        found = self._find(_digest(token))
        assert found is not None
        return NewSession(token, found, browser)

    def _find(self, digest: str) -> StaffSession | None:
        row = self._store.db.execute(
            f"{_SESSION} WHERE s.token_sha256 = ? AND f.disabled_at IS NULL", [digest]
        ).fetchone()
        return None if row is None else _session(row)

    def _alive(self, session: StaffSession, now: datetime) -> bool:
        idle = timedelta(minutes=self._settings.session_idle_min)
        longest = timedelta(hours=self._settings.session_max_h)
        return now - session.seen < idle and now - session.created < longest

    def _sweep(self) -> None:
        oldest = self._clock.now() - timedelta(hours=self._settings.session_max_h)
        self._store.db.execute("DELETE FROM sessions WHERE created_at < ?", [oldest.isoformat()])


_SESSION = (
    "SELECT s.token_sha256, s.login, f.name, s.csrf, s.created_at, s.seen_at, s.address, f.password,"
    " (SELECT group_concat(role) FROM staff_roles WHERE login = s.login)"
    " FROM sessions s JOIN staff f ON f.login = s.login"
)


def login_of(name: str) -> str:
    """The login made of a person's name: "Văn thư xã" is van-thu-xa. Raises LoginRefused where nothing is left."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", fold(name).casefold()[:200]).strip("-._")
    if not _LOGIN.fullmatch(plain):
        raise LoginRefused(Sentence("people-login-name"))
    return plain


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _session(row: tuple[str, str, str, str, str, str, str, str, str | None]) -> StaffSession:
    id, login, name, csrf, created, seen, address, password, roles = row
    held = frozenset(roles_of((roles or "").split(",") if roles else ()))
    begun, last = datetime.fromisoformat(created), datetime.fromisoformat(seen)
    return StaffSession(id, login, name, csrf, begun, last, address, password.startswith(_ONCE), held)
