"""Mosquitto as Làng Số runs it: TLS with client certificates, one access rule file; village and install share it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import ProgramMissing
from langso.contract import MAX_DOCUMENT_BYTES, Topics
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.ownership import acting_as_owner

_HEADER = "# Written by langso; changes here are overwritten by the next install."
OFFICE_IDENTITY = "office"
"""The common name of the office's own certificate; no device may be called so."""

SAVE_S = 300
_MAX_CONFIGURATION = 64 << 10
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
        _HEADER,
        f"listener {place.port} {place.host}",
        f"cafile {place.certificates / 'ca.pem'}",
        f"certfile {place.certificates / 'broker.pem'}",
        f"keyfile {place.certificates / 'broker.key'}",
        "tls_version tlsv1.2",
        "require_certificate true",
        "use_identity_as_username true",
        # Whoever holds one certificate has one session, that certificate's own: under another's client id he would
        # cut off the office or a loudspeaker, under many he would fill the broker.
        "use_username_as_clientid true",
        "allow_anonymous false",
        f"acl_file {place.folder / 'access.acl'}",
        "set_tcp_nodelay true",
        # A killed broker loses what it retained since it last wrote its file, which it writes as a whole: at each
        # change that was 44 MB/s at a thousand retained messages, and wore cards out. Our truth is elsewhere: office
        # and devices tell a broker begun anew all that it lacks, so an interval does, and the end writes as well.
        "persistence true",
        f"persistence_location {place.folder}/",
        "autosave_on_changes false",
        f"autosave_interval {SAVE_S}",
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
    """The access rules: the office may use all topics of its commune; a device reads the common topics and only its
    own.

    Rules for devices are patterns with `%u`, because `topic` lines before the first `user` do not apply to users that
    log in by certificate.
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
            _HEADER,
            f"user {OFFICE_IDENTITY}",
            f"topic readwrite {topics.root}/#",
            "",
            *(f"pattern read {topic}" for topic in readable),
            *(f"pattern write {topic}" for topic in writable),
            "",
        ]
    )


def refresh(certificates: Path, commune: str) -> bool:
    """Updates an older release's configuration beside `certificates`, and its access rules; returns whether anything
    changed. A configuration that is not ours, or absent, is left alone.
    """
    # What the configuration says of folders is the broker's own word: with its rights only is it followed.
    with acting_as_owner(certificates):
        return _refresh(certificates, commune)


def _refresh(certificates: Path, commune: str) -> bool:
    file = certificates / "mosquitto.conf"
    try:
        text = read_limited(file, _MAX_CONFIGURATION).decode("utf-8")
    except (FileRefused, UnicodeDecodeError):
        return False
    place = _place_of(text, certificates)
    if place is None:
        return False
    rules = place.folder / "access.acl"
    changed = False
    for path, wanted, mode in ((file, mosquitto_conf(place), 0o644), (rules, access_rules(commune), 0o600)):
        try:
            present = read_limited(path, _MAX_CONFIGURATION)
        except FileRefused:
            present = None
        if present != wanted.encode():
            write_atomic(path, wanted.encode(), mode=mode)
            changed = True
    return changed


def _place_of(text: str, certificates: Path) -> BrokerPlace | None:
    """Where a configuration of ours says that its broker is."""
    header, *lines = text.splitlines() or [""]
    said = dict(line.split(" ", 1) for line in lines if " " in line and not line.startswith("#"))
    port, _, host = said.get("listener", "").partition(" ")
    folder = said.get("persistence_location", "")
    if header != _HEADER or not port.isdecimal() or not host or not folder.startswith("/"):
        return None
    return BrokerPlace(host, int(port), Path(folder), certificates, said.get("user"))


def mosquitto_program() -> Path:
    """The broker's program; raises ProgramMissing."""
    for candidate in ("mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"):
        found = shutil.which(candidate)
        if found:
            return Path(found)
    raise ProgramMissing("mosquitto", "mosquitto")
