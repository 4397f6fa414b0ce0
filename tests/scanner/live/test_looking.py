"""What is made of a live frame: page, codes, light; and one still asked for by another thread."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from scanner.cameras import Frame
from scanner.live.eye import Eye
from scanner.live.looking import CODES_SHARE, Looking, is_dark
from scanner.live.loop import Loop, Shutter

BARE = Frame(np.full((480, 640, 3), 90, np.uint8), 1)


class Slow:
    """A reader whose every look takes a second of the clock `at`."""

    def __init__(self) -> None:
        self.at = 0.0
        self.looks = 0
        self.closed = False

    def look(self, frame: Any) -> list[Any]:
        del frame
        self.at += 1.0
        self.looks += 1
        return []

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Slow:
    slow = Slow()
    monkeypatch.setattr("scanner.live.looking.live_reader", lambda: slow)
    return slow


def test_where_only_codes_are_looked_for_every_frame_is(reader: Slow) -> None:
    looking = Looking(codes=True, clock=lambda: reader.at)
    assert [looking.look(BARE).codes for _ in range(4)] == [(), (), (), ()]
    assert looking.look(BARE).seen is None
    looking.close()
    assert reader.closed


def test_beside_pages_a_slow_reader_gets_the_smaller_part_of_the_time(reader: Slow) -> None:
    looking = Looking(Eye, codes=True, clock=lambda: reader.at)
    told = []
    for _ in range(3 * CODES_SHARE):
        told.append(looking.look(BARE))
        reader.at += 1.0
    assert reader.looks == 4, "of fifteen frames, one second apart and one a look"
    assert sum(one.codes is not None for one in told) == reader.looks
    assert {one.seen.code for one in told if one.seen is not None} == {"none"}


def test_a_page_due_waits_until_somebody_takes_it(photo: Any) -> None:
    looking = Looking(lambda: Eye(3))
    frame = Frame(photo(), 1)
    for _ in range(40):
        looking.look(frame)
        if looking.due is not None:
            break
    due = looking.due
    assert due is not None
    looking.look(BARE)
    assert looking.due is due, "a screen does not see every frame"


def test_dark_is_told_from_dark_paper_with_a_lit_corner() -> None:
    night = np.full((480, 640, 3), 12, np.uint8)
    assert is_dark(night)
    assert Looking(Eye).look(Frame(night, 1)).dark
    night[:200, :200] = 120
    assert not is_dark(night)


class Still:
    """A camera that gives a frame and counts its stills."""

    def __init__(self) -> None:
        self.stills = 0

    def read(self) -> Frame:
        return BARE

    def still(self) -> Frame:
        self.stills += 1
        return BARE


def test_the_loop_takes_a_still_for_another_thread_once() -> None:
    camera, shutter = Still(), Shutter()
    loop: Any = Loop(camera, lambda frame: frame.sequence, shutter=shutter)  # type: ignore[arg-type]
    assert loop.turn().judged == 1
    assert camera.stills == 0, "nobody asked"
    got: list[Any] = []
    asking = threading.Thread(target=lambda: got.append(shutter.still()))
    asking.start()
    while asking.is_alive():
        loop.turn()
    assert got[0] is BARE.image
    assert camera.stills == 1
    shutter.close()
    begin = time.monotonic()
    assert shutter.still(120) is None, "nobody looks any more"
    assert time.monotonic() - begin < 60
