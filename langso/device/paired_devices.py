"""The office's paired devices and their public keys, one file each, so that they outlive a lost database."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from langso.contract.base import KeyHex, Message, Moment, ShortText, Slug
from langso.durable.errors import FileRefused
from langso.durable.files import Stamp, make_folder, read_limited, stamp_of, write_atomic

MAX_DEVICE_FILE = 8 << 10
RESERVED = ("office", "root", "broker")


class PairedDevice(Message):
    """One paired device: `public_key`, its raw Ed25519 key in hex, verifies its reports. `courier`: only a courier
    reaches it, so its certificate lasts longer. (A device's own side of its pairing is `pairing.Paired`.)
    """

    id: Slug
    role: Literal["speaker", "kiosk", "bridge"]
    place: ShortText = ""
    village: Slug | None = None
    public_key: KeyHex
    registered: Moment
    courier: bool = False

    @property
    def public(self) -> bytes:
        """The raw public key."""
        return bytes.fromhex(self.public_key)


def keep_device(folder: Path, device: PairedDevice) -> None:
    """Writes the device's file atomically. Raises FileRefused."""
    make_folder(folder, 0o750)
    write_atomic(folder / f"{device.id}.json", device.to_json(), mode=0o640)


def read_device(folder: Path, device_id: str) -> PairedDevice | None:
    """One device's file; None where it is absent, damaged or of another id."""
    # Joined as text: a page asks for a hundred of them, and a Path costs more than the look at the file.
    path = f"{folder}/{device_id}.json"
    try:
        found = _read(path, stamp_of(path))
    except (FileRefused, ValidationError, ValueError):
        return None
    return found if found.id == device_id else None


def read_devices(folder: Path) -> list[PairedDevice]:
    """All devices, sorted by id; a damaged file is left out."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError:
        return []
    found = (read_device(folder, name.removesuffix(".json")) for name in names if name.endswith(".json"))
    return [device for device in found if device is not None]


def fleet_size(folder: Path) -> int:
    """About how many devices are paired: the next power of two, so that one device more is seldom news."""
    try:
        with os.scandir(folder) as entries:
            count = sum(entry.name.endswith(".json") for entry in entries)
    except OSError:
        return 0
    return 1 << (count - 1).bit_length() if count else 0


@lru_cache(maxsize=2048)
def _read(path: str, stamp: Stamp | None) -> PairedDevice:
    """What the file says while it has this stamp: pages ask for all of them, and few are ever written again."""
    del stamp
    return PairedDevice.model_validate_json(read_limited(Path(path), MAX_DEVICE_FILE, follow=False))
