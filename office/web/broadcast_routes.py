"""The broadcast's pages: what is on, writing one, and each one's receipts."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.contract import Media
from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.voices.synthesis import VoiceError
from langso.words import Part, WordsError, speech_parts
from office.broadcasting.plans import EVERYONE
from office.broadcasting.wording import MAX_TEXT, MAX_TITLE
from office.errors import BroadcastRefused, MediaFailed, PageRefused
from office.fleet.devices import FleetRow
from office.people.accounts import StaffSession
from office.signer.errors import SignerRefused
from office.web.forms import Form, moment_of
from office.web.permits import require
from office.web.site import Sent, Site, SiteHere, Who, go, is_part
from office.web.views import ShownBroadcast, show_of, urgent_show, villages

router = APIRouter()
ROOM = 20_000
DAYS_BACK, DAYS_AHEAD = timedelta(hours=24), timedelta(days=14)


@dataclass(frozen=True)
class TypedBroadcast:
    """What the form holds, given back as typed when something is wrong."""

    title: str = ""
    text: str = ""
    devices: tuple[str, ...] = ()
    date: str = ""
    time: str = ""
    broadcast_class: str = "normal"
    parts: tuple[Part, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the voice says anything other than what is written."""
        return any(part.changed for part in self.parts)


@router.get("/", dependencies=[require()])
def home(session: Who) -> Response:
    """The calendar is home."""
    del session
    return go("/lich")


@router.get("/lich", dependencies=[require()])
def calendar(site: SiteHere, session: Who) -> Response:
    """What is on today and after, with receipts as they arrive."""
    html, _ = site.part("_lich.html", session, **_calendar(site))
    today = dates.local(site.console.clock.now()).date()
    return site.page("lich.html", session, on="lich", part=html, today=dates.day_with_lunar(today))


@router.get("/lich/manh", dependencies=[require()])
def calendar_part(site: SiteHere, session: Who, da: str = "") -> Response:
    """The part that refreshes itself."""
    return site.fragment("_lich.html", session, da, **_calendar(site))


