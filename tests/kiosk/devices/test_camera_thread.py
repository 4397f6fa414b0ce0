"""The camera's thread: newest frame, stills between frames, faults said, one camera kept between screens."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from waiting import until

from kiosk.devices import camera_thread as watching
from kiosk.devices.camera_thread import NO_CAMERA, CameraHolder, Watcher, for_screen
from langso.settings.reading import ScannerSettings
from scanner.live.loop import STILL_S


@pytest.fixture
def table(tmp_path: Path) -> Path:
    folder = tmp_path / "bàn"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), np.full((600, 800, 3), 120, np.uint8))
    return folder


def settings(folder: Path, frames_per_s: int = 30) -> ScannerSettings:
    return ScannerSettings(camera="replay", source=str(folder), frames_per_s=frames_per_s)


@pytest.fixture
def watch() -> Any:
    started: list[Watcher[Any]] = []

    def begin(camera: ScannerSettings, **more: Any) -> Watcher[Any]:
        watcher = Watcher(camera, lambda frame: int(frame.image[0, 0, 0]), **more)
        watcher.start()
        started.append(watcher)
        return watcher

    yield begin
    for watcher in started:
        watcher.stop()


def test_the_newest_frame_is_judged(table: Path, watch: Any) -> None:
    watcher = watch(settings(table))
    until(lambda: watcher.newest is not None and watcher.newest.judged is not None)
    assert watcher.newest.judged == 120
    assert watcher.fault == ""


def test_frames_are_shown_while_one_is_judged_and_the_newest_is_judged_next(table: Path) -> None:
    """A preview that waits for its judge stutters: on a Pi a judgement takes a fifth of a second."""
    begun, go_on = threading.Event(), threading.Event()
    judged = []

    def look(frame: Any) -> int:
        judged.append(frame.sequence)
        begun.set()
        assert go_on.wait(60)
        return frame.sequence

    watcher = Watcher(settings(table, 60), look)
    watcher.start()
    try:
        assert begun.wait(60)
        until(lambda: watcher.newest is not None and watcher.newest.number >= 5)
        assert (len(judged), watcher.newest.judged) == (1, None), "shown at once, judged or not"
        go_on.set()
        until(lambda: watcher.newest.judged is not None and watcher.newest.judged > judged[0])
        assert judged[1] >= 5, "what came meanwhile is passed over, not judged late"
        assert watcher.newest.number >= judged[1], "the outline is drawn over the frames that follow"
    finally:
        go_on.set()
        watcher.stop()


def test_the_work_is_part_of_the_period_and_not_on_top_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock of its own: every frame's work takes 30 ms of a period of 40."""
    now = [0.0]
    began = []

    class Slow(Opened):
        health = SimpleNamespace(condition="ok", sentence="")

        def read(self) -> Any:
            began.append(now[0])
            now[0] += 0.03
            if len(began) == 20:
                watcher._stopping.set()
            return SimpleNamespace(image=np.zeros((4, 4, 3), np.uint8), sequence=len(began))

    class Stopping(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            now[0] += timeout or 0.0
            return self.is_set()

    monkeypatch.setattr("scanner.cameras.open_camera", Slow())
    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    watcher: Watcher[Any] = Watcher(ScannerSettings(frames_per_s=25), lambda _: None)
    watcher._stopping = Stopping()
    watcher._run()
    assert began[-1] - began[0] == pytest.approx(19 * 0.04)


def test_a_still_is_taken_between_two_frames(table: Path, watch: Any) -> None:
    watcher = watch(settings(table))
    assert watcher.still(5).shape == (600, 800, 3)


def test_a_still_from_a_camera_that_is_not_there_is_none(tmp_path: Path, watch: Any) -> None:
    assert watch(settings(tmp_path / "none")).still(5) is None


@pytest.mark.parametrize("marker", ["unplugged", "frozen"])
def test_a_camera_that_went_away_shows_no_old_frame(table: Path, watch: Any, marker: str) -> None:
    (table / f"2.{marker}").touch()
    holder = CameraHolder()
    watcher = watch(settings(table), holder=holder)
    until(lambda: watcher.newest is not None)
    until(lambda: watcher.fault != "")
    assert watcher.newest is None
    until(lambda: holder.check().level == "bad")
    assert holder.check().code == {"unplugged": "prompts-camera-away", "frozen": "prompts-camera-frozen"}[marker]
    assert holder.check().why.endswith(".")
    (table / "2.png").write_bytes((table / "1.png").read_bytes())
    (table / f"2.{marker}").unlink()
    until(lambda: watcher.newest is not None)
    assert watcher.fault == ""
    assert holder.check().level == "ok"


def test_an_absent_camera_is_tried_again(tmp_path: Path, watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RETRY_S", 0.1)
    folder = tmp_path / "later"
    watcher = watch(settings(folder))
    until(lambda: watcher.fault == NO_CAMERA)
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), np.full((60, 80, 3), 90, np.uint8))
    until(lambda: watcher.newest is not None)


