"""The line to the commune: really logged in with MQTT and this machine's own certificate."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from deploy.doctor.agent import said_of
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
from langso.tls import known_time, wall_time

TRY_S = 4.0


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
    failure = try_link(link, seconds=TRY_S, known=lambda: known)
    said = said_of(scene, "link")
    if failure is not None and failure.reason == "network" and said is not None and said.level == "ok":
        # The address of the pairing is not the office's any more, and the device has found it elsewhere.
        yield Check.good("broker", "Văn phòng xã đã đổi địa chỉ; máy đã tìm ra và đang nối.")
        return
    if failure is not None and failure.reason == "network" and _somebody_answers(link):
        why = f"Có máy nhận kết nối ở {link.host}:{link.port} nhưng không nói như máy chủ tin của xã (TLS)."
        failure = Failure("protocol", why, pace="slow")
    yield judge_line(failure, link, office=scene.role == "office")


LOOK = Look(("broker",), ("speaker", "kiosk", "office", "bridge"), look, seconds=7.0)


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


def judge_line(failure: Failure | None, link: LinkSettings, *, office: bool) -> Check:
    """`failure` None: let in. A device plays on without the line, so an absent network is a warning there."""
    where = f"{link.host}:{link.port}"
    if failure is None:
        sealed = "đúng chứng thư của xã" if link.ca is not None else "trên chính máy này, không mã hoá"
        return Check.good("broker", f"Vào được máy chủ tin {where}, {sealed}.")
    match failure.reason:
        case "clock":
            fix = "Xem giờ của máy (timedatectl); nếu giờ đúng thì ở văn phòng: langso pair broker --help"
            return Check.bad("broker", failure.why, fix)
        case "certificate":
            fix = "Xem giờ của máy; nếu văn phòng đã làm lại khoá thì ghép lại máy: langso pair --help"
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
