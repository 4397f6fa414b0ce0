"""Doctor on the booted machines: each fault really made turns its own line, and no other."""

from __future__ import annotations

import pytest
from commune import SERVICES, Commune
from doctor_faults import faults_of, levels, try_fault

CASES = [(role, fault) for role in ("office", "speaker", "kiosk") for fault in faults_of(role)]


@pytest.fixture(scope="module")
def healthy(commune: Commune) -> dict[str, dict[str, str]]:
    """What doctor says of each machine before anything is broken."""
    return {role: levels(commune.of(role).sh) for role in SERVICES}


@pytest.mark.parametrize(("role", "fault"), CASES, ids=[f"{role}: {fault.name}" for role, fault in CASES])
def test_a_fault_turns_its_own_line(commune: Commune, healthy: dict[str, dict[str, str]], role: str, fault) -> None:
    machine = commune.of(role)
    with commune.evidence.step(commune.release, f"doctor, {role}: {fault.name}") as figures:
        turned = try_fault(machine.sh, fault, healthy[role])
        figures["turned"] = turned
        for unit in SERVICES[role]:
            machine.wait_active(unit, 60)
    assert turned == {fault.line: fault.level}


@pytest.mark.parametrize("role", ["office", "speaker", "kiosk"])
def test_healed_doctor_says_what_it_said_before(
    commune: Commune, healthy: dict[str, dict[str, str]], role: str
) -> None:
    machine = commune.of(role)
    machine.wait(lambda: levels(machine.sh) == healthy[role], "doctor is as content as before", 90)
