"""Pages that ask for themselves every two seconds: what has not changed is answered without being made again.

A page is kept for the very session it was made for, at the moment it was made: nobody is ever given another's, and
whatever is written to the database, by whichever process, ends that moment. So does a second of time.
"""

from __future__ import annotations

import gzip
import re
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langso.durable.files import stamp_of
from langso.words.language import language
from office.web.compressing import LEAST, LEVEL, takes_gzip
from office.web.site import Site, visitor
from office.whole_office import Office

MOST, MOST_BYTES = 64, 1 << 20
"""Pages that are kept, and how long one may be."""
_PATH = re.compile(r"/(lich|loa|khan-cap|ban-tin/[A-Za-z0-9.-]{1,64})(/manh)?")
_LONGEST = 200


def moment_of(office: Office) -> Hashable:
    """What pages are made of, as it stands now: two equal moments make equal pages."""
    publisher = office.publisher
    return (
        office.store.changes(),
        stamp_of(office.home.trust_file),
        stamp_of(office.home.devices),
        str(office.speaker_orders.why),
        None if publisher is None else str(publisher.status),
        int(office.clock.now().timestamp()),
    )


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it was given. `shown`: what a part's next question will say it has; `body` None: nothing new was
    to be sent.
    """

    moment: Hashable
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes | None
    packed: bytes | None
    shown: str


class Kept:
    """ASGI middleware, inside of all checks; asks itself who the session is."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, KeptAnswer] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or len(scope["query_string"]) > _LONGEST
            or _PATH.fullmatch(scope["path"]) is None
        ):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        told, shown = _told(scope)
        key, moment = await run_in_threadpool(self._now, request, told)
        found = None if key is None else self._find(key, moment)
        if found is not None and found.shown and found.shown == shown:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        elif found is not None and found.body is not None:
            await _give(found, found.body, takes_gzip(request.headers.get("accept-encoding", "")), send)
        elif key is None:
            await self._app(scope, receive, send)
        else:
            await self._made(key, moment, shown, scope, receive, send)

    def _now(self, request: Request, told: Hashable) -> tuple[Hashable | None, Hashable]:
        """Whose page it is and as of when; None where nobody is logged in, or has something else to do first."""
        session = visitor(request)
        if session is None or session.must_change:
            return None, None
        return (session.id, request.url.path, told, language()), moment_of(self._site.office)

    def _find(self, key: Hashable, moment: Hashable) -> KeptAnswer | None:
        with self._lock:
            found = self._pages.get(key)
            if found is None or found.moment != moment:
                return None
            self._pages.move_to_end(key)
            return found

    async def _made(
        self, key: Hashable, moment: Hashable, shown: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Lets the page be made, keeps it, and gives it."""
        said: list[Message] = []

        async def sending(message: Message) -> None:
            said.append(message)

        await self._app(scope, receive, sending)
        if len(said) == 2 and not said[1].get("more_body"):
            start, body = said[0], bytes(said[1].get("body", b""))
            headers = Headers(raw=start["headers"])
            plain = "set-cookie" not in headers and "content-encoding" not in headers
            if start["status"] == 204 and shown and plain:
                self._keep(key, KeptAnswer(moment, (), None, None, shown))
            elif start["status"] == 200 and plain and len(body) <= MOST_BYTES:
                packed = await run_in_threadpool(gzip.compress, body, LEVEL, mtime=0) if len(body) >= LEAST else None
                raw = tuple(pair for pair in start["headers"] if pair[0] not in (b"content-length", b"etag"))
                made = KeptAnswer(moment, raw, body, packed, headers.get("etag", "").strip('"'))
                self._keep(key, made)
                await _give(made, body, takes_gzip(Headers(scope=scope).get("accept-encoding", "")), send)
                return
        for message in said:
            await send(message)

    def _keep(self, key: Hashable, page: KeptAnswer) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)


async def _give(page: KeptAnswer, body: bytes, takes: bool, send: Send) -> None:
    start: Message = {"type": "http.response.start", "status": 200, "headers": list(page.headers)}
    headers = MutableHeaders(scope=start)
    if takes and page.packed is not None:
        body = page.packed
        headers["content-encoding"] = "gzip"
    headers.add_vary_header("Accept-Encoding")
    headers["content-length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _told(scope: Scope) -> tuple[Hashable, str]:
    """What the address says besides, and what the part that asks shows already."""
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    shown = next((value for name, value in pairs if name == "da"), "")
    return tuple(pair for pair in pairs if pair[0] != "da"), shown
