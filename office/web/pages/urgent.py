"""The emergency page: text, where, the password once more; what is in force, and its all-clear."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.errors import LangsoError
from langso.words.catalogue import Sentence, t
from office.broadcasting.plans import EVERYONE
from office.broadcasting.wording import MAX_TEXT
from office.errors import BroadcastRefused, LoginRefused, TooManyTries
from office.people.accounts import StaffSession
from office.signer.errors import SignerUnreachable
from office.web.forms import MAX_TYPED, Form
from office.web.pages import sounds
from office.web.permits import require
from office.web.shows import trouble_of, urgent_shows
from office.web.site import Sent, Site, SiteHere, Who, go, is_part
from office.web.speakers import chosen, villages

router = APIRouter()
ROOM = 20_000
REPEAT, MINUTES = 3, 60


@dataclass(frozen=True)
class UrgentDraft:
    """The form as typed, without the password."""

    text: str = ""
    devices: tuple[str, ...] = ()
    repeat: str = str(REPEAT)
    minutes: str = str(MINUTES)


@router.get("/khan-cap", dependencies=[require()])
def urgent_page(site: SiteHere, session: Who) -> Response:
    """The form, below what is in force."""
    return _page(site, session, UrgentDraft())


@router.post("/khan-cap", dependencies=[require("approver")])
def give(site: SiteHere, sent: Sent) -> Response:
    """Checks the password again, then cuts in at once; what is wrong comes back as typed."""
    form = sent.form
    draft = _typed(site, form)
    try:
        if not draft.text.strip():
            raise BroadcastRefused(Sentence("console-no-alarm-words"))
        if not draft.devices:
            raise BroadcastRefused(Sentence("console-no-alarm-place"))
        repeat, minutes = form.number("repeat", REPEAT, 1, 1000), form.number("minutes", MINUTES, 1, 1440)
        site.accounts.confirm(sent.session, form.raw("password", MAX_TYPED), sent.address)
        site.console.broadcasts.urgent(
            draft.text, targets=draft.devices, by=sent.session.login, repeat=repeat, minutes=minutes
        )
    except (LoginRefused, TooManyTries) as refused:
        text = str(refused) if isinstance(refused, TooManyTries) else t("console-alarm-password")
        return _page(site, sent.session, draft, text, 403)
    except SignerUnreachable as refused:
        return _page(site, sent.session, draft, t("console-alarm-not-played", why=refused), 503)
    except LangsoError as refused:
        return _page(site, sent.session, draft, t("console-alarm-refused", why=refused), 422)
    return go("/khan-cap")


@router.post("/khan-cap/nghe", dependencies=[require("approver")])
def listen(request: Request, site: SiteHere, sent: Sent) -> Response:
    """The sound, here only."""
    draft = _typed(site, sent.form)
    heard = sounds.hear(site, sent.session, draft.text)
    if is_part(request):
        return site.page("_nghe.html", sent.session, heard=heard)
    return _page(site, sent.session, draft, heard.said, heard=heard)


@router.get("/khan-cap/manh", dependencies=[require()])
def in_force_part(site: SiteHere, session: Who, da: str = "") -> Response:
    """What is in force, with receipts as they arrive."""
    return site.fragment("_khan.html", session, da, shows=urgent_shows(site.console))


@router.post("/khan-cap/{id}/bao-yen", dependencies=[require("writer", "approver")])
def all_clear(id: str, site: SiteHere, sent: Sent) -> Response:
    """The all-clear for one order. Ending one twice is no fault."""
    if any(row.order.id == id or id == EVERYONE for row in site.console.broadcasts.in_force()):
        site.console.broadcasts.all_clear(id, sent.session.login)
    return go("/khan-cap")


def _typed(site: Site, form: Form) -> UrgentDraft:
    devices = chosen(form, villages(site.console.fleet.devices()))
    return UrgentDraft(form.text("text", ROOM), devices, form.one("repeat", 10), form.one("minutes", 10))


def _page(
    site: Site,
    session: StaffSession,
    draft: UrgentDraft,
    problem: str = "",
    status: int = 200,
    *,
    heard: sounds.AskedSound | None = None,
) -> Response:
    console = site.console
    rows = console.fleet_rows()
    html, _ = site.part("_khan.html", session, shows=urgent_shows(site.console))
    speakers = [row for row in rows if row.device.role == "speaker"]
    return site.page(
        "khan-cap.html",
        session,
        status=status,
        on="khan-cap",
        part=html,
        draft=draft,
        problem=problem,
        heard=heard,
        groups=villages(console.fleet.devices()),
        rows={row.device.id: row for row in rows},
        ready=sum(row.online for row in speakers),
        total=len(speakers),
        ill=[row for row in speakers if row.level == "bad"],
        trouble=trouble_of(site.console),
        stuck=console.programme.why,
        longest=MAX_TEXT,
    )
