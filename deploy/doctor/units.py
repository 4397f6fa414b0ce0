"""The role's services: a line for each unit, one for the next boot; without systemd, whether the role runs at all."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import Scene
from deploy.doctor.services import judge_boot, judge_service
from deploy.install.units import ROLES
from langso.contract.health import Check
from langso.words.catalogue import t


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `service_NAME`, `boot`; or `services` where systemd does not keep them."""
    if scene.services:
        yield from (judge_service(service, f"langso-{scene.role}") for service in scene.services)
        yield judge_boot((*scene.services, *scene.beside))
        return
    if scene.installed and scene.systemd:
        yield Check.bad("services", t("doctor-systemd-silent"), t("doctor-reboot"))
    elif scene.installed:
        yield Check.warning(
            "services",
            t("doctor-no-systemd"),
            t("doctor-use-debian"),
        )
    elif scene.running:
        yield Check.good("services", t("doctor-by-hand"))
    else:
        yield Check.warning(
            "services",
            t("doctor-program-off"),
            t("doctor-run-by-hand", role=scene.role),
        )


LOOK = Subject(("services", "boot"), ROLES, look)
