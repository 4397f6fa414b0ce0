from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langso.timekeeping import evidence as clock_evidence
from langso.timekeeping.clock import RTC_PPM
from langso.timekeeping.evidence import ClockPlaces, gather_evidence


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClockPlaces:
    monkeypatch.setattr(clock_evidence, "kernel_synchronised", lambda: False)
    return ClockPlaces(timesync=tmp_path / "synchronized", rtc=tmp_path / "rtc0")


def with_rtc(places: ClockPlaces) -> None:
    places.rtc.mkdir()
    (places.rtc / "hctosys").write_text("1\n")


def test_nothing_known_on_a_fresh_machine(tmp_path: Path, places: ClockPlaces) -> None:
    found = gather_evidence(tmp_path / "lib", tmp_path / "run", places=places)
    assert (found.ntp_synchronised, found.rtc_set_at, found.nonce_age_s) == (False, None, None)


def test_a_synchronisation_counts_for_the_rest_of_the_boot(tmp_path: Path, places: ClockPlaces) -> None:
    places.timesync.touch()
    assert gather_evidence(tmp_path / "lib", tmp_path / "run", places=places).ntp_synchronised
    places.timesync.unlink()
    assert gather_evidence(tmp_path / "lib", tmp_path / "run", places=places).ntp_synchronised
    assert not gather_evidence(tmp_path / "lib", tmp_path / "run-of-next-boot", places=places).ntp_synchronised


def test_a_clock_moved_by_hand_loses_its_synchronisation(tmp_path: Path, places: ClockPlaces) -> None:
    offset = datetime.now(UTC).timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME)
    latch = tmp_path / "clock-synchronised.json"
    latch.write_text(json.dumps({"offset": offset, "boot": clock_evidence.boot_id()}))
    assert gather_evidence(tmp_path, tmp_path, places=places).ntp_synchronised
    latch.write_text(json.dumps({"offset": offset + 3600, "boot": clock_evidence.boot_id()}))
    assert not gather_evidence(tmp_path, tmp_path, places=places).ntp_synchronised


def test_a_synchronisation_of_an_earlier_boot_does_not_count(
    tmp_path: Path, places: ClockPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.timesync.touch()
    assert gather_evidence(tmp_path, tmp_path, places=places).ntp_synchronised
    places.timesync.unlink()
    monkeypatch.setattr(clock_evidence, "boot_id", lambda: "the next boot")
    assert not gather_evidence(tmp_path, tmp_path, places=places).ntp_synchronised


def test_the_hardware_clock_speaks_only_where_one_set_the_time(tmp_path: Path, places: ClockPlaces) -> None:
    with_rtc(places)
    places.timesync.touch()
    first = gather_evidence(tmp_path / "lib", tmp_path / "run", places=places)
    assert first.rtc_set_at is not None
    assert abs(first.rtc_set_at - datetime.now(UTC)) < timedelta(seconds=10)
    places.timesync.unlink()
    after_boot = gather_evidence(tmp_path / "lib", tmp_path / "other-run", places=places)
    assert (after_boot.ntp_synchronised, after_boot.rtc_set_at) == (False, first.rtc_set_at)
    (places.rtc / "hctosys").write_text("0\n")
    assert gather_evidence(tmp_path / "lib", tmp_path / "other-run", places=places).rtc_set_at is None


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"[]", b'{"set_at": "x"}', b'{"set_at": 1e300}', b"9" * 5000])
def test_damaged_memory_is_no_evidence_and_no_crash(junk: bytes, tmp_path: Path, places: ClockPlaces) -> None:
    with_rtc(places)
    (tmp_path / "rtc-set.json").write_bytes(junk)
    (tmp_path / "clock-synchronised.json").write_bytes(junk)
    found = gather_evidence(tmp_path, tmp_path, places=places)
    assert (found.ntp_synchronised, found.rtc_set_at) == (False, None)


def test_the_kernel_answers_without_rights() -> None:
    assert clock_evidence.kernel_synchronised() in (True, False)


def test_one_who_only_looks_leaves_no_file(tmp_path: Path, places: ClockPlaces) -> None:
    with_rtc(places)
    places.timesync.touch()
    found = gather_evidence(tmp_path / "lib", tmp_path / "run", places=places, remember=False)
    assert found.ntp_synchronised
    assert not (tmp_path / "lib").exists()
    assert not (tmp_path / "run").exists()


def reads(places: ClockPlaces, off: float) -> None:
    (places.rtc / "since_epoch").write_text(f"{int(time.time() + off)}\n")


@pytest.mark.parametrize("off", [-3600.0, -800_000_000.0, 7 * 3600.0])
def test_a_hardware_clock_that_says_otherwise_vouches_for_nothing(
    tmp_path: Path, places: ClockPlaces, off: float
) -> None:
    """Its battery is dead, and the time that the card kept took its place at boot: hours of a night are missing."""
    with_rtc(places)
    (tmp_path / "rtc-set.json").write_text(json.dumps({"set_at": time.time() - 3600}))
    reads(places, 0)
    assert gather_evidence(tmp_path, tmp_path, places=places).rtc_set_at is not None
    reads(places, off)
    found = gather_evidence(tmp_path, tmp_path, places=places)
    assert found.rtc_set_at is None
    offset = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    assert found.rtc_offset_s == pytest.approx(offset + off, abs=2)
    (places.rtc / "since_epoch").write_text("")
    assert gather_evidence(tmp_path, tmp_path, places=places).rtc_offset_s is None


def test_a_hardware_clock_in_local_time_vouches_for_nothing(tmp_path: Path, places: ClockPlaces) -> None:
    with_rtc(places)
    (tmp_path / "rtc-set.json").write_text(json.dumps({"set_at": time.time() - 3600}))
    places = replace(places, adjtime=tmp_path / "adjtime")
    places.adjtime.write_text("0.0 0 0.0\n0\nUTC\n")
    assert gather_evidence(tmp_path, tmp_path, places=places).rtc_set_at is not None
    places.adjtime.write_text("0.0 0 0.0\n0\nLOCAL\n")
    assert gather_evidence(tmp_path, tmp_path, places=places).rtc_set_at is None


@pytest.mark.parametrize(("kind", "ppm"), [("ds3231", 3.5), ("rtc-rv3028 1-0052", 5.0), ("rtc_cmos", RTC_PPM)])
def test_the_drift_is_the_kinds_or_what_the_settings_state(
    tmp_path: Path, places: ClockPlaces, kind: str, ppm: float
) -> None:
    with_rtc(places)
    (places.rtc / "name").write_text(f"{kind}\n")
    assert gather_evidence(tmp_path, tmp_path, places=places).rtc_ppm == ppm
    assert gather_evidence(tmp_path, tmp_path, places=places, rtc_ppm=2.0).rtc_ppm == 2.0


def test_how_long_ago_the_network_was_heard_is_told(tmp_path: Path, places: ClockPlaces) -> None:
    places.timesync.touch()
    assert gather_evidence(tmp_path, tmp_path, places=places).ntp_age_s == 0
    places.timesync.unlink()
    latch = tmp_path / "clock-synchronised.json"
    kept = json.loads(latch.read_text())
    latch.write_text(json.dumps(kept | {"seen": kept["seen"] - 5000}))
    assert gather_evidence(tmp_path, tmp_path, places=places).ntp_age_s == pytest.approx(5000, abs=60)
