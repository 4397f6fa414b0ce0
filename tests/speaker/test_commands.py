"""`langso speaker`: what it says, and one process killed in the middle of a broadcast."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from systemd_ear import SystemdEar
from waiting import until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from langso.contract import (
    ClockReport,
    HealthLine,
    Held,
    Occurrence,
    Plan,
    Programme,
    Receipt,
    State,
    Storage,
    TargetSet,
)
from langso.durable.single_instance import SingleInstance
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from speaker import local_mute
from speaker.agent import STATE_FILE
from speaker.commands import describe, speaker
from speaker.record.database import DATABASE, MIGRATIONS
from speaker.record.journal import Journal
from speaker.record.plays import Ledger


@pytest.fixture
def settings_file(commune: Any, ear: Any, tmp_path: Path) -> Path:
    path = tmp_path / "langso.toml"
    path.write_text(
        f'[commune]\ncode = "{commune.code}"\nname = "Xã Thử"\n'
        f'[device]\nid = "{commune.device}"\nrole = "speaker"\nvillage = "thon-1"\n'
        '[link]\nhost = "127.0.0.1"\nport = 9\n[clock]\ntrust = "host"\n'
        f'[speaker]\nsound = "pipe"\nsink = "{ear.pipe}"\namplifier_lead_ms = 100\n'
        f'media_url = "{commune.media_url}"\n'
        f'[paths]\nstate = "{commune.state}"\nrun = "{tmp_path / "run"}"\n'
    )
    return path


def state(**more: Any) -> State:
    now = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    options: dict[str, Any] = {
        "device": "loa-1",
        "role": "speaker",
        "commune": "xa",
        "boot": "0" * 32,
        "number": 1,
        "written": now,
        "software": "x",
        "clock": ClockReport(trusted=True, reason="host"),
        "storage": Storage(free=1, total=2),
    }
    return State(**options | more)


def test_status_says_in_vietnamese_what_is_held_and_next(settings_file: Path, tmp_path: Path) -> None:
    told = state(
        held=(Held(kind="plan", issuer="office", epoch=1, version=7, sha256="a" * 64),),
        next_play=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
        muted=True,
        health=(HealthLine(name="sound", level="bad", why="Không phát được.", fix="Kiểm tra dây."),),
    )
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / STATE_FILE).write_bytes(told.to_json())
    result = CliRunner().invoke(speaker, ["status", "--settings", str(settings_file)])
    assert result.exit_code == 0
    assert "office bản 7" in result.output
    assert "17:00" in result.output
    assert "[hỏng] Không phát được. Kiểm tra dây." in result.output
    assert "không chạy" in result.output
    machine = CliRunner().invoke(speaker, ["status", "--json", "--settings", str(settings_file)])
    assert json.loads(machine.output)["held"][0]["version"] == 7


def test_a_silent_empty_loudspeaker_says_so() -> None:
    lines = describe(state())
    assert "Chưa giữ lịch phát nào." in lines
    assert "Đang im lặng." in lines


@pytest.mark.parametrize("raw", [None, b"junk", b"x" * (2 << 20)])
def test_a_missing_or_damaged_state_is_refused_in_a_sentence(
    settings_file: Path, commune: Any, tmp_path: Path, raw: bytes | None
) -> None:
    commune.pair()
    if raw is not None:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / STATE_FILE).write_bytes(raw)
    command = [sys.executable, "-m", "deploy", "speaker", "status", "--settings", str(settings_file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (1, 2)
    assert done.stderr.strip().endswith(".")
    assert "Traceback" not in done.stderr


def test_mute_is_kept_on_disk(settings_file: Path, commune: Any) -> None:
    for word, value in (("on", "1"), ("off", "0")):
        result = CliRunner().invoke(speaker, ["mute", word, "--settings", str(settings_file)])
        assert result.exit_code == 0
        store = Store(commune.state / DATABASE, MIGRATIONS)
        journal = Journal(store, SystemClock(), device="d", commune="c")
        assert Ledger(store, journal, SystemClock()).switch("muted") == value
        store.close()


def test_mute_is_asked_of_the_loudspeaker_that_runs_and_needs_no_card_then(
    settings_file: Path, commune: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_mute, "TAKEN_S", 60.0)
    wish = tmp_path / "run" / local_mute.WISH

    def take() -> None:
        until(lambda: wish.exists() and wish.read_bytes() == b"1")
        wish.unlink()

    with SingleInstance(tmp_path / "run" / "speaker.lock"):
        agent = threading.Thread(target=take)
        agent.start()
        assert CliRunner().invoke(speaker, ["mute", "on", "--settings", str(settings_file)]).exit_code == 0
        agent.join()
    assert not (commune.state / DATABASE).exists()


def test_mute_is_kept_where_the_loudspeaker_that_runs_does_not_take_it(
    settings_file: Path, commune: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_mute, "TAKEN_S", 0.1)
    with SingleInstance(tmp_path / "run" / "speaker.lock"):
        assert CliRunner().invoke(speaker, ["mute", "on", "--settings", str(settings_file)]).exit_code == 0
    assert not (tmp_path / "run" / local_mute.WISH).exists(), "nobody is to take it a day later"
    store = Store(commune.state / DATABASE, MIGRATIONS)
    assert Ledger(store, Journal(store, SystemClock(), device="d", commune="c"), SystemClock()).switch("muted") == "1"
    store.close()


def told(commune: Any, event: str) -> list[Any]:
    """The receipts of a kind that lie on the card, as whoever looks at it meanwhile sees them."""
    with (
        contextlib.suppress(sqlite3.OperationalError),
        contextlib.closing(sqlite3.connect(f"file:{commune.state / DATABASE}?mode=ro", uri=True)) as card,
    ):
        lines = card.execute("SELECT line FROM receipts ORDER BY number").fetchall()
        return [body for (line,) in lines if (body := Receipt.model_validate_json(line).body).event == event]
    return []


def until_it_waits(command: list[str]) -> float:
    """Seconds from the start of an agent that is not paired until it waits for that."""
    systemd, begun = SystemdEar(watchdog_s=60.0), time.monotonic()
    agent = subprocess.Popen(command, env={**os.environ, **systemd.environment}, stderr=subprocess.DEVNULL)
    try:
        systemd.wait("READY")
        return time.monotonic() - begun
    finally:
        agent.kill()
        agent.wait(60)
        systemd.close()


@pytest.mark.real_time
def test_killed_in_the_middle_it_goes_on_at_the_wall_clock_and_ends_once(
    settings_file: Path, commune: Any, media_server: Any, ear: Any, tmp_path: Path
) -> None:
    import numpy
    import soundfile

    from langso.trust import Keeper

    command = [sys.executable, "-m", "deploy", "speaker", "run", "--settings", str(settings_file)]
    # Three times as long as this machine needs to start a program.
    slow = until_it_waits(command) * 3
    seconds = 5 + int(slow)
    samples = (numpy.random.default_rng(3).standard_normal(48_000 * seconds) * 0.2).astype("float32")
    soundfile.write(tmp_path / "long.flac", samples, 48_000)
    medium = media_server.add((tmp_path / "long.flac").read_bytes(), seconds * 1000, "flac")
    paired = commune.pair()
    keeper = Keeper(commune.state, commune.code, commune.device, paired.roots, SystemClock(), "host")
    keeper.take_trust(commune.trust())
    start = datetime.now(UTC) + timedelta(seconds=2 + slow)
    plan = Plan(
        **commune.head("plan"),
        until=start,
        media=(medium,),
        programmes=(Programme(id="p", title="Tin", media=(0,)),),
        target_sets=(TargetSet(devices=("*",)),),
        occurrences=(Occurrence(id="sang", programme=0, targets=0, start=start),),
    )
    keeper.take("plan", commune.seal(plan))
    first = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: told(commune, "started") and datetime.now(UTC) > start + timedelta(seconds=1))
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert told(commune, "ended") == []
    second = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: told(commune, "ended"))
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0
    ear.close()
    store = Store(commune.state / DATABASE, MIGRATIONS)
    journal = Journal(store, SystemClock(), device=commune.device, commune=commune.code)
    ends = [line.body for line in journal.lines() if line.body.event == "ended"]
    store.close()
    assert [(end.occurrence, end.outcome) for end in ends] == [("sang", "played")]
    recording = read_recording(ear.out)
    tail = locate(recording, read_medium(tmp_path / "long.flac")[48_000 * (seconds - 2) :])
    assert tail.correlation > 0.95
    assert abs(tail.start_ns / 1e9 - (start.timestamp() + seconds - 2)) < 0.3


def test_an_unpaired_loudspeaker_waits_says_how_once_and_begins_by_itself(
    settings_file: Path, commune: Any, ear: Any
) -> None:
    told = CliRunner().invoke(speaker, ["status", "--settings", str(settings_file)])
    assert "sudo langso setup" in told.output
    assert "không chạy" in told.output
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy", "speaker", "run", "--settings", str(settings_file)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "chưa ghép" in line:
            assert "Loa đang chờ" in CliRunner().invoke(speaker, ["status", "--settings", str(settings_file)]).output
            commune.pair()
        if f"link {commune.device}" in line:
            break
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert sum("sudo langso setup" in line for line in said) == 1


def test_a_loudspeaker_that_waits_for_its_pairing_is_alive_and_says_so(settings_file: Path) -> None:
    systemd = SystemdEar(watchdog_s=12.0)
    speaker = subprocess.Popen(
        [sys.executable, "-m", "deploy", "speaker", "run", "--settings", str(settings_file)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **systemd.environment},
    )
    try:
        assert "ghép" in systemd.wait("READY")["STATUS"]
        systemd.wait("WATCHDOG")
        speaker.terminate()
        assert speaker.wait(60) == 0
    finally:
        speaker.kill()
        speaker.wait(60)
        systemd.close()
