"""What a device obeys: the list of rights, its version marks, its clock; read from disk, as its next start would."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import cast

from deploy.doctor.acting import Act, act
from deploy.doctor.agent import waiting
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.device.machine_checks import clock
from langso.timekeeping.clock import BEHIND_FLOOR, ClockEvidence, ClockReason, ClockTrust, SystemClock, judge_clock
from langso.timekeeping.evidence import gather_evidence
from langso.timekeeping.known_time import known_time
from langso.trust import Keeper
from langso.trust.checks import clock_check, trust_checks
from langso.trust.marks import COPIES, FOLDER, MarksFile
from langso.words.catalogue import Sentence, t


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `trust`, `marks`, `clock` of a device that is paired; `clock` of any."""
    keeper = held(scene)
    if keeper is None:
        yield from (Skipped(name, scene.without_pairing) for name in ("trust", "marks"))
        judged = _own_judgement(scene, None)
        # Before pairing there is nobody to prove the time, and nothing yet to be done at any.
        yield clock(judged) if judged.trusted else Skipped("clock", scene.without_pairing)
        return
    trust_folder = scene.state / FOLDER
    bundle = trust_folder / "bundle.json"
    try:
        found = act(scene.who, [Act("read", bundle), *(Act("read", trust_folder / copy) for copy in COPIES)])
    except Unseen:
        yield unseen("trust", Sentence("doctor-trust-list"))
        return
    judged = _clock(scene, keeper.floor)
    lines = {
        check.name: check
        for check in trust_checks(
            keeper.trust,
            clock=judged,
            now=scene.now,
            heard=keeper.floor,
            needs_nonce=keeper.needs_nonce,
            revoked=keeper.revoked,
        )
    }
    if found[0].forbidden:
        yield Check.bad(
            "trust", t("doctor-service-cannot-read-file", file=bundle), f"chown {scene.who.name}: {bundle}"
        )
    elif keeper.trust is None and not found[0].absent:
        yield Check.bad(
            "trust",
            t("doctor-trust-damaged"),
            t("doctor-get-trust-again"),
        )
    else:
        yield lines["trust"]
    marks = MarksFile(trust_folder).load()
    if marks is None:
        yield Check.bad(
            "marks",
            t("doctor-marks-lost"),
            t("doctor-confirm-or-pair"),
        )
    elif any(one.forbidden for one in found[1:]):
        yield Check.bad("marks", t("doctor-marks-unreadable"), f"chown -R {scene.who.name}: {trust_folder}")
    else:
        yield lines["marks"]
    yield judge_device_clock(scene, judged, keeper.floor)


LOOK = Subject(("trust", "marks", "clock"), ("speaker", "kiosk"), look)


def held(scene: Scene) -> Keeper | None:
    """What the device holds, verified again without writing anything; None where it is not paired."""
    if scene.paired is None:
        return None
    answer = scene.paired.answer
    return Keeper(
        scene.state,
        answer.commune,
        answer.device,
        scene.paired.roots,
        SystemClock(),
        scene.settings.clock.trust,
        evidence=partial(_evidence, scene),
        look_only=True,
    )


def clock_of(scene: Scene, keeper: Keeper) -> ClockTrust:
    """How the clock is judged: by the running agent, which alone knows of nonce answers; else from here."""
    return _clock(scene, keeper.floor)


def day_of(scene: Scene) -> datetime:
    """The time by which certificates are judged: the proven time, where the clock is not trusted."""
    keeper = held(scene)
    return scene.now if keeper is None else known_time(scene.now, clock_of(scene, keeper), keeper.floor).earliest


def judge_device_clock(scene: Scene, judged: ClockTrust, floor: datetime | None) -> Check | Skipped:
    """An office's answer proves the time to the running agent alone: where it does not run, waits for something or
    has only just started, little is known. A clock behind what was signed is wrong whatever the office will say.
    """
    behind = floor is not None and scene.now < floor - BEHIND_FLOOR
    if judged.trusted:
        return clock_check(judged, scene.now)
    if behind:
        return clock(judged)
    if scene.waits is not None:
        return waiting("clock", scene.waits)
    if scene.settling:
        return Check.warning(
            "clock",
            t("doctor-time-not-heard"),
            t("doctor-wait-a-minute"),
        )
    if scene.running or judged.reason == "far_from_floor":
        return clock(judged)
    return Skipped("clock", t("doctor-nobody-to-ask-time"))


def _clock(scene: Scene, floor: datetime | None) -> ClockTrust:
    if scene.running and scene.told is not None and scene.told.fresh:
        said = scene.told.state.clock
        return ClockTrust(said.trusted, cast(ClockReason, said.reason), said.why, said.proven_until)
    return _own_judgement(scene, floor)


def _own_judgement(scene: Scene, floor: datetime | None) -> ClockTrust:
    return judge_clock(scene.now, _evidence(scene), floor=floor, mode=scene.settings.clock.trust)


def _evidence(scene: Scene) -> ClockEvidence:
    drift = scene.settings.clock.rtc_drift_ppm
    return gather_evidence(scene.state, scene.settings.paths.run, remember=False, rtc_ppm=drift)
