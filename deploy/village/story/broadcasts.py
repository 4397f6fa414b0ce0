"""Steps about what is heard: an ordinary broadcast, an emergency and its all-clear, an outage."""

from __future__ import annotations

import time
from datetime import datetime

from deploy.village.hoa_son import AMPLIFIER_TEST, BY_MISTAKE, FLOOD, LONG, MEETING, VACCINATION
from deploy.village.running import BROKER, OFFICE, SIGNER
from deploy.village.story.hearing import last_sound
from deploy.village.story.records import wait_for
from deploy.village.story.report import Evidence, not_seen
from deploy.village.story.scene import StoryScene, StoryStep, sleep_until
from langso.words.catalogue import Sentence

NEXT_S = 14.0
WITHIN_MS = 20.0
CUT_IN_S = 1.0
SILENT_S = 2.0


def ordinary(scene: StoryScene, evidence: Evidence) -> None:
    """Typed in the console, heard on three loudspeakers at the same instant, receipted."""
    broadcast, start = scene.console.broadcast(VACCINATION, scene.devices, NEXT_S)
    occurrence, planned = scene.records.occurrence(broadcast)
    planned_s = datetime.fromisoformat(planned).timestamp()
    evidence.require(abs(planned_s - start.timestamp()) < 0.001, Sentence("story-see-as-typed"), planned=planned)
    evidence.note(plan_held_after_s=round(scene.wait_ready(scene.devices, occurrence), 2))
    plays = scene.wait_ended(occurrence, scene.devices, NEXT_S + 45)
    evidence.note(
        outcomes={device: play.outcome for device, play in plays.items()},
        receipted_error_ms={device: play.error_ms for device, play in plays.items()},
    )
    scene.must_be_heard(
        evidence, "ordinary", scene.sound_of(scene.records.media_of(broadcast)), planned_s, scene.devices
    )
    evidence.require(all(play.outcome == "played" for play in plays.values()), Sentence("story-see-played"))
    page = scene.console.page(f"/ban-tin/{broadcast}").text
    evidence.write("console.html", page.encode())


def emergency(scene: StoryScene, evidence: Evidence) -> None:
    """Cuts into a long broadcast within a second; what it cut is receipted; the all-clear ends it."""
    broadcast, start = scene.console.broadcast(LONG, scene.devices, NEXT_S)
    occurrence, _ = scene.records.occurrence(broadcast)
    scene.wait_ready(scene.devices, occurrence)
    sleep_until(start)
    time.sleep(3.0)
    order, answered = scene.console.urgent(FLOOD, scene.devices, 20, 5, scene.login.password)
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
        urgent={device: [play.outcome, play.code] for device, play in urgent_plays.items()},
        what_was_cut={device: [play.outcome, play.code, play.heard_ms] for device, play in cut_plays.items()},
        all_clear_at_s=round(cleared - issued, 2),
    )
    evidence.require(
        all(one.start_s - issued <= CUT_IN_S for one in heard),
        Sentence("story-see-cut-in", seconds=f"{CUT_IN_S:.0f}"),
    )
    evidence.require(
        all(play.heard_ms < 20 * 60_000 and play.outcome in ("cut", "played") for play in urgent_plays.values()),
        Sentence("story-see-cleared"),
    )
    evidence.require(
        all(play.outcome in ("cut", "played") for play in cut_plays.values()), Sentence("story-see-cut-receipts")
    )


def stopped(scene: StoryScene, evidence: Evidence) -> None:
    """A broadcast that sounds is stopped by one press in the console: silence in two seconds, receipted as cut."""
    broadcast, start = scene.console.broadcast(BY_MISTAKE, scene.devices, NEXT_S)
    occurrence, _ = scene.records.occurrence(broadcast)
    scene.wait_ready(scene.devices, occurrence)
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
        receipts={device: [play.outcome, play.code, play.heard_ms] for device, play in plays.items()},
        silent_after_s=silent,
    )
    evidence.require(None not in before.values(), Sentence("story-see-sounded"))
    evidence.require(max(silent.values()) <= SILENT_S, Sentence("story-see-silent", seconds=f"{SILENT_S:.0f}"))
    evidence.require(all(play.outcome == "cut" for play in plays.values()), Sentence("story-see-receipted-cut"))


