"""Logging in and logging out."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from langso.durable.errors import StoreError
from langso.words.catalogue import t
from office.errors import LoginRefused, TooManyTries
from office.people.accounts import BROWSER_LIFE, NewSession, StaffSession
from office.web.forms import MAX_TYPED, Form
from office.web.kept_forms import Carried, carried
from office.web.permits import OPEN, require
from office.web.security import cookie_name, login_token, same, set_cookie
from office.web.site import Sent, Site, SiteHere, address_of, form_of, go, visitor

router = APIRouter()
_VISIT = "-visit"
_BROWSER = "-known"
"""The cookie of a browser that somebody logged in with: others' wrong passwords do not count against it."""


@router.get("/dang-nhap", dependencies=[OPEN])
def login_page(
    request: Request, site: SiteHere, session: Annotated[StaffSession | None, Depends(visitor)]
) -> Response:
    """The form; somebody who is logged in already is sent on."""
    if session is not None:
        return go("/lich")
    return login_form(request, site, "", "")


@router.post("/dang-nhap", dependencies=[OPEN])
def login(request: Request, site: SiteHere, form: Annotated[Form, Depends(form_of)]) -> Response:
    """Begins a session under a fresh token; what was typed on another page before goes back to that page."""
    visit, typed = request.cookies.get(cookie_name(request) + _VISIT, ""), carried(form)
    name = form.one("name", MAX_TYPED)
    if not visit or not same(form.raw("token", None), login_token(visit)):
        return login_form(request, site, name, t("console-login-old"), 403, typed)
    try:
        opened = site.accounts.login(
            name,
            form.raw("password", MAX_TYPED),
            address_of(request),
            old_token=request.cookies.get(cookie_name(request)),
            browser=request.cookies.get(cookie_name(request) + _BROWSER),
        )
    except TooManyTries as refused:
        return login_form(request, site, name, str(refused), 429, typed)
    except LoginRefused as refused:
        return login_form(request, site, name, str(refused), 401, typed)
    except StoreError as refused:
        return login_form(request, site, name, str(refused), 503, typed)
    to = "/lich"
    # On a shared machine the next person gets nothing of what the one before typed.
    if typed is not None and not typed.form.fields:
        to = typed.page
    elif typed is not None and typed.typed_by == opened.session.login:
        site.kept.keep(opened.session.login, typed.page, typed.form)
        to = f"{typed.page}?giu=1"
    response = go("/tai-khoan" if opened.session.must_change else to)
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
    site.kept.forget(sent.session.login)
    site.accounts.end(sent.session.login, sent.session.id)
    response = go("/dang-nhap")
    response.delete_cookie(
        cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )
    return response


def hand_over(request: Request, response: Response, opened: NewSession) -> None:
    """Puts the session's token into the browser's cookie."""
    set_cookie(request, response, cookie_name(request), opened.token)


def login_form(
    request: Request, site: Site, name: str, problem: str, status: int = 200, typed: Carried | None = None
) -> Response:
    """The login page; `typed`: what it carries on, of somebody whose session had ended."""
    visit = request.cookies.get(cookie_name(request) + _VISIT) or secrets.token_urlsafe(24)
    response = site.page(
        "dang-nhap.html",
        None,
        status=status,
        name=name,
        problem=problem,
        token=login_token(visit),
        carried=() if typed is None else typed.fields(),
        kept=typed is not None and bool(typed.form.fields),
    )
    set_cookie(request, response, cookie_name(request) + _VISIT, visit, 3600)
    return response
