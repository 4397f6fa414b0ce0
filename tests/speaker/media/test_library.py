"""The media library against a real HTTP server that lies, stalls, breaks off and never ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from langso.contract import Media
from langso.timekeeping.clock import SystemClock
from speaker.media.library import RESERVE_BYTES, Library

MB = 1 << 20


@pytest.fixture
def make(tmp_path: Path, media_server: Any) -> Iterator[Callable[..., Library]]:
    made: list[Library] = []

    def build(**more: Any) -> Library:
        options: dict[str, Any] = {"url": media_server.url, "max_bytes": 50 * MB, "clock": SystemClock()} | more
        library = Library(tmp_path / "media", **options)
        made.append(library)
        library.start()
        return library

    yield build
    for library in made:
        library.stop()


def test_wanted_media_are_fetched_and_verified(make: Any, media_server: Any) -> None:
    media = [media_server.add(bytes([n]) * 100_000) for n in range(3)]
    library = make()
    library.want(media)
    until(lambda: library.counts() == (3, 3))
    assert [library.path(m).read_bytes()[:1] for m in media] == [b"\0", b"\1", b"\2"]
    assert library.check().level == "ok"


def test_a_broken_transfer_goes_on_where_it_ended(make: Any, media_server: Any) -> None:
    medium = media_server.add(bytes(range(256)) * 8000)
    media_server.behaviour[medium.sha256] = "truncated"
    library = make()
    library.want([medium])
    until(lambda: library.ready(medium))
    asked = [begin for _, begin in media_server.requests]
    assert asked[0] is None
    assert asked[1] is not None
    assert int(asked[1].removeprefix("bytes=").rstrip("-")) > 0


def test_a_server_without_range_still_serves(make: Any, media_server: Any) -> None:
    medium = media_server.add(bytes(range(256)) * 800)
    media_server.behaviour[medium.sha256] = "norange"
    library = make()
    library.path(medium).with_name(f"{medium.sha256}.part").write_bytes(b"half of something")
    library.want([medium])
    until(lambda: library.ready(medium))


@pytest.mark.parametrize("how", ["wrong", "endless", "missing"])
def test_what_is_not_what_was_signed_never_counts(make: Any, media_server: Any, how: str) -> None:
    medium = media_server.add(b"x" * 300_000)
    media_server.behaviour[medium.sha256] = how
    library = make()
    library.want([medium])
    until(lambda: len(media_server.requests) >= 2)
    assert not library.ready(medium)
    assert not library.path(medium).exists()
    assert sum(p.stat().st_size for p in library.path(medium).parent.iterdir()) <= medium.size
    media_server.behaviour.clear()
    library.hurry()
    until(lambda: library.ready(medium))


def test_a_file_damaged_on_the_card_is_fetched_again_after_a_restart(make: Any, media_server: Any) -> None:
    medium = media_server.add(b"y" * 10_000)
    library = make()
    library.path(medium).write_bytes(b"z" * 10_000)
    library.want([medium])
    until(lambda: library.ready(medium))
    assert library.path(medium).read_bytes() == b"y" * 10_000


def test_what_is_here_is_ready_without_a_network(make: Any, media_server: Any) -> None:
    medium = media_server.add(b"y" * 10_000)
    library = make(url=None)
    library.path(medium).write_bytes(b"y" * 10_000)
    library.want([medium])
    until(lambda: library.ready(medium))
    assert media_server.requests == []


def test_urgent_media_go_first(make: Any, media_server: Any) -> None:
    bulk = [media_server.add(bytes([n]) * 2 * MB) for n in range(6)]
    urgent = media_server.add(b"urgent" * 1000)
    library = make()
    library.want([*bulk, urgent], [urgent])
    until(lambda: library.counts() == (7, 7))
    assert media_server.requests[0][0] == urgent.sha256


def test_an_urgent_medium_interrupts_a_long_transfer_that_then_goes_on(make: Any, media_server: Any) -> None:
    big = media_server.add(b"b" * 40 * MB)
    urgent = media_server.add(b"urgent" * 1000)
    library = make()
    library.want([big])
    until(lambda: media_server.requests)
    library.want([big], [urgent])
    until(lambda: library.ready(urgent))
    until(lambda: library.ready(big))


def test_its_own_limit_frees_what_no_plan_needs_and_then_says_full(make: Any, media_server: Any) -> None:
    old, new, huge = (media_server.add(letter * 600_000) for letter in (b"o", b"n", b"h"))
    library = make(max_bytes=1_000_000)
    library.want([old])
    until(lambda: library.ready(old))
    library.want([new])
    until(lambda: library.ready(new))
    assert not library.path(old).exists()
    library.want([new, huge])
    until(lambda: library.check().level == "bad")
    assert library.ready(new)
    assert not library.ready(huge)


def test_a_full_disk_is_said_and_what_is_here_stays(
    make: Any, media_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = media_server.add(b"y" * 10_000)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=RESERVE_BYTES))
    library = make()
    library.want([medium])
    until(lambda: library.check().level == "bad")
    assert "đầy" in library.check().why
    monkeypatch.undo()
    library.hurry()
    until(lambda: library.ready(medium))
    assert library.check().level == "ok"


def test_no_source_is_a_health_line(make: Any) -> None:
    library = make(url=None)
    library.want([Media(sha256="a" * 64, size=1, duration_ms=1, codec="wav")])
    until(lambda: library.check().level == "bad")
