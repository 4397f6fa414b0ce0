"""A short run of the cuts: what syncs keeps all it acknowledged, what does not loses, and the harness sees both."""

from __future__ import annotations

from pathlib import Path

import pytest
from failing_card import may_mount

from tests.torture.__main__ import torture

pytestmark = pytest.mark.skipif(
    not (may_mount() and Path("/dev/fuse").exists()), reason="needs root, mounts and FUSE"
)


def test_what_was_acknowledged_survives_cuts_and_a_control_loses(capsys: pytest.CaptureFixture[str]) -> None:
    assert torture(["rows, memory first", "files", "control: files without sync"], 8, seed=3) == 0
    said = capsys.readouterr().out
    assert said.count("ok ") == 3
    assert "8 cuts, 0 with a loss" in said


def test_a_control_that_loses_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.torture import __main__ as harness
    from tests.torture import workloads

    with pytest.MonkeyPatch.context() as swapped:
        swapped.setitem(harness.CONTROLS, "files", workloads.DURABLE["files"])
        assert torture(["files"], 4, seed=1) == 1
    assert "WRONG" in capsys.readouterr().out
