"""The media library against a real HTTP server that lies, stalls, breaks off and never ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from langso.contract import Media
from langso.timekeeping.clock import SimulatedClock, SystemClock
from langso.voices.signals import SIGNALS, signal_file, signal_medium
from speaker.media.card_room import RESERVE_BYTES
from speaker.media.library import Library
from speaker.media.spare_shelf import SpareShelf

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


def test_a_line_that_breaks_every_few_kilobytes_gets_there(
    make: Any, media_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speaker.media.library.FIRST_WAIT_S", 0.02)
    # Were each break a failure, the twelfth wait would be this long.
    monkeypatch.setattr("speaker.media.library.LONGEST_WAIT_S", 3600.0)
    medium = media_server.add(bytes(range(250)) * 240)
    media_server.behaviour[medium.sha256] = "dripping"
    library = make()
    library.want([medium])
    assert until(lambda: library.ready(medium))
    assert [begin for _, begin in media_server.requests] == [
        None, *(f"bytes={begin}-" for begin in range(5_000, 60_000, 5_000)),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["wrong", "endless"])
def test_a_server_that_gives_other_bytes_is_asked_ever_more_rarely_and_that_is_told(
    make: Any, media_server: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Before: each false byte counted as progress, and the whole file was fetched again each second, for ever."""
    monkeypatch.setattr("speaker.media.library.random.uniform", lambda low, high: high)
    medium = media_server.add(b"x" * 300_000)
    media_server.behaviour[medium.sha256] = how
    clock = SimulatedClock(datetime(2026, 11, 30, tzinfo=UTC))
    library = make(clock=clock)
    library.want([medium])
    waits = []
    for _ in range(5):
        waits.append(until(lambda: (entry := library._tries.get(medium.sha256)) and entry.not_before))
        library.hurry()
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert library.check().level == "warn"
    assert "bỏ" in str(library.check().why)


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


def test_what_is_urgent_waits_for_no_server_that_hangs_over_bulk(make: Any, media_server: Any) -> None:
    bulk, urgent = media_server.add(b"b" * MB), media_server.add(b"urgent" * 1000)
    media_server.behaviour[bulk.sha256] = "hanging"
    library = make()
    library.want([bulk])
    assert until(lambda: media_server.requests)
    library.want([bulk], [urgent])
    # Bulk hangs for its ten seconds; the urgent one has a thread and a connection of its own.
    assert until(lambda: library.ready(urgent))
    assert media_server.hanging


def test_while_something_urgent_is_fetched_bulk_lets_the_line_alone(make: Any, media_server: Any) -> None:
    here, bulk = media_server.add(b"h" * 1000), media_server.add(b"b" * 1000)
    urgent = media_server.add(b"urgent" * 1000)
    media_server.behaviour[urgent.sha256] = "hanging"
    library = make()
    library.path(here).write_bytes(b"h" * 1000)
    library.want([bulk, here], [urgent])
    # What lies here needs no line.
    assert until(lambda: library.ready(here))
    assert until(lambda: media_server.hanging)
    assert [sha256 for sha256, _ in media_server.requests] == [urgent.sha256]
    media_server.release()
    assert until(lambda: library.counts() == (3, 3))


def test_one_that_becomes_urgent_while_it_is_fetched_is_fetched_once(make: Any, media_server: Any) -> None:
    medium = media_server.add(b"b" * MB)
    media_server.behaviour[medium.sha256] = "hanging"
    library = make()
    library.want([medium])
    assert until(lambda: media_server.hanging)
    library.want([medium], [medium])
    media_server.release()
    assert until(lambda: library.ready(medium))
    assert len(media_server.requests) == 1


def test_what_is_urgent_takes_the_room_of_what_is_far_ahead(make: Any, media_server: Any) -> None:
    soon, later, last = (media_server.add(letter * 300_000) for letter in (b"s", b"l", b"x"))
    urgent = media_server.add(b"u" * 300_000)
    library = make(max_bytes=1_100_000)
    library.want([soon, later, last])
    assert until(lambda: library.counts() == (3, 3))
    library.want([soon, later, last], [urgent])
    assert until(lambda: library.ready(urgent))
    assert [library.ready(medium) for medium in (soon, later, last)] == [True, True, False]
    assert not library.path(last).exists()
    # It is wanted still, and comes back once there is room.
    library.want([soon, later, last])
    assert until(lambda: library.ready(last))


def test_what_is_needed_sooner_takes_the_room_of_what_is_needed_later_and_not_back(
    make: Any, media_server: Any
) -> None:
    soon, later = (media_server.add(letter * 500_000) for letter in (b"s", b"l"))
    library = make(max_bytes=1_000_000)
    library.want([later])
    assert until(lambda: library.ready(later))
    library.want([soon, later])
    assert until(lambda: library.ready(soon))
    assert until(lambda: library.check().level == "bad")
    assert not library.ready(later)
    assert library.ready(soon)


def test_a_share_and_a_reserve_are_kept_for_what_is_urgent(
    make: Any, media_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk, urgent = media_server.add(b"b" * 100_000), media_server.add(b"u" * 100_000)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=RESERVE_BYTES))
    library = make()
    library.want([bulk], [urgent])
    assert until(lambda: library.ready(urgent))
    assert until(lambda: library.check().level == "bad")
    assert not library.ready(bulk)


