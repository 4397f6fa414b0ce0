"""Steps at the kiosk: a paper handed in though the office dies midway; fee codes of friend and stranger."""

from __future__ import annotations

import io
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.village.hoa_son import FEE, FEE_PURPOSE, KIOSK, OWN_ACCOUNT, STRANGERS_ACCOUNT, BankAccount
from deploy.village.running import OFFICE
from deploy.village.story.pictures import a_page, code_on_paper, lay_under_camera
from deploy.village.story.records import wait_for
from deploy.village.story.report import Evidence, not_seen
from deploy.village.story.scene import StoryScene, StoryStep
from langso.codes import emv
from langso.words import amount, money
from langso.words.catalogue import Sentence, t

_DRIVER = "kiosk-driver"


@dataclass(frozen=True)
class KioskSeen:
    """What the kiosk's screen showed in the end: the place's name, and its texts as one line."""

    place: str
    texts: str

    def shows(self, text: str) -> bool:
        """Whether this can be read there."""
        return _plain(text) in _plain(self.texts)


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
            {"wait": _words(Sentence("screens-home-scan")), "seconds": 30},
            {"shot": "kiosk-home"},
            {"touch": _words(Sentence("screens-home-scan"))},
            {"wait": _words(Sentence("screens-preview-title")), "seconds": 40},
            {"shot": "kiosk-preview"},
            {"touch": _words(Sentence("screens-preview-enough"))},
            {"wait": _words(Sentence("screens-sort-title")), "seconds": 10},
            {"shot": "kiosk-kind"},
            {"touch": _words(Sentence("prompts-kind-birth"))},
            {"wait": _words(Sentence("screens-ask-title")), "seconds": 10},
            {"shot": "kiosk-ask"},
            {"touch": _words(Sentence("screens-ask-send")), "seconds": 30},
            {"wait": _words(Sentence("screens-receipt-code")), "seconds": 30},
            {"wait": _words(Sentence("journeys-received")), "seconds": 60},
            {"shot": "kiosk-receipt"},
            # Whoever leaves without a word finds the code again, also after the kiosk was started anew.
            {"touch": _words(Sentence("screens-receipt-done"))},
        ],
    )
    wait_for(lambda: scene.records.uploads() > 0, Sentence("story-see-sending"), 90, every=0.005)
    scene.village.processes.kill(OFFICE)
    received = len(scene.records.dossiers()) - before
    evidence.note(office_killed_with_dossiers=received)
    time.sleep(2.0)
    scene.village.processes.restart(OFFICE)
    _finish(scene, "paper", started, evidence, 120)
    wait_for(lambda: len(scene.records.dossiers()) > before, Sentence("story-see-dossier"), 30)
    time.sleep(2.0)
    dossiers = scene.records.dossiers()[before:]
    evidence.require(len(dossiers) == 1, Sentence("story-see-once"), dossiers=[list(one) for one in dossiers])
    scene.console.login(scene.login)
    evidence.write("desk.html", scene.console.page("/giay-to").text.encode())
    pdf = _open(scene, dossiers[0][0])
    evidence.write("dossier.pdf", pdf)
    _must_hold_the_page(evidence, pdf, picture)


def own_fee(scene: StoryScene, evidence: Evidence) -> None:
    """A VietQR of the commune's account: amount, words, and that the account is the commune's."""
    seen = _fee(scene, evidence, "own-fee", OWN_ACCOUNT, Sentence("prompts-pay-own"))
    right = seen.place == "pay" and seen.shows(money(FEE)) and seen.shows(amount(FEE))
    evidence.require(right, Sentence("story-see-amount"), place=seen.place, texts=seen.texts)


def strangers_fee(scene: StoryScene, evidence: Evidence) -> None:
    """The same with a stranger's account: a warning, and no code to pay by."""
    seen = _fee(scene, evidence, "strangers-fee", STRANGERS_ACCOUNT, Sentence("screens-stranger-not-ours"))
    right = seen.place == "stranger" and not seen.shows(t("screens-pay-how"))
    evidence.require(right, Sentence("story-see-no-code"), place=seen.place, texts=seen.texts)


def _fee(scene: StoryScene, evidence: Evidence, name: str, to: BankAccount, expected: Sentence) -> KioskSeen:
    code = emv.write(emv.VietQr(to.bank, to.number, FEE, purpose=FEE_PURPOSE, name=to.holder))
    picture = code_on_paper(code)
    lay_under_camera(scene.village.ground.home(KIOSK).camera, picture)
    started = _start(
        scene,
        name,
        [
            {"wait": _words(Sentence("screens-home-fee")), "seconds": 30},
            {"touch": _words(Sentence("screens-home-fee"))},
            {"wait": _words(expected), "seconds": 20},
            {"shot": f"kiosk-{name}"},
        ],
    )
    return _finish(scene, name, started, evidence, 90)


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


def _finish(scene: StoryScene, name: str, out: Path, evidence: Evidence, seconds: float) -> KioskSeen:
    process = scene.village.processes.running[_DRIVER].process
    try:
        wait_for(lambda: process.poll() is not None, Sentence("story-see-kiosk-done", name=name), seconds)
    finally:
        scene.village.processes.stop(_DRIVER)
        for file in sorted(out.glob("*.png")):
            evidence.keep(file)
    result = (out / "result.json").read_text(encoding="utf-8") if (out / "result.json").is_file() else "{}"
    evidence.write("result.json", result.encode())
    if process.returncode != 0:
        last = f"{process.returncode}: {scene.village.processes.last_words(_DRIVER)}"
        raise not_seen(Sentence("story-see-kiosk-steps", name=name), last)
    played = json.loads(result)
    return KioskSeen(played["steps"][-1]["place"], " · ".join(played["texts"]))


def _words(sentence: Sentence) -> dict[str, str]:
    """How the kiosk's driver is told what to look for: in the kiosk's language."""
    return {"sentence": sentence.id}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _open(scene: StoryScene, dossier: str) -> bytes:
    from langso.settings.reading import load_settings
    from office.whole_office import Office

    with Office(load_settings(scene.village.ground.office_settings)) as office:
        return bytes(office.desk.open(dossier, "story"))


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
        raise not_seen(Sentence("story-see-sheet"))
    sheet = cv2.cvtColor(rectify(picture, found.quad).image, cv2.COLOR_BGR2GRAY)
    size = (420, 594)
    first, second = (cv2.GaussianBlur(cv2.resize(one, size), (0, 0), 2).astype(float) for one in (image, sheet))
    alike = float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    evidence.require(pages == 1 and alike > 0.8, Sentence("story-see-one-page"), pages=pages, alike=round(alike, 3))


STEPS = (
    StoryStep("paper", paper),
    StoryStep("own-fee", own_fee),
    StoryStep("strangers-fee", strangers_fee),
)
