"""The line to the commune: really logged in with MQTT and this machine's own certificate."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable

from deploy.doctor.certificates import MAX_PEM, judge_certificate, read_certificate
from deploy.doctor.device_trust import clock_of, held
from deploy.doctor.outcome import Look, Skipped
from deploy.doctor.scene import Scene
from langso.health import Check
from langso.link_reasons import Failure
from langso.link_rules import CertificateFile, tls_context
from langso.link_trial import try_link
from langso.paths import read_limited
from langso.settings_model import LinkSettings, is_loopback
from langso.tls import KnownTime, known_time, wall_time
from langso.whereabouts import Place, Whereabouts

TRY_S = 4.0
ALL_S = 10.0
"""After this no further place is tried; listening for the office takes some seconds of it."""


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
        yield Skipped("broker", f"{local.name} không chạy")
        return
    if files and not _own_files_serve(scene, link):
        yield Skipped("broker", "chứng thư hoặc khoá của chính máy này không dùng được")
        return
    keeper = held(scene)
    known = wall_time() if keeper is None else known_time(scene.now, clock_of(scene, keeper), keeper.floor)
    where = None if scene.paired is None else scene.paired.whereabouts()
    failure, place = reach(link, where, lambda: known)
    if failure is not None and failure.reason == "network" and _somebody_answers(link):
        why = f"Có máy nhận kết nối ở {link.host}:{link.port} nhưng không nói như máy chủ tin của xã (TLS)."
        failure = Failure("protocol", why, pace="slow")
    yield judge_line(failure, link, office=scene.role == "office", place=place)


LOOK = Look(("broker",), ("speaker", "kiosk", "office", "bridge"), look, seconds=ALL_S + 8.0)


def reach(
    link: LinkSettings, where: Whereabouts | None, known: Callable[[], KnownTime]
) -> tuple[Failure | None, Place | None]:
    """As the device looks for its office: at the paired address, then where it offers itself or was once; what keeps
    it out of the first, or None and the place that let it in.
    """
    first: Failure | None = None
    place = None if where is None else where.place(link.host, link.port)
    end = time.monotonic() + ALL_S
    while True:
        failure = try_link(link, seconds=TRY_S, known=known, place=place)
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


def _own_files_serve(scene: Scene, link: LinkSettings) -> bool:
    """Whether what this machine shows is whole and in its days: what is wrong with that has lines of its own."""
    if any(path is not None and not path.is_file() for path in (link.ca, link.cert, link.key)):
        return False
    try:
        tls_context(link)
    except CertificateFile:
        return False
    if link.cert is None or link.ca is None:
        return True
    own = read_certificate(read_limited(link.cert, MAX_PEM), read_limited(link.ca, MAX_PEM))
    return judge_certificate("certificate", own, scene.now, what="", fix="-").level != "bad"


def judge_line(failure: Failure | None, link: LinkSettings, *, office: bool, place: Place | None = None) -> Check:
    """`failure` None: let in, at `place`. A device plays on without the line: no network is a warning there."""
    where = f"{link.host}:{link.port}"
    if failure is None:
        if place is not None and place.address != link.host:
            where = f"ở {place.address}:{place.port} (tên {link.host} không dẫn tới đó)"
        sealed = "đúng chứng thư của xã" if link.ca is not None else "trên chính máy này, không mã hoá"
        return Check.good("broker", f"Vào được máy chủ tin {where}, {sealed}.")
    match failure.reason:
        case "clock":
            fix = "Xem giờ của máy (timedatectl); nếu giờ đúng thì ở văn phòng: langso pair broker --help"
            return Check.bad("broker", failure.why, fix)
        case "certificate":
            fix = "Xem giờ của máy; nếu văn phòng đã làm lại khoá thì ghép lại máy: sudo langso setup --pair-again"
            return Check.bad("broker", failure.why, fix)
        case "refused" | "taken_over":
            fix = "Ở văn phòng, xem máy này đã ghép chưa, có bị thu hồi không: langso office trust show"
            return Check.bad("broker", failure.why, fix)
        case "protocol":
            fix = "Xem host và port trong [link] có đúng máy chủ tin của xã không: langso settings check --help"
            return Check.bad("broker", failure.why, fix)
    if office:
        return Check.bad(
            "broker", failure.why, "systemctl restart langso-broker; xem: journalctl -u langso-broker -n 50"
        )
    return Check.warning(
        "broker",
        failure.why,
        "Xem dây mạng, nguồn của bộ phát, và máy ở văn phòng; máy vẫn làm việc theo những gì đang giữ.",
    )
