"""An office's own subjects: root, trust, authority, private files, signer, media, https."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from deploy.doctor import doors, office_clock, vouched
from deploy.doctor.acting import Act, act
from deploy.doctor.certificates import judge_certificate, judge_private, key_fits, read_certificate
from deploy.doctor.cures import MAKE_ROOM, restart
from deploy.doctor.databases import is_full
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.device.machine_checks import DISK_BAD, DISK_BAD_BYTES, DISK_WARN, SET_CLOCK
from langso.device.tls import MAX_PEM
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.errors import LangsoError
from langso.timekeeping.clock import ClockTrust
from langso.trust.checks import trust_checks
from langso.words.catalogue import Sentence, Words, t
from office.places import OfficeHome

OFFICE = ("office",)
BROKER = Path("/etc/langso/broker")
RESTORE = Sentence("doctor-restore-office")
_INTO_GROUP = Sentence("doctor-add-signer-group")
_WORKING = ClockTrust(True, "host", "")


def look_keys(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `root`, `trust`: what all devices pinned, and the list of who may order, verified against it."""
    home = OfficeHome(scene.settings)
    if not _may_look(scene.state):
        yield unseen("root", Sentence("doctor-office-keys"))
        return
    if not home.root_file.exists() and not home.trust_file.exists():
        begun = home.founding_file.exists()
        why = t("doctor-founding-unfinished") if begun else t("doctor-not-founded")
        yield Check.bad("root", why, t("doctor-found-office"))
        yield Skipped("trust", t("doctor-founding-not-done"))
        return
    found = act(scene.who, [Act("read", home.root_file), Act("read", home.trust_file)])
    if found[0].forbidden:
        yield Check.bad(
            "root",
            t("doctor-service-cannot-read-file", file=home.root_file),
            f"chown {scene.who.name}: {home.root_file}",
        )
        yield Skipped("trust", t("doctor-no-root-to-compare"))
        return
    try:
        home.roots  # noqa: B018 - read and parsed here
    except (LangsoError, ValueError):
        gone = Sentence("doctor-gone") if found[0].absent else Sentence("doctor-damaged")
        yield Check.bad("root", t("doctor-root-file", file=home.root_file, how=gone), RESTORE)
        yield Skipped("trust", t("doctor-no-root-to-compare"))
        return
    yield Check.good("root", t("doctor-root-good"))
    if found[1].forbidden:
        yield Check.bad(
            "trust",
            t("doctor-service-cannot-read-file", file=home.trust_file),
            f"chown {scene.who.name}: {home.trust_file}",
        )
        return
    try:
        opened = home.trust()
        home.rule()
    except (LangsoError, ValueError) as error:
        lacking = t("doctor-no-list") if found[1].absent else t("doctor-list-unusable", why=error)
        yield Check.bad("trust", lacking, RESTORE)
        return
    judged = trust_checks(opened.trust, clock=_WORKING, now=scene.now, heard=None, needs_nonce=False, revoked=False)
    trust = judged[0]
    if trust.level != "ok":
        fix = t("doctor-renew-trust")
        trust = Check("trust", trust.ok, trust.why, fix, trust.level)
    yield trust


