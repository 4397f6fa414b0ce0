from __future__ import annotations

from pathlib import Path

import pytest

from deploy.village.layout import MACHINES, VillageGround, VillageMachine, write_machine_settings
from langso.settings.reading import load_settings


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.id)
def test_a_device_of_the_village_connects_with_what_its_pairing_gave(machine: VillageMachine, tmp_path: Path) -> None:
    ground = VillageGround(tmp_path, 18883, 18700)
    ground.home(machine).settings.parent.mkdir(parents=True)
    write_machine_settings(ground, machine)
    link = load_settings(ground.home(machine).settings).link
    assert (link.host, link.port) == ("127.0.0.1", 18883)
    # Where a pairing keeps its files is its own affair; what it renews must be used.
    assert not {"ca", "cert", "key"} & link.model_fields_set
