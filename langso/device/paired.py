"""The paired devices, one file each: whose key verifies whose reports. Outlives a lost database."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from langso.contract.base import KeyHex, Message, Moment, ShortText, Slug
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic

MAX_DEVICE_FILE = 8 << 10
RESERVED = ("office", "root", "broker")


class PairedDevice(Message):
    """A paired device: `public_key` is its raw Ed25519 key in hex. `courier`: only a courier reaches it, so that its
    certificate lives longer.
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
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    write_atomic(folder / f"{device.id}.json", device.to_json(), mode=0o640)


def read_device(folder: Path, device_id: str) -> PairedDevice | None:
    """One device's file; None where it is absent, damaged or of another id."""
    try:
        found = PairedDevice.model_validate_json(
            read_limited(folder / f"{device_id}.json", MAX_DEVICE_FILE, follow=False)
        )
    except (FileRefused, ValidationError, ValueError):
        return None
    return found if found.id == device_id else None


def read_devices(folder: Path) -> list[PairedDevice]:
    """All devices by id; a damaged file is passed over."""
    found = (read_device(folder, path.stem) for path in sorted(folder.glob("*.json")))
    return [device for device in found if device is not None]
