"""What became of a broadcast is decided by what loudspeakers say, and nothing by what pages say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from office.broadcasting.became import Became, became, played_and_ill
from office.broadcasting.play_reports import PlayReport

NOW = datetime(2026, 11, 30, 7, tzinfo=UTC)
CLAIMED = PlayReport("o1", "loa-1", "Tin", NOW, None, None, None, "", 0, time_unproven=False)


@pytest.mark.parametrize(
    ("report", "begun", "over", "what"),
    [
        (None, False, False, Became.WAITING),
        (None, True, False, Became.DUE),
        (None, True, True, Became.UNKNOWN),
        (CLAIMED, True, False, Became.DUE),
        (replace(CLAIMED, started=NOW), True, False, Became.ON_AIR),
        (replace(CLAIMED, started=NOW), True, True, Became.UNKNOWN),
        (replace(CLAIMED, started=NOW, outcome="played"), True, False, Became.PLAYED),
        (replace(CLAIMED, started=NOW, outcome="cut"), False, False, Became.CUT),
        (replace(CLAIMED, outcome="missed"), True, True, Became.MISSED),
        (replace(CLAIMED, outcome="refused"), True, True, Became.REFUSED),
        (replace(CLAIMED, outcome="waiting"), True, True, Became.UNKNOWN),
        (replace(CLAIMED, outcome="repeated"), True, True, Became.UNKNOWN),
    ],
)
def test_what_a_loudspeaker_says_decides(report: PlayReport | None, begun: bool, over: bool, what: Became) -> None:
    assert became(report, begun=begun, over=over) is what


def test_ill_is_what_has_ended_otherwise_than_whole() -> None:
    each = (Became.PLAYED, Became.CUT, Became.MISSED, Became.REFUSED, Became.ON_AIR, Became.UNKNOWN, Became.WITHDRAWN)
    assert played_and_ill(each) == (1, 3)
    assert played_and_ill(()) == (0, 0)


def test_codes_and_the_ordering_document_of_a_receipt_are_kept(office_world: Any) -> None:
    device = office_world.reporter()
    device.write(
        "o1", "cut", code="minutes", parameters={"minutes": 60}, why="x", kind="plan", issuer="office", epoch=2
    )
    device.write("o2", "cut", why="power")
    office_world.office.fleet.take_receipts("loa-1", device.batch())
    (told,) = office_world.office.broadcasts.plays("o1")
    assert (told.code, told.parameters) == ("minutes", {"minutes": 60})
    assert (told.kind, told.issuer, told.epoch) == ("plan", "office", 2)
    (old,) = office_world.office.broadcasts.plays("o2")
    assert (old.outcome, old.why, old.code, old.parameters, old.kind) == ("cut", "power", None, None, None)
