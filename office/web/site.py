"""What every page works with: the office, accounts, templates, and the person who asks."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from langso.contract.sentences import CODE_HEADER
from langso.timekeeping import dates
from langso.words.catalogue import Joined, Sentence, Unit, t
from langso.words.harmless import harmless_page
from langso.words.language import Language, language
from office.broadcasting.jobs import Job
from office.errors import PageRefused
from office.people.accounts import Accounts, StaffSession
from office.people.roles import in_words
from office.web.days import CalendarMonth
from office.web.forms import Form, read_form
from office.web.kept_forms import KeptForms
from office.web.known_shows import KnownShows
from office.web.prepared_alarms import PreparedAlarms
from office.web.security import cookie_name, same
from office.web.static_files import StaticFiles
from office.whole_office import Office

_HERE = Path(__file__).parent
LOGIN = "/dang-nhap"
TYPED = "langso.typed"
"""Where a request's scope holds the form that was read of it."""
_VISITOR = "langso.visitor"
MOST_PARTS = 64
SHORT = 200
"""Letters of a text that is remembered with what a page shows of it."""
POLL = "/manh"
"""Paths that end so are fetched by the page itself and do not count as somebody being there."""


class LoginNeeded(Exception):
    """Nobody is logged in here, or a one-time password must be changed first; `to`: the page that helps."""

    def __init__(self, to: str = LOGIN) -> None:
        self.to = to


