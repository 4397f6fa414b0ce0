"""An hour at a console whose disk is really full: what was typed comes back, each answer is one plain sentence, and
when there is room again everything works.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from broadcast_walk import form

from langso.words.catalogue import Sentence
from office.errors import MediaFailed

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
SAID = "Mời bà con đi họp gấp."
CODE = "H56.37.12-240801-0001"
FULL = "hết chỗ"


class Disk:
    """A small disk of its own for all that the office keeps or makes on the way."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
            while ballast.write(b"\0" * 4096):
                pass

    def room(self) -> None:
        self._ballast.unlink()


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    folder = tmp_path / "state"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield Disk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


def alarm(password: str) -> dict[str, str]:
    return {"text": SAID, "devices": "*", "repeat": "2", "minutes": "5", "password": password}


def told(answer: Any) -> str:
    """What the page says is wrong; nothing of what only a script would show."""
    found = re.findall(r'<p class="notice bad" role="alert">(.*?)</p>|<p class="wrong">(.*?)</p>', answer.text, re.S)
    return " ".join(re.sub(r"<i .*?</i>|<[^>]+>", " ", " ".join(map("".join, found))).split())


def test_on_a_full_disk_nothing_typed_is_lost_and_with_room_again_all_works(
    disk: Disk, browser: Any, office_world: Any, device: Any, password: str
) -> None:
    office = office_world.office
    planned = browser.post("/soan", form(3)).headers["location"].partition("?")[0]
    paper = office_world.hand_in(office_world.reporter("kiosk-1", "kiosk"), b"%PDF-1.7 x", "hs-9")
    archive = f"/giay-to/{paper}/luu-tru"
    disk.fill()
    for path in (
        "/lich",
        "/soan",
        "/loa",
        "/loa/loa-thon-1",
        "/khan-cap",
        "/giay-to",
        archive,
        "/tai-khoan",
        planned,
    ):
        assert browser.get(path).status_code == 200, path
    # Opening papers is on record or it is not done.
    assert browser.get(f"/giay-to/{paper}/tep").status_code == 503
    kept = {
        "/soan": browser.post("/soan", form(1, text=SAID)),
        "/soan/nghe": browser.post("/soan/nghe", form(1, text=SAID), page="/soan"),
        "/khan-cap": browser.post("/khan-cap", alarm(password)),
        "/khan-cap/nghe": browser.post("/khan-cap/nghe", {"text": SAID, "devices": "*"}, page="/khan-cap"),
        archive: browser.post(archive, {"code": CODE}),
        "/loa": browser.post("/loa/loa-thon-1/am-luong", {"volume": "41"}, page="/loa/loa-thon-1"),
    }
    for path, typed in zip(kept, (SAID, SAID, SAID, SAID, CODE, 'value="41"'), strict=True):
        assert typed in kept[path].text, path
        assert FULL in told(kept[path]), (path, told(kept[path]))
    for path, typed in (
        (f"{planned}/dung", {}),
        ("/loa/loa-thon-1/phat-thu", {}),
        ("/tai-khoan", {"old": password, "new": "ba con vịt lội ao", "again": "ba con vịt lội ao"}),
        ("/tai-khoan/ket-thuc", {"session": "x"}),
    ):
        answer = browser.post(path, typed, page="/tai-khoan")
        assert answer.status_code == 503, path
        assert FULL in told(answer), path
    assert not office.alarms.in_force()
    disk.room()
    assert browser.post("/soan", form(1, text=SAID)).status_code == 303
    assert browser.post("/khan-cap", alarm(password)).status_code == 303
    assert [row.order.title for row in office.alarms.in_force()]
    assert browser.post(f"{planned}/dung", {}, page="/tai-khoan").status_code == 303
    assert browser.get(f"/giay-to/{paper}/tep").status_code == 200


def test_a_sound_that_a_full_disk_cut_off_is_not_told_as_a_bad_text_or_file(disk: Disk, office_world: Any) -> None:
    media = office_world.office.media
    disk.fill()
    with pytest.raises(MediaFailed, match=FULL) as refused:
        media.speak("Nước lũ đang lên.")
    assert dict(refused.value.args[0].parameters)["why"] == Sentence("os-no-space")
    disk.room()
    assert media.speak("Nước lũ đang lên.").samples > 0
