"""Advice that several lines share: what to type to repair a thing on a machine without internet."""

from __future__ import annotations

import platform
from pathlib import Path

from langso.words.catalogue import Sentence, t

STICK = "/media/usb/langso"
"""Where the signed stick's folder stands once the stick is mounted, as in the README."""
KEPT = Path("/var/cache/langso/current")
"""The installer keeps here the package that it installed last."""
FINISH = Sentence("doctor-reinstall", stick=STICK)
"""What goes on with an installation that was cut."""
MAKE_ROOM = Sentence("doctor-make-space")


def reinstall(package: str, kept: Path = KEPT) -> str:
    """Installs our package of the same version again, over lost files: apt alone would find nothing to do."""
    file = kept / f"{package}.deb"
    if file.is_file():
        return f"sudo dpkg -i {file}"
    return t("doctor-install-package", stick=STICK, release=_release(), package=package)


def restore(*names: str) -> str:
    """Installs Debian's packages again, from the network or from the stick that carries them."""
    files = " ".join(f"{STICK}/{_release()}/{name}_*.deb" for name in names)
    online = f"sudo apt-get install --reinstall {' '.join(names)}"
    return t("doctor-install-packages", files=files, online=online)


def restart(unit: str) -> str:
    """Restarts a service that runs but does not do its work."""
    return t("doctor-restart", units=unit, unit=unit)


def _release() -> str:
    try:
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "") or t("doctor-debian-release")
    except OSError:
        return t("doctor-debian-release")
