"""Staff who may use the console: passwords, opaque sessions and the browsers they used, both kept as hashes."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from langso.durable.store import Store
from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import Clock
from langso.words import fold, nfc
from office.errors import LoginRefused, PasswordRefused, TooManyTries
from office.people.audit import Audit
from office.people.guesses import Guesses, Try
from office.people.hashing import Hashing

MAX_PASSWORD = 256
LEAST_VARIED = 6
ONE_TIME_LIFE = timedelta(days=7)
BROWSER_LIFE = timedelta(days=180)
MOST_BROWSERS = 50
TOUCH = timedelta(seconds=20)
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")
# A password made for one use carries this before its hash, so that it opens one page only.
_ONCE = "once:"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# The commonest guesses and what this very place suggests; plain letters, without spaces or marks.
_DENIED = [
    "password",
    "matkhau",
    "administrator",
    "admin123",
    "admin1234",
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "9876543210",
    "11111111",
    "88888888",
    "99999999",
    "00000000",
    "66666666",
    "68686868",
    "79797979",
    "qwertyuiop",
    "qwerty123",
    "abcd1234",
    "abc12345",
    "abcdefgh",
    "anhyeuem",
    "emyeuanh",
    "vietnam",
    "vietnam123",
    "langso",
    "langso123",
    "truyenthanh",
    "uybannhandan",
    "ubndxa123",
    "hanoi123",
    "saigon123",
    "iloveyou",
]


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


@dataclass(frozen=True)
class NewSession:
    """A session just begun and the token for its cookie, told once; `browser`: that of the browser's own cookie."""

    token: str
    session: StaffSession
    browser: str = ""


