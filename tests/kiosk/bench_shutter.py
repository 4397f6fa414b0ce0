"""From the shutter to the preview, on a twelve-megapixel still: `python tests/kiosk/bench_shutter.py`.

What the kiosk does between the press and the picture on the screen, without the camera's own time: corners found anew
in the still, the draft of the page, and, while it is looked at, the page itself. Limit of the issue: 0.7 s.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import cv2
from stage.pictures import draw_paper

LIMIT_S = 0.7
ROUNDS = 7
STILL = (4608, 2592)


def _timed(what: Callable[[], Any]) -> tuple[float, float, Any]:
    """Median and worst seconds of several rounds, and the last answer."""
    result = what()
    spent = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        result = what()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent), max(spent), result


def main() -> int:
    """Prints the table; 1 where the preview comes too late."""
    from kiosk.journeys.develop import remarks
    from scanner.document import compress
    from scanner.live.capture import draft, shot_of, straighten
    from scanner.live.eye import Eye

    live = draw_paper()
    still = cv2.resize(live, STILL, interpolation=cv2.INTER_CUBIC)
    look = _timed(lambda: Eye().look(live))
    seen = look[2]
    shot = _timed(lambda: shot_of(seen, still))
    picture = _timed(lambda: draft(shot[2]))
    page = _timed(lambda: straighten(shot[2]))
    odd = _timed(lambda: remarks(shot[2]))
    small = _timed(lambda: compress(page[2]))
    rows = [
        ("one live frame judged (1920x1080)", look),
        ("corners in the still (4608x2592)", shot),
        ("draft for the screen", picture),
        ("behind the preview: the page itself", page),
        ("behind the preview: what is odd with it", odd),
        ("behind the next page: compressed", small),
    ]
    print(f"{'step':42} {'median s':>9} {'worst s':>9} {'of the limit':>13}")
    for name, (median, worst, _) in rows:
        print(f"{name:42} {median:9.3f} {worst:9.3f} {median / LIMIT_S:13.0%}")
    total = shot[0] + picture[0]
    print(f"{'shutter to preview':42} {total:9.3f} {shot[1] + picture[1]:9.3f} {total / LIMIT_S:13.0%}")
    return 0 if total <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
