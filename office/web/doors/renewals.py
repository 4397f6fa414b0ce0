"""What devices ask of the office without login: their next certificate. What they send is signed by their own key."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from langso.errors import LangsoError
from office.errors import RenewalRefused
from office.web.permits import OPEN
from office.web.site import SiteHere

router = APIRouter(prefix="/devices")


@router.post("/certificate", dependencies=[OPEN])
async def certificate(request: Request, site: SiteHere) -> Response:
    """`CertificateAnswer` to a sealed `certificate-request`; refused in a sentence, 403 where only a visit helps."""
    raw = await request.body()
    try:
        answer = await run_in_threadpool(site.console.fleet.certificates.renew, raw)
    except RenewalRefused as refused:
        return Response(str(refused), refused.status, media_type="text/plain; charset=utf-8")
    except LangsoError as error:
        return Response(str(error), 503, media_type="text/plain; charset=utf-8")
    return Response(answer, media_type="application/json", headers={"cache-control": "no-store"})
