"""A service that waits, or has only just started, is told as what it is: never as one that hangs."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from laid_machines import Laid, health_line, state_of

from deploy.doctor import agent, device_trust, pairing
from deploy.doctor.device_trust import judge_device_clock
from deploy.doctor.outcome import Skipped
from deploy.doctor.scene import SETTLING_S, Scene, Told, begun_ago, gather_scene, read_told, waits_now
from deploy.doctor.services import Service, read_services
from langso.contract.health import Check
from langso.device.waits import Waits, say_goes_on, say_waits
from langso.settings.reading import load_settings
from langso.timekeeping.clock import ClockTrust

UNIT = Service("langso-kiosk.service", up_s=500.0, pid=42)
YOUNG = replace(UNIT, up_s=SETTLING_S - 1)
SCREEN = Waits(reason="screen", why="Máy này không có màn hình nào; hãy cắm màn hình.", pid=42)
UNKNOWN = ClockTrust(False, "unsynchronised", "Đồng hồ chưa được chỉnh.")
FAR = ClockTrust(False, "far_from_floor", "Đồng hồ chậm.")


def told(*lines: tuple[str, str], age_s: float = 1.0) -> Told:
    return Told(state_of("kiosk", *(health_line(name, level) for name, level in lines)), age_s)


@pytest.fixture
def scene(kiosk: Laid) -> Scene:
    """A paired kiosk run by systemd for a good while."""
    found = gather_scene(load_settings(kiosk.settings), kiosk.settings)
    return replace(found, services=(UNIT,), told=None, begun_s=float("inf"))


def agent_line(scene: Scene) -> Check | Skipped:
    return next(iter(agent.look(scene)))


def test_a_kiosk_without_a_screen_is_told_to_plug_one_in_and_nothing_hangs(scene: Scene) -> None:
    for unit in (UNIT, YOUNG):
        waiting = replace(scene, services=(unit,), waits=SCREEN)
        (line,) = agent.look_screen(waiting)
        assert isinstance(line, Check)
        assert (line.level, line.why) == ("bad", SCREEN.why)
        assert "Cắm màn hình và nguồn" in line.fix
        waits = agent_line(waiting)
        assert isinstance(waits, Skipped)
        assert (waits.name, str(waits.why)) == ("agent", "chương trình đang đợi màn hình")


def test_what_else_a_program_waits_for_is_told_in_its_own_words(scene: Scene) -> None:
    line = agent_line(replace(scene, waits=SCREEN.model_copy(update={"reason": "moon", "why": "Chờ trăng lên."})))
    assert line == Skipped("agent", "chương trình đang đợi: Chờ trăng lên")


def test_a_kiosk_that_draws_has_a_screen_and_a_silent_one_is_not_asked(scene: Scene) -> None:
    assert [one.level for one in agent.look_screen(replace(scene, told=told())) if isinstance(one, Check)] == ["ok"]
    assert all(isinstance(one, Skipped) for one in agent.look_screen(replace(scene, told=told(age_s=900.0))))


def test_only_the_note_of_the_process_that_runs_counts(kiosk: Laid) -> None:
    settings = load_settings(kiosk.settings)
    assert waits_now(settings, None) is None
    say_waits(kiosk.run, "kiosk", "screen", SCREEN.why)
    mine = replace(UNIT, pid=os.getpid())
    assert waits_now(settings, mine) is not None
    assert waits_now(settings, None) is not None
    assert waits_now(settings, replace(mine, pid=os.getpid() + 1)) is None
    assert waits_now(settings, replace(mine, active="inactive")) is None
    say_goes_on(kiosk.run, "kiosk")
    assert waits_now(settings, mine) is None


def test_one_that_has_just_got_its_screen_or_its_pairing_may_still_be_silent(kiosk: Laid, scene: Scene) -> None:
    settings = load_settings(kiosk.settings)
    current, note = kiosk.state / "pairing" / "current", kiosk.run / "kiosk-waits.json"
    long_ago = time.time() - 1000
    assert begun_ago(settings) < 60, "paired by this test"
    os.utime(current, (long_ago, long_ago), follow_symlinks=False)
    assert begun_ago(settings) > 900
    say_waits(kiosk.run, "kiosk", "screen", SCREEN.why)
    assert begun_ago(settings) > 900, "it waits still"
    say_goes_on(kiosk.run, "kiosk")
    assert begun_ago(settings) < 60
    os.utime(note, (long_ago, long_ago))
    assert begun_ago(settings) > 900
    assert agent_line(replace(scene, begun_s=SETTLING_S - 1)) == Skipped("agent", "dịch vụ vừa khởi động")
    assert isinstance(agent_line(replace(scene, begun_s=SETTLING_S)), Check)


def test_a_program_that_never_wrote_says_itself_what_it_does(scene: Scene) -> None:
    unit = replace(UNIT, status="Đang mở tủ sách.")
    line = agent_line(replace(scene, services=(unit,)))
    assert isinstance(line, Check)
    assert line.level == "bad"
    assert "«Đang mở tủ sách»" in line.why
    assert "treo" not in line.why


def test_one_that_wrote_and_stopped_writing_hangs_whatever_it_told_systemd(scene: Scene) -> None:
    unit = replace(UNIT, status="Đang chờ bà con.")
    line = agent_line(replace(scene, services=(unit,), told=told(age_s=300.0)))
    assert isinstance(line, Check)
    assert "treo" in line.why


def test_a_state_from_before_the_start_is_not_this_run_s(kiosk: Laid) -> None:
    settings = load_settings(kiosk.settings)
    file = kiosk.run / "kiosk-state.json"
    file.write_bytes(told().state.to_json())
    before = time.time() - 60
    os.utime(file, (before, before))
    assert read_told(settings, replace(UNIT, up_s=50.0)) is None
    assert read_told(settings, replace(UNIT, up_s=70.0)) is not None
    assert read_told(settings) is not None


def test_the_clock_of_a_service_that_has_just_started_is_not_red_yet(scene: Scene) -> None:
    young = judge_device_clock(replace(scene, services=(YOUNG,)), UNKNOWN, None)
    assert isinstance(young, Check)
    assert (young.level, young.why) == ("warn", "Dịch vụ vừa khởi động, chưa nghe được giờ của xã.")
    old = judge_device_clock(replace(scene, services=(replace(UNIT, up_s=SETTLING_S),)), UNKNOWN, None)
    assert isinstance(old, Check)
    assert old.level == "bad"


def test_a_clock_behind_what_was_signed_is_red_from_the_first_second(scene: Scene) -> None:
    for more in ({"services": (YOUNG,)}, {"waits": SCREEN}):
        changed = replace(scene, **more)  # type: ignore[arg-type]
        late = judge_device_clock(changed, FAR, scene.now + timedelta(days=1, seconds=1))
        assert isinstance(late, Check)
        assert late.level == "bad"
        # Ahead of all that was signed: the office's answer, seconds away, may well confirm it.
        early = judge_device_clock(changed, FAR, scene.now - timedelta(days=40))
        assert not isinstance(early, Check) or early.level == "warn"


def test_while_it_waits_for_a_screen_nobody_asks_the_office_for_the_time(scene: Scene) -> None:
    # `langso setup` looks again and again while this line is red; it cannot come before the screen.
    assert isinstance(judge_device_clock(replace(scene, waits=SCREEN), UNKNOWN, None), Skipped)
    proven = judge_device_clock(replace(scene, waits=SCREEN), ClockTrust(True, "ntp", "Khớp."), None)
    assert isinstance(proven, Check)


def test_a_line_not_yet_there_after_a_start_says_so_and_what_is_red_stays_red(scene: Scene) -> None:
    state = told(("link", "warn"), ("outbox", "warn"), ("office", "bad"))
    young = {one.name: one for one in agent.look(replace(scene, services=(YOUNG,), told=state))}
    assert isinstance(young["link"], Check)
    assert young["link"].level == "warn"
    assert young["link"].why.startswith("Dịch vụ vừa khởi động")
    assert young["link"].why.endswith("vì thế")
    assert young["link"].fix.endswith("sửa đi")
    assert isinstance(young["outbox"], Check)
    assert young["outbox"].why == "vì thế"
    assert isinstance(young["office"], Check)
    assert (young["office"].level, young["office"].why) == ("bad", "vì thế")
    old = {one.name: one for one in agent.look(replace(scene, told=state))}
    assert isinstance(old["link"], Check)
    assert old["link"].why == "vì thế"


def test_systemd_s_sentence_is_read() -> None:
    (unit,) = read_services(
        "Id=langso-kiosk.service\nStatusText=Máy này không có màn hình nào = x\nStatusErrno=107\n", 1.0
    )
    assert unit.trouble == errno.ENOTCONN
    assert unit.status == "Máy này không có màn hình nào = x"


def test_a_clock_that_nobody_believes_ends_no_certificate_and_no_list(scene: Scene) -> None:
    """In 2040 by its own clock: pairing anew, or the root keys brought out, would have been for nothing."""
    late = scene.now + timedelta(days=5000)
    doubted = Told(state_of("kiosk", trusted=False), 1.0)
    looked = replace(scene, now=late, told=doubted)
    found = [one for look in (pairing.look, device_trust.look) for one in look(looked) if isinstance(one, Check)]
    assert {one.name: one.level for one in found if one.name in ("certificate", "trust")} == {
        "certificate": "ok",
        "trust": "ok",
    }
    believed = replace(scene, now=late, told=Told(state_of("kiosk"), 1.0))
    assert {one.level for one in pairing.look(believed) if one.name == "certificate"} == {"bad"}
    assert {one.level for one in device_trust.look(believed) if one.name == "trust"} == {"bad"}
