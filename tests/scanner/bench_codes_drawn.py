"""QR reading beside each single engine on drawn codes (texts, small modules), and the memory that `langso scan read`
takes with its workers. Run by `make bench`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))


def main() -> None:
    """Print every table."""
    from scanner.codes import warm

    warm()
    names()
    small_modules()
    memory()


def names() -> None:
    """Short Vietnamese names and ID-card payloads, drawn clean and worn: texts read, texts wrong, per engine."""
    from scenes import codes as drawing
    from scenes import wording

    from scanner.codes import engines, read_codes

    rng = np.random.default_rng(7)
    words = [*wording.FAMILY, *wording.GIVEN, *(middle for middle in wording.MIDDLE if middle)]
    texts = [" ".join(str(word) for word in rng.choice(words, rng.integers(1, 4))) for _ in range(400)] + [
        drawing.citizen(rng) for _ in range(200)
    ]
    wechat = engines.WeChat()
    readers: dict[str, Callable[[Any], Iterable[str]]] = {
        "scanner": lambda image: (code.text for code in read_codes(image)),
        "zxing engine": lambda image: (r.text for r in engines.zxing(image).readings),
        "wechat engine": lambda image: (r.text for r in wechat.read(image).readings),
        "zbar engine, checked": lambda image: (r.text for r in engines.zbar(image).readings),
        "pyzbar as it is": _pyzbar_texts,
    }
    counts = {name: [0, 0, 0, 0] for name in readers}
    for index, text in enumerate(texts):
        image = worn(drawing.draw_code(text, 4)[0], rng, 0.8 + 0.4 * rng.random())
        for name, reader in readers.items():
            said = list(reader(image))
            kind = 2 * (index >= 400)
            counts[name][kind] += text in said
            counts[name][kind + 1] += any(other != text for other in said)
    print(f"texts: 400 short names, 200 ID-card payloads, photographed a little ({'goal':>4}: none wrong)")
    for name, (read, wrong, cards, cards_wrong) in counts.items():
        print(f"  {name:22} names read {read:3}, wrong {wrong:3}; cards read {cards:3}, wrong {cards_wrong:3}")


def small_modules(count: int = 40) -> None:
    """ID-card codes of version 8 under tilt, blur and noise at few pixels a module."""
    from scenes import codes as drawing

    from scanner.codes import engines, read_codes

    wechat = engines.WeChat()
    print("small modules: version 8 ID-card codes, tilt, blur, noise (goals 100 % at 2.0, >= 95 % at 1.5)")
    for size in (2.5, 2.0, 1.5):
        rng = np.random.default_rng(int(size * 10))
        ours = alone = chat = wrong = 0
        times = []
        for _ in range(count):
            text = drawing.citizen(rng)
            image = tilted(drawing.draw_code(text, 6, error="l", version=8)[0], rng, size / 6)
            begin = time.perf_counter()
            said = [code.text for code in read_codes(image)]
            times.append((time.perf_counter() - begin) * 1000)
            ours += text in said
            wrong += any(other != text for other in said)
            alone += any(r.text == text for r in engines.zxing(image).readings)
            chat += any(r.text == text for r in wechat.read(image).readings)
        print(
            f"  {size} px/module: scanner {ours / count:4.0%} (wrong {wrong}, median {np.median(times):.0f} ms), "
            f"zxing alone {alone / count:4.0%}, wechat alone {chat / count:4.0%}"
        )


def memory() -> None:
    """The whole process tree of `langso scan read` at its largest: two busy pictures of 12 megapixels, one after the
    other, with codes too blurred to read, so that every means is tried.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{seed}.jpg") for seed in (1, 2)]
        for seed, path in enumerate(paths):
            cv2.imwrite(path, crowded(np.random.default_rng(seed)))
        command = [str(Path(sys.executable).with_name("langso")), "scan", "read", "--json", *paths]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            most = {"Pss": 0, "Rss": 0}
            while process.poll() is None:
                now = _held(process.pid)
                most = {kind: max(most[kind], now[kind]) for kind in most}
                time.sleep(0.005)
    shared, counted = most["Pss"] / 1024, most["Rss"] / 1024
    print(f"memory: langso scan read, all three processes, 12 megapixels: {shared:.0f} MB (limit 300, ratio", end=" ")
    print(f"{shared / 300:.2f}); {counted:.0f} MB when what they share is counted for each")


def crowded(rng: Any) -> Any:
    """A gray picture of 12 megapixels full of edges, with eight blurred ID-card codes."""
    from scenes import codes as drawing

    width, height = 4000, 3000
    checks = rng.integers(0, 2, (height // 6, width // 6), dtype=np.uint8) * 150 + 50
    ground = cv2.GaussianBlur(cv2.resize(checks, (width, height), interpolation=cv2.INTER_NEAREST), (0, 0), 1.2)
    picture = np.clip(ground + rng.normal(0, 12, ground.shape), 0, 255).astype(np.uint8)
    for index in range(8):
        code = cv2.GaussianBlur(drawing.draw_code(drawing.citizen(rng), 7)[0], (0, 0), 4.6 + 0.2 * index)
        y, x = 300 + index // 4 * 1200, 200 + index % 4 * 900
        picture[y : y + code.shape[0], x : x + code.shape[1]] = code
    return picture


def _held(pid: int) -> dict[str, int]:
    """Kilobytes of a process and all below it: each page once by its share (Pss), and as often as it is mapped."""
    total = {"Pss": 0, "Rss": 0}
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            kind, _, size = line.partition(":")
            if kind in total:
                total[kind] += int(size.split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return total
    for child in children:
        below = _held(int(child))
        total = {kind: total[kind] + below[kind] for kind in total}
    return total


def worn(drawn: Any, rng: Any, blur: float) -> Any:
    """A drawn code turned a little, blurred, dimmed and noisy."""
    height, width = drawn.shape
    move = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-12, 12)), 0.95)
    seen = cv2.warpAffine(drawn, move, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    seen = cv2.GaussianBlur(seen, (0, 0), blur).astype(np.float32) * 0.7 + 25
    return np.clip(seen + rng.normal(0, 4, seen.shape), 0, 255).astype(np.uint8)


def tilted(drawn: Any, rng: Any, scale: float) -> Any:
    """A drawn code on a grey table, turned and tilted, at `scale`, blurred by the lens, noisy: 640 x 480."""
    side = drawn.shape[0]
    size = side * scale
    angle = np.radians(rng.uniform(-20, 20))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * size / 2
    seen = corners @ turn.T + rng.uniform(-0.03, 0.03, (4, 2)) * size + (320, 240)
    source = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    soft = cv2.GaussianBlur(drawn, (0, 0), 0.45 / scale)
    move = cv2.getPerspectiveTransform(source, seen.astype(np.float32))
    image = cv2.warpPerspective(soft, move, (640, 480), flags=cv2.INTER_LINEAR, borderValue=190).astype(np.float32)
    image = cv2.GaussianBlur(image * 0.8 + 20, (0, 0), 0.4)
    return np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


def _pyzbar_texts(image: Any) -> list[str]:
    from pyzbar import pyzbar

    return [r.data.decode("utf-8", "replace") for r in pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])]


if __name__ == "__main__":
    main()
