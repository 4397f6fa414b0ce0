"""The whole examination: all looks at once, each with its own time limit, so that one that hangs delays nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.doctor import (
    agent,
    board,
    broadcasts,
    broker,
    camera,
    databases,
    device_trust,
    machine,
    packages,
    pairing,
    software,
    sound,
    units,
)  # fmt: skip
from deploy.doctor.bounded import Errand, patient
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import SEE_MORE, Skipped, Subject
from deploy.doctor.scene import Scene, gather_scene
from deploy.doctor.words import LABELS, label
from langso.contract.health import Check, worst_first
from langso.errors import LangsoError
from langso.settings.errors import SettingsError
from langso.settings.reading import Settings, load_settings
from langso.words.catalogue import t

SCENE_S = 8.0
_ORDER = {code: number for number, code in enumerate(LABELS)}


@dataclass(frozen=True)
class Examination:
    """The checks, worst first, then by subject; the lines left out because of another line; the settings examined."""

    checks: tuple[Check, ...]
    skipped: tuple[Skipped, ...] = ()
    settings: Settings | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def bad(self) -> bool:
        """Whether any line is red."""
        return any(check.level == "bad" for check in self.checks)


def examine(settings_file: Path) -> Examination:
    """Never hangs, and never raises for what it finds; a machine without settings gets the checks that need none."""
    begun = time.monotonic()
    try:
        settings = Errand(lambda: load_settings(settings_file)).result(patient(3.0))
    except (LangsoError, TimeoutError) as error:
        found = [*packages.before_setup(), _no_settings(settings_file, error), *machine.readings(Path("/var/lib"))]
        return Examination(tuple(ordered(found)), seconds=time.monotonic() - begun)
    checks = [
        Check.good("settings", t("doctor-settings-good", settings_file=settings_file, role=settings.device.role))
    ]
    try:
        scene = Errand(lambda: gather_scene(settings, settings_file)).result(patient(SCENE_S))
    except TimeoutError:
        stuck = Check.bad("services", t("doctor-machine-silent"), "systemctl reboot")
        return Examination((stuck, *checks), settings=settings, seconds=time.monotonic() - begun)
    more, skipped = look_at(scene, looks_of(scene.role))
    return Examination(tuple(ordered([*checks, *more])), tuple(skipped), settings, time.monotonic() - begun)


def looks_of(role: str) -> list[Subject]:
    """The looks of one role. An office's own are imported at an office only, where what they need is installed."""
    devices = [agent.LOOK, pairing.LOOK, device_trust.LOOK]
    if role == "office":
        from deploy.doctor import office

        devices = list(office.LOOKS)
    common = [units.LOOK, *devices, broker.LOOK, databases.LOOK_STATE, databases.LOOK_DATABASES, sound.LOOK]
    more = [
        agent.LOOK_SCREEN,
        board.LOOK,
        camera.LOOK,
        packages.LOOK,
        *software.LOOKS,
        *broadcasts.LOOKS,
        *machine.LOOKS,
    ]
    return [look for look in (*common, *more) if role in look.roles]


def look_at(scene: Scene, looks: Sequence[Subject]) -> tuple[list[Check], list[Skipped]]:
    """Runs all looks at once; one that raises or hangs gives a line with its own name."""
    begun = time.monotonic()
    errands = [(look, Errand(lambda see=look.see: list(see(scene)))) for look in looks]  # type: ignore[misc]
    checks: list[Check] = []
    skipped: list[Skipped] = []
    for look, errand in errands:
        try:
            found = errand.result(begun + patient(look.seconds) - time.monotonic())
        except TimeoutError:
            name = look.names[0]
            why = t("doctor-item-hangs", name=label(name))
            found = [Check.bad(name, why, t("doctor-remove-hanging"))]
        except (PermissionError, Unseen) as error:
            found = [_unable(look, error)]
        except Exception as error:  # noqa: BLE001 - one broken look must not hide the others
            found = [_unable(look, error)]
        checks += [one for one in found if isinstance(one, Check)]
        skipped += [one for one in found if isinstance(one, Skipped)]
    return checks, skipped


def ordered(checks: Sequence[Check]) -> list[Check]:
    """The worst first, then in the order of LABELS."""
    return worst_first(sorted(checks, key=lambda check: _ORDER.get(check.name, len(_ORDER))))


def _unable(look: Subject, error: Exception) -> Check:
    name = look.names[0]
    if isinstance(error, PermissionError) and os.geteuid() != 0:
        return Check.warning(name, t("doctor-item-no-right", name=label(name)), SEE_MORE)
    why = str(error) or type(error).__name__
    return Check.bad(name, t("doctor-item-fails", name=label(name), why=why[:200]), t("doctor-send-this-line"))


def _no_settings(file: Path, error: Exception) -> Check:
    if isinstance(error, TimeoutError):
        return Check.bad("settings", t("doctor-reading-hangs", file=file), t("doctor-see-disk"))
    if not file.exists():
        return Check.bad("settings", t("doctor-not-set-up", file=file), t("doctor-run-setup"))
    if isinstance(error, SettingsError) and not os.access(file, os.R_OK) and os.geteuid() != 0:
        return Check.warning("settings", t("doctor-file-no-right-here", file=file), SEE_MORE)
    return Check.bad("settings", str(error), t("doctor-correct-settings", file=file))
