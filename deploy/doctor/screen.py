"""A kiosk's screen: whether there is one to draw on, as the running kiosk itself finds it."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.outcome import Look, Skipped
from deploy.doctor.scene import Scene
from langso.contract.health import Check


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `screen`."""
    if scene.waits is not None and scene.waits.reason == "screen":
        yield Check.bad("screen", scene.waits.why, "Cắm màn hình và nguồn của nó; kiosk tự chạy tiếp sau vài giây.")
    elif scene.running and scene.told is not None and scene.told.fresh:
        yield Check.good("screen", "Kiosk đang vẽ lên màn hình.")
    else:
        yield Skipped("screen", "kiosk chưa vẽ gì để hỏi")


LOOK = Look(("screen",), ("kiosk",), look)
