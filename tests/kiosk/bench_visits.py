"""Fifty visits, one after the other: how much the kiosk's memory grows. `python tests/kiosk/bench_visits.py`.

The real application offscreen; each visit is shown a payment code, sees the warning and ends. The size is of the
process that lives on, without what others share; the least of ten visits each, as the renderer's own swings by a
tenth from moment to moment. At most 3 % from the second ten to the last.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "scanner"), str(HERE.parents[0] / "shared"), str(HERE.parents[1])]

VISITS, TEN = 50, 10
MOST = 0.03
SETTLED_S = 1.2


def main() -> int:
    """Prints the table; 1 where it grows by more."""
    import cv2
    from stage.commune import Commune
    from stage.pictures import draw_code, vietqr
    from stage.screen import Screen
    from stage.traces import resident

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commune = Commune(folder / "kiosk")
        commune.pair()
        commune.teach()
        (folder / "camera").mkdir()
        cv2.imwrite(str(folder / "camera/1.jpg"), draw_code(vietqr("999900001111", name="NGUOI LA")))
        settings = folder / "langso.toml"
        text = commune.settings_text(office_url="http://127.0.0.1:9", camera=folder / "camera")
        settings.write_text(text, encoding="utf-8")
        kiosk = Screen(settings, "", folder / "said.txt", wipes=True)
        sizes: list[int] = []
        try:
            kiosk.until("app.router.place", "home")
            for _ in range(VISITS):
                kiosk.do("app.router.emit('fee')")
                kiosk.until("app.router.place", "stranger")
                kiosk.do("app.router.emit('done')")
                kiosk.until("app.router.place", "home")
                threading.Event().wait(SETTLED_S)
                sizes.append(resident(kiosk.process.pid))
        finally:
            kiosk.close()
    tens = [min(sizes[at : at + TEN]) for at in range(0, VISITS, TEN)]
    print(f"{'visits':>10} {'least MiB':>10} {'against the second ten':>23}")
    for number, size in enumerate(tens):
        print(f"{number * TEN + 1:>6}-{(number + 1) * TEN:<3} {size / 1024:10.1f} {size / tens[1] - 1:23.1%}")
    return 0 if tens[-1] <= tens[1] * (1 + MOST) else 1


if __name__ == "__main__":
    sys.exit(main())
