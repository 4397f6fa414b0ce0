"""`langso scan camera`: every finding is a sentence, and bad ones fail the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from scanner.cameras.camera import Locks
from scanner.commands import scan
from scanner.live.trial import Trial, findings


def good(**more: Any) -> Trial:
    return Trial(
        **{
            "frames": 60,
            "seconds": 4.0,
            "size": (1920, 1080),
            "conditions": ["ok"],
            "brightness": 130.0,
            "sharpness": 400.0,
            "still_size": (4608, 2592),
            "still_ms": 420.0,
        }
        | more
    )


def sentences(trial: Trial, level: str) -> str:
    return " ".join(str(one.sentence) for one in findings(trial) if one.level == level)


def test_a_good_camera_has_no_fault() -> None:
    trial = good(locks=Locks(True, True, True))
    assert {one.level for one in findings(trial)} == {"good"}
    assert "15,0 hình một giây" in sentences(trial, "good")
    assert "250 dpi" in sentences(trial, "good"), "facts: a Camera Module 3 filled to four fifths gives about 250"
    assert "tiêu cự, độ sáng, màu" in sentences(trial, "good")


@pytest.mark.parametrize(
    ("change", "level", "word"),
    [
        ({"size": None}, "bad", "dây cắm"),
        ({"conditions": ["ok", "away", "ok"]}, "bad", "mất máy ảnh"),
        ({"conditions": ["black"]}, "bad", "nắp ống kính"),
        ({"conditions": ["frozen"]}, "bad", "đứng"),
        ({"frames": 12}, "warning", "chậm"),
        ({"still_size": (1280, 720)}, "warning", "dpi"),
        ({"still_size": None, "still_ms": None}, "bad", "ảnh tĩnh"),
        ({"brightness": 20.0}, "warning", "bật đèn"),
        ({"brightness": 240.0}, "warning", "Sáng quá"),
        ({"sharpness": 9.0}, "warning", "mờ"),
        ({"locks": Locks(True, False, None)}, "warning", "độ sáng"),
    ],
)
def test_each_fault_is_said(change: dict[str, Any], level: str, word: str) -> None:
    assert word in sentences(good(**change), level)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    def command(*arguments: str) -> Any:
        return CliRunner().invoke(scan, ["camera", "--camera", str(tmp_path / "bàn"), "--seconds", "0.5", *arguments])

    (tmp_path / "bàn").mkdir()
    return command


def test_a_camera_is_tried_and_its_picture_kept(run: Callable[..., Any], tmp_path: Path, photo: Any) -> None:
    cv2.imwrite(str(tmp_path / "bàn" / "1.png"), photo())
    done = run("--json", "--out", str(tmp_path / "thử.jpg"))
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["size"] == [1600, 1200]
    assert told["still_size"] == [1600, 1200]
    assert told["conditions"] == ["ok"]
    assert all(one["sentence"].endswith(".") for one in told["findings"])
    assert (tmp_path / "thử.jpg").read_bytes().startswith(b"\xff\xd8")


def test_a_black_camera_fails_with_what_to_do(run: Callable[..., Any], tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "bàn" / "1.png"), np.zeros((480, 640, 3), np.uint8))
    done = CliRunner().invoke(scan, ["camera", "--camera", str(tmp_path / "bàn"), "--seconds", "1.6"])
    assert done.exit_code == 1
    assert "bật đèn" in done.output


def test_an_empty_table_fails_in_a_sentence(run: Callable[..., Any]) -> None:
    done = run()
    assert done.exit_code == 1
    assert "không cho hình nào" in done.output


def test_a_folder_that_is_not_there_fails_in_a_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(scan, ["camera", "--camera", str(tmp_path / "không có")])
    assert done.exit_code != 0
    assert "Traceback" not in done.output
