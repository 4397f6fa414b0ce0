"""Marked sounds are found again in a recording, and a receipt that is not true, or a sound heard twice, is told."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile

from deploy.village.instruments.listening import BLOCK, Recording
from langso.contract import EndedReceipt
from tests.torture import occurrences
from tests.torture.compared import Show, compare
from tests.torture.marked_sound import MARKS, Stretch, stretches, write_marked

S = 1_000_000_000
SHOW = Show("a", 3, 10 * S)


def recorded(tmp_path: Path, *pieces: tuple[int, int, int], silence_ms: int = 500) -> Recording:
    """A recording of (mark, from, to ms), with silence between, a block each 10 ms from second 10 on."""
    parts = [numpy.zeros(silence_ms * 48, numpy.float32)]
    for mark, begin, end in pieces:
        path = tmp_path / f"{mark}.flac"
        write_marked(path, mark, 5000)
        samples, _ = soundfile.read(path, dtype="float32")
        parts += [samples[begin * 48 : end * 48], numpy.zeros(silence_ms * 48, numpy.float32)]
    whole = numpy.concatenate(parts)
    stamps = 10 * S + numpy.arange(len(whole) // BLOCK, dtype=numpy.int64) * 10_000_000
    return Recording(whole, stamps, stamps)


def test_each_piece_of_a_sound_says_whose_it_is_and_from_where_to_where(tmp_path: Path) -> None:
    found = stretches(recorded(tmp_path, (0, 0, 5000), (17, 1200, 2600), (MARKS - 1, 4000, 5000), (0, 0, 300)))
    assert [stretch.mark for stretch in found] == [0, 17, MARKS - 1, 0]
    for stretch, (begin, end) in zip(found, ((0, 5000), (1200, 2600), (4000, 5000), (0, 300)), strict=True):
        assert stretch.from_ms == pytest.approx(begin, abs=60)
        assert stretch.to_ms == pytest.approx(end, abs=60)
    assert found[0].begin_ns == pytest.approx(10.5 * S, abs=0.03 * S)


def test_a_leap_within_a_sound_ends_a_piece(tmp_path: Path) -> None:
    found = stretches(recorded(tmp_path, (5, 0, 1000), (5, 3000, 4000), silence_ms=0))
    assert [(round(one.from_ms, -2), round(one.to_ms, -2)) for one in found] == [(0, 1000), (3000, 4000)]


def told(outcome: str, heard_ms: int, *pieces: tuple[int, int, float], killed_s: float | None = None) -> list[str]:
    end = EndedReceipt(occurrence="a", outcome=outcome, heard_ms=heard_ms, code="x")  # type: ignore[arg-type]
    heard = [Stretch(3, begin, stop, int(at * S)) for begin, stop, at in pieces]
    killed = [] if killed_s is None else [int(killed_s * S)]
    return compare([SHOW], {"a": [end]}, heard, ms=2000, killed_ns=killed).faults


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (told("played", 2000, (0, 2000, 10)), None),
        (told("cut", 800, (0, 800, 10)), None),
        (told("missed", 0), None),
        (told("played", 2000, (0, 1000, 10), (1500, 2000, 13)), "2000 ms claimed, 1500 ms recorded"),
        (told("played", 1000, (0, 2000, 10)), "only 1000 ms claimed"),
        (told("played", 500, (0, 2000, 10), killed_s=11), None),
        (told("cut", 900, (0, 400, 10), killed_s=11), "900 ms claimed, 400 ms recorded"),
        (told("missed", 0, (0, 2000, 10)), "missed (x), yet 2000 ms recorded"),
        (told("played", 0), "played, yet nothing recorded"),
        (told("played", 3000, (0, 2000, 10), (0, 1000, 13)), "1000 ms of it were heard twice"),
        (told("played", 2000, (0, 2000, 8), (0, 2000, 10)), "that nobody had ordered by then"),
    ],
)
def test_what_a_receipt_says_is_held_against_what_was_heard(faults: list[str], said: str | None) -> None:
    assert any(said in fault for fault in faults) if said else not faults


@pytest.mark.parametrize("many", [0, 2])
def test_no_ending_and_two_are_told(many: int) -> None:
    end: Any = EndedReceipt(occurrence="a", outcome="missed")
    assert compare([SHOW], {"a": [end] * many}, [], ms=2000).faults == [f"a: {many} endings"]


def test_in_any_life_each_play_has_one_final_ending() -> None:
    tally = occurrences.lives((0, 1))
    assert tally.occurrences >= occurrences.SHOWS
    assert tally.faults == []
    assert sum(tally.outcomes.values()) >= tally.occurrences * 3 // 4


def test_an_ending_that_is_lost_or_doubled_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life = occurrences.Life(tmp_path, random.Random(1))
    monkeypatch.setattr(life, "ordered", {"phat-0"})
    assert list(life.faults()) == ["phat-0: 0 final endings"]
    end = EndedReceipt(occurrence="phat-0", outcome="missed", final=True)
    life.journal.write(end)
    assert list(life.faults()) == []
    life.journal.write(end)
    assert list(life.faults()) == ["phat-0: 2 final endings"]
    life.store.close()
