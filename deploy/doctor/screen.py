"""A kiosk's screen: whether there is one to draw on, as the running kiosk itself finds it."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.words.catalogue import t


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `screen`."""
    if scene.waits is not None and scene.waits.reason == "screen":
        yield Check.bad("screen", scene.waits.why, t("doctor-plug-screen"))
    elif scene.running and scene.told is not None and scene.told.fresh:
        yield Check.good("screen", t("doctor-screen-good"))
    else:
        yield Skipped("screen", t("doctor-nothing-drawn"))


LOOK = Subject(("screen",), ("kiosk",), look)