@router.get("/soan", dependencies=[require("writer")])
def compose(site: SiteHere, session: Who) -> Response:
    """An empty form with a sensible time."""
    soon = dates.local(site.console.clock.now() + timedelta(minutes=15))
    soon = soon.replace(minute=soon.minute // 5 * 5, second=0)
    return _compose(site, session, TypedBroadcast(date=f"{soon:%Y-%m-%d}", time=f"{soon:%H:%M}"))


@router.post("/soan", dependencies=[require("writer")])
def send(site: SiteHere, sent: Sent) -> Response:
    """Draft, sounds, plan: then the broadcast's own page. What cannot be sent comes back as typed, with why."""
    draft = _draft(site, sent.form)
    broadcasts = site.console.broadcasts
    made: str | None = None
    try:
        kept = broadcasts.draft(
            draft.text,
            title=draft.title,
            targets=draft.devices,
            start=moment_of(draft.date, draft.time),
            by=sent.session.login,
            broadcast_class="priority" if draft.broadcast_class == "priority" else "normal",
        )
        made = kept.id
        broadcasts.prepare(kept.id)
        broadcasts.send(kept.id, sent.session.login)
    except LangsoError as refused:
        if made is not None:
            # The corrected form makes a new one: an unsent copy would only confuse. On a full disk the form counts.
            with contextlib.suppress(LangsoError):
                broadcasts.withdraw(made, sent.session.login)
        status = 422 if isinstance(refused, (BroadcastRefused, WordsError, VoiceError, MediaFailed)) else 503
        return _compose(site, sent.session, draft, str(refused), status)
    return go(f"/ban-tin/{kept.id}")


@router.post("/soan/doc", dependencies=[require("writer")])
def preview(request: Request, site: SiteHere, sent: Sent) -> Response:
    """How the voice will say it, while one types."""
    draft = _draft(site, sent.form)
    if is_part(request):
        return site.page("_doc.html", sent.session, draft=draft)
    return _compose(site, sent.session, draft)


@router.post("/soan/nghe", dependencies=[require("writer")])
def listen(request: Request, site: SiteHere, sent: Sent) -> Response:
    """Makes the sound and gives a player: what staff hear is what villagers will hear."""
    draft = _draft(site, sent.form)
    sound: Media | None = None
    problem = ""
    try:
        if not any(letter.isalnum() for letter in draft.text):
            raise BroadcastRefused("Bản tin chưa có chữ nào; hãy nhập nội dung rồi nghe thử.")
        if len(draft.text) > MAX_TEXT:
            raise BroadcastRefused(f"Bản tin dài quá {MAX_TEXT} chữ; hãy chia thành nhiều bản tin.")
        sound = site.console.media.speak(draft.text).media
    except LangsoError as refused:
        problem = str(refused)
    if is_part(request):
        return site.page("_nghe.html", sent.session, sound=sound, problem=problem)
    return _compose(site, sent.session, draft, problem, sound=sound)


@router.get("/ban-tin/{id}", dependencies=[require()])
def detail(id: str, site: SiteHere, session: Who) -> Response:
    """One broadcast and what each loudspeaker said of it."""
    broadcast = site.console.broadcasts.get(id)
    show = _show(site, id)
    html, _ = site.part("_phieu.html", session, show=show, whole=True)
    sound = broadcast.show.media[0] if broadcast.show.media else None
    return site.page("ban-tin.html", session, on="lich", show=show, part=html, sound=sound)


@router.get("/ban-tin/{id}/manh", dependencies=[require()])
def detail_part(id: str, site: SiteHere, session: Who, da: str = "") -> Response:
    """The receipts, refreshed."""
    return site.fragment("_phieu.html", session, da, show=_show(site, id), whole=False)


@router.post("/ban-tin/{id}/dung", dependencies=[require("writer", "approver")])
def stop(id: str, site: SiteHere, sent: Sent) -> Response:
    """Out of the plan; where it sounds, it stops. Raises PageRefused where the signer's rules forbid the new plan."""
    try:
        site.console.broadcasts.withdraw(id, sent.session.login)
    except SignerRefused as refused:
        raise PageRefused(f"Chưa rút được, các loa vẫn giữ bản tin này. {refused}", 422) from refused
    return go(f"/ban-tin/{id}")


@dataclass(frozen=True)
class Day:
    """One day of the calendar."""

    name: str
    shows: tuple[ShownBroadcast, ...]


@dataclass(frozen=True)
class Calendar:
    """Days with something on, what is urgent now, and how the fleet is."""

    days: tuple[Day, ...]
    urgent: tuple[ShownBroadcast, ...]
    online: int
    speakers: int
    trouble: str
    unsigned: str
    ill: tuple[FleetRow, ...]


def _calendar(site: Site) -> dict[str, object]:
    console = site.console
    now = console.clock.now()
    rows = console.fleet_rows()
    fleet = {row.device.id: row for row in rows}
    groups = villages(console.fleet.devices())
    broadcasts = console.broadcasts.window(now - DAYS_BACK, now + DAYS_AHEAD)
    plays = console.broadcasts.plays_of(one.planned.id for one in broadcasts)
    stand = console.programme.standings()
    shows = [show_of(one, plays[one.planned.id], groups, fleet, stand) for one in broadcasts]
    today = dates.local(now).date()
    days = tuple(
        Day(f"{'Hôm nay · ' if day == today else ''}{dates.day_with_lunar(day)}", tuple(found))
        for day, found in groupby(shows, key=lambda show: show.day)
    )
    urgent = urgent_shows(site)
    speakers = [row for row in rows if row.device.role == "speaker"]
    ill = tuple(row for row in speakers if row.level == "bad")
    online = sum(row.online for row in speakers)
    unsigned = unsigned_of(stand.why, sum(show.standing == "unsigned" for show in shows))
    return {"calendar": Calendar(days, urgent, online, len(speakers), trouble_of(site), unsigned, ill)}


def unsigned_of(why: str, waiting: int) -> str:
    """What staff must know where nothing can be signed now; "" where it can."""
    if waiting:
        return f"{waiting} bản tin CHƯA KÝ ĐƯỢC, chưa loa nào nhận. {why}".rstrip()
    return f"Lúc này máy chưa ký được bản tin mới. {why} Các loa vẫn phát theo lịch đã giữ." if why else ""


def urgent_shows(site: Site) -> tuple[ShownBroadcast, ...]:
    """The urgent orders in force, and those whose all-clear loudspeakers have not been told of."""
    console, now = site.console, site.console.clock.now()
    groups = villages(console.fleet.devices())
    unheard, why = console.programme.unheard_endings(), console.programme.why
    return tuple(
        urgent_show(row, console.broadcasts.plays(row.order.id), groups, now, why=why if row in unheard else None)
        for row in (*console.broadcasts.in_force(), *unheard)
    )


def trouble_of(site: Site) -> str:
    """What keeps the office from speaking to devices, as one sentence; "" if nothing."""
    publisher = site.console.publisher
    if publisher is None:
        return "Văn phòng chưa nối với trạm trung chuyển tin; hãy báo kỹ thuật chạy sudo langso doctor."
    status = publisher.status
    if not status.connected:
        why = status.why or "đang nối"
        return f"Chưa nối được trạm trung chuyển tin ({why}); các loa vẫn phát theo lịch đã giữ."
    return status.trouble


def _show(site: Site, id: str) -> ShownBroadcast:
    console = site.console
    broadcast = console.broadcasts.get(id)
    fleet = {row.device.id: row for row in console.fleet_rows()}
    plays = console.broadcasts.plays(broadcast.planned.id)
    return show_of(broadcast, plays, villages(console.fleet.devices()), fleet, console.programme.standings())


def _draft(site: Site, form: Form) -> TypedBroadcast:
    text = form.text("text", ROOM)
    try:
        parts = tuple(speech_parts(text))
    except WordsError:
        parts = ()
    return TypedBroadcast(
        title=form.one("title", MAX_TITLE * 4),
        text=text,
        devices=chosen(form, site),
        date=form.one("date", 20),
        time=form.one("time", 20),
        broadcast_class=form.one("broadcast_class", 20) or "normal",
        parts=parts,
    )


def chosen(form: Form, site: Site) -> tuple[str, ...]:
    """Devices ticked one by one, by whole village (`villages`), or all (`*`)."""
    devices = form.many("devices")
    if EVERYONE in devices:
        return (EVERYONE,)
    whole = set(form.many("villages"))
    groups = villages(site.console.fleet.devices()) if whole else []
    more = [device.id for group in groups if group.slug in whole for device in group.devices]
    return tuple(dict.fromkeys([*devices, *more]))


def _compose(
    site: Site,
    session: StaffSession,
    draft: TypedBroadcast,
    problem: str = "",
    status: int = 200,
    *,
    sound: Media | None = None,
) -> Response:
    rows = {row.device.id: row for row in site.console.fleet_rows()}
    return site.page(
        "soan.html",
        session,
        status=status,
        on="soan",
        draft=draft,
        problem=problem,
        sound=sound,
        groups=villages(site.console.fleet.devices()),
        rows=rows,
        longest=MAX_TEXT,
        earliest=f"{dates.local(site.console.clock.now()):%Y-%m-%d}",
        stuck=site.console.programme.why,
    )
