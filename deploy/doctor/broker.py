"""The connection to the broker: really tried, with this machine's certificate, without cutting a running one.

One certificate has one session at the broker: a login beside a running program would cut its connection, and it would
report a second machine with its name. So doctor logs in only where nothing is connected; else it only knocks, and the
running program's own word tells whether the broker lets it in.
"""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from deploy.broker import OFFICE_IDENTITY
from deploy.doctor.agent import said_of
from deploy.doctor.certificates import judge_certificate, read_certificate
from deploy.doctor.cures import restart
from deploy.doctor.device_trust import clock_of, day_of, held
from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import SETTLING_S, Scene, read_told
from langso.contract.health import Check
from langso.device.tls import MAX_PEM
from langso.device.whereabouts import Place, Whereabouts
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.mqtt.failures import CertificateFile, tls_context
from langso.mqtt.link import FIND_CLONE
from langso.mqtt.reasons import Failure
from langso.mqtt.trial import knock, try_link
from langso.settings.model import LinkSettings, is_loopback
from langso.timekeeping.known_time import KnownTime, known_time, wall_time
from langso.words.catalogue import Sentence, sentence_in, t

TRY_S = 4.0
ALL_S = 10.0
"""After this no further place is tried; listening for the office takes some seconds of it."""
HANG_S = 3.0


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `broker`."""
    link = scene.link
    files = [path for path in (link.ca, link.cert, link.key) if path is not None]
    if scene.role != "office" and len(files) < 3:
        # A device alone on its machine without TLS obeys nobody of the commune; the pairing's line says so.
        yield Skipped("broker", scene.without_pairing)
        return
    local = scene.service("langso-broker")
    if local is not None and not local.running and is_loopback(link.host):
        yield Skipped("broker", t("doctor-unit-not-running", name=local.name))
        return
    if files and not _own_files_serve(scene, link):
        yield Skipped("broker", t("doctor-own-certificate"))
        return
    keeper = held(scene)
    known = wall_time() if keeper is None else known_time(scene.now, clock_of(scene, keeper), keeper.floor)
    where = None if scene.paired is None else scene.paired.whereabouts()
    name = OFFICE_IDENTITY if scene.role == "office" else scene.settings.device.id
    failure, place = reach(link, where, lambda: known, name, lambda: may_be_linked(scene))
    if failure is not None and failure.reason == "network" and _somebody_answers(link):
        if local is not None and is_loopback(link.host) and _hangs(link):
            why = t("doctor-broker-hangs", host=link.host, port=link.port)
            yield Check.bad("broker", why, restart("langso-broker"))
            return
        strange = Sentence("doctor-not-our-broker", host=link.host, port=link.port)
        failure = Failure("protocol", strange, pace="slow")
    yield (None if failure is not None else _console_says(scene)) or judge_line(
        failure, link, office=scene.role == "office", place=place
    )


LOOK = Subject(("broker",), ("speaker", "kiosk", "office", "bridge"), look, seconds=ALL_S + 8.0)


def may_be_linked(scene: Scene) -> bool:
    """Whether a login might cut the running program's connection: it says that it has one, or had no time yet to say
    so. Asked at the last moment, since a connection may have come up meanwhile.
    """
    agent = scene.agent
    if agent is not None and agent.active in ("activating", "deactivating") and agent.sub != "auto-restart":
        return True
    if not scene.running or scene.waits is not None:
        return False
    # One that has just begun finds its office at any moment, whatever it wrote a moment ago.
    if scene.role == "office" or scene.settling:
        return True
    now = replace(scene, told=read_told(scene.settings, scene.agent))
    said = said_of(now, "link")
    if said is None:
        return False
    return said.level == "ok" or sentence_in(said.fix) == FIND_CLONE


def _console_says(scene: Scene) -> Check | None:
    """What the office's console tells systemd of its own line, where that is down although the broker answers. It
    tells it now and then: where either has only just started, that may be old.
    """
    broker = scene.service("langso-broker")
    if scene.role != "office" or not scene.running or scene.agent is None or scene.settling:
        return None
    if broker is not None and broker.up_s < SETTLING_S:
        return None
    if scene.agent.trouble != errno.ENOTCONN:
        return None
    why = t("doctor-console-says", said=scene.agent.status.rstrip("."))
    return Check.warning("broker", why, restart("langso-office"))


def reach(
    link: LinkSettings,
    where: Whereabouts | None,
    known: Callable[[], KnownTime],
    client_id: str,
    may_be_linked: Callable[[], bool],
) -> tuple[Failure | None, Place | None]:
    """Tries the broker as the device does: at the paired address, then where the office announces itself or was once.
    Returns (what failed at the paired address, None) or (None, the place that let it in). `may_be_linked`: then it
    only knocks.
    """
    first: Failure | None = None
    place = None if where is None else where.place(link.host, link.port)
    end = time.monotonic() + ALL_S
    while True:
        failure = knock(link, seconds=TRY_S, known=known, place=place)
        if failure is None and not may_be_linked():
            failure = try_link(link, client_id, seconds=TRY_S, known=known, place=place)
        if failure is None:
            return None, place
        first = first or failure
        if where is None or not where.missed() or time.monotonic() > end:
            return first, None
        place = where.place(link.host, link.port)


def _somebody_answers(link: LinkSettings) -> bool:
    try:
        socket.create_connection((link.host, link.port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _hangs(link: LinkSettings) -> bool:
    """Whether what takes connections there, or the kernel for it, leaves a first TLS word without an answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((link.host, link.port), timeout=HANG_S) as bare:
            context.wrap_socket(bare).close()
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


def _own_files_serve(scene: Scene, link: LinkSettings) -> bool:
    """Whether what this machine shows is whole and in its days: what is wrong with that has lines of its own."""
    try:
        ca, cert, _ = (
            None if path is None else read_limited(path, MAX_PEM) for path in (link.ca, link.cert, link.key)
        )
        tls_context(link)
    except (FileRefused, CertificateFile):
        return False
    if cert is None or ca is None:
        return True
    own = read_certificate(cert, ca)
    return judge_certificate("certificate", own, day_of(scene), what="", fix="-").level != "bad"


def judge_line(failure: Failure | None, link: LinkSettings, *, office: bool, place: Place | None = None) -> Check:
    """`failure` None: let in, at `place`. A device plays on without the line: no network is a warning there."""
    where = f"{link.host}:{link.port}"
    if failure is None:
        if place is not None and place.address != link.host:
            where = t("doctor-at-address", address=place.address, port=place.port, host=link.host)
        if link.ca is None:
            return Check.good("broker", t("doctor-broker-local", where=where))
        return Check.good("broker", t("doctor-broker-good", where=where))
    match failure.reason:
        case "clock":
            fix = t("doctor-clock-or-broker")
            return Check.bad("broker", failure.why, fix)
        case "certificate":
            fix = t("doctor-clock-or-pair")
            return Check.bad("broker", failure.why, fix)
        case "refused" | "taken_over":
            fix = t("doctor-look-at-trust")
            return Check.bad("broker", failure.why, fix)
        case "protocol":
            fix = t("doctor-look-at-link")
            return Check.bad("broker", failure.why, fix)
    if office:
        return Check.bad("broker", failure.why, restart("langso-broker"))
    return Check.warning(
        "broker",
        failure.why,
        t("doctor-look-at-network"),
    )
