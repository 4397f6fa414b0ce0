"""A device's pairing: there or not yet, its files as the service sees them, keys that fit, certificates that last."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from deploy.doctor.acting import Act, act
from deploy.doctor.certificates import judge_certificate, judge_private, key_fits, read_certificate
from deploy.doctor.device_trust import day_of
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.device.pairing import FOLDER, waiting_request
from langso.device.pairing_stand import Stand, next_steps
from langso.device.tls import MAX_PEM
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.errors import LangsoError
from langso.words.catalogue import Sentence, t

_ROUND = Sentence("doctor-pairing-round")
AGAIN = Sentence("doctor-pair-again", round=_ROUND)


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `pairing`, `private_key`, `certificate`."""
    folder = scene.state / FOLDER
    try:
        (folder / "current").stat()
        there = True
    except PermissionError:
        yield unseen("pairing", Sentence("doctor-pairing-in", folder=folder))
        return
    except OSError:
        there = False
    link = scene.link
    named = [path for path in (link.ca, link.cert, link.key) if path is not None]
    if len(named) < 3:
        yield _damaged() if there else _unpaired(scene)
        yield from (Skipped(name, t("doctor-unpaired")) for name in ("private_key", "certificate"))
        return
    if there and scene.paired is None:
        yield _damaged()
    keys = [link.key, *([scene.paired.signing_key] if scene.paired is not None else [])]
    private = [path for path in keys if path is not None]
    try:
        found = act(scene.who, [Act("read", path) for path in (*named[:2], *private)])
    except Unseen:
        yield unseen("private_key", Sentence("doctor-private-key"))
        return
    absent = [str(path) for path, one in zip((*named[:2], *private), found, strict=True) if one.absent]
    if absent:
        yield Check.bad("pairing", t("doctor-not-there", files=", ".join(absent)), AGAIN)
        yield from (Skipped(name, t("doctor-pairing-files-missing")) for name in ("private_key", "certificate"))
        return
    if not there or scene.paired is not None:
        yield _paired(scene)
    judged = [judge_private(path, one, scene.who, _mode(path)) for path, one in zip(private, found[2:], strict=True)]
    yield next((check for check in judged if check is not None), _fitting(private[0], named[1]))
    unread = next((path for path, one in zip(named[:2], found, strict=False) if not one.good), None)
    if unread is not None and unread in private:
        # Certificate and key in one file: the key's line says it.
        yield Skipped("certificate", t("doctor-same-file-as-key"))
        return
    if unread is not None:
        yield Check.bad(
            "certificate", t("doctor-service-cannot-read", name=scene.who.name, file=unread), f"chmod 644 {unread}"
        )
        return
    certificate = read_certificate(read_limited(named[1], MAX_PEM), read_limited(named[0], MAX_PEM))
    device = scene.paired.answer.device if scene.paired is not None else scene.settings.device.id
    yield judge_certificate(
        "certificate", certificate, day_of(scene), what=t("doctor-what-machine"), fix=AGAIN, name=device
    )


LOOK = Subject(("pairing", "private_key", "certificate"), ("speaker", "kiosk", "bridge"), look)


def _unpaired(scene: Scene) -> Check:
    try:
        waiting = waiting_request(scene.state)
    except (LangsoError, OSError):
        waiting = None
    if waiting is None:
        stand = Stand("new")
        why = t("doctor-unpaired-hears-nobody")
    else:
        stand = Stand("asked", waiting[0].short_code, waiting[1])
        why = t("doctor-waits-for-answer", code=stand.code)
    steps = " ".join(f"({number}) {step}" for number, step in enumerate(next_steps(stand), 1))
    return Check.bad("pairing", why, steps)


def _damaged() -> Check:
    return Check.bad("pairing", t("doctor-pairing-damaged"), AGAIN)


def _paired(scene: Scene) -> Check:
    if scene.paired is None:
        return Check.good("pairing", t("doctor-pairing-files-good"))
    answer = scene.paired.answer
    return Check.good(
        "pairing", t("doctor-paired", commune=answer.commune_name or answer.commune, device=answer.device)
    )


def _fitting(key: Path, certificate: Path) -> Check:
    with contextlib.suppress(FileRefused):
        pem = read_limited(certificate, MAX_PEM)
        # A damaged certificate fits no key; it has its own line.
        if read_certificate(pem) is not None and not key_fits(read_limited(key, MAX_PEM), pem):
            return Check.bad("private_key", t("doctor-key-damaged", key=key), AGAIN)
    return Check.good("private_key", t("doctor-key-good"))


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None
