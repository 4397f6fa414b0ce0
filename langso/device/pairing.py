"""Pairing v1 on the device (ghép thiết bị): keys kept aside until the answer comes, then put in force at once."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from langso.device.certificates import check_certificate, make_tls_key
from langso.device.pairing_files import (
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    PairingAnswer,
    ReadRequest,
    Role,
    make_request,
    read_answer,
    read_request,
)
from langso.device.tls_identity import TLS_FILE, identity_file
from langso.device.whereabouts import Whereabouts
from langso.durable.errors import FileRefused
from langso.durable.files import make_folder, read_limited, sync_folder, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.durable.single_instance import open_lock
from langso.settings.model import LinkSettings
from langso.trust.chain import open_bundle
from langso.trust.errors import NotPaired, PairingError, Refused
from langso.trust.keys import RootKeys, SigningKey
from langso.trust.marks import FOLDER as TRUST_FOLDER
from langso.trust.marks import begin_marks
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason

LOCK_S = 15.0
LOCK_LOOK_S = 0.05
FOLDER = "pairing"


@dataclass(frozen=True)
class Paired:
    """A finished pairing on disk. `folder` keeps its path through later pairings."""

    answer: PairingAnswer
    folder: Path

    @property
    def roots(self) -> RootKeys:
        """The pinned root, for the Keeper."""
        return RootKeys.of(self.answer.root, self.answer.root_version)

    def link(self, settings: LinkSettings) -> LinkSettings:
        """Where and as whom to connect: what the settings file names, and for the rest what the office answered."""
        given = settings.model_fields_set
        found: dict[str, object] = {
            "host": self.answer.broker_host,
            "port": self.answer.broker_port,
            "ca": self.ca,
            "cert": self.certificate,
            "key": self.tls_key,
        }
        return settings.model_copy(update={name: value for name, value in found.items() if name not in given})

    def whereabouts(self) -> Whereabouts:
        """Where to look for the office when its address has changed."""
        return Whereabouts(self.answer.commune, self.answer.noted)

    @property
    def ca(self) -> Path:
        """The commune's CA certificate (PEM)."""
        return self.folder / "ca.pem"

    @property
    def certificate(self) -> Path:
        """The device's TLS certificate (PEM), in one file with its key."""
        return self._tls("certificate.pem")

    @property
    def tls_key(self) -> Path:
        """The device's TLS key (PEM)."""
        return self._tls("tls.key")

    @property
    def signing_key(self) -> Path:
        """The key the device signs its reports with (PEM)."""
        return self.folder / "signing.key"

    def _tls(self, apart: str) -> Path:
        # Pairings made by an older langso keep the two apart.
        both = self.folder / TLS_FILE
        return both if both.exists() else self.folder / apart


def begin_pairing(
    state_dir: Path,
    *,
    device: str,
    role: Role,
    place: str = "",
    village: str | None = None,
    now: datetime,
    carried: str = "",
) -> bytes:
    """On the device: new signing and TLS keys, kept aside until the answer comes; returns the request to carry.

    An earlier pairing stays in force until then, an earlier request is forgotten. `carried`: the name of the file on
    the stick, for the screen to name. Raises PairingError, FileRefused.
    """
    signing, tls = SigningKey.generate(), make_tls_key()
    raw = make_request(signing, tls, device=device, role=role, place=place, village=village, now=now)
    with _one_at_a_time(state_dir):
        folder = state_dir / FOLDER / f"request-{hashlib.sha256(raw).hexdigest()[:16]}"
        folder.mkdir(mode=0o700)
        sync_folder(folder.parent)
        signing.save(folder / "signing.key")
        write_atomic(folder / "tls.key", tls)
        write_atomic(folder / "carried", carried.encode())
        write_atomic(folder / "request.json", raw)
        # In one rename: a power cut never leaves the keys of one request beside another.
        _switch(_waiting(state_dir), folder)
        _sweep(state_dir, "request-*", but=folder)
    return raw


