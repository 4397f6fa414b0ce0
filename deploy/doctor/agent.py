"""What the running agent says of itself: lines that only it can know (the player, the library, its connection)."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import Scene
from langso.contract.health import Check, check_of
from langso.device.waits import Waits
from langso.words.catalogue import Sentence, t

ITS_OWN = (
    *("timeline", "library", "mute"),
    *("office", "catalogue", "outbox", "visits", "camera-table", "lamp", "link"),
)
"""Taken over as they are. Others doctor judges itself, asking the agent where the agent holds the thing."""
COMING = ("link", "office", "catalogue")
"""What comes by itself soon after a start."""
WAITS_FOR = {"screen": Sentence("doctor-waits-for-screen")}


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `agent`, and the agent's own."""
    if not scene.running or scene.paired is None:
        yield Skipped("agent", t("doctor-service-not-running") if scene.paired is not None else scene.without_pairing)
        return
    if scene.waits is not None:
        yield waiting("agent", scene.waits)
        return
    told = scene.told
    if told is None or not told.fresh:
        yield Skipped("agent", t("doctor-service-just-started")) if scene.settling else _silent(scene)
        return
    yield Check.good("agent", t("doctor-state-written", software=told.state.software))
    for line in told.state.health:
        if line.name in ITS_OWN:
            check = check_of(line)
            yield soon(check) if scene.settling and line.name in COMING else check


LOOK = Subject(("agent",), ("speaker", "kiosk"), look)


def look_screen(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `screen`: whether there is one to draw on, as the running kiosk itself finds it."""
    if scene.waits is not None and scene.waits.reason == "screen":
        yield Check.bad("screen", scene.waits.why, t("doctor-plug-screen"))
    elif scene.running and scene.told is not None and scene.told.fresh:
        yield Check.good("screen", t("doctor-screen-good"))
    else:
        yield Skipped("screen", t("doctor-nothing-drawn"))


LOOK_SCREEN = Subject(("screen",), ("kiosk",), look_screen)


def said_of(scene: Scene, name: str) -> Check | None:
    """What the agent says of one thing; None where it does not run, hangs, or says nothing of it."""
    if not scene.running or scene.told is None or not scene.told.fresh:
        return None
    return next((check_of(line) for line in scene.told.state.health if line.name == name), None)


def waiting(name: str, waits: Waits) -> Skipped:
    """A line that is left out because the program waits; what it waits for has a line of its own."""
    return Skipped(name, WAITS_FOR.get(waits.reason, t("doctor-program-waits", why=waits.why.rstrip("."))))


def soon(check: Check) -> Check:
    """The check of a program that has only just started: a warning says that it may be too early; others stay."""
    if check.level != "warn":
        return check
    why = t("doctor-perhaps-not-yet", why=check.why)
    return Check.warning(check.name, why, t("doctor-again-in-a-minute", fix=check.fix))


def _silent(scene: Scene) -> Check:
    """It runs and writes no state. One that hangs wrote before; of one that never did its own words are told."""
    told, service, unit = scene.told, scene.agent, f"langso-{scene.role}"
    fix = t("doctor-restart-as-root", unit=unit) if scene.services else t("doctor-stop-and-run")
    if told is None and service is not None and service.status:
        said = service.status.rstrip(".")
        return Check.bad(
            "agent",
            t("doctor-runs-says", said=said),
            t("doctor-do-as-it-says", fix=fix),
        )
    if told is None:
        return Check.bad("agent", t("doctor-no-state"), fix)
    return Check.bad("agent", t("doctor-no-state-since", minutes=int(told.age_s // 60)), fix)
