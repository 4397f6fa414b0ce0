"""Steps at the kiosk: a paper handed in though the office dies midway; fee codes of friend and stranger."""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path
from typing import Any

from deploy.village.founding import OWN_ACCOUNT
from deploy.village.layout import KIOSK
from deploy.village.running import OFFICE
from deploy.village.story.pictures import a_page, code_on_paper, lay_under_camera
from deploy.village.story.records import wait_for
from deploy.village.story.report import Evidence, NotSeen
from deploy.village.story.scene import StoryScene, StoryStep
from langso.codes import emv

FEE = 8000
STRANGER = ("970436", "999999999999")
_DRIVER = "kiosk-driver"


def paper(scene: StoryScene, evidence: Evidence) -> None:
    """A photograph under the camera becomes a PDF that the office has once, although it was killed midway."""
    source, picture = a_page()
    evidence.note(photograph=source)
    lay_under_camera(scene.village.ground.home(KIOSK).camera, picture)
    before = len(scene.records.dossiers())
    started = _start(
        scene,
        "paper",
        [
            {"wait": "Quét giấy tờ", "seconds": 30},
            {"shot": "kiosk-home"},
            {"touch": "Quét giấy tờ"},
            {"wait": "Trang này đọc rõ không?", "seconds": 40},
            {"shot": "kiosk-preview"},
            {"touch": "Xong, gửi cho xã"},
            {"wait": "Đây là giấy gì?", "seconds": 10},
            {"shot": "kiosk-kind"},
            {"touch": "Giấy khai sinh"},
            {"wait": "Mã nhận giấy tờ của bạn", "seconds": 30},
            {"wait": "Xã đã nhận được", "seconds": 60},
            {"shot": "kiosk-receipt"},
        ],
    )
    wait_for(lambda: scene.records.uploads() > 0, "the kiosk begins to send", 90, every=0.005)
    scene.village.processes.kill(OFFICE)
    received = len(scene.records.dossiers()) - before
    evidence.note(office_killed_with_dossiers=received)
    time.sleep(2.0)
    scene.village.processes.restart(OFFICE)
    _finish(scene, "paper", started, evidence, 120)
    wait_for(lambda: len(scene.records.dossiers()) > before, "the dossier is with the office", 30)
    time.sleep(2.0)
    dossiers = scene.records.dossiers()[before:]
    evidence.require(len(dossiers) == 1, "the office has it once", dossiers=[list(one) for one in dossiers])
    scene.console.login(scene.login)
    evidence.write("desk.html", scene.console.page("/giay-to").text.encode())
    pdf = _open(scene, dossiers[0][0])
    evidence.write("dossier.pdf", pdf)
    _must_hold_the_page(evidence, pdf, picture)


def own_fee(scene: StoryScene, evidence: Evidence) -> None:
    """A VietQR of the commune's account: amount, words, and that the account is the commune's."""
    bank, number, holder = OWN_ACCOUNT
    text = emv.write(emv.VietQr(bank, number, FEE, purpose="Trich luc khai sinh", name=holder))
    seen = _fee(scene, evidence, "own-fee", text, "Đúng tài khoản của xã")
    evidence.require("8.000 đ" in seen and "tám nghìn đồng" in seen, "the amount in figures and words", seen=seen)


def strangers_fee(scene: StoryScene, evidence: Evidence) -> None:
    """The same with a stranger's account: a warning, and no code to pay by."""
    bank, number = STRANGER
    text = emv.write(emv.VietQr(bank, number, FEE, purpose="Trich luc khai sinh", name="UBND XA HOA SON"))
    seen = _fee(scene, evidence, "strangers-fee", text, "Không phải tài khoản của xã")
    evidence.require("quét mã này" not in seen, "no code to pay by is shown", seen=seen)


def _fee(scene: StoryScene, evidence: Evidence, name: str, text: str, expected: str) -> str:
    picture = code_on_paper(text)
    lay_under_camera(scene.village.ground.home(KIOSK).camera, picture)
    started = _start(
        scene,
        name,
        [
            {"wait": "Nộp phí", "seconds": 30},
            {"touch": "Nộp phí"},
            {"wait": expected, "seconds": 20},
            {"shot": f"kiosk-{name}"},
        ],
    )
    result = _finish(scene, name, started, evidence, 90)
    return str(result)


def _start(scene: StoryScene, name: str, steps: list[dict[str, Any]]) -> Path:
    out = scene.village.ground.folder / f"driven-{name}"
    out.mkdir(parents=True, exist_ok=True)
    (out / "steps.json").write_text(json.dumps(steps, ensure_ascii=False), encoding="utf-8")
    settings = scene.village.ground.home(KIOSK).settings
    scene.village.processes.start(
        _DRIVER,
        [
            *(sys.executable, "-m", "kiosk.shell.driving", "--settings", str(settings)),
            *("--steps", str(out / "steps.json"), "--out", str(out)),
        ],
    )
    return out


def _finish(scene: StoryScene, name: str, out: Path, evidence: Evidence, seconds: float) -> str:
    process = scene.village.processes.running[_DRIVER].process
    try:
        wait_for(lambda: process.poll() is not None, f"the kiosk's {name} steps to end", seconds)
    finally:
        scene.village.processes.stop(_DRIVER)
        for file in sorted(out.glob("*.png")):
            evidence.keep(file)
    result = (out / "result.json").read_text(encoding="utf-8") if (out / "result.json").is_file() else "{}"
    evidence.write("result.json", result.encode())
    if process.returncode != 0:
        raise NotSeen(
            f"expected: the kiosk shows each step of {name}; it ended with {process.returncode}: "
            f"{scene.village.processes.last_words(_DRIVER)}"
        )
    return " ".join(json.dumps(json.loads(result), ensure_ascii=False).replace("\\n", " ").split())


def _open(scene: StoryScene, dossier: str) -> bytes:
    from langso.settings.reading import load_settings
    from office.whole_office import Office

    with Office(load_settings(scene.village.ground.office_settings)) as console:
        return bytes(console.desk.open(dossier, "story"))


def _must_hold_the_page(evidence: Evidence, pdf: bytes, picture: Any) -> None:
    """The PDF's page must be the sheet in the photograph: the same picture once both are straight."""
    import cv2
    import numpy as np
    import pikepdf

    from scanner.clean import rectify
    from scanner.pages import find_page

    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = len(document.pages)
        raw = next(iter(document.pages[0].images.values())).read_raw_bytes()
    image = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_GRAYSCALE)
    found = find_page(picture)
    if image is None or found.quad is None:
        raise NotSeen("expected: a page in the PDF and a sheet in the photograph")
    sheet = cv2.cvtColor(rectify(picture, found.quad).image, cv2.COLOR_BGR2GRAY)
    size = (420, 594)
    first, second = (cv2.GaussianBlur(cv2.resize(one, size), (0, 0), 2).astype(float) for one in (image, sheet))
    alike = float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    evidence.require(
        pages == 1 and alike > 0.8, "one page, the sheet of the photograph", pages=pages, alike=round(alike, 3)
    )


STEPS = (
    StoryStep(
        "paper", "Tờ giấy dưới máy ảnh thành PDF, đến văn phòng đúng một lần dù văn phòng bị tắt giữa chừng", paper
    ),
    StoryStep("own-fee", "Mã phí của xã: kiosk hiện số tiền và tài khoản đúng", own_fee),
    StoryStep("strangers-fee", "Mã phí của người lạ: kiosk cảnh báo", strangers_fee),
)
