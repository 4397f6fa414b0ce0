"""The kiosk's camera: really opened for one frame as the kiosk's user, unless the kiosk is looking through it now."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.doctor.acting import Act, act
from deploy.doctor.agent import said_of
from deploy.doctor.bounded import ProgramEnd, run
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t

TRY_S = 7.0
_PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Tried:
    """The result of one frame. `size`: width and height, None without a frame; `condition`: see `scanner.cameras`."""

    size: tuple[int, int] | None = None
    condition: str = ""
    why: str = ""
    late: bool = False


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `camera`."""
    kind, source = scene.settings.scanner.camera, scene.settings.scanner.source
    if kind == "replay":
        yield judge_replay(Path(source))
        return
    path = Path(f"/dev/video{source}") if source.isdigit() else Path(source)
    if kind == "v4l2":
        try:
            found = act(scene.who, [Act("access", path)])[0]
        except Unseen:
            yield unseen("camera", Sentence("doctor-camera-as-kiosk"))
            return
        if found.absent:
            yield Check.bad("camera", t("doctor-no-camera", path=path), t("doctor-replug-camera"))
            return
        if found.forbidden:
            user = scene.who.name
            yield Check.bad(
                "camera",
                t("doctor-user-no-camera", user=user, path=path),
                t("doctor-add-video-group", user=user),
            )
            return
    if scene.running and _held(kind, path):
        said = said_of(scene, "camera")
        if said is not None:
            yield said
        else:
            yield Skipped("camera", t("doctor-kiosk-has-camera"))
        return
    yield judge_frame(_try(scene), kind, source)


LOOK = Subject(("camera",), ("kiosk",), look, seconds=8.5)


def judge_replay(folder: Path) -> Check:
    """A village's camera: whether the folder of pictures is there."""
    try:
        pictures = [file for file in folder.iterdir() if file.suffix.lower() in _PICTURES]
    except OSError:
        return Check.bad("camera", t("doctor-no-image-folder", folder=folder), t("doctor-correct-source"))
    if not pictures:
        return Check.bad("camera", t("doctor-no-images", folder=folder), t("doctor-copy-images"))
    return Check.good("camera", t("doctor-replay-camera", pictures=len(pictures), folder=folder))


def judge_frame(tried: Tried, kind: str, source: str) -> Check:
    """From the one frame that was tried."""
    if tried.late:
        return Check.bad(
            "camera",
            t("doctor-camera-hangs", kind=kind, source=source),
            t("doctor-replug-or-restart"),
        )
    if tried.size is None:
        why = tried.why or t("doctor-no-picture")
        return Check.bad(
            "camera",
            t("doctor-camera-fails", kind=kind, source=source, why=why),
            t("doctor-see-camera"),
        )
    size = f"{tried.size[0]}×{tried.size[1]}"
    if tried.condition == "black":
        return Check.warning("camera", t("doctor-camera-black", size=size), t("doctor-see-lid"))
    return Check.good("camera", t("doctor-camera-good", kind=kind, source=source, size=size))


def read_tried(said: ProgramEnd) -> Tried:
    """The result, from the child process that tried."""
    if said.code is None:
        return Tried(late=True)
    try:
        told = json.loads(said.out.splitlines()[-1])
        size = told["size"]
        return Tried((int(size[0]), int(size[1])) if size else None, str(told["condition"]), str(told["why"]))
    except (ValueError, KeyError, IndexError, TypeError):
        return Tried(why=said.err.strip().splitlines()[-1][:200] if said.err.strip() else "")


def _try(scene: Scene) -> Tried:
    camera = scene.settings.scanner
    command = [sys.executable, "-m", "deploy.doctor.one_frame", camera.camera, camera.source]
    ours = {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "OPENCV_LOG_LEVEL": "SILENT"}
    return read_tried(run(*command, seconds=TRY_S, who=scene.who, more=ours))


def _held(kind: str, path: Path) -> bool:
    """Whether a process has the camera open; a Pi's camera is several device files, any of them tells."""
    wanted = ("/dev/video", "/dev/media") if kind == "picamera2" else (str(path.resolve()),)
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            for entry in folder.iterdir():
                target = str(entry.readlink())
                if target == wanted[0] or (kind == "picamera2" and target.startswith(wanted)):
                    return True
        except OSError:
            continue
    return False
