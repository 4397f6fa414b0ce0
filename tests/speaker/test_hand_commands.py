"""What a technician does at the loudspeaker itself: play, test-tone, calibrate, journal; told in keys that stay."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pulse_server import SINK, PulseServer

from langso.contract import EndedReceipt
from langso.durable.single_instance import SingleInstance
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from speaker import hand_commands
from speaker.commands import speaker
from speaker.errors import MeasureRefused, SoundFault
from speaker.record.database import DATABASE, MIGRATIONS
from speaker.record.journal import Journal
from speaker.sound.calibration import FILE, MeasuredDelay, keep_delay
from speaker.sound.listening import open_listener
from speaker.told import TOLD, CalibrationTold

DOCS = Path(__file__).resolve().parents[2] / "docs" / "alone.md"
TRIES = 6


class Desk:
    """Settings for a sink, and calls whose JSON is held against what is documented."""

    def __init__(self, folder: Path, sound: str, sink: str, more: str = "") -> None:
        self.state, self.run = folder / "state", folder / "run"
        self.state.mkdir()
        self.settings = folder / "langso.toml"
        self.settings.write_text(
            '[commune]\ncode = "xa"\nname = "Xã"\n[device]\nid = "loa-1"\nrole = "speaker"\n'
            f'[speaker]\nsound = "{sound}"\nsink = "{sink}"\namplifier_lead_ms = 0\namplifier_tail_ms = 0\n{more}'
            f'[paths]\nstate = "{self.state}"\nrun = "{self.run}"\n'
        )

    def call(self, *words: object) -> Result:
        return CliRunner().invoke(speaker, [*map(str, words), "--settings", str(self.settings)])

    def told(self, *words: object) -> Any:
        result = self.call(*words, "--json")
        assert result.exit_code == 0, result.output + str(result.exception)
        (line,) = result.stdout.splitlines()
        assert TOLD[str(words[0])].model_validate_json(line).to_json().decode() == line
        return json.loads(line)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "pipe", str(tmp_path / "sound.pcm"))


def test_a_tone_is_played_here(desk: Desk) -> None:
    told = desk.told("test-tone", "--volume", 30)
    assert told["outcome"] == "played"
    assert told["heard_ms"] == pytest.approx(1500, abs=150)


def test_a_file_is_played_here_and_a_broken_one_is_told(desk: Desk, noise: dict[str, Path], tmp_path: Path) -> None:
    assert desk.told("play", noise["opus"])["outcome"] == "played"
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    for file in (broken, tmp_path / "none.wav", tmp_path):
        result = desk.call("play", file)
        assert result.exit_code != 0
        assert str(result.exception or result.output).strip()
        assert not isinstance(result.exception, TypeError | AttributeError)


@pytest.mark.parametrize("words", [("test-tone",), ("calibrate", "--hand")])
def test_while_the_service_runs_its_sink_is_its_own(words: tuple[str, ...], tmp_path: Path) -> None:
    desk = Desk(tmp_path, "alsa", "default")
    with SingleInstance(desk.run / "speaker.lock"):
        result = desk.call(*words)
    assert "systemctl stop" in str(result.exception)


def test_the_journal_tells_its_newest_lines(desk: Desk) -> None:
    with Store(desk.state / DATABASE, MIGRATIONS) as store:
        journal = Journal(store, SystemClock(), device="loa-1", commune="xa")
        for number in range(5):
            journal.write(EndedReceipt(occurrence=f"p{number}", outcome="played"))
    told = desk.told("journal", "--last", 2)
    assert [one["number"] for one in told["receipts"]] == [4, 5]
    assert (told["through"], told["acknowledged"]) == (5, 0)
    assert "p4 played" in desk.call("journal").output


def test_a_loudspeaker_that_never_ran_has_no_journal(desk: Desk) -> None:
    assert "chưa chạy" in str(desk.call("journal").exception)


@pytest.mark.parametrize(
    ("words", "says"),
    [((), "không có độ trễ"), (("--undo",), "Chưa đo"), (("--undo", "--hand"), "Chỉ chọn một")],
)
def test_what_cannot_be_measured_is_said(desk: Desk, words: tuple[str, ...], says: str) -> None:
    result = desk.call("calibrate", *words)
    assert says in str(result.exception or "") + result.output


def test_a_card_is_not_heard_without_a_microphone(tmp_path: Path) -> None:
    assert "micrô" in str(Desk(tmp_path, "alsa", "default").call("calibrate").exception)


def test_settings_that_name_a_calibration_are_not_overruled(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "alsa", "default", "calibration_ms = 3.0\n")
    assert "calibration_ms" in str(desk.call("calibrate", "--hand").exception)


@pytest.mark.real_time
def test_a_server_is_measured_by_its_monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_commands, "PLAYS", 4)
    # As the sink is right after its opening, off by some milliseconds: what is kept is what was heard all the same.
    monkeypatch.setattr(hand_commands, "SETTLE_S", 0.0)
    (tmp_path / "pulse").mkdir()
    desk = Desk(tmp_path, "pulse", SINK)
    with PulseServer(tmp_path / "pulse") as server:
        for name in ("PULSE_SERVER", "PULSE_COOKIE", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, server.environment[name])
        # On a busy machine too few are heard whole, or they scatter: then nothing is kept, and it is measured again.
        for _ in range(TRIES):
            result = desk.call("calibrate", "--json")
            if not isinstance(result.exception, MeasureRefused):
                break
            assert not (desk.state / FILE).exists()
    assert result.exit_code == 0, result.output + str(result.exception)
    told = CalibrationTold.model_validate_json(result.stdout).model_dump()
    assert (told["by"], told["before_ms"]) == ("monitor", 0.0)
    assert told["heard"] >= 3
    # A server mixes a block of 10 ms ahead of what sounds, and its monitor hears it then.
    assert told["delay_ms"] == pytest.approx(-10, abs=10)
    assert MeasuredDelay.model_validate_json((desk.state / FILE).read_bytes()).delay_ms == told["delay_ms"]


@pytest.mark.parametrize(("path", "says"), [("", "pulseaudio-utils"), (None, "refused")])
def test_where_the_server_is_not_heard_it_is_said_why_and_nothing_is_kept(
    path: str | None, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path is not None:
        monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")
    with pytest.raises(SoundFault, match=says), open_listener("pulse", ""):
        pass


def test_what_was_measured_is_taken_back_and_back_again(desk: Desk) -> None:
    sink = str(desk.state.parent / "sound.pcm")
    new = MeasuredDelay(
        sound="pipe", sink=sink, delay_ms=88.4, before_ms=3.0, measured=datetime(2026, 11, 30, tzinfo=UTC)
    )
    keep_delay(desk.state, new)
    for delay, before in ((3.0, 88.4), (88.4, 3.0)):
        told = desk.told("calibrate", "--undo")
        assert (told["delay_ms"], told["before_ms"]) == (delay, before)


def test_the_documented_keys_are_those_that_are_printed() -> None:
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    documented = {}
    for row in rows:
        commands, keys = row.strip("|").split("|")[:2]
        for command in re.findall("`([a-z -]+)`", commands):
            documented[command] = set(re.findall("`([a-z_]+)`", keys))
    assert documented == {command: set(model.model_fields) for command, model in TOLD.items()}
