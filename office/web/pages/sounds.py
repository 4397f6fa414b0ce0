"""A sound that is being made: how far it is, its player once it is there, and a way to stop it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from langso.contract import Media
from langso.errors import LangsoError
from langso.words.catalogue import Sentence, t
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
    """What came of asking for a sound: there it is, or why not, or the job that is still at work."""

    sound: Media | None = None
    problem: str = ""
    job: Job | None = None

    @property
    def said(self) -> str:
        """For a page without scripts, which cannot wait for the rest: one sentence, "" where the sound is there."""
        return self.problem or ("" if self.job is None else t("jobs-press-again", percent=self.job.percent))


def hear(site: Site, session: StaffSession, text: str) -> AskedSound:
    """The text spoken, for this person only; what takes longer than a moment goes on in the background."""
    jobs = site.console.jobs
    try:
        checked_text(text)
        return _heard(jobs.wait(jobs.ask("listen", text, session.login).id, PATIENCE_S))
    except LangsoError as refused:
        return AskedSound(problem=str(refused))


@router.get("/tieng/{id}/manh", dependencies=[require("writer", "approver")])
def progress(id: str, site: SiteHere, session: Who) -> Response:
    """How far it is, as the page asks now and then. Raises NotFound, also for what somebody else listens to."""
    return _part(site, session, _own(site, session, id))


@router.post("/tieng/{id}/huy", dependencies=[require("writer", "approver")])
def cancel(id: str, site: SiteHere, sent: Sent) -> Response:
    """No longer wanted. Raises NotFound."""
    _own(site, sent.session, id)
    return _part(site, sent.session, site.console.jobs.cancel(id))


def _own(site: Site, session: StaffSession, id: str) -> Job:
    job = site.console.jobs.get(id)
    if job.by != session.login or job.kind != "listen":
        raise NotFound(Sentence("jobs-gone"))
    return job


def _part(site: Site, session: StaffSession, job: Job) -> Response:
    return site.page("_nghe.html", session, heard=_heard(job))


def _heard(job: Job) -> AskedSound:
    if job.state == "done":
        return AskedSound(sound=job.media)
    if job.state == "failed":
        return AskedSound(problem=job.why)
    return AskedSound() if job.state == "cancelled" else AskedSound(job=job)
