"""Coming in and going out."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from langso.words.catalogue import Sentence
from office.errors import LoginRefused, PageRefused, TooManyTries
from office.people.accounts import BROWSER_LIFE, NewSession, StaffSession
from office.web.forms import MAX_TYPED, Form
from office.web.permits import OPEN, require
from office.web.security import cookie_name, login_token, same, set_cookie
from office.web.site import Sent, SiteHere, address_of, form_of, go, visitor

router = APIRouter()
_VISIT = "-visit"
_BROWSER = "-known"
"""The cookie of a browser that somebody logged in with: others' wrong passwords do not count against it."""


@router.get("/dang-nhap", dependencies=[OPEN])
def login_page(
    request: Request, site: SiteHere, session: Annotated[StaffSession | None, Depends(visitor)]
) -> Response:
    """The form; who is in already goes on."""
    if session is not None:
        return go("/lich")
    return _form(request, site, "", "")


@router.post("/dang-nhap", dependencies=[OPEN])
def login(request: Request, site: SiteHere, form: Annotated[Form, Depends(form_of)]) -> Response:
    """Begins a session under a fresh token. Raises PageRefused where the form is not ours."""
    visit = request.cookies.get(cookie_name(request) + _VISIT, "")
    if not visit or not same(form.raw("token", 100), login_token(visit)):
        raise PageRefused(Sentence("console-login-old"))
    name = form.one("name", MAX_TYPED)
    try:
        opened = site.accounts.login(
            name,
            form.raw("password", MAX_TYPED),
            address_of(request),
            old_token=request.cookies.get(cookie_name(request)),
            browser=request.cookies.get(cookie_name(request) + _BROWSER),
        )
    except TooManyTries as refused:
        return _form(request, site, name, str(refused), 429)
    except LoginRefused as refused:
        return _form(request, site, name, str(refused), 401)
    response = go("/tai-khoan" if opened.session.must_change else "/lich")
    hand_over(request, response, opened)
    set_cookie(request, response, cookie_name(request) + _BROWSER, opened.browser, int(BROWSER_LIFE.total_seconds()))
    response.delete_cookie(
        cookie_name(request) + _VISIT,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@router.post("/dang-xuat", dependencies=[require()])
def logout(request: Request, site: SiteHere, sent: Sent) -> Response:
    """Ends this session."""
    site.accounts.end(sent.session.login, sent.session.id)
    response = go("/dang-nhap")
    response.delete_cookie(
        cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )
    return response


def hand_over(request: Request, response: Response, opened: NewSession) -> None:
    """The session's token into the browser's cookie."""
    set_cookie(request, response, cookie_name(request), opened.token)


def _form(request: Request, site: SiteHere, name: str, problem: str, status: int = 200) -> Response:
    visit = request.cookies.get(cookie_name(request) + _VISIT) or secrets.token_urlsafe(24)
    response = site.page(
        "dang-nhap.html", None, status=status, name=name[:80], problem=problem, token=login_token(visit)
    )
    set_cookie(request, response, cookie_name(request) + _VISIT, visit, 3600)
    return response
