"""A measured delay is judged, kept, used for its own sink alone, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.settings.model import SpeakerSettings
from speaker.errors import MeasureRefused
from speaker.sound.calibration import FILE, MeasuredDelay, calibration_of, judge_delays, keep_delay, read_delay

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def measured(**more: Any) -> MeasuredDelay:
    return MeasuredDelay(**{"sound": "alsa", "sink": "default", "delay_ms": 88.4, "measured": NOW, **more})


def test_what_is_heard_evenly_is_the_delay() -> None:
    assert judge_delays([88.3, 88.4, 88.5, 88.4], 4, "monitor") == (88.4, pytest.approx(0.082, abs=0.001))


@pytest.mark.parametrize(
    ("delays", "plays", "by", "says"),
    [
        ([], 12, "monitor", "0 trên 12"),
        ([5.0, 5.0], 2, "monitor", "2 trên 2"),
        ([5.0] * 8, 12, "monitor", "8 trên 12"),
        ([0.0, 2.1, 4.2], 3, "monitor", "lệch nhau"),
        ([0.0, 8.1, 16.2], 3, "microphone", "lệch nhau"),
        ([-30.1] * 4, 4, "monitor", "không thể"),
        ([2000.1] * 4, 4, "microphone", "không thể"),
        ([79.0] * 4, 4, "hand", "nhỏ hơn 80"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(delays: list[float], plays: int, by: Any, says: str) -> None:
    with pytest.raises(MeasureRefused) as refused:
        judge_delays(delays, plays, by)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("delays", "plays", "by"),
    [
        ([5.0] * 9, 12, "monitor"),
        ([0.0, 1.9, 3.8], 3, "monitor"),
        ([0.0, 7.9, 15.8], 3, "microphone"),
        ([-30.0] * 3, 3, "monitor"),
        ([2000.0] * 3, 3, "monitor"),
        ([81.0] * 4, 4, "hand"),
    ],
)
def test_what_is_just_good_enough_is_taken(delays: list[float], plays: int, by: Any) -> None:
    judge_delays(delays, plays, by)


def test_starts_are_advanced_by_it_and_by_what_the_settings_say_instead(tmp_path: Path) -> None:
    keep_delay(tmp_path, measured())
    assert calibration_of(tmp_path, SpeakerSettings()) == -88.4
    assert calibration_of(tmp_path, SpeakerSettings(calibration_ms=3.0)) == 3.0
    assert calibration_of(tmp_path, SpeakerSettings(calibration_ms=0.0)) == 0.0


@pytest.mark.parametrize("other", [{"sink": "hw:1"}, {"sound": "pulse"}])
def test_another_sinks_delay_is_not_used(tmp_path: Path, other: dict[str, str]) -> None:
    keep_delay(tmp_path, measured(**other))
    assert read_delay(tmp_path, SpeakerSettings()) is None
    assert calibration_of(tmp_path, SpeakerSettings()) == 0.0


@given(st.binary(max_size=200))
def test_a_damaged_file_is_as_none(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("state")
    (folder / FILE).write_bytes(raw)
    assert calibration_of(folder, SpeakerSettings()) == 0.0


@pytest.mark.parametrize("delay", [2000.1, -30.1, float("nan"), float("inf")])
def test_a_delay_beyond_reason_in_the_file_is_not_used(tmp_path: Path, delay: float) -> None:
    raw = measured().to_json().replace(b"88.4", str(delay).encode())
    (tmp_path / FILE).write_bytes(raw)
    assert calibration_of(tmp_path, SpeakerSettings()) == 0.0
