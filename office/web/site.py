"""What every page works with: the office, its accounts, the templates; and who is asking."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from langso.timekeeping import dates
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless_page
from langso.words.language import language
from office.errors import PageRefused
from office.people.accounts import Accounts, StaffSession
from office.people.roles import in_words
from office.web.forms import Form, read_form
from office.web.security import cookie_name, same
from office.whole_office import Office

_HERE = Path(__file__).parent
POLL = "/manh"
"""Paths that end so are fetched by the page itself and do not count as somebody being there."""


class LoginNeeded(Exception):
    """Nobody is logged in here, or a one-time password must be changed first; `to`: the page that helps."""

    def __init__(self, to: str = "/dang-nhap") -> None:
        self.to = to


@dataclass(frozen=True)
class Site:
    """One console: made once, shared by all requests."""

    console: Office
    accounts: Accounts

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
            commune=self.console.settings.commune.name,
            style=_version("console.css"),
            script=_version("console.js"),
            guide_script=_version("cai.js"),
        )
        made.filters.update(hour=dates.hour, moment=self._moment, ago=self._ago, roles=in_words, marked=_marked)
        return made

    def page(
        self, name: str, session: StaffSession | None, /, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """A whole page from its template."""
        html = self._templates.get_template(name).render(session=session, now=self.console.clock.now(), **values)
        return HTMLResponse(html, status)

    def fragment(self, name: str, session: StaffSession, known: str, **values: object) -> Response:
        """A part of a page that polls itself; 204 where it would say what is shown already (`known`, its hash)."""
        html, shown = self.part(name, session, **values)
        return Response(status_code=204) if shown == known else HTMLResponse(html)

    def part(self, name: str, session: StaffSession, **values: object) -> tuple[str, str]:
        """(html, hash): the part's own html names its hash, so that the next poll can say what it has."""
        template, now = self._templates.get_template(name), self.console.clock.now()
        bare = template.render(session=session, now=now, shown="", **values)
        shown = hashlib.sha256(bare.encode()).hexdigest()[:16]
        return template.render(session=session, now=now, shown=shown, **values), shown

    def _moment(self, when: object) -> str:
        from datetime import datetime

        assert isinstance(when, datetime)
        return dates.moment(when, today=dates.local(self.console.clock.now()).date())

    def _ago(self, when: object) -> str:
        from datetime import datetime

        assert isinstance(when, datetime)
        return dates.ago(when, self.console.clock.now())


def site_of(request: Request) -> Site:
    """The console this request came to."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


def visitor(request: Request) -> StaffSession | None:
    """Who is logged in, if anyone; a poll does not count as activity."""
    touch = not request.url.path.endswith(POLL)
    return site_of(request).accounts.session(request.cookies.get(cookie_name(request)), touch=touch)


def signed_in(request: Request, session: Annotated[StaffSession | None, Depends(visitor)]) -> StaffSession:
    """The session, on any page. Raises LoginNeeded."""
    if session is None:
        raise LoginNeeded
    if session.must_change and not request.url.path.startswith(("/tai-khoan", "/dang-xuat")):
        raise LoginNeeded("/tai-khoan")
    return session


async def form_of(request: Request) -> Form:
    """The posted form; its size was limited on the way in. Raises PageRefused."""
    return read_form(request.headers.get("content-type", ""), await request.body())


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
    """Checks the session's hidden token. Raises LoginNeeded, PageRefused."""
    if not same(form.raw("token", 100), session.csrf):
        raise PageRefused(Sentence("console-page-old"))
    return Posted(session, form, address_of(request))


def address_of(request: Request) -> str:
    """Where the request came from, for limits and the log."""
    return request.client.host if request.client else "?"


def go(to: str) -> RedirectResponse:
    """After a form: the next page, fetched anew, so that a reload sends nothing twice."""
    return RedirectResponse(to, status_code=303)


def is_part(request: Request) -> bool:
    """Whether the page's script asks for a part rather than a person for the page."""
    return request.headers.get("hx-request") == "true"


SiteHere = Annotated[Site, Depends(site_of)]
Who = Annotated[StaffSession, Depends(signed_in)]
Sent = Annotated[Posted, Depends(posted)]


def _harmless(value: object) -> object:
    # What is Markup came through here when it was made.
    return harmless_page(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _marked(text: str) -> Markup:
    """A sentence of the catalogue in which **this** is weighty."""
    begun = str(escape(harmless_page(text))).split("**")
    return Markup("".join(f"<b>{part}</b>" if number % 2 else part for number, part in enumerate(begun)))


def _version(name: str) -> str:
    return hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]
