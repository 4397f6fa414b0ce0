"""What systemd says of a unit, judged: crash loops, watchdog kills, start limits, off at boot, old programs."""

from __future__ import annotations

import pytest

from deploy.doctor.services import Service, judge_age, judge_boot, judge_service, read_services

NAME = "langso-speaker.service"
GOOD = Service(NAME, up_s=5000.0)

SHOWN = """\
Id=langso-speaker.service
LoadState=loaded
ActiveState=activating
SubState=auto-restart
UnitFileState=enabled
NRestarts=7
Result=watchdog
ConditionResult=yes
MainPID=0
User=langso-speaker
Group=langso-speaker
SupplementaryGroups=audio dialout
DevicePolicy=closed
DeviceAllow=char-alsa rw
DeviceAllow=char-ttyAMA rw
ExecMainStartTimestampMonotonic=90000000
StateChangeTimestampMonotonic=99000000

Id=langso-firewall.service
LoadState=not-found
ActiveState=inactive
SubState=dead
UnitFileState=
NRestarts=0
Result=success
ExecMainStartTimestampMonotonic=0
StateChangeTimestampMonotonic=0
"""


def test_what_systemctl_shows_is_read_a_block_a_unit() -> None:
    speaker, firewall = read_services(SHOWN, 100.0)
    assert (speaker.restarts, speaker.result, speaker.user) == (7, "watchdog", "langso-speaker")
    assert speaker.groups == ("langso-speaker", "audio", "dialout")
    assert speaker.devices == ("char-alsa", "char-ttyAMA")
    assert speaker.up_s == pytest.approx(10.0)
    assert speaker.in_state_s == pytest.approx(1.0)
    assert firewall.load == "not-found"
    assert firewall.up_s == 0.0
    assert read_services("", 1.0) == ()


@pytest.mark.parametrize(
    ("service", "level", "said"),
    [
        (GOOD, "ok", "đang chạy"),
        (Service(NAME, load="not-found", active="inactive"), "bad", "không có dịch vụ"),
        (Service(NAME, load="masked", active="inactive"), "bad", "mask"),
        (Service(NAME, active="inactive", sub="dead"), "bad", "đang dừng"),
        (Service(NAME, active="inactive", condition=False), "bad", "thiếu điều kiện"),
        (Service(NAME, active="failed", result="start-limit-hit"), "bad", "thôi không bật nữa"),
        (Service(NAME, active="failed", result="exit-code"), "bad", "tự thoát"),
        # Running at this very instant, for the twentieth time.
        (Service(NAME, restarts=20, up_s=3.0, failures=("exit-code",)), "bad", "cứ chạy rồi lại hỏng"),
        (Service(NAME, restarts=4, up_s=33.0, failures=("watchdog",)), "bad", "watchdog"),
        (Service(NAME, restarts=4, up_s=100.0, failures=("watchdog",), every_s=40.0), "bad", "watchdog"),
        # Mended a minute ago, after failing every six seconds.
        (Service(NAME, restarts=9, up_s=61.0, failures=("exit-code",), every_s=6.0), "warn", "tự bật lại 9 lần"),
        (Service(NAME, active="activating", sub="auto-restart", result="oom-kill"), "bad", "hết bộ nhớ"),
        (Service(NAME, active="activating", sub="start", in_state_s=5.0), "warn", "đang khởi động"),
        (Service(NAME, active="activating", sub="start", in_state_s=200.0), "bad", "mãi chưa xong"),
        # Tried once more at this very instant; systemd still tells when its last main process began, hours ago.
        (Service(NAME, active="activating", sub="start-pre", restarts=3, up_s=9000.0), "bad", "cứ chạy rồi lại hỏng"),
        (Service(NAME, active="activating", sub="start-pre", restarts=2, up_s=9000.0), "warn", "đang khởi động"),
        # Once, or long ago, is no loop; an ordered restart is no failure.
        (Service(NAME, restarts=1, up_s=5000.0, failures=("signal",)), "warn", "tự bật lại 1 lần"),
        (Service(NAME, restarts=3, up_s=90_000.0), "ok", "đang chạy"),
        (Service(NAME, restarts=1, up_s=5.0), "ok", "đang chạy"),
    ],
)
def test_a_unit_is_judged_by_the_gravest_of_what_is_wrong(service: Service, level: str, said: str) -> None:
    check = judge_service(service, "langso-speaker")
    assert (check.name, check.level) == ("service_speaker", level)
    assert said in check.why
    assert bool(check.fix) == (level != "ok")


def test_a_unit_that_would_not_start_at_the_next_boot_is_named() -> None:
    off = Service("langso-signer.service", enabled="disabled")
    only_until_reboot = Service("langso-office.service", enabled="enabled-runtime")
    check = judge_boot([GOOD, off, only_until_reboot])
    assert check.level == "bad"
    assert "langso-signer.service" in check.fix
    assert "langso-office.service" in check.fix
    assert NAME not in check.fix
    # A unit that is not there, or masked, has its own line.
    assert judge_boot([GOOD, Service("x.service", load="not-found", enabled="")]).level == "ok"


def test_a_service_older_than_what_is_installed_is_named() -> None:
    now = 10_000.0
    assert judge_age([Service(NAME, up_s=100.0)], 9_000.0, now).level == "ok"  # type: ignore[union-attr]
    old = judge_age([Service(NAME, up_s=5_000.0)], 9_000.0, now)
    assert old is not None
    assert old.level == "warn"
    assert old.fix == f"systemctl restart {NAME}"
    assert judge_age([Service(NAME, up_s=5_000.0)], None, now) is None
    assert judge_age([Service(NAME, up_s=100.0)], now + 1.8e9, now) is None, "a clock in 1970 does not know"
    assert judge_age([Service(NAME, active="inactive", up_s=5_000.0)], 9_000.0, now) is None
