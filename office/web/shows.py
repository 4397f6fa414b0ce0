"""How a broadcast stands, for a page: first as codes, then in words; with a line for each loudspeaker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from langso.contract.outcomes import in_words
from langso.device.paired_devices import PairedDevice
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, Unit, Words, is_known, t
from langso.words.numbers import decimal
from office.broadcasting.became import ENDINGS, Became, became, played_and_ill
from office.broadcasting.play_reports import PlayReport
from office.broadcasting.rows import Broadcast
from office.broadcasting.urgent_rows import UrgentRow
from office.fleet.devices import FleetRow
from office.people.operator import who_in_words
from office.publishing.standings import Standing, Standings
from office.web.speakers import VillageSpeakers, meant, targets_text, villages
from office.whole_office import Office

Level = Literal["ok", "warn", "bad", "plain", "info"]
SpeakerLook = Literal[
    "played",
    "unheard",
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
    "unheard": ("bad", "volume_off"),
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
    "unasked": ("warn", "error"),
    "unapproved": ("warn", "hourglass_top"),
    "too_late": ("bad", "error"),
    "barred": ("bad", "error"),
    "withdrawing": ("bad", "error"),
}
_MOST_PAST = 100
_UNTOLD: frozenset[Standing] = frozenset(
    ("draft", "withdrawn", "unsigned", "unasked", "unapproved", "too_late", "barred")
)
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
    """How one broadcast stands at one loudspeaker. `state` and `detail` are for people, `became` for programs.

    The words are made when they are asked for: a calendar has thousands of these and says none of them.
    """

    place: str
    device: str
    became: Became
    look: SpeakerLook
    standing: Standing
    report: PlayReport | None

    @property
    def state(self) -> str:
        """How it stands, in a few words."""
        return t(f"shows-became-{self.look}")

    @property
    def detail(self) -> str:
        """More of it; "" where there is nothing to say."""
        if self.became in ENDINGS and self.report is not None:
            return _ending(self.report, self.became)
        if self.look in ("silent", "unsigned"):
            return t(f"shows-silent-{self.standing}")
        return t(f"shows-hint-{self.look}") if is_known(f"shows-hint-{self.look}") else ""

    @property
    def level(self) -> Level:
        """The colour of the line."""
        return _LOOKS[self.look][0]

    @property
    def icon(self) -> str:
        """Its icon, a name in Material Symbols."""
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
    ended: datetime | None = None
    exercise: bool = False


def show_of(
    broadcast: Broadcast,
    plays: Sequence[PlayReport],
    groups: Sequence[VillageSpeakers],
    fleet: Mapping[str, FleetRow],
    stand: Standings,
) -> ShownBroadcast:
    """A planned broadcast as a page shows it now, with a line for each of its loudspeakers."""
    now, standing = stand.now, stand.of(broadcast)
    planned, show = broadcast.planned, broadcast.show
    # Once, and not for each of a hundred loudspeakers.
    begun, length = now >= planned.start, show.length
    end, said = planned.start + length, {play.device: play for play in plays}
    unsaid = _over(None, planned.start, length, now)
    lines = tuple(
        _line(
            *(device, play := said.get(device.id), fleet.get(device.id)),
            begun=begun,
            over=unsaid if play is None else _over(play, planned.start, length, now),
            standing=standing,
            id=planned.id,
        )
        for device in meant(show.devices, groups)
    )
    state, state_level, icon = _summary(standing, lines, planned.start, now)
    return ShownBroadcast(
        id=broadcast.id,
        url=f"/ban-tin/{broadcast.id}",
        title=show.title,
        text=broadcast.text,
        day=dates.local(planned.start).date(),
        start=planned.start,
        label=t("shows-exercise") if show.exercise else t(f"shows-class-{show.broadcast_class}"),
        level="plain" if show.exercise else _CLASSES[show.broadcast_class],
        places=targets_text(show.devices, groups),
        state=state,
        state_level=state_level,
        icon=icon,
        lines=lines,
        by=who_in_words(broadcast.by),
        live=broadcast.status == "scheduled"
        and standing in ("signed", "unsigned", "unasked", "unapproved")
        and now <= end,
        standing=standing,
        note=_note(standing, planned.start, stand),
        exercise=show.exercise,
    )


def urgent_show(
    row: UrgentRow,
    plays: Sequence[PlayReport],
    groups: Sequence[VillageSpeakers],
    now: datetime,
    *,
    why: Words | None = None,
) -> ShownBroadcast:
    """An urgent order as a page shows it. `why`: why its all-clear could not be signed so far."""
    order = row.order
    in_force = (row.ended is None or why is not None) and order.expires > now
    said = {play.device: play for play in plays}
    length = timedelta(milliseconds=sum(media.duration_ms for media in order.media)) * order.repeat
    lines = tuple(
        _line(
            *(device, said.get(device.id), None),
            begun=True,
            over=not in_force or (order.action == "play" and _over(said.get(device.id), order.issued, length, now)),
        )
        for device in meant(order.targets.devices, groups)
    )
    stands = "in-force" if in_force else "over" if row.ended is not None else "expired"
    playing = sum(line.look == "playing" for line in lines)
    return ShownBroadcast(
        id=order.id,
        url="/khan-cap",
        title=order.title,
        text="",
        day=dates.local(order.issued).date(),
        start=order.issued,
        label=t("shows-exercise") if order.exercise else t("shows-class-emergency"),
        level="plain" if order.exercise else _CLASSES["emergency"],
        places=targets_text(order.targets.devices, groups),
        state=(t("shows-all-playing", count=playing, total=len(lines)) if playing else t(f"shows-urgent-{stands}")),
        state_level="bad" if in_force and not order.exercise else "plain",
        icon="emergency_home" if in_force else "check_circle",
        lines=lines,
        by=who_in_words(row.by),
        live=in_force,
        standing="signed" if why is None else "withdrawing",
        note="" if why is None else t("shows-note-all-clear", reason=_reason(why)),
        ended=row.ended,
        exercise=bool(order.exercise),
    )


def urgent_shows(office: Office) -> tuple[ShownBroadcast, ...]:
    """The urgent orders in force, and those whose all-clear has not reached loudspeakers."""
    unheard, why = office.speaker_orders.unheard_endings(), office.speaker_orders.why
    alive = (*office.alarms.in_force(), *unheard)
    if not alive:
        return ()
    now, groups = office.clock.now(), villages(office.fleet.devices())
    plays = office.broadcasts.plays_of(row.order.id for row in alive)
    return tuple(
        urgent_show(row, plays[row.order.id], groups, now, why=why if row in unheard else None) for row in alive
    )


def past_urgent_shows(office: Office, since: datetime) -> tuple[ShownBroadcast, ...]:
    """Urgent orders given since then that are over, the newest first: with what became of them."""
    given = [row for row in office.alarms.urgent_orders(_MOST_PAST, since=since) if row.order.sounds]
    if not given:
        return ()
    alive = {row.order.id for row in (*office.alarms.in_force(), *office.speaker_orders.unheard_endings())}
    over = [row for row in given if row.order.id not in alive and row.order.issued >= since]
    now, groups = office.clock.now(), villages(office.fleet.devices())
    plays = office.broadcasts.plays_of(row.order.id for row in over)
    return tuple(urgent_show(row, plays[row.order.id], groups, now) for row in over)


def trouble_of(office: Office) -> str:
    """What keeps the office from reaching devices, as one sentence; "" if nothing."""
    publisher = office.publisher
    if publisher is None:
        return t("shows-no-broker")
    status = publisher.status
    if not status.connected:
        return t("shows-not-connected", why=status.why or Sentence("shows-connecting"))
    return str(status.trouble)


def sensed(sure: float | None, finding: str | None) -> str:
    """What a loudspeaker's sensors say of a play, in words; "" where there is none, or none can tell."""
    if finding:
        known = f"shows-unheard-{finding}"
        return t(known) if is_known(known) else t("shows-unheard")
    return t("shows-sure", percent=round(sure * 100)) if sure else ""


