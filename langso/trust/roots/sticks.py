"""USB sticks of this machine: which folder is one, whose root key lies on it, and never two keys at once."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from langso.contract import Threshold
from langso.contract.base import Count, Message, Sha256, Slug
from langso.durable.files import read_limited
from langso.durable.held_folder import HeldFolder, held
from langso.trust import Refused, RootKeys, SigningKey, open_sealed, seal
from langso.trust.envelope import parse_payload
from langso.trust.roots.errors import RootKeyDamaged, StickRefused
from langso.trust.roots.key_file import MAX_ROOT_KEY_FILE, RootKeyFile, read_root_key
from langso.words.catalogue import Sentence

KEY_FILES = "langso-root-*.key"
# It travels to every machine of the commune, and lies about.
INSTALLATION = "langso/cai-dat.sh"
MAX_MEMORY_FILE = 32 << 10
# What is mounted but lies in memory, on another machine or inside this one.
_NOT_HERE = (
    "autofs bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fuse.gvfsd-fuse fuse.portal "
    "fusectl hugetlbfs mqueue nfs nfs4 cifs overlay proc pstore ramfs rpc_pipefs securityfs selinuxfs "
    "squashfs sysfs tmpfs tracefs"
)


@dataclass(frozen=True)
class Mount:
    """One mounted file system. `device`: major:minor; `source`: what the kernel calls it; `kind`: vfat, exfat …"""

    folder: Path
    device: str
    source: str
    kind: str


@dataclass(frozen=True)
class KernelView:
    """Reads mounts and disks from the kernel; a test gives another one."""

    mountinfo: Path = Path("/proc/self/mountinfo")
    devices: Path = Path("/sys/dev/block")

    def mounts(self) -> list[Mount]:
        """All mounted file systems. Raises FileRefused."""
        found = []
        for line in read_limited(self.mountinfo, 4 << 20).decode("utf-8", "surrogateescape").splitlines():
            fields = line.split(" ")
            dash = fields.index("-", 6) if "-" in fields[6:] else 0
            if dash:
                found.append(Mount(Path(_unescaped(fields[4])), fields[2], fields[dash + 2], fields[dash + 1]))
        return found

    def sticks(self) -> list[Mount]:
        """Mounts that may be a stick: on another disk than the system's; each folder once."""
        mounts = self.mounts()
        inside = [one for one in mounts if one.folder in (Path("/"), Path("/boot"), Path("/usr"))]
        system = {disk for one in inside for disk in self._disks(one)}
        found = {
            one.folder: one for one in mounts if one.kind not in _NOT_HERE.split() and not system & self._disks(one)
        }
        return list(found.values())

    def _disks(self, mount: Mount) -> frozenset[str]:
        """The whole disks that a file system lies on, as major:minor: through partitions, LVM and encryption."""
        device = mount.device
        if device.startswith("0:") and mount.source.startswith("/dev/"):
            # Btrfs shows a number of its own.
            with contextlib.suppress(OSError):
                number = Path(mount.source).stat().st_rdev
                device = f"{os.major(number)}:{os.minor(number)}"
        return frozenset(self._under(device))

    def _under(self, device: str) -> Iterator[str]:
        place = self.devices / device
        try:
            slaves = [(slave / "dev").read_text().strip() for slave in (place / "slaves").iterdir()]
        except OSError:
            slaves = []
        if slaves:
            for slave in slaves:
                yield from self._under(slave)
            return
        try:
            partition = (place / "partition").exists()
            yield (place.resolve().parent / "dev").read_text().strip() if partition else device
        except OSError:
            yield device


class StickMemory(Message):
    """What a key remembers, signed with itself: the root it belongs to and the newest list it has signed."""

    kind: str = "root-memory"
    commune: Slug
    root: Threshold
    root_version: Count = 1
    trust: Count = 0
    sha256: Sha256 = "0" * 64

    @property
    def roots(self) -> RootKeys:
        """The root that the key last signed for."""
        return RootKeys.of(self.root, self.root_version)


