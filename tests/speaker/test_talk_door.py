"""The door that the PIN opens: for a quarter of an hour of this boot, and for nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.timekeeping.clock import since_boot
from langso.timekeeping.evidence import boot_id
from speaker.talk_door import FILE, OPEN_S, TalkDoor


def test_it_is_shut_until_opened_and_again_when_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = TalkDoor(tmp_path)
    assert door.left_s() == 0
    door.open()
    assert OPEN_S - 60 < TalkDoor(tmp_path).left_s() <= OPEN_S
    later = since_boot() + OPEN_S
    monkeypatch.setattr("speaker.talk_door.since_boot", lambda: later)
    assert door.left_s() == 0


def test_it_can_be_shut_before_that(tmp_path: Path) -> None:
    door = TalkDoor(tmp_path)
    door.open(again="x")
    assert door.again == "x"
    door.close()
    assert (door.left_s(), door.again) == (0, "")
    door.close()


@pytest.mark.parametrize("kept", [{"boot": "x"}, {"until": 1e10}, {"until": "9"}])
def test_what_another_boot_or_another_hand_left_there_opens_nothing(kept: dict[str, object], tmp_path: Path) -> None:
    good = {"boot": boot_id(), "until": since_boot() + 60, "again": "x"}
    (tmp_path / FILE).write_text(json.dumps(good))
    assert TalkDoor(tmp_path).left_s() > 0
    (tmp_path / FILE).write_text(json.dumps(good | kept))
    door = TalkDoor(tmp_path)
    assert (door.left_s(), door.again) == (0, "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=200))
def test_no_bytes_open_it(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / FILE).write_bytes(raw)
    assert TalkDoor(tmp_path).left_s() == 0
