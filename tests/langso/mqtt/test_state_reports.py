"""The note a program leaves of its state for this machine's own people."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langso.contract import State, Topics
from langso.contract.health import Check
from langso.durable.errors import StoreFull
from langso.mqtt.state_reports import SETTLE_S, STATE_EVERY_S, StateReporter, note_in
from langso.timekeeping.clock import ClockTrust, SimulatedClock
from langso.trust import SigningKey
from langso.words.catalogue import Sentence, t


@dataclasses.dataclass
class Nothing:
    """A keeper that holds nothing, and a link that is away."""

    commune: str = "hoa-son"
    needs_nonce: bool = False
    asks_time: bool = False
    connected: bool = False

    def clock_trust(self) -> ClockTrust:
        return ClockTrust(True, "host", Sentence("clock-by-host"))

    def versions(self) -> list[Any]:
        return []


def reporter_of(folder: Path, file: Path, clock: SimulatedClock, check: Check, **more: Any) -> StateReporter:
    """A loudspeaker's, with one line of health and its note in `file`."""
    nothing: Any = Nothing()
    return StateReporter(
        device="loa-1", role="speaker", boot="0" * 32, software="langso 1", folder=folder, keeper=nothing,
        key=SigningKey.generate(), clock=clock, topics=Topics("hoa-son"), link=nothing, next_number=lambda: 1,
        checks=lambda: [check], understands=("plan", "trust"), note=note_in(file), **more,
    )  # fmt: skip


def test_a_state_says_by_code_how_its_device_is(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2026, 11, 29, tzinfo=UTC))
    check = Check.bad("disk", t("machine-files-errors", named="sda: 3"), t("machine-replace-and-install"))
    state = reporter_of(tmp_path, tmp_path / "note.json", clock, check).state()
    (line,) = state.health
    assert (line.code, line.parameters) == ("machine-files-errors", {"named": "sda: 3"})
    assert (state.clock.reason, state.clock.code, state.clock.why) == ("host", "clock-by-host", t("clock-by-host"))
    assert (line.fix_code, line.why) == ("machine-replace-and-install", t("machine-files-errors", named="sda: 3"))


def test_a_state_says_which_documents_its_device_takes(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2026, 11, 29, tzinfo=UTC))
    reporter = reporter_of(tmp_path, tmp_path / "note.json", clock, Check.good("link", "Tốt."))
    assert reporter.state().understands == ("plan", "trust")


def test_the_note_is_written_anew_each_minute_so_that_an_old_one_means_a_program_that_hangs(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2026, 11, 29, tzinfo=UTC))
    file = tmp_path / "run" / "speaker-state.json"
    reporter = reporter_of(tmp_path, file, clock, Check.good("link", "Tốt."))
    reporter.report()
    first = file.stat()
    assert first.st_mode & 0o777 == 0o640
    assert State.model_validate_json(file.read_bytes()).health[0].name == "link"
    clock.advance(STATE_EVERY_S / 2)
    reporter.report()
    assert file.stat().st_ino == first.st_ino
    clock.advance(STATE_EVERY_S)
    reporter.report()
    assert file.stat().st_ino != first.st_ino


def test_a_card_that_refuses_the_agents_work_does_not_hide_how_the_agent_is(tmp_path: Path) -> None:
    def full() -> None:
        raise StoreFull("Thẻ nhớ hết chỗ.")

    clock = SimulatedClock(datetime(2026, 11, 29, tzinfo=UTC))
    file = tmp_path / "run" / "speaker-state.json"
    reporter = reporter_of(tmp_path, file, clock, Check.bad("disk", "Đầy.", "Dọn."), each_round=full)
    reporter.report()
    assert State.model_validate_json(file.read_bytes()).health[0].name == "disk"


class Turns:
    """The thread of a reporter, for so many rounds; `pauses`: those in which it let changes come in flocks."""

    def __init__(self, rounds: int) -> None:
        self.left = rounds
        self.pauses: list[float] = []

    @property
    def stopping(self) -> bool:
        self.left -= 1
        return self.left < 0

    def wake(self) -> None: ...

    def sleep(self, seconds: float) -> None: ...

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


def test_changes_come_in_flocks_but_an_answer_that_is_waited_for_goes_at_once(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2026, 11, 29, tzinfo=UTC))
    rounds: list[int] = []
    good = Check.good("link", "Tốt.")
    reporter = reporter_of(tmp_path, tmp_path / "note.json", clock, good, each_round=lambda: rounds.append(1))
    for at_once, pauses in ((False, [SETTLE_S]), (True, []), (False, [SETTLE_S])):
        reporter._thread = turns = Turns(1)  # type: ignore[assignment]
        reporter.look(at_once=at_once)
        reporter._run()
        assert turns.pauses == pauses
    assert len(rounds) == 3
