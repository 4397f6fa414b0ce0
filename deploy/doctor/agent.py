"""What the running agent itself says: lines that only it can know (the player, the library, the line it holds)."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.outcome import Look, Skipped
from deploy.doctor.scene import Scene
from langso.contract import HealthLine
from langso.health import Check

ITS_OWN = ("timeline", "library", "mute", "office", "catalogue", "outbox", "camera-table", "lamp", "link")
"""Taken over as they are. Others doctor judges itself, asking the agent where the agent holds the thing."""
SETTLING_S = 90.0


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `agent`, and the agent's own."""
    if not scene.running or scene.paired is None:
        yield Skipped("agent", "dịch vụ không chạy" if scene.paired is not None else scene.without_pairing)
        return
    service = scene.agent
    young = service is not None and (service.up_s < SETTLING_S or service.looping)
    told = scene.told
    if told is None or not told.fresh:
        if young:
            yield Skipped("agent", "dịch vụ vừa khởi động")
            return
        since = "" if told is None else f" từ {int(told.age_s // 60)} phút nay"
        unit = f"langso-{scene.role}"
        fix = f"systemctl restart {unit}; xem: journalctl -u {unit} -n 50" if scene.services else "Tắt rồi chạy lại."
        yield Check.bad("agent", f"Chương trình chạy nhưng không ghi trạng thái{since}: có thể bị treo.", fix)
        return
    yield Check.good("agent", f"Chương trình đang ghi trạng thái đều ({told.state.software}).")
    for line in told.state.health:
        if line.name in ITS_OWN:
            yield as_check(line)


LOOK = Look(("agent",), ("speaker", "kiosk"), look)


def said_of(scene: Scene, name: str) -> Check | None:
    """What the agent says of one thing, None where it does not run, hangs or says nothing of it."""
    if not scene.running or scene.told is None or not scene.told.fresh:
        return None
    return next((as_check(line) for line in scene.told.state.health if line.name == name), None)


def as_check(line: HealthLine) -> Check:
    """The line of a state as a Check."""
    return Check(line.name, line.level != "bad", line.why, line.fix, line.level)
