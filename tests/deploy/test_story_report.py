"""The story's report: a step that did not happen is told with what was expected and seen, and fails the story."""

from __future__ import annotations

import json
from pathlib import Path

from deploy.village.story.hearing import StartErrors
from deploy.village.story.report import Chronicle


def test_a_story_of_seen_steps_is_complete(tmp_path: Path) -> None:
    chronicle = Chronicle(tmp_path, lambda line: None)
    with chronicle.step("one", "Một") as evidence:
        evidence.require(True, "something", figure=3)
        evidence.write("proof.txt", b"x")
    report = json.loads((tmp_path / "report.json").read_text())
    assert chronicle.complete
    assert report["complete"] is True
    assert report["steps"][0]["seen"] == {"figure": 3}
    assert (tmp_path / report["steps"][0]["files"][0]).read_bytes() == b"x"


def test_a_step_not_seen_fails_the_story_and_the_next_still_runs(tmp_path: Path) -> None:
    chronicle = Chronicle(tmp_path, lambda line: None)
    with chronicle.step("one", "Một") as evidence:
        evidence.require(False, "the loudspeaker speaks", heard=0)
    with chronicle.step("two", "Hai"):
        pass
    report = json.loads((tmp_path / "report.json").read_text())
    assert not chronicle.complete
    assert [step["outcome"] for step in report["steps"]] == ["not seen", "seen"]
    assert "the loudspeaker speaks" in report["steps"][0]["problem"]
    assert report["steps"][0]["seen"] == {"heard": 0}


def test_a_step_that_breaks_leaves_its_traceback(tmp_path: Path) -> None:
    chronicle = Chronicle(tmp_path, lambda line: None)
    with chronicle.step("one", "Một"):
        raise ZeroDivisionError("no")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["steps"][0]["outcome"] == "not seen"
    assert "ZeroDivisionError" in (tmp_path / report["steps"][0]["files"][0]).read_text()


def test_a_story_without_steps_is_not_complete(tmp_path: Path) -> None:
    assert not Chronicle(tmp_path, lambda line: None).complete


def test_the_constant_delay_is_removed_from_start_errors() -> None:
    starts = StartErrors()
    for play, extra in (("a", 0.0), ("b", 2.0), ("c", -3.0)):
        for device, own in (("x", 0.0), ("y", 1.0)):
            starts.add(play, device, 54.0 + extra + own)
    assert starts.constant_ms == 55.0
    assert starts.worst_from_plan_ms == 4.0
    assert starts.worst_apart_ms == 1.0
