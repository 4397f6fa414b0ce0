"""QR reading beside each single engine on the development photographs. Run by `make bench`; with a PATH a contact
sheet of the ten worst codes is written there. Drawn codes: bench_codes_drawn.py.

A code counts as read when a decoded outline overlaps its marked quadrilateral, one to one. Some photographs carry an
EXIF orientation while their marks lie in the pixels as stored; rates are given for the marks as they are and for
those marks turned like the photograph. One mark stands twice (brightness/image002): nobody can read all.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

PHOTOGRAPHS = Path(__file__).resolve().parents[3] / "shared" / "data" / "qr"
CAP_S = 3.0
GOALS = "goals: category mean >= 81.3 % (83.3 %), median <= 25 ms, p95 <= 500 ms, none above 1000 ms"
PEERS = ("zxing", "wechat", "zbar", "cv2")
WITHOUT = "without rescue"
"""The scanner without the decoder of our own (`scanner.codes.rescue`): what that is worth."""


@dataclass
class Photograph:
    """One photograph with its marks, and the same marks turned by its EXIF orientation."""

    name: str
    category: str
    image: Any
    marked: list[Any]
    turned: list[Any]


@dataclass
class Score:
    """What one engine read: (codes read, codes there) a photograph for both kinds of marks, and times."""

    marked: list[tuple[str, int, int]] = field(default_factory=list)
    turned: list[tuple[str, int, int]] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def add(self, photograph: Photograph, outlines: list[Any], ms: float) -> list[int]:
        """Count; the indices of the marks (turned) that stayed unread."""
        self.ms.append(ms)
        for marks, counts in ((photograph.marked, self.marked), (photograph.turned, self.turned)):
            hit = matched(outlines, marks)
            counts.append((photograph.category, len(hit), len(marks)))
        return [i for i in range(len(photograph.turned)) if i not in hit]


def main(sheet: Path | None = None) -> None:
    """Print both tables."""
    from scanner.codes import warm

    warm()
    if PHOTOGRAPHS.is_dir():
        photographs(sheet)
    else:
        print("codes: ../shared/data/qr is absent, photographs not measured")


def photographs(sheet: Path | None) -> None:
    """The scanner and each peer on every photograph."""
    from scanner.codes import read_codes

    peers = {name: Capped(name) for name in PEERS}
    scores = {name: Score() for name in ("scanner", WITHOUT, *PEERS, "union of engines")}
    worst: list[Any] = []
    for photograph in load():
        begin = time.perf_counter()
        found = read_codes(photograph.image)
        spent = (time.perf_counter() - begin) * 1000
        missed = scores["scanner"].add(photograph, [code.polygon for code in found], spent)
        worst += [tile(photograph, index) for index in missed] if len(worst) < 10 else []
        begin = time.perf_counter()
        found = read_codes(photograph.image, rescue=False)
        spent = (time.perf_counter() - begin) * 1000
        scores[WITHOUT].add(photograph, [code.polygon for code in found], spent)
        union: list[Any] = []
        total = 0.0
        for name, peer in peers.items():
            outlines, ms = peer.read(photograph.image)
            scores[name].add(photograph, outlines, ms)
            union += outlines
            total += ms
        scores["union of engines"].add(photograph, union, total)
    for peer in peers.values():
        peer.close()
    print(f"codes: {len(scores['scanner'].ms)} photographs, marks turned like the photograph ({GOALS})")
    _table(scores, lambda score: score.turned)
    print("the same, marks as they are (five photographs have theirs in pixels before EXIF turning)")
    _table(scores, lambda score: score.marked)
    _categories(scores)
    if sheet is not None and worst:
        worst = worst[:10] + [np.zeros_like(worst[0])] * (-len(worst[:10]) % 5)
        cv2.imwrite(str(sheet), np.vstack([np.hstack(worst[i : i + 5]) for i in range(0, len(worst), 5)]))


def load() -> Iterable[Photograph]:
    """The development photographs, one at a time."""
    for entry in json.loads((PHOTOGRAPHS / "manifest.json").read_text(encoding="utf-8"))["images"]:
        path = PHOTOGRAPHS / entry["image"]
        image = cv2.imread(str(path))
        marks = [np.array(quad, np.float32) for quad in entry["codes"]]
        yield Photograph(entry["image"], entry["category"], image, marks, _turned(path, image, marks))


def matched(outlines: list[Any], marks: list[Any]) -> set[int]:
    """Indices of the marks that some outline overlaps, each outline used once."""
    from scanner.codes.places import overlap

    pairs = sorted(((overlap(o, m), i, k) for i, m in enumerate(marks) for k, o in enumerate(outlines)), reverse=True)
    hit: set[int] = set()
    used: set[int] = set()
    for share, i, k in pairs:
        if share > 0 and i not in hit and k not in used:
            hit.add(i)
            used.add(k)
    return hit


def tile(photograph: Photograph, index: int, side: int = 360) -> Any:
    """The neighbourhood of one mark, labelled."""
    quad = photograph.turned[index]
    low, high = quad.min(axis=0), quad.max(axis=0)
    more = (high - low).max() * 0.3
    x0, y0 = np.maximum(low - more, 0).astype(int)
    x1, y1 = (high + more).astype(int)
    part = photograph.image[y0:y1, x0:x1]
    scale = side / max(part.shape[:2])
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    out = np.zeros((side + 20, side, 3), np.uint8)
    out[20 : 20 + part.shape[0], : part.shape[1]] = part[:side, :side]
    cv2.putText(out, photograph.name, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 255, 255), 1)
    return out


class Capped:
    """A single engine in a process of its own, ended when a photograph takes it more than CAP_S seconds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._start()

    def read(self, image: Any) -> tuple[list[Any], float]:
        """Outlines, and milliseconds (of the engine alone, or the cap)."""
        self._pipe.send(image)
        if self._pipe.poll(CAP_S + 0.5):
            outlines, ms = self._pipe.recv()
            return outlines, ms
        self.close()
        self._start()
        return [], CAP_S * 1000

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._name, far), daemon=True)
        self._process.start()
        far.close()
        self._pipe.recv()


