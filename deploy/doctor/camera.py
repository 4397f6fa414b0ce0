"""The kiosk's camera: really opened for one frame as the kiosk's user, unless the kiosk is looking through it now."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.doctor.acting import Act, act
from deploy.doctor.agent import said_of
from deploy.doctor.bounded import Said, run
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Look, Skipped, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check

TRY_S = 7.0
_PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Tried:
    """How one frame went. `size`: width and height, None without one; `condition`: see scanner.cameras."""

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
            yield unseen("camera", "máy ảnh như kiosk thấy")
            return
        if found.absent:
            yield Check.bad("camera", f"Không thấy máy ảnh {path}.", "Cắm lại máy ảnh, rồi thử: langso scan camera")
            return
        if found.forbidden:
            user = scene.who.name
            yield Check.bad(
                "camera",
                f"Người dùng {user} không được mở {path}.",
                f"usermod -aG video {user}, rồi bật lại dịch vụ.",
            )
            return
    if scene.running and _held(kind, path):
        said = said_of(scene, "camera")
        if said is not None:
            yield said
        else:
            yield Skipped("camera", "kiosk đang dùng máy ảnh")
        return
    yield judge_frame(_try(scene), kind, source)


LOOK = Look(("camera",), ("kiosk",), look, seconds=8.5)


def judge_replay(folder: Path) -> Check:
    """A village's camera is a folder of pictures."""
    try:
        pictures = [file for file in folder.iterdir() if file.suffix.lower() in _PICTURES]
    except OSError:
        return Check.bad("camera", f"Không có thư mục ảnh {folder}.", "Sửa source trong [scanner].")
    if not pictures:
        return Check.bad(
            "camera", f"Thư mục {folder} không có ảnh nào.", "Chép ảnh JPEG vào đó, hoặc sửa source trong [scanner]."
        )
    return Check.good("camera", f"Máy ảnh giả: {len(pictures)} ảnh trong {folder}.")


def judge_frame(tried: Tried, kind: str, source: str) -> Check:
    """From the one frame that was tried."""
    if tried.late:
        return Check.bad(
            "camera",
            f"Máy ảnh {kind} {source} bị treo: mở mãi không xong.",
            "Rút dây máy ảnh, cắm lại; vẫn vậy thì khởi động lại máy.",
        )
    if tried.size is None:
        why = tried.why or "không đưa ra hình nào"
        return Check.bad(
            "camera",
            f"Máy ảnh {kind} {source} không chụp được: {why}",
            "Xem dây máy ảnh, rồi thử: langso scan camera",
        )
    size = f"{tried.size[0]}×{tried.size[1]}"
    if tried.condition == "black":
        return Check.warning(
            "camera", f"Máy ảnh chụp được ({size}) nhưng hình đen kịt.", "Xem nắp che máy ảnh và đèn bàn."
        )
    return Check.good("camera", f"Máy ảnh {kind} {source} vừa chụp được một hình {size}.")


def read_tried(said: Said) -> Tried:
    """From the child that tried."""
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
