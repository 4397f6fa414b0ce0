"""What every request must pass before a page sees it (size, origin, transport), and the headers of every answer."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langso.settings.model import OfficeSettings, is_loopback
from langso.words.catalogue import Sentence
from office.errors import PageRefused
from office.founding.doors import GUIDE, console_url
from office.web.hosts import is_ours, own_names

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
SAFE = ("GET", "HEAD", "OPTIONS")
DEVICE_DOORS = ("/media/", "/desk/uploads", "/devices/", "/static/")
"""Paths that devices use: without login, without origin; they prove themselves otherwise, or give nothing secret."""

# Room for what was typed far too long: it is refused in a sentence, and comes back as it was typed.
_LIMITS = (("/soan", 1 << 20), ("/khan-cap", 1 << 20), ("/dang-nhap", 320 << 10))
_LIMIT = 8 << 10
DOOR = "langso.door"
"""Where a request's scope says through which door it came; absent: the plain one."""
COOKIE_SECURE = "__Host-langso"
COOKIE_PLAIN = "langso"
ErrorPage = Callable[[Request, PageRefused], Awaitable[Response]]


def limit_of(path: str) -> int | None:
    """The most bytes a request to this path may carry; None where the route counts for itself (uploads)."""
    if path.startswith("/desk/uploads"):
        return None
    return next((limit for start, limit in _LIMITS if path.startswith(start)), _LIMIT)


def check_origin(method: str, headers: Headers, scheme: str) -> None:
    """Raises PageRefused for a request that another site, or this name without TLS, made the browser send."""
    if method in SAFE:
        return
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise PageRefused(Sentence("console-other-site"))
    origin = headers.get("origin")
    # A client without Origin is no browser, so nobody can ride on its cookie; the form's token is still asked.
    if origin is not None and origin.lower() != f"{scheme}://{headers.get('host', '')}".lower():
        raise PageRefused(Sentence("console-other-site"))


def check_transport(door: str, scheme: str, client: str, path: str) -> None:
    """Raises PageRefused for a password without TLS over a network, and for a path that this port does not serve."""
    if path.startswith(DEVICE_DOORS):
        return
    if door == "device":
        raise PageRefused(Sentence("console-device-door"), 404)
    if door == "guide":
        if _in_guide(path):
            return
    elif scheme == "https" or is_loopback(client):
        return
    raise PageRefused(Sentence("console-needs-tls"))


def check_host(hosts: list[str], path: str, names: frozenset[str], url: str) -> None:
    """Raises PageRefused for a page asked for by a name that is not ours, or by two. Devices come by the name of
    their pairing, and what they are given is no secret. `url`: where the page is.
    """
    if path.startswith(DEVICE_DOORS):
        return
    if len(hosts) != 1 or not is_ours(hosts[0], names):
        raise PageRefused(Sentence("console-wrong-host", url=url), 421)


def cookie_name(request: Request) -> str:
    """The cookie's name: with `__Host-` over TLS, plain on this very machine."""
    return COOKIE_SECURE if request.url.scheme == "https" else COOKIE_PLAIN


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """HttpOnly, SameSite=Strict, whole site, no domain; Secure under TLS."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


def login_token(visit: str) -> str:
    """The hidden field of the login form, made from the visitor's cookie: only who can read the cookie
    can make it.
    """
    return hashlib.sha256(b"langso login " + visit.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compares two texts in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


class Guard:
    """The outermost layer: refuses before anything is parsed, and puts the headers on whatever goes out.

    `office`: by which names it may be asked for. `elsewhere`: the answer to a page asked for at the door without TLS.
    `strict_s`: how long browsers that came over TLS without a warning shall come over TLS only.
    """

    def __init__(
        self,
        app: ASGIApp,
        office: OfficeSettings,
        error_page: ErrorPage,
        elsewhere: Callable[[Request], Response],
        strict_s: int,
    ) -> None:
        self._names = own_names(office)
        self._url = console_url(office)
        self._app = app
        self._error_page = error_page
        self._elsewhere = elsewhere
        self._strict_s = strict_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        path, limit = request.url.path, limit_of(request.url.path)
        door = str(scope.get(DOOR, "plain"))
        state = _Counted(receive, limit)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                state.started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not path.startswith(DEVICE_DOORS):
                    headers.setdefault("cache-control", "no-store")
                if request.url.scheme == "https" and door != "device":
                    headers.setdefault("strict-transport-security", f"max-age={self._strict_s}")
            await send(message)

        refused: PageRefused | None = None
        try:
            check_host(request.headers.getlist("host"), path, self._names, self._url)
            if not path.startswith("/desk/uploads"):
                check_origin(request.method, request.headers, request.url.scheme)
            client = request.client.host if request.client else ""
            if (
                door == "guide"
                and request.method in SAFE
                and not path.startswith(DEVICE_DOORS)
                and not _in_guide(path)
            ):
                await self._elsewhere(request)(scope, receive, sending)
                return
            check_transport(door, request.url.scheme, client, path)
            length = request.headers.get("content-length", "0")
            if limit is not None and (not length.isascii() or not length.isdigit() or int(length[:12]) > limit):
                raise too_large()
            await self._app(scope, state.receive, sending)
        except PageRefused as error:
            refused = error
        except Exception:
            log.exception("%s %s", request.method, path)
            if state.started:
                raise
            refused = PageRefused(Sentence("console-broken"), 500)
        if refused is not None and not state.started:
            response = await self._error_page(request, refused)
            if refused.status == 413:
                # What is still on its way is not read to its end.
                response.headers["connection"] = "close"
            await response(scope, receive, sending)


class _Counted:
    def __init__(self, receive: Receive, limit: int | None) -> None:
        self._receive = receive
        self._limit = limit
        self._taken = 0
        self.started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._limit is not None and self._taken > self._limit:
            raise too_large()
        return message


def _in_guide(path: str) -> bool:
    return path == GUIDE or path.startswith(f"{GUIDE}/")


def too_large() -> PageRefused:
    """The refusal of a request that is larger than any honest form."""
    return PageRefused(Sentence("console-too-large"), 413)
