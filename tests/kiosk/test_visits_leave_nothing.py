"""However a visit ends, nobody who later reads the kiosk's memory or disk learns anything of it; and the kiosk does
not grow. What is looked for: words of a payment code, which the screen drew; a dossier's code, which only the visit's
process read; pixels of what lay under the camera, and of a page that was taken, whose words no kiosk reads.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest
from fetched import FETCHED
from stage.pictures import draw_code, vietqr
from stage.screen import Screen, in_visits
from stage.traces import family, in_folders, in_memory, named, shown_row
from waiting import until

pytestmark = [FETCHED, pytest.mark.timeout(900)]

HOLDER, NUMBER = "TRAN THI KIN MIT", "999900004471"
DOSSIER = "H29.16-250701-4471"
SECRETS = (HOLDER, NUMBER, "9999 0000 4471", DOSSIER)
WINDOW_S = 60
"""Seconds in which the last traces of a visit are given back: two, and what a busy machine makes of them."""
GROWTH = 0.03
OBJECTS = "len(__import__('gc').get_objects())"
"""What the screen's process holds; its size in bytes swings with the renderer (see bench_visits)."""


@pytest.fixture
def code(cameras: dict[str, Path]) -> bytes:
    """Under the camera lies a code that names somebody; a part of its picture, as it is shown."""
    file = cameras["nothing"] / "1.jpg"
    cv2.imwrite(str(file), draw_code(vietqr(NUMBER, name=HOLDER)))
    return shown_row(file)


def show_the_code(kiosk: Screen) -> None:
    kiosk.do("app.router.emit('fee')")
    kiosk.until("app.router.place", "stranger")


def show_a_dossiers_code(kiosk: Screen, camera: Path) -> bytes:
    """It is no payment: the camera looks on. A part of its picture, as it is shown."""
    before = camera.read_bytes()
    cv2.imwrite(str(camera), draw_code(DOSSIER))
    row = shown_row(camera)
    kiosk.do("app.router.emit('fee')")
    can_be_found(kiosk, DOSSIER, row)
    camera.write_bytes(before)
    return row


def take_a_page(kiosk: Screen, folder: Path) -> bytes:
    """Lets a page be captured; a part of its picture, as it is shown."""
    kiosk.do(f"app.look_through(app.camera.model_copy(update={{'source': {str(folder)!r}}}))")
    kiosk.do("app.router.emit('scan')")
    kiosk.until("app.router.place", "preview")
    # First a draft is shown: its picture goes, from the memory too, as soon as the page itself is made.
    kiosk.until("app.page.shows.said.text.id == 'screens-making'", "False")
    # The row with the most different bytes: written letters.
    row = "max((row[100:300].tobytes() for row in app.page.shows.picture[::3]), key=lambda row: len(set(row))).hex()"
    picture = bytes.fromhex(kiosk.do(row))
    assert len(set(picture)) > 20
    return picture


def traces(kiosk: Screen, *more: bytes) -> list[str]:
    return in_memory(family(kiosk.process.pid), (*SECRETS, *more))


def can_be_found(kiosk: Screen, *words: str | bytes) -> None:
    """Each of them, while she is there: what is never found would not be missed afterwards either."""
    for word in words:
        until(lambda word=word: in_memory(family(kiosk.process.pid), [word]))


def none_is_left(kiosk: Screen, folders: list[Path], *pictures: bytes) -> None:
    try:
        until(lambda: not traces(kiosk, *pictures), seconds=WINDOW_S)
    except AssertionError:
        raise AssertionError("\n".join(traces(kiosk, *pictures))) from None
    assert in_folders(folders, SECRETS) == []


