"""Named scenes and how badly they are photographed, by seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from scenes import cards, codes, sheets, tables
from scenes.camera import Conditions, Photograph, frames, shoot
from scenes.model import A4, A5, Placed, Scene, Sheet
from scenes.optics import Bend
from scenes.wording import pick

KINDS = (
    "text", "table", "form", "yellow", "pink", "old", "receipt", "blank", "nearly_blank", "booklet", "card_front",
    "card_back", "both_cards", "phone", "slip", "several", "white_on_white", "folded", "worn",
)  # fmt: skip
SEVERITIES = ("easy", "typical", "hard")
LIVE_SIZE = (1280, 960)

_LYING = ("booklet", "card_front", "card_back", "both_cards", "slip", "several")
_CODE_KINDS = ("card_front", "phone", "slip", "both_cards")


def sample(kind: str, severity: str = "typical", seed: int = 0, *, size: tuple[int, int] | None = None) -> Photograph:
    """One photograph. `kind` of KINDS, `severity` of SEVERITIES; the same arguments give the same pixels."""
    rng = _generator(kind, severity, seed)
    scene = scene_of(kind, rng, severity)
    conditions = conditions_of(severity, rng, kind=kind, size=size)
    return shoot(_with_clutter(scene, conditions, rng), conditions, rng)


def live(
    kind: str,
    severity: str = "typical",
    seed: int = 0,
    *,
    seconds: float = 2.0,
    fps: float = 10.0,
    size: tuple[int, int] = LIVE_SIZE,
) -> Iterator[Photograph]:
    """Successive frames of one scene held under the kiosk's camera."""
    rng = _generator(kind, severity, seed)
    scene = scene_of(kind, rng, severity)
    conditions = conditions_of(severity, rng, kind=kind, size=size)
    yield from frames(_with_clutter(scene, conditions, rng), conditions, seconds, fps, rng)


def scene_of(kind: str, rng: Any, severity: str = "typical") -> Scene:
    """The things and the table, before anything is photographed."""
    hard = SEVERITIES.index(severity)
    table = (
        "white"
        if kind == "white_on_white"
        else pick(rng, ("dark_wood", "wood", "cloth", "black", "tiles", "stone", "checked", "mat")[: 3 + 3 * hard])
    )
    if kind in ("both_cards", "several"):
        items = [cards.front(rng), cards.back(rng)] if kind == "both_cards" else _several(rng)
        return Scene(tuple(_scattered(items, rng, 4.0 + 8 * hard)), table)
    sheet = _sheet(kind, rng, hard)
    if (hard == 2 and kind in ("card_front", "card_back")) or kind == "worn":
        sheet = sheets.worn(sheet, rng, 0.4 + 0.3 * hard)
    if hard == 2 and kind in ("form", "text", "table", "yellow", "pink") and rng.random() < 0.5:
        sheet = sheets.folded(sheet, rng, (int(rng.integers(0, 3)), int(rng.integers(0, 2))))
    return Scene((Placed(sheet, (0.0, 0.0), float(rng.normal(0, (1, 4, 10)[hard]))),), table)


def conditions_of(severity: str, rng: Any, *, kind: str = "form", size: tuple[int, int] | None = None) -> Conditions:
    """Circumstances drawn: easy is a well-lit kiosk, typical a hand-held phone, hard what still has to work."""
    hard = SEVERITIES.index(severity)
    if size is None:
        size = (2016, 1512) if kind in _LYING else (1512, 2016)
        # Several things share the picture, so it needs more pixels to show each.
        size = (3264, 2448) if kind in ("several", "both_cards") else size
    reach = min(size)
    glossy = kind in ("card_front", "card_back", "both_cards", "phone")
    shadow = ("none", pick(rng, ("none", "soft", "hand")), pick(rng, ("soft", "hand", "sharp")))[hard]
    # What a camera's own white balance leaves of a lamp's colour.
    warm = float(np.clip(rng.normal(0, (0.01, 0.05, 0.10)[hard]), -0.14, 0.14))
    bent = kind == "booklet" or kind not in (*_LYING, "phone")
    rise = float(rng.uniform(0, (0.0, 6.0, 16.0)[hard])) if bent and rng.random() < 0.5 else 0.0
    dim = float(rng.uniform(*((0.9, 1.02), (0.7, 1.02), (0.38, 1.0))[hard]))
    # Papers fill most of the picture; codes are held nearer or farther than they should be.
    fill = float(rng.uniform(*((0.82, 0.92), (0.7, 0.93), (0.55, 0.97))[hard]))
    if kind in _CODE_KINDS:
        fill = float(rng.uniform(*((0.7, 0.9), (0.6, 0.9), (0.52, 0.86))[hard]))
    skip, focus = 1, 1.0
    if kind == "phone":
        # A lit screen is held close and is easy to focus on; what harms it is the sensor's grid against its own.
        fill = float(rng.uniform(*((0.7, 1.0), (0.7, 1.1), (0.6, 1.2))[hard]))
        skip, focus = int(rng.integers(1, (2, 3, 4)[hard])), 0.5
    return Conditions(
        size=size,
        fill=fill,
        shift=tuple(float(v) for v in rng.normal(0, 0.012, 2)),
        tilt=float(rng.uniform(0, (5, 14, 26)[hard])),
        azimuth=float(rng.uniform(0, 360)),
        roll=float(rng.normal(0, (1.0, 4.0, 12.0)[hard])),
        distortion=float(rng.uniform(-0.02, (0.01, 0.03, 0.05)[hard])),
        defocus=float(rng.uniform(0.35, (0.6, 0.9, 1.3)[hard])) * max(1.0, reach / 1500) * focus,
        motion=float(rng.uniform(0, (0.5, 1.6, 3.2)[hard])) * max(1.0, reach / 1500),
        motion_angle=float(rng.uniform(0, 180)),
        exposure=dim,
        noise=float(rng.uniform(1.0, (2.0, 4.0, 7.0)[hard])) / dim**0.5,
        cast=(1 - warm, 1.0, 1 + warm),
        shadow=shadow,
        shadow_depth=float(rng.uniform(0.2, (0.2, 0.45, 0.62)[hard])),
        glares=int(rng.integers(0, (2, 3, 4)[hard])) if glossy else int(rng.integers(0, 2)) * (hard > 0),
        glare_strength=float(rng.uniform(60, (90, 170, 260)[hard])),
        bend=Bend(rise, int(rng.integers(2)), pick(rng, ("arch", "curl", "wave"))),
        clutter=int(rng.integers(0, (1, 3, 6)[hard])),
        fingers=int(rng.integers(1, 3 if glossy else 5)) if hard and rng.random() < 0.15 * hard else 0,
        skip=skip,
        jpeg=int(rng.integers((90, 80, 65)[hard], 96)),
    )


