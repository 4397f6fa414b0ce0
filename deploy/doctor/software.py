"""The programs: what is installed against what runs and what others run, models, voice, text."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from deploy.doctor.acting import Act, act
from deploy.doctor.bounded import ABSENT, run
from deploy.doctor.cures import restore
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import Scene
from deploy.doctor.services import judge_age
from deploy.models import MODELS
from langso.contract.health import Check
from langso.settings import assets
from langso.words.catalogue import t

READERS = ("kiosk", "office")
DPKG_LIST = Path("/var/lib/dpkg/info")


def look_versions(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `version`, `running_version`: installed, running, and (at the office) what the devices run."""
    own = _version()
    if scene.package:
        said = run("dpkg-query", "-W", "-f=${Version}", scene.package, seconds=2).out.strip()
        yield Check.good("version", t("doctor-installed", package=scene.package, said=said, own=own))
    else:
        yield Check.good("version", t("doctor-from-source", own=own))
    aged = judge_age(scene.services, _installed_at(scene.package), time.time()) if scene.package else None
    if aged is not None and aged.level != "ok":
        yield aged
        return
    told = scene.told
    if scene.running and told is not None and told.fresh:
        yield judge_running(
            told.state.software, f"langso {own}", f"langso-{scene.role}", by_systemd=bool(scene.services)
        )
    elif aged is not None:
        yield aged
    if scene.role == "office":
        yield from _devices(scene, own)


def judge_running(runs: str, own: str, unit: str, *, by_systemd: bool) -> Check:
    """The agent says its own version; another one than is installed was left from before."""
    if runs == own:
        return Check.good("running_version", t("doctor-program-version-good"))
    fix = f"systemctl restart {unit}" if by_systemd else t("doctor-stop-and-run")
    return Check.warning("running_version", t("doctor-program-old", runs=runs, own=own), fix)


def judge_devices(own: str, devices: Sequence[tuple[str, str]]) -> Check:
    """`devices`: name and software of each, as its last state said."""
    other = [f"{name} ({runs.removeprefix('langso ')})" for name, runs in devices if runs != f"langso {own}"]
    if other:
        shown = ", ".join(other[:5])
        if len(other) > 5:
            shown = t("doctor-and-others", shown=shown, others=len(other) - 5)
        return Check.good("device_versions", t("doctor-other-versions", own=own, shown=shown))
    return Check.good("device_versions", t("doctor-same-version", devices=len(devices)))


def look_voice(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `voice`: a Vietnamese voice on machines that read text aloud."""
    said = run("espeak-ng", "--voices=vi", seconds=4)
    if said.code == ABSENT:
        yield Check.bad("voice", t("doctor-no-espeak"), restore("espeak-ng"))
    elif " vi " in said.out:
        yield Check.good("voice", t("doctor-voice-good"))
    else:
        yield Check.bad("voice", t("doctor-no-vietnamese-voice"), restore("espeak-ng-data"))


def look_models(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `models`: trained weights, whole, readable by the service, in the installed layout or a checkout."""
    folder = assets.folder() / "models"
    absent = sorted(name for name in MODELS if not (folder / name).is_file())
    if absent:
        yield Check.bad("models", t("doctor-models-missing", names=", ".join(absent), folder=folder), scene.again())
        return
    damaged = [name for name, (_, wanted) in MODELS.items() if _sha256(folder / name) != wanted]
    if damaged:
        yield Check.bad("models", t("doctor-models-damaged", names=", ".join(damaged)), scene.again())
        return
    try:
        unread = [one for one in act(scene.who, [Act("read", folder / name) for name in MODELS]) if not one.good]
    except Unseen:
        unread = []
    if unread:
        yield Check.bad("models", t("doctor-models-no-right", folder=folder), f"chmod -R a+rX {folder}")
        return
    yield Check.good("models", t("doctor-models-good"))


def look_text(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `text`: Tesseract with Vietnamese."""
    said = run("tesseract", "--list-langs", seconds=4)
    if said.code == ABSENT:
        yield Check.bad("text", t("doctor-no-tesseract"), restore("tesseract-ocr"))
    elif "vie" in said.out.split():
        yield Check.good("text", t("doctor-text-good"))
    else:
        yield Check.bad("text", t("doctor-tesseract-no-vie"), restore("tesseract-ocr-vie"))


LOOKS = (
    Subject(("version", "running_version", "device_versions"), ("speaker", "kiosk", "office"), look_versions),
    Subject(("voice",), READERS, look_voice),
    Subject(("models",), READERS, look_models),
    Subject(("text",), READERS, look_text),
)


def _version() -> str:
    try:
        return version("langso")
    except PackageNotFoundError:
        return "0"


def _installed_at(package: str) -> float | None:
    try:
        return (DPKG_LIST / f"{package}.list").stat().st_mtime
    except OSError:
        return None


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()
    except OSError:
        return ""


def _devices(scene: Scene, own: str) -> Iterable[Check]:
    from office.places import OfficeHome

    database = OfficeHome(scene.settings).database
    if not database.exists():
        return
    try:
        found = act(scene.who, [Act("query", database, _SOFTWARE)])[0]
    except Unseen:
        return
    if found.good and found.value:
        yield judge_devices(own, [(str(row[0]), _software_in(str(row[1]))) for row in found.value])


_SOFTWARE = "SELECT device, CAST(envelope AS TEXT) FROM states ORDER BY device LIMIT 500"


def _software_in(envelope: str) -> str:
    """What a device's state names; verified when it was taken in, so it is only read here."""
    try:
        return str(json.loads(base64.b64decode(json.loads(envelope)["payload"]))["software"])
    except (ValueError, KeyError, TypeError):
        return "?"