def check_answer(state_dir: Path, raw: bytes) -> PairingAnswer:
    """On the device: an answer that fits the request waiting here, nothing changed yet.

    Raises PairingError, CertificateError, FileRefused.
    """
    answer = read_answer(raw)
    with _one_at_a_time(state_dir):
        _fitting(state_dir, answer)
    return answer


def finish_pairing(state_dir: Path, raw: bytes, *, commune: str | None = None) -> Paired:
    """On the device: checks the answer against the waiting request and puts it in force, all at once.

    A second time with the same answer changes nothing. A new pairing starts the version marks anew. `commune`: the
    code that the device's settings name. Raises PairingError, CertificateError, FileRefused; the earlier pairing is
    then untouched.
    """
    answer = read_answer(raw)
    if commune is not None and answer.commune != commune:
        raise PairingError(Sentence("pairing-other-commune", theirs=answer.commune, ours=commune))
    with _one_at_a_time(state_dir):
        return _finish(state_dir, raw, answer)


def load_paired(state_dir: Path) -> Paired:
    """The pairing in force; what a power cut left undone is done. Raises PairingError, FileRefused where there is
    none or it cannot be read.
    """
    paired = _read_paired(state_dir)
    if not (paired.folder / "complete").exists():
        with _one_at_a_time(state_dir):
            return _completed(state_dir)
    return paired


def waiting_request(state_dir: Path) -> tuple[ReadRequest, str] | None:
    """The request that no answer has come for yet, and the name of its file on the stick ("" where it was not told).

    None where there is none. Raises PairingError, FileRefused where it cannot be read.
    """
    folder = _waiting(state_dir)
    if not _is_there(folder / "request.json"):
        return None
    read = read_request(read_limited(folder / "request.json", MAX_REQUEST_BYTES, follow=False))
    try:
        carried = read_limited(folder / "carried", 1024, follow=False).decode()
    except (FileRefused, UnicodeDecodeError):
        carried = ""
    return read, carried if carried.isprintable() else ""


def _waiting(state_dir: Path) -> Path:
    return state_dir / FOLDER / "waiting"


def _finish(state_dir: Path, raw: bytes, answer: PairingAnswer) -> Paired:
    current = state_dir / FOLDER / "current"
    if (current / "answer.json").exists() and _answer_in(current) == raw:
        paired = _completed(state_dir)
        found = waiting_request(state_dir)
        if found is not None and found[0].sha256 == answer.request:
            _forget_request(state_dir)
        return paired
    signing, tls = _fitting(state_dir, answer)
    folder = state_dir / FOLDER / f"paired-{hashlib.sha256(raw).hexdigest()[:16]}"
    make_folder(folder)
    signing.save(folder / "signing.key")
    # Key and certificate in one file: renewed in one rename, and no reader ever meets the one with another.
    write_atomic(folder / TLS_FILE, identity_file(tls, answer.certificate.encode(), answer.made))
    write_atomic(folder / "ca.pem", answer.ca.encode(), mode=0o644)
    write_atomic(folder / "answer.json", raw)
    _switch(current, folder)
    paired = _completed(state_dir)
    _forget_request(state_dir)
    _sweep(state_dir, "paired-*", but=folder)
    return paired


def _fitting(state_dir: Path, answer: PairingAnswer) -> tuple[SigningKey, bytes]:
    """The keys of the waiting request, once the answer was checked against it."""
    found = waiting_request(state_dir)
    if found is None:
        there = _is_there(state_dir / FOLDER / "current")
        why = Sentence("pairing-earlier") if there else Sentence("pairing-no-request")
        raise PairingError(Sentence("pairing-ask-again", why=why))
    read, waiting = found[0], _waiting(state_dir)
    signing = SigningKey.load(waiting / "signing.key")
    tls = read_limited(waiting / "tls.key", MAX_REQUEST_BYTES)
    if answer.request != read.sha256 or signing.public != read.public or answer.role != read.request.role:
        raise PairingError(Sentence("pairing-other-request"))
    check_certificate(answer.certificate.encode(), answer.ca.encode(), tls, answer.device)
    if answer.trust is not None:
        _check_trust(answer, state_dir)
    return signing, tls


