"""The language of a page: what `?lang=` asks for (a cookie remembers it), else what the browser prefers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langso.words.language import (
    LANGUAGES,
    Language,
    in_language,
    known_language,
    language,
    language_of_header,
)
from office.web.security import DEVICE_DOORS

COOKIE = "langso-lang"
_YEAR_S = 365 * 86400


class Languages:
    """ASGI middleware around everything, so that refusals are in that language too. Devices get the office's own
    language.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        # In the language made for tests whatever is not in it has been forgotten: no browser may hide that.
        if scope["type"] != "http" or scope["path"].startswith(DEVICE_DOORS) or language() == "qps":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        asked = _spoken(request.query_params.get("lang", ""))
        kept = _spoken(request.cookies.get(COOKIE, ""))
        chosen = asked or kept or language_of_header(request.headers.get("accept-language", "")) or language()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and asked is not None and asked != kept:
                secure = "; Secure" if request.url.scheme == "https" else ""
                cookie = f"{COOKIE}={asked}; Path=/; Max-Age={_YEAR_S}; HttpOnly; SameSite=Lax{secure}"
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        with in_language(chosen):
            await self._app(scope, receive, sending)


def _spoken(name: str) -> Language | None:
    found = known_language(name[:20])
    return found if found in LANGUAGES else None
