"""What every registered place may have to show: the usual, the longest, and each state that looks another way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import cv2
import numpy as np

from kiosk.devices.camera_thread import NO_CAMERA
from kiosk.journeys.kinds import GENERAL_KINDS, Kind
from kiosk.journeys.showing import (
    AskShows,
    CardShows,
    ClockShows,
    CornerPoints,
    CornersShows,
    FeeLookShows,
    HomeShows,
    KeptPage,
    LettersShows,
    LivePicture,
    PagesShows,
    PairingShows,
    PayShows,
    PreviewShows,
    ReceiptShows,
    Remark,
    ScanShows,
    SlipShows,
    SorryShows,
    SortShows,
    StrangerShows,
)
from kiosk.shell.protocol import Letters
from langso import words
from langso.device.pairing_stand import Stand, next_steps
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, Words, t
from scanner.guide import SAYS

HOLDER = "Ủy ban nhân dân phường Trần Hưng Đạo"
CODE = "H29.16-250701-0001"


def _sheet(width: int = 707, height: int = 1000) -> Any:
    sheet = np.full((height, width, 3), 244, np.uint8)
    cv2.putText(sheet, "GIAY KHAI SINH", (width // 8, height // 8), cv2.FONT_HERSHEY_DUPLEX, 1.4, (40, 40, 40), 2)
    for y in range(height // 5, height - 60, 44):
        cv2.line(sheet, (60, y), (width - 60 - y % 130, y), (90, 84, 80), 6)
    return sheet


def _table() -> Any:
    table = np.full((720, 1280, 3), (58, 66, 74), np.uint8)
    table[40:690, 410:870] = cv2.resize(_sheet(), (460, 650))
    return table


PAPER, TABLE = _sheet(), _table()
SQUARE, STANDING = TABLE[:, 160:1120], np.ascontiguousarray(TABLE.transpose(1, 0, 2)[::-1])
"""Other cameras' pictures: 4:3, and one that hangs on its side."""
CARD = _sheet(1000, 640)
QUAD = ((410.0, 40.0), (870.0, 40.0), (870.0, 690.0), (410.0, 690.0))
MODULES = tuple(tuple((x * y + x // 3) % 3 == 0 for x in range(45)) for y in range(45))

GOOD = Remark(SAYS["hold"], "motion_photos_on", "ok")
SAME = Remark(SAYS["same"], "flip", "warn")
GONE = Remark(NO_CAMERA, "no_photography", "bad")
LONG = Remark(max(SAYS.values(), key=lambda said: len(str(said))), "info", "warn")
READY = Remark(Sentence("journeys-ask-ready"), "touch_app", "plain")
CLEAR = Remark(Sentence("journeys-clear"), "check_circle", "ok")
SCAN, UNDER = Sentence("journeys-scan-title"), Sentence("journeys-scan-under")
HINT, CARD_HINT = Sentence("prompts-paper-how"), Sentence("prompts-card-how")
FRONT, BACK = Sentence("journeys-side-front"), Sentence("journeys-side-back")
FAR, MAKING = Sentence("prompts-odd-far"), Sentence("screens-making")
ASK = Sentence("prompts-fee-ask-amount")


def _page(number: int) -> Sentence:
    return Sentence("screens-page", page=number)


def _live(said: Remark, progress: float = 0.0, table: Any = TABLE, quad: CornerPoints = QUAD) -> LivePicture:
    return LivePicture(said, 1, table, quad, progress)


def _kept(*indices: int) -> tuple[KeptPage, ...]:
    return tuple(KeptPage(index, PAPER, odd=index % 2 == 1) for index in indices)


def _steps(stand: Stand) -> tuple[tuple[Words, str], ...]:
    return tuple((step.before, step.typed) for step in next_steps(stand))


COMMUNE, TOWN = "Xã Hoa Sơn", "Phường Trần Hưng Đạo"
HALL, CENTRE = "Nhà văn hóa thôn 2", "Trung tâm Phục vụ hành chính công"
BANK, OTHER_BANK, STRANGER = "VietinBank", "Agribank", "UY BAN NHAN DAN XA HOA SON"
PROCEDURES = (
    Kind("Đăng ký khai sinh kết hợp nhận cha, mẹ, con", "1.001193", "account_balance"),
    Kind("Cấp bản sao trích lục hộ tịch", "2.000635", "account_balance"),
    Kind("Xác nhận tình trạng hôn nhân", "1.004873", "account_balance"),
    Kind("Chứng thực bản sao từ bản chính", "2.000815", "account_balance"),
)
KINDS = (*GENERAL_KINDS, *PROCEDURES)
SUMS = (8_000, 12_345_000)
THEIRS = (
    *(COMMUNE, TOWN, HALL, CENTRE, HOLDER, BANK, OTHER_BANK, STRANGER, CODE, "kiosk-thon-2.json", "kiosk-thon-2"),
    *(str(kind.name) for kind in PROCEDURES),
    *(words.amount(dong) for dong in SUMS),
    *("sudo langso setup", "sudo langso pair status", "answer.json"),
)
"""What stands in the samples and is nobody's to translate: names, procedures, units of money, what is typed."""


def _meant() -> str:
    moment = datetime(2026, 12, 3, 3, 15, tzinfo=UTC)
    return t("clock-meant", moment=dates.full(moment), lunar=dates.lunar(date(2026, 12, 3)))


def _far() -> str:
    return t("clock-time-far", proven=dates.full(datetime(2026, 12, 3, 3, 15, tzinfo=UTC)))


def samples() -> dict[str, dict[str, Any]]:
    """By place and name, in the language spoken now."""
    title = t("journeys-fee-dossier", number=CODE)
    small, large = ((dong, words.money(dong), words.amount(dong)) for dong in SUMS)
    unsaid = (0, t("journeys-fee-no-amount"), str(ASK))
    return {
        "home": {
            "usual": HomeShows(HALL, COMMUNE, dates.day_with_lunar(date(2026, 11, 30)), "7:05"),
            "long": HomeShows(CENTRE, TOWN, dates.day_with_lunar(date(2025, 8, 23)), "23:59"),
            "unproven": HomeShows(HALL, COMMUNE, dates.day_with_lunar(date(2025, 8, 23)), "0:03", unproven=True),
        },
        "clock": {
            "begun": ClockShows("time", "__/__/____ __:__"),
            "refused": ClockShows("time", "03/12/2076 10:15", ready=True, refused=_far()),
            "pin": ClockShows("pin", "03/12/2026 10:15", _meant(), 6, True),
            "wrong": ClockShows("pin", "03/12/2026 10:15", _meant(), 12, True, t("clock-pin-wait", minutes=15)),
            "done": ClockShows("done", "03/12/2026 10:15", _meant()),
        },
        "letters": {
            "first": LettersShows(Letters()),
            "largest": LettersShows(Letters(1.6, True)),
        },
        "pairing": {
            "new": PairingShows(COMMUNE, "kiosk-thon-2", "", "", _steps(Stand("new"))),
            "asked": PairingShows(
                TOWN, "kiosk-thon-2", "1234 5678 9012", "", _steps(Stand("asked", carried="kiosk-thon-2.json"))
            ),
            "broken": PairingShows(
                COMMUNE,
                "kiosk-thon-2",
                "",
                t("pairing-unusable", wrong="answer.json"),
                _steps(Stand("broken")),
            ),
        },
        "scan": {
            "first": ScanShows(SCAN, UNDER, HINT, _live(GOOD, 0.6)),
            "third": ScanShows(SCAN, _page(3), HINT, _live(SAME), 2, _kept(0, 1), 3),
            "many": ScanShows(SCAN, _page(13), HINT, _live(LONG), 12, _kept(10, 11), 13),
            "busy": ScanShows(SCAN, _page(2), HINT, _live(GOOD, 1.0), 1, _kept(0), 2, busy=True),
            "retake": ScanShows(
                Sentence("journeys-retake-title", page=12),
                Sentence("journeys-retake-under"),
                HINT,
                _live(GOOD),
                12,
                _kept(10, 11),
                12,
                replacing=True,
            ),
            "card": ScanShows(Sentence("screens-scan-card"), FRONT, CARD_HINT, _live(GOOD), card=CardShows(FRONT)),
            "card-back": ScanShows(
                Sentence("screens-scan-card"),
                BACK,
                Sentence("prompts-card-turn-back"),
                _live(SAME),
                card=CardShows(BACK, (Sentence("journeys-side-done", side="unknown"), CARD)),
            ),
            "square": ScanShows(SCAN, UNDER, HINT, _live(LONG, 0.0, SQUARE, tuple((x - 160, y) for x, y in QUAD))),
            "standing": ScanShows(
                SCAN, UNDER, HINT, _live(LONG, 0.4, STANDING, tuple((y, 1280 - x) for x, y in QUAD))
            ),
            "no-camera": ScanShows(SCAN, UNDER, HINT, LivePicture(GONE)),
        },
        "preview": {
            "making": PreviewShows(1, PAPER, Remark(MAKING, "hourglass_top", "plain")),
            "good": PreviewShows(12, PAPER, CLEAR),
            "odd": PreviewShows(12, PAPER, Remark(FAR, "warning"), replacing=True, remarks=(FAR,)),
            "pressed": PreviewShows(1, PAPER, Remark(MAKING, "hourglass_top", "warn"), lit="enough"),
            "card": PreviewShows(1, CARD, CLEAR, card=True, corners=False),
            "failed": PreviewShows(1, PAPER, Remark(Sentence("journeys-memory-full"), "warning", "bad")),
        },
        "corners": {
            "found": CornersShows(TABLE, QUAD, found=True),
            "unknown": CornersShows(TABLE, None, found=False),
            "busy": CornersShows(TABLE, QUAD, found=True, busy=True),
            "refused": CornersShows(TABLE, QUAD, found=True, refused=SAYS["same_side"]),
        },
        "pages": {
            "only": PagesShows(0, 1, PAPER),
            "between": PagesShows(4, 12, PAPER, (FAR,)),
            "asking": PagesShows(1, 3, PAPER, asking=True),
        },
        "sort": {
            "usual": SortShows(2, KINDS, Remark(Sentence("prompts-choose-kind"), "touch_app", "plain")),
            "few": SortShows(1, GENERAL_KINDS, Remark(Sentence("prompts-choose-kind"), "touch_app", "plain")),
        },
        "ask": {
            "wait": AskShows(
                GENERAL_KINDS[0].name, 2, PAPER, Remark(Sentence("journeys-ask-wait", seconds=10), "hourglass_top")
            ),
            "ready": AskShows(PROCEDURES[0].name, 30, PAPER, READY, ready=True),
            "sealing": AskShows(
                PROCEDURES[3].name, 1, CARD, Remark(Sentence("journeys-sealing"), "hourglass_top"), busy=True
            ),
            "failed": AskShows(
                GENERAL_KINDS[1].name, 1, CARD, Remark(Sentence("sending-no-key"), "warning", "bad"), ready=True
            ),
        },
        "receipt": {
            "sent": ReceiptShows(
                GENERAL_KINDS[0].name,
                2,
                "TN 261130 482 173",
                Remark(Sentence("journeys-received"), "check_circle", "ok"),
            ),
            "offline": ReceiptShows(
                PROCEDURES[0].name,
                30,
                "TN 261130 482 173",
                Remark(Sentence("journeys-offline"), "hourglass_top"),
            ),
        },
        "fee": {
            "looking": FeeLookShows(_live(Remark(Sentence("screens-fee-how"), "qr_code_scanner"))),
            "two": FeeLookShows(_live(Remark(Sentence("journeys-fee-two-codes")))),
            "no-camera": FeeLookShows(LivePicture(GONE)),
        },
        "pay": {
            "usual": PayShows(title, *small, HOLDER, f"{BANK} · 000 000 000 001", MODULES),
            "large": PayShows(title, *large, HOLDER, f"{OTHER_BANK} · 1234 5678 9012 345", MODULES),
            "open": PayShows("", *unsaid, HOLDER, f"{BANK} · 0000 0001", MODULES),
        },
        "slip": {
            "made": SlipShows(title, *small, HOLDER, _sheet(576, 1100)),
            "failed": SlipShows("", *unsaid, HOLDER, None),
        },
        "sorry": {"again": SorryShows(), "kept": SorryShows("TN 261122 482 173")},
        "stranger": {
            "stranger": StrangerShows(
                True,
                title,
                Sentence("prompts-fee-stranger"),
                words.money(SUMS[1]),
                f"{t('journeys-fee-bank', number='970499')} · 9999 0000 1111 222",
                STRANGER,
            ),
            "no-list": StrangerShows(
                False,
                title,
                Sentence("prompts-fee-no-list"),
                words.money(SUMS[0]),
                f"{BANK} · 000 000 000 001",
                "",
            ),
        },
    }
