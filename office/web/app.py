"""The console as one ASGI application: checks outside, pages inside; every refusal is a page with one sentence."""

from __future__ import annotations

import logging
from contextlib import suppress
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from langso.durable.errors import StoreError
from langso.errors import LangsoError
from langso.words.catalogue import code_of, t
from langso.words.harmless import harmless_page
from office.errors import NotFound, PageRefused, TooManyTries
from office.people.accounts import Accounts
from office.signer.errors import SignerUnreachable
from office.web.compressing import Compressed
from office.web.doors import files, renewals
from office.web.doors.uploads import desk_router
from office.web.kept import Kept
from office.web.kept_forms import back_to, page_of, to_carry
from office.web.languages import Languages
from office.web.pages import (
    account,
    approving,
    archive,
    broadcast,
    calendar,
    certificate_guide,
    compose,
    device,
    fleet,
    login,
    papers,
    sounds,
    talk,
    urgent,
)
from office.web.security import Guard, cookie_name
from office.web.site import LOGIN, TYPED, LoginNeeded, Site, form_of, go, is_part, refusal_header
from office.web.urgent_first import UrgentFirst
from office.whole_office import Office

log = logging.getLogger(__name__)

# Browsers heed it only where they met no warning. An own authority may be made anew, and a phone that knows only the
# old one must come back to the page that installs the new one: by number at once, by name within a week.
STRICT_OWN_S = 7 * 86400
STRICT_S = 365 * 86400


def make_app(office: Office, accounts: Accounts | None = None) -> FastAPI:
    """The application over an open office; the caller starts the publisher and closes the console."""
    site = Site(
        office,
        accounts or Accounts(office.store, office.clock, office.settings.office, office.settings.commune.names),
    )
    # Read and compressed now, rather than while somebody waits.
    _ = site.files
    app = FastAPI(title="Làng Số", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    pages = (
        login,
        account,
        calendar,
        compose,
        approving,
        broadcast,
        urgent,
        fleet,
        device,
        talk,
        papers,
        archive,
        sounds,
        certificate_guide,
    )
    for module in (*pages, files, renewals):
        app.include_router(module.router)
    app.include_router(desk_router(office.desk))

    async def refused(request: Request, error: Exception) -> Response:
        # A body that is too large was not read to its end, and is not read now.
        if page_of(request.url.path) and request.method == "POST" and status_of(error) != 413:
            with suppress(PageRefused):
                await form_of(request)
        return refused_outside(request, error)

    def refused_outside(request: Request, error: Exception) -> Response:
        text = str(error)
        if isinstance(error, SignerUnreachable):
            text = t("console-nothing-sent", why=error)
        status, code = status_of(error), code_of(error)
        return _given_back(site, request, status, text, code) or _refusal(site, request, status, text, code)

    async def outside(request: Request, error: Exception) -> Response:
        return refused_outside(request, error)

    async def login_needed(request: Request, error: Exception) -> Response:
        assert isinstance(error, LoginNeeded)
        if is_part(request):
            # A page with a form stays as it is, and says how to go on with what was typed.
            at = urlsplit(request.headers.get("hx-current-url", "")[:500]).path
            return Response(status_code=401, headers={} if page_of(at) else {"HX-Redirect": error.to})
        if error.to == LOGIN and request.method == "POST" and back_to(request.url.path):
            with suppress(PageRefused):
                typed = to_carry(request.url.path, await form_of(request))
                text = t("console-session-over")
                if typed is not None or request.scope[TYPED].text("text", None):
                    return login.login_form(
                        request, site, "", "" if typed and typed.form.fields else text, 401, typed
                    )
        return go(error.to)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        known = error.status_code if error.status_code in (404, 405) else "other"
        id = f"console-http-{known}"
        return _refusal(site, request, error.status_code, t(id), id)

    async def invalid(request: Request, error: Exception) -> Response:
        del error
        return _refusal(site, request, 422, t("console-invalid"), "console-invalid")

    app.add_exception_handler(LangsoError, refused)
    app.add_exception_handler(LoginNeeded, login_needed)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_middleware(Kept, site=site)
    app.add_middleware(
        Guard,
        error_page=outside,
        office=office.settings.office,
        elsewhere=lambda request: certificate_guide.elsewhere(site, request),
        strict_s=STRICT_OWN_S if office.settings.office.https == "own" else STRICT_S,
    )
    app.add_middleware(Languages)
    app.add_middleware(Compressed)
    app.add_middleware(UrgentFirst)
    return app


def status_of(error: Exception) -> int:
    """The HTTP status for this kind of refusal."""
    if isinstance(error, PageRefused):
        return error.status
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, TooManyTries):
        return 429
    return 503 if isinstance(error, SignerUnreachable | StoreError) else 422


def _given_back(site: Site, request: Request, status: int, text: str, code: str) -> Response | None:
    """The page of a form again, as it was typed, with what is wrong; None for what is no such form, or where the page
    cannot be made either.
    """
    form, page = request.scope.get(TYPED), page_of(request.url.path)
    if form is None or not page or is_part(request):
        return None
    try:
        session = site.accounts.session(request.cookies.get(cookie_name(request)), touch=False)
        if session is None or session.must_change:
            return None
        if page == "/soan" and session.may("writer"):
            return compose.give_back(site, session, form, text, status, code)
        if page == "/khan-cap" and session.may("approver"):
            return urgent.give_back(site, session, form, text, status, code)
        if page.endswith("/luu-tru") and session.may("desk") and status != 404:
            return archive.give_back(site, session, page.split("/")[2], form, text, status)
    except Exception:
        # Whatever keeps the page from being made, the sentence is still said.
        log.exception("what was typed at %s is not given back", page)
    return None


def _refusal(site: Site, request: Request, status: int, text: str, code: str) -> Response:
    if is_part(request) or request.url.path.startswith(("/media/", "/static/", "/desk/")):
        return Response(
            harmless_page(text), status, headers=refusal_header(code), media_type="text/plain; charset=utf-8"
        )
    typed_before = back_to(request.url.path) if request.method == "POST" else ""
    return site.page("loi.html", None, status=status, refusal=code, text=text, typed_before=typed_before)