def test_an_eighth_of_its_limit_is_not_for_bulk(make: Any, media_server: Any) -> None:
    fits, over = media_server.add(b"f" * 875_000), media_server.add(b"o" * 875_001)
    library = make(max_bytes=1_000_000)
    library.want([over])
    assert until(lambda: library.check().level == "bad")
    library.want([fits])
    assert until(lambda: library.ready(fits))


def test_a_server_that_drips_is_left_and_what_it_gave_is_kept(
    make: Any, media_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speaker.media.fetching.JUDGED_AFTER_S", 0.2)
    monkeypatch.setattr("speaker.media.fetching.LEAST_BYTES_S", 1 << 40)
    monkeypatch.setattr("speaker.media.library.FIRST_WAIT_S", 0.02)
    medium = media_server.add(bytes(range(250)) * 40)
    media_server.behaviour[medium.sha256] = "slowly"
    library = make()
    library.want([medium])
    assert until(lambda: library.ready(medium))
    assert len(media_server.requests) > 1
    assert all(begin for _, begin in media_server.requests[1:])


def test_what_is_due_soon_is_played_though_the_card_can_no_longer_be_read(
    make: Any, media_server: Any, tmp_path: Path
) -> None:
    near, far = media_server.add(b"n" * 10_000), media_server.add(b"f" * 10_000)
    library = make(spare=SpareShelf(tmp_path / "run"))
    library.want([near, far])
    until(lambda: library.counts() == (2, 2))
    library.keep_near([near])
    until(lambda: library.path(near).parent == tmp_path / "run")
    assert library.path(near).read_bytes() == b"n" * 10_000
    assert library.path(far).parent == tmp_path / "media"
    # What comes next takes the place of what is over, which the card has.
    library.keep_near([far])
    until(lambda: library.path(far).parent == tmp_path / "run")
    assert library.path(near).read_bytes() == b"n" * 10_000


def test_a_card_that_takes_no_sound_is_gone_round_until_it_does(
    make: Any, media_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium, huge = media_server.add(b"s" * 10_000), media_server.add(b"h" * 30_000)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("speaker.media.shelving.SETTLE_S", 0.0)
    with monkeypatch.context() as card:
        card.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
        library = make(spare=SpareShelf(tmp_path / "run", 20_000))
        library.want([medium, huge])
        until(lambda: library.ready(medium))
        assert library.path(medium).parent == tmp_path / "run"
        until(lambda: library.check().level == "bad")
        assert not library.ready(huge), "the shelf has a limit"
        # An urgent one takes the place of one that can wait.
        flood = media_server.add(b"f" * 15_000)
        library.want([medium, flood], urgent=[flood])
        until(lambda: library.ready(flood))
        assert not library.ready(medium)
    library.hurry()
    until(lambda: (tmp_path / "media" / flood.sha256).exists())
    until(lambda: library.ready(medium))
    assert library.path(medium).parent == tmp_path / "media"


def test_what_a_courier_brought_is_here_at_once(tmp_path: Path, media_server: Any) -> None:
    brought = media_server.add(b"b" * 10_000)
    file = tmp_path / brought.sha256
    file.write_bytes(b"b" * 10_000)
    changes: list[int] = []
    library = Library(tmp_path / "media", None, 50 * MB, SystemClock(), on_change=lambda: changes.append(1))
    library.want([brought])
    assert library.adopt(file)
    # Nothing asks the courier for it again, and it is not read a second time by the library's own threads.
    assert library.missing() == []
    assert library.ready(brought)
    assert library.path(brought).read_bytes() == b"b" * 10_000
    assert changes == [1]
    assert not library.adopt(file)


def test_our_own_signals_are_made_here_without_a_line(make: Any, media_server: Any) -> None:
    library = make(url=None)
    signals = [signal_medium(signal) for signal in SIGNALS]
    library.want([], kept=signals)
    assert until(lambda: all(library.ready(signal) for signal in signals))
    assert library.path(signals[0]).read_bytes() == signal_file(SIGNALS[0])
    assert library.check().level == "ok"
    assert media_server.requests == []


def test_what_is_kept_makes_room_for_nothing_and_comes_before_what_is_planned(make: Any, media_server: Any) -> None:
    kept, soon, urgent = (media_server.add(letter * 300_000) for letter in (b"k", b"s", b"u"))
    library = make(max_bytes=800_000)
    library.want([soon], kept=[kept])
    assert until(lambda: library.ready(kept) and library.ready(soon))
    assert [sha256 for sha256, _ in media_server.requests] == [kept.sha256, soon.sha256]
    library.want([soon], [urgent], [kept])
    assert until(lambda: library.ready(urgent))
    assert library.ready(kept)
    assert not library.ready(soon)
    assert not library.path(soon).exists()


def test_what_is_to_be_kept_has_a_limit(make: Any, media_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever could have all of it kept would leave no room for what is planned."""
    monkeypatch.setattr("speaker.media.library.MOST_KEPT", 250_000)
    first, over, last = (media_server.add(letter * 100_000) for letter in (b"f", b"g", b"h"))
    library = make()
    library.want([], kept=[first, over, last])
    assert until(lambda: library.ready(over))
    assert library.counts() == (2, 2)
