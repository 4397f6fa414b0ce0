"""Pages as gzip, where the browser takes it: an old PC on a bad line reads a page of a large commune in a moment."""

from __future__ import annotations

import gzip
import re

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST, MOST = 600, 4 << 20
"""Bytes of an answer that are worth it, and those that are held in memory for it."""
LEVEL = 5
_TEXTS = ("text/", "image/svg+xml", "application/json")
_REFUSED = re.compile(r"q=0(\.0*)?")


def takes_gzip(accepted: str) -> bool:
    """Whether a browser that sends this `Accept-Encoding` takes gzip."""
    for one in accepted[:1000].lower().split(","):
        name, _, rest = one.strip().partition(";")
        if name.strip() in ("gzip", "*") and not _REFUSED.fullmatch(rest.replace(" ", "")):
            return True
    return False


class Compressed:
    """ASGI middleware: a text that is sent whole goes as gzip. Sounds, PDFs and uploads pass as they are.

    Nothing here mixes a stranger's words with a secret: a form comes back only to whoever holds its token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        takes = takes_gzip(Headers(scope=scope).get("accept-encoding", ""))
        begun: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = message
                return
            if begun is not None:
                start, begun = begun, None
                message = await _packed(start, message, takes)
                await send(start)
            await send(message)

        await self._app(scope, receive, sending)
        if begun is not None:
            await send(begun)


async def _packed(start: Message, message: Message, takes: bool) -> Message:
    headers = MutableHeaders(scope=start)
    body: bytes = message.get("body", b"")
    if "content-encoding" in headers or not headers.get("content-type", "").startswith(_TEXTS):
        return message
    headers.add_vary_header("Accept-Encoding")
    if not takes or message.get("more_body") or not LEAST <= len(body) <= MOST or start["status"] in (204, 304, 206):
        return message
    packed = await run_in_threadpool(gzip.compress, body, LEVEL, mtime=0)
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(packed))
    return {**message, "body": packed}
