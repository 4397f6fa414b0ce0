"""`langso clock`: what may be typed, what it takes, and that the next look at the machine's clock goes by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from langso.device import clock_pin
from langso.device.clock_by_hand import MOST_AHEAD, read_time
from langso.device.clock_commands import clock
from langso.device.clock_pin import choose_pin
from langso.device.errors import TimeRefused
from langso.timekeeping.evidence import boot_id, gather_evidence
from langso.timekeeping.hand_set import told_of
from langso.trust.marks import FOLDER, Floor, Marks, MarksFile

FLOOR = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
GOOD = "274953"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(clock_pin, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    (tmp_path / "lib").mkdir()
    (tmp_path / "s.toml").write_text(
        '[commune]\ncode = "hoa-son"\nname = "Xã Hoa Sơn"\n[device]\nid = "loa-1"\nrole = "speaker"\n'
        f'[paths]\nstate = "{tmp_path / "lib"}"\nrun = "{tmp_path / "run"}"\n'
    )
    marks = Marks(floors=(Floor(issuer="office", epoch=1, moment=FLOOR, proven=FLOOR),))
    MarksFile(tmp_path / "lib" / FOLDER).save(marks)
    return tmp_path


def run(machine: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(clock, [*words, "--settings", str(machine / "s.toml")], input=typed)


def code_of(result: Result) -> Any:
    return getattr(getattr(result.exception, "args", [None])[0], "id", result.exception)


def test_the_time_is_set_with_the_pin_and_said_back_before(machine: Path) -> None:
    state = machine / "lib"
    assert code_of(run(machine, "set", "23/11/2026 07:05")) == "clock-pin-none"
    assert run(machine, "pin", typed=f"{GOOD}\n{GOOD}\n").exit_code == 0
    assert code_of(run(machine, "pin", typed=f"{GOOD}\n111\n")) == "clock-pin-differs"
    assert code_of(run(machine, "set", "23/11/2026 07:05", typed="000000\n")) == "clock-pin-wrong"
    assert told_of(state) is None
    assert code_of(run(machine, "set", "23/11/2026 07:05", typed=f"{GOOD}\nkhông\n")) == "clock-not-changed"
    assert told_of(state) is None
    done = run(machine, "set", "23/11/2026 07:05", "--who", "ông Sơn", typed=f"{GOOD}\nđúng\n")
    assert done.exit_code == 0, done.output
    assert "Thứ Hai 23/11/2026" in done.output
    assert "15/10 âm lịch" in done.output
    assert GOOD not in done.output
    found = gather_evidence(state, machine / "run").by_hand
    assert found is not None
    import time

    now = found.offset_s + time.clock_gettime(time.CLOCK_BOOTTIME)
    assert now == pytest.approx(datetime(2026, 11, 23, 0, 5, tzinfo=UTC).timestamp(), abs=120)
    assert boot_id() in (state / "clock-by-hand.json").read_text()
    assert "ông Sơn" in run(machine, "show").output


def test_a_time_that_cannot_be_asks_for_no_pin(machine: Path) -> None:
    choose_pin(machine / "lib", GOOD)
    for text, code in (
        ("hôm nay", "clock-time-form"),
        ("31/02/2027 07:00", "clock-time-form"),
        ("20/11/2026 07:00", "clock-time-before"),
        ("23/11/2036 07:00", "clock-time-far"),
        ("01/01/1970 00:00", "clock-time-before"),
    ):
        assert code_of(run(machine, "set", text, typed="")) == code


def test_an_office_has_its_own_way(machine: Path) -> None:
    toml = machine / "s.toml"
    toml.write_text(toml.read_text().replace('"speaker"', '"office"'))
    assert code_of(run(machine, "set", "23/11/2026 07:05")) == "clock-devices-only"


@settings(max_examples=40, deadline=None)
@given(
    text=st.text(max_size=40) | st.from_regex(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}", fullmatch=True)
)
def test_whatever_is_typed_is_a_possible_time_or_refused(text: str) -> None:
    try:
        found = read_time(text, FLOOR)
    except TimeRefused:
        return
    assert FLOOR - timedelta(days=1) <= found <= FLOOR + MOST_AHEAD


def test_before_the_first_document_any_year_of_these_programs_will_do() -> None:
    assert read_time("23/11/2036 07:00", None).year == 2036
    with refused(TimeRefused, "clock-time-before"):
        read_time("23/11/2020 07:00", None)
