"""Which machine and which versions of programs the figures belong to."""

from __future__ import annotations

import os
import platform
import sqlite3
import ssl
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from langso.words.catalogue import t

_LIBRARIES = ("numpy", "opencv-contrib-python-headless", "zxing-cpp", "ocrmypdf", "kivy", "cryptography", "PyGObject")


@dataclass(frozen=True)
class MachineFigures:
    """`celsius`: the warmest sensor, None where there is none; `disk`: what the durable figures were written to."""

    model: str
    processor: str
    cores: int
    memory_mb: int
    system: str
    kernel: str
    architecture: str
    python: str
    langso: str
    disk: str
    celsius: float | None = None
    versions: dict[str, str] = field(default_factory=dict)


def this_machine(folder: Path, root: Path = Path("/")) -> MachineFigures:
    """The machine it runs on; `root`: where /proc, /sys and /etc are looked for."""
    device_tree = _text(root / "proc/device-tree/model")
    dmi = " ".join(
        filter(None, (_text(root / f"sys/class/dmi/id/{name}") for name in ("sys_vendor", "product_name")))
    )
    cpu = _field(root / "proc/cpuinfo", ("model name", "Model"))
    versions = {"sqlite": sqlite3.sqlite_version, "openssl": ssl.OPENSSL_VERSION.split()[1]}
    for name in _LIBRARIES:
        if found := _version(name):
            versions[name] = found
    return MachineFigures(
        model=device_tree or dmi or t("bench-no-name"),
        processor=cpu or platform.processor() or "?",
        cores=os.cpu_count() or 1,
        memory_mb=int((_field(root / "proc/meminfo", ("MemTotal",)) or "0 kB").split()[0]) // 1024,
        system=(_field(root / "etc/os-release", ("PRETTY_NAME",), "=") or platform.system()).strip('"'),
        kernel=platform.release(),
        architecture=platform.machine(),
        python=platform.python_version(),
        langso=_version("langso") or "?",
        disk=_disk(folder, root),
        celsius=warmest(root),
        versions=versions,
    )


def warmest(root: Path = Path("/")) -> float | None:
    """Degrees of the warmest sensor; a Pi slows down from 80 on."""
    found = []
    for zone in (root / "sys/class/thermal").glob("thermal_zone*/temp"):
        text = _text(zone)
        if text.lstrip("-").isdigit():
            found.append(int(text) / 1000)
    return max(found, default=None)


def _disk(folder: Path, root: Path) -> str:
    """The file system's device and kind under a folder, from the longest mount point that leads to it."""
    best = ("", "?", "?")
    for line in _text(root / "proc/mounts").splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        place = parts[1].replace("\\040", " ")
        if folder.resolve().is_relative_to(place) and len(place) >= len(best[0]):
            best = (place, parts[0], parts[2])
    return f"{best[1]} ({best[2]})"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _field(file: Path, names: tuple[str, ...], separator: str = ":") -> str:
    for line in _text(file).splitlines():
        name, found, value = line.partition(separator)
        if found and name.strip() in names:
            return value.strip()
    return ""


def _text(file: Path) -> str:
    try:
        return file.read_bytes()[: 1 << 20].decode("utf-8", "replace").strip("\0 \n")
    except OSError:
        return ""