def _over(play: PlayReport | None, start: datetime, length: timedelta, now: datetime) -> bool:
    """Whether it should have ended there long ago: counted from when it began there."""
    begun = start if play is None or play.started is None else max(start, play.started)
    return now > begun + length + PATIENCE


def _line(
    device: PairedDevice,
    play: PlayReport | None,
    row: FleetRow | None,
    *,
    begun: bool,
    over: bool,
    standing: Standing = "signed",
    id: str = "",
) -> SpeakerLine:
    what, look = _stands(play, row, begun=begun, over=over, standing=standing)
    if id and row is not None and row.playing == id and what not in ENDINGS:
        # Its own fresh word counts for more than how long it should have taken.
        what, look = Became.ON_AIR, "playing"
    return SpeakerLine(device.place or device.id, device.id, what, look, standing, play)


def _stands(
    play: PlayReport | None, row: FleetRow | None, *, begun: bool, over: bool, standing: Standing
) -> tuple[Became, SpeakerLook]:
    if play is None and standing in _UNTOLD:
        if standing == "withdrawn":
            return Became.WITHDRAWN, "silent"
        return Became.NOT_SENT, "unsigned" if standing == "unsigned" else "silent"
    what = became(play, begun=begun, over=over)
    if what is Became.PLAYED and play is not None and play.finding:
        # It was played, and a sensor says that nobody heard it.
        return what, "unheard"
    if what in _ENDINGS:
        return what, _ENDINGS[what]
    if row is not None and not row.online:
        return what, "out_of_reach"
    if what is Became.DUE:
        return what, "waiting"
    return what, "sending" if row is not None and not row.plan_current else "holding"


