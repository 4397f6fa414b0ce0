from __future__ import annotations

import re

import pytest

from langso.contract import ClockReport, HealthLine
from langso.contract.base import CODE
from langso.contract.health import Check, check_of, clock_in_words, line_of, one_line, worst_first, worst_level
from langso.words import ftl
from langso.words.catalogue import FOLDER, Sentence, code_of, t
from langso.words.language import in_language

GOOD = Check.good("disk", "Còn chỗ.")
WARN = Check.warning("card", "Thẻ nhớ sắp đầy.", "Xoá bớt.")
BAD = Check.bad("clock", "Đồng hồ sai.", "Nối mạng.")


def test_the_gravest_comes_first_and_the_rest_keep_their_order() -> None:
    other = Check.warning("b", "b", "b")
    assert worst_first([GOOD, WARN, BAD, other]) == [BAD, WARN, other, GOOD]
    assert worst_level([GOOD, WARN]) == "warn"
    assert worst_level([]) == "ok"


def test_not_ok_without_a_level_is_bad() -> None:
    assert Check("x", False, "why", "fix").level == "bad"


def test_a_level_that_contradicts_ok_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Check("x", True, "why", "fix", "bad")
    with pytest.raises(ValueError, match="does not fit"):
        Check("x", False, "why", "fix", "warn")


def test_a_check_carries_the_code_and_the_values_of_its_sentence() -> None:
    check = Check.warning("memory", t("machine-memory-left", share="5%", total="1 GB"), t("machine-close-programs"))
    assert (check.code, check.parameters) == ("machine-memory-left", {"share": "5%", "total": "1 GB"})
    assert check.why == t("machine-memory-left", share="5%", total="1 GB")
    assert Check.good("card", Sentence("machine-card-good")).code == "machine-card-good"
    assert Check("card", True, t("machine-card-good")).code == "machine-card-good"


def test_words_from_elsewhere_have_a_code_of_name_and_level() -> None:
    assert (BAD.code, BAD.parameters) == ("clock-bad", {})
    assert Check.bad("lamp", f"{t('machine-card-good')} Không.", "Xem.").code == "lamp-bad"
    assert Check("lamp", True, "Sáng.", code="lamp-lit", parameters={"lux": 5}).parameters == {"lux": 5}


def test_a_line_is_read_in_the_readers_language_where_its_code_is_known() -> None:
    line = line_of(
        Check.bad("memory", t("machine-memory-left", share="5%", total="1 GB"), t("machine-close-programs"))
    )
    assert (line.code, line.fix_code) == ("machine-memory-left", "machine-close-programs")
    assert HealthLine.model_validate_json(line.to_json(), strict=True) == line
    assert check_of(line).why == line.why
    later = line.model_copy(update={"code": "machine-is-flooded", "fix_code": "machine-dry-it"})
    with in_language("en"):
        assert check_of(line).why == "5% of 1 GB of memory is free."
        assert check_of(line).fix == t("machine-close-programs") != line.fix
        assert (check_of(later).why, check_of(later).fix) == (line.why, line.fix)
        # Whoever reads it can tell which sentence it is, and send it on.
        assert line_of(check_of(line)).fix_code == "machine-close-programs"
        assert code_of(check_of(line).why) == "machine-memory-left"
    old = HealthLine(name="disk", level="bad", why="Đầy.", fix="Dọn.")
    assert (check_of(old).why, check_of(old).fix, check_of(old).level) == ("Đầy.", "Dọn.", "bad")


def test_a_code_or_value_that_does_not_fit_the_wire_does_not_keep_the_state_from_being_told() -> None:
    assert line_of(Check.bad("Đĩa", "Đầy.", "Dọn.")).code is None
    long = line_of(Check.bad("disk", t("machine-files-errors", named="x" * 900), "Dọn."))
    assert long.parameters == {"named": "x" * 200}


def test_the_clock_is_told_by_code_too() -> None:
    report = ClockReport(trusted=True, reason="ntp", why="Theo mạng.", code="clock-by-network")
    with in_language("en"):
        assert clock_in_words(report) == t("clock-by-network") != report.why
    assert clock_in_words(report.model_copy(update={"code": None})) == "Theo mạng."


def test_every_sentence_may_be_a_code() -> None:
    ids = [id for path in FOLDER.glob("vi/*/*.ftl") for id in ftl.split(path.read_text(encoding="utf-8"))]
    assert ids
    assert not [id for id in ids if not re.fullmatch(CODE, id)]


def test_one_line_for_a_status_bar() -> None:
    assert one_line([GOOD]) == "Mọi thứ bình thường."
    assert one_line([GOOD, WARN, BAD]) == "Đồng hồ sai. (và 1 việc khác)"


def test_a_code_whose_values_are_missing_is_said_in_the_words_that_came() -> None:
    line = HealthLine(
        name="sound", level="bad", why="Loa câm.", fix="", code="sound-cannot-sound", parameters={"x": 1}
    )
    assert check_of(line).why == "Loa câm."
