"""A device that still runs release 0.1.0 reports to today's office: nothing of it is refused or lost."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import release_0_1_0
from contract_messages import messages
from hypothesis import HealthCheck, Phase, given, settings

from langso.contract import HealthLine, State
from langso.trust import SigningKey, open_sealed, parse_payload, seal
from langso.words.catalogue import t
from langso.words.language import in_language

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def sealed(message: release_0_1_0.Message, kind: str, key: SigningKey) -> bytes:
    return seal(message.to_json(), kind, [key])


@settings(max_examples=15, phases=(Phase.generate,), deadline=None, suppress_health_check=list(HealthCheck))
@given(messages(release_0_1_0.State))
def test_any_state_of_it_is_read(state: release_0_1_0.State) -> None:
    key = SigningKey.generate()
    read = parse_payload(open_sealed(sealed(state, "state", key), "state", [key.public]), State)
    assert read.model_dump(exclude={"understands"}) | {"understands": ()} == read.model_dump()
    assert read.health[0].why == state.health[0].why
    assert {line.code for line in read.health} == {None}


def test_its_state_and_receipts_are_taken_shown_and_acknowledged(office_world: Any) -> None:
    device = office_world.reporter()
    fleet = office_world.office.fleet
    state = release_0_1_0.State(
        device=device.id,
        role="speaker",
        commune="hoa-son",
        boot=device.boot,
        number=1,
        written=NOW,
        software="langso 0.1.0",
        clock=release_0_1_0.ClockReport(trusted=True, reason="host"),
        storage=release_0_1_0.Storage(free=1, total=2),
        health=(release_0_1_0.HealthLine(name="sound", level="bad", why="Loa hỏng.", fix="Thay loa."),),
        journal=device.journal,
        receipts_through=5,
    )
    assert fleet.take_state(device.id, sealed(state, "state", device.key)).fresh
    lines: list[str] = []
    for body in (
        release_0_1_0.DocumentReceipt(document="plan", issuer="office", outcome="stored", version=1),
        release_0_1_0.DocumentReceipt(
            document="plan",
            issuer="office",
            outcome="refused",
            version=2,
            reason="expired",
            why="Văn bản đã hết hạn.",
        ),
        release_0_1_0.StartedReceipt(occurrence="o1", title="Tin sáng", planned=NOW, error_ms=0.3),
        release_0_1_0.EndedReceipt(
            occurrence="o1", title="Tin sáng", outcome="cut", why="power", planned=NOW, heard_ms=900
        ),
        release_0_1_0.HeardReceipt(occurrence="o1", sure=0.9, sensor="horn"),
    ):
        previous = hashlib.sha256(lines[-1].encode()).hexdigest() if lines else "0" * 64
        receipt = release_0_1_0.Receipt(number=len(lines) + 1, previous=previous, written=NOW, body=body)
        lines.append(receipt.to_json().decode())
    batch = release_0_1_0.Receipts(device=device.id, commune="hoa-son", journal=device.journal, lines=tuple(lines))
    stored = fleet.take_receipts(device.id, sealed(batch, "receipts", device.key))
    assert (stored.through, stored.new, stored.conflict) == (5, 5, False)
    ack = fleet.receipts.ack(stored, "hoa-son")
    assert release_0_1_0.ReceiptsAck.model_validate_json(ack.to_json(), strict=True).through == 5
    (row,) = office_world.office.fleet_rows()
    assert (row.software, row.understands) == ("langso 0.1.0", ())
    assert [receipt.to_json().decode() for _, _, receipt in fleet.newest_receipts()][::-1] == lines


@pytest.mark.parametrize("level", ["bad", "warn"])
def test_how_a_device_is_is_read_in_the_readers_language(office_world: Any, level: Any) -> None:
    device = office_world.reporter()
    line = HealthLine(
        name="memory",
        level=level,
        why="Bộ nhớ còn 5% của 1 GB.",
        fix="Hãy tắt bớt.",
        code="machine-memory-left",
        parameters={"share": "5%", "total": "1 GB"},
        fix_code="machine-close-programs",
    )
    office_world.office.fleet.take_state(device.id, device.state(health=(line,)))
    with in_language("en"):
        (row,) = office_world.office.fleet_rows()
        assert (row.level, row.reason) == (level, "5% of 1 GB of memory is free.")
        assert row.todo == t("machine-close-programs")


def test_what_a_device_of_today_takes_is_on_its_line(office_world: Any) -> None:
    device = office_world.reporter()
    fleet = office_world.office.fleet
    fleet.take_state(device.id, device.state(understands=("plan", "urgent"), software="langso 0.2.0"))
    (row,) = office_world.office.fleet_rows()
    assert (row.software, row.understands) == ("langso 0.2.0", ("plan", "urgent"))
