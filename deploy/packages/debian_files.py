"""The texts of one package's debian/ folder and of what it lays beside the programs."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from deploy.apt import packages_of
from deploy.install.units import sockets_of
from deploy.packages.targets import Target
from deploy.packages.version import Build
from langso.words.catalogue import t
from langso.words.language import in_language

_HERE = Path(__file__).parent
_MAINTAINER = "Lang So <langso@localhost>"
_TITLES = {"office": "commune office", "speaker": "loudspeaker", "kiosk": "touchscreen kiosk"}
# Needed to make an environment, not where it comes ready inside the package.
_NOT_INSTALLED = {"python3-venv"}
# What Raspberry Pi's archive has and Debian's has not: the camera on the ribbon cable, the board's own pins.
_SUGGESTED = {"kiosk": ("python3-picamera2", "python3-lgpio"), "speaker": ("python3-lgpio",), "office": ()}


def depends_of(target: Target) -> tuple[str, ...]:
    """What apt must bring: the role's list, and exactly the Python that the environment was made for."""
    listed = [name for name in packages_of(target.role) if name not in _NOT_INSTALLED]
    return ("${misc:Depends}", *target.release.python_depends.split(", "), "libc6 (>= 2.36)", "libstdc++6", *listed)


def control(target: Target) -> str:
    """debian/control of one role.

    One machine has one role. No `Conflicts` says so: apt would make room by taking the other role's
    programs away, with `-y` unasked. Their preinst refuses before a file is unpacked.
    """
    # The same package whoever makes it: what it is stands there in Vietnamese, for technicians here.
    with in_language("vi"):
        long = t(f"packages-role-{target.role}")
    return f"""Source: langso
Section: misc
Priority: optional
Maintainer: {_MAINTAINER}
Build-Depends: debhelper-compat (= 13), dh-sequence-installsysusers
Standards-Version: 4.6.2
Rules-Requires-Root: no

Package: {target.package}
Architecture: {target.architecture.debian}
Depends: {", ".join(depends_of(target))}
{_suggests(target)}Description: Làng Số {_TITLES[target.role]}
 {long}
 .
 Python, fonts and models are inside; see `langso --help`.
"""


def _suggests(target: Target) -> str:
    names = _SUGGESTED[target.role]
    return f"Suggests: {', '.join(names)}\n" if names else ""


def changelog(target: Target, build: Build) -> str:
    """debian/changelog: one entry, which names the commit."""
    moment = format_datetime(datetime.fromtimestamp(build.seconds, UTC))
    version = build.debian(target.release)
    return f"""langso ({version}) {target.release.codename}; urgency=medium

  * Commit {build.commit}.

 -- {_MAINTAINER}  {moment}
"""


def template(name: str, target: Target, folders: tuple[str, ...]) -> str:
    """A file of this package's debian/ folder with the role's words filled in."""
    text = (_HERE / "debian" / name).read_text(encoding="utf-8")
    words = {
        "@PACKAGE@": target.package,
        "@ROLE@": target.role,
        "@FOLDERS@": " ".join(folders),
        "@SOCKETS@": " ".join(socket.file_name for socket in sockets_of(target.role)),
    }
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text


def wrapper() -> str:
    """/usr/bin/langso."""
    return (_HERE / "langso.sh").read_text(encoding="utf-8")


def stick_script() -> str:
    """The script that installs from a stick; an installed machine runs its own copy."""
    return (_HERE / "cai-dat.sh").read_text(encoding="utf-8")
