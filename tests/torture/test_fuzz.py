"""A short run of `make fuzz`; that what it begins with is taken, and that it sees a fault where there is one."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from langso.trust import seal
from tests.torture.fuzz import __main__ as fuzzing
from tests.torture.fuzz import envelopes as e
from tests.torture.fuzz import seeds
from tests.torture.fuzz.doors import doors


def test_no_damaged_input_does_anything_but_be_refused_and_no_forged_document_is_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fuzzing.fuzz(4000, 400, seed=7) == 0
    assert "4000 parser runs, 400 envelopes, 0 faults" in capsys.readouterr().out


@pytest.mark.parametrize("door", doors(), ids=lambda door: door.name)
def test_each_door_takes_what_really_comes(door: Any) -> None:
    taken = [raw for raw in door.seeds if fuzzing.one_run(door, raw) is None]
    assert len(taken) >= len(door.seeds) / 2


def test_a_parser_that_breaks_is_told_with_its_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(raw: bytes) -> None:
        if len(raw) > 20:
            raise IndexError("beyond the end")

    door = dataclasses.replace(next(one for one in doors() if one.name == "topics"), feed=broken)
    monkeypatch.setattr(fuzzing, "doors", lambda: (door,))
    assert fuzzing.fuzz(100, 0, only="topics") == 1
    said = capsys.readouterr().out
    assert "WRONG topics" in said
    assert "beyond the end" in said


def test_an_input_that_keeps_the_processor_busy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "SLOW_S", -1.0)
    assert "of the processor" in fuzzing.feed("topics", 1, 1).faults[0].what


def test_a_document_that_is_accepted_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = seal(seeds.plan().model_copy(update={"version": 1 << 50}), "plan", [seeds.OFFICE])
    monkeypatch.setattr(e, "ATTACKS", (lambda _: ("plan", newer, None),))
    assert fuzzing.fuzz(0, 1) == 1
    assert "a plan was accepted" in capsys.readouterr().out


def test_each_way_of_forging_is_refused_for_its_own_reason() -> None:
    found = {}
    for way in (e.rewritten, e.by_a_stranger, e.by_the_village, e.of_another_time, e.for_another, e.false_chains):
        with pytest.MonkeyPatch.context() as alone:
            alone.setattr(e, "ATTACKS", (way,))
            tally = e.attack((1, 30))
        assert not tally.faults
        found[way.__name__] = {*tally.reasons}
    assert found["rewritten"] == {"forged"}
    assert found["by_a_stranger"] == {"forged"}
    assert found["by_the_village"] <= {"wrong_role", "malformed"}
    assert found["of_another_time"] >= {"rolled_back", "expired", "from_future", "equivocation"}
    assert found["for_another"] >= {"wrong_commune", "wrong_audience", "wrong_role"}
    assert found["false_chains"] >= {"forged", "bad_chain"}
