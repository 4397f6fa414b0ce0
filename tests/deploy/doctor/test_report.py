"""Doctor's report as a technician reads it, whatever programs and devices say of themselves."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from deploy.doctor.command import doctor
from deploy.doctor.examining import Examination
from deploy.doctor.outcome import SEE_MORE, Skipped
from langso.contract.health import Check

FOUND = Examination(
    (
        Check.bad("sound", "Loa hỏng\nTỐT (9)\x1b[2J", "Thay\r\u202eloa"),
        Check.warning("disk", "Gần đầy", "Dọn"),
        Check.warning("state", "Không xem được", SEE_MORE),
        Check.good("clock", "Đúng giờ"),
    ),
    (Skipped("broker", "vì\x1b]0;x\x07"),),
)


def said(monkeypatch: pytest.MonkeyPatch, *words: str, color: bool = False) -> str:
    monkeypatch.setattr("deploy.doctor.examining.examine", lambda _: FOUND)
    return CliRunner().invoke(doctor, list(words), color=color).output


def test_what_is_broken_stands_first_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = said(monkeypatch).splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Khám máy này:",
        "HỎNG (1)",
        "CẦN ĐỂ Ý (1)",
        "TỐT (1)",
        "Không xem được với quyền này: thư mục dữ liệu.",
        "Chưa khám đường về xã: vì�]0;x�.",
    ]
    assert lines[3:5] == ["  ✗ âm thanh: Loa hỏng�TỐT (9)�[2J", "      → Thay��loa"]


def test_a_terminal_gets_colours_of_ours_only(monkeypatch: pytest.MonkeyPatch) -> None:
    told = said(monkeypatch, color=True)
    assert click.style("HỎNG (1)", fg="red", bold=True) in told
    assert click.style("  ! chỗ trống: Gần đầy", fg="yellow", bold=True) in told
    assert "\x1b[2J" not in told
    assert click.unstyle(told) == said(monkeypatch)


def test_a_machine_gets_one_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(said(monkeypatch, "--json").splitlines()) == len(FOUND.checks)