@dataclass(frozen=True)
class Site:
    """One console: made once, shared by all requests."""

    office: Office
    accounts: Accounts

    @cached_property
    def alarms(self) -> PreparedAlarms:
        """Alarms that wait for a touch."""
        return PreparedAlarms(self.office.clock)

    @cached_property
    def files(self) -> StaticFiles:
        """What pages look like and work with."""
        return StaticFiles()

    @cached_property
    def shows(self) -> KnownShows:
        """The calendar's broadcasts, as they were shown last."""
        return KnownShows()

    @cached_property
    def kept(self) -> KeptForms:
        """What people typed who had to log in before it could be taken."""
        return KeptForms(self.office.clock)

    @cached_property
    def _templates(self) -> Environment:
        made = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            finalize=_harmless,
        )
        made.globals.update(
            t=t,
            language=language,
            commune=self.office.settings.commune.name,
            static=self.files.url,
            drawn=self._drawn,
        )
        made.filters.update(
            hour=dates.hour,
            second=_second,
            moment=self._moment,
            ago=self._ago,
            first_day=_first_day,
            last_day=_last_day,
            roles=in_words,
            marked=_marked,
            left=self._left,
        )
        return made

    def page(
        self,
        name: str,
        session: StaffSession | None,
        /,
        *,
        status: int = 200,
        refusal: str = "",
        **values: object,
    ) -> HTMLResponse:
        """A whole page from its template; `refusal`: the code of what it says is wrong, for programs."""
        html = self._templates.get_template(name).render(session=session, now=self.office.clock.now(), **values)
        return HTMLResponse(html, status, headers=refusal_header(refusal))

    def fragment(self, name: str, session: StaffSession, known: str, **values: object) -> Response:
        """A part of a page that asks for itself again and again; 204 where nothing has changed since `known` (its
        hash).
        """
        html, shown = self.part(name, session, **values)
        return Response(status_code=204) if shown == known else HTMLResponse(html, headers={"etag": f'"{shown}"'})

    def part(self, name: str, session: StaffSession, **values: object) -> tuple[str, str]:
        """(html, hash): the html carries its own hash, so that the page's next question can tell what it shows. It is
        drawn anew only where a value, the minute or the person is another than last time.
        """
        now = self.office.clock.now()
        key = (session.id, name, language())
        of = (session.csrf, session.name, session.roles, int(now.timestamp() // 60), values)
        last = self._parts.get(key)
        if last is not None and last[0] == of:
            return last[1], last[2]
        # Nobody can guess the mark, so no text of theirs is taken for it.
        mark = secrets.token_hex(16)
        bare = self._templates.get_template(name).render(session=session, now=now, shown=mark, **values)
        shown = hashlib.sha256(bare.replace(mark, "").encode()).hexdigest()[:16]
        html = bare.replace(mark, shown)
        while len(self._parts) >= MOST_PARTS:
            # Another thread may have taken it meanwhile.
            self._parts.pop(next(iter(self._parts), key), None)
        self._parts[key] = of, html, shown
        return html, shown

    def _drawn(self, name: str, **values: Hashable) -> Markup:
        """A piece that hangs on nothing but these values: many forms carry it, and it is drawn once a language."""
        return self._pieces(name, language(), tuple(values.items()))

    @cached_property
    def _pieces(self) -> Callable[[str, Language, tuple[tuple[str, Hashable], ...]], Markup]:
        @lru_cache(maxsize=MOST_PARTS)
        def draw(name: str, spoken: Language, values: tuple[tuple[str, Hashable], ...]) -> Markup:
            del spoken
            return Markup(self._templates.get_template(name).render(dict(values)))

        return draw

    @cached_property
    def _parts(self) -> dict[tuple[str, str, str], tuple[tuple[object, ...], str, str]]:
        return {}

    def _moment(self, when: object) -> str:
        assert isinstance(when, datetime)
        return dates.moment(when, today=dates.local(self.office.clock.now()).date())

    def _left(self, job: object) -> str:
        """About how long a sound still takes to make, in words; "" where nobody knows."""
        assert isinstance(job, Job)
        left = job.left(self.office.clock.now())
        if left is None:
            return ""
        tens = round(left.total_seconds() / 10)
        if tens < 1:
            return t("jobs-left-moment")
        return (
            t("jobs-left-seconds", seconds=tens * 10) if tens < 9 else t("jobs-left-minutes", minutes=-(-tens // 6))
        )

    def _ago(self, when: object) -> str:
        assert isinstance(when, datetime)
        return dates.ago(when, self.office.clock.now())


def site_of(request: Request) -> Site:
    """The console this request came to."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


def visitor(request: Request) -> StaffSession | None:
    """The session of the person logged in, or None; a part that refreshes itself does not count as activity.

    Looked up once a request.
    """
    if _VISITOR not in request.scope:
        touch = not request.url.path.endswith(POLL)
        found = site_of(request).accounts.session(request.cookies.get(cookie_name(request)), touch=touch)
        request.scope[_VISITOR] = found
    known: StaffSession | None = request.scope[_VISITOR]
    return known


def signed_in(request: Request, session: Annotated[StaffSession | None, Depends(visitor)]) -> StaffSession:
    """The session of the person logged in. Raises LoginNeeded."""
    if session is None:
        raise LoginNeeded
    if session.must_change and not request.url.path.startswith(("/tai-khoan", "/dang-xuat")):
        raise LoginNeeded("/tai-khoan")
    return session


async def form_of(request: Request) -> Form:
    """The posted form; its size was limited before. Raises PageRefused."""
    form = read_form(request.headers.get("content-type", ""), await request.body())
    # Where the page fails later, what was typed is found here.
    request.scope[TYPED] = form
    return form


@dataclass(frozen=True)
class Posted:
    """A form sent by somebody logged in, from a page of ours."""

    session: StaffSession
    form: Form
    address: str


def posted(
    request: Request,
    session: Annotated[StaffSession, Depends(signed_in)],
    form: Annotated[Form, Depends(form_of)],
) -> Posted:
    """Checks that the form carries the session's hidden token. Raises LoginNeeded, PageRefused."""
    if not same(form.raw("token", 100), session.csrf):
        raise PageRefused(Sentence("console-page-old"))
    return Posted(session, form, address_of(request))


def address_of(request: Request) -> str:
    """The address that the request came from, for limits and the log."""
    return request.client.host if request.client else "?"


def refusal_header(code: str) -> dict[str, str]:
    """By which a program knows a refusal; nothing where the words are not ours."""
    return {CODE_HEADER: code} if code else {}


def go(to: str) -> RedirectResponse:
    """Redirects after a form, so that loading the page again sends nothing twice."""
    return RedirectResponse(to, status_code=303)


def is_part(request: Request) -> bool:
    """Whether the page's script asks for a part, rather than a person for the page."""
    return request.headers.get("hx-request") == "true"


SiteHere = Annotated[Site, Depends(site_of)]
Who = Annotated[StaffSession, Depends(signed_in)]
Sent = Annotated[Posted, Depends(posted)]


def _harmless(value: object) -> object:
    # Markup was made safe when it was made.
    if isinstance(value, str | Sentence | Unit | Joined) and not isinstance(value, Markup):
        text = str(value)
        return _harmless_short(text) if len(text) <= SHORT else harmless_page(text)
    return value


@lru_cache(maxsize=4096)
def _harmless_short(text: str) -> str:
    """Looked through letter by letter once: names of places and our own words come again on every page."""
    return harmless_page(text)


def _second(when: datetime) -> str:
    return dates.hour(when, seconds=True)


def _first_day(month: CalendarMonth) -> str:
    return next(day.typed for week in month.weeks for day in week if day)


def _last_day(month: CalendarMonth) -> str:
    return next(day.typed for week in reversed(month.weeks) for day in reversed(week) if day)


def _marked(text: str) -> Markup:
    """A sentence of the catalogue in which **this** is weighty and `this` is typed or compared letter by letter."""
    weighty = _between(str(escape(harmless_page(text))), "**", "b")
    return Markup(_between(weighty, "`", "code"))


def _between(text: str, mark: str, tag: str) -> str:
    return "".join(f"<{tag}>{part}</{tag}>" if odd % 2 else part for odd, part in enumerate(text.split(mark)))