def _sheet(kind: str, rng: Any, hard: int) -> Sheet:
    if kind in ("yellow", "pink", "old"):
        return sheets.form(rng, paper=kind)
    if kind == "blank" or kind == "nearly_blank":
        return sheets.blank(rng, nearly=kind == "nearly_blank")
    if kind == "white_on_white":
        return sheets.text_page(rng) if rng.random() < 0.5 else sheets.form(rng)
    makers = {
        "text": sheets.text_page, "table": sheets.table_page, "form": sheets.form, "receipt": sheets.receipt,
        "booklet": sheets.booklet, "card_front": cards.front, "card_back": cards.back, "slip": codes.slip,
        "folded": lambda r: sheets.folded(sheets.form(r), r, (2, 1), 0.6 + 0.3 * hard),
        "worn": lambda r: sheets.text_page(r) if r.random() < 0.5 else sheets.form(r),
        "phone": lambda r: codes.phone(r, bright=float(r.uniform(0.75 - 0.1 * hard, 1.0))),
    }  # fmt: skip
    return makers[kind](rng)


def _several(rng: Any) -> list[Sheet]:
    items = [
        sheets.form(rng, size_mm=A5),
        sheets.receipt(rng),
        cards.front(rng),
        sheets.text_page(rng, size_mm=A5, points=9),
    ]
    if rng.random() < 0.4:
        items[0] = sheets.form(rng, size_mm=A4)
    return [items[int(i)] for i in rng.permutation(4)[: int(rng.integers(2, 5))]]


def _scattered(items: list[Sheet], rng: Any, turn: float) -> list[Placed]:
    """Side by side in two columns, each turned a little, none over another."""
    placed, y = [], 0.0
    for row in range(0, len(items), 2):
        pair = items[row : row + 2]
        reach = [
            0.5 * float(np.hypot(*item.size_mm)) * np.cos(np.pi / 4 - np.radians(turn) / 2) * 1.12 for item in pair
        ]
        deep = max(item.size_mm[1] for item in pair) / 2 + 0.12 * max(item.size_mm[0] for item in pair)
        y += deep
        x = 0.0
        for item, half in zip(pair, reach, strict=True):
            wide = max(item.size_mm[0] / 2 + 0.12 * item.size_mm[1], min(half, item.size_mm[0] / 2 + 20))
            placed.append(Placed(item, (x + wide, y), float(np.clip(rng.normal(0, turn / 2), -turn, turn))))
            x += 2 * wide + 6
        y += deep + 6
    return placed


def _with_clutter(scene: Scene, conditions: Conditions, rng: Any) -> Scene:
    if not conditions.clutter:
        return scene
    halves = [
        (abs(p.centre[0]) + p.sheet.size_mm[0] / 2, abs(p.centre[1]) + p.sheet.size_mm[1] / 2) for p in scene.placed
    ]
    around = (max(h[0] for h in halves), max(h[1] for h in halves))
    return Scene((*tables.clutter(rng, conditions.clutter, around), *scene.placed), scene.table)


def _generator(kind: str, severity: str, seed: int) -> Any:
    return np.random.default_rng([seed, KINDS.index(kind), SEVERITIES.index(severity)])