def _ending(play: PlayReport, what: Became) -> str:
    by_hand = t("shows-by-hand") if play.by_hand else ""
    if what is Became.PLAYED:
        late = "" if play.error_ms is None else t("shows-late-by", ms=decimal(abs(play.error_ms)))
        return ", ".join(part for part in (sensed(play.sure, play.finding), late, by_hand) if part)
    doubt = t("shows-in-doubt") if play.provisional else ""
    heard = t("shows-heard", seconds=round(play.heard_ms / 1000)) if play.heard_ms else ""
    reason = in_words(play.code, play.parameters, play.why)
    return ", ".join(part for part in (reason, heard, sensed(play.sure, play.finding), doubt, by_hand) if part)


def _summary(
    standing: Standing, lines: Sequence[SpeakerLine], start: datetime, now: datetime
) -> tuple[str, Level, str]:
    if standing in _STANDINGS:
        return t(f"shows-standing-{standing}"), *_STANDINGS[standing]
    total = len(lines)
    played, ill = played_and_ill(line.became for line in lines)
    if now < start:
        held = sum(line.look == "holding" for line in lines)
        level: Level = "ok" if held == total > 0 else "info"
        return t("shows-all-hold", count=held, total=total), level, "event_available"
    if ill:
        return t("shows-all-ill", count=ill, total=total), "bad", "error"
    unheard = sum(line.look == "unheard" for line in lines)
    if unheard:
        return t("shows-all-unheard", count=unheard, total=total), "bad", "volume_off"
    if played == total > 0:
        return t("shows-all-played", count=played, total=total), "ok", "check_circle"
    playing = sum(line.look == "playing" for line in lines)
    if playing:
        return t("shows-all-playing", count=playing, total=total), "ok", "volume_up"
    if any(line.became is Became.DUE for line in lines):
        return t("shows-all-due", total=total), "info", "hourglass_top"
    return t("shows-all-waiting", count=played, total=total), "warn", "schedule"


def _note(standing: Standing, start: datetime, stand: Standings) -> str:
    if standing == "unsigned":
        when = Unit(_moment, start, stand.now)
        return t("shows-note-unsigned", reason=_reason(stand.why), when=when)
    if standing == "withdrawing":
        return t("shows-note-withdrawing", reason=_reason(stand.why))
    return t(f"shows-note-{standing}") if standing in ("too_late", "barred", "unasked", "unapproved") else ""


def _moment(when: datetime, now: datetime) -> str:
    return dates.moment(when, today=dates.local(now).date())


def _reason(why: Words) -> Words:
    return why or Sentence("shows-signing")
