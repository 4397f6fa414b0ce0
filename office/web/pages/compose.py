"""Writing a broadcast: how the voice will say it, hearing it, and sending it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.words import Part, WordsError, speech_parts
from office.broadcasting.rows import Broadcast
from office.broadcasting.wording import MAX_TEXT, MAX_TITLE
from office.errors import BroadcastRefused
from office.people.accounts import StaffSession
from office.web.forms import Form, moment_of
from office.web.pages import sounds
from office.web.permits import require
from office.web.site import Sent, Site, SiteHere, Who, go, is_part
from office.web.speakers import chosen, villages

router = APIRouter()
ROOM = 20_000


@dataclass(frozen=True)
class TypedBroadcast:
    """What the form holds, given back as typed when something is wrong. `instead_of`: the unsent one it corrects."""

    title: str = ""
    text: str = ""
    devices: tuple[str, ...] = ()
    date: str = ""
    time: str = ""
    broadcast_class: str = "normal"
    parts: tuple[Part, ...] = ()
    instead_of: str = ""

    @property
    def changed(self) -> bool:
        """Whether the voice says anything other than what is written."""
        return any(part.changed for part in self.parts)


@router.get("/soan", dependencies=[require("writer")])
def compose(site: SiteHere, session: Who, tu: str = "") -> Response:
    """An empty form with a sensible time; `tu`: with the words of a broadcast that was not sent. Raises NotFound."""
    soon = dates.local(site.console.clock.now() + timedelta(minutes=15))
    soon = soon.replace(minute=soon.minute // 5 * 5, second=0)
    if tu:
        return _compose(site, session, _again(site.console.broadcasts.get(tu), soon))
    return _compose(site, session, TypedBroadcast(date=f"{soon:%Y-%m-%d}", time=f"{soon:%H:%M}"))


@router.post("/soan", dependencies=[require("writer")])
def send(site: SiteHere, sent: Sent) -> Response:
    """Kept as a draft; its sounds are made in the background, and then it is sent: on to the broadcast's own page.

    What is known at once to be wrong comes back as typed, with why; what shows later is told on that page.
    """
    draft, by = _draft(site, sent.form), sent.session.login
    broadcasts, jobs = site.console.broadcasts, site.console.jobs
    made: str | None = None
    try:
        kept = broadcasts.draft(
            draft.text,
            title=draft.title,
            targets=draft.devices,
            start=moment_of(draft.date, draft.time),
            by=by,
            broadcast_class="priority" if draft.broadcast_class == "priority" else "normal",
        )
        made = kept.id
        job = jobs.wait(jobs.ask("send", kept.text, by, kept.id).id, sounds.PATIENCE_S)
    except LangsoError as refused:
        _drop(site, made, by)
        return _compose(
            site, sent.session, draft, str(refused), 422 if isinstance(refused, BroadcastRefused) else 503
        )
    if job.state == "failed":
        _drop(site, made, by)
        return _compose(site, sent.session, draft, job.why, 422 if job.fault == "refused" else 503)
    _drop(site, draft.instead_of, by)
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
    heard = sounds.hear(site, sent.session, draft.text)
    if is_part(request):
        return site.page("_nghe.html", sent.session, heard=heard)
    return _compose(site, sent.session, draft, heard.said, heard=heard)


def _drop(site: Site, id: str | None, by: str) -> None:
    """The corrected form makes a new one: an unsent copy would only confuse. On a full disk the form counts."""
    if not id:
        return
    with contextlib.suppress(LangsoError):
        if site.console.broadcasts.get(id).status in ("draft", "prepared"):
            site.console.broadcasts.withdraw(id, by)


def _again(broadcast: Broadcast, soon: datetime) -> TypedBroadcast:
    """What was typed; a time that has passed gives way to a sensible one."""
    show, start = broadcast.show, max(dates.local(broadcast.planned.start), soon)
    return TypedBroadcast(
        title=show.title,
        text=broadcast.text,
        devices=show.devices,
        date=f"{start:%Y-%m-%d}",
        time=f"{start:%H:%M:%S}" if start.second else f"{start:%H:%M}",
        broadcast_class=show.broadcast_class,
        parts=_parts(broadcast.text),
        instead_of=broadcast.id,
    )


def _parts(text: str) -> tuple[Part, ...]:
    try:
        return tuple(speech_parts(text))
    except WordsError:
        return ()


def _draft(site: Site, form: Form) -> TypedBroadcast:
    text = form.text("text", ROOM)
    return TypedBroadcast(
        title=form.one("title", MAX_TITLE * 4),
        text=text,
        devices=chosen(form, villages(site.console.fleet.devices())),
        date=form.one("date", 20),
        time=form.one("time", 20),
        broadcast_class=form.one("broadcast_class", 20) or "normal",
        parts=_parts(text),
        instead_of=form.one("tu", 64),
    )


def _compose(
    site: Site,
    session: StaffSession,
    draft: TypedBroadcast,
    problem: str = "",
    status: int = 200,
    *,
    heard: sounds.AskedSound | None = None,
) -> Response:
    rows = {row.device.id: row for row in site.console.fleet_rows()}
    return site.page(
        "soan.html",
        session,
        status=status,
        on="soan",
        draft=draft,
        problem=problem,
        heard=heard,
        groups=villages(site.console.fleet.devices()),
        rows=rows,
        longest=MAX_TEXT,
        earliest=f"{dates.local(site.console.clock.now()):%Y-%m-%d}",
        stuck=site.console.programme.why,
    )
