"""An installation cut by the plug at some moment is finished by running it again."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator

import pytest
from commune import Commune
from machine import Machine

ALL = 10
POINTS = [number / (ALL + 1) for number in (range(1, ALL + 1) if os.environ.get("LANGSO_BOOT_ALL") else (6,))]
"""Where the plug is pulled, as parts of the seconds that an undisturbed installation takes."""


@pytest.fixture(scope="module")
def undisturbed(commune: Commune) -> Iterator[tuple[Machine, float]]:
    """A machine of its own on which nothing disturbed the installation of a loudspeaker, and its seconds."""
    machine = commune.machine("undisturbed", "loa-moi")
    begin = time.monotonic()
    machine.run(*commune.installer("speaker"), seconds=900)
    seconds = time.monotonic() - begin
    yield machine, seconds
    machine.remove()


@pytest.mark.parametrize("name", ["chrony", "langso-speaker"])
def test_a_package_that_was_cut_while_it_was_unpacked_is_unpacked_anew(
    commune: Commune, undisturbed: tuple[Machine, float], name: str
) -> None:
    """An instant that a cut hits once in many: dpkg then refuses to go on with the package, whatever else is done."""
    machine, _ = undisturbed
    with commune.evidence.step(commune.release, f"{name} cut while it was unpacked, run again"):
        machine.sh(
            f"sed -i '/^Package: {name}$/,/^Status:/s/^Status: .*/Status: install reinstreq half-installed/'"
            " /var/lib/dpkg/status"
        )
        assert name in machine.run("dpkg", "--audit").said
        machine.run(*commune.installer("speaker"), seconds=900)
    assert machine.run("dpkg", "--audit").said == ""
    assert machine.run("langso", "--version").said.startswith("Làng Số")


@pytest.mark.parametrize("part", POINTS)
def test_an_install_cut_by_the_plug_is_finished_by_running_it_again(
    commune: Commune, undisturbed: tuple[Machine, float], part: float
) -> None:
    machine = commune.machine(f"cut-{part:.2f}", "loa-dut-dien")
    with commune.evidence.step(commune.release, f"install cut after {part:.0%}, run again") as figures:
        cut = machine.start(*commune.installer("speaker"))
        deadline = time.monotonic() + undisturbed[1] * part
        while cut.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        figures["dpkg_was_at_work"] = any(
            line.startswith(("dpkg ", "/usr/bin/dpkg ")) for line in machine.processes()
        )
        machine.cut_power()
        cut.wait(20)
        machine.boot()
        again = machine.run(*commune.installer("speaker"), seconds=900)
        figures["second_run_s"] = round(again.seconds, 1)
    assert machine.run("dpkg", "--audit").said == ""
    assert machine.run("langso", "--version").said.startswith("Làng Số")
    assert machine.run("systemctl", "is-enabled", "langso-speaker").said.strip() == "enabled"
    assert not [line for line in machine.processes() if re.search(r"\b(pip|apt-get|dpkg)\b", line)]
    machine.remove()
