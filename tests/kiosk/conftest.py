"""A paired kiosk, pictures of papers and codes, an office that receives uploads, and visits driven by a script."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
# `stage`, and the scanner's generator of scenes.
sys.path[:0] = [str(TESTS / "kiosk"), str(TESTS / "scanner")]

from stage.commune import Commune  # noqa: E402
from stage.desk import Desk  # noqa: E402
from stage.pictures import draw_card, draw_code, draw_paper, vietqr  # noqa: E402
from stage.screen import Screen  # noqa: E402


@pytest.fixture
def commune(tmp_path: Path) -> Commune:
    made = Commune(tmp_path / "kiosk")
    made.pair()
    return made


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    desk.open()
    yield desk
    desk.close()


@pytest.fixture
def paper() -> Any:
    """A photograph-like picture: a written sheet lying a little askew on a dark table (BGR)."""
    return draw_paper()


@pytest.fixture
def card_sides() -> tuple[Any, Any]:
    """Front and back of a card on the table (BGR)."""
    return draw_card("front"), draw_card("back")


@pytest.fixture
def make_code() -> Callable[..., str]:
    return vietqr


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `cameras` hands out, drawn once: a card alone takes a second."""
    import cv2
    import numpy

    folder = tmp_path_factory.mktemp("camera")
    pictures = {
        "paper": draw_paper(),
        "own": draw_code(vietqr()),
        "stranger": draw_code(vietqr("999900001111", name="NGUOI LA")),
        "front": draw_card("front"),
        "back": draw_card("back"),
        "turned": draw_card("front", upside_down=True),
        "nothing": numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8),
    }
    for name, picture in pictures.items():
        (folder / name).mkdir()
        cv2.imwrite(str(folder / name / "1.jpg"), picture)
    return folder


@pytest.fixture
def cameras(tmp_path: Path, drawn: Path) -> dict[str, Path]:
    """Folders a replay camera can look at: a paper, the commune's own and a stranger's code, a card's front, back and
    front upside down ("turned"), nothing on the table. They are this test's to change.
    """
    shutil.copytree(drawn, tmp_path / "camera")
    return {folder.name: folder for folder in (tmp_path / "camera").iterdir()}


@pytest.fixture
def lay_when_shot(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """`lay_when_shot(shot, place, picture)`: another paper comes under the camera once that shot was taken."""
    over = threading.Event()
    hands = []

    def lay(shot: str, place: Path, picture: Path) -> None:
        def wait() -> None:
            while not over.wait(0.05):
                if (tmp_path / "shots" / f"{shot}.png").exists():
                    new = place.with_suffix(".new")
                    new.write_bytes(picture.read_bytes())
                    new.replace(place)
                    return

        hands.append(threading.Thread(target=wait))
        hands[-1].start()

    yield lay
    over.set()
    for hand in hands:
        hand.join()


@pytest.fixture
def keep_pictures(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """LANGSO_SHOTS=DIR keeps what the screens looked like."""
    yield
    kept = os.environ.get("LANGSO_SHOTS")
    if kept and (tmp_path / "shots").is_dir():
        shutil.copytree(tmp_path / "shots", Path(kept) / request.node.name, dirs_exist_ok=True)


@dataclass
class Driven:
    """A driven visit: exit status, result.json, folder of pictures, and what it printed."""

    status: int
    result: dict[str, Any]
    out: Path
    printed: str


@pytest.fixture
def drive(commune: Commune, desk: Desk, tmp_path: Path) -> Callable[..., Driven]:
    """Plays steps on the real application in a process of its own."""

    def run(steps: list[dict[str, Any]], *, camera: Path, **settings: Any) -> Driven:
        file = tmp_path / "langso.toml"
        file.write_text(commune.settings_text(office_url=desk.url, camera=camera, **settings), encoding="utf-8")
        (tmp_path / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
        out = tmp_path / "shots"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "kiosk.shell.driving", "--settings", str(file)),
                *("--steps", str(tmp_path / "steps.json"), "--out", str(out)),
            ],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        result = out / "result.json"
        return Driven(
            done.returncode,
            json.loads(result.read_text(encoding="utf-8")) if result.exists() else {},
            out,
            done.stderr[-6000:],
        )

    return run


@pytest.fixture
def screen(commune: Any, cameras: dict[str, Path], tmp_path: Path) -> Iterator[Callable[..., Screen]]:
    file = tmp_path / "langso.toml"
    text = commune.settings_text(office_url="http://127.0.0.1:9", camera=cameras["nothing"], idle_s=600)
    file.write_text(text, encoding="utf-8")
    made: list[Screen] = []

    def begin(first: str = "", *, wipes: bool = False) -> Screen:
        made.append(Screen(file, first, tmp_path / "said.txt", wipes=wipes))
        return made[-1]

    yield begin
    for each in made:
        each.close()