@contextlib.contextmanager
def hold_stick(folder: Path, *, told: bool, machine: KernelView | None = None) -> Iterator[HeldFolder]:
    """A mounted stick, held open: only the folder that was found to be a stick is written to.

    `told`: the user says that this folder is meant, although it is no stick. Raises StickRefused, FileRefused.
    """
    if not folder.is_dir():
        raise StickRefused(Sentence("root-no-folder", folder=folder))
    with HeldFolder(folder) as stick:
        if not told:
            _require_mounted(folder, machine or KernelView())
        stick.require_there()
        yield stick


def _require_mounted(folder: Path, machine: KernelView) -> None:
    real = folder.resolve()
    if not os.path.ismount(real) or not any(one.folder == real for one in machine.sticks()):
        raise StickRefused(Sentence("root-no-stick", folder=folder))


def key_name(commune: str) -> str:
    """The file in which a stick keeps its root key of a commune."""
    return f"langso-root-{commune}.key"


def keep_key(place: Path | HeldFolder, key: RootKeyFile) -> None:
    """Writes a new key onto a stick that may hold it, and reads it back. Raises StickRefused, FileRefused."""
    with held(place) as stick:
        require_free(stick, key.commune)
        stick.write(key_name(key.commune), key.to_json(), mode=0o600)


def key_on(place: Path | HeldFolder, commune: str | None = None) -> RootKeyFile:
    """The one root key (of this commune) on a stick. Raises StickRefused, RootKeyDamaged, FileRefused."""
    with held(place) as stick:
        names = stick.names(KEY_FILES)[:16]
        if commune is not None:
            names = [name for name in names if name == key_name(commune)]
        if not names:
            whose = Sentence("root-of-commune", commune=commune) if commune else ""
            raise StickRefused(Sentence("root-no-key-on", whose=whose, path=stick.path))
        if len(names) > 1:
            raise StickRefused(Sentence("root-several-keys", path=stick.path))
        return read_root_key(stick.read(names[0], MAX_ROOT_KEY_FILE))


def require_free(place: Path | HeldFolder, commune: str) -> None:
    """Raises StickRefused unless the stick may take a new key: it is no installation stick and has no key of this
    commune.
    """
    with held(place) as stick:
        refuse_installation(stick)
        name = key_name(commune)
        if stick.has(name):
            raise StickRefused(Sentence("root-has-key", name=name))


def refuse_installation(stick: HeldFolder) -> None:
    """Raises StickRefused for the installation stick: it is put into every machine, and a root key must not be."""
    if stick.has(INSTALLATION):
        raise StickRefused(Sentence("root-installation-stick", path=stick.path, installation=INSTALLATION))


def refuse_a_second_key(place: Path | HeldFolder, commune: str, machine: KernelView | None = None) -> None:
    """Raises StickRefused where another root key of the commune is mounted now: no machine may see two."""
    own = (place.path if isinstance(place, HeldFolder) else place).resolve()
    for mount in (machine or KernelView()).sticks():
        if mount.folder != own and (mount.folder / key_name(commune)).exists():
            raise StickRefused(Sentence("root-two-keys-here", folder=mount.folder))


def read_memory(place: Path | HeldFolder, key: RootKeyFile) -> StickMemory | None:
    """What the stick's key remembers, where its own signature holds; None where it remembers nothing yet.

    Raises RootKeyDamaged for a memory that is damaged or another's: it must not be forgotten unnoticed.
    """
    name = _memory_name(key.commune)
    with held(place) as stick:
        if not stick.has(name):
            return None
        raw = stick.read(name, MAX_MEMORY_FILE)
    try:
        found = parse_payload(open_sealed(raw, "root-memory", [key.public]), StickMemory)
    except Refused as refused:
        raise RootKeyDamaged(Sentence("root-memory-damaged", name=name)) from refused
    if found.commune != key.commune:
        raise RootKeyDamaged(Sentence("root-memory-not-ours", name=name))
    return found


def keep_memory(place: Path | HeldFolder, key: SigningKey, memory: StickMemory) -> None:
    """Writes what the key remembers from now on. Raises FileRefused."""
    with held(place) as stick:
        stick.write(_memory_name(memory.commune), seal(memory, "root-memory", [key]), mode=0o600)


def _memory_name(commune: str) -> str:
    return f"langso-root-{commune}.seen"


def _unescaped(text: str) -> str:
    """The kernel writes a space in a mount's name as \\040."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
