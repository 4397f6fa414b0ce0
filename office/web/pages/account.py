"""The page of the person logged in: own password, own sessions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.words.catalogue import Sentence
from office.errors import LoginRefused, PasswordRefused, TooManyTries
from office.founding.doors import console_url
from office.people.accounts import StaffSession
from office.people.password_rules import MAX_PASSWORD
from office.signer.errors import SignerRefused
from office.web.forms import MAX_TYPED
from office.web.pages.login import hand_over
from office.web.permits import require
from office.web.proving import MAX_PASSKEY, origin_of, proving_of
from office.web.site import Sent, SiteHere, Who, go

router = APIRouter()


@router.get("/tai-khoan", dependencies=[require()])
def account(site: SiteHere, session: Who, xong: str = "") -> Response:
    """Own password and sessions."""
    return _account(site, session, "", done=xong if xong in ("1", "khoa") else "")


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


@router.get("/phien/manh", dependencies=[require()])
def still_here(session: Who) -> Response:
    """Whether the session goes on: a page asks before it sends what was typed. It does not count as activity."""
    del session
    return Response(status_code=204)


@router.post("/tai-khoan/ket-thuc", dependencies=[require()])
def end_session(site: SiteHere, sent: Sent) -> Response:
    """Ends one of the own sessions, as on a phone that was lost."""
    site.accounts.end(sent.session.login, sent.form.one("session", 100))
    return go("/tai-khoan")


@router.post("/tai-khoan/khoa/thach", dependencies=[require()])
def passkey_challenge(request: Request, site: SiteHere, sent: Sent) -> Response:
    """What the browser is to ask of a passkey that is to be new. Raises SignerRefused."""
    code = sent.form.one("invitation", 60)
    options = site.office.signer.invited(sent.session.login, code, origin_of(request))
    return Response(options, media_type="application/json")


@router.post("/tai-khoan/khoa", dependencies=[require()])
def passkey(site: SiteHere, sent: Sent) -> Response:
    """Keeps the new passkey at the signer; the one-time code is used up."""
    try:
        answer = sent.form.raw("passkey", MAX_PASSKEY)
        site.office.signer.enrol_passkey(sent.session.login, sent.form.one("invitation", 60), answer)
    except SignerRefused as refused:
        return _account(site, sent.session, str(refused), status=422)
    site.office.speaker_orders.enrolled_anew()
    return go("/tai-khoan?xong=khoa")


def _account(site: SiteHere, session: StaffSession, problem: str, *, done: str = "", status: int = 200) -> Response:
    return site.page(
        "tai-khoan.html",
        session,
        status=status,
        on="tai-khoan",
        sessions=site.accounts.sessions(session.login),
        problem=problem,
        done=done,
        proving=proving_of(site, session),
        enrolled=site.office.speaker_orders.enrolment().people.get(session.login),
        phone=console_url(site.office.settings.office) if site.office.settings.office.https == "own" else "",
        doors=site.office.door_troubles(),
        shortest=site.office.settings.office.password_min,
    )
