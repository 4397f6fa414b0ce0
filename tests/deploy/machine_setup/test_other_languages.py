"""The guide and the commands beside it in the language made for tests: no Vietnamese of ours is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from literals import is_vietnamese

from deploy.doctor.command import doctor
from deploy.pairing import pair
from langso.device.pairing_stand import stand_of
from langso.settings.reading import load_settings
from langso.words.language import use_language

from .conftest import OFFICE, Tree

NAMES = re.compile("L[àa][nň]g S[ốo]|Xã Hoa Sơn|Chủ tịch xã|Bí thư xã|Văn thư xã|Thôn 1")
SPEAKER = ("--commune", "hoa-son", "--commune-name", "Xã Hoa Sơn", "--device", "loa-thon-1", "--place", "Thôn 1")


@pytest.fixture(autouse=True)
def brackets() -> Iterator[None]:
    # For doctor's threads too.
    use_language("qps")
    yield
    use_language("vi")


def ours(*texts: str) -> list[str]:
    """The lines that have Vietnamese other than people's names."""
    lines = [line for text in texts for line in text.splitlines()]
    return [line for line in lines if is_vietnamese(NAMES.sub("", line))]


def test_the_guide_and_pairing_from_beginning_to_end(
    machine: Callable[[str, str], Tree], root_words: list[str], account_words: list[str], tmp_path: Path
) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    here, there, stick = machine("office", "office"), machine("speaker", "speaker"), ("--stick", usb, "--not-a-stick")
    office_settings = ("--settings", str(here.settings))
    said = [
        here.call("--check"),
        here.call(*OFFICE),
        here.call(*OFFICE, *root_words, *account_words),
        here.call("--check"),
        there.call("--check"),
        there.call(*SPEAKER, *stick),
        there.call("--check"),
    ]
    code = stand_of(there.state("speaker")).code
    said += [
        here.call(*stick),
        here.call(*stick, "--code", f"loa-thon-1={code}"),
        there.call(*SPEAKER, *stick),
        there.call(*SPEAKER, *stick),
        CliRunner().invoke(pair, ["list", *office_settings]),
        CliRunner().invoke(pair, ["status", "--settings", str(there.settings)]),
    ]
    assert load_settings(there.settings).device.id == "loa-thon-1"
    texts = [f"{one.output}\n{one.exception or ''}" for one in said]
    assert ours(*texts, there.settings.read_text(encoding="utf-8"), here.settings.read_text(encoding="utf-8")) == []
    assert all("⟦" in text for text in texts)


def test_doctor_at_an_office_and_a_loudspeaker_where_much_is_missing(
    machine: Callable[[str, str], Tree], office: Tree
) -> None:
    speaker = machine("speaker", "speaker")
    speaker.call(*SPEAKER)
    said = [CliRunner().invoke(doctor, ["--settings", str(tree.settings)]) for tree in (office, speaker)]
    said.append(CliRunner().invoke(doctor, ["--settings", str(speaker.root / "no.toml")]))
    texts = [f"{one.output}\n{one.exception or ''}" for one in said]
    assert ours(*texts) == []
    assert all("✗ ⟦" in text for text in texts[:2])
