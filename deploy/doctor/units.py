"""Lines of the role's services: one for each unit, one for the next boot; without systemd, whether it runs at all."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.outcome import Look, Skipped
from deploy.doctor.scene import Scene
from deploy.doctor.services import judge_boot, judge_service
from deploy.install.units import ROLES
from langso.contract.health import Check


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `service_NAME`, `boot`; or `services` where systemd does not keep them."""
    if scene.services:
        yield from (judge_service(service, f"langso-{scene.role}") for service in scene.services)
        yield judge_boot((*scene.services, *scene.beside))
        return
    if scene.installed and scene.systemd:
        yield Check.bad("services", "systemd không trả lời về các dịch vụ.", "Khởi động lại máy: systemctl reboot")
    elif scene.installed:
        yield Check.warning(
            "services",
            "Máy này không chạy systemd nên không tự bật lại dịch vụ.",
            "Dùng máy Debian 12 trở lên, không phải container rút gọn.",
        )
    elif scene.running:
        yield Check.good("services", "Chương trình đang chạy (chạy tay, không phải dịch vụ).")
    else:
        yield Check.warning(
            "services",
            "Chương trình không chạy.",
            f"Chạy tay: langso {scene.role} --help, hoặc cả làng: langso village --help",
        )


LOOK = Look(("services", "boot"), ROLES, look)
