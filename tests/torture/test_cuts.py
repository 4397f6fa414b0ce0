"""A short run of the cuts: what syncs keeps all it acknowledged, what does not loses, and the harness sees both."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from failing_card import may_mount

from tests.torture import __main__ as harness
from tests.torture import workloads
from tests.torture.__main__ import torture

pytestmark = pytest.mark.skipif(
    not (may_mount() and Path("/dev/fuse").exists()), reason="needs root, mounts and FUSE"
)


def test_what_was_acknowledged_survives_cuts_and_a_control_loses(capsys: pytest.CaptureFixture[str]) -> None:
    assert torture(["rows, memory first", "files", "control: files without sync"], 8, seed=3) == 0
    said = capsys.readouterr().out
    assert said.count("ok ") == 3
    assert "8 cuts, 0 with a loss" in said


def test_who_looks_at_a_loop_device_meanwhile_makes_no_loss(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unmount, held = harness._unmount, []

    def looked_at(mounted: Path) -> None:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
        device = next(line.split()[0] for line in lines if line.split()[1] == str(mounted))
        held.append(os.open(device, os.O_RDONLY | os.O_CLOEXEC))
        os.pread(held[-1], 24 << 20, 0)
        unmount(mounted)

    monkeypatch.setattr(harness, "_unmount", looked_at)
    try:
        assert torture(["folders"], 8, seed=3) == 0, capsys.readouterr().out
    finally:
        for descriptor in held:
            os.close(descriptor)
    assert len(held) == 8


def test_a_control_that_loses_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as swapped:
        swapped.setitem(harness.CONTROLS, "files", workloads.DURABLE["files"])
        assert torture(["files"], 4, seed=1) == 1
    assert "WRONG" in capsys.readouterr().out
