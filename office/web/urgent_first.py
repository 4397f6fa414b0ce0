"""An emergency goes before everything: while one is given or ended, whatever else is asked waits a moment.

One process answers all. Of forty threads at work each gets its turn in the interpreter after all the others: with a
crowd at the doors, an alarm that takes two seconds by itself took thirteen.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from langso.errors import LangsoError
from office.web.site import visitor

WAIT_S = 10.0
"""The longest that anybody waits for it; a slow office makes the sound of an alarm in less."""
SWITCH_S = 0.001
"""How long a thread keeps the interpreter while others want it; Python's own 5 ms are felt where many do."""
_URGENT = re.compile(r"/khan-cap(/thach)?|/khan-cap/[^/]{1,100}/bao-yen(/thach)?|/ban-tin/[^/]{1,100}/dung(/thach)?")


class UrgentFirst:
    """ASGI middleware, outside of all that takes time. Only somebody logged in who may give alarms makes others wait,
    and nobody waits twice.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._going = 0
        self._waiting: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        urgent = scope["type"] == "http" and scope["method"] == "POST" and _URGENT.fullmatch(scope["path"])
        if urgent and await run_in_threadpool(self._may, Request(scope)):
            await self._first(scope, receive, send)
            return
        if self._going:
            await self._turn()
        await self._app(scope, receive, send)

    def _may(self, request: Request) -> bool:
        with suppress(LangsoError):
            session = visitor(request)
            return session is not None and not session.must_change and session.may("writer", "approver")
        return False

    async def _first(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._going += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._going -= 1
            if not self._going:
                waiting, self._waiting = self._waiting, set()
                for one in waiting:
                    one.get_loop().call_soon_threadsafe(_wake, one)

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.add(turn)
        with suppress(TimeoutError):
            await asyncio.wait_for(turn, WAIT_S)
        self._waiting.discard(turn)


def _wake(one: asyncio.Future[None]) -> None:
    if not one.done():
        one.set_result(None)
