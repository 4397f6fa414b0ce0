"""Where the office is when its address has changed: the order of places, and what they are worth."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from waiting import until

from langso.device.office_line import OfficeLine
from langso.device.whereabouts import Place, Whereabouts
from langso.mqtt.failures import Backoff
from langso.mqtt.link import Link
from langso.settings.reading import LinkSettings
from langso.timekeeping.clock import ClockTrust
from langso.timekeeping.known_time import known_time

UNPROVEN, PROVEN = ClockTrust(False, "unsynchronised", ""), ClockTrust(True, "ntp", "")
YEAR_1970, YEAR_2099 = datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
HOME = ("van-phong.invalid", 8883)


class Now:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def places(where: Whereabouts, tries: int) -> list[str]:
    tried = []
    for _ in range(tries):
        tried.append(where.place(*HOME).address)
        where.missed()
    return tried


def test_the_paired_name_first_then_mdns_then_what_pairing_noted_then_the_name_again() -> None:
    where = Whereabouts("xa", ["10.0.0.5"], listen=lambda _: [Place("10.0.0.9", 8884)], monotonic=Now())
    assert places(where, 4) == ["van-phong.invalid", "10.0.0.9", "10.0.0.5", "van-phong.invalid"]


def test_the_place_that_has_just_died_is_not_tried_again_at_once() -> None:
    offers = [Place("10.0.0.5", 8883)]
    now = Now()
    where = Whereabouts("xa", ["10.0.0.5"], listen=lambda _: offers, monotonic=now)
    places(where, 1)
    assert where.place(*HOME).address == "10.0.0.5"
    where.reached()
    offers[:] = [Place("10.0.0.9", 8883)]
    now.seconds = 61
    where.missed()
    assert places(where, 4) == ["van-phong.invalid", "10.0.0.9", "van-phong.invalid", "10.0.0.5"]


def test_the_network_is_asked_once_a_minute_at_most() -> None:
    asked, now = [], Now()

    def listen(commune: str) -> list[Place]:
        asked.append(commune)
        return []

    where = Whereabouts("xa", listen=listen, monotonic=now)
    places(where, 20)
    assert asked == ["xa"]
    now.seconds = 61
    places(where, 20)
    assert asked == ["xa", "xa"]


def test_the_place_where_the_office_proved_itself_is_kept_until_it_fails() -> None:
    where = Whereabouts("xa", ["10.0.0.5"], listen=lambda _: [], monotonic=Now())
    places(where, 1)
    assert where.place(*HOME).address == "10.0.0.5"
    assert where.moved_from(HOME[0]) is None, "offered is not proven"
    where.reached()
    assert where.moved_from(HOME[0]) == "10.0.0.5"
    assert where.moved_from("other.invalid") is None
    assert where.place(*HOME).address == "10.0.0.5"
    assert where.missed() is False
    assert where.moved_from(HOME[0]) is None
    assert where.place(*HOME).address == "van-phong.invalid"


def test_a_link_within_one_machine_asks_nobody() -> None:
    where = Whereabouts("xa", ["10.0.0.5"], listen=lambda _: pytest.fail("asked"))
    where.place("127.0.0.1", 8883)
    assert not where.missed()


def test_a_listener_that_fails_ends_nothing() -> None:
    def broken(_: str) -> list[Place]:
        raise OSError("no multicast")

    where = Whereabouts("xa", listen=broken)
    where.place(*HOME)
    assert not where.missed()


@pytest.fixture
def linked() -> Iterator[Callable[..., Link]]:
    made: list[Link] = []

    def make(settings: LinkSettings, where: Whereabouts) -> Link:
        made.append(
            Link(
                settings,
                "loa-1",
                on_message=lambda *_: None,
                backoff=Backoff(base_s=0.1, cap_s=0.2, slow_s=600),
                where=where,
            )
        )
        made[-1].start()
        return made[-1]

    yield make
    for link in made:
        link.stop(1)


def moved(authority: Any, host: str = "localhost") -> LinkSettings:
    """Paired with a broker that is no longer at this port of this name; its certificate is for `localhost`."""
    certificate, key = authority.issue("loa-1")
    return LinkSettings(host=host, port=1, ca=authority.ca, cert=certificate, key=key)


def test_the_broker_is_found_at_the_offered_place_under_its_paired_name(
    tls_broker: Any, authority: Any, linked: Callable[..., Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The test's certificate is for localhost only, at which nobody is asked for another place.
    monkeypatch.setattr("langso.device.whereabouts.is_loopback", lambda _: False)
    where = Whereabouts("xa", listen=lambda _: [Place("127.0.0.2", 1), Place("127.0.0.1", tls_broker.port)])
    link = linked(moved(authority), where)
    assert link.wait_connected(60), link.why
    assert where.moved_from("localhost") == "127.0.0.1"


def test_a_stranger_who_offers_himself_is_refused_by_tls_and_the_next_is_tried_soon(
    tls_broker: Any,
    authority: Any,
    tmp_path: Path,
    linked: Callable[..., Link],
    monkeypatch: pytest.MonkeyPatch,
    broker: Any,
) -> None:
    monkeypatch.setattr("langso.device.whereabouts.is_loopback", lambda _: False)
    stranger = type(authority)(tmp_path / "stranger")
    liar = type(tls_broker)(tmp_path / "liar", authority=stranger).start()
    try:
        offers = [Place("127.0.0.1", liar.port), Place("127.0.0.1", broker.port), Place("127.0.0.1", tls_broker.port)]
        where = Whereabouts("xa", listen=lambda _: offers)
        link = linked(moved(authority), where)
        assert link.wait_connected(60), link.why
        assert where.place("localhost", 1).port == tls_broker.port
    finally:
        liar.stop()


def test_a_stranger_under_the_right_authority_but_another_name_is_refused(
    tls_broker: Any, authority: Any, linked: Callable[..., Link]
) -> None:
    where = Whereabouts("xa", listen=lambda _: [Place("127.0.0.1", tls_broker.port)])
    link = linked(moved(authority, "van-phong.invalid"), where)
    assert not link.wait_connected(3)


def test_http_follows_only_where_the_link_was_proven() -> None:
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["host"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    where = Whereabouts("xa", ["127.0.0.1"], listen=lambda _: [])
    url = f"http://{HOME[0]}:{server.server_address[1]}/media"
    with OfficeLine(where=where).client(url, timeout=5) as client:
        where.place(*HOME)
        where.missed()
        with pytest.raises(httpx.ConnectError):
            client.get(url)
        where.reached()
        assert client.get(url).status_code == 200
    server.shutdown()
    server.server_close()
    assert hosts == [f"{HOME[0]}:{server.server_address[1]}"]


@pytest.mark.parametrize("days", [(2, 30), (-30, -2)])
def test_the_broker_is_reached_under_a_clock_that_proves_nothing_and_not_under_one_that_does(
    broker: Any, authority: Any, tmp_path: Path, days: tuple[int, int]
) -> None:
    """As to a Pi that woke in 1970 or 2099: the broker's certificate is of days that are not now."""

    class Then(type(authority)):  # type: ignore[misc]
        """Issues for another time."""

        def issue(self, name: str, **more: Any) -> Any:
            return super().issue(name, **more | {"days": days} if more.get("server") else more)

    elsewhen = Then(tmp_path / "authority")
    certificate, key = elsewhen.issue("loa-1")
    real = type(broker)(tmp_path / "broker", authority=elsewhen).start()
    settings = LinkSettings(host="localhost", port=real.port, ca=elsewhen.ca, cert=certificate, key=key)
    floor = datetime.now(UTC) - timedelta(days=60)
    try:
        for known, reached in (
            (lambda: known_time(YEAR_1970, UNPROVEN, floor), True),
            (lambda: known_time(YEAR_2099, UNPROVEN, floor), True),
            (lambda: known_time(datetime.now(UTC), PROVEN, floor), False),
            (lambda: known_time(YEAR_1970, UNPROVEN, datetime.now(UTC)), days[1] > 0),
        ):
            link = Link(settings, "loa-1", on_message=lambda *_: None, known=known)
            link.start()
            assert link.wait_connected(10 if reached else 2) is reached, link.why
            assert reached or link.reason == "clock"
            link.stop(2)
    finally:
        real.stop()


