"""Advice that several lines share: what cures a thing on a machine without internet, as it is typed."""

from __future__ import annotations

import platform
from pathlib import Path

STICK = "/media/usb/langso"
"""Where the signed stick's folder stands once the stick is mounted, as in the README."""
KEPT = Path("/var/cache/langso/current")
"""The installer keeps here the package that it installed last."""
FINISH = f"Cắm USB cài đặt rồi chạy lại: sudo sh {STICK}/cai-dat.sh (hoặc: sudo langso install)"
"""What goes on with an installation that was cut."""
MAKE_ROOM = (
    "Dọn chỗ: sudo apt-get clean; sudo journalctl --vacuum-size=50M; tìm tệp lớn: sudo du -xh / | sort -h | tail "
    "(đừng xoá gì trong /var/lib/langso-*)"
)


def reinstall(package: str, kept: Path = KEPT) -> str:
    """Our own package laid anew over what was lost, of the same version: apt alone would find nothing to do."""
    file = kept / f"{package}.deb"
    if file.is_file():
        return f"sudo dpkg -i {file}"
    return f"Cắm USB cài đặt rồi chạy: sudo dpkg -i {STICK}/{_release()}/{package}_*.deb"


def restore(*names: str) -> str:
    """Debian's packages laid anew, from the network or from the stick that carries them."""
    files = " ".join(f"{STICK}/{_release()}/{name}_*.deb" for name in names)
    online = f"sudo apt-get install --reinstall {' '.join(names)}"
    return f"Cắm USB cài đặt rồi chạy: sudo dpkg -i {files}; có mạng thì: {online}"


def restart(unit: str) -> str:
    """For a service that runs and does not do its work."""
    return f"sudo systemctl restart {unit}; xem: journalctl -u {unit} -n 50"


def _release() -> str:
    try:
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "") or "BẢN-DEBIAN"
    except OSError:
        return "BẢN-DEBIAN"
