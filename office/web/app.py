"""The console as one ASGI application: guard outside, pages inside, every refusal a page with one sentence."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from langso.durable.errors import StoreError
from langso.errors import LangsoError
from langso.words.catalogue import t
from langso.words.harmless import harmless_page
from office.errors import NotFound, PageRefused, TooManyTries
from office.people.accounts import Accounts
from office.signer.errors import SignerUnreachable
from office.web.doors import files, renewals
from office.web.doors.uploads import desk_router
from office.web.languages import Languages
from office.web.pages import (
    account,
    archive,
    broadcast,
    calendar,
    certificate_guide,
    compose,
    fleet,
    login,
    papers,
    sounds,
    urgent,
)
from office.web.security import Guard
from office.web.site import LoginNeeded, Site, go, is_part
from office.whole_office import Office

# Browsers heed it only where they met no warning. An own authority may be made anew, and a phone that knows only the
# old one must come back to the page that installs the new one: by number at once, by name within a week.
STRICT_OWN_S = 7 * 86400
STRICT_S = 365 * 86400


def make_app(console: Office, accounts: Accounts | None = None) -> FastAPI:
    """The application over an open office; the caller starts the publisher and closes the console."""
    site = Site(console, accounts or Accounts(console.store, console.clock, console.settings.office))
    app = FastAPI(title="Làng Số", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    pages = (login, account, calendar, compose, broadcast, urgent, fleet, papers, archive, sounds, certificate_guide)
    for module in (*pages, files, renewals):
        app.include_router(module.router)
    app.include_router(desk_router(console.desk))

    async def refused(request: Request, error: Exception) -> Response:
        text = str(error)
        if isinstance(error, SignerUnreachable):
            text = t("console-nothing-sent", why=error)
        return _refusal(site, request, status_of(error), text)

    async def login_needed(request: Request, error: Exception) -> Response:
        assert isinstance(error, LoginNeeded)
        if is_part(request):
            return Response(status_code=401, headers={"HX-Redirect": error.to})
        return go(error.to)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        known = error.status_code if error.status_code in (404, 405) else "other"
        text = t(f"console-http-{known}")
        return _refusal(site, request, error.status_code, text)

    async def invalid(request: Request, error: Exception) -> Response:
        del error
        return _refusal(site, request, 422, t("console-invalid"))

    app.add_exception_handler(LangsoError, refused)
    app.add_exception_handler(LoginNeeded, login_needed)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_middleware(
        Guard,
        error_page=refused,
        elsewhere=lambda request: certificate_guide.elsewhere(site, request),
        strict_s=STRICT_OWN_S if console.settings.office.https == "own" else STRICT_S,
    )
    app.add_middleware(Languages)
    return app


def status_of(error: Exception) -> int:
    """The HTTP status that says what kind of refusal it is."""
    if isinstance(error, PageRefused):
        return error.status
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, TooManyTries):
        return 429
    return 503 if isinstance(error, SignerUnreachable | StoreError) else 422


def _refusal(site: Site, request: Request, status: int, text: str) -> Response:
    if is_part(request) or request.url.path.startswith(("/media/", "/static/", "/desk/")):
        return Response(harmless_page(text), status, media_type="text/plain; charset=utf-8")
    return site.page("loi.html", None, status=status, text=text, code=status)
