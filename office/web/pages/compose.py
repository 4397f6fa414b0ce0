"""Writing a broadcast: how the voice will say it, hearing it, and sending it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.words import Part, ReadingDoubts, WordsError, doubts, speech_parts
from langso.words.catalogue import code_of, t
from office.broadcasting.broadcasts import FARTHEST
from office.broadcasting.plans import Relayed
from office.broadcasting.rows import Broadcast
from office.broadcasting.wording import MAX_TEXT, MAX_TITLE, exercise_text
from office.errors import BroadcastRefused
from office.people.accounts import StaffSession
from office.web.days import months, sensible, typed, words_of_day
from office.web.forms import Form, mark_of, moment_of, new_mark
from office.web.pages import sounds
from office.web.permits import require
from office.web.site import Sent, Site, SiteHere, Who, go, is_part
from office.web.speakers import chosen, signs, villages

router = APIRouter()


@dataclass(frozen=True)
class TypedBroadcast:
    """What the form holds, given back as typed when something is wrong. `instead_of`: the unsent one it corrects;
    `once`: the mark by which a second sending of the same form is known.
    """

    title: str = ""
    text: str = ""
    devices: tuple[str, ...] = ()
    date: str = ""
    time: str = ""
    broadcast_class: str = "normal"
    parts: tuple[Part, ...] = ()
    instead_of: str = ""
    once: str = ""
    exercise: bool = False
    stream: str = ""
    minutes: str = "30"

    @property
    def said(self) -> str:
        """What would be spoken."""
        return exercise_text(self.text) if self.exercise and self.text.strip() else self.text

    @property
    def changed(self) -> bool:
        """Whether the voice says anything other than what is written."""
        return any(part.changed for part in self.parts)

    @property
    def doubts(self) -> ReadingDoubts:
        """What its writer should look at again."""
        return doubts(self.parts)


@router.get("/soan", dependencies=[require("writer")])
def compose(site: SiteHere, session: Who, tu: str = "", giu: str = "") -> Response:
    """An empty form with a sensible time; `tu`: with the words of a broadcast that was not sent; `giu`: with what was
    typed before one had to log in. Raises NotFound.
    """
    soon = sensible(site.office.clock.now())
    if tu:
        return _compose(site, session, _again(site.office.broadcasts.get(tu), soon))
    kept = site.kept.of(session.login, "/soan") if giu else None
    if kept is not None:
        return _compose(site, session, _draft(site, kept), back=t("console-typed-kept"))
    return _compose(site, session, TypedBroadcast(date=typed(soon.date()), time=f"{soon:%H:%M}"), fresh=True)


@router.post("/soan", dependencies=[require("writer")])
def send(site: SiteHere, sent: Sent) -> Response:
    """Kept as a draft; its sounds are made in the background, and then it is sent: on to the broadcast's own page.

    What is known at once to be wrong comes back as typed, with why; what shows later is told on that page.
    """
    draft, by = _draft(site, sent.form), sent.session.login
    broadcasts, jobs = site.office.broadcasts, site.office.jobs
    made: str | None = None
    try:
        kept = broadcasts.draft(
            draft.text,
            title=draft.title,
            targets=draft.devices,
            start=moment_of(draft.date, draft.time, _today(site)),
            by=by,
            once=draft.once,
            broadcast_class="priority" if draft.broadcast_class == "priority" else "normal",
            exercise=draft.exercise,
            relay=_relay(draft),
        )
        if kept.status == "scheduled":
            return _sent(site, sent.session, draft, kept.id)
        made = kept.id
        job = jobs.wait(jobs.ask("send", kept.text, by, kept.id).id, sounds.PATIENCE_S)
    except LangsoError as refused:
        _drop(site, made, by)
        return _compose(
            *(site, sent.session, draft, str(refused), 422 if isinstance(refused, BroadcastRefused) else 503),
            code=code_of(refused),
        )
    if job.state == "failed":
        _drop(site, made, by)
        status = 422 if job.fault == "refused" else 503
        return _compose(site, sent.session, draft, str(job.why), status, code=job.code)
    _drop(site, draft.instead_of, by)
    return _sent(site, sent.session, draft, kept.id)


@router.post("/soan/giu", dependencies=[require("writer")])
def keep(site: SiteHere, sent: Sent) -> Response:
    """The form again as it was typed: after a login, or with another day chosen from the calendar."""
    draft = _draft(site, sent.form)
    chosen = sent.form.one("ngay", None)
    return _compose(site, sent.session, replace(draft, date=chosen) if chosen else draft)


def give_back(site: Site, session: StaffSession, form: Form, problem: str, status: int, code: str) -> Response:
    """The form as it was typed, with what kept it from being taken."""
    return _compose(site, session, _draft(site, form), problem, status, code=code)


def _sent(site: Site, session: StaffSession, draft: TypedBroadcast, id: str) -> Response:
    site.kept.forget(session.login, "/soan")
    return go(f"/ban-tin/{id}?xong={draft.once}" if draft.once else f"/ban-tin/{id}")


def _today(site: Site) -> date:
    return dates.local(site.office.clock.now()).date()


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
    heard = sounds.hear(site, sent.session, draft.said)
    if is_part(request):
        return site.page("_nghe.html", sent.session, heard=heard)
    return _compose(site, sent.session, draft, heard.problem, heard=heard)


def _drop(site: Site, id: str | None, by: str) -> None:
    """The corrected form makes a new one: an unsent copy would only confuse. On a full disk the form counts."""
    if not id:
        return
    with contextlib.suppress(LangsoError):
        if site.office.broadcasts.get(id).status in ("draft", "prepared"):
            site.office.broadcasts.withdraw(id, by)


def _again(broadcast: Broadcast, soon: datetime) -> TypedBroadcast:
    """What was typed; a time that has passed gives way to a sensible one."""
    show, start = broadcast.show, max(dates.local(broadcast.planned.start), soon)
    return TypedBroadcast(
        title=show.title,
        text=broadcast.text,
        devices=show.devices,
        date=typed(start.date()),
        time=f"{start:%H:%M:%S}" if start.second else f"{start:%H:%M}",
        broadcast_class=show.broadcast_class,
        parts=_parts(broadcast.text),
        instead_of=broadcast.id,
        exercise=show.exercise,
        stream="" if show.relay is None else show.relay.stream,
        minutes="30" if show.relay is None else str(show.relay.lasts_ms // 60_000),
    )


def _parts(text: str) -> tuple[Part, ...]:
    try:
        return tuple(speech_parts(text))
    except WordsError:
        return ()


def _draft(site: Site, form: Form) -> TypedBroadcast:
    text = form.text("text", None)
    return TypedBroadcast(
        title=form.one("title", None),
        text=text,
        devices=chosen(form, villages(site.office.fleet.devices())),
        date=form.one("date", None),
        time=form.one("time", None),
        broadcast_class=form.one("broadcast_class", None) or "normal",
        parts=_parts(text),
        instead_of=form.one("tu", None),
        once=mark_of(form.one("lan", None)),
        exercise=bool(form.one("exercise", None)),
        stream=form.one("stream", None).strip(),
        minutes=form.one("minutes", None).strip() or "30",
    )


def _relay(draft: TypedBroadcast) -> Relayed | None:
    """What is no number of minutes is none that can be relayed."""
    minutes = int(draft.minutes) if re.fullmatch("[0-9]{1,4}", draft.minutes) else 0
    return Relayed(draft.stream, minutes * 60_000) if draft.stream else None


def _compose(
    site: Site,
    session: StaffSession,
    draft: TypedBroadcast,
    problem: str = "",
    status: int = 200,
    *,
    code: str = "",
    heard: sounds.AskedSound | None = None,
    back: str = "",
    fresh: bool = False,
) -> Response:
    today, rows = _today(site), site.office.fleet_rows()
    return site.page(
        "soan.html",
        session,
        status=status,
        refusal=code,
        on="soan",
        draft=draft,
        once=draft.once or new_mark(),
        problem=problem,
        back=back,
        fresh=fresh,
        draft_key=site.accounts.draft_key(session.login),
        heard=heard,
        groups=tuple(villages(row.device for row in rows)),
        signs=signs(rows),
        relays=site.office.speaker_orders.limits().relay_hosts,
        longest=MAX_TEXT,
        longest_title=MAX_TITLE,
        words=words_of_day(draft.date, today),
        weekdays=tuple(t(f"console-weekday-{number}") for number in range(1, 8)),
        months=months(today, today + FARTHEST, draft.date),
        stuck=site.office.speaker_orders.why,
    )
