"""While an alarm is given everybody else waits a moment, and nobody can make them wait who may not give one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from office_doors import Doors, log_in

from office.errors import MediaFailed
from office.web import urgent_first
from office.web.urgent_first import UrgentFirst


class Inner:
    """What stands for the console: an alarm takes until it is let go; what was answered, in turn."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.begun, self.both, self.go = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST" and scope["path"].startswith("/khan-cap"):
            (self.both if self.begun.is_set() else self.begun).set()
            await self.go.wait()
        self.answered.append(scope["path"])
        if "sai" in scope["path"]:
            raise MediaFailed("x")


def asked(path: str, method: str = "GET", *, may: bool = True, known: bool = True) -> dict[str, Any]:
    session = SimpleNamespace(must_change=False, may=lambda *roles: may) if known else None
    return {
        **{"type": "http", "method": method, "path": path, "headers": [], "query_string": b""},
        "langso.visitor": session,
    }


async def none() -> Any:
    raise AssertionError


async def nowhere(message: Any) -> None:
    del message


def run(story: Callable[[UrgentFirst, Inner], Any]) -> Inner:
    async def whole() -> Inner:
        inner = Inner()
        await asyncio.wait_for(story(UrgentFirst(inner), inner), 60)
        return inner

    return asyncio.run(whole())


@pytest.mark.parametrize(
    "path", ["/khan-cap", "/khan-cap/thach", "/khan-cap/u1/bao-yen", "/khan-cap/u1/bao-yen/thach"]
)
def test_others_wait_until_the_alarm_is_given(path: str) -> None:
    async def story(first: UrgentFirst, inner: Inner) -> None:
        alarm = asyncio.ensure_future(first(asked(path, "POST"), none, nowhere))
        await inner.begun.wait()
        others = [asyncio.ensure_future(first(asked(f"/lich/{n}"), none, nowhere)) for n in range(3)]
        again = asyncio.ensure_future(first(asked("/khan-cap", "POST"), none, nowhere))
        await inner.both.wait()
        assert not inner.answered
        inner.go.set()
        await asyncio.gather(alarm, again, *others)

    answered = run(story).answered
    assert set(answered[:2]) == {path, "/khan-cap"}
    assert sorted(answered[2:]) == ["/lich/0", "/lich/1", "/lich/2"]


def test_an_alarm_that_fails_lets_the_others_go() -> None:
    async def story(first: UrgentFirst, inner: Inner) -> None:
        inner.go.set()
        with pytest.raises(MediaFailed):
            await first(asked("/khan-cap/sai/bao-yen", "POST"), none, nowhere)
        await first(asked("/lich"), none, nowhere)

    assert run(story).answered[-1] == "/lich"


@pytest.mark.parametrize("who", [{"known": False}, {"may": False}])
def test_a_stranger_and_who_may_give_none_make_nobody_wait(who: dict[str, bool]) -> None:
    async def story(first: UrgentFirst, inner: Inner) -> None:
        flood = [asyncio.ensure_future(first(asked("/khan-cap", "POST", **who), none, nowhere)) for _ in range(5)]
        await inner.begun.wait()
        await first(asked("/lich"), none, nowhere)
        assert inner.answered == ["/lich"]
        inner.go.set()
        await asyncio.gather(*flood)

    run(story)


def test_nobody_waits_longer_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urgent_first, "WAIT_S", 0.05)

    async def story(first: UrgentFirst, inner: Inner) -> None:
        alarm = asyncio.ensure_future(first(asked("/khan-cap", "POST"), none, nowhere))
        await inner.begun.wait()
        await first(asked("/lich"), none, nowhere)
        assert inner.answered == ["/lich"]
        inner.go.set()
        await alarm

    run(story)


def test_an_alarm_is_given_before_a_page_that_was_asked_for_meanwhile(
    open_doors: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> None:
    doors = open_doors()
    begun, go, told = threading.Event(), threading.Event(), []

    def slowly(*words: Any, **more: Any) -> Any:
        begun.set()
        go.wait(60)
        told.append("alarm")
        raise MediaFailed("x")

    monkeypatch.setattr(doors.opened.alarms, "urgent", slowly)
    base = f"http://127.0.0.1:{doors.port('plain')}"
    form = {"text": "Lũ.", "devices": "*", "repeat": "1", "minutes": "5", "password": "bốn con trâu đi cày"}
    with doors.client("plain", name="127.0.0.1") as clerk, doors.client("plain", name="127.0.0.1") as other:
        log_in(clerk, base)
        page = clerk.get("/khan-cap").text
        form["token"] = page.split('name="token" value="')[1].split('"')[0]

        def look() -> None:
            other.get("/dang-nhap", timeout=60)
            told.append("page")

        with ThreadPoolExecutor(2) as hands:
            alarm = hands.submit(clerk.post, "/khan-cap", data=form, headers={"Origin": base}, timeout=60)
            assert begun.wait(60)
            looked = hands.submit(look)
            assert not told
            go.set()
            looked.result(60)
            assert alarm.result(60).status_code == 422
    assert told == ["alarm", "page"]
