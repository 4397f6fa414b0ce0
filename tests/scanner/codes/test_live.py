"""Live frames: quick answers, better ones over several frames, nothing kept for long."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from waiting import until

from scanner.codes import warm
from scanner.codes.live_reader import LiveReader
from scanner.codes.workers import pool

TEXT = "001095000001||Người Mẫu|05031995|Nam|Xã Mẫu|10052021"


def frame(text: str | None = TEXT, scale: int = 5, size: tuple[int, int] = (720, 1280)) -> Any:
    picture = np.full((*size, 3), 200, np.uint8)
    if text is not None:
        out = io.BytesIO()
        segno.make_qr(text, error="m").save(out, kind="png", scale=scale, border=4)
        code = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
        picture[150 : 150 + code.shape[0], 400 : 400 + code.shape[1]] = code
    return picture


@pytest.fixture
def live() -> Iterator[LiveReader]:
    warm()
    reader = LiveReader()
    yield reader
    reader.close()


def test_a_clear_code_is_read_in_its_first_frame(live: LiveReader) -> None:
    (code,) = live.look(frame())
    assert code.text == TEXT
    assert code.kind == "citizen_card"
    assert [c.text for c in live.look(frame())] == [TEXT], "seen twice, told once"


def test_a_look_is_quick_even_where_there_is_nothing_to_read(live: LiveReader) -> None:
    rng = np.random.default_rng(1)
    spent = []
    for _ in range(8):
        noise = rng.integers(0, 256, (720, 1280, 3), dtype=np.uint8)
        begin = time.thread_time()
        live.look(noise)
        spent.append(time.thread_time() - begin)
    # Processor time of the calling thread: what others do to the machine is not the look's fault.
    assert sorted(spent)[4] < 0.06


def test_a_code_too_worn_for_the_quick_look_comes_from_behind(live: LiveReader) -> None:
    worn = frame(scale=3)
    worn = cv2.GaussianBlur(worn, (0, 0), 1.9)
    assert [code.text for code in until(lambda: live.look(worn))] == [TEXT]


def test_what_is_gone_is_forgotten(live: LiveReader) -> None:
    assert live.look(frame())
    until(lambda: live.look(frame(None)) == [])


def test_another_size_of_frame_starts_anew(live: LiveReader) -> None:
    assert live.look(frame())
    assert live.look(frame(None, size=(480, 640))) == []


def test_nothing_of_the_frames_is_kept_after_closing(live: LiveReader) -> None:
    seen = pool.shared()

    def worked_on() -> bool:
        live.look(frame(None))
        return seen._map is not None and any(seen._map[:4096])

    until(worked_on)
    live.close()
    assert not any(seen._map[: len(seen._map)])


def test_a_fault_behind_the_frames_ends_nothing_and_tells_no_text(caplog: pytest.LogCaptureFixture) -> None:
    calls = []

    def broken(gray: Any, seconds: float) -> Any:
        calls.append(seconds)
        raise ValueError(TEXT)

    reader = LiveReader(broken)

    def next_frame_was_worked_on() -> bool:
        reader.look(frame(None, size=(120, 160)))
        return len(calls) >= 2

    until(next_frame_was_worked_on)
    reader.close()
    assert TEXT not in caplog.text


def test_corners_in_a_frame_of_a_stills_size_are_in_that_frames_pixels(live: LiveReader) -> None:
    large = frame(scale=8, size=(2592, 4608))
    for _ in range(2):
        (code,) = live.look(large)
        assert code.text == TEXT
        assert code.polygon[0] == pytest.approx((432, 182), abs=4)


def test_a_look_at_a_wall_of_finder_patterns_is_quick_too(live: LiveReader) -> None:
    wall = np.full((1296, 2304, 3), 255, np.uint8)
    for top in range(20, 1230, 70):
        for left in range(20, 2230, 70):
            for inset, level in ((0, 0), (6, 255), (12, 0)):
                wall[top + inset : top + 42 - inset, left + inset : left + 42 - inset] = level
    spent = []
    for _ in range(10):
        begin = time.thread_time()
        assert live.look(wall) == []
        spent.append(time.thread_time() - begin)
    assert sorted(spent)[5] < 0.06
