"""What lies under the kiosk's camera in the story: a real photograph where there is one, else a rendered sheet."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

_PHOTOGRAPHS = Path(__file__).resolve().parents[4] / "shared" / "data" / "pages"
_WANTED = "mm_scanner_test_3.jpg"


def a_page() -> tuple[str, Any]:
    """(where it comes from, BGR picture) of a sheet on a table."""
    from scanner.images import load_image

    file = _PHOTOGRAPHS / _WANTED
    if file.is_file():
        return file.name, load_image(file)
    return "rendered", _on_table(_form())


def code_on_paper(text: str) -> Any:
    """A QR code printed on a sheet, photographed at an angle. BGR."""
    import cv2
    import numpy as np
    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=9, border=4)
    code: Any = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    sheet = np.full((1188, 840, 3), 245, np.uint8)
    y, x = 300, (840 - code.shape[1]) // 2
    sheet[y : y + code.shape[0], x : x + code.shape[1]] = code
    return _on_table(sheet)


def lay_under_camera(folder: Path, picture: Any) -> None:
    """Take away what lay there and lay this."""
    import cv2

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    waiting = folder / ".laying"
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not done:
        raise ValueError("the picture cannot be encoded")
    waiting.write_bytes(bytes(data))
    waiting.rename(folder / "001.jpg")


def _form() -> Any:
    import cv2
    import numpy as np

    rng = np.random.default_rng(7)
    sheet = np.full((1754, 1240, 3), (246, 248, 250), np.uint8)
    cv2.rectangle(sheet, (380, 120), (860, 150), (40, 40, 40), -1)
    for y in range(260, 1450, 46):
        x = 120
        while x < 1080:
            width = int(rng.integers(30, 130))
            cv2.rectangle(sheet, (x, y), (min(x + width, 1120), y + 14), (60, 50, 50), -1)
            x += width + 24
    cv2.circle(sheet, (900, 1560), 105, (40, 40, 200), 8)
    return sheet


def _on_table(sheet: Any) -> Any:
    import cv2
    import numpy as np

    rng = np.random.default_rng(11)
    width, height = 1600, 1200
    grain = cv2.GaussianBlur(rng.normal(0, 30, (height, width)).astype(np.float32), (0, 0), 9, sigmaY=1)
    table = np.stack([60 + grain, 95 + grain, 135 + grain], axis=2)
    h, w = sheet.shape[:2]
    corners = np.array([(430, 60), (1190, 90), (1240, 1140), (380, 1110)], np.float32)
    move = cv2.getPerspectiveTransform(np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32), corners)
    laid = cv2.warpPerspective(sheet, move, (width, height), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((h, w), 255, np.uint8), move, (width, height))
    scene = np.where(mask[:, :, None] > 127, laid.astype(np.float32), table)
    scene *= np.linspace(0.8, 1.0, width, dtype=np.float32)[None, :, None]
    return np.clip(scene + rng.normal(0, 2, scene.shape), 0, 255).astype(np.uint8)
