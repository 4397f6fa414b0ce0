"""A device that is pulled, hangs, freezes or goes black is noticed, said and opened again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scanner.cameras import device as under_test
from scanner.cameras.camera import SAYS, Locks
from scanner.cameras.device import DeviceCamera

Watch = Callable[..., list[Any]]


@pytest.fixture
def camera(acted: Any, seconds: Any) -> Iterator[DeviceCamera]:
    with DeviceCamera(lambda: acted, clock=seconds) as made:
        yield made
    acted.released.set()


def test_it_opens_at_the_first_read_and_numbers_its_frames(camera: DeviceCamera, watch_for: Watch) -> None:
    assert camera.health.condition == "starting"
    frames = watch_for(camera, 0.5)
    assert [frame.sequence for frame in frames] == [1, 2, 3, 4, 5]
    assert camera.health.good
    assert camera.health.sentence == ""


def test_a_pulled_camera_is_away_and_comes_back_by_itself(camera: DeviceCamera, acted: Any, watch_for: Watch) -> None:
    watch_for(camera, 1.0)
    for mood in ("gone", "torn"):
        acted.mood = mood
        assert watch_for(camera, 0.5) == [None] * 5
        acted.mood = "absent"
        watch_for(camera, 1.5)
        assert camera.health.condition == "away"
        assert camera.health.sentence == SAYS["away"]
        acted.mood = "ok"
        assert watch_for(camera, 1.5)[-1] is not None
        assert camera.health.good
    assert acted.opened == 3


def test_a_frame_tells_how_much_finer_a_still_is_and_a_still_how_much_it_was(
    camera: DeviceCamera, acted: Any, watch_for: Watch
) -> None:
    acted.finer = 3.0
    assert watch_for(camera, 0.2)[-1].finer == 3.0
    assert camera.still() is not None
    assert watch_for(camera, 0.2)[-1].finer == 2.0, "the driver had promised more than it gave"


def test_it_is_tried_once_a_second_not_more(camera: DeviceCamera, acted: Any, watch_for: Watch) -> None:
    acted.mood = "refuses"
    watch_for(camera, 3.0)
    assert acted.opened == 3


def test_a_frozen_camera_gives_no_frame_and_is_opened_again(
    camera: DeviceCamera, acted: Any, watch_for: Watch
) -> None:
    watch_for(camera, 1.0)
    acted.mood = "frozen"
    given = watch_for(camera, 2.6)
    assert given[-1] is None
    assert camera.health.condition == "frozen"
    acted.mood = "ok"
    assert watch_for(camera, 1.5)[-1] is not None
    assert camera.health.good
    assert acted.opened == 2


def test_a_black_camera_says_so_and_still_gives_frames(camera: DeviceCamera, acted: Any, watch_for: Watch) -> None:
    acted.mood = "black"
    given = watch_for(camera, 2.0)
    assert given[-1] is not None
    assert camera.health.condition == "black"
    assert "bật đèn" in str(camera.health.sentence)


def test_a_driver_that_hangs_is_left_behind(
    camera: DeviceCamera, acted: Any, watch_for: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "STUCK_S", 0.1)
    watch_for(camera, 0.5)
    acted.mood = "hung"
    begin = time.monotonic()
    assert camera.read() is None
    assert time.monotonic() - begin < 15
    assert camera.health.condition == "frozen"
    acted.mood = "ok"
    assert watch_for(camera, 1.5)[-1] is not None
    assert acted.opened == 2


def test_a_driver_that_always_hangs_does_not_gather_threads(
    camera: DeviceCamera, acted: Any, watch_for: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "OPEN_S", 0.05)
    acted.mood = "hung"
    watch_for(camera, 12.0)
    assert acted.opened == under_test.MOST_LEFT
    acted.mood = "ok"
    acted.released.set()
    time.sleep(0.2)
    assert watch_for(camera, 2.5)[-1] is not None, "tried again once the hanging calls came back"


def test_a_camera_that_hangs_does_not_hang_closing(acted: Any, seconds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "STUCK_S", 0.1)
    camera = DeviceCamera(lambda: acted, clock=seconds)
    camera.read()
    acted.close = lambda: acted.released.wait(30)
    begin = time.monotonic()
    camera.close()
    assert time.monotonic() - begin < 15
    acted.released.set()


def test_it_is_held_fast_after_settling_and_let_go_when_the_light_changes(
    camera: DeviceCamera, acted: Any, watch_for: Watch
) -> None:
    watch_for(camera, 3.0)
    assert acted.locked == ["lock"]
    assert camera.locks == Locks(focus=True, exposure=True, colour=None)
    acted.level = 220
    watch_for(camera, 1.0)
    assert acted.locked == ["lock", "unlock"]
    watch_for(camera, 3.0)
    assert acted.locked == ["lock", "unlock", "lock"]


def test_the_still_is_the_devices_best_and_the_stream_goes_on(camera: DeviceCamera, watch_for: Watch) -> None:
    assert camera.still() is None, "nothing was opened yet"
    frame = watch_for(camera, 0.3)[-1]
    still = camera.still()
    assert still is not None
    assert still.image.shape == (128, 192, 3)
    assert still.sequence == frame.sequence + 1
    assert watch_for(camera, 0.1)[-1].image.shape == (64, 96, 3)


def test_a_still_of_a_pulled_camera_is_none(camera: DeviceCamera, acted: Any, watch_for: Watch) -> None:
    watch_for(camera, 0.3)
    acted.mood = "gone"
    assert camera.still() is None
    assert camera.health.condition == "away"


def test_pictures_are_turned_as_the_camera_is_mounted(acted: Any, seconds: Any) -> None:
    with DeviceCamera(lambda: acted, rotate=90, clock=seconds) as camera:
        frame, still = camera.read(), camera.still()
    assert frame is not None
    assert still is not None
    assert frame.image.shape == (96, 64, 3)
    assert still.image.shape == (192, 128, 3)
