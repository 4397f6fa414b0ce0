"""Office and hamlet that no line joins: everything comes and goes by one stick, whole, once, in any order."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from courier_visits import outcomes
from waiting import until

from langso.contract import EndedReceipt, Plan

PDF = b"%PDF-1.7 " + bytes(range(256)) * 400


def told(hamlet: Any) -> None:
    """The stick goes from the office to both machines of the hamlet."""
    hamlet.at(hamlet.office, "export")
    for who in (hamlet.speaker, hamlet.kiosk):
        hamlet.at(who, "import")


@pytest.mark.real_time
def test_a_broadcast_written_in_the_office_is_heard_and_accounted_for(hamlet: Any) -> None:
    sent = hamlet.scheduled(15.0)
    told(hamlet)
    plan = hamlet.speaker.keeper.held("plan").document
    assert isinstance(plan, Plan)
    assert [one.id for one in plan.occurrences] == [sent.planned.id]
    assert until(lambda: hamlet.speaker.library.counts()[0] == hamlet.speaker.library.counts()[1] > 0)
    assert until(lambda: _ended(hamlet.speaker, sent.planned.id), 60.0)
    hamlet.at(hamlet.speaker, "export")
    assert hamlet.office.broadcasts.plays(sent.planned.id) == []
    carried = hamlet.at(hamlet.office, "export")
    assert set(outcomes(carried).values()) == {"taken"}, carried
    assert [play.outcome for play in hamlet.office.broadcasts.plays(sent.planned.id)] == ["played"]
    # What the office has is no longer carried about; the loudspeaker learns that it has it.
    assert list((hamlet.stick / "langso-courier/hoa-son/to-office").iterdir()) == []
    assert hamlet.speaker.outbox.waiting("receipts") > 0
    hamlet.at(hamlet.speaker, "import")
    hamlet.at(hamlet.speaker, "export")
    assert hamlet.speaker.journal.acknowledged > 0
    row = next(row for row in hamlet.office.fleet_rows() if row.device.id == "loa-7")
    assert row.plan_current


def test_how_large_the_fleet_is_reaches_every_device_and_outlives_a_restart(
    hamlet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("speaker_orders", "catalogue"):
        monkeypatch.setattr(f"office.publishing.{name}.fleet_size", lambda folder: 2048)
    spread: dict[str, float] = {}
    for who in (hamlet.speaker, hamlet.kiosk):
        monkeypatch.setattr(who.link, "among", lambda devices, id=who.device: spread.update({id: devices}))
    hamlet.scheduled()
    told(hamlet)
    assert spread == {"loa-7": 2048, "kiosk-7": 2048}
    assert hamlet.speaker.held.fleet == 2048
    assert hamlet.kiosk.catalogue.fleet == 2048


def test_a_dossier_comes_whole_and_stays_until_the_office_vouches_for_it(hamlet: Any) -> None:
    told(hamlet)
    kiosk = hamlet.kiosk
    handed = kiosk.dossiers.hand_in(
        PDF, title="Giấy khai sinh", pages=1, recipient=hamlet.office.home.age_recipient()
    )
    hamlet.at(kiosk, "export")
    stick = hamlet.folder / "second"
    shutil.copytree(hamlet.stick, stick)
    # No word of what it is or whose it is stands on the stick.
    clear = b"".join(path.read_bytes() for path in stick.rglob("*.json"))
    assert b"khai sinh" not in clear
    assert "Giấy".encode() not in clear
    hamlet.at(hamlet.office, "import")
    assert kiosk.sender.waiting() == 1
    (dossier,) = hamlet.office.desk.list()
    assert dossier.dossier == handed.dossier
    assert hamlet.office.desk.open(dossier.id, "a") == PDF
    # A second stick with the same: there is still one, and the kiosk gives it up only now.
    assert outcomes(hamlet.at(hamlet.office, "import", stick))[_dossier_letter(stick)] == "same"
    assert len(hamlet.office.desk.list()) == 1
    hamlet.at(hamlet.office, "export", stick)
    hamlet.at(kiosk, "import", stick)
    assert kiosk.sender.waiting() == 0
    assert not kiosk.dossiers.path(handed.dossier).exists()
    assert [path for path in (stick / "langso-courier/hoa-son/files").iterdir() if path.name == _sha(dossier)] == []


def test_an_old_stick_changes_nothing_and_is_no_attack(hamlet: Any) -> None:
    first = hamlet.scheduled()
    hamlet.at(hamlet.office, "export")
    old = hamlet.folder / "old"
    shutil.copytree(hamlet.stick, old)
    second = hamlet.scheduled(7200.0)
    told(hamlet)
    before = hamlet.speaker.journal.through
    assert outcomes(hamlet.at(hamlet.speaker, "import", old))["plan.json"] == "older"
    plan = hamlet.speaker.keeper.held("plan").document
    assert {one.id for one in plan.occurrences} == {first.planned.id, second.planned.id}
    assert hamlet.speaker.journal.through == before


def test_a_forged_letter_is_refused_receipted_and_hurts_no_other(hamlet: Any) -> None:
    hamlet.scheduled()
    hamlet.at(hamlet.office, "export")
    place = hamlet.stick / "langso-courier/hoa-son/to-devices"
    plan = (place / "plan.json").read_bytes()
    (place / "plan.json").write_bytes(plan.replace(b"A", b"B", 1))
    (place / "catalogue.json").write_bytes(b"")
    carried = hamlet.at(hamlet.speaker, "import")
    assert outcomes(carried)["trust.json"] == "taken"
    assert outcomes(carried)["plan.json"] == "refused"
    assert next(one.why for one in carried.outcomes if one.name == "plan.json")
    (place / "plan.json").write_bytes(plan)
    assert outcomes(hamlet.at(hamlet.speaker, "import"))["plan.json"] == "taken"


def test_a_stick_that_lost_half_its_bytes_gives_what_is_whole(hamlet: Any) -> None:
    hamlet.scheduled()
    hamlet.at(hamlet.office, "export")
    files = [path for path in hamlet.stick.rglob("*") if path.is_file()]
    whole = {path: path.read_bytes() for path in files}
    for path, data in whole.items():
        path.write_bytes(data[: len(data) // 2])
    carried = hamlet.at(hamlet.speaker, "import")
    # What is half is no forgery: the courier says where to copy it again, and no receipt accuses anybody.
    assert set(outcomes(carried).values()) == {"failed"}
    assert hamlet.speaker.journal.through == 0
    assert hamlet.speaker.keeper.held("plan") is None
    for path, data in whole.items():
        path.write_bytes(data)
    carried = hamlet.at(hamlet.speaker, "import")
    assert "refused" not in outcomes(carried).values()
    assert carried.missing == 0
    assert until(lambda: hamlet.speaker.library.counts()[0] == hamlet.speaker.library.counts()[1] > 0)


def test_a_program_that_does_not_run_takes_it_when_it_does(hamlet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hamlet.scheduled()
    hamlet.at(hamlet.office, "export")
    monkeypatch.setattr("deploy.courier.carrying.PATIENCE_S", 0.3)
    hamlet.speaker.courier.stop()
    assert hamlet.at(hamlet.speaker, "import").waits
    assert hamlet.speaker.keeper.held("plan") is None
    hamlet.speaker.courier.start()
    assert until(lambda: hamlet.speaker.keeper.held("plan") is not None)


def test_links_on_a_stick_lead_nowhere(hamlet: Any) -> None:
    hamlet.at(hamlet.office, "export")
    secret = hamlet.folder / "secret"
    secret.write_bytes(b"not for anybody")
    place = hamlet.stick / "langso-courier/hoa-son/to-devices"
    (place / "plan.json").unlink()
    (place / "plan.json").symlink_to(secret)
    assert "plan.json" not in outcomes(hamlet.at(hamlet.speaker, "import"))
    shutil.rmtree(place)
    place.symlink_to(hamlet.folder)
    with pytest.raises(OSError, match="to-devices"):
        hamlet.at(hamlet.speaker, "import")


def _ended(speaker: Any, occurrence: str) -> bool:
    return any(
        isinstance(receipt.body, EndedReceipt) and receipt.body.occurrence == occurrence
        for receipt in speaker.journal.lines()
    )


def _dossier_letter(stick: Path) -> str:
    return next(stick.rglob("dossier.*.json")).name


def _sha(dossier: Any) -> str:
    return str(dossier.id)