def test_a_fault_in_judging_does_not_end_the_camera(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RETRY_S", 0.05)
    calls = []

    def look(image: Any) -> int:
        calls.append(image)
        if len(calls) == 1:
            assert go_on.wait(60)
            raise ZeroDivisionError
        return len(calls)

    go_on = threading.Event()
    watcher = Watcher(settings(table), look)
    watcher.start()
    try:
        until(lambda: watcher.newest is not None)
        go_on.set()
        until(lambda: watcher.fault != "" or len(calls) > 1)
        until(lambda: watcher.newest.judged is not None)
        assert watcher.fault == ""
    finally:
        go_on.set()
        watcher.stop()


class Opened:
    """Counts the cameras opened and closed."""

    def __init__(self) -> None:
        self.opened = self.closed = self.reads = 0

    def __call__(self, _: ScannerSettings) -> Opened:
        self.opened += 1
        return self

    def read(self) -> None:
        self.reads += 1

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> Opened:
    opened = Opened()
    monkeypatch.setattr("scanner.cameras.open_camera", opened)
    return opened


def test_the_camera_stays_open_from_one_screen_to_the_next(cameras: Opened, table: Path) -> None:
    holder = CameraHolder()
    for _ in range(3):
        with holder.borrowed(settings(table)):
            pass
    assert (cameras.opened, cameras.closed) == (1, 0)
    assert cameras.reads == 2, "what waited in the queue is thrown away"
    holder.close()
    assert cameras.closed == 1


def test_it_is_closed_when_nobody_needs_it_any_more(cameras: Opened, table: Path) -> None:
    holder = CameraHolder(linger_s=0.05)
    with holder.borrowed(settings(table)):
        time.sleep(0.1)
        holder.close()
        assert cameras.closed == 0, "not under somebody's hands"
    until(lambda: cameras.closed == 1)


def test_other_settings_are_another_camera(cameras: Opened, table: Path, tmp_path: Path) -> None:
    holder = CameraHolder()
    with holder.borrowed(settings(table)):
        pass
    with holder.borrowed(settings(tmp_path)):
        pass
    assert (cameras.opened, cameras.closed) == (2, 1)
    holder.close()


def test_a_fault_closes_the_camera(cameras: Opened, table: Path) -> None:
    holder = CameraHolder()
    with pytest.raises(ZeroDivisionError), holder.borrowed(settings(table)):
        raise ZeroDivisionError
    assert cameras.closed == 1


def test_what_is_shown_is_no_larger_than_a_screen() -> None:
    assert for_screen(np.zeros((2592, 4608, 3), np.uint8)).shape == (540, 960, 3)
    assert for_screen(np.zeros((1920, 1080, 3), np.uint8)).shape == (960, 540, 3)
    small = np.zeros((100, 200, 3), np.uint8)
    assert for_screen(small) is small


def test_a_still_asked_of_a_camera_that_was_left_is_none_at_once(tmp_path: Path, watch: Any) -> None:
    """The villager went home meanwhile: nobody waits for a picture that nobody will take."""
    watcher = watch(settings(tmp_path / "không có"))
    until(lambda: watcher.fault == NO_CAMERA)
    begin = time.monotonic()
    threading.Timer(0.2, lambda: watcher.stop(timeout=0)).start()
    assert watcher.still() is None
    assert watcher.still() is None
    assert time.monotonic() - begin < STILL_S / 2
