"""A device asks for its next certificate. No login: its request is signed with its own key."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from langso.errors import LangsoError
from langso.words.catalogue import code_of
from office.errors import RenewalRefused
from office.web.permits import OPEN
from office.web.site import SiteHere, refusal_header

router = APIRouter(prefix="/devices")


@router.post("/certificate", dependencies=[OPEN])
async def certificate(request: Request, site: SiteHere) -> Response:
    """`CertificateAnswer` to a sealed `certificate-request`; refused in a sentence, 403 where only a visit helps."""
    raw = await request.body()
    try:
        answer = await run_in_threadpool(site.office.fleet.certificates.renew, raw)
    except RenewalRefused as refused:
        return _refusal(refused, refused.status)
    except LangsoError as error:
        return _refusal(error, 503)
    return Response(answer, media_type="application/json", headers={"cache-control": "no-store"})


def _refusal(error: LangsoError, status: int) -> Response:
    headers = refusal_header(code_of(error))
    return Response(str(error), status, headers=headers, media_type="text/plain; charset=utf-8")
