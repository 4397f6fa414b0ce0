"""Somebody who guesses passwords, at the office's real ports, keeps no clerk from an emergency."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from office_doors import NAME, PASSWORD, Doors, log_in

from office.people import guesses
from office.web.security import login_token


def guess(doors: Doors, base: str, times: int) -> list[int]:
    """An anonymous browser with wrong passwords for the clerk's account."""
    with doors.client("https", doors.own()) as stranger:
        stranger.get("/dang-nhap")
        visit = next(value for name, value in stranger.cookies.items() if name.endswith("-visit"))
        form = {"token": login_token(visit), "name": "van-thu"}
        return [
            stranger.post(
                "/dang-nhap", data={**form, "password": f"sai {number}"}, headers={"Origin": base}
            ).status_code
            for number in range(times)
        ]


def alarm(browser: httpx.Client, base: str, password: str, **more: Any) -> httpx.Response:
    token = re.search(r'name="token" value="([^"]+)"', browser.get("/khan-cap").text)
    assert token is not None
    order = {"token": token[1], "text": "Lũ quét ở suối.", "devices": "*", "repeat": "2", "minutes": "5"}
    return browser.post("/khan-cap", data={**order, "password": password, **more}, headers={"Origin": base})


def test_wrong_logins_of_strangers_keep_no_clerk_from_an_emergency(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    doors.world.office.fleet.register("loa-1", "speaker", "Thôn 1", "thon-1", bytes(32))
    base = f"https://{NAME}:{doors.port('https')}"
    with doors.client("https", doors.own()) as clerk:
        log_in(clerk, base)
        answers = guess(doors, base, guesses.ADDRESS_TRIES + 5)
        assert 429 in answers, "the guesser is slowed, from the very address of the clerk"
        assert alarm(clerk, base, PASSWORD).status_code == 303
        (row,) = doors.opened.alarms.in_force()
        assert row.by == "van-thu"
        # Somebody whose session ended meanwhile comes in again with the browser used before.
        clerk.cookies = httpx.Cookies({n: v for n, v in clerk.cookies.items() if n.endswith("-known")})
        assert log_in(clerk, base).headers["location"] == "/lich"


def test_own_mistakes_cost_a_clerk_moments_and_never_the_emergency(
    open_doors: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = open_doors()
    doors.world.office.fleet.register("loa-1", "speaker", "Thôn 1", "thon-1", bytes(32))
    base = f"https://{NAME}:{doors.port('https')}"
    with doors.client("https", doors.own()) as clerk:
        log_in(clerk, base)
        told = [alarm(clerk, base, "sai").status_code for _ in range(guesses.PAIR_TRIES)]
        assert set(told) == {403}
        waits = alarm(clerk, base, PASSWORD)
        assert waits.status_code == 403
        assert "hãy đợi" in waits.text
        assert "Lũ quét ở suối.</textarea>" in waits.text
        monkeypatch.setattr(guesses, "CONFIRM_S", 0.0)
        assert alarm(clerk, base, PASSWORD).status_code == 303
