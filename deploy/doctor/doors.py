"""The ports of the office's web pages: whether each answers, and whether systemd holds those below 1024."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterable, Sequence

from deploy.doctor.cures import restart
from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import Scene
from deploy.doctor.services import Service
from deploy.install.units import sockets_of
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t
from office.founding.doors import Door, doors_of

UNIT = "langso-office"
_OPENED = {"https": "langso-office-https.socket", "guide": "langso-office-http.socket"}


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `console`."""
    service = scene.service(UNIT)
    sockets = {socket.file_name for socket in sockets_of(scene.role)}
    held = [unit for unit in scene.beside if unit.name in sockets]
    doors = doors_of(scene.settings.office)
    asked = service is None or service.running
    answers = {door: _http(_host(door), door.port, tls=door.tls) if asked else None for door in doors}
    shut = judge_sockets(held, [(door, answers[door] is not None) for door in doors])
    if shut is not None:
        yield shut
    elif not asked:
        yield Skipped("console", t("doctor-service-unit-off", unit=UNIT))
    elif service is None and not scene.running and any(status is None for status in answers.values()):
        yield Check.warning("console", t("doctor-pages-off"), t("doctor-run-pages"))
    else:
        yield judge_answers(answers)


LOOK = Subject(("console",), ("office",), look, seconds=12.0)


def judge_sockets(sockets: Sequence[Service], doors: Sequence[tuple[Door, bool]]) -> Check | None:
    """`doors`: each with whether it answers. A service that runs keeps a door it was given until it is started anew;
    None where every socket that a door needs is open.
    """
    known = {unit.name: unit for unit in sockets}
    dead = [
        (door, answers, unit)
        for door, answers in doors
        if door.port < 1024 and (unit := known.get(_OPENED.get(door.kind, ""))) is not None and not unit.running
    ]
    if not dead:
        return None
    names = [unit.name for _, _, unit in dead]
    masked = [unit.name for _, _, unit in dead if unit.load == "masked" or unit.enabled.startswith("masked")]
    # A service that runs holds its sockets shut, and an open one would start it too early: all stand aside.
    every = f"{' '.join(known)} {UNIT}"
    fix = f"sudo systemctl stop {every}; sudo systemctl start {every}"
    if masked:
        fix = f"sudo systemctl unmask {' '.join(masked)}; {fix}"
    shut = [(door, unit) for door, answers, unit in dead if not answers]
    if not shut:
        why = t("doctor-sockets-off", names=", ".join(names))
        return Check.warning("console", why, fix)
    taken = [door for door, unit in shut if unit.active == "failed"]
    if taken:
        ports = " or ".join(f"sport = :{door.port}" for door in taken)
        fix = t("doctor-who-has-port", ports=ports, fix=fix)
    told = ", ".join(t("doctor-port-closed", port=door.port, name=unit.name) for door, unit in shut)
    return Check.bad("console", f"{told[0].upper()}{told[1:]}.", fix)


def judge_answers(answers: dict[Door, int | None]) -> Check:
    """From the status of each door's first page; None where nobody answers as a web server."""
    for door, status in answers.items():
        if status is None or status >= 500:
            said = Sentence("doctor-no-answer") if status is None else Sentence("doctor-answers-error", status=status)
            where = f"{'https' if door.tls else 'http'}://{_host(door)}:{door.port}"
            return Check.bad("console", t("doctor-pages-fail", said=said, where=where), restart(UNIT))
    return Check.good("console", t("doctor-pages-good"))


def _host(door: Door) -> str:
    return "127.0.0.1" if door.host in ("0.0.0.0", "") else "::1" if door.host == "::" else door.host


def _http(host: str, port: int, *, tls: bool) -> int | None:
    """The status of a first page; None where nobody answers as a web server."""
    connection: http.client.HTTPConnection
    if tls:
        # Whether the door answers is asked here; its certificate has its own line.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, port, timeout=2.5, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=2.5)
    try:
        connection.request("GET", "/login", headers={"Host": host})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