def _read_paired(state_dir: Path) -> Paired:
    current = state_dir / FOLDER / "current"
    if not _is_there(current):
        raise NotPaired(Sentence("pairing-not-paired"))
    return Paired(read_answer(_answer_in(current)), current)


def _answer_in(current: Path) -> bytes:
    # The folder is a link of ours, the file in it never.
    return read_limited(current / "answer.json", MAX_ANSWER_BYTES, follow=False)


def _completed(state_dir: Path) -> Paired:
    """The pairing in force with its trust begun; the caller holds the lock."""
    paired = _read_paired(state_dir)
    if not (paired.folder / "complete").exists():
        _begin_trust(state_dir, paired)
    return paired


def _is_there(path: Path) -> bool:
    """Raises FileRefused where that cannot be seen: a folder that root made is not the same as none."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise FileRefused(Sentence("pairing-cannot-read", path=path, why=os_reason(error))) from error
    return True


@contextlib.contextmanager
def _one_at_a_time(state_dir: Path) -> Iterator[None]:
    """As the folder's owner, and one process at a time: two technicians, or one and the waiting service."""
    with acting_as_owner(state_dir):
        folder = state_dir / FOLDER
        try:
            make_folder(folder)
            descriptor = open_lock(folder / ".lock")
        except FileRefused:
            raise
        except OSError as error:
            raise FileRefused(Sentence("pairing-cannot-write", folder=folder, why=os_reason(error))) from error
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Waits for a while: the service's user could hold it for ever, and root must not hang on that."""
    end = time.monotonic() + LOCK_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= end:
                raise FileRefused(Sentence("pairing-busy")) from error
            time.sleep(LOCK_LOOK_S)


def _forget_request(state_dir: Path) -> None:
    waiting = _waiting(state_dir)
    if waiting.is_symlink():
        waiting.unlink()
    else:
        # As an older langso kept it.
        shutil.rmtree(waiting, ignore_errors=True)
    _sweep(state_dir, "request-*")


def _sweep(state_dir: Path, pattern: str, *, but: Path | None = None) -> None:
    for old in (state_dir / FOLDER).glob(pattern):
        if old != but:
            shutil.rmtree(old, ignore_errors=True)


def _check_trust(answer: PairingAnswer, state_dir: Path) -> None:
    try:
        opened = open_bundle((answer.trust or "").encode(), Paired(answer, state_dir).roots)
    except Refused as refused:
        raise PairingError(Sentence("pairing-trust-invalid")) from refused
    if answer.commune not in opened.trust.communes:
        raise PairingError(Sentence("pairing-mixed"))


def _begin_trust(state_dir: Path, paired: Paired) -> None:
    """New marks after the switch, so that a power cut never leaves the earlier pairing with empty ones."""
    begin_marks(state_dir)
    if paired.answer.trust is not None:
        write_atomic(state_dir / TRUST_FOLDER / "bundle.json", paired.answer.trust.encode())
    write_atomic(paired.folder / "complete", b"")


def _switch(link: Path, folder: Path) -> None:
    """Points the symbolic link at the folder in one rename."""
    temporary = link.with_name(f".{link.name}.{secrets.token_hex(6)}.tmp")
    if link.is_dir() and not link.is_symlink():
        # As an older langso kept it.
        shutil.rmtree(link, ignore_errors=True)
    try:
        temporary.symlink_to(folder.name)
        temporary.replace(link)
        sync_folder(link.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileRefused(Sentence("pairing-card-full", link=link, why=os_reason(error))) from error