def test_memory_and_disk_know_nothing_of_a_visit_however_it_ended(
    screen: Callable[..., Screen], commune: Any, cameras: dict[str, Path], code: bytes
) -> None:
    commune.teach()
    kiosk = screen(wipes=True)
    kiosk.until("len(app.router.processes)", "1")
    home = Path(kiosk.do("app.workspace.home"))
    folders = [commune.folder, home]

    show_the_code(kiosk)
    can_be_found(kiosk, HOLDER)
    kiosk.do("app.router.emit('done')")
    kiosk.until("app.router.place", "home")
    none_is_left(kiosk, folders, code)

    dossier = show_a_dossiers_code(kiosk, cameras["nothing"] / "1.jpg")
    kiosk.do("app.idle.pretend(10_000)")
    kiosk.until("app.router.place", "home")
    none_is_left(kiosk, folders, code, dossier)

    page = take_a_page(kiosk, cameras["paper"])
    can_be_found(kiosk, page)
    os.kill(int(kiosk.do("app.router.processes[0]")), signal.SIGKILL)
    kiosk.until("app.router.place", "sorry")
    none_is_left(kiosk, folders, page)
    assert kiosk.do(f"app.look_through(app.camera.model_copy(update={{'source': {str(cameras['nothing'])!r}}}))")
    assert kiosk.do("len(app.page.spoken)") == "2", "nothing was handed in: no code is told"
    kiosk.do("app.router.emit('done')")
    kiosk.until("app.router.place", "home")
    none_is_left(kiosk, folders, code)
    settled = int(kiosk.do(OBJECTS))
    for _ in range(3):
        show_the_code(kiosk)
        kiosk.do("app.router.emit('done')")
        kiosk.until("app.router.place", "home")
    none_is_left(kiosk, folders, code)
    assert int(kiosk.do(OBJECTS)) <= settled * (1 + GROWTH), "pages are held that nobody sees"

    show_the_code(kiosk)
    every = family(kiosk.process.pid)
    assert len(every) > 1, "with the visit's process, and those that read codes for it"
    kiosk.process.kill()
    kiosk.process.wait(60)
    until(lambda: not any(Path(f"/proc/{one}").exists() for one in every), seconds=WINDOW_S)
    assert in_folders(folders, SECRETS) == []
    assert [path for path in home.rglob("*") if path.is_file()] == []


FAULTS = {
    "raise KeyError('TRAN THI KIN MIT')": "KeyError",
    "os.abort()": "has ended",
    "for_ever()": "hangs",
}


def test_a_visit_that_fails_is_told_in_a_sentence_and_the_next_one_goes_well(
    screen: Callable[..., Screen], tmp_path: Path
) -> None:
    fault = tmp_path / "fault"
    first = (
        f"import os, pathlib, subprocess, kiosk.journeys.fee as fee\n"
        f"tick, fault = fee.FeeJourney.tick, pathlib.Path({str(fault)!r})\n"
        f"def fails(self, place):\n"
        f"    if not fault.exists(): return tick(self, place)\n"
        f"    what = fault.read_text()\n"
        f"    fault.unlink()\n"
        f"    subprocess.Popen(['sleep', '301'], start_new_session=True)\n"
        f"    exec(what)\n"
        f"fee.FeeJourney.tick = fails\n"
    )
    kiosk = screen(in_visits(first) + "; visits.HUNG_S = 8.0")
    for what, log in FAULTS.items():
        fault.write_text(what)
        kiosk.do("app.router.emit('fee')")
        kiosk.until("app.router.place", "sorry")
        assert log in kiosk.said()
        assert HOLDER not in kiosk.said(), "a fault's text may be what was read"
        until(lambda: not any("sleep" in named(one) for one in family(kiosk.process.pid)))
        if log == "has ended":
            kiosk.do("app.router.emit('letters')")
            kiosk.until("app.router.place", "letters")
            kiosk.do("app.router.emit('done')")
            kiosk.until("app.router.place", "sorry")
        kiosk.do("app.router.emit('done')")
        kiosk.until("app.router.place", "home")
    kiosk.do("app.router.emit('scan')")
    kiosk.until("getattr(getattr(getattr(app.page, 'shows', None), 'live', None), 'number', 0) > 0", "True")
    assert kiosk.do("app.router.check().code") == "kiosk-visits-broke"
