from __future__ import annotations

import base64
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from refusals import refused

from office.desk.dossiers import CHECKSUM_MISMATCH, Desk
from office.errors import NotFound, UploadRefused
from office.web.doors.uploads import desk_router

PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


@pytest.fixture
def kiosk(office_world: Any) -> Any:
    return office_world.reporter("kiosk-1", "kiosk")


def test_a_dossier_in_pieces_is_listed_and_opens(office_world: Any, desk: Desk, kiosk: Any) -> None:
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    while not upload.finished:
        upload = desk.append(upload.id, upload.offset, cipher[upload.offset : upload.offset + 3000])
    (listed,) = desk.list()
    assert (listed.device, listed.title, listed.pages) == ("kiosk-1", "Giấy khai sinh", 1)
    assert desk.open(listed.id, "van-thu") == PDF
    logged = office_world.office.store.db.execute("SELECT who, subject FROM audit").fetchall()
    assert ("van-thu", listed.id) in logged


@pytest.mark.parametrize("role", ["speaker", "bridge"])
def test_only_a_kiosk_brings_dossiers(office_world: Any, desk: Desk, role: str) -> None:
    manifest, _ = office_world.sealed_dossier(office_world.reporter("may-1", role))
    with pytest.raises(UploadRefused, match="kiosk") as refused:
        desk.create_upload(manifest)
    assert refused.value.status == 403
    assert desk.list() == []


def test_it_arrives_exactly_once(office_world: Any, desk: Desk, kiosk: Any) -> None:
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    assert desk.create_upload(manifest) == upload
    desk.append(upload.id, 0, cipher)
    again = desk.create_upload(manifest)
    assert (again.finished, again.offset) == (True, again.size)
    other, _ = office_world.sealed_dossier(kiosk)
    assert desk.create_upload(other).finished
    assert len(desk.list()) == 1


def test_a_dossier_encrypted_anew_replaces_the_unfinished_one(office_world: Any, desk: Desk, kiosk: Any) -> None:
    first, cipher = office_world.sealed_dossier(kiosk)
    begun = desk.create_upload(first)
    desk.append(begun.id, 0, cipher[:100])
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    assert upload.offset == 0
    desk.append(upload.id, 0, cipher)
    assert len(desk.list()) == 1
    with pytest.raises(NotFound):
        desk.upload(begun.id)


def test_other_bytes_than_signed_start_anew(office_world: Any, desk: Desk, kiosk: Any) -> None:
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    with pytest.raises(UploadRefused) as refused:
        desk.append(upload.id, 0, bytes(len(cipher)))
    assert refused.value.status == CHECKSUM_MISMATCH
    assert desk.upload(upload.id).offset == 0
    assert desk.append(upload.id, 0, cipher).finished


