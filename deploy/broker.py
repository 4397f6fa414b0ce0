"""Mosquitto as Làng Số runs it: TLS with client certificates, one access rule file; village and install share it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import ProgramMissing
from langso.contract import MAX_DOCUMENT_BYTES, Topics

OFFICE_IDENTITY = "office"
"""The common name of the office's own certificate; no device may be called so."""

# A DSSE envelope of a document at its limit, in base64, with signatures and topic.
_MAX_PACKET = MAX_DOCUMENT_BYTES * 3 // 2


@dataclass(frozen=True)
class BrokerPlace:
    """Where a broker listens and keeps its files. `certificates` holds ca.pem, broker.pem, broker.key."""

    host: str
    port: int
    folder: Path
    certificates: Path
    user: str | None = None


def mosquitto_conf(place: BrokerPlace) -> str:
    """The whole mosquitto.conf."""
    lines = [
        "# Written by langso; changes here are overwritten by the next install.",
        f"listener {place.port} {place.host}",
        f"cafile {place.certificates / 'ca.pem'}",
        f"certfile {place.certificates / 'broker.pem'}",
        f"keyfile {place.certificates / 'broker.key'}",
        "tls_version tlsv1.2",
        "require_certificate true",
        "use_identity_as_username true",
        "allow_anonymous false",
        f"acl_file {place.folder / 'access.acl'}",
        "set_tcp_nodelay true",
        # Without these a killed broker loses every retained document (measured); our truth is elsewhere,
        # but a village should not wait for the office to come back.
        "persistence true",
        f"persistence_location {place.folder}/",
        "autosave_on_changes true",
        "autosave_interval 1",
        f"max_packet_size {_MAX_PACKET}",
        "max_inflight_messages 50",
        "max_queued_messages 2000",
        "persistent_client_expiration 60d",
        "connection_messages true",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "log_dest stderr",
    ]
    if place.user:
        lines.insert(1, f"user {place.user}")
    return "\n".join(lines) + "\n"


def access_rules(commune: str) -> str:
    """The ACL: the office may all of its commune, a device reads the common topics and only its own ones.

    Rules for devices are patterns with `%u`, since `topic` lines above the first `user` do not apply to
    users that come by certificate.
    """
    topics = Topics(commune)
    own = f"{topics.root}/device/%u"
    readable = [
        topics.trust,
        topics.plan,
        topics.catalogue,
        topics.urgent("+"),
        f"{own}/order",
        f"{own}/receipts/ack",
    ]
    writable = [f"{own}/presence", f"{own}/state", f"{own}/receipts"]
    return "\n".join(
        [
            "# Written by langso; changes here are overwritten by the next install.",
            f"user {OFFICE_IDENTITY}",
            f"topic readwrite {topics.root}/#",
            "",
            *(f"pattern read {topic}" for topic in readable),
            *(f"pattern write {topic}" for topic in writable),
            "",
        ]
    )


def mosquitto_program() -> Path:
    """The broker's program; raises ProgramMissing."""
    for candidate in ("mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"):
        found = shutil.which(candidate)
        if found:
            return Path(found)
    raise ProgramMissing("mosquitto", "mosquitto")
