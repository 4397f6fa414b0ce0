"""Steps about what is heard: an ordinary broadcast, an emergency and its all-clear, an outage."""

from __future__ import annotations

import time
from datetime import datetime

from deploy.village.running import BROKER, OFFICE, SIGNER
from deploy.village.story.hearing import last_sound
from deploy.village.story.records import wait_for
from deploy.village.story.report import Evidence, NotSeen
from deploy.village.story.scene import StoryScene, StoryStep, sleep_until

NEXT_S = 14.0
WITHIN_MS = 20.0
CUT_IN_S = 1.0
SILENT_S = 2.0


def ordinary(scene: StoryScene, evidence: Evidence) -> None:
    """Typed in the console, heard on three loudspeakers at the same instant, receipted."""
    broadcast, start = scene.console.broadcast(
        "Lịch tiêm phòng cho trâu, bò",
        "Thú y xã tiêm phòng cho trâu, bò từ 7h00 ngày 18/11/2026 tại sân nhà văn hóa thôn 1 và thôn 2.",
        scene.devices,
        NEXT_S,
    )
    occurrence, planned = scene.records.occurrence(broadcast)
    planned_s = datetime.fromisoformat(planned).timestamp()
    evidence.require(abs(planned_s - start.timestamp()) < 0.001, "planned as typed", planned=planned)
    evidence.note(plan_held_after_s=round(scene.wait_ready(scene.devices), 2))
    plays = scene.wait_ended(occurrence, scene.devices, NEXT_S + 45)
    evidence.note(
        outcomes={device: play.outcome for device, play in plays.items()},
        receipted_error_ms={device: play.error_ms for device, play in plays.items()},
    )
    scene.must_be_heard(
        evidence, "ordinary", scene.sound_of(scene.records.media_of(broadcast)), planned_s, scene.devices
    )
    evidence.require(all(play.outcome == "played" for play in plays.values()), "played everywhere")
    page = scene.console.page(f"/ban-tin/{broadcast}").text
    evidence.write("console.html", page.encode())


def emergency(scene: StoryScene, evidence: Evidence) -> None:
    """Cuts into a long broadcast within a second; what it cut is receipted; the all-clear ends it."""
    sentence = "Đây là bản tin dài để xem lệnh khẩn cấp cắt ngang ra sao. "
    broadcast, start = scene.console.broadcast("Bản tin dài", sentence * 5, scene.devices, NEXT_S)
    occurrence, _ = scene.records.occurrence(broadcast)
    scene.wait_ready(scene.devices)
    sleep_until(start)
    time.sleep(3.0)
    order, answered = scene.console.urgent(
        "Nước suối đang lên nhanh, bà con ở gần suối lên chỗ cao ngay.", scene.devices, 20, 5, scene.login.password
    )
    issued = datetime.fromisoformat(scene.records.issued_of_urgent(order)).timestamp()
    time.sleep(7.0)
    cleared = scene.console.all_clear(order)
    urgent_plays = scene.wait_ended(order, scene.devices, 20)
    media = scene.sound_of(scene.records.media_of_urgent(order))
    cut_plays = scene.wait_ended(occurrence, scene.devices, 90)
    heard = scene.must_be_heard(evidence, "emergency", media, issued, scene.devices, planned=False)
    evidence.note(
        console_answered_after_s=round(answered - issued, 2),
        cut_in_after_order_s={one.device: round(one.start_s - issued, 3) for one in heard},
        urgent={device: [play.outcome, play.why] for device, play in urgent_plays.items()},
        what_was_cut={device: [play.outcome, play.why, play.heard_ms] for device, play in cut_plays.items()},
        all_clear_at_s=round(cleared - issued, 2),
    )
    evidence.require(
        all(one.start_s - issued <= CUT_IN_S for one in heard),
        f"heard within {CUT_IN_S:.0f} s of the order's signing",
    )
    evidence.require(
        all(play.heard_ms < 20 * 60_000 and play.outcome in ("cut", "played") for play in urgent_plays.values()),
        "the all-clear ended the emergency",
    )
    evidence.require(
        all(play.outcome in ("cut", "played") for play in cut_plays.values()), "what was cut is receipted everywhere"
    )