def look_private(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `private_key`, `authority`: secret files as their services see them, and how long the CA lasts."""
    home = OfficeHome(scene.settings)
    if not _may_look(scene.state):
        yield unseen("private_key", Sentence("doctor-offices-keys"))
        return
    link = scene.settings.link
    signer = scene.user_of("langso-signer") if scene.settings.signer.state is not None else scene.who
    age = home.age_sealed if home.age_sealed.exists() and not home.age_file.exists() else home.age_file
    wanted = [(home.ca / "ca.key", scene.who), (age, scene.who)]
    wanted += [(link.key, scene.who)] if link.key is not None else []
    wanted += [(path, signer) for path in sorted(home.signer.glob("*.key"))]
    broker = scene.user_of("langso-broker")
    wanted += [(BROKER / "broker.key", broker)] if scene.installed and (BROKER / "broker.key").exists() else []
    said = {who: act(who, [Act("read", path) for path, user in wanted if user == who]) for _, who in wanted}
    lines, absent = [], []
    for who, found in said.items():
        for path, one in zip([path for path, user in wanted if user == who], found, strict=True):
            if one.absent:
                absent.append(path)
            lines.append(judge_private(path, one, who, path.stat().st_mode if path.exists() else None))
    worst = next((line for line in lines if line is not None), None)
    if worst is None and absent:
        worst = Check.bad("private_key", t("doctor-not-there", files=", ".join(map(str, absent))), RESTORE)
    if worst is None and not list(home.signer.glob("*.key")):
        worst = Check.bad("private_key", t("doctor-signer-no-key", folder=home.signer), RESTORE)
    yield worst or Check.good("private_key", t("doctor-office-keys-good"))
    yield from _authority(scene, home)


def look_signer(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `signer`: asked as the office's own user, as the console will."""
    service = scene.service("langso-signer")
    if service is not None and not service.running:
        yield Skipped("signer", t("doctor-unit-not-running", name=service.name))
        return
    path = scene.settings.signer.socket
    try:
        found = act(scene.who, [Act("ask", path, '{"do": "ready"}')])[0]
    except Unseen:
        yield unseen("signer", Sentence("doctor-signer-as-pages"))
        return
    again = restart("langso-signer")
    if service is None and found.absent:
        yield Check.warning("signer", t("doctor-signer-off"), t("doctor-run-signer"))
    elif found.absent:
        yield Check.bad("signer", t("doctor-signer-no-socket", path=path), again)
    elif found.forbidden:
        yield Check.bad(
            "signer",
            t("doctor-pages-cannot-ask", name=scene.who.name),
            _INTO_GROUP,
        )
    elif not found.good:
        yield Check.bad("signer", t("doctor-signer-silent", why=found.why or Sentence("doctor-too-long")), again)
    else:
        yield _signer_said(scene, found.value if isinstance(found.value, dict) else {"refused": "?"})


def _signer_said(scene: Scene, said: dict[str, object]) -> Check | Skipped:
    if not said.get("refused"):
        folder = OfficeHome(scene.settings).signer
        if _apart(folder, scene.state) and is_full(folder):
            # It is ready, and learns only while signing that it cannot count what it signs.
            return Check.bad("signer", t("doctor-signer-full", folder=folder), MAKE_ROOM)
        return Check.good("signer", t("doctor-signer-good"))
    if said.get("fault") == "forbidden":
        return Check.bad("signer", t("doctor-pages-no-right"), _INTO_GROUP)
    try:
        OfficeHome(scene.settings).rule()
    except (LangsoError, ValueError):
        # Without root or trust nothing can be signed: theirs is the line.
        return Skipped("signer", t("doctor-nothing-to-sign-by"))
    return Check.bad(
        "signer", t("doctor-signer-refuses", said=str(said["refused"])[:200]), _cure(scene, said.get("fault"))
    )


def _apart(folder: Path, state: Path) -> bool:
    """Whether it lies on a disk of its own, so that its room has no line yet."""
    try:
        return folder.stat().st_dev != state.stat().st_dev
    except OSError:
        return False


def _cure(scene: Scene, fault: object) -> Words:
    """What helps against each kind of reason (see `office.signer.errors`): starting it anew helps against few."""
    if fault == "clock":
        return t("doctor-set-clock-again", set_clock=SET_CLOCK)
    if fault == "not_ready":
        return RESTORE
    if fault == "disk":
        folder = OfficeHome(scene.settings).signer
        own = f"sudo chown -R {scene.user_of('langso-signer').name}: {folder}"
        return MAKE_ROOM if is_full(folder) else own
    return t("doctor-restart", units="langso-signer langso-office", unit="langso-signer")


def look_media(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `media`: where sounds for the loudspeakers lie, the right to write there, and its own free space."""
    folder = OfficeHome(scene.settings).media
    try:
        found = act(scene.who, [Act("write_folder", folder)])[0]
    except Unseen:
        yield unseen("media", Sentence("doctor-sound-folder", folder=folder))
        return
    own = f"mkdir -p {folder}; chown {scene.who.name}: {folder}"
    if found.absent:
        yield Check.bad("media", t("doctor-no-sound-folder", folder=folder), own)
        return
    if found.forbidden:
        yield Check.bad("media", t("doctor-sound-folder-no-right", folder=folder), own)
        return
    if found.late:
        yield Check.bad("media", t("doctor-sound-folder-silent", folder=folder), t("doctor-see-disk-folder"))
        return
    if _apart(folder, scene.state):
        usage = shutil.disk_usage(folder)
        share = usage.free / usage.total if usage.total else 0.0
        why = t("doctor-sound-disk", folder=folder, share=f"{share:.0%}")
        fix = t("doctor-larger-disk")
        if share < DISK_BAD or usage.free < DISK_BAD_BYTES:
            yield Check.bad("media", why, fix)
            return
        if share < DISK_WARN:
            yield Check.warning("media", why, fix)
            return
    yield Check.good("media", t("doctor-sound-folder-good"))


def look_https(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `https_certificate`: how long the web pages' own certificate lasts."""
    yield from _https(scene)


LOOKS = (
    Subject(("root", "trust"), OFFICE, look_keys),
    Subject(("private_key", "authority", "broker_certificate"), OFFICE, look_private),
    Subject(("signer",), OFFICE, look_signer),
    Subject(("media",), OFFICE, look_media),
    Subject(("https_certificate",), OFFICE, look_https),
    vouched.LOOK,
    vouched.LOOK_DESK,
    vouched.LOOK_ASKED,
    doors.LOOK,
    office_clock.LOOK,
)


def _authority(scene: Scene, home: OfficeHome) -> Iterable[Check]:
    ca_file = home.ca / "ca.pem"
    try:
        ca = read_limited(ca_file, MAX_PEM)
    except FileRefused:
        yield Check.bad("authority", t("doctor-cannot-read-plain", file=ca_file), RESTORE)
        return
    line = judge_certificate("authority", read_certificate(ca), scene.now, what=t("doctor-what-ca"), fix=RESTORE)
    try:
        key = read_limited(home.ca / "ca.key", MAX_PEM)
    except FileRefused:
        key = b""
    if line.level != "bad" and key and not key_fits(key, ca):
        line = Check.bad("authority", t("doctor-ca-mismatch"), RESTORE)
    yield line
    if not scene.installed:
        return
    renew = t("doctor-new-broker-certificate")
    try:
        pem = read_limited(BROKER / "broker.pem", MAX_PEM)
    except FileRefused:
        yield Check.bad("broker_certificate", t("doctor-broker-no-certificate"), renew)
        return
    yield judge_certificate(
        "broker_certificate", read_certificate(pem, ca), scene.now, what=t("doctor-what-broker"), fix=renew
    )


def _may_look(folder: Path) -> bool:
    return not folder.is_dir() or os.access(folder, os.R_OK | os.X_OK)


def _https(scene: Scene) -> Iterable[Check]:
    office, home = scene.settings.office, OfficeHome(scene.settings)
    if office.https not in ("own", "files"):
        return
    if office.https == "files" and office.https_cert is not None:
        file, fix = office.https_cert, t("doctor-replace-https")
    else:
        file, fix = home.console_ca / "server.pem", t("doctor-https-by-itself")
    found = act(scene.who, [Act("read", file)])[0]
    if found.absent and office.https == "own":
        # Made by the console when it starts; one that does not start has its own line.
        return
    if found.absent:
        yield Check.bad("https_certificate", t("doctor-no-file", file=file), t("doctor-copy-https"))
        return
    if not found.good:
        yield Check.bad(
            "https_certificate", t("doctor-service-cannot-read-file", file=file), f"chown {scene.who.name}: {file}"
        )
        return
    try:
        certificate = read_certificate(read_limited(file, MAX_PEM))
    except FileRefused:
        certificate = None
    yield judge_certificate("https_certificate", certificate, scene.now, what=t("doctor-what-https"), fix=fix)
