"""Dossiers uploaded by kiosks with the tus 1.0.0 protocol. No login: the manifest is signed."""

from __future__ import annotations

import base64
import binascii
import contextlib

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from langso.words.catalogue import Sentence, code_of
from office.desk.dossiers import MAX_MANIFEST, Desk, Upload
from office.errors import NotFound, UploadRefused
from office.web.permits import OPEN
from office.web.site import refusal_header

PIECE = 1 << 20
TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}


def desk_router(desk: Desk) -> APIRouter:
    """Routes under /desk/uploads: POST creates, HEAD tells the offset, PATCH appends, OPTIONS names the protocol's
    versions.
    """
    router = APIRouter(prefix="/desk/uploads", tags=["desk"])

    @router.options("", dependencies=[OPEN])
    async def speaks() -> Response:
        return Response(status_code=204, headers={**TUS, "Tus-Version": "1.0.0", "Tus-Extension": "creation"})

    @router.post("", dependencies=[OPEN])
    async def create(request: Request) -> Response:
        try:
            _check_version(request)
            length = _number(request, "upload-length")
            manifest = _manifest(request.headers.get("upload-metadata", ""))
            upload = await run_in_threadpool(desk.create_upload, manifest)
            if length != upload.size:
                raise UploadRefused(Sentence("doors-upload-length"))
        except (UploadRefused, NotFound) as refused:
            return _refusal(refused)
        return Response(status_code=201, headers={**_headers(upload), "Location": f"/desk/uploads/{upload.id}"})

    @router.head("/{id}", dependencies=[OPEN])
    async def offset(id: str) -> Response:
        try:
            upload = await run_in_threadpool(desk.upload, id)
        except (UploadRefused, NotFound) as refused:
            return _refusal(refused)
        return Response(status_code=200, headers={**_headers(upload), "Upload-Length": str(upload.size)})

    @router.patch("/{id}", dependencies=[OPEN])
    async def append(id: str, request: Request) -> Response:
        try:
            _check_version(request)
            if request.headers.get("content-type") != "application/offset+octet-stream":
                raise UploadRefused(Sentence("doors-upload-kind"), 415)
            offset = _number(request, "upload-offset")
            upload = await run_in_threadpool(desk.append, id, offset, b"")
            held = bytearray()
            # A line that breaks off brought something: it is kept, and the kiosk goes on from there.
            with contextlib.suppress(ClientDisconnect):
                async for chunk in request.stream():
                    held += chunk
                    while len(held) >= PIECE:
                        upload = await run_in_threadpool(desk.append, id, upload.offset, bytes(held[:PIECE]))
                        del held[:PIECE]
            if held:
                upload = await run_in_threadpool(desk.append, id, upload.offset, bytes(held))
        except (UploadRefused, NotFound) as refused:
            return _refusal(refused)
        return Response(status_code=204, headers=_headers(upload))

    return router


def _headers(upload: Upload) -> dict[str, str]:
    return {**TUS, "Upload-Offset": str(upload.offset)}


def _refusal(refused: UploadRefused | NotFound) -> Response:
    status = refused.status if isinstance(refused, UploadRefused) else 404
    headers = {**TUS, **refusal_header(code_of(refused))}
    return Response(str(refused), status_code=status, headers=headers, media_type="text/plain; charset=utf-8")


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != "1.0.0":
        raise UploadRefused(Sentence("doors-upload-version"), 412)


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise UploadRefused(Sentence("doors-upload-header", name=name))
    return int(text)


def _manifest(metadata: str) -> bytes:
    if len(metadata) <= 2 * MAX_MANIFEST:
        for pair in metadata.split(","):
            name, _, value = pair.strip().partition(" ")
            if name == "manifest":
                try:
                    return base64.b64decode(value, validate=True)
                except (binascii.Error, ValueError):
                    break
    raise UploadRefused(Sentence("doors-upload-manifest"))
