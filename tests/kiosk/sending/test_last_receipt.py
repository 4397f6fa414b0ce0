"""The code that was handed out last: found again after a restart, and by nobody who comes later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.sending.last_receipt import LAST_RECEIPT_MIGRATION, LIFE_S, LastReceipt, Remembered
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock

ROOT = Path(__file__).parents[3]
MINE = Remembered("TN-261130-482173", 2)


class Machine:
    """A kiosk's store and clocks; `on_again`: a restart of the program, or of the machine under another boot."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.trusted, self.boot, self.up = folder, False, "a", 100.0
        self.clock = SimulatedClock(datetime(2026, 11, 30, tzinfo=UTC))
        self.on_again()

    def on_again(self, boot: str = "a") -> LastReceipt:
        self.store = Store(self.folder / "kiosk.sqlite", (LAST_RECEIPT_MIGRATION,))
        self.last = LastReceipt(
            self.store, self.clock, trusted=lambda: self.trusted, boot=boot, since_boot=lambda: self.up
        )
        return self.last

    def give(self) -> None:
        self.last.give(MINE.dossier, MINE.pages)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_after_a_restart_it_is_there_until_it_was_copied(machine: Machine) -> None:
    assert (machine.last.still, machine.last.held) == (None, False)
    machine.give()
    assert machine.on_again().still == MINE
    machine.last.forget()
    machine.last.forget()
    assert (machine.on_again().still, machine.last.held) == (None, False)


def test_the_newest_takes_the_place_of_the_one_before(machine: Machine) -> None:
    machine.give()
    machine.last.give("TN-261130-000001", 1)
    assert machine.on_again().still == Remembered("TN-261130-000001", 1)


@pytest.mark.parametrize(("passed", "there"), [(0.0, True), (LIFE_S - 1, True), (LIFE_S, False), (-5.0, False)])
def test_whoever_comes_later_does_not_see_it(machine: Machine, passed: float, there: bool) -> None:
    machine.give()
    machine.up += passed
    machine.clock.jump(1_000_000)
    assert (machine.on_again().still is not None) is there, "by the time since the boot, wherever the wall clock is"


@pytest.mark.parametrize("boot", ["b", ""])
@pytest.mark.parametrize(
    ("passed", "trusted", "there"),
    [(40.0, True, True), (40.0, False, False), (LIFE_S, True, False), (-40.0, True, False)],
)
def test_after_a_power_cut_only_a_clock_that_is_believed_tells_how_long_it_was(
    machine: Machine, boot: str, passed: float, trusted: bool, there: bool
) -> None:
    machine.give()
    machine.up, machine.trusted = 100.0, trusted
    machine.clock.jump(passed)
    assert (machine.on_again(boot).still is not None) is there
    assert machine.last.held, "the clock may be believed a little later"


def test_it_is_kept_with_the_dossier_or_not_at_all(machine: Machine) -> None:
    def write(fails: Callable[[], None]) -> None:
        with machine.store.transaction():
            machine.give()
            fails()

    with pytest.raises(ZeroDivisionError):
        write(lambda: print(1 // 0))
    assert machine.last.still is None


def test_killed_at_any_line_a_code_that_was_shown_has_its_dossier_and_is_shown_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tests/kiosk/stage/killing.py", str(tmp_path / "killed")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) > 100, "line after line"
    for after in found:
        assert after["whole"], after
        assert after["kept"] in ([], [after["again"]]), "no dossier whose code cannot be found, no code without one"
        assert after["shown"] in ("", after["again"])
    assert not found[0]["kept"]
    assert [bool(after["kept"]) for after in found] == sorted(bool(after["kept"]) for after in found)
    assert [after["shown"] for after in found if after["shown"]] == [found[-1]["again"]]
