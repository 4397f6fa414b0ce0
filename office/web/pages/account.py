"""Whoever is logged in: the own password, the own sessions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.words.catalogue import Sentence
from office.errors import LoginRefused, PasswordRefused, TooManyTries
from office.founding.doors import console_url
from office.people.accounts import StaffSession
from office.people.password_rules import MAX_PASSWORD
from office.web.forms import MAX_TYPED
from office.web.pages.login import hand_over
from office.web.permits import require
from office.web.site import Sent, SiteHere, Who, go

router = APIRouter()


@router.get("/tai-khoan", dependencies=[require()])
def account(site: SiteHere, session: Who, xong: str = "") -> Response:
    """Own password and sessions."""
    return _account(site, session, "", done=xong == "1")


@router.post("/tai-khoan", dependencies=[require()])
def change(request: Request, site: SiteHere, sent: Sent) -> Response:
    """A new password, typed twice; all other sessions end."""
    old, new, again = (sent.form.raw(name, MAX_TYPED) for name in ("old", "new", "again"))
    try:
        if new != again:
            raise PasswordRefused(Sentence("console-passwords-differ"))
        if len(new) > MAX_PASSWORD:
            raise PasswordRefused(Sentence("people-password-long", most=MAX_PASSWORD))
        opened = site.accounts.change(sent.session, old, new, sent.address)
    except (PasswordRefused, LoginRefused, TooManyTries) as refused:
        return _account(site, sent.session, str(refused), status=422)
    response = go("/lich" if sent.session.must_change else "/tai-khoan?xong=1")
    hand_over(request, response, opened)
    return response


@router.post("/tai-khoan/ket-thuc", dependencies=[require()])
def end_session(site: SiteHere, sent: Sent) -> Response:
    """Ends one of the own sessions, as on a phone that was lost."""
    site.accounts.end(sent.session.login, sent.form.one("session", 100))
    return go("/tai-khoan")


def _account(
    site: SiteHere, session: StaffSession, problem: str, *, done: bool = False, status: int = 200
) -> Response:
    return site.page(
        "tai-khoan.html",
        session,
        status=status,
        on="tai-khoan",
        sessions=site.accounts.sessions(session.login),
        problem=problem,
        done=done,
        phone=console_url(site.console.settings.office) if site.console.settings.office.https == "own" else "",
        doors=site.console.door_troubles(),
        shortest=site.console.settings.office.password_min,
    )
