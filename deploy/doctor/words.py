"""The words for each line's code, and the order of subjects in the report."""

from __future__ import annotations

from langso.words.catalogue import is_known, t

LABELS = (
    "packages",
    "settings",
    "services",
    "service_speaker",
    "service_kiosk",
    "service_office",
    "service_signer",
    "service_broker",
    "boot",
    "agent",
    "timeline",
    "broadcasts",
    "mute",
    "library",
    "pairing",
    "private_key",
    "vouched",
    "desk_key",
    "who_asks",
    "certificate",
    "root",
    "trust",
    "marks",
    "authority",
    "broker_certificate",
    "https_certificate",
    "signer",
    "console",
    "broker",
    "link",
    "office",
    "catalogue",
    "outbox",
    "state",
    "database",
    "media",
    "backup",
    "sound",
    "bridge",
    "screen",
    "visits",
    "camera",
    "camera-table",
    "lamp",
    "voice",
    "models",
    "text",
    "version",
    "running_version",
    "device_versions",
    "clock",
    "timesync",
    "rtc",
    "disk",
    "card_write",
    "card_errors",
    "undervoltage",
    "temperature",
    "memory",
    "watchdog",
    "journal",
    "firewall",
)
"""In the order of the report: what runs, whom it obeys, what it keeps, its hardware, its programs, the machine."""

ROLES = ("speaker", "kiosk", "office", "bridge", "signer")


def label(code: str) -> str:
    """The words for a line's code; the code itself for one nobody has named."""
    return t(f"label-{code}") if is_known(f"label-{code}") else code


def role_name(role: str) -> str:
    """What kind of machine or part it is."""
    return t(f"label-role-{role}") if is_known(f"label-role-{role}") else role
