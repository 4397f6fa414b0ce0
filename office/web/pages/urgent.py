"""The emergency page: text, loudspeakers, the password once more; what is in force, and its all-clear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.errors import LangsoError
from langso.voices.signals import SIGNALS, Signal
from langso.words.catalogue import Sentence, code_of, t
from office.broadcasting.plans import EVERYONE
from office.broadcasting.wording import MAX_TEXT, exercise_text
from office.errors import BroadcastRefused, LoginRefused, NotFound, TooManyTries
from office.people.accounts import StaffSession
from office.signer.asked.orders import AskedAlarm
from office.signer.errors import SignerRefused, SignerUnreachable
from office.web.forms import MAX_TYPED, Form, mark_of, new_mark
from office.web.pages import sounds
from office.web.permits import require
from office.web.proving import challenge_for, proof_of, proving_of
from office.web.shows import past_urgent_shows, trouble_of, urgent_shows
from office.web.site import Sent, Site, SiteHere, Who, go, is_part
from office.web.speakers import chosen, signs, villages

router = APIRouter()
REPEAT, MINUTES = 3, 60
REMEMBERED = timedelta(days=90)
"""How far back the page tells of orders that are over."""


@dataclass(frozen=True)
class UrgentDraft:
    """The form as typed, without the password; `once`: the mark by which a second sending of it is known."""

    text: str = ""
    devices: tuple[str, ...] = ()
    repeat: str = str(REPEAT)
    minutes: str = str(MINUTES)
    once: str = ""
    exercise: bool = False
    signal: Signal | None = None

    @property
    def said(self) -> str:
        """What would be spoken."""
        return exercise_text(self.text) if self.exercise and self.text.strip() else self.text


@router.get("/khan-cap", dependencies=[require()])
def urgent_page(site: SiteHere, session: Who, giu: str = "", xong: str = "") -> Response:
    """The form, below what is in force; `giu`: with what was typed before one had to log in; `xong`: the mark of the
    form that was sent.
    """
    kept = site.kept.of(session.login, "/khan-cap") if giu else None
    if kept is not None:
        return _page(site, session, _typed(site, kept), back=t("console-typed-kept"))
    return _page(site, session, UrgentDraft(signal="siren"), sent_mark=mark_of(xong), fresh=True)


@router.post("/khan-cap", dependencies=[require("approver")])
def give(site: SiteHere, sent: Sent) -> Response:
    """Checks the password again, then cuts in at once; a form with a mistake comes back as it was typed."""
    form = sent.form
    draft = _typed(site, form)
    try:
        repeat, minutes = _check(draft, form)
        proof, by = proof_of(form, sent.session), sent.session.login
        if proof is not None and proof.passkey:
            site.office.alarms.give(site.alarms.take(sent.session), by, proof)
        else:
            if not site.office.speaker_orders.asked:
                site.accounts.confirm(sent.session, form.raw("password", MAX_TYPED), sent.address)
            elif proof is None:
                raise SignerRefused(Sentence("signer-proof-missing"))
            site.office.alarms.urgent(
                draft.text,
                targets=draft.devices,
                by=by,
                repeat=repeat,
                minutes=minutes,
                once=draft.once,
                proof=proof,
                exercise=draft.exercise,
                signal=draft.signal,
            )
    except (LoginRefused, TooManyTries) as refused:
        text = str(refused) if isinstance(refused, TooManyTries) else t("console-alarm-password")
        return _page(site, sent.session, draft, text, 403, code=code_of(refused))
    except SignerUnreachable as refused:
        return _page(
            site, sent.session, draft, t("console-alarm-not-played", why=refused), 503, code=code_of(refused)
        )
    except LangsoError as refused:
        return _page(site, sent.session, draft, t("console-alarm-refused", why=refused), 422, code=code_of(refused))
    site.kept.forget(sent.session.login, "/khan-cap")
    return go(f"/khan-cap?xong={draft.once}" if draft.once else "/khan-cap")


@router.post("/khan-cap/giu", dependencies=[require("approver")])
def keep(site: SiteHere, sent: Sent) -> Response:
    """The form again as it was typed, after a login."""
    return _page(site, sent.session, _typed(site, sent.form))


def give_back(site: Site, session: StaffSession, form: Form, problem: str, status: int, code: str) -> Response:
    """The form as it was typed, with what kept it from being taken."""
    return _page(site, session, _typed(site, form), problem, status, code=code)


@router.post("/khan-cap/thach", dependencies=[require("approver")])
def challenge(request: Request, site: SiteHere, sent: Sent) -> Response:
    """Makes the sound and says what a passkey is to sign for just this alarm; it waits for the touch. Raises
    BroadcastRefused, SignerRefused, SignerUnreachable.
    """
    draft, form = _typed(site, sent.form), sent.form
    repeat, minutes = _check(draft, form)
    alarm = site.office.alarms.prepare_alarm(
        draft.text,
        targets=draft.devices,
        by=sent.session.login,
        repeat=repeat,
        minutes=minutes,
        once=draft.once,
        exercise=draft.exercise,
        signal=draft.signal,
    )
    site.alarms.keep(sent.session, alarm)
    return challenge_for(request, site, sent.session, AskedAlarm(order=alarm.order))


@router.post("/khan-cap/nghe", dependencies=[require("approver")])
def listen(request: Request, site: SiteHere, sent: Sent) -> Response:
    """Makes the sound, to be heard in the browser only."""
    draft = _typed(site, sent.form)
    heard = sounds.hear(site, sent.session, draft.said)
    if is_part(request):
        return site.page("_nghe.html", sent.session, heard=heard)
    return _page(site, sent.session, draft, heard.problem, heard=heard)


@router.get("/khan-cap/manh", dependencies=[require()])
def in_force_part(site: SiteHere, session: Who, da: str = "") -> Response:
    """What is in force, with receipts as they arrive."""
    return site.fragment("_khan.html", session, da, **_in_force(site))


@router.get("/khan-cap/{id}/bao-yen", dependencies=[require("writer", "approver")])
def ask_all_clear(id: str, site: SiteHere, session: Who) -> Response:
    """Where a person must confirm the all-clear: what ends, and how he confirms it. Raises NotFound."""
    return _all_clear_page(site, session, id)


@router.post("/khan-cap/{id}/bao-yen", dependencies=[require("writer", "approver")])
def all_clear(id: str, site: SiteHere, sent: Sent) -> Response:
    """Ends one order. Ending it twice does no harm."""
    if any(row.order.id == id or id == EVERYONE for row in site.office.alarms.in_force()):
        try:
            site.office.alarms.all_clear(id, sent.session.login, proof_of(sent.form, sent.session))
        except SignerRefused as refused:
            return _all_clear_page(site, sent.session, id, str(refused), code_of(refused))
    return go("/khan-cap")


@router.post("/khan-cap/{id}/bao-yen/thach", dependencies=[require("writer", "approver")])
def all_clear_challenge(request: Request, id: str, site: SiteHere, sent: Sent) -> Response:
    """What a passkey is to sign for this all-clear. Raises NotFound, SignerRefused."""
    return challenge_for(request, site, sent.session, site.office.alarms.asked_all_clear(id))


def _in_force(site: Site) -> dict[str, object]:
    since = site.office.clock.now() - REMEMBERED
    return {
        "shows": urgent_shows(site.office),
        "past": past_urgent_shows(site.office, since)[:20],
        "asked": site.office.speaker_orders.asked,
    }


def _all_clear_page(site: Site, session: StaffSession, id: str, problem: str = "", code: str = "") -> Response:
    shows = [show for show in urgent_shows(site.office) if id in (EVERYONE, show.id)]
    if not shows:
        raise NotFound(Sentence("broadcasting-alarm-over"))
    return site.page(
        "bao-yen.html",
        session,
        status=422 if problem else 200,
        refusal=code,
        on="khan-cap",
        shows=shows,
        id=id,
        problem=problem,
        proving=proving_of(site, session),
    )


def _check(draft: UrgentDraft, form: Form) -> tuple[int, int]:
    """(times, minutes). Before a password or a code is looked at. Raises BroadcastRefused."""
    if not draft.text.strip():
        raise BroadcastRefused(Sentence("console-no-alarm-words"))
    if not draft.devices:
        raise BroadcastRefused(Sentence("broadcasting-none-chosen"))
    return form.number("repeat", REPEAT, 1, 1000), form.number("minutes", MINUTES, 1, 1440)


def _typed(site: Site, form: Form) -> UrgentDraft:
    devices = chosen(form, villages(site.office.fleet.devices()))
    return UrgentDraft(
        *(form.text("text", None), devices, form.one("repeat", None), form.one("minutes", None)),
        once=mark_of(form.one("lan", None)),
        exercise=bool(form.one("exercise", None)),
        signal=next((one for one in SIGNALS if one == form.one("signal", None)), None),
    )


def _page(
    site: Site,
    session: StaffSession,
    draft: UrgentDraft,
    problem: str = "",
    status: int = 200,
    *,
    code: str = "",
    heard: sounds.AskedSound | None = None,
    back: str = "",
    sent_mark: str = "",
    fresh: bool = False,
) -> Response:
    office = site.office
    rows = office.fleet_rows()
    html, _ = site.part("_khan.html", session, **_in_force(site))
    speakers = [row for row in rows if row.device.role == "speaker"]
    return site.page(
        "khan-cap.html",
        session,
        proving=proving_of(site, session),
        status=status,
        refusal=code,
        on="khan-cap",
        part=html,
        draft=draft,
        once=draft.once or new_mark(),
        problem=problem,
        back=back,
        sent_mark=sent_mark,
        fresh=fresh,
        draft_key=site.accounts.draft_key(session.login),
        heard=heard,
        groups=tuple(villages(row.device for row in rows)),
        signs=signs(rows),
        ready=sum(row.online for row in speakers),
        total=len(speakers),
        ill=[row for row in speakers if row.level == "bad"],
        trouble=trouble_of(site.office),
        stuck=office.speaker_orders.why,
        longest=MAX_TEXT,
        signals={signal: t(f"console-signal-{signal}") for signal in SIGNALS},
    )
