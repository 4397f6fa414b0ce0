"""A package of another architecture tried on this machine: everything a role imports, under qemu's user emulation."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from deploy.errors import ProgramMissing
from deploy.packages.cache import scratch
from deploy.packages.closure import fetch_closure
from deploy.packages.environments import PROGRAMS
from deploy.packages.errors import ToolFailed
from deploy.packages.roots import enter
from deploy.packages.targets import Target
from langso.words.catalogue import Sentence

_MERGED = ("bin", "sbin", "lib", "lib64")
_OURS = {
    "office": ("langso", "scanner", "office"),
    "speaker": ("langso", "firmware_bridge", "speaker"),
    "kiosk": ("langso", "firmware_bridge", "scanner", "kiosk"),
}
_TRY = """
import importlib, importlib.metadata, pkgutil, platform, sys
wanted = set()
for top in sys.argv[1:]:
    for found in pkgutil.walk_packages(importlib.import_module(top).__path__, top + ".", onerror=lambda name: None):
        if ".firmware." not in found.name and ".twin" not in found.name:
            wanted.add(found.name)
files = [str(file) for one in importlib.metadata.distributions() for file in one.files or ()]
compiled = {file.split("/")[0].split(".")[0] for file in files if file.endswith(".so") and ".libs/" not in file}
failed = 0
for name in sorted(wanted | {one for one in compiled if one.isidentifier()} | {"ssl", "sqlite3"}):
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed += 1
        print(f"FAILED {name}: {type(error).__name__}: {error}")
    else:
        print(f"ok {name}")
print(platform.machine(), "Python", platform.python_version())
sys.exit(failed > 0)
"""


def try_imports(target: Target, deb: Path) -> str:
    """What importing every module of the role and every compiled package said, ending with machine and Python.

    Needs the network for the Debian packages not yet in the cache. Raises ToolFailed where an import fails,
    ProgramMissing without qemu.
    """
    machine = target.architecture.python
    foreign = machine != platform.machine()
    emulator = shutil.which(f"qemu-{machine}-static")
    if foreign and emulator is None:
        raise ProgramMissing(f"qemu-{machine}-static", "qemu-user-static")
    with scratch() as root:
        unpack((*fetch_closure([deb], target.release, target.architecture), deb), root)
        command = [f"/{PROGRAMS}/venv/bin/python", "-I", "-c", _TRY, *_OURS[target.role]]
        if foreign and emulator is not None:
            shutil.copy(emulator, root / "emulator")
            command = ["/emulator", *command]
        variables = {"LANGSO_ASSETS": f"/{PROGRAMS}/assets", "HOME": "/tmp", "SDL_VIDEODRIVER": "offscreen"}
        said = enter(root, command, why=Sentence("packages-do-import", name=target.name), variables=variables)
    failed = [line for line in said.splitlines() if line.startswith("FAILED")]
    if failed:
        raise ToolFailed("\n".join(failed))
    return said


def unpack(debs: Iterable[Path], root: Path) -> None:
    """The files of Debian packages laid into `root` without their scripts, which are for another machine."""
    for name in _MERGED:
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for deb in debs:
        laying = ["tar", "-x", "--keep-directory-symlink", "-C", str(root)]
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as reading:
            done = subprocess.run(laying, stdin=reading.stdout, capture_output=True, text=True, check=False)
        if done.returncode or reading.returncode:
            raise ToolFailed(Sentence("packages-cannot-open", name=deb.name, said=done.stderr.strip()[-200:]))
    for name in ("proc", "tmp"):
        (root / name).mkdir(exist_ok=True)
