from __future__ import annotations

import pytest

from langso.contract.health import Check, one_line, worst_first, worst_level

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


def test_one_line_for_a_status_bar() -> None:
    assert one_line([GOOD]) == "Mọi thứ bình thường."
    assert one_line([GOOD, WARN, BAD]) == "Đồng hồ sai. (và 1 việc khác)"
