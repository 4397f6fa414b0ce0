"""Two network namespaces that nothing joins: office, broker and signer in one, loudspeaker and kiosk in the other.
Only sticks go between them, each as a FAT image.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fat_image import Fat

from deploy.village.instruments.listening import locate, read_medium, read_recording

pytestmark = [pytest.mark.timeout(300), pytest.mark.real_time]  # two sides with all their programs, and what is heard
ROOT = Path(__file__).resolve().parents[3]
SIDES = ROOT / "tests/shared/courier_sides.py"


@dataclass
class Side:
    """One of the two, as a process whose network has nothing but itself."""

    process: subprocess.Popen[str]

    def ask(self, word: str, rest: str = "") -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word} {rest}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def courier(self, what: str, stick: Path, device: str) -> dict[str, str]:
        """A visit at a machine of this side; what became of each letter."""
        said: dict[str, str] = self.ask("courier", f"{what} {stick} {device}")
        return said

    def interfaces(self) -> set[str]:
        lines = Path(f"/proc/{self.process.pid}/net/dev").read_text(encoding="ascii").splitlines()[2:]
        return {line.split(":")[0].strip() for line in lines}


def _begun(side: str, folder: Path, first: str) -> Side:
    script = f"{first} exec {sys.executable} {SIDES} {side} {folder}"
    process = subprocess.Popen(
        ["unshare", "--net", "/bin/sh", "-c", script],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, SIDES.parent)))},
    )  # fmt: skip
    assert process.stdout is not None
    assert json.loads(process.stdout.readline()) == "ready"
    return Side(process)


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    if os.geteuid() != 0 or subprocess.run(["unshare", "--net", "true"], check=False).returncode:
        pytest.skip("needs root and network namespaces")
    pytest.importorskip("fatfs", reason="needs FatFs (pip install fatfs-ng)")
    begun: list[Side] = []
    try:
        # The broker of the office is on its own machine; the hamlet has not even that.
        begun.append(_begun("office", tmp_path, "ip link set lo up;"))
        begun.append(_begun("hamlet", tmp_path, ""))
        yield begun[0], begun[1]
    finally:
        for side in reversed(begun):
            side.process.communicate(timeout=120)


def on_the_road(stick: Path) -> Path:
    """The stick as it comes out of a pocket: written to a FAT, and read from it again."""
    fat = Fat()
    fat.fill(stick)
    read = stick.with_name(f"{stick.name}'")
    assert fat.extract(bytes(fat.image), read)
    shutil.rmtree(stick)
    read.rename(stick)
    return stick


def test_broadcast_receipts_dossier_and_catalogue_cross_by_sticks_alone_once_each(
    sides: tuple[Side, Side], tmp_path: Path
) -> None:
    office, hamlet = sides
    assert office.interfaces() == hamlet.interfaces() == {"lo"}
    first, second, old = (tmp_path / name for name in ("first", "second", "old"))
    for stick in (first, second):
        stick.mkdir()
    office.courier("export", first, "van-phong")
    shutil.copytree(first, old)
    said = office.ask("say", "Mời bà con họp thôn lúc bảy giờ tối nay tại nhà văn hoá.")
    office.courier("export", second, "van-phong")
    # The newer stick comes first, the older one after it, then one that is older still.
    for stick in (second, first, old):
        on_the_road(stick)
        for device in ("loa-7", "kiosk-7"):
            hamlet.courier("import", stick, device)
    assert hamlet.ask("ended", said) == ["played"]
    assert hamlet.ask("catalogue") >= 1
    dossier = hamlet.ask("hand_in")
    for stick in (second, first):
        for device in ("loa-7", "kiosk-7"):
            hamlet.courier("export", stick, device)
        on_the_road(stick)
    for stick in (first, second, old, first):
        office.courier("export", stick, "van-phong")
    assert office.ask("plays", said) == ["played"]
    assert office.ask("dossiers") == [[dossier, True]]
    receipts = office.ask("receipts", "loa-7")
    assert receipts == list(range(1, len(receipts) + 1))
    assert len(receipts) >= 3
    # What the office has, the hamlet keeps until a stick says so; then it is no longer carried.
    assert hamlet.ask("waiting")[0] == 1
    for device in ("loa-7", "kiosk-7"):
        hamlet.courier("import", on_the_road(second), device)
    assert hamlet.ask("waiting") == [0, receipts[-1]]
    files = {path.name: path for path in (second / "langso-courier/hoa-son/files").iterdir()}
    hamlet.process.communicate(timeout=120)
    heard = [locate(read_recording(tmp_path / "heard"), read_medium(file)).correlation for file in files.values()]
    assert max(heard) > 0.9
