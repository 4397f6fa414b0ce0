"""What switches amplifier and lamps: pins of this machine or a microcontroller; allowed, and really answering."""

from __future__ import annotations

import fnmatch
import json
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy.doctor.acting import Act, Acted, act
from deploy.doctor.agent import said_of
from deploy.doctor.bounded import run
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from deploy.doctor.services import Service
from firmware_bridge.errors import BadPort
from firmware_bridge.opening import GPIO_PREFIX, parse_pins
from firmware_bridge.switchboard import CHECK_NAME
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t

ANSWER_S = 4.5
CHIP = Path("/dev/gpiochip0")


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `bridge`."""
    port = scene.settings.bridge.port
    if port is None:
        # Only a loudspeaker has an amplifier to think of.
        if scene.role == "speaker":
            yield Check.good(CHECK_NAME, t("doctor-no-board"))
        return
    said = said_of(scene, CHECK_NAME)
    try:
        if port.startswith(GPIO_PREFIX):
            yield judge_pins(port, act(scene.who, [Act("access", CHIP)])[0], scene.agent, said, scene.who.name)
            return
        found = act(scene.who, [Act("access", Path(port))])[0]
    except Unseen:
        yield unseen(CHECK_NAME, Sentence("doctor-board-as-service"))
        return
    wrong = judge_port(port, found, _driver(Path(port)), scene.agent, scene.who.name)
    if wrong is not None:
        yield wrong
    elif said is not None:
        yield said
    else:
        yield _ask(scene, port)


LOOK = Subject((CHECK_NAME,), ("speaker", "kiosk"), look)


def judge_pins(port: str, chip: Acted, service: Service | None, said: Check | None, user: str) -> Check:
    """`gpio:17` is no file: what counts are the numbers, the chip and the right to use it."""
    try:
        pins = parse_pins(port)
    except BadPort as error:
        return Check.bad(CHECK_NAME, str(error), t("doctor-correct-bridge-port"))
    if said is not None:
        return said
    if chip.absent:
        return Check.bad(CHECK_NAME, t("doctor-no-gpio"), t("doctor-remove-bridge-port"))
    if chip.forbidden:
        return Check.bad(
            CHECK_NAME,
            t("doctor-user-no-gpio", user=user),
            t("doctor-add-gpio-group", user=user),
        )
    if service is not None and not device_allowed(service, "/dev/gpiochip0", "gpiochip"):
        return Check.bad(
            CHECK_NAME,
            t("doctor-unit-no-gpio", name=service.name),
            t("doctor-allow-gpio", name=service.name),
        )
    return Check.good(
        CHECK_NAME, t("doctor-gpio-relays", pins=", ".join((f"{name}={pin}" for name, pin in pins.items())))
    )


def judge_port(port: str, found: Acted, driver: str, service: Service | None, user: str) -> Check | None:
    """A serial port: there, and permitted to the service; None where nothing speaks against it."""
    if found.absent:
        return Check.bad(
            CHECK_NAME,
            t("doctor-no-port", port=port),
            t("doctor-see-serial", port=port),
        )
    if found.forbidden:
        return Check.bad(
            CHECK_NAME,
            t("doctor-user-no-port", user=user, port=port),
            t("doctor-add-dialout-group", user=user),
        )
    if not found.good:
        return Check.bad(
            CHECK_NAME,
            t("doctor-port-unseen", port=port, why=found.why or Sentence("doctor-no-answer")),
            t("doctor-replug-cable"),
        )
    if service is not None and driver and not device_allowed(service, port, driver):
        return Check.bad(
            CHECK_NAME,
            t("doctor-unit-no-port", name=service.name, driver=driver),
            t("doctor-allow-port", driver=driver, name=service.name),
        )
    return None


def device_allowed(service: Service, path: str, driver: str) -> bool:
    """Whether a unit's DeviceAllow lets it open this device (`driver`: its name in /proc/devices)."""
    if service.device_policy == "auto" and not service.devices:
        return True
    return any(
        rule == path or (rule.startswith("char-") and fnmatch.fnmatch(driver, rule.removeprefix("char-")))
        for rule in service.devices
    )


def _driver(port: Path) -> str:
    try:
        number = port.stat()
        lines = Path("/proc/devices").read_text(encoding="ascii").splitlines()
    except OSError:
        return ""
    if not stat.S_ISCHR(number.st_mode):
        return ""
    major = str(os.major(number.st_rdev))
    # A driver may own several numbers, several drivers one: the names of this number.
    names = [words[1] for line in lines if len(words := line.split()) == 2 and words[0] == major]
    return names[-1].lstrip("/").removeprefix("dev/") if names else ""


def _ask(scene: Scene, port: str) -> Check:
    command = [sys.executable, "-m", "deploy", "bridge", "status", "--port", port, "--json"]
    said = run(*command, seconds=ANSWER_S, who=scene.who, more=_our_path())
    if said.good:
        try:
            told = json.loads(said.out)
            return Check(CHECK_NAME, told["level"] != "bad", told["why"], told["fix"], told["level"])
        except (ValueError, KeyError):
            pass
    return Check.bad(
        CHECK_NAME,
        t("doctor-board-silent", port=port),
        t("doctor-see-board", port=port),
    )


def _our_path() -> dict[str, str]:
    # As another user the working folder is another: our own code is named, wherever it lies.
    return {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