def test_a_renewed_certificate_is_taken_up_at_once_and_nobody_is_told_that_the_device_is_gone(
    tls_broker: Any, authority: Any
) -> None:
    from langso.mqtt.link import Will

    heard: list[tuple[str, bytes]] = []
    certificate, key = authority.issue("loa-1")
    settings = LinkSettings(host="localhost", port=tls_broker.port, ca=authority.ca, cert=certificate, key=key)
    watcher_files = authority.issue("office")
    watcher = Link(
        settings.model_copy(update={"cert": watcher_files[0], "key": watcher_files[1]}),
        "office",
        on_message=lambda topic, payload, _: heard.append((topic, payload)),
    )
    watcher.subscribe("p")
    ups: list[bool] = []
    device = Link(
        settings,
        "loa-1",
        will=Will("p", b"gone"),
        on_message=lambda *_: None,
        on_state=lambda up, _: ups.append(up),
        backoff=Backoff(base_s=600, cap_s=600, slow_s=600),
    )
    with contextlib.ExitStack() as stack:
        for link in (watcher, device):
            link.start()
            stack.callback(link.stop, 2, announce=False)
            assert link.wait_connected(60)
        device.renew()
        until(lambda: ups == [True, False, True])
        assert device.publish("p", b"still here", wait=60)
        until(lambda: ("p", b"still here") in heard)
        assert ("p", b"gone") not in heard
