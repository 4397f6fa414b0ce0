"""The machine under the programs: journal's limits, firewall, time keeping, backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.doctor.machine import judge_backup, judge_firewall, judge_journal, judge_timesync, limits_in
from deploy.install import drop_ins, firewall


def test_our_own_drop_in_bounds_the_journal(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/systemd/journald.conf.d").mkdir(parents=True)
    (tmp_path / "usr/lib/systemd/journald.conf.d/50-langso.conf").write_text(drop_ins.journal("speaker"))
    assert judge_journal(10 << 20, limits_in(tmp_path)).level == "ok"
    assert judge_journal(3 << 30, limits_in(tmp_path)).level == "warn"
    # A drop-in of the same name in /etc takes the place of ours, as systemd has it.
    (tmp_path / "etc/systemd/journald.conf.d").mkdir(parents=True)
    (tmp_path / "etc/systemd/journald.conf.d/50-langso.conf").write_text("[Journal]\n#SystemMaxUse=1M\n")
    assert limits_in(tmp_path) == {}
    assert judge_journal(10 << 20, limits_in(tmp_path)).level == "warn"


@pytest.mark.parametrize("role", ["speaker", "kiosk", "office"])
def test_our_own_firewall_is_recognised(role: str) -> None:
    assert judge_firewall(firewall.rules(role)).level == "ok"


@pytest.mark.parametrize(
    "rules", [None, "", "table inet x {\n chain input {\n type filter hook input priority 0; policy accept;\n }\n}"]
)
def test_a_machine_open_to_all_is_a_warning(rules: str | None) -> None:
    check = judge_firewall(rules)
    assert check.level == "warn"
    assert firewall.SERVICE in check.fix


def test_nothing_that_keeps_the_time_is_a_warning() -> None:
    assert judge_timesync([], synchronised=False).level == "warn"
    assert judge_timesync(["chrony.service"], synchronised=False).level == "ok"


def test_an_old_backup_is_a_warning() -> None:
    assert judge_backup(86_400.0).level == "ok"
    assert judge_backup(40 * 86_400.0).level == "warn"
