from __future__ import annotations

from pathlib import Path

import pytest

from langso.device.paired_devices import fleet_size


@pytest.mark.parametrize(("devices", "said"), [(0, 0), (1, 1), (2, 2), (3, 4), (102, 128), (128, 128), (129, 256)])
def test_a_fleet_is_said_so_roughly_that_one_more_is_seldom_news(tmp_path: Path, devices: int, said: int) -> None:
    for number in range(devices):
        (tmp_path / f"loa-{number}.json").touch()
    (tmp_path / ".loa-1.json.tmp").touch()
    assert fleet_size(tmp_path) == said


def test_without_a_folder_there_is_no_fleet(tmp_path: Path) -> None:
    assert fleet_size(tmp_path / "none") == 0
