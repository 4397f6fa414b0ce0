"""Who attacks with a stick: links, pipes, bombs, floods, other communes' and last year's letters."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from courier_visits import call, laid, outcomes

from deploy.courier.carrying import MOST_FOR_ONE
from langso.contract import Urgent
from langso.courier.errors import CourierRefused
from langso.courier.letters import MAX_LETTER
from langso.device.clock_pin import FREE_TRIES, choose_pin
from langso.device.errors import PinRefused
from langso.trust import SigningKey, seal

BOMB = b"[" * 100_000


@pytest.fixture
def place(hamlet: Any) -> Path:
    """The letters for devices, as the office wrote them."""
    hamlet.scheduled()
    hamlet.at(hamlet.office, "export")
    return hamlet.stick / "langso-courier/hoa-son/to-devices"  # type: ignore[no-any-return]


def test_pipes_links_bombs_and_endless_letters_are_passed_over_without_a_receipt(hamlet: Any, place: Path) -> None:
    secret = hamlet.folder / "secret"
    secret.write_bytes(b"not for anybody")
    for path in place.iterdir():
        path.unlink()
    before = hamlet.speaker.journal.through
    for name, make in {
        "plan.json": lambda path: os.mkfifo(path),
        "catalogue.json": lambda path: path.symlink_to("/dev/zero"),
        "urgent.thon-1.json": lambda path: path.write_bytes(BOMB),
        "urgent.tinh.json": lambda path: path.write_bytes(bytes(MAX_LETTER + 1)),
        "order.loa-7.json": lambda path: path.write_bytes(b'{"payload": ' + BOMB),
        "ack.loa-7.\x1b[31m.json": lambda path: path.write_bytes(b"x"),
        "..%2f..%2fetc%2fpasswd": lambda path: path.write_bytes(b"x"),
    }.items():
        make(place / name)
    said = outcomes(hamlet.at(hamlet.speaker, "import"))
    assert said == {"urgent.thon-1.json": "failed", "urgent.tinh.json": "failed", "order.loa-7.json": "failed"}
    assert hamlet.speaker.journal.through == before
    assert list((hamlet.speaker.settings.paths.state / "courier").iterdir()) == []


def test_a_flood_of_letters_for_one_device_is_refused_before_any_lies_on_its_card(hamlet: Any, place: Path) -> None:
    key = SigningKey.generate()
    there = (place / "plan.json").read_bytes()
    for number in range(MOST_FOR_ONE):
        (place / f"urgent.x-{number}.json").write_bytes(there)
    with pytest.raises(CourierRefused, match=str(MOST_FOR_ONE)):
        hamlet.at(hamlet.speaker, "import")
    assert hamlet.speaker.keeper.held("plan") is None
    # As many as are looked at, all forged: one hour of them is one receipt and a count.
    for path in place.glob("urgent.x-*.json"):
        path.unlink()
    head = hamlet.speaker.keeper.trust
    assert head is None
    hamlet.at(hamlet.speaker, "import")
    plan = hamlet.speaker.keeper.held("plan").document
    for number in range(40):
        fields = plan.model_dump(include={"audience", "commune", "epoch", "version", "issued", "expires"})
        urgent = Urgent(issuer=f"x-{number}", **fields)
        (place / f"urgent.x-{number}.json").write_bytes(seal(urgent, "urgent", [key]))
    before = hamlet.speaker.journal.through
    said = outcomes(hamlet.at(hamlet.speaker, "import"))
    assert sum(outcome == "refused" for outcome in said.values()) == 40
    assert hamlet.speaker.journal.through <= before + 2


def test_sounds_that_are_not_what_they_are_called_never_lie_on_the_card(hamlet: Any, place: Path) -> None:
    del place
    files = sorted((hamlet.stick / "langso-courier/hoa-son/files").iterdir())
    for file in files:
        file.write_bytes(bytes(file.stat().st_size))
    carried = hamlet.at(hamlet.speaker, "import")
    assert carried.files == 0
    assert carried.missing == len(hamlet.speaker.library.missing()) > 0
    assert not any(one.outcome == "refused" for one in carried.outcomes)


def test_another_communes_stick_is_told_and_its_letters_under_our_name_are_refused(hamlet: Any, place: Path) -> None:
    ours = place.parent
    shutil.move(ours, ours.with_name("xa-khac"))
    with pytest.raises(CourierRefused, match="hoa-son"):
        hamlet.at(hamlet.speaker, "import")
    shutil.move(ours.with_name("xa-khac"), ours)
    hamlet.at(hamlet.speaker, "import")
    plan = hamlet.speaker.keeper.held("plan")
    stranger = SigningKey.generate()
    other = plan.document.model_copy(update={"commune": "xa-khac", "version": 99})
    (place / "plan.json").write_bytes(seal(other, "plan", [stranger]))
    assert outcomes(hamlet.at(hamlet.speaker, "import"))["plan.json"] == "refused"
    assert hamlet.speaker.keeper.held("plan").sha256 == plan.sha256


def test_an_old_acknowledgement_brings_nothing_back(hamlet: Any, place: Path) -> None:
    """Last year's stick: without this every receipt since was sealed and carried once more."""
    stick = hamlet.stick
    hamlet.at(hamlet.speaker, "import")
    hamlet.at(hamlet.speaker, "export")
    hamlet.at(hamlet.office, "export")
    old = hamlet.folder / "old"
    shutil.copytree(stick, old)
    hamlet.at(hamlet.speaker, "import")
    hamlet.scheduled(7200.0)
    hamlet.at(hamlet.office, "export")
    for _ in range(2):
        hamlet.at(hamlet.speaker, "import")
        hamlet.at(hamlet.speaker, "export")
        hamlet.at(hamlet.office, "export")
    hamlet.at(hamlet.speaker, "import")
    through = hamlet.speaker.journal.acknowledged
    assert through > 2
    said = outcomes(hamlet.at(hamlet.speaker, "import", old))
    assert [outcome for name, outcome in said.items() if name.startswith("ack.")] == ["older"]
    assert hamlet.speaker.journal.acknowledged == through


def test_whoever_plugs_a_stick_in_knows_the_pin_once_there_is_one(
    hamlet: Any, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del place
    settings = laid(tmp_path, hamlet.speaker.settings)
    choose_pin(hamlet.speaker.settings.paths.state, "205817")
    typed = iter(["111111"] * FREE_TRIES + ["205817"])
    monkeypatch.setattr("deploy.courier.command.prompt", lambda *_, **__: next(typed))
    for _ in range(FREE_TRIES + 1):
        said = call("import", hamlet.stick, "--settings", settings)
        assert isinstance(said.exception, PinRefused)
    assert hamlet.speaker.keeper.held("plan") is None
    choose_pin(hamlet.speaker.settings.paths.state, "205817")
    monkeypatch.setattr("deploy.courier.command.prompt", lambda *_, **__: "205817")
    assert call("import", hamlet.stick, "--settings", settings).exit_code == 0
    assert hamlet.speaker.keeper.held("plan") is not None


def test_a_machine_without_a_pin_says_how_to_choose_one_and_the_office_needs_none(
    hamlet: Any, place: Path, tmp_path: Path
) -> None:
    del place
    speaker, office = (laid(tmp_path, one.settings) for one in (hamlet.speaker, hamlet.office))
    assert "clock pin" in call("import", hamlet.stick, "--settings", speaker).output
    assert "clock pin" not in call("import", hamlet.stick, "--settings", office).output
