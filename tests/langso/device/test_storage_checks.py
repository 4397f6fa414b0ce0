"""The card's trouble as health lines."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from waiting import until

from langso.contract.health import Check
from langso.device.machine_checks import MachineWatch
from langso.device.storage_checks import card_first, set_aside, storage_checks
from langso.durable.card_hand import CardHand
from langso.durable.errors import CardHangs
from langso.durable.memory_first import StorageTrouble

WELL = SimpleNamespace(owed=False, trouble="")
OWED = SimpleNamespace(owed=True, trouble="chỗ đó bị khoá ghi")


@pytest.mark.parametrize(
    ("trouble", "files", "code"),
    [
        (None, WELL, None),
        (StorageTrouble("đầy", 0.0, full=True), WELL, "machine-card-full"),
        (StorageTrouble("EIO", 0.0, full=False), WELL, "machine-card-fails"),
        (StorageTrouble("", 0.0, full=False), WELL, "machine-card-fails"),
        (StorageTrouble("?", 0.0, full=False, hangs=True), WELL, "machine-card-hangs"),
        (None, OWED, "machine-card-fails"),
    ],
)
def test_what_the_card_does_not_take_is_said(trouble: Any, files: Any, code: str | None) -> None:
    store: Any = SimpleNamespace(trouble=trouble)
    lines = storage_checks(store, files)
    assert [line.code for line in lines] == ([code] if code else [])
    assert all(line.level == "bad" and line.fix for line in lines)
    if files.owed:
        assert files.trouble in lines[0].why


def test_a_database_set_aside_is_told_until_somebody_takes_it_away(tmp_path: Path) -> None:
    assert set_aside(tmp_path).level == "ok"
    damaged = tmp_path / "speaker.sqlite.corrupt-20261130T170000.000000Z"
    damaged.write_bytes(b"?")
    damaged.with_name(f"{damaged.name}-wal").write_bytes(b"?")
    assert set_aside(tmp_path).level == "warn"
    assert set_aside(tmp_path).parameters["count"] == 1
    assert "database" in [line.name for line in MachineWatch(tmp_path).checks()]


def test_a_card_that_hangs_while_nothing_is_written_is_seen_by_looking(tmp_path: Path) -> None:
    hand, held, go_on = CardHand(), threading.Event(), threading.Event()
    hand.later(lambda: (held.set(), go_on.wait(60)))
    assert held.wait(60)
    with pytest.raises(CardHangs):
        hand.do(lambda: None, 0.01)
    watch = MachineWatch(tmp_path, hand)
    (line,) = watch.checks()
    assert (line.name, line.level, line.code) == ("storage", "bad", "machine-card-hangs")
    assert card_first([line]) == ([line], [])
    go_on.set()
    until(lambda: not hand.hangs)
    assert "storage" not in [line.name for line in watch.checks()]


def test_the_card_s_lines_come_before_all_others() -> None:
    lines = [Check.good("memory", "x"), Check.bad("disk", "x", "y"), Check.warning("rtc", "x", "y")]
    card, others = card_first(lines)
    assert [line.name for line in (*card, *others)] == ["disk", "memory", "rtc"]
