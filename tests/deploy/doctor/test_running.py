"""What doctor takes from the program that runs, and what it makes of one that hangs; looks that hang or break."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from at_once import at_once
from laid_machines import Laid, health_line, levels, state_of
from waiting import LONG_S

from deploy.doctor import bounded
from deploy.doctor.bounded import run
from deploy.doctor.examining import look_at
from deploy.doctor.outcome import Subject
from deploy.doctor.scene import gather_scene
from langso.durable.single_instance import SingleInstance
from langso.settings.reading import load_settings
from langso.words.language import in_language


@pytest.fixture
def running(speaker: Laid) -> Iterator[Laid]:
    """A loudspeaker whose program runs: it holds its lock and has written its state."""
    note(speaker)
    os.mkfifo(speaker.state / "sound.pipe")
    os.chown(speaker.state / "sound.pipe", speaker.state.stat().st_uid, -1)
    with SingleInstance(speaker.run / "speaker.lock"):
        yield speaker


def note(laid: Laid, *lines: tuple[str, str], trusted: bool = True) -> Path:
    state = state_of("speaker", *(health_line(name, level) for name, level in lines), trusted=trusted)
    file = laid.run / "speaker-state.json"
    file.write_bytes(state.to_json())
    return file


def test_lines_that_only_the_program_knows_are_taken_over(running: Laid) -> None:
    note(running, ("timeline", "bad"), ("library", "warn"), ("mute", "warn"), ("link", "ok"), ("trust", "bad"))
    found = levels(running.examine())
    assert (found["timeline"], found["library"], found["mute"], found["link"]) == ("bad", "warn", "warn", "ok")
    # What lies on the disk is judged there: it is what the next start will read.
    assert found["trust"] == "ok"


def test_sound_and_board_are_asked_of_the_program_that_holds_them(running: Laid) -> None:
    ours, port = os.openpty()
    with os.fdopen(ours), os.fdopen(port):
        name = os.ttyname(port)
        # As udev does it: the port belongs to the service. The machine's /dev/null may have any rights.
        os.chown(name, running.state.stat().st_uid, -1)
        running.settings.write_text(running.settings.read_text() + f'\n[bridge]\nport = "{name}"\n')
        note(running, ("sound", "bad"), ("bridge", "warn"))
        found = levels(running.examine())
    assert (found["sound"], found["bridge"]) == ("bad", "warn")


def test_the_clock_is_as_the_program_says_which_alone_knows_the_office_s_answer(running: Laid) -> None:
    running.change('trust = "host"', 'trust = "auto"')
    assert levels(running.examine())["clock"] == "ok"
    note(running, trusted=False)
    assert levels(running.examine())["clock"] == "bad"


def test_a_program_that_runs_and_writes_no_state_is_red(running: Laid) -> None:
    file = note(running, ("timeline", "ok"))
    old = time.time() - timedelta(minutes=10).total_seconds()
    os.utime(file, (old, old))
    found = levels(running.examine())
    assert found["agent"] == "bad"
    # What it said ten minutes ago is not believed.
    assert "timeline" not in found
    file.unlink()
    assert levels(running.examine())["agent"] == "bad"


def test_other_programs_than_are_installed_are_told(running: Laid) -> None:
    assert levels(running.examine())["running_version"] == "warn"


def test_a_look_that_hangs_and_one_that_breaks_cost_only_their_own_line(speaker: Laid) -> None:
    scene = gather_scene(load_settings(speaker.settings), speaker.settings)
    forever = threading.Event()

    def broken(_: object) -> list[object]:
        raise RuntimeError("boom")

    looks = [
        Subject(("camera",), ("speaker",), lambda _: [forever.wait()][:0], seconds=0.2),
        Subject(("voice",), ("speaker",), broken, seconds=1.0),  # type: ignore[arg-type]
        Subject(("text",), ("speaker",), lambda _: []),
    ]
    checks, _ = at_once(lambda: look_at(scene, looks), LONG_S)
    assert {check.name: check.level for check in checks} == {"camera": "bad", "voice": "bad"}
    assert all(check.fix for check in checks)
    forever.set()


def test_what_doctor_starts_speaks_the_language_of_who_reads_it() -> None:
    prints = "import os; print(os.environ['LANGSO_LANGUAGE'], os.environ['LC_ALL'])"
    with in_language("en"):
        assert run(sys.executable, "-c", prints, seconds=20).out.split() == ["en", "C.UTF-8"]


def test_what_is_looked_at_may_take_as_long_as_the_patience_says(
    speaker: Laid, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = gather_scene(load_settings(speaker.settings), speaker.settings)
    slow = Subject(("text",), ("speaker",), lambda _: [run("sleep", "0.5")][:0], seconds=0.1)  # type: ignore[list-item]
    monkeypatch.setattr(bounded, "PATIENCE", 1.0)
    assert run("sleep", "0.5", seconds=0.1).code is None
    assert [check.name for check in look_at(scene, [slow])[0]] == ["text"]
    monkeypatch.setattr(bounded, "PATIENCE", 600.0)
    assert run("sleep", "0.5", seconds=0.1).good
    assert look_at(scene, [slow])[0] == []
