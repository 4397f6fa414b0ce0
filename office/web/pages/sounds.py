"""A sound that is being made: how far it is, its player once it is there, and a way to stop it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from langso.contract import Media
from langso.errors import LangsoError
from langso.words.catalogue import Sentence
from office.broadcasting.jobs import Job
from office.broadcasting.wording import checked_text
from office.errors import NotFound
from office.people.accounts import StaffSession
from office.web.permits import require
from office.web.site import Sent, Site, SiteHere, Who

router = APIRouter()
PATIENCE_S = 1.5
"""A short text is spoken sooner; whoever wrote a long one sees how far it is."""


@dataclass(frozen=True)
class AskedSound:
    """The answer to asking for a sound: the sound, or why there is none, or the job that still makes it."""

    sound: Media | None = None
    problem: str = ""
    job: Job | None = None

    @property
    def shown(self) -> bool:
        """Whether there is something to show in its place: the player, or how far the sound is. Neither is wrong."""
        return self.sound is not None or self.job is not None


def hear(site: Site, session: StaffSession, text: str) -> AskedSound:
    """The text spoken, for this person only; what takes longer than a moment goes on in the background."""
    jobs = site.office.jobs
    try:
        checked_text(text)
        return _heard(jobs.wait(jobs.ask("listen", text, session.login).id, PATIENCE_S))
    except LangsoError as refused:
        return AskedSound(problem=str(refused))


@router.get("/tieng/{id}/manh", dependencies=[require("writer", "approver")])
def progress(id: str, site: SiteHere, session: Who) -> Response:
    """How far it is; the page asks again and again. Raises NotFound, also for another person's sound."""
    return _part(site, session, _own(site, session, id))


@router.post("/tieng/{id}/huy", dependencies=[require("writer", "approver")])
def cancel(id: str, site: SiteHere, sent: Sent) -> Response:
    """The sound is no longer wanted. Raises NotFound."""
    _own(site, sent.session, id)
    return _part(site, sent.session, site.office.jobs.cancel(id))


def _own(site: Site, session: StaffSession, id: str) -> Job:
    job = site.office.jobs.get(id)
    if job.by != session.login or job.kind != "listen":
        raise NotFound(Sentence("jobs-gone"))
    return job


def _part(site: Site, session: StaffSession, job: Job) -> Response:
    return site.page("_nghe.html", session, heard=_heard(job))


def _heard(job: Job) -> AskedSound:
    if job.state == "done":
        return AskedSound(sound=job.media)
    if job.state == "failed":
        return AskedSound(problem=str(job.why))
    return AskedSound() if job.state == "cancelled" else AskedSound(job=job)