def _serve(name: str, pipe: Any) -> None:
    read = _peer(name)
    pipe.send("ready")
    while True:
        image = pipe.recv()
        begin = time.perf_counter()
        outlines = read(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        pipe.send((outlines, (time.perf_counter() - begin) * 1000))


def _peer(name: str) -> Callable[[Any], list[Any]]:
    from pyzbar import pyzbar

    from scanner.codes import engines

    if name == "cv2":
        detector = cv2.QRCodeDetector()

        def by_cv2(gray: Any) -> list[Any]:
            _, texts, quads, _ = detector.detectAndDecodeMulti(gray)
            return [quad for text, quad in zip(texts, quads, strict=True) if text] if texts else []

        return by_cv2
    if name == "wechat":
        wechat = engines.WeChat()
        return lambda gray: [np.array(r.polygon, np.float32) for r in wechat.read(gray).readings]
    if name == "zbar":

        def by_zbar(gray: Any) -> list[Any]:
            found = pyzbar.decode(gray, symbols=[pyzbar.ZBarSymbol.QRCODE])
            return [np.array(r.polygon, np.float32) for r in found if len(r.polygon) >= 3]

        return by_zbar
    return lambda gray: [np.array(r.polygon, np.float32) for r in engines.zxing(gray).readings]


def _turned(path: Path, image: Any, marks: list[Any]) -> list[Any]:
    from PIL import Image

    with Image.open(path) as header:
        orientation = header.getexif().get(274, 1)
    width = image.shape[1]
    if orientation == 6:
        return [np.stack([width - 1 - quad[:, 1], quad[:, 0]], axis=1) for quad in marks]
    return marks


def _table(scores: dict[str, Score], which: Callable[[Score], list[tuple[str, int, int]]]) -> None:
    print(f"  {'':18}{'codes':>7}{'cat mean':>10}{'images':>8}{'median':>9}{'mean':>7}{'p95':>7}{'max':>7} ms")
    for name, score in scores.items():
        rows, ms = which(score), np.array(score.ms)
        rates = _rates(rows)
        read, there = sum(r[1] for r in rows), sum(r[2] for r in rows)
        whole = np.mean([r[1] > 0 for r in rows])
        print(
            f"  {name:18}{read / there:>7.1%}{np.mean(list(rates.values())):>10.1%}{whole:>8.0%}{np.median(ms):>9.0f}"
            f"{ms.mean():>7.0f}{np.percentile(ms, 95):>7.0f}{ms.max():>7.0f}"
        )


def _categories(scores: dict[str, Score]) -> None:
    print(f"  {'read, by category':18}" + "".join(f"{name:>18}" for name in scores))
    rates = {name: _rates(score.turned) for name, score in scores.items()}
    for category in rates["scanner"]:
        print(f"  {category:18}" + "".join(f"{rates[name][category]:>18.0%}" for name in scores))


def _rates(rows: list[tuple[str, int, int]]) -> dict[str, float]:
    sums: dict[str, list[int]] = {}
    for category, read, there in rows:
        total = sums.setdefault(category, [0, 0])
        total[0] += read
        total[1] += there
    return {category: read / there for category, (read, there) in sorted(sums.items())}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
