"""Coming in and going out, the own password, the own sessions."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from office.errors import LoginRefused, PageRefused, PasswordRefused, TooManyTries
from office.founding.doors import console_url
from office.people.accounts import BROWSER_LIFE, NewSession, StaffSession
from office.people.password_rules import MAX_PASSWORD
from office.web.forms import Form
from office.web.permits import OPEN, require
from office.web.security import cookie_name, login_token, same, set_cookie
from office.web.site import Sent, SiteHere, Who, address_of, form_of, go, visitor

router = APIRouter()
_VISIT = "-visit"
_BROWSER = "-known"
"""The cookie of a browser that somebody logged in with: others' wrong passwords do not count against it."""
MAX_TYPED = 1000


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
        raise PageRefused("Trang đăng nhập mở đã lâu; hãy tải lại trang rồi nhập lại.")
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
    _hand_over(request, response, opened)
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
            raise PasswordRefused("Hai lần nhập mật khẩu mới không giống nhau; hãy nhập lại.")
        if len(new) > MAX_PASSWORD:
            raise PasswordRefused(f"Mật khẩu dài quá {MAX_PASSWORD} ký tự; hãy rút ngắn lại.")
        opened = site.accounts.change(sent.session, old, new, sent.address)
    except (PasswordRefused, LoginRefused, TooManyTries) as refused:
        return _account(site, sent.session, str(refused), status=422)
    response = go("/lich" if sent.session.must_change else "/tai-khoan?xong=1")
    _hand_over(request, response, opened)
    return response


@router.post("/tai-khoan/ket-thuc", dependencies=[require()])
def end_session(site: SiteHere, sent: Sent) -> Response:
    """Ends one of the own sessions, as on a phone that was lost."""
    site.accounts.end(sent.session.login, sent.form.one("session", 100))
    return go("/tai-khoan")


def _hand_over(request: Request, response: Response, opened: NewSession) -> None:
    set_cookie(request, response, cookie_name(request), opened.token)


def _form(request: Request, site: SiteHere, name: str, problem: str, status: int = 200) -> Response:
    visit = request.cookies.get(cookie_name(request) + _VISIT) or secrets.token_urlsafe(24)
    response = site.page(
        "dang-nhap.html", None, status=status, name=name[:80], problem=problem, token=login_token(visit)
    )
    set_cookie(request, response, cookie_name(request) + _VISIT, visit, 3600)
    return response


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
