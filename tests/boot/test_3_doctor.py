"""Doctor on the booted machines: each fault really made turns its own line, and no other."""

from __future__ import annotations

import pytest
from commune import SERVICES, Commune
from doctor_faults import faults_of, levels, try_fault
from machine import BootFault, Machine

CASES = [(role, fault) for role in ("office", "speaker", "kiosk") for fault in faults_of(role)]


@pytest.fixture(scope="module")
def healthy(commune: Commune) -> dict[str, dict[str, str]]:
    """What doctor says of each machine before anything is broken: nothing red, and no line still on its way."""
    found = {}
    # Somebody listens to the loudspeaker's pipe, before and after.
    commune.record()
    for role in SERVICES:
        machine = commune.of(role)
        # What earlier tests killed and systemd restarted is no fault of now.
        machine.sh(f"systemctl reset-failed {' '.join(SERVICES[role])}")
        if role != "office":
            machine.wait(lambda machine=machine: _coming(machine) == {"ok"}, "it has its office", 200)
        found[role] = levels(machine.sh)
        assert "bad" not in found[role].values(), found[role]
    return found


def _coming(machine: Machine) -> set[str]:
    """The lines that come right by themselves in the first minutes: the office's messages and time, who listens to
    the loudspeaker's pipe. These machines have no sound card, of which a kiosk's doctor warns for good.
    """
    said = levels(machine.sh)
    names = ("link", "broker", "clock", *(("sound",) if "library" in said else ()))
    return {said[name] for name in names if name in said}


@pytest.mark.parametrize(("role", "fault"), CASES, ids=[f"{role}: {fault.name}" for role, fault in CASES])
def test_a_fault_turns_its_own_line(commune: Commune, healthy: dict[str, dict[str, str]], role: str, fault) -> None:
    machine = commune.of(role)
    with commune.evidence.step(commune.release, f"doctor, {role}: {fault.name}") as figures:
        turned = try_fault(machine.sh, fault, healthy[role])
        figures["turned"] = turned
        # Also what the next fault is judged against: a service that has just started has no office yet.
        figures["content_again_s"] = round(_content_again(machine, healthy[role]), 1)
    assert turned == {fault.line: fault.level}


def _content_again(machine: Machine, before: dict[str, str]) -> float:
    """Seconds until doctor says what it said before."""
    still: dict[str, tuple[str | None, str | None]] = {}

    def content() -> bool:
        now = levels(machine.sh)
        still.clear()
        names = sorted(before.keys() | now.keys())
        still.update((name, (before.get(name), now.get(name))) for name in names if before.get(name) != now.get(name))
        return not still

    try:
        return machine.wait(content, "doctor is as content as before", 120)
    except BootFault as fault:
        raise BootFault(f"{fault}\nwas, is: {still}") from None
