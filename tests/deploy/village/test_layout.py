from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from deploy.village.hoa_son import KIOSK, MACHINES, VillageMachine
from deploy.village.layout import VillageGround, write_machine_settings
from langso.settings.reading import load_settings
from langso.words.language import Language, in_language


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.id)
def test_a_device_of_the_village_connects_with_what_its_pairing_gave(machine: VillageMachine, tmp_path: Path) -> None:
    ground = VillageGround(tmp_path, 18883, 18700)
    ground.home(machine).settings.parent.mkdir(parents=True)
    write_machine_settings(ground, machine)
    link = load_settings(ground.home(machine).settings).link
    assert (link.host, link.port) == ("127.0.0.1", 18883)
    # Where a pairing keeps its files is its own affair; what it renews must be used.
    assert not {"ca", "cert", "key"} & link.model_fields_set


@pytest.mark.parametrize(("spoken", "shown"), [("vi", "vi"), ("en", "en"), ("qps", "en")])
def test_the_kiosk_speaks_the_language_of_who_looks_at_the_village(
    spoken: Language, shown: str, tmp_path: Path
) -> None:
    ground = VillageGround(tmp_path, 18883, 18700)
    ground.home(KIOSK).folder.mkdir(parents=True)
    with in_language(spoken):
        write_machine_settings(ground, KIOSK)
    assert load_settings(ground.home(KIOSK).settings).kiosk.language == shown


def test_the_settings_of_a_vietnamese_village_name_nothing_that_release_0_1_0_does_not_know(tmp_path: Path) -> None:
    ground = VillageGround(tmp_path, 18883, 18700)
    ground.home(KIOSK).folder.mkdir(parents=True)
    with in_language("vi"):
        write_machine_settings(ground, KIOSK)
    written = tomllib.loads(ground.home(KIOSK).settings.read_text(encoding="utf-8"))
    assert set(written["kiosk"]) <= {"idle_s", "warn_s", "office_url", "width", "height", "fullscreen", "lamp"}
