from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import Topics
from langso.courier.letters import Letter, in_order, mark_of, read_letter

MARK = mark_of(1, b"x")
TO_DEVICES = [
    Letter("trust"),
    Letter("plan"),
    Letter("catalogue"),
    Letter("urgent", issuer="van-phong-tinh"),
    Letter("order", device="loa-1"),
    Letter("ack", device="loa-1", mark=MARK),
]
TO_OFFICE = [
    Letter("state", device="kiosk-1"),
    Letter("receipts", device="loa-1", mark=MARK),
    Letter("dossier", device="kiosk-1", mark=MARK),
]


@pytest.mark.parametrize("letter", TO_DEVICES)
def test_a_name_says_what_an_order_is(letter: Letter) -> None:
    assert letter.direction == "to-devices"
    assert read_letter("to-devices", letter.name) == letter
    assert read_letter("to-office", letter.name) is None


@pytest.mark.parametrize("letter", TO_OFFICE)
def test_a_name_says_what_a_report_is(letter: Letter) -> None:
    assert letter.direction == "to-office"
    assert read_letter("to-office", letter.name) == letter
    assert read_letter("to-devices", letter.name) is None


@pytest.mark.parametrize(
    "name",
    [
        "plan.json.exe", ".plan.json", "Plan.json", "plan.JSON", "urgent.json", "urgent.-x.json", "order..json",
        "order.loa-1.loa-2.json", "receipts.loa-1.json", f"receipts.loa-1.{MARK[:-1]}.json",
        f"receipts.{'a' * 65}.{MARK}.json", f"receipts.loa_1.{MARK}.json", "state.loa-1.json\n", "../plan.json",
        "state.loa-1/../../x.json",
    ],
)  # fmt: skip
def test_a_strangers_file_is_none(name: str) -> None:
    assert read_letter("to-devices", name) is None
    assert read_letter("to-office", name) is None


@given(st.text(string.printable, max_size=80))
def test_no_name_breaks_the_reading_and_none_leads_out_of_the_folder(name: str) -> None:
    for letter in (read_letter("to-devices", name), read_letter("to-office", name)):
        assert letter is None or (letter.name == name and "/" not in name)


def test_what_cannot_be_named_is_not_written() -> None:
    for letter in (
        Letter("plan", device="loa-1"),
        Letter("state"),
        Letter("urgent", issuer="a/b"),
        Letter("nonsense"),
    ):
        with pytest.raises(ValueError, match="no letter"):
            assert letter.direction


def test_they_go_on_the_topics_of_the_line() -> None:
    topics = Topics("hoa-son")
    for letter in (*TO_DEVICES, *TO_OFFICE):
        if letter.kind != "dossier":
            address = topics.read(letter.topic(topics))
            assert address is not None
            assert (address.leaf.removeprefix("receipts/"), address.device) == (letter.kind, letter.device)


def test_trust_is_taken_first_and_one_devices_receipts_as_they_were_written() -> None:
    receipts = [Letter("receipts", device="loa-1", mark=mark_of(number, bytes([number]))) for number in range(2, 18)]
    letters = [*TO_DEVICES, *receipts]
    random.Random(3).shuffle(letters)
    ordered = in_order(letters)
    assert ordered[0] == Letter("trust")
    assert [letter.kind for letter in ordered].index("plan") > [letter.kind for letter in ordered].index("urgent")
    assert [letter for letter in ordered if letter.kind == "receipts"] == receipts


def test_whose_a_letter_is() -> None:
    assert Letter("plan").is_for("loa-1")
    assert Letter("order", device="loa-1").is_for("loa-1")
    assert not Letter("order", device="loa-1").is_for("loa-2")
