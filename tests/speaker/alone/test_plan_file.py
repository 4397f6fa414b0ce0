"""A plan file is read whole, or refused with one sentence that names its mistake."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.timekeeping.clock import VIETNAM
from speaker.alone.plan_file import MAX_FILE, read_plan_file
from speaker.errors import PlanFileRefused

HEAD = 'code = "truong"\nname = "Trường"\n'
BELL = '[[bell]]\nat = ["07:00"]\nsound = "trong.wav"\n'
FOLDER = Path("/plans")


def read(text: str) -> list[tuple[datetime, str]]:
    plan = read_plan_file(text.encode(), FOLDER)
    return [(moment, bell.title) for moment, bell in plan.moments(date(2026, 12, 7))]


def test_bells_sound_on_their_weekdays_by_vietnamese_time_in_order() -> None:
    text = (
        HEAD + 'days = 7\noff = ["08/12/2026", "10/12/2026 - 11/12/2026"]\n'
        '[[bell]]\nat = ["11:15", "07:00"]\ndays = "T2-T6"\nsound = "trong.wav"\n'
        '[[bell]]\nat = ["8h30"]\ndays = "T2, CN"\nsound = "nhac/ve.mp3"\ntitle = "Ra về"\n'
    )
    assert read(text) == [
        (datetime(2026, 12, 7, 7, 0, tzinfo=VIETNAM), "trong"),
        (datetime(2026, 12, 7, 8, 30, tzinfo=VIETNAM), "Ra về"),
        (datetime(2026, 12, 7, 11, 15, tzinfo=VIETNAM), "trong"),
        (datetime(2026, 12, 9, 7, 0, tzinfo=VIETNAM), "trong"),
        (datetime(2026, 12, 9, 11, 15, tzinfo=VIETNAM), "trong"),
        (datetime(2026, 12, 13, 8, 30, tzinfo=VIETNAM), "Ra về"),
    ]


def test_it_begins_on_the_day_it_names() -> None:
    first = read(HEAD + 'begins = "24/12/2026"\ndays = 1\n' + BELL)
    assert [moment.date() for moment, _ in first] == [date(2026, 12, 24)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * (MAX_FILE + 1), "256 KB"),
        ("code = ", "viết sai cách"),
        ("[" * 5000, "viết sai cách"),
        (HEAD, "«bell»"),
        (BELL, "«code»"),
        (HEAD + "loud = 3\n" + BELL, "«loud»"),
        (HEAD + "days = 371\n" + BELL, "«days»"),
        (HEAD + BELL + "volume = 101\n", "«bell, 1, volume»"),
        (HEAD + BELL.replace("07:00", "24:00"), "24:00"),
        (HEAD + BELL.replace("07:00", "07:60"), "07:60"),
        (HEAD + BELL.replace('"07:00"', '"07:00", "7:00"'), "hai lần"),
        (HEAD + BELL + 'days = "T1"\n', "T1"),
        (HEAD + BELL + 'days = "T6-T2"\n', "T6-T2"),
        (HEAD + 'off = ["31/11/2026"]\n' + BELL, "31/11/2026"),
        (HEAD + 'off = ["02/12/2026 - 01/12/2026"]\n' + BELL, "chưa đúng"),
        (HEAD + 'begins = "mai"\n' + BELL, "mai"),
        (HEAD + BELL.replace("trong.wav", "/etc/passwd"), "cùng thư mục"),
        (HEAD + BELL.replace("trong.wav", "../trong.wav"), "cùng thư mục"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(PlanFileRefused) as refused:
        read_plan_file(text.encode(), FOLDER)
    assert says in str(refused.value)


@given(st.binary(max_size=300))
def test_whatever_bytes_come_it_is_read_or_refused(raw: bytes) -> None:
    for whole in (raw, (HEAD + BELL).encode() + raw):
        with contextlib.suppress(PlanFileRefused):
            read_plan_file(whole, FOLDER)