def stopped(scene: StoryScene, evidence: Evidence) -> None:
    """A broadcast that sounds is stopped by one press in the console: silence in two seconds, receipted as cut."""
    sentence = "Bản tin này gửi nhầm, cán bộ sẽ bấm dừng khi đang phát. "
    broadcast, start = scene.console.broadcast("Bản tin gửi nhầm", sentence * 6, scene.devices, NEXT_S)
    occurrence, _ = scene.records.occurrence(broadcast)
    scene.wait_ready(scene.devices)
    sleep_until(start)
    time.sleep(4.0)
    pressed = time.time()
    answered = scene.console.stop(broadcast)
    plays = scene.wait_ended(occurrence, scene.devices, 20)
    time.sleep(max(0.0, pressed + 5 - time.time()))
    before = {one: last_sound(scene.village, one, pressed - 2, pressed) for one in scene.devices}
    after = {one: last_sound(scene.village, one, pressed, pressed + 4.5) for one in scene.devices}
    silent = {one: round((after[one] or pressed) - pressed, 2) for one in scene.devices}
    evidence.note(
        console_answered_after_s=round(answered - pressed, 2),
        receipts={device: [play.outcome, play.why, play.heard_ms] for device, play in plays.items()},
        silent_after_s=silent,
    )
    evidence.require(None not in before.values(), "it sounded everywhere when stop was pressed")
    evidence.require(max(silent.values()) <= SILENT_S, f"silent everywhere within {SILENT_S:.0f} s of the press")
    evidence.require(all(play.outcome == "cut" for play in plays.values()), "receipted as cut everywhere")


def outage(scene: StoryScene, evidence: Evidence) -> None:
    """Broker and office killed: the next broadcast plays all the same, its receipts come after the return."""
    broadcast, start = scene.console.broadcast(
        "Họp thôn",
        "Tối nay mời bà con đến nhà văn hóa họp thôn. Bản tin này phát khi mất mạng.",
        scene.devices,
        NEXT_S + 4,
    )
    occurrence, planned = scene.records.occurrence(broadcast)
    media = scene.sound_of(scene.records.media_of(broadcast))
    evidence.note(ready_after_s=round(scene.wait_ready(scene.devices, NEXT_S), 2))
    for name in (BROKER, OFFICE, SIGNER):
        scene.village.processes.kill(name)
    killed = time.time()
    planned_s = datetime.fromisoformat(planned).timestamp()
    evidence.require(
        killed < planned_s, "killed before the planned time", killed_before_start_s=round(planned_s - killed, 2)
    )
    sleep_until(start)
    time.sleep(9.0)
    scene.must_be_heard(evidence, "outage", media, planned_s, scene.devices)
    scene.village.start_broker()
    scene.village.start_office()
    back = time.time()
    scene.console.login(scene.login)
    plays = scene.wait_ended(occurrence, scene.devices, 60)
    evidence.note(
        receipts_after_return_s=round(time.time() - back, 1),
        outcomes={device: play.outcome for device, play in plays.items()},
    )
    evidence.require(all(play.outcome == "played" for play in plays.values()), "played everywhere during the outage")


def start_errors(scene: StoryScene, evidence: Evidence) -> None:
    """All plays of the day together: the sound path's constant delay removed."""
    starts = scene.starts
    if len(starts.by_play) < 2:
        raise NotSeen("expected: at least two scheduled plays were heard")
    evidence.note(constant_ms=round(starts.constant_ms, 2), raw_ms=dict(starts.by_play))
    evidence.require(
        starts.worst_from_plan_ms <= WITHIN_MS and starts.worst_apart_ms <= WITHIN_MS,
        f"within {WITHIN_MS:.0f} ms of the plan and of each other",
        worst_from_plan_ms=round(starts.worst_from_plan_ms, 2),
        worst_apart_ms=round(starts.worst_apart_ms, 2),
    )


def pulled_cord(scene: StoryScene, evidence: Evidence) -> None:
    """The serial cord is pulled while the amplifier is on: its relay drops by itself."""
    from firmware_bridge.twin.process import Twin

    device = scene.devices[2]
    board = Twin(scene.village.ground.home(device).twin)
    order, _ = scene.console.urgent("Thử dây âm ly.", [device], 30, 5, scene.login.password)
    try:
        evidence.require(board.wait_pin("amplifier", True, 15), "the amplifier is on while an order plays")
        pulled = time.time()
        board.cord("unplugged")
        evidence.require(board.wait_pin("amplifier", False, 6), "the amplifier's relay has dropped")
        seconds = round(time.time() - pulled, 2)
        evidence.require(seconds <= 3.0, "within its lease of 2 s (and a little)", dropped_after_s=seconds)
    finally:
        board.cord("plugged")
        scene.console.all_clear(order)
    wait_for(lambda: board.pins().get("amplifier") is False, "the amplifier is off after the all-clear", 20)
    evidence.note(pin_changes=len(board.pin_log()))


STEPS = (
    StoryStep("ordinary", "Bản tin gõ trên trang web được nghe ở ba loa cùng lúc", ordinary),
    StoryStep("emergency", "Lệnh khẩn cắt ngang trong một giây, báo yên thì dừng", emergency),
    StoryStep("stopped", "Bấm Dừng khi đang phát: im trong hai giây, có biên nhận", stopped),
    StoryStep("outage", "Mất máy chủ tin và văn phòng: bản tin sau vẫn phát, biên nhận về sau", outage),
    StoryStep("cord", "Rút dây bộ điều khiển: âm ly tự ngắt", pulled_cord),
)
START_ERRORS = StoryStep("start-errors", "Giờ bắt đầu của mọi lần phát, đo trên bản ghi", start_errors)
