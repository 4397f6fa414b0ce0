"""What `langso village` says once it runs: where to go, in the language of who started it."""

from __future__ import annotations

from pathlib import Path

import pytest
from literals import is_vietnamese

from deploy.village.command import _welcome
from deploy.village.hoa_son import KIOSK
from deploy.village.layout import VillageGround
from langso.words.language import Language, in_language

CODES = ("1234 5678 9012 3456", "2345 6789 0123 4567", "3456 7890 1234 5678")


@pytest.mark.parametrize("spoken", ["vi", "en", "qps"])
@pytest.mark.parametrize("window", [True, False])
def test_a_running_village_says_where_to_go(
    spoken: Language, window: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ground = VillageGround(tmp_path, 18883, 18700)
    with in_language(spoken):
        _welcome(ground, "can-bo", "mat-khau-thu", CODES, window)
    said = capsys.readouterr().out
    assert all(needed in said for needed in (ground.office_url, *CODES, "can-bo", "mat-khau-thu", str(ground.logs)))
    assert (str(ground.home(KIOSK).settings) in said) is not window, "how to see the kiosk without a screen"
    assert any(is_vietnamese(line) for line in said.splitlines()) is (spoken == "vi")