class Accounts:
    """The service; thread-safe."""

    def __init__(self, store: Store, clock: Clock, settings: OfficeSettings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._hashing = Hashing()
        self._guesses = Guesses(clock)
        self._audit = Audit(store, clock)
        # Checked for unknown names too, so that the answer's time does not tell who exists.
        self._nobody = self._hashing.hash(secrets.token_urlsafe(16))

    def add(self, name: str, password: str | None = None) -> str | None:
        """A new account, or a new password for an old one, whose sessions end. `password` None: a one-time one is
        made and returned; it must be changed at the first login. Raises PasswordRefused, LoginRefused.
        """
        login = login_of(name)
        once = None
        if password is None:
            once = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
            kept = _ONCE + self._hashing.hash(once)
        else:
            kept = self._hashing.hash(self.checked(password, login))
        shown = " ".join(nfc(name).split())[:80]
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO staff (login, name, role, password, created_at) VALUES (?, ?, 'clerk', ?, ?)"
                " ON CONFLICT (login) DO UPDATE SET name = excluded.name, password = excluded.password,"
                " created_at = excluded.created_at, disabled_at = NULL",
                [login, shown, kept, now],
            )
            self._forget(login)
            self._audit.write(login, "account", login, "one_time" if once else "set")
        return once

    def disable(self, name: str) -> None:
        """The account stays in the log, but opens nothing. Raises LoginRefused where there is none."""
        login = login_of(name)
        with self._store.transaction() as db:
            done = db.execute(
                "UPDATE staff SET disabled_at = ? WHERE login = ?", [self._clock.now().isoformat(), login]
            )
            if not done.rowcount:
                raise LoginRefused(f"Không có tài khoản {login}; hãy xem lại tên.")
            self._forget(login)
            self._audit.write(login, "disable", login)

    def names(self) -> list[tuple[str, str, bool]]:
        """(login, name, usable) of everyone."""
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
        kept = self._prove(self._guesses.login(login, address, known), login, password, address)
        once = kept.startswith(_ONCE)
        if once and self._clock.now() - self._created(login) > ONE_TIME_LIFE:
            raise LoginRefused("Mật khẩu dùng một lần đã quá 7 ngày; hãy xin người quản trị mật khẩu mới.")
        with self._store.transaction() as db:
            if old_token:
                db.execute("DELETE FROM sessions WHERE token_sha256 = ?", [_digest(old_token)])
            self._sweep()
            opened = self._open(login, address, self._remember(login, browser))
            self._audit.write(login, "login", login, address)
        return opened

    def confirm(self, session: StaffSession, password: str, address: str) -> None:
        """The password once more, before something grave; nobody else's failures count. Raises LoginRefused,
        TooManyTries.
        """
        self._prove(self._guesses.confirm(session.id), session.login, password, address)

    def change(self, session: StaffSession, old: str, new: str, address: str) -> NewSession:
        """A new password; every session of the account ends but a fresh one. Raises PasswordRefused, LoginRefused."""
        self._prove(self._guesses.confirm(session.id), session.login, old, address)
        if secrets.compare_digest(nfc(old).encode(), nfc(new).encode()):
            raise PasswordRefused("Mật khẩu mới giống mật khẩu cũ; hãy đặt mật khẩu khác.")
        kept = self._hashing.hash(self.checked(new, session.login))
        with self._store.transaction() as db:
            db.execute("UPDATE staff SET password = ? WHERE login = ?", [kept, session.login])
            db.execute("DELETE FROM sessions WHERE login = ?", [session.login])
            opened = self._open(session.login, address)
            self._audit.write(session.login, "password", session.login)
        return opened

    def session(self, token: str | None, *, touch: bool = True) -> StaffSession | None:
        """The session of a cookie's token; None where it is unknown, idle too long or too old.

        `touch`: somebody is there; a page that refreshes itself is nobody.
        """
        if not token or len(token) > 200:
            return None
        found = self._find(_digest(token))
        if found is None:
            return None
        now = self._clock.now()
        if not self._alive(found, now):
            self._store.db.execute("DELETE FROM sessions WHERE token_sha256 = ?", [found.id])
            return None
        # Not at every poll: each write waits for the disk.
        if touch and now - found.seen > TOUCH:
            self._store.db.execute(
                "UPDATE sessions SET seen_at = ? WHERE token_sha256 = ?", [now.isoformat(), found.id]
            )
        return found

    def sessions(self, login: str) -> list[StaffSession]:
        """Those of one account that are alive, the newest first."""
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

    def checked(self, password: str, login: str) -> str:
        """The password, NFC, where it is long enough, not one that everybody tries and not mostly digits in a row
        or one character repeated. Raises PasswordRefused.
        """
        given = nfc(password)
        shortest = self._settings.password_min
        if len(given) < shortest:
            raise PasswordRefused(f"Mật khẩu cần ít nhất {shortest} ký tự; một câu dài dễ nhớ là tốt nhất.")
        if len(given) > MAX_PASSWORD:
            raise PasswordRefused(f"Mật khẩu dài quá {MAX_PASSWORD} ký tự; hãy rút ngắn lại.")
        plain = re.sub(r"[\W_]", "", fold(given)).casefold()
        # A denied word with a short tail is what people write when the word alone is refused.
        core = re.sub(r"[0-9]{0,4}$", "", plain)
        own = re.sub(r"[\W_]", "", login)
        varied = _without_runs(plain)
        too_plain = len(set(plain)) < 4 or len(varied) < LEAST_VARIED or varied.rstrip("0123456789") in _DENIED
        if too_plain or plain in _DENIED or core in _DENIED or plain == own or (own and core == own):
            raise PasswordRefused("Mật khẩu này ai cũng đoán được; hãy ghép vài từ không liên quan với nhau.")
        return given

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
            raise LoginRefused("Tên hoặc mật khẩu không đúng; hãy nhập lại.")
        self._guesses.right(tried)
        return kept

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
    "SELECT s.token_sha256, s.login, f.name, s.csrf, s.created_at, s.seen_at, s.address, f.password"
    " FROM sessions s JOIN staff f ON f.login = s.login"
)


def login_of(name: str) -> str:
    """The login a person's name makes: "Văn thư xã" is van-thu-xa. Raises LoginRefused where nothing is left."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", fold(name).casefold()[:200]).strip("-._")
    if not _LOGIN.fullmatch(plain):
        raise LoginRefused("Tên đăng nhập dùng chữ và số, nhiều nhất 32 ký tự; hãy đặt tên khác.")
    return plain


def _without_runs(plain: str) -> str:
    """Each repeated character, and each run of three or more digits that count up or down, as its first character."""
    single = re.sub(r"(.)\1+", r"\1", plain)
    kept, at = "", 0
    while at < len(single):
        kept += single[at]
        at += max(_run(single, at, 1), _run(single, at, -1), 1)
    return kept


def _run(text: str, begin: int, step: int) -> int:
    """Length of the run of digits from `begin` in steps of `step` (9 and 0 are neighbours); 1 below three."""
    end = begin + 1
    while (
        end < len(text)
        and text[end - 1 : end + 1].isdecimal()
        and (int(text[end]) - int(text[end - 1]) - step) % 10 == 0
    ):
        end += 1
    return end - begin if end - begin >= 3 else 1


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _session(row: tuple[str, str, str, str, str, str, str, str]) -> StaffSession:
    id, login, name, csrf, created, seen, address, password = row
    begun, last = datetime.fromisoformat(created), datetime.fromisoformat(seen)
    return StaffSession(id, login, name, csrf, begun, last, address, password.startswith(_ONCE))