def outage(scene: StoryScene, evidence: Evidence) -> None:
    """Broker and office killed: the next broadcast plays all the same, its receipts come after the return."""
    broadcast, start = scene.console.broadcast(MEETING, scene.devices, NEXT_S + 4)
    occurrence, planned = scene.records.occurrence(broadcast)
    media = scene.sound_of(scene.records.media_of(broadcast))
    evidence.note(ready_after_s=round(scene.wait_ready(scene.devices, occurrence, NEXT_S), 2))
    for name in (BROKER, OFFICE, SIGNER):
        scene.village.processes.kill(name)
    killed = time.time()
    planned_s = datetime.fromisoformat(planned).timestamp()
    evidence.require(
        killed < planned_s, Sentence("story-see-killed-before"), killed_before_start_s=round(planned_s - killed, 2)
    )
    try:
        sleep_until(start)
        time.sleep(9.0)
        scene.must_be_heard(evidence, "outage", media, planned_s, scene.devices)
    finally:
        # The steps after it are judged by themselves.
        scene.village.start_broker()
        scene.village.start_office()
    back = time.time()
    scene.console.login(scene.login)
    plays = scene.wait_ended(occurrence, scene.devices, 60)
    evidence.note(
        receipts_after_return_s=round(time.time() - back, 1),
        outcomes={device: play.outcome for device, play in plays.items()},
    )
    evidence.require(all(play.outcome == "played" for play in plays.values()), Sentence("story-see-played-in-outage"))


def start_errors(scene: StoryScene, evidence: Evidence) -> None:
    """All plays of the day together: the sound path's constant delay removed."""
    starts = scene.starts
    if len(starts.by_play) < 2:
        raise not_seen(Sentence("story-see-two-plays"))
    evidence.note(constant_ms=round(starts.constant_ms, 2), raw_ms=dict(starts.by_play))
    evidence.require(
        starts.worst_from_plan_ms <= WITHIN_MS and starts.worst_apart_ms <= WITHIN_MS,
        Sentence("story-see-start-errors", milliseconds=f"{WITHIN_MS:.0f}"),
        worst_from_plan_ms=round(starts.worst_from_plan_ms, 2),
        worst_apart_ms=round(starts.worst_apart_ms, 2),
    )


def pulled_cord(scene: StoryScene, evidence: Evidence) -> None:
    """The serial cord is pulled while the amplifier is on: its relay drops by itself."""
    from firmware_bridge.twin.process import Twin

    device = scene.devices[2]
    board = Twin(scene.village.ground.home(device).twin)
    order, _ = scene.console.urgent(AMPLIFIER_TEST, [device], 30, 5, scene.login.password)
    try:
        evidence.require(board.wait_pin("amplifier", True, 15), Sentence("story-see-amplifier-on"))
        pulled = time.time()
        board.cord("unplugged")
        evidence.require(board.wait_pin("amplifier", False, 6), Sentence("story-see-relay-dropped"))
        seconds = round(time.time() - pulled, 2)
        evidence.require(seconds <= 3.0, Sentence("story-see-lease"), dropped_after_s=seconds)
    finally:
        board.cord("plugged")
        scene.console.all_clear(order)
    wait_for(lambda: board.pins().get("amplifier") is False, Sentence("story-see-amplifier-off"), 20)
    evidence.note(pin_changes=len(board.pin_log()))


STEPS = (
    StoryStep("ordinary", ordinary),
    StoryStep("emergency", emergency),
    StoryStep("stopped", stopped),
    StoryStep("outage", outage),
    StoryStep("cord", pulled_cord),
)
START_ERRORS = StoryStep("start-errors", start_errors)
