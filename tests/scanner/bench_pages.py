"""Page finding on the development photographs: mean IoU, share above .90, missed, time. Run by `make bench`."""

from __future__ import annotations

import json
import time
from pathlib import Path

import cv2
import numpy as np

from scanner.pages import find_page
from scanner.pages.geometry import order_corners, overlap

PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "pages"


def main(sheet: Path | None = None) -> None:
    """Print the table; with `sheet`, write a contact sheet of the outlines there."""
    if not PAGES.is_dir():
        print("pages: ../shared/data/pages is absent, nothing measured")
        return
    entries = json.loads((PAGES / "manifest.json").read_text(encoding="utf-8"))["images"]
    rows, tiles = [], []
    for entry in entries:
        image = cv2.imread(str(PAGES / entry["image"]))
        begin = time.perf_counter()
        found = find_page(image)
        spent = (time.perf_counter() - begin) * 1000
        truth = order_corners(entry["quad"])
        iou = 0.0 if found.quad is None else overlap(found.quad, truth)
        rows.append((iou, spent, found.confidence, entry["image"]))
        for quad, colour in ((truth, (0, 0, 255)), (found.quad, (138, 208, 53))):
            if quad is not None:
                cv2.polylines(image, [quad.astype(int)], True, colour, image.shape[0] // 150)
        tiles.append(cv2.resize(image, (300, 400)))
    for iou, spent, confidence, name in sorted(rows):
        print(f"  {name:26} IoU {iou:.3f}  {spent:5.0f} ms  confidence {confidence:.2f}")
    ious = np.array([row[0] for row in rows])
    times = np.array([row[1] for row in rows])
    print(
        f"pages: {len(rows)} photographs, mean IoU {ious.mean():.3f} (goal .970), median {np.median(ious):.3f}, "
        f">= .90 {np.mean(ious >= 0.9):.0%}, missed {int(np.sum(ious < 0.3))}, "
        f"median {np.median(times):.0f} ms, p95 {np.percentile(times, 95):.0f} ms (limit 60)"
    )
    if sheet is not None:
        while len(tiles) % 5:
            tiles.append(np.zeros_like(tiles[0]))
        cv2.imwrite(str(sheet), np.vstack([np.hstack(tiles[i : i + 5]) for i in range(0, len(tiles), 5)]))


if __name__ == "__main__":
    import sys

    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
