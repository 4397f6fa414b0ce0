"""How a broadcast stands, for a page: decided as codes, then put into words; a line for each of its loudspeakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from langso.contract.outcomes import in_words
from langso.device.paired import PairedDevice
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, Unit, is_known, t
from office.broadcasting.became import ENDINGS, Became, became, played_and_ill
from office.broadcasting.play_reports import PlayReport
from office.broadcasting.rows import Broadcast
from office.broadcasting.urgent_rows import UrgentRow
from office.fleet.devices import FleetRow
from office.publishing.speaker_orders import Standing, Standings
from office.web.speakers import VillageSpeakers, meant, targets_text, villages
from office.whole_office import Office

Level = Literal["ok", "warn", "bad", "plain", "info"]
SpeakerLook = Literal[
    "played",
    "cut",
    "missed",
    "refused",
    "playing",
    "no_receipt",
    "out_of_reach",
    "waiting",
    "sending",
    "holding",
    "unsigned",
    "silent",
]
"""How a line looks and reads: what became of the broadcast there, and where nothing did yet, how far it is."""
PATIENCE = timedelta(seconds=30)
_CLASSES: dict[str, Level] = {"normal": "info", "priority": "warn", "emergency": "bad"}
_LOOKS: dict[SpeakerLook, tuple[Level, str]] = {
    "played": ("ok", "check_circle"),
    "cut": ("warn", "error"),
    "missed": ("bad", "error"),
    "refused": ("bad", "error"),
    "playing": ("ok", "volume_up"),
    "no_receipt": ("warn", "schedule"),
    "out_of_reach": ("warn", "cloud_off"),
    "waiting": ("info", "hourglass_top"),
    "sending": ("info", "sync"),
    "holding": ("info", "event_available"),
    "unsigned": ("plain", "remove"),
    "silent": ("plain", "remove"),
}
_STANDINGS: dict[Standing, tuple[Level, str]] = {
    "draft": ("plain", "edit"),
    "withdrawn": ("plain", "undo"),
    "unsigned": ("bad", "error"),
    "too_late": ("bad", "error"),
    "barred": ("bad", "error"),
    "withdrawing": ("bad", "error"),
}
_UNTOLD: frozenset[Standing] = frozenset(("draft", "withdrawn", "unsigned", "too_late", "barred"))
"""A loudspeaker that said nothing was not told of it, or was told that it is taken back."""
_ENDINGS: dict[Became, SpeakerLook] = {
    Became.PLAYED: "played",
    Became.CUT: "cut",
    Became.MISSED: "missed",
    Became.REFUSED: "refused",
    Became.ON_AIR: "playing",
    Became.UNKNOWN: "no_receipt",
}


@dataclass(frozen=True)
class SpeakerLine:
    """How one broadcast stands at one loudspeaker. People read `state` and `detail`; programs go by `became`."""

    place: str
    device: str
    became: Became
    look: SpeakerLook
    state: str
    detail: str

    @property
    def level(self) -> Level:
        """Its colour."""
        return _LOOKS[self.look][0]

    @property
    def icon(self) -> str:
        """Its sign, of Material Symbols."""
        return _LOOKS[self.look][1]


@dataclass(frozen=True)
class ShownBroadcast:
    """A broadcast on a page. `note`: what staff must know before all else, where it does not stand as they wished."""

    id: str
    url: str
    title: str
    text: str
    day: date
    start: datetime
    label: str
    level: Level
    places: str
    state: str
    state_level: Level
    icon: str
    lines: tuple[SpeakerLine, ...]
    by: str
    live: bool
    standing: Standing = "signed"
    note: str = ""


def show_of(
    broadcast: Broadcast,
    plays: Sequence[PlayReport],
    groups: Sequence[VillageSpeakers],
    fleet: Mapping[str, FleetRow],
    stand: Standings,
) -> ShownBroadcast:
    """A planned broadcast with a line for each of its loudspeakers, as it stands at that moment."""
    now, standing = stand.now, stand.of(broadcast)
    planned, show = broadcast.planned, broadcast.show
    end = planned.start + show.length
    said = {play.device: play for play in plays}
    begun, over = now >= planned.start, now > end + PATIENCE
    lines = tuple(
        _line(device, said.get(device.id), fleet.get(device.id), begun=begun, over=over, standing=standing)
        for device in meant(show.devices, groups)
    )
    state, state_level, icon = _summary(standing, lines, planned.start, end, now)
    return ShownBroadcast(
        id=broadcast.id,
        url=f"/ban-tin/{broadcast.id}",
        title=show.title,
        text=broadcast.text,
        day=dates.local(planned.start).date(),
        start=planned.start,
        label=t(f"shows-class-{show.broadcast_class}"),
        level=_CLASSES[show.broadcast_class],
        places=targets_text(show.devices, groups),
        state=state,
        state_level=state_level,
        icon=icon,
        lines=lines,
        by=broadcast.by,
        live=broadcast.status == "scheduled" and standing in ("signed", "unsigned") and now <= end,
        standing=standing,
        note=_note(standing, planned.start, stand),
    )


def urgent_show(
    row: UrgentRow,
    plays: Sequence[PlayReport],
    groups: Sequence[VillageSpeakers],
    now: datetime,
    *,
    why: str | None = None,
) -> ShownBroadcast:
    """An urgent order with a line for each of its loudspeakers. `why`: its all-clear could not be signed so far."""
    order = row.order
    in_force = (row.ended is None or why is not None) and order.expires > now
    said = {play.device: play for play in plays}
    lines = tuple(
        _line(device, said.get(device.id), None, begun=True, over=not in_force)
        for device in meant(order.targets.devices, groups)
    )
    stands = "in-force" if in_force else "over" if row.ended is not None else "expired"
    return ShownBroadcast(
        id=order.id,
        url="/khan-cap",
        title=order.title,
        text="",
        day=dates.local(order.issued).date(),
        start=order.issued,
        label=t("shows-class-emergency"),
        level=_CLASSES["emergency"],
        places=targets_text(order.targets.devices, groups),
        state=t(f"shows-urgent-{stands}"),
        state_level="bad" if in_force else "plain",
        icon="emergency_home" if in_force else "check_circle",
        lines=lines,
        by=row.by,
        live=in_force,
        standing="signed" if why is None else "withdrawing",
        note="" if why is None else t("shows-note-all-clear", reason=_reason(why)),
    )


def urgent_shows(office: Office) -> tuple[ShownBroadcast, ...]:
    """The urgent orders in force, and those whose all-clear loudspeakers have not been told of."""
    now = office.clock.now()
    groups = villages(office.fleet.devices())
    unheard, why = office.programme.unheard_endings(), office.programme.why
    return tuple(
        urgent_show(row, office.broadcasts.plays(row.order.id), groups, now, why=why if row in unheard else None)
        for row in (*office.broadcasts.in_force(), *unheard)
    )


def trouble_of(office: Office) -> str:
    """What keeps the office from speaking to devices, as one sentence; "" if nothing."""
    publisher = office.publisher
    if publisher is None:
        return t("shows-no-broker")
    status = publisher.status
    if not status.connected:
        return t("shows-not-connected", why=status.why or Sentence("shows-connecting"))
    return status.trouble


def _line(
    device: PairedDevice,
    play: PlayReport | None,
    row: FleetRow | None,
    *,
    begun: bool,
    over: bool,
    standing: Standing = "signed",
) -> SpeakerLine:
    what, look = _stands(play, row, begun=begun, over=over, standing=standing)
    if what in ENDINGS and play is not None:
        detail = _ending(play, what)
    elif look in ("silent", "unsigned"):
        detail = t(f"shows-silent-{standing}")
    else:
        detail = t(f"shows-hint-{look}") if is_known(f"shows-hint-{look}") else ""
    return SpeakerLine(device.place or device.id, device.id, what, look, t(f"shows-became-{look}"), detail)


def _stands(
    play: PlayReport | None, row: FleetRow | None, *, begun: bool, over: bool, standing: Standing
) -> tuple[Became, SpeakerLook]:
    if play is None and standing in _UNTOLD:
        if standing == "withdrawn":
            return Became.WITHDRAWN, "silent"
        return Became.NOT_SENT, "unsigned" if standing == "unsigned" else "silent"
    what = became(play, begun=begun, over=over)
    if what in _ENDINGS:
        return what, _ENDINGS[what]
    if row is not None and not row.online:
        return what, "out_of_reach"
    if what is Became.DUE:
        return what, "waiting"
    return what, "sending" if row is not None and not row.plan_current else "holding"


def _ending(play: PlayReport, what: Became) -> str:
    if what is Became.PLAYED:
        late = None if play.error_ms is None else f"{abs(play.error_ms):.1f}".replace(".", ",")
        return "" if late is None else t("shows-late-by", ms=late)
    heard = t("shows-heard", seconds=round(play.heard_ms / 1000)) if play.heard_ms else ""
    reason = in_words(play.code, play.parameters, play.why)
    return ", ".join(part for part in (reason, heard) if part)


def _summary(
    standing: Standing, lines: Sequence[SpeakerLine], start: datetime, end: datetime, now: datetime
) -> tuple[str, Level, str]:
    if standing in _STANDINGS:
        return t(f"shows-standing-{standing}"), *_STANDINGS[standing]
    total = len(lines)
    played, ill = played_and_ill(line.became for line in lines)
    if now < start:
        held = sum(line.look == "holding" for line in lines)
        level: Level = "ok" if held == total else "info"
        return t("shows-all-hold", count=held, total=total), level, "event_available"
    if ill:
        return t("shows-all-ill", count=ill, total=total), "bad", "error"
    if played == total:
        return t("shows-all-played", count=played, total=total), "ok", "check_circle"
    if now <= end + PATIENCE:
        return t("shows-became-playing"), "ok", "volume_up"
    return t("shows-all-waiting", count=played, total=total), "warn", "schedule"


def _note(standing: Standing, start: datetime, stand: Standings) -> str:
    if standing == "unsigned":
        when = Unit(_moment, start, stand.now)
        return t("shows-note-unsigned", reason=_reason(stand.why), when=when)
    if standing == "withdrawing":
        return t("shows-note-withdrawing", reason=_reason(stand.why))
    return t(f"shows-note-{standing}") if standing in ("too_late", "barred") else ""


def _moment(when: datetime, now: datetime) -> str:
    return dates.moment(when, today=dates.local(now).date())


def _reason(why: str) -> object:
    return why or Sentence("shows-signing")
