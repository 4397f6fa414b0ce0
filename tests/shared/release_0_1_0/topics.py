"""Topic names of contract v1, made and read in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass

PREFIX = "langso/1"
SLUG = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_SLUG = re.compile(SLUG)

SHARED_LEAVES = ("trust", "plan", "catalogue")
DEVICE_LEAVES = ("order", "presence", "state", "receipts", "receipts/ack")


@dataclass(frozen=True)
class Topics:
    """The topics of one commune. `commune`: slug; raises ValueError where it is none."""

    commune: str

    def __post_init__(self) -> None:
        _slug(self.commune)

    @property
    def root(self) -> str:
        """`langso/1/{commune}`."""
        return f"{PREFIX}/{self.commune}"

    @property
    def trust(self) -> str:
        """Retained: the trust bundle (trust document and root chain)."""
        return f"{self.root}/trust"

    @property
    def plan(self) -> str:
        """Retained: the signed plan."""
        return f"{self.root}/plan"

    @property
    def catalogue(self) -> str:
        """Retained: procedures, own payment accounts, notices for kiosks."""
        return f"{self.root}/catalogue"

    def urgent(self, issuer: str) -> str:
        """Retained: one issuer's urgent orders in force. `+` subscribes to all."""
        return f"{self.root}/urgent/{issuer if issuer == '+' else _slug(issuer)}"

    def device(self, device_id: str, leaf: str) -> str:
        """A device's own topic; `leaf` is one of DEVICE_LEAVES; `+` as the id subscribes to all devices."""
        if leaf not in DEVICE_LEAVES:
            raise ValueError(f"no such device topic: {leaf}")
        return f"{self.root}/device/{device_id if device_id == '+' else _slug(device_id)}/{leaf}"

    def read(self, topic: str) -> Address | None:
        """Take a received topic apart; None where it is not one of this commune's."""
        if not topic.startswith(self.root + "/"):
            return None
        parts = topic[len(self.root) + 1 :].split("/", 2)
        if len(parts) == 1 and parts[0] in SHARED_LEAVES:
            return Address(leaf=parts[0])
        if len(parts) == 2 and parts[0] == "urgent" and _SLUG.fullmatch(parts[1]):
            return Address(leaf="urgent", issuer=parts[1])
        if len(parts) == 3 and parts[0] == "device" and _SLUG.fullmatch(parts[1]) and parts[2] in DEVICE_LEAVES:
            return Address(leaf=parts[2], device=parts[1])
        return None


@dataclass(frozen=True)
class Address:
    """A topic taken apart: its leaf, and the device or issuer it belongs to."""

    leaf: str
    device: str | None = None
    issuer: str | None = None


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError(f"not a slug of lower-case letters, digits and hyphens: {text!r}")
    return text
