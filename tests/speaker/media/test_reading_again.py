"""Files are held against their hash again before they are played; doors that compress or lie about a part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from langso.contract import Media
from langso.timekeeping.clock import SystemClock
from speaker.media import fetching, reading_again
from speaker.media import library as library_module
from speaker.media.library import Library
from speaker.media.reading_again import READ_AGAIN_S, READ_BEFORE_S, ReadingAgain

A, B, C = (Media(sha256=name * 64, size=1, duration_ms=1000, codec="wav") for name in "abc")


@pytest.fixture
def make(tmp_path: Path, media_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Library]]:
    monkeypatch.setattr(library_module, "FIRST_WAIT_S", 0.02)
    made: list[Library] = []

    def build() -> Library:
        made.append(Library(tmp_path / "media", media_server.url, 1 << 26, SystemClock()))
        made[-1].start()
        return made[-1]

    yield build
    for library in made:
        library.stop()


def test_what_is_played_soon_is_read_again_first_then_what_is_old_one_by_one() -> None:
    again = ReadingAgain()
    assert again.due([A, B, C], 0.0) == []
    again.soon([B])
    assert again.due([A, B, C], READ_BEFORE_S) == []
    assert again.due([A, B, C], READ_BEFORE_S + 1) == [B]
    again.was_read(B, READ_BEFORE_S + 1)
    assert again.due([A, B, C], READ_BEFORE_S + 2) == []
    assert again.due([A, B, C], READ_AGAIN_S + 1) == [B, A]
    again.was_read(A, READ_AGAIN_S + 1)
    again.was_read(B, READ_AGAIN_S + 1)
    assert again.due([A, B, C], READ_AGAIN_S + 2) == [C]


def test_a_file_that_rotted_on_the_card_is_fetched_again_before_it_is_played(
    make: Any, media_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = media_server.add(b"sound" * 20_000)
    library = make()
    library.want([medium])
    until(lambda: library.ready(medium))
    good = library.path(medium).read_bytes()
    library.path(medium).write_bytes(b"\0" + good[1:])
    monkeypatch.setattr(reading_again, "READ_BEFORE_S", -1.0)
    library.soon([medium])
    until(lambda: library.ready(medium) and library.path(medium).read_bytes() == good)
    assert len(media_server.requests) == 2


def test_what_lies_here_waits_for_no_download(
    make: Any, media_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The office's door lets the other one go after a minute.
    monkeypatch.setattr(fetching, "TIMEOUT_S", 600.0)
    slow, here = media_server.add(b"slow" * 9000), media_server.add(b"here" * 9000)
    media_server.behaviour[slow.sha256] = "hanging"
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / here.sha256).write_bytes(b"here" * 9000)
    library = make()
    library.want([slow, here])
    until(lambda: library.ready(here), 30)
    assert not library.ready(slow)
    media_server.release()


@pytest.mark.parametrize("how", ["gzip", "lies"])
def test_a_door_that_compresses_or_lies_about_the_part_is_believed_nothing(
    how: str, make: Any, media_server: Any, tmp_path: Path
) -> None:
    medium = media_server.add(bytes(range(256)) * 800)
    media_server.behaviour[medium.sha256] = how
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / f"{medium.sha256}.part").write_bytes((bytes(range(256)) * 800)[:70_000])
    library = make()
    library.want([medium])
    until(lambda: len(media_server.requests) >= 2)
    if how == "gzip":
        assert not library.ready(medium)
        media_server.behaviour.clear()
    until(lambda: library.ready(medium))
    assert library.path(medium).read_bytes() == media_server.files[medium.sha256]
