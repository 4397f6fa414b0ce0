"""The story's report: a step that did not happen is told with what was expected and seen, and fails the story."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from literals import is_vietnamese

from deploy.village.story import day
from deploy.village.story.console import FormRefused
from deploy.village.story.hearing import StartErrors
from deploy.village.story.records import wait_for
from deploy.village.story.report import Chronicle, NotSeen
from langso.words.catalogue import Sentence
from langso.words.language import LANGUAGES, Language, in_language

TOLD = [
    "Làng khởi động: máy chủ tin, văn phòng, ba loa",
    "Bản tin gõ trên trang web được nghe ở ba loa cùng lúc",
    "Lệnh khẩn cắt ngang trong một giây, báo yên thì dừng",
    "Bấm Dừng khi đang phát: im trong hai giây, có biên nhận",
    "Mất máy chủ tin và văn phòng: bản tin sau vẫn phát, biên nhận về sau",
    "Rút dây bộ điều khiển: âm ly tự ngắt",
    "Lịch giả, hết hạn, cũ, hai mặt và của xã khác đều bị từ chối",
    "Xóa dữ liệu của văn phòng và của một loa: cả hai tự hồi phục",
    "Loa mất dấu phiên bản: hỏi văn phòng rồi nghe lệnh lại",
    "Hai loa mang cùng một danh tính bị phát hiện",
    "Tờ giấy dưới máy ảnh thành PDF, đến văn phòng đúng một lần dù văn phòng bị tắt giữa chừng",
    "Mã phí của xã: kiosk hiện số tiền và tài khoản đúng",
    "Mã phí của người lạ: kiosk cảnh báo",
    "Giờ bắt đầu của mọi lần phát, đo trên bản ghi",
    "Mọi tiến trình dừng hẳn, không sót",
]


def test_a_story_of_seen_steps_is_complete(tmp_path: Path) -> None:
    chronicle = Chronicle(tmp_path, lambda line: None)
    with chronicle.step("one", "Một") as evidence:
        evidence.require(True, Sentence("story-see-ended"), figure=3)
        evidence.write("proof.txt", b"x")
    report = json.loads((tmp_path / "report.json").read_text())
    assert chronicle.complete
    assert report["complete"] is True
    assert report["steps"][0]["seen"] == {"figure": 3}
    assert (tmp_path / report["steps"][0]["files"][0]).read_bytes() == b"x"


def test_a_step_not_seen_fails_the_story_and_the_next_still_runs(tmp_path: Path) -> None:
    chronicle = Chronicle(tmp_path, lambda line: None)
    with chronicle.step("one", "Một") as evidence:
        evidence.require(False, Sentence("story-see-amplifier-on"), heard=0)
    with chronicle.step("two", "Hai"):
        pass
    report = json.loads((tmp_path / "report.json").read_text())
    assert not chronicle.complete
    assert [step["outcome"] for step in report["steps"]] == ["not seen", "seen"]
    assert report["steps"][0]["problem"] == "phải có: âm ly bật khi lệnh đang phát; đã thấy: heard=0"
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


def test_the_story_is_told_as_ever_in_vietnamese() -> None:
    assert [str(step.says) for step in day.STEPS] == TOLD


@pytest.mark.parametrize("spoken", ["en", "qps"])
def test_report_and_print_are_in_the_language_of_who_asked(spoken: Language, tmp_path: Path) -> None:
    printed: list[str] = []
    with in_language(spoken):
        chronicle = Chronicle(tmp_path, printed.append)
        for step in day.STEPS:
            with chronicle.step(step.name, step.says) as evidence:
                evidence.require(False, Sentence("story-see-heard", name="ordinary", least="0.9"), heard=0)
        with chronicle.step("page", Sentence("story-ordinary")):
            raise FormRefused(Sentence("story-see-sent-page"), "<p>No</p>", "broadcasting-too-soon")
        with chronicle.step("wait", Sentence("story-ordinary")):
            wait_for(lambda: False, Sentence("story-see-receipts", occurrence="o1", devices="loa-thon-1"), 0)
    report = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert not [line for line in (*printed, *report.splitlines()) if is_vietnamese(line)]
    for step in json.loads(report)["steps"]:
        assert step["says"] not in TOLD
        if spoken == "qps":
            assert step["says"].startswith("⟦")
            assert step["problem"].startswith("⟦ëxpëçtëd")


def test_what_has_to_be_seen_is_a_sentence_so_that_it_can_be_told_in_any_language() -> None:
    for spoken in LANGUAGES:
        with in_language(spoken), pytest.raises(NotSeen) as missed:
            wait_for(lambda: False, Sentence("story-see-clone"), 0)
        assert str(Sentence("story-see-clone")) == "báo có hai máy trùng danh tính"
        assert isinstance(missed.value.args[0], Sentence)