def test_the_offset_that_is_answered_is_what_the_disk_has(
    office_world: Any, desk: Desk, kiosk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    desk.append(upload.id, 0, cipher[:100])
    part = office_world.home.desk / "uploads" / f"{upload.id}.part"

    def no_sync(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", no_sync)
        disk.setattr(os, "truncate", no_sync)
        with pytest.raises(UploadRefused) as full:
            desk.append(upload.id, 100, cipher[100:300])
        assert full.value.status == 507
        assert part.stat().st_size == 300
        assert desk.upload(upload.id).offset == 100
    # A process begun anew knows of no sync: it makes one before it answers, or answers nothing.
    fresh = Desk(office_world.office.store, office_world.home, office_world.office.clock)
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", no_sync)
        with pytest.raises(UploadRefused):
            fresh.upload(upload.id)
    synced: list[int] = []
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
        assert fresh.upload(upload.id).offset == 300
    assert synced == [part.stat().st_ino]
    assert desk.append(upload.id, 100, cipher[100:]).finished


def test_wrong_offset_and_too_much_are_refused(office_world: Any, desk: Desk, kiosk: Any) -> None:
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    for offset, piece, status in ((5, b"x", 409), (0, cipher + b"x", 413)):
        with pytest.raises(UploadRefused) as refused:
            desk.append(upload.id, offset, piece)
        assert refused.value.status == status


def test_only_a_paired_device_may_send_and_only_as_itself(office_world: Any, desk: Desk, kiosk: Any) -> None:
    manifest, _ = office_world.sealed_dossier(kiosk, device="kiosk-2")
    with pytest.raises(UploadRefused):
        desk.create_upload(manifest)
    for bad in (b"", b"{}", manifest[:-5], manifest.replace(b"sig", b"gis")):
        with pytest.raises(UploadRefused):
            desk.create_upload(bad)
    office_world.home.devices.joinpath("kiosk-1.json").unlink()
    with refused(UploadRefused, "desk-not-a-kiosk"):
        desk.create_upload(office_world.sealed_dossier(kiosk)[0])


def test_a_crash_between_filing_and_listing_is_mended(office_world: Any, desk: Desk, kiosk: Any) -> None:
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    folder = office_world.home.desk
    (folder / "uploads" / f"{upload.id}.part").write_bytes(cipher)
    (folder / "uploads" / f"{upload.id}.part").rename(folder / "dossiers" / f"{upload.id}.age")
    assert desk.upload(upload.id).finished
    assert len(desk.list()) == 1


_WRITER = """
import sys
from pathlib import Path
from langso.timekeeping.clock import SystemClock
from langso.settings.reading import load_settings
from office.desk.dossiers import Desk
from office.places import OfficeHome
from office.store import open_store
home = OfficeHome(load_settings(Path(sys.argv[1])))
desk = Desk(open_store(home.database), home, SystemClock())
data = Path(sys.argv[3]).read_bytes()
upload = desk.upload(sys.argv[2])
while not upload.finished:
    upload = desk.append(upload.id, upload.offset, data[upload.offset:upload.offset + 64])
    print(upload.offset, flush=True)
"""


def test_kill_9_in_the_middle_keeps_what_was_answered(
    office_world: Any, desk: Desk, kiosk: Any, tmp_path: Path
) -> None:
    manifest, cipher = office_world.sealed_dossier(kiosk)
    upload = desk.create_upload(manifest)
    (tmp_path / "cipher").write_bytes(cipher)
    toml = tmp_path / "office.toml"
    toml.write_text(
        '[commune]\ncode = "hoa-son"\nname = "Xã"\n[device]\nid = "van-phong"\nrole = "office"\n'
        f'[paths]\nstate = "{office_world.settings.paths.state}"\nrun = "{tmp_path}/run"\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(toml), upload.id, str(tmp_path / "cipher")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
    )
    assert process.stdout is not None
    answered = [int(process.stdout.readline()) for _ in range(5)]
    time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    answered += [int(line) for line in process.stdout.read().split()]
    process.wait()
    found = desk.upload(upload.id)
    assert found.offset >= answered[-1]
    if not found.finished:
        desk.append(found.id, found.offset, cipher[found.offset :])
    assert desk.open(desk.list()[0].id, "x") == PDF


def test_tus_over_http(office_world: Any, desk: Desk, kiosk: Any) -> None:
    app = FastAPI()
    app.include_router(desk_router(desk))
    http = TestClient(app)
    manifest, cipher = office_world.sealed_dossier(kiosk)
    head = {"Tus-Resumable": "1.0.0"}
    metadata = {
        "Upload-Metadata": f"manifest {base64.b64encode(manifest).decode()}",
        "Upload-Length": str(len(cipher)),
    }
    assert http.post("/desk/uploads", headers=metadata).status_code == 412
    made = http.post("/desk/uploads", headers={**head, **metadata})
    assert made.status_code == 201
    place = made.headers["location"]
    stream = {**head, "Content-Type": "application/offset+octet-stream"}
    half = http.patch(place, headers={**stream, "Upload-Offset": "0"}, content=cipher[:4000])
    assert (half.status_code, half.headers["upload-offset"]) == (204, "4000")
    assert http.patch(place, headers={**stream, "Upload-Offset": "0"}, content=cipher).status_code == 409
    told = http.head(place, headers=head)
    assert (told.headers["upload-offset"], told.headers["upload-length"]) == ("4000", str(len(cipher)))
    rest = http.patch(place, headers={**stream, "Upload-Offset": "4000"}, content=cipher[4000:])
    assert rest.headers["upload-offset"] == str(len(cipher))
    assert desk.open(desk.list()[0].id, "x") == PDF
    assert http.head("/desk/uploads/" + "0" * 32, headers=head).status_code == 404


def test_a_large_patch_goes_through_in_pieces(office_world: Any, desk: Desk, kiosk: Any) -> None:
    app = FastAPI()
    app.include_router(desk_router(desk))
    manifest, cipher = office_world.sealed_dossier(kiosk, pdf=os.urandom(3 << 20))
    upload = desk.create_upload(manifest)
    head = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    done = TestClient(app).patch(f"/desk/uploads/{upload.id}", headers=head, content=cipher)
    assert (done.status_code, done.headers["upload-offset"]) == (204, str(len(cipher)))
    assert len(desk.list()) == 1
