"""What measuring the camera's table once is worth: sizes told right, pale paper's colour kept. Run by `make bench`.

Three sizes and five tints of paper under three lamps on three tables, cleaned with the measure and without.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import scenes
from scenes import sheets
from scenes.model import A4, A5, Placed, Scene, Sheet

from scanner.clean import finish
from scanner.live.table_measuring import measure_table

A6 = (105.0, 148.0)
SIZES = {"A4": A4, "A5": A5, "A6": A6}
TABLES = ("dark_wood", "wood", "black")
LAMPS = {"neutral": (1.0, 1.0, 1.0), "warm": (0.86, 1.0, 1.1), "cool": (1.1, 1.0, 0.92)}
PAPERS = {
    "white": (255, 255, 255),
    "blue": (255, 236, 222),
    "green": (222, 245, 228),
    "pink": (228, 222, 250),
    "yellow": (215, 245, 252),
}
LIMIT_LAB = 3.0


def main() -> None:
    """Print the table."""
    right: dict[str, list[bool]] = defaultdict(list)
    apart: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name, paper, sheet, shot, known in _shots():
        quad = shot.sheets[0].quad
        for how, told in (("measured", known), ("not measured", {})):
            page = finish(shot.image, quad, **told)
            right[how].append(page.paper == name)
            if name == "A4":
                apart[how, paper].append(_apart(page.image, sheet.image))
    for how, told in right.items():
        colours = ", ".join(f"{paper} {np.mean(apart[how, paper]):.1f}" for paper in PAPERS)
        worst = max(max(apart[how, paper]) for paper in PAPERS)
        print(f"  {how:12}  size right {sum(told)}/{len(told)}  tint off by Lab {colours}; worst {worst:.1f}")
    print(f"table: a measured camera's limit is every size right and no tint off by more than {LIMIT_LAB}")


def _shots() -> Iterator[tuple[str, str, Sheet, Any, dict[str, Any]]]:
    """Size's name, paper's name, the sheet, its photograph, what the measure tells of it."""
    form = sheets.form(np.random.default_rng(2), number=0)
    plain = Sheet(np.full((2376, 1680, 3), 250, np.uint8), A4, "plain")
    for table in TABLES:
        for cast in LAMPS.values():
            good = scenes.Conditions(size=(1920, 1080), fill=0.8, tilt=3.0, cast=cast, exposure=0.8)
            measured = measure_table(_photograph(plain, good, table).image, "bench")
            for paper, tint in PAPERS.items():
                image = (form.image * (np.array(tint) / 255)).astype(np.uint8)
                for name, size in SIZES.items():
                    if name != "A4" and paper != "white":
                        continue
                    sheet = replace(form, image=image, size_mm=size)
                    shot = _photograph(sheet, replace(good, fill=0.8 * size[1] / A4[1]), table)
                    quad = shot.sheets[0].quad
                    scale, white = measured.px_per_mm(shot.image, quad), measured.white_at(shot.image, quad)
                    yield name, paper, sheet, shot, {"px_per_mm": scale, "white": white}


def _photograph(sheet: Sheet, conditions: scenes.Conditions, table: str) -> Any:
    scene = Scene((Placed(sheet, (0.0, 0.0), 90.0),), table)
    return scenes.shoot(scene, conditions, np.random.default_rng(1))


def _apart(page: Any, truth: Any) -> float:
    """How far the paper's tint is from what was printed (Lab, lightness left out)."""
    first, second = (np.median(one.reshape(-1, 3), axis=0) for one in (page, truth))
    pair = np.array([[first, second]], np.float32) / 255
    one, other = cv2.cvtColor(pair, cv2.COLOR_BGR2LAB)[0]
    return float(np.hypot(*(one[1:] - other[1:])))


if __name__ == "__main__":
    main()
