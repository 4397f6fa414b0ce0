"""What somebody typed and the console could not take: given back as a page, and carried through a login."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from langso.timekeeping.clock import Clock
from office.people.accounts import StaffSession
from office.web.forms import Form

GiveBack = Callable[[StaffSession, Form, str, int, str], Response]
"""Makes the page again from (session, form, what is wrong, HTTP status, code of it)."""
LIFE_S = 3600.0
MOST_KEPT = 100
MOST_CARRIED = 256 << 10
"""Bytes of a form that go through a login; what is longer stays in the browser's own draft."""
SECRET = ("token", "password", "passphrase", "old", "new", "again", "ai", "code", "passkey", "invitation")
"""Fields that are never given back: they prove something, or hold a password."""
_PREFIX = "giu."
_PAGES = re.compile(r"/(soan|khan-cap|giay-to/[^/]{1,64}/luu-tru)(/[a-z-]{1,20})?")
_ID = "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}"
_ASKING = re.compile(
    rf"(/ban-tin/{_ID}/dung|/khan-cap/{_ID}/bao-yen)|(/ban-tin/{_ID})(?:/xac-nhan)?|(/giay-to)(?:/[a-z-]{{1,20}})?"
)


@dataclass(frozen=True)
class Carried:
    """A form on its way through a login: the page it was typed on, the account it was typed under, its fields."""

    page: str
    typed_by: str
    form: Form

    def fields(self) -> tuple[tuple[str, str], ...]:
        """As hidden fields of the login page."""
        own = (("giu-trang", self.page), ("giu-ai", self.typed_by))
        return (*own, *((f"{_PREFIX}{name}", value) for name, value in self.form.fields))


def page_of(path: str) -> str:
    """The page on which a form was typed that was posted to this path; "" for forms that are not given back."""
    found = _PAGES.fullmatch(path)
    return "" if found is None else f"/{found[1]}"


def back_to(path: str) -> str:
    """The page from which that was asked, where one may go on; of forms too that hold nothing but a proof, and so
    are never given back.
    """
    found = _ASKING.fullmatch(path)
    return page_of(path) if found is None else str(found[1] or found[2] or found[3])


def _secret(page: str, name: str) -> bool:
    # A dossier's code is none that proves who asks.
    return name in SECRET and not (name == "code" and page.endswith("/luu-tru"))


def to_carry(path: str, form: Form) -> Carried | None:
    """What a login page carries of a form that came without a session: what was typed, or only whither to go back;
    None where there is nothing to keep.
    """
    page = page_of(path)
    if not page:
        back = back_to(path)
        return Carried(back, "", Form(())) if back else None
    fields = tuple((name, value) for name, value in form.fields if not _secret(page, name))
    if not fields or sum(len(name) + len(value.encode()) for name, value in fields) > MOST_CARRIED:
        return None
    return Carried(page, form.one("ai", None), Form(fields))


def carried(form: Form) -> Carried | None:
    """What a posted login form carries, or None."""
    asked = form.one("giu-trang", None)
    page = page_of(asked)
    if not page:
        back = back_to(asked)
        return Carried(back, "", Form(())) if back else None
    names = ((name.removeprefix(_PREFIX), value) for name, value in form.fields if name.startswith(_PREFIX))
    fields = tuple((name, value) for name, value in names if not _secret(page, name))
    return Carried(page, form.one("giu-ai", None), Form(fields))


class KeptForms:
    """Forms of people who had to log in first: in memory, for an hour, one a page and person. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[float, Form]] = {}

    def keep(self, login: str, page: str, form: Form) -> None:
        """Keeps what this person typed on that page."""
        with self._lock:
            self._kept.pop((login, page), None)
            self._kept[login, page] = (self._clock.monotonic(), form)
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]

    def of(self, login: str, page: str) -> Form | None:
        """What this person typed on that page, or None."""
        with self._lock:
            at, form = self._kept.get((login, page), (0.0, None))
            return form if self._clock.monotonic() - at < LIFE_S else None

    def forget(self, login: str, page: str = "") -> None:
        """It was sent, or the person leaves: of one page, or of all."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == login and page in ("", key[1])]:
                del self._kept[key]
