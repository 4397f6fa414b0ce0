"""What the page of a loudspeaker says of its village head's right to speak: minutes, what was said when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from langso.contract import TalkRight
from langso.contract.outcomes import in_words
from langso.timekeeping import dates
from langso.words.catalogue import t
from langso.words.village_names import village_name
from office.fleet.devices import FleetRow
from office.publishing.talk_rights import TalkTold
from office.web.site import Site

DAY, MONTH = 10, 120
"""Minutes that the form proposes: two announcements a day of five minutes, on half the days of a month."""


@dataclass(frozen=True)
class TalkLine:
    """One talk as the page tells it."""

    at: datetime
    title: str
    length: str
    how: str
    cut: bool


@dataclass(frozen=True)
class TalkPanel:
    """What the page of a loudspeaker says of its village's right. `used_day`, `used_month`: whole minutes by receipts
    of this loudspeaker; `waiting`: loudspeakers not told yet.
    """

    village: str
    name: str
    right: TalkRight | None
    used_day: int
    used_month: int
    waiting: int
    able: bool
    lines: tuple[TalkLine, ...]
    day: int = DAY
    month: int = MONTH


def panel_of(site: Site, row: FleetRow) -> TalkPanel | None:
    """What the page says; None for what is no loudspeaker of a village."""
    village = row.device.village
    if row.device.role != "speaker" or village is None:
        return None
    office, now = site.office, dates.local(site.office.clock.now())
    given = next((one for one in office.talk.all() if one.village == village), None)
    told = [one for one in office.talk.told(village, 400) if one.device == row.device.id]
    month = [one for one in told if one.kind == "talk" and _month(one.at) == _month(now)]
    today = [one for one in month if dates.local(one.at).date() == now.date()]
    return TalkPanel(
        village,
        village_name(village),
        None if given is None else given.right,
        _minutes(today),
        _minutes(month),
        0 if given is None else given.waiting,
        "talk" in row.understands,
        tuple(_line(one) for one in told[:8]),
    )


def _month(at: datetime) -> tuple[int, int]:
    there = dates.local(at)
    return there.year, there.month


def _minutes(talks: list[TalkTold]) -> int:
    return int(timedelta(milliseconds=sum(one.heard_ms for one in talks)).total_seconds() // 60)


def _line(one: TalkTold) -> TalkLine:
    seconds = one.heard_ms // 1000
    length = t("console-talk-length", minutes=seconds // 60, seconds=seconds % 60)
    parameters = None if one.parameters is None else json.loads(one.parameters)
    if one.outcome is None:
        return TalkLine(one.at, one.title, "", t("console-talk-now"), cut=False)
    return TalkLine(one.at, one.title, length, in_words(one.code, parameters, one.why), cut=one.outcome != "played")
