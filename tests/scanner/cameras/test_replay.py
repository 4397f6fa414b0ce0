"""The replay camera: pictures in turn, pulled cables, a paper laid while it runs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from stepped import Stepped

from langso.settings.reading import ScannerSettings
from scanner.cameras import open_camera, replay
from scanner.cameras.replay import ReplayCamera
from scanner.errors import CameraFault


@pytest.fixture(autouse=True)
def _steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "time", Stepped())


def lay(folder: Path, name: str, level: int) -> None:
    cv2.imwrite(str(folder / name), np.full((48, 64, 3), level, np.uint8))


def levels(camera: ReplayCamera, seconds: float) -> list[int | None]:
    seen: list[int | None] = []
    end = replay.time.monotonic() + seconds
    while replay.time.monotonic() < end:
        frame = camera.read()
        level = None if frame is None else int(frame.image[0, 0, 0])
        if not seen or seen[-1] != level:
            seen.append(level)
    return seen


def test_pictures_come_in_order_and_the_last_stays(tmp_path: Path) -> None:
    lay(tmp_path, "002.png", 200)
    lay(tmp_path, "001.png", 100)
    with ReplayCamera(tmp_path, hold_s=0.2, pace_s=0.01) as camera:
        assert levels(camera, 0.8) == [100, 200]


def test_a_pulled_cable_is_replayed(tmp_path: Path) -> None:
    lay(tmp_path, "001.png", 100)
    (tmp_path / "002.unplugged").touch()
    lay(tmp_path, "003.png", 50)
    with ReplayCamera(tmp_path, hold_s=0.2, pace_s=0.01) as camera:
        assert levels(camera, 0.9) == [100, None, 50]


def test_a_paper_laid_while_it_runs_is_seen(tmp_path: Path) -> None:
    with ReplayCamera(tmp_path, pace_s=0.01) as camera:
        assert camera.read() is None
        lay(tmp_path, "001.png", 70)
        assert levels(camera, 0.2)[-1] == 70


def test_a_broken_picture_is_as_no_picture(tmp_path: Path) -> None:
    (tmp_path / "001.jpg").write_bytes(b"\xff\xd8 half")
    with ReplayCamera(tmp_path, pace_s=0.01) as camera:
        assert camera.read() is None


def test_an_avi_goes_round(tmp_path: Path) -> None:
    file = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in (40, 200):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    with ReplayCamera(file, pace_s=0.01) as camera:
        frames = [camera.read() for _ in range(8)]
    assert len([frame for frame in frames if frame is not None]) >= 5


def test_frames_are_numbered_and_turned(tmp_path: Path) -> None:
    lay(tmp_path, "001.png", 100)
    with open_camera(ScannerSettings(camera="replay", source=str(tmp_path), rotate=90)) as camera:
        first, second = camera.read(), camera.read()
    assert first is not None
    assert second is not None
    assert second.sequence == first.sequence + 1
    assert first.image.shape == (64, 48, 3)


def test_a_folder_that_does_not_exist_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(CameraFault, match="scanner"):
        ReplayCamera(tmp_path / "none")


def conditions(camera: ReplayCamera, seconds: float) -> list[str]:
    seen: list[str] = []
    end = replay.time.monotonic() + seconds
    while replay.time.monotonic() < end:
        camera.read()
        if not seen or seen[-1] != camera.health.condition:
            seen.append(camera.health.condition)
    return seen


@pytest.mark.parametrize(("marker", "condition"), [("unplugged", "away"), ("black", "black"), ("frozen", "frozen")])
def test_every_fault_of_a_camera_is_replayed_and_passes(tmp_path: Path, marker: str, condition: str) -> None:
    lay(tmp_path, "001.png", 100)
    (tmp_path / f"002.{marker}").touch()
    lay(tmp_path, "003.png", 120)
    with ReplayCamera(tmp_path, hold_s=0.3, pace_s=0.01) as camera:
        assert camera.health.condition == "starting"
        seen = conditions(camera, 1.2)
    assert [said for said in seen if said != "ok"] == [condition]
    assert seen[-1] == "ok"


def test_a_frozen_camera_gives_no_frames_once_that_is_known(tmp_path: Path) -> None:
    lay(tmp_path, "001.png", 100)
    (tmp_path / "002.frozen").touch()
    with ReplayCamera(tmp_path, hold_s=0.2, pace_s=0.01) as camera:
        assert levels(camera, 0.8) == [100, None]


def test_the_still_is_the_picture_itself(tmp_path: Path) -> None:
    lay(tmp_path, "001.png", 100)
    with ReplayCamera(tmp_path, pace_s=0.01) as camera:
        camera.read()
        still = camera.still()
    assert still is not None
    assert (int(still.image[0, 0, 0]), still.sequence) == (100, 2)
